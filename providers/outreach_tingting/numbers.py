"""Nepali phone numbers as TingTing writes them.

The page shows recipients as ten local digits, as text in one form of a request and as a number in the other
(https://tingting-api.readthedocs.io/en/latest/api/add-campaign.html); clients in the field send 977 before them.
"""

from __future__ import annotations

import re

CALLING_CODE = "977"

_MOBILE_DIGITS = 10
_NOT_DIGITS = re.compile(r"\D+")


def to_local(phone: str) -> str:
    """Take ``+977`` off an E.164 number."""
    return phone.removeprefix(f"+{CALLING_CODE}")


def to_e164(value: object) -> str | None:
    """Read a number however the vendor writes it: text or whole number, with or without 977, +, zeros, blanks.

    None when it holds no digits.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    digits = _NOT_DIGITS.sub("", str(value)).lstrip("0")
    if len(digits) > _MOBILE_DIGITS:
        # Only then: a mobile number of ten digits may itself begin with 977.
        digits = digits.removeprefix(CALLING_CODE).lstrip("0")
    return f"+{CALLING_CODE}{digits}" if digits else None
