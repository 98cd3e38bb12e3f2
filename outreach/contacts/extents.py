"""How far the cells of a sheet reach, and what is marked in it: cells in error, rows that nobody sees."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import attrs

from outreach.contacts.tables import wrong
from outreach.errors import SpecError

#: Cells of the rectangle that a sheet spans, the empty ones included: a gigabyte of memory.
MOST_CELLS = 40_000_000

#: Rows and columns that Excel has: https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384

#: A row or a cell as spreadsheets write it, with the letters and digits of its place.
_USUAL = re.compile(rb"""<(?:c r="([A-Z]{1,3})|row r=")([1-9][0-9]{0,6})\"""")

#: What a piece of a usual sheet consists of; where these are all its tags, only the first two have a place.
_PLACED = (b"<c ", b"<row ")
_TAGS = (*_PLACED, b"</row>", b"</c>", b"<v>", b"</v>", b"<f>", b"</f>", b"<is>", b"</is>", b"<t>", b"</t>")

#: The begin of a row or a cell however it is written, with its attributes if they are well formed; the end of a row.
_TAG = re.compile(
    rb"""<(?:[^\s<>:/]*:)?(row|c)(?=[\s/>])((?:[^<>"']|"[^<"]*"|'[^<']*')*+>)?|<(/)(?:[^\s<>:]*:)?row(?=[\s>])"""
)
_ATTRIBUTES = re.compile(rb"""([^\s=<>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL = re.compile(rb"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile(rb"()([1-9][0-9]{0,6})")

#: Where all places are within, the rectangle is below the limit whatever their order: 999,999 rows of columns A to AL.
_NEAR = rb"""r="(?:[A-Z]|A[A-L])[1-9][0-9]{0,5}\""""
_NEAR_ROWS, _NEAR_COLUMNS = 999_999, 38

#: The first cell and the first row that are not near, or have no place, or another tag that begins with their letters.
_NO_NEAR_CELL = re.compile(rb"<c(?! %b)" % _NEAR)
_NO_NEAR_ROW = re.compile(rb"""<row(?! r="[1-9][0-9]{0,5}")""")

#: What the name of a cell or a row with a prefix holds.
_PREFIXED = (b":c", b":row")

#: What stands in the tag of a cell in error, and in that of a row that nobody sees.
_IN_ERROR = (b'"e"', b"'e'")
_HIDDEN = (b"hidden",)
_TRUE = (b"1", b"true")

#: Characters of a place that a message shows.
_PLACE_SHOWN = 20


@attrs.define
class Marks:
    """What a person sees in a sheet, and no reader of its cells.

    Attributes:
        hidden: Rows with cells that are hidden.

        row: The first of them.

        errors: By column, the rows of the cells in error (``#N/A``, ``#REF!``), which are read as empty.
    """

    hidden: int = 0
    row: int = 0
    errors: dict[int, array[int]] = attrs.field(factory=dict)


class TooFarError(Exception):
    """A cell far to the right stands behind pieces of which only the bounds are known: look at all of them again."""


@attrs.define
class Extent:
    """The rectangle that the cells of a sheet span, told as the parser tells it.

    Attributes:
        name: The workbook.

        rows: Of the rectangle, counted from A1.

        columns: Of the rectangle, counted from A1.

        row: The row that a cell without a reference is in.

        column: The last column of that row so far.

        exact: Whether each place is looked at; else only the bounds of pieces whose places are all near.

        near: Whether a piece was taken by its bounds.

        marks: What is marked.
    """

    name: str
    rows: int = 0
    columns: int = 0
    row: int = 1
    column: int = 0
    exact: bool = False
    near: bool = False
    marks: Marks = attrs.field(factory=Marks)

    def take(self, piece: bytes) -> None:
        """Look at some cells.

        Raises:
            SpecError: The rectangle is too large, or a place is none that Excel has.

            TooFarError: All has to be looked at again, by an extent that is ``exact``.
        """
        for part in [piece] if self._is_near(piece) else _around(piece):
            self._take(part)

    def _is_near(self, piece: bytes) -> bool:
        """Whether all cells and rows have a place, which is near."""
        return not (
            self.exact
            or _NO_NEAR_CELL.search(piece)
            or _NO_NEAR_ROW.search(piece)
            or (b":" in piece and any(name in piece for name in _PREFIXED))
        )

    def _take(self, piece: bytes) -> None:
        if (b"<row" in piece or b"<c" in piece) and self._is_near(piece):
            self.near = True
            self._go_on(piece)
            self._mark(piece)
            return
        found = _USUAL.findall(piece)
        usual = len(found) == _count(piece, _PLACED) and piece.count(b"<") == _count(piece, _TAGS)
        if not (found and usual):
            self._walk(piece)
            return
        self._grow(
            max(int(row) for _, row in found), max(column_number(one.decode()) for one in {at[0] for at in found})
        )
        # At most one row too far, where the next cell has no reference.
        self.row, self.column = self.rows + 1, column_number(found[-1][0].decode())
        self._mark(piece)

    def _go_on(self, piece: bytes) -> None:
        """Remember where the next cell is if it has no place: at most one row too far."""
        row, cell, ended = piece.rfind(b"<row "), piece.rfind(b"<c "), piece.rfind(b"</row")
        if row >= 0:
            self.row = int(piece[row + len('<row r="') :].partition(b'"')[0])
        self.row += max(1, piece.count(b"</row", max(row, 0)))
        if cell >= 0:
            found = _CELL.match(piece, cell + len('<c r="'))
            self.column = column_number(found[1].decode()) if found else _NEAR_COLUMNS
        if ended > cell:
            self.column = 0

    def _mark(self, piece: bytes) -> None:
        """Find what is marked among cells and rows that all have their place."""
        for _, about in _tags(piece, _IN_ERROR if b"'" in piece else _IN_ERROR[:1], b"<c "):
            row, column = self._number(_CELL, about[b"r"])
            self._err(about, row, column)
        for tag, about in _tags(piece, _HIDDEN, b"<row "):
            self._hide(about, tag, int(about[b"r"]))

    def _walk(self, piece: bytes) -> None:
        """Follow rows and cells one by one, for those without a reference count from the one before."""
        for kind, said, end in _TAG.findall(piece):
            if end:
                self.row, self.column = self.row + 1, 0
                continue
            if not said:
                raise self._odd(kind)
            about = _attributes(said)
            place = about.get(b"r")
            if kind == b"row":
                self.row = self._number(_ROW, place)[0] if place is not None else self.row
                self._hide(about, said, self.row)
            else:
                row, self.column = self._number(_CELL, place) if place is not None else (self.row, self.column + 1)
                self._grow(row, self.column)
                self._err(about, row, self.column)
            self._grow(self.row, 0)
            if kind == b"row" and said.endswith(b"/>"):
                self.row, self.column = self.row + 1, 0

    def _hide(self, about: Mapping[bytes, bytes], said: bytes, row: int) -> None:
        """Count a row that nobody sees; one that is written without an end tag has no cells."""
        if about.get(b"hidden") in _TRUE and not said.endswith(b"/>"):
            self.marks.hidden += 1
            self.marks.row = self.marks.row or row

    def _err(self, about: Mapping[bytes, bytes], row: int, column: int) -> None:
        """Note a cell whose formula went wrong."""
        if about.get(b"t") == b"e":
            self.marks.errors.setdefault(column, array("I")).append(row)

    def _number(self, form: re.Pattern[bytes], place: bytes) -> tuple[int, int]:
        found = form.fullmatch(place)
        if found is None:
            raise self._odd(place)
        return int(found[2]), column_number(found[1].decode())

    def _grow(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        if not self.exact and (self.rows > _NEAR_ROWS or self.columns > _NEAR_COLUMNS):
            if self.near:
                raise TooFarError
            self.exact = True
        if self.rows * self.columns > MOST_CELLS or self.rows > MOST_ROWS or self.columns > MOST_COLUMNS:
            msg = f"the sheet spans {self.rows:,} rows and {self.columns:,} columns; delete the cells far out"
            raise wrong(msg, file=self.name)

    def _odd(self, place: bytes) -> SpecError:
        shown = place[:_PLACE_SHOWN].decode(errors="replace")
        msg = f"'{shown}' in the sheet is no place of a row or a cell; save the workbook again, with a spreadsheet"
        return wrong(msg, file=self.name)


def _around(piece: bytes) -> Iterator[bytes]:
    """Cut off what stands before and behind the cells, which is of another form and short."""
    cuts = sorted({0, len(piece), max(0, piece.find(b"<sheetData")), max(0, piece.rfind(b"</sheetData"))})
    yield from (piece[one:other] for one, other in pairwise(cuts))


def _tags(piece: bytes, marks: Sequence[bytes], begin: bytes) -> Iterator[tuple[bytes, Mapping[bytes, bytes]]]:
    """Give the tags of a kind in which a mark stands, with their attributes."""
    for at in sorted({at for mark in marks for at in _begins(piece, mark) if piece.startswith(begin, at)}):
        tag = _TAG.match(piece, at)
        if tag is not None and tag[2]:
            yield tag[0], _attributes(tag[2])


def _begins(piece: bytes, mark: bytes) -> Iterator[int]:
    """Say where the tags begin that stand before a mark."""
    found = piece.find(mark)
    while found >= 0:
        yield piece.rfind(b"<", 0, found)
        found = piece.find(mark, found + 1)


def _count(piece: bytes, texts: Iterable[bytes]) -> int:
    return sum(map(piece.count, texts))


def _attributes(said: bytes) -> dict[bytes, bytes]:
    """Give the attributes of a tag; of one that is there twice the first counts, as for the parser."""
    return {key: one or other for key, one, other in reversed(_ATTRIBUTES.findall(said))}


def column_number(letters: str) -> int:
    """Give the 1-based number of a column such as ``AB``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(row: int, column: int) -> str:
    """Write a cell as a spreadsheet does: ``B7``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
