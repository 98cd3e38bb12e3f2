"""The fast reading of a column gives the answers of the exact one; ``make numbers`` asks millions of times."""

from __future__ import annotations

import pytest
from spellings import COUNTRIES, spellings

from outreach.contacts import BadNumber, normalise, normalise_column

#: Cells by the rule of the fast reading that would be wrong about them if it were less careful.
CAREFUL = [
    pytest.param("NP", "-9610000001", id="hyphen-in-front"),
    pytest.param("NP", " -9610000001", id="space-and-hyphen-in-front"),
    pytest.param("NP", "+-9779610000001", id="hyphen-behind-plus"),
    pytest.param("NP", "+ - 9779610000001", id="apart-behind-plus"),
    pytest.param("NP", "961" + " " * 100 + "0000001", id="too-long"),
    pytest.param("NP", "9610000001\n", id="line-end-behind"),
    pytest.param("NP", "9610000001\n9610000002", id="line-end-inside"),
    pytest.param("NP", "0+9779610000001", id="plus-inside"),
    pytest.param("DE", "15123456 78901234", id="two-long-groups"),
    pytest.param("DE", "+491512345 67890123", id="two-long-groups-with-plus"),
    pytest.param("DE", "4915123456789", id="own-code-or-area-code"),
    pytest.param("US", "12025550123", id="trunk-is-the-code"),
    pytest.param("US", "8765550123", id="number-of-a-neighbour"),
    pytest.param("CA", "2025550123", id="number-of-the-main-country"),
    pytest.param("KZ", "87012345678", id="trunk-of-a-shared-code"),
    pytest.param("GB", "+440 7400 123456", id="trunk-behind-code"),
    pytest.param("AR", "91123456789", id="optional-prefix"),
    pytest.param("AR", "011 15 2345 6789", id="rewritten"),
    pytest.param("BR", "0 15 11 96123 4567", id="carrier"),
    pytest.param("JP", "090 1234 5678", id="trunk-beside-rewriting"),
    pytest.param("IT", "06 1234 5678", id="leading-zero"),
    pytest.param("AU", "0011 61 412 345 678", id="several-exits"),
    pytest.param("AU", "1831 412 345 678", id="prefix-that-is-no-trunk"),
    pytest.param("US", "900-234-5678", id="premium"),
    pytest.param("NP", "+870 773111632", id="satellite"),
    pytest.param("np", "9610000001", id="country-in-small-letters"),
]


@pytest.mark.parametrize("country", [*COUNTRIES, None])
def test_column_agrees_with_the_library(country: str | None) -> None:
    """Whatever a list holds, the column reads each cell as the library does, or refuses it for the same reason."""
    cells = list(spellings(f"agreement {country}", country or "NP", 300))

    answers = normalise_column(cells, country)

    assert answers == [normalise(cell, country) for cell in cells]
    assert {type(answer) for answer in answers} == {str, BadNumber}


@pytest.mark.parametrize(("country", "cell"), CAREFUL)
def test_column_is_careful(country: str, cell: str) -> None:
    """A cell that could be misread fast is read as the library does: alone, among others, beside what is no text."""
    expected = normalise(cell, country)

    assert normalise_column([cell], country) == [expected]
    assert normalise_column(["1", cell, "x"], country)[1] == expected
    assert normalise_column([None, cell], country)[1] == expected


def test_sure_numbers_do_not_reach_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual spellings, at home and abroad, are read without the library: the fast reading is not idle."""
    monkeypatch.setattr("outreach.contacts.numbers.phonenumbers.parse", None)
    cells = ["961-000 0001", "+9779610000001", "09610000001", "9779610000001", "009779610000001", "+44 (0)7400 123456"]

    assert normalise_column([*cells, "९६१००००००१"], "NP") == [
        *["+9779610000001"] * 5,
        "+447400123456",
        "+9779610000001",
    ]
    assert normalise_column(["+1 202 555 0123", "+91 8123456789"], None) == ["+12025550123", "+918123456789"]
