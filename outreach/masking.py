"""Take numbers and tokens out of a text that people, logs and reports will see."""

from __future__ import annotations

import re

#: What stands in the place of what was taken out.
MASK = "•••"

# A date with its time is kept; then what may be a token (long, unbroken, with a digit in it); then what may be a
# phone number: seven digits or more of any script, also when written in groups.
_PARTS = re.compile(
    r"(?P<kept>(?<!\d)20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?)?(?!\d))"
    r"|(?P<token>(?=[A-Za-z_.=+-]*[0-9])[\w.=+-]{24,})"
    r"|(?P<number>\d(?:[ ().-]{0,2}\d){6,})"
)


def masked(text: str) -> str:
    """Mask whatever may be a phone number or a token; of a number the last two digits stay."""
    return _PARTS.sub(_mask, text)


def _mask(match: re.Match[str]) -> str:
    if match["kept"]:
        return match["kept"]
    return MASK + match["number"][-2:] if match["number"] else MASK
