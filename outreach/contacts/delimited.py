"""Comma-separated values and their relatives, by the standard library's parser in its strict mode."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import itemgetter
from typing import Any

import attrs

from outreach.contacts.lines import batches
from outreach.contacts.opening import Opened
from outreach.contacts.spelling import trim
from outreach.contacts.tables import BLOCK_ROWS, Block, Flaw, Header, Table, wrong
from outreach.errors import SpecError

#: Separators that a header line may show without being told.
_SEPARATORS = ",;\t|"

#: More lines than this are no header.
_HEADER_LINES = 20

_TOO_MANY = Flaw(
    "too_many_cells", "the row has more cells than the header; put a cell that holds the separator into quotes"
)


@attrs.frozen
class CellBlock:
    """Rows as the parser gives them, each at least as long as the header."""

    first: int
    lines: Sequence[int]
    flaws: Mapping[int, Flaw]
    _rows: Sequence[Sequence[str]]
    _places: Mapping[str, int]

    def column(self, name: str) -> Sequence[str]:
        """Give one column."""
        place = self._places.get(name)
        return [""] * len(self._rows) if place is None else list(map(itemgetter(place), self._rows))


def comma_separated(source: Opened) -> Table:
    """Read a file whose separator stands in its header line: a comma, a semicolon, a tab or a bar."""
    return delimited(source, None)


def tab_separated(source: Opened) -> Table:
    """Read a file whose separator is the tab."""
    return delimited(source, "\t")


def delimited(source: Opened, separator: str | None) -> Table:
    """Read a file with a header line.

    Args:
        source: The bytes.

        separator: One character; None takes it from the header line.

    Raises:
        SpecError: There is no header, or it names a column twice.
    """
    read = batches(source)
    text = chain.from_iterable(read)
    blank, first = _first_line(text, source.name)
    head = _header_lines(first, text)
    parser = csv.reader(
        chain(head, text),
        delimiter=separator or _separator(head, source.name, blank + 1),
        strict=True,
        skipinitialspace=True,
    )
    names = _names(parser, source.name, blank + 1)
    header = Header(source=source.name, columns=tuple(filter(None, names)), line=blank + 1)
    return Table(header, _blocks(parser, names, source.name, blank), read.close)


def _first_line(text: Iterable[str], name: str) -> tuple[int, str]:
    for blank, line in enumerate(text):
        if line.strip():
            return blank, line
    msg = "the file is empty; its first line has to name the columns, for example phone,name"
    raise wrong(msg, file=name)


def _header_lines(first: str, text: Iterator[str]) -> Sequence[str]:
    """Give the lines of the header: a name in quotes may go on in the next one."""
    lines = [first]
    while "".join(lines).count('"') % 2 and len(lines) < _HEADER_LINES and (more := next(text, None)) is not None:
        lines.append(more)
    return lines


def _separator(lines: Sequence[str], name: str, number: int) -> str:
    whole = "".join(lines)
    # Where the quotes do not come in pairs, one is a sign like others.
    bare = lines[0] if whole.count('"') % 2 else "".join(whole.split('"')[::2])
    used = [character for character in _SEPARATORS if character in bare]
    if len(used) > 1:
        msg = f"the header line holds {' and '.join(map(repr, used))}; put names that hold one of them into quotes"
        raise wrong(msg, file=name, line=number)
    return used[0] if used else ","


def _names(parser: Any, name: str, line: int) -> tuple[str, ...]:
    try:
        names = tuple(map(trim, next(parser)))
    except csv.Error as error:
        raise _malformed(error, name, line) from None
    twice = [column for column, count in Counter(names).items() if column and count > 1]
    if twice:
        msg = f"the header names {' and '.join(twice)} twice; give each column a name of its own"
        raise wrong(msg, file=name, line=line)
    return names


def _blocks(parser: Any, names: Sequence[str], source: str, before: int) -> Iterator[Block]:
    """Give the rows that are not blank; ``before`` lines of the file were not given to the parser."""
    places = {name: place for place, name in enumerate(names) if name}
    first, line = 1, before + parser.line_num + 1
    while (taken := _take(parser, source, line)) is not None:
        begins = _lines(taken, line, before + parser.line_num)
        line = before + parser.line_num + 1
        blank = _blank(taken)
        if blank:
            begins = [line for index, line in enumerate(begins) if index not in blank]
            taken = [row for index, row in enumerate(taken) if index not in blank]
        if taken:
            yield CellBlock(first, begins, _fit(taken, len(names)), taken, places)
        first += len(taken)


def _blank(rows: Sequence[Sequence[str]]) -> set[int]:
    """Give the rows in which nothing stands; a row without a cell is one."""
    bare = [index for index, row in enumerate(rows) if not row or not row[0].strip()]
    return {index for index in bare if not any(map(str.strip, rows[index]))}


def _take(parser: Any, name: str, line: int) -> list[list[str]] | None:
    """Read some rows; None at the end."""
    rows: list[list[str]] = []
    try:
        rows.extend(islice(parser, BLOCK_ROWS))
    except csv.Error as error:
        raise _malformed(error, name, line + sum(map(_height, rows))) from None
    return rows or None


def _lines(rows: Sequence[Sequence[str]], first: int, last: int) -> Sequence[int]:
    """Say where each row begins, given the first and the last line of them all."""
    if last - first + 1 == len(rows):
        return range(first, last + 1)
    begins = []
    for row in rows:
        begins.append(first)
        first += _height(row)
    return begins


def _height(row: Sequence[str]) -> int:
    """Count the lines of a row; only a quoted cell can hold a line end."""
    return 1 + sum(cell.count("\n") for cell in row)


def _fit(rows: list[list[str]], width: int) -> Mapping[int, Flaw]:
    """Fill up short rows in place and name those that are too long."""
    if set(map(len, rows)) == {width}:
        return {}
    flaws = {}
    for index, row in enumerate(rows):
        if len(row) < width:
            row.extend([""] * (width - len(row)))
        elif len(row) > width and any(map(str.strip, row[width:])):
            flaws[index] = _TOO_MANY
    return flaws


def _malformed(error: csv.Error, name: str, line: int) -> SpecError:
    msg = f"the row that begins here is malformed ({error}); is a quotation mark left open or alone?"
    return wrong(msg, file=name, line=line)
