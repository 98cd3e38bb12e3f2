"""What kind of line a number is, by the numbering plans that ``phonenumbers`` holds."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumber, PhoneNumberType, number_type

from outreach.contacts.home import WORLD
from outreach.contacts.plans import is_fixed, not_mobile
from outreach.contacts.spelling import BadNumber

#: Numbers are judged chunk by chunk, so the question that follows an answer comes within a few thousand numbers.
_REMEMBERED = 4096

#: The longest calling code has three digits, and none begins another.
_LONGEST_CODE = 3


class NumberKind(StrEnum):
    """Who can be reached on a number."""

    #: Rings and takes messages.
    MOBILE = "mobile"
    #: Rings; takes no SMS and has no WhatsApp.
    LANDLINE = "landline"
    #: The country's plan does not tell (the United States, Canada).
    EITHER = "either"
    #: A number of the internet or of an unusual service.
    OTHER = "other"


_KINDS = {
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    PhoneNumberType.FIXED_LINE: NumberKind.LANDLINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.EITHER,
}

_PREMIUM = BadNumber("premium", "calls to this number cost extra; it is nobody's own number")
_SERVICE = BadNumber("service_number", "this is a service line of a company, nobody's own number")
_GLOBAL = BadNumber("premium", "a satellite or international network number costs many times a usual call")

#: Valid numbers that no campaign contacts.
_NEVER = {
    PhoneNumberType.PREMIUM_RATE: _PREMIUM,
    PhoneNumberType.SHARED_COST: _PREMIUM,
    PhoneNumberType.PERSONAL_NUMBER: BadNumber(
        "premium",
        "a forwarding number whose calls cost extra; ask for the mobile number behind it",
    ),
    PhoneNumberType.TOLL_FREE: _SERVICE,
    PhoneNumberType.UAN: _SERVICE,
    PhoneNumberType.VOICEMAIL: _SERVICE,
    PhoneNumberType.PAGER: BadNumber("service_number", "a pager takes neither calls nor messages of a campaign"),
}


def kind(phone: str) -> NumberKind:
    """Tell what kind of line a valid E.164 number is."""
    return _KINDS.get(type_of(phone), NumberKind.OTHER)


def is_landline(phone: str) -> bool:
    """Say whether a valid E.164 number is a fixed line and nothing else."""
    fixed = is_fixed(phone)
    return kind(phone) is NumberKind.LANDLINE if fixed is None else fixed


def landlines(phones: Sequence[str]) -> list[int]:
    """Give the index of each valid E.164 number in a column that is a fixed line and nothing else."""
    return [index for index in not_mobile(phones) if is_landline(phones[index])]


def never(phone: str) -> BadNumber | None:
    """Say why a valid E.164 number is nobody's own: premium rate, a company's service line, a satellite."""
    worldwide = COUNTRY_CODE_TO_REGION_CODE[int(split(phone)[0])][0] == WORLD
    return _NEVER.get(type_of(phone), _GLOBAL if worldwide else None)


@lru_cache(_REMEMBERED)
def type_of(phone: str) -> int:
    """Give the library's type of an E.164 number; ``PhoneNumberType.UNKNOWN`` when no plan knows it."""
    kind: int = number_type(parsed(phone))
    return kind


def split(phone: str) -> tuple[str, str]:
    """Cut an E.164 number into calling code and national number.

    Raises:
        ValueError: The text is no E.164 number.
    """
    digits = phone.removeprefix("+")
    if phone.startswith("+") and digits.isascii() and digits.isdigit():
        for length in range(1, _LONGEST_CODE + 1):
            if int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE and digits[length:]:
                return digits[:length], digits[length:]
    msg = "not an E.164 number"
    raise ValueError(msg)


def parsed(phone: str) -> PhoneNumber:
    """Give an E.164 number as the library's value, without the price of parsing."""
    code, national = split(phone)
    zeros = min(len(national) - len(national.lstrip("0")), len(national) - 1)
    return PhoneNumber(
        country_code=int(code),
        national_number=int(national),
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )
