"""A contact list as people keep them, of any length: numbers in thirteen spellings, Devanagari names, two variables."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

_DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
_NAMES = ("सीता श्रेष्ठ", "राम बहादुर तामाङ", "Gita Thapa", "Hari Rai", "अनिता मगर")
_RUBBISH = ("n/a", "", "123", "abc", "98000")

#: Prefixes of an operator whose licence was revoked: thirty million numbers that ring nobody.
_PREFIXES = ("961", "962", "988")

#: Has no factor in common with ten million, so that every tail of seven digits comes once before one comes again.
_STRIDE = 4_827_191


def write(path: Path, rows: int) -> None:
    """Write a file unless it is there: phone, name, age, city."""
    if path.exists():
        return
    chance = random.Random(rows)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.write("phone,name,age,city\n")
        for row, phone in enumerate(numbers(chance, rows)):
            file.write(f"{phone},{chance.choice(_NAMES)} {row},{chance.randrange(18, 90)},Kathmandu\n")
    part.rename(path)


def workbook(path: Path, rows: int) -> None:
    """Write the same people as a workbook, as a spreadsheet saves it, unless it is there."""
    import openpyxl

    if path.exists():
        return
    source = path.with_suffix(".csv")
    write(source, rows)
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    with source.open(newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            sheet.append([*row[:2], int(row[2]) if row[2].isdigit() else row[2], row[3]])
    part = path.with_suffix(".part")
    made.save(part)
    part.rename(path)


def numbers(chance: random.Random, count: int) -> Iterator[str]:
    """Give cells; about one in twenty repeats an earlier number, one in sixty is none."""
    for index in range(count):
        yield _spelled(chance, _number(chance.randrange(max(index, 1)) if chance.random() < 0.05 else index))


def suppressed(path: Path, rows: int) -> None:
    """Write a do-not-contact list unless it is there: every thousandth of so many people."""
    if not path.exists():
        path.write_text("\n".join(["phone", *(f"+977{_number(index)}" for index in range(0, rows, 1_000)), ""]))


def _number(index: int) -> str:
    """Give the number of a person: spread over the operator's range, as a list of customers is, and no two alike."""
    return f"{_PREFIXES[index % len(_PREFIXES)]}{index * _STRIDE % 10**7:07}"


def _spelled(chance: random.Random, number: str) -> str:
    spellings: tuple[tuple[int, str], ...] = (
        (40, number),
        (20, f"+977-{number}"),
        (10, f"0{number[:2]} {number[2:5]} {number[5:]}"),
        (10, f"{number[:3]}-{number[3:6]}-{number[6:]}"),
        (4, f"00977{number}"),
        (3, f"977 {number}"),
        (5, f"+91 9{number[1:]}"),
        (2, f"01-4{number[4:]}"),
        (1, f"+1 202-555-0{number[-3:]}"),
        (1, f"+44 7400 {number[-6:]}"),
        (2, chance.choice(_RUBBISH)),
        (1, number.translate(_DEVANAGARI)),
        (1, f"({number[:3]}) {number[3:]}"),
    )
    weights = [weight for weight, _ in spellings]
    return chance.choices(spellings, weights)[0][1]
