"""What a valid number tells: the kind of line, the zone, and how it is shown."""

from __future__ import annotations

import random
from collections.abc import Collection

import phonenumbers
import pytest

from outreach.contacts import NumberKind, is_landline, kind, known_zone, landlines, mask, zone_of
from outreach.contacts.kinds import parsed, type_of
from outreach.contacts.plans import is_fixed


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("+9779610000001", NumberKind.MOBILE),
        ("+97714567890", NumberKind.LANDLINE),
        ("+12025550123", NumberKind.EITHER),
        ("+390612345678", NumberKind.LANDLINE),
        ("+445612345678", NumberKind.OTHER),
    ],
)
def test_kind(phone: str, expected: NumberKind) -> None:
    """The kind of line follows the country's numbering plan."""
    assert kind(phone) is expected


#: Countries of every sort: alone behind a code, many behind one, with lines that the plan does not tell apart.
SOME = tuple("AR AU BR CA CX DE FI GB GG IN IT JM KZ MX NP NZ NO RU SJ US VA YT".split(" "))  # noqa: SIM905  # one line


def every_example(countries: Collection[str] = phonenumbers.SUPPORTED_REGIONS) -> list[str]:
    """Give a number of every type in every country that has one."""
    types = [value for name, value in vars(phonenumbers.PhoneNumberType).items() if name.isupper()]
    return [
        phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        for country in countries
        for example in (phonenumbers.example_number_for_type(country, kind) for kind in types)
        if example
    ]


def test_a_fixed_line_is_one_by_the_library() -> None:
    """The short way to tell agrees with the library in countries of every sort, also near the edges."""
    chance = random.Random(1)
    ends = [(one, chance.randrange(1, 4)) for one in every_example(SOME) * 4]
    numbers = [one[:-size] + "".join(chance.choices("0123456789", k=size)) for one, size in ends]

    assert [is_landline(one) for one in numbers] == [kind(one) is NumberKind.LANDLINE for one in numbers]
    assert {is_fixed(one) for one in numbers} == {True, False, None}
    assert 0.1 < sum(map(is_landline, numbers)) / len(numbers) < 0.9


def test_a_code_of_no_country_has_no_fixed_lines() -> None:
    """Nobody is sure about a number behind it."""
    assert is_fixed("+9991234567") is None


def test_fixed_lines_of_a_column_are_those_of_its_numbers() -> None:
    """Whatever country most of a column are of, the same rows are found as number by number."""
    numbers = every_example(SOME)
    random.Random(2).shuffle(numbers)
    columns = [[one for one in numbers if one.startswith(code)] for code in ("+1", "+44", "+977")]

    assert [bool(landlines(column)) for column in columns] == [False, True, True]
    for column in [*columns, numbers, ["+9779610000001"], []]:
        assert landlines(column) == [index for index, one in enumerate(column) if is_landline(one)]


def test_library_agrees_on_every_example_number() -> None:
    """An E.164 number taken apart by us is the value that the library parses, leading zeros included."""
    examples = every_example()

    assert len(examples) > 500
    assert [parsed(phone) for phone in examples] == [phonenumbers.parse(phone) for phone in examples]
    assert [type_of(p) for p in examples] == [phonenumbers.number_type(phonenumbers.parse(p)) for p in examples]


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        ("+9779610000001", "Asia/Kathmandu"),
        ("+918123456789", "Asia/Kolkata"),
        ("+12025550123", "America/New_York"),
        ("+4915123456789", "Europe/Berlin"),
        ("+61412345678", None),
        ("+80012345678", None),
    ],
)
def test_zone_of_a_number(phone: str, zone: str | None) -> None:
    """A number has a zone, under its present name, where its plan leaves exactly one."""
    assert zone_of(phone) == zone


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Asia/Kathmandu", "Asia/Kathmandu"),
        ("Asia/Katmandu", "Asia/Kathmandu"),
        ("UTC", "UTC"),
        ("Asia", None),
        ("Nepal", None),
        ("../Asia/Kathmandu", None),
        ("/etc/localtime", None),
        ("localtime", None),
        ("+05:45", None),
        ("Asia/\ud800", None),
    ],
)
def test_zone_named_by_a_list(name: str, zone: str | None) -> None:
    """Only zones of the IANA database are known; a replaced name becomes the present one."""
    assert known_zone(name) == zone


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+9779610000001", "+977 96••••••01"),
        ("+12025550123", "+1 20••••••23"),
        ("+29012345", "+290 •••45"),
        ("9610000001", "96••••••01"),
        ("Ram Bahadur", "Ra•••••••ur"),
        ("12", "••"),
        ("", ""),
        ("96100\x1b[31m00001\n", "96•••••••••••01"),
    ],
)
def test_mask(text: str, shown: str) -> None:
    """A number shows its country and four digits at most; other text no more, and nothing that steers a terminal."""
    assert mask(text) == shown


def test_mask_is_short() -> None:
    """A cell of any length fits on a screen."""
    assert len(mask("x" * 10_000)) == 32
