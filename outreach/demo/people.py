"""The people of the sample: made up, on numbers that nobody has.

The numbers lie in two Nepali ranges whose operator has lost its licence. They end in 10 to 89, where the vendors'
stand-ins do nothing out of the ordinary.
"""

from __future__ import annotations

from collections.abc import Sequence

HEADER = ("id", "name", "number", "amount", "overdue", "whatsapp")

#: Rows of the contact list, the bad ones included.
ROWS = 300

_PREFIXES = ("96100", "98800")
_GIVEN = (
    "सीता",
    "राम",
    "गीता",
    "हरि",
    "माया",
    "कृष्ण",
    "सरिता",
    "विष्णु",
    "लक्ष्मी",
    "गोपाल",
    "Anita",
    "Bikash",
    "पेमा",
    "दोर्जे",
)
_FAMILY = ("श्रेष्ठ", "तामाङ", "गुरुङ", "राई", "थापा", "अधिकारी", "महर्जन", "Shakya", "शेर्पा", "चौधरी", "मगर")
_DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")

Row = tuple[str, ...]


def number(index: int) -> str:
    """Give the ten digits of a made-up number; every index below 1,000 gives another."""
    return f"{_PREFIXES[index % 2]}{index * 37 % 1000:03}{10 + index * 53 % 80}"


def contacts() -> Sequence[Row]:
    """Give the rows of the contact list, with the bad ones spread among the good ones."""
    rows = [_person(index) for index in range(ROWS - len(_BAD))]
    for position, spelling in _BAD.items():
        rows.insert(position, _row(position, spelling))
    return [(f"HH-{1001 + at}", *row) for at, row in enumerate(rows)]


def do_not_call() -> Sequence[Row]:
    """Give the suppression list: people of the contact list, and one who is not on it."""
    listed = [(f"+977{number(index)}", "asked by telephone not to be called") for index in (4, 61, 118, 175, 232)]
    return [*listed, (f"+977{number(900)}", "complained")]


def _person(index: int) -> Row:
    return _row(index, _spelled(index))


def _row(index: int, spelling: str) -> Row:
    # Every ninth household gave no name: the text says its fallback instead.
    name = "" if index % 9 == 5 else f"{_GIVEN[index % len(_GIVEN)]} {_FAMILY[index * 7 % len(_FAMILY)]}"
    amount = f"{(index * 131 % 90 + 4) * 25:,}"
    return (name, spelling, amount, "yes" if index % 5 == 0 else "no", "yes" if index % 3 else "no")


def _spelled(index: int) -> str:
    """Write a number as offices write numbers: plain, with the country's code, in groups, in Devanagari digits."""
    plain = number(index)
    spellings = (plain, f"+977{plain}", f"{plain[:3]}-{plain[3:]}", plain.translate(_DEVANAGARI), f"977 {plain}")
    return spellings[index * 3 % len(spellings)]


#: Rows that cannot be used, by their place: each shows another reason under which a row is left out.
_BAD = {
    17: "",
    33: "N/A",
    58: "98800",
    74: "9.88E+09",
    96: "9880012345.0",
    111: f"{number(1)} / {number(2)}",
    139: "12345 67890 12345",
    160: "100",
    181: number(3),
    204: f"+977 {number(10)}",
    223: number(20).translate(_DEVANAGARI),
    251: "+1 900 555 0100",
    277: "9880012345 ext 12",
}
