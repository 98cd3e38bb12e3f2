"""How many SMS segments a text takes.

GSM 03.38 (3GPP TS 23.038): 160 characters of seven bits, or 153 in each part of a longer one; a character of the
extension table takes two. One character beyond both tables turns the whole text to UCS-2: 70, or 67 in each part.
Devanagari and emoji are always UCS-2. https://www.3gpp.org/dynareport/23038.htm
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")

#: A character beyond both tables, one of the extension table, and one that takes two units of UCS-2.
_FOREIGN = re.compile(f"[^{re.escape(''.join(sorted(_BASIC | _EXTENDED)))}]")
_DOUBLE = re.compile(f"[{re.escape(''.join(sorted(_EXTENDED)))}]")
#: ASCII of which not every character is one unit of seven bits.
_UNUSUAL = re.compile(f"{_FOREIGN.pattern}|{_DOUBLE.pattern}")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")

_GSM_SINGLE, _GSM_PART = 160, 153
_UCS2_SINGLE, _UCS2_PART = 70, 67


def all_segments(texts: Sequence[str]) -> int:
    """Count the segments of many texts; those that take one whatever their letters are looked at together."""
    joined = "".join(texts)
    if joined.isascii() and not _UNUSUAL.search(joined):
        surely = _GSM_SINGLE
    else:
        # A character takes two units at most, in either table.
        units = len(joined.encode("utf-16-le", "surrogatepass")) // 2
        surely = _UCS2_SINGLE if units == len(joined) else _UCS2_SINGLE // 2
    longer = [text for text in texts if len(text) > surely]
    return len(texts) - texts.count("") - len(longer) + sum(map(segments, longer))


def segments(text: str) -> int:
    """Count the segments of one text; an empty text takes none."""
    if not is_ucs2(text):
        if not _DOUBLE.search(text):
            return _even(len(text), _GSM_SINGLE, _GSM_PART)
        return _parts((2 if letter in _EXTENDED else 1 for letter in text), _GSM_SINGLE, _GSM_PART)
    if not _ASTRAL.search(text):
        return _even(len(text), _UCS2_SINGLE, _UCS2_PART)
    return _parts((2 if letter > "\uffff" else 1 for letter in text), _UCS2_SINGLE, _UCS2_PART)


def is_ucs2(text: str) -> bool:
    """Say whether a text holds a character that turns it to UCS-2."""
    return _FOREIGN.search(text) is not None


def _even(letters: int, single: int, part: int) -> int:
    """Count the parts of characters that take one unit each."""
    return -(-letters // part) if letters > single else min(letters, 1)


def _parts(sizes: Iterable[int], single: int, part: int) -> int:
    """Lay characters into parts; one that takes two units is never cut in half."""
    widths = list(sizes)
    if sum(widths) <= single:
        return 1
    count, used = 1, 0
    for width in widths:
        used += width
        if used > part:
            count, used = count + 1, width
    return count
