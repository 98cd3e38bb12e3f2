"""Numbers to E.164, with ``phonenumbers`` as the authority."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import compress
from operator import not_
from typing import cast

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult

from outreach.contacts.kinds import never, type_of
from outreach.contacts.plans import LocalPlan, known, local_plan
from outreach.contacts.spelling import MAX_SPELLING, BadNumber, as_lines, spell
from outreach.errors import Problem, SpecError

#: Lists repeat what they write where there is no number; so many such cells are kept in mind.
_REMEMBERED = 1024

#: A local number, and nobody said of which country: the campaign is wrong, not the row.
NO_COUNTRY = BadNumber("no_country", "the number has no country code; say which country: country: NP")

_SHORT = BadNumber("short", "too short: short codes and emergency numbers are not contacted; is a digit missing?")
_LOCAL = BadNumber("short", "the area code is missing; write the whole number")
_LONG = BadNumber("invalid_number", "too many digits; if the cell holds two numbers, give each a row")
_LENGTH = BadNumber("invalid_number", "this country has no numbers of this length; is a digit missing or doubled?")
_UNUSED = BadNumber("invalid_number", "no numbers of this country begin like this; check the digits and the country")
_NO_SUCH_COUNTRY = BadNumber("invalid_number", "no country has this calling code; after + comes the country's code")

_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: _NO_SUCH_COUNTRY,
    NumberParseException.NOT_A_NUMBER: _SHORT,
    NumberParseException.TOO_SHORT_AFTER_IDD: _SHORT,
    NumberParseException.TOO_SHORT_NSN: _SHORT,
    NumberParseException.TOO_LONG: _LONG,
}

_INVALID = {
    ValidationResult.TOO_SHORT: _SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: _LOCAL,
    ValidationResult.TOO_LONG: _LONG,
    ValidationResult.INVALID_LENGTH: _LENGTH,
}


def normalise(raw: object, country: str | None) -> str | BadNumber:
    """Read one number.

    Args:
        raw: Text as a person wrote it; an int from an application. None is an empty cell.

        country: Two-letter country of numbers without ``+``; None refuses them with ``no_country``.

    Returns:
        E.164 with ``+``, or why the number cannot be contacted. Landlines are numbers: only a channel can refuse them.
    """
    digits = spell(raw)
    return digits if isinstance(digits, BadNumber) else _parsed(digits, country)


def normalise_column(raws: Iterable[object], country: str | None) -> list[str | BadNumber]:
    """Read a column of numbers; the answers are those of ``normalise``, at a fraction of the price."""
    phones, bad = sorted_out(list(raws), country)
    found: list[str | BadNumber] = [*phones]
    for index, flaw in bad.items():
        found[index] = flaw
    return found


def sorted_out(cells: Sequence[object], country: str | None) -> tuple[list[str], dict[int, BadNumber]]:
    """Read a column as ``normalise_column`` does; an empty text stands for each bad number, which is given by index."""
    if country is not None and country not in phonenumbers.SUPPORTED_REGIONS:
        return _parted([normalise(cell, country) for cell in cells])
    plan = local_plan(country)
    lines = as_lines(cells)
    if lines is None:
        return _parted([_settled(cell, plan, country) for cell in cells])
    code = plan.code
    phones = [code + found if found >= "0" else (found and known(found)) or "" for found in plan.lines.findall(lines)]
    unsure = list(compress(range(len(phones)), map(not_, phones)))
    settled, bad = _parted([_settled_text(cast("str", cells[index]), country) for index in unsure])
    for index, phone in zip(unsure, settled, strict=True):
        phones[index] = phone
    return phones, {unsure[place]: flaw for place, flaw in bad.items()}


def _parted(read: Sequence[str | BadNumber]) -> tuple[list[str], dict[int, BadNumber]]:
    bad = {index: one for index, one in enumerate(read) if isinstance(one, BadNumber)}
    return ["" if isinstance(one, BadNumber) else one for one in read], bad


def _settled_text(raw: str, country: str | None) -> str | BadNumber:
    # What is far too long is refused at once; to remember it would take more memory than time.
    return _remembered(raw, country) if len(raw) <= MAX_SPELLING else _settled(raw, local_plan(country), country)


@lru_cache(_REMEMBERED)
def _remembered(raw: str, country: str | None) -> str | BadNumber:
    return _settled(raw, local_plan(country), country)


def _settled(raw: object, plan: LocalPlan, country: str | None) -> str | BadNumber:
    """Read one number by its plan where that is sure, else as the library does."""
    digits = spell(raw)
    if isinstance(digits, BadNumber):
        return digits
    if digits.startswith("+"):
        return known(digits) or _parsed(digits, country)
    found = plan.lines.fullmatch(f"{digits}\n")
    return plan.code + found[1] if found and found[1] else _parsed(digits, country)


def region(country: str | None) -> str | None:
    """Give a stated country as ``phonenumbers`` knows it.

    Raises:
        SpecError: It is no two-letter country.
    """
    if country is None or country.upper() in phonenumbers.SUPPORTED_REGIONS:
        return country and country.upper()
    remedy = "did you mean 'GB'?" if country.upper() == "UK" else "write two letters, for example NP"
    raise SpecError([Problem(f"'{country}' is no country; {remedy}", path="contacts.country")])


@lru_cache(_REMEMBERED)
def _parsed(digits: str, country: str | None) -> str | BadNumber:
    international = digits.startswith("+")
    if not international and country is None:
        return NO_COUNTRY
    try:
        # With a country the library reads what follows an impossible +00 as dialled from there; that would be a guess.
        return _judge(phonenumbers.parse(digits, None if international else country))
    except NumberParseException as error:
        return _UNREADABLE[error.error_type]


def _judge(number: PhoneNumber) -> str | BadNumber:
    phone = f"+{number.country_code}{phonenumbers.national_significant_number(number)}"
    if type_of(phone) == PhoneNumberType.UNKNOWN:
        return _INVALID.get(phonenumbers.is_possible_number_with_reason(number), _UNUSED)
    return never(phone) or phone
