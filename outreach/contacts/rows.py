"""Rows that come as cells in the order of the header: from spreadsheets, databases, data frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import itemgetter

import attrs

from outreach.contacts.tables import BLOCK_ROWS, Block, Flaw, Header, wrong


@attrs.frozen
class RowBlock:
    """Rows as sequences of cells."""

    first: int
    lines: Sequence[int]
    flaws: Mapping[int, Flaw]
    _rows: Sequence[Sequence[object]]
    _places: Mapping[str, int]
    _clean: Callable[[object], object] | None = None

    def column(self, name: str) -> Sequence[object]:
        """Give one column."""
        place = self._places.get(name)
        if place is None:
            return [""] * len(self._rows)
        cells = list(map(itemgetter(place), self._rows))
        # Texts are what they are; asking each cell's class costs less than a call for each.
        clean = self._clean
        return cells if clean is None else [cell if cell.__class__ is str else clean(cell) for cell in cells]


def header(source: str, names: Iterable[object], line: int = 0) -> Header:
    """Make the header.

    Raises:
        SpecError: It names a column twice, or none at all.
    """
    said = ["" if name is None else str(name).strip() for name in names]
    twice = [name for name, count in Counter(said).items() if name and count > 1]
    if twice:
        msg = f"{' and '.join(twice)} names more than one column; give each column a name of its own"
        raise wrong(msg, file=source, line=line)
    if not any(said):
        msg = "no column has a name; the first row has to name them, for example phone, name"
        raise wrong(msg, file=source, line=line)
    return Header(source=source, columns=tuple(filter(None, said)), line=line)


def blocks(
    names: Iterable[object],
    rows: Iterable[Sequence[object]],
    *,
    line: int | None = None,
    clean: Callable[[object], object] | None = None,
) -> Iterator[Block]:
    """Give the rows that hold anything, 250 at a time.

    Args:
        names: The columns in the order of the cells; one without a name is passed over.

        rows: Each as long as ``names``.

        line: Number of the first row in the file; None where rows have none.

        clean: What a cell that is no text is taken for.
    """
    places = {str(name).strip(): place for place, name in enumerate(names) if name is not None and str(name).strip()}
    rest, first = iter(rows), 1
    while taken := list(islice(rest, BLOCK_ROWS)):
        lines: Sequence[int] = [0] * len(taken) if line is None else range(line, line + len(taken))
        line = None if line is None else line + len(taken)
        full = [index for index, row in enumerate(taken) if _is_there(row[0]) or not _is_blank(row)]
        if len(full) < len(taken):
            taken, lines = [taken[index] for index in full], [lines[index] for index in full]
        if taken:
            yield RowBlock(first, lines, {}, taken, places, clean)
            first += len(taken)


def _is_there(cell: object) -> bool:
    """Whether a cell holds anything; what an application gives is not compared, for it may be more than one value."""
    return bool(cell) if cell.__class__ is str else cell is not None


def _is_blank(row: Sequence[object]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)


def peeked(rows: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
    """Fetch the first row now, so that what is wrong with the source is told when it is opened."""
    head = list(islice(rows, 1))
    return chain(head, rows)
