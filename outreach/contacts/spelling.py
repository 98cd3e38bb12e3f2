"""From what a cell holds to plain digits: which spellings of a number are read, and why the others are not.

Nothing is guessed. Stripping everything but digits would turn ``9841234567.0`` into a number ten times as
long and ``9.84E+09`` into a short one; both are refused with the way to mend them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from numbers import Integral, Real

import attrs

from outreach.contacts.tables import Flaw

#: No spelling of one number is longer; a longer text is a column chosen by mistake.
MAX_SPELLING = 100


@attrs.frozen
class BadNumber(Flaw):
    """Why a cell holds no number that can be contacted; the detail never holds the number itself."""


NO_NUMBER = BadNumber("no_number", "the cell is empty; add a number or take the row out")
FLOAT = BadNumber("float", "a spreadsheet saved the number as a decimal; format the column as text and save again")
HIDDEN = BadNumber("hidden_characters", "an invisible character stands inside the number; type the number again")
LETTERS = BadNumber("not_a_number", "this is no phone number; write digits, with + and the country code in front")
MIXED = BadNumber("digits", "digits of two scripts are mixed in one number; write all of them in one script")
FOREIGN = BadNumber(
    "digits", "these digits are of a script that is not read here; write 0-9, Devanagari or full-width digits"
)

_TWO = BadNumber("two_numbers", "the cell holds more than one number; give each a row, or keep one without / , or ;")

#: Read by position: each string stands for 0 to 9.
_SCRIPTS = {
    "ASCII": "0123456789",
    "Devanagari": "०१२३४५६७८९",
    "full-width": "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
}
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SPACES = "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_PLAIN = str.maketrans(
    {character: str(digit) for digits in _SCRIPTS.values() for digit, character in enumerate(digits)}
    | dict.fromkeys(_HYPHENS, "-")
    | dict.fromkeys(_SPACES, " ")
    | {"\uff0b": "+", "\uff08": "(", "\uff09": ")", "\uff0e": ".", "\uff0f": "/", "\uff0c": ","},
)

#: So many spaces and hyphens at least stand in a cell that is too long and still holds at most 15 digits and a plus.
_MOST_PASSED_OVER = MAX_SPELLING - 16

_PLAIN_DIGITS = re.compile(r"\+?[0-9]+")
_ONE_NUMBER = re.compile(r"\(?\+?[ (]*[0-9][0-9 ().-]*")
_SEPARATORS = str.maketrans("", "", " ().-")

#: One number in which nothing stands that any damage below needs; of more digits, two could be meant.
_UNHARMED = re.compile(r"\(?\+?[ (]*[0-9][0-9 ()-]*")
_MOST_UNHARMED = 15

#: Characters beyond ASCII that are kept in mind.
_REMEMBERED = 1024

#: Tried in this order before the shape of one number is asked for; the first that is found names the reason.
_DAMAGE = (
    (
        re.compile(r"^[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+$"),
        BadNumber("exponent", "a spreadsheet shortened the number and its digits are lost; format the column as text"),
    ),
    (re.compile(r"^[+-]?[0-9]{7,}[.,](?:0+|[0-9]{1,2})$"), FLOAT),
    (
        re.compile(r"^[0-9]{1,3}(?:,[0-9]{2,3}){2,}(?:\.[0-9]+)?$"),
        BadNumber("float", "a spreadsheet put commas between the digits; format the column as text and save again"),
    ),
    (
        re.compile(r"[0-9][ ).]*(?:[;,] *)?(?:extension|extn|ext|x|#)[ .:=]*[0-9]{1,7}$", re.IGNORECASE),
        BadNumber("extension", "an extension cannot be dialled by a campaign; give a direct number"),
    ),
    (re.compile(r"[0-9][^0-9]*(?:[/\\,;|&\n\r+]|\bor\b|\band\b|अथवा|वा|तथा)[^0-9]*[0-9]", re.IGNORECASE), _TWO),
    # Two long groups, and together more digits than one number with its international prefix usually has.
    (re.compile(r"^(?=(?:[^0-9]*[0-9]){16}).*[0-9]{7,}[^0-9]+[0-9]{7,}"), _TWO),
)


def spell(raw: object) -> str | BadNumber:
    """Read a cell as the digits of one number, with ``+`` in front where the cell has it.

    White space, invisible characters and a spreadsheet's leading apostrophe are taken off the ends; between
    groups of digits spaces, hyphens, dots and parentheses are passed over.

    Args:
        raw: Text; an application may give a whole number. None and NaN are an empty cell.

    Returns:
        ASCII digits with or without a leading ``+``, or why there are none.
    """
    if isinstance(raw, str):
        return raw if raw.isascii() and _PLAIN_DIGITS.fullmatch(raw) else _spell_text(raw)
    if isinstance(raw, bool):
        return LETTERS
    if isinstance(raw, Integral | Decimal | Real):
        return _spell_number(raw)
    return NO_NUMBER if raw is None else LETTERS


def _spell_number(raw: Integral | Decimal | Real) -> str | BadNumber:
    try:
        if isinstance(raw, Decimal):
            return NO_NUMBER if raw.is_nan() else spell(str(raw))
        if isinstance(raw, Integral):
            return spell(str(raw))
        return NO_NUMBER if math.isnan(raw) else FLOAT
    except (ValueError, OverflowError):  # more digits than Python writes
        return LETTERS


def as_lines(cells: Sequence[object]) -> str | None:
    """Give a column of texts without spaces and hyphens, each ended by a line feed; None where that could not be told.

    What ``spell`` refuses is left such that it is no number: a hyphen in front of the digits becomes an ``x``.
    """
    try:
        text = "\n".join(cells) + "\n"  # type: ignore[arg-type]  # what is no text raises
    except TypeError:
        return None
    spaceless = text.replace(" ", "")
    lines = f"\n{spaceless}".replace("\n-", "\nx").replace("+-", "x").replace("-", "")[1:]
    if lines.count("\n") != len(cells) or (
        len(text) - len(lines) >= _MOST_PASSED_OVER and max(map(len, cells)) > MAX_SPELLING  # type: ignore[arg-type]  # texts
    ):
        return None
    return lines


def _spell_text(raw: str) -> str | BadNumber:
    text = trim(raw).removeprefix("'")
    if not text:
        return NO_NUMBER
    if len(text) > MAX_SPELLING:
        return LETTERS
    if not text.isascii() and (flaw := _strange(text)):
        return flaw
    return _read(text.translate(_PLAIN))


def _read(text: str) -> str | BadNumber:
    if _UNHARMED.fullmatch(text) and len(digits := text.translate(_SEPARATORS)) <= _MOST_UNHARMED:
        return digits
    for pattern, flaw in _DAMAGE:
        if pattern.search(text):
            return flaw
    return text.translate(_SEPARATORS) if _ONE_NUMBER.fullmatch(text) else LETTERS


def _strange(text: str) -> BadNumber | None:
    if any(map(_invisible, text)):
        return HIDDEN
    scripts = {_script(character) for character in text if character.isdecimal()}
    if None in scripts:
        return FOREIGN
    return MIXED if len(scripts) > 1 else None


@lru_cache(_REMEMBERED)
def _script(digit: str) -> str | None:
    return next((name for name, digits in _SCRIPTS.items() if digit in digits), None)


@lru_cache(_REMEMBERED)
def _invisible(character: str) -> bool:
    """Tell format characters: zero width, direction marks, the soft hyphen, the byte order mark."""
    return unicodedata.category(character) == "Cf"


def trim(text: str) -> str:
    """Take white space and invisible characters off the ends."""
    text = text.strip()
    if text.isascii():
        return text
    start, end = 0, len(text)
    while start < end and (_invisible(text[start]) or text[start].isspace()):
        start += 1
    while end > start and (_invisible(text[end - 1]) or text[end - 1].isspace()):
        end -= 1
    return text[start:end]
