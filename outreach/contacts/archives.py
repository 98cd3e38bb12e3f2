"""A look into a workbook before it is parsed: whether it is what it says, and which cells are formulas.

A workbook is a zip archive of XML. A few kilobytes can unpack to gigabytes, and one cell far out makes a parser that
holds the sheet as a rectangle ask for all the memory there is. So the parts that will be parsed are unpacked here once,
piece by piece, and counted.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import attrs

from outreach.contacts.tables import wrong
from outreach.errors import SpecError

#: Bytes that the parts of a workbook may have unpacked; Excel's longest sheet with ten columns has about half of it.
MOST_UNPACKED = 2**30

#: A part may unpack to so many times its size; what spreadsheets write reaches about 40.
MOST_RATIO = 200

#: Parts smaller than this may be packed as well as they like.
SMALL = 2**20

#: Cells of the rectangle that a sheet spans, the empty ones included: a gigabyte of memory.
MOST_CELLS = 40_000_000

_PIECE = 2**18
_FEW = 2**20

#: Characters of a place that a message shows.
_PLACE_SHOWN = 20

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
    rb"""<(?:[^\s<>:]*:)?(row|c)(?=[\s/>])((?:[^<>"']|"[^<"]*"|'[^<']*')*+>)?|<(/)(?:[^\s<>:]*:)?row(?=[\s>])"""
)
_ATTRIBUTES = re.compile(rb"""([^\s=<>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL = re.compile(rb"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile(rb"()([1-9][0-9]{0,6})")
_LAST_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_FORMULA = re.compile(rb"<f[ >]")

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@attrs.define
class Formulas:
    """The formulas of a sheet.

    Attributes:
        count: How many there are.

        row: 1-based row of the first.

        column: 1-based column of the first.
    """

    count: int = 0
    row: int = 0
    column: int = 0


@attrs.frozen
class SheetEntry:
    """A sheet by the workbook's table of contents.

    Attributes:
        name: As its tab says.

        part: The part of the archive that holds it.

        hidden: Whether a reader of the workbook sees no tab of it.
    """

    name: str
    part: str
    hidden: bool


@contextmanager
def archive_of(stream: BinaryIO, name: str) -> Iterator[zipfile.ZipFile]:
    """Open a workbook as the archive that it is; damage, wherever it is found, becomes an error that names the file.

    Raises:
        SpecError: It is none, or it is damaged or locked.
    """
    _refuse_others(stream, name)
    try:
        with zipfile.ZipFile(stream) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        msg = f"the workbook is damaged or locked ({error}); save it again, without a password"
        raise wrong(msg, file=name) from None


def inspect(archive: zipfile.ZipFile, name: str, sheet: SheetEntry) -> Formulas:
    """Unpack what will be parsed of a workbook once, and find the formulas of one sheet.

    Raises:
        SpecError: It would take more memory than any contact list.
    """
    formulas, left, extent = Formulas(), MOST_UNPACKED, _Extent(name)
    for info in archive.infolist():
        if not info.filename.startswith("xl/") or not info.filename.endswith((".xml", ".rels")):
            continue
        if info.filename.startswith("xl/worksheets/") and info.filename != sheet.part:
            continue
        for piece in _pieces(archive, info, name, left):
            left -= len(piece)
            if info.filename == sheet.part:
                extent.take(piece)
                _find_formulas(piece, formulas)
    return formulas


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, left: int) -> Iterator[bytes]:
    """Unpack a part to where its data really ends, for the size that the directory states may lie; cut before tags."""
    most = min(left, max(SMALL, MOST_RATIO * info.compress_size))
    info.file_size = MOST_UNPACKED * 2
    tail, done = b"", 0
    with archive.open(info) as part:
        while data := part.read(_PIECE):
            done += len(data)
            if done > most:
                msg = f"{info.filename} in it unpacks to more than {most // SMALL:,} MB; this is no contact list"
                raise wrong(msg, file=name)
            head, tag, rest = (tail + data).rpartition(b"<")
            tail = tag + rest
            if len(tail) > _FEW:
                msg = f"a tag in {info.filename} in it has no end; this is no contact list"
                raise wrong(msg, file=name)
            yield head
    yield tail


@attrs.define
class _Extent:
    """The rectangle that the cells of a sheet span, told as the parser tells it.

    Attributes:
        name: The workbook.

        rows: Of the rectangle, counted from A1.

        columns: Of the rectangle, counted from A1.

        row: The row that a cell without a reference is in.

        column: The last column of that row so far.
    """

    name: str
    rows: int = 0
    columns: int = 0
    row: int = 1
    column: int = 0

    def take(self, piece: bytes) -> None:
        """Look at some cells.

        Raises:
            SpecError: The rectangle is too large, or a place is none that Excel has.
        """
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

    def _walk(self, piece: bytes) -> None:
        """Follow rows and cells one by one, for those without a reference count from the one before."""
        for kind, said, end in _TAG.findall(piece):
            if end:
                self.row, self.column = self.row + 1, 0
                continue
            if not said:
                raise self._odd(kind)
            place = _place(said)
            if kind == b"row":
                self.row = self._number(_ROW, place)[0] if place is not None else self.row
            else:
                row, self.column = self._number(_CELL, place) if place is not None else (self.row, self.column + 1)
                self._grow(row, self.column)
            self._grow(self.row, 0)
            if kind == b"row" and said.endswith(b"/>"):
                self.row, self.column = self.row + 1, 0

    def _number(self, form: re.Pattern[bytes], place: bytes) -> tuple[int, int]:
        found = form.fullmatch(place)
        if found is None:
            raise self._odd(place)
        return int(found[2]), column_number(found[1].decode())

    def _grow(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        if self.rows * self.columns > MOST_CELLS or self.rows > MOST_ROWS or self.columns > MOST_COLUMNS:
            msg = f"the sheet spans {self.rows:,} rows and {self.columns:,} columns; delete the cells far out"
            raise wrong(msg, file=self.name)

    def _odd(self, place: bytes) -> SpecError:
        shown = place[:_PLACE_SHOWN].decode(errors="replace")
        msg = f"'{shown}' in the sheet is no place of a row or a cell; save the workbook again, with a spreadsheet"
        return wrong(msg, file=self.name)


def _count(piece: bytes, texts: Iterable[bytes]) -> int:
    return sum(map(piece.count, texts))


def _place(attributes: bytes) -> bytes | None:
    """Give what a tag says of its place; the first counts, as for the parser."""
    return next((one or other for key, one, other in _ATTRIBUTES.findall(attributes) if key == b"r"), None)


def _find_formulas(piece: bytes, formulas: Formulas) -> None:
    count = piece.count(b"<f>") + piece.count(b"<f ")
    if count and not formulas.count:
        at = next(_FORMULA.finditer(piece))
        cells = _LAST_CELL.findall(piece[max(0, at.start() - 4_096) : at.start()])
        if cells:
            formulas.row, formulas.column = int(cells[-1][1]), column_number(cells[-1][0].decode())
    formulas.count += count


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


def sheets(archive: zipfile.ZipFile) -> Iterator[SheetEntry]:
    """Give the sheets that hold cells, in the order of their tabs."""
    relations = {}
    for said in _RELATION.findall(_small(archive, "xl/_rels/workbook.xml.rels")):
        relation = _attributes(said)
        relations[relation.get("Id")] = relation
    for said in _SHEET.findall(_small(archive, "xl/workbook.xml")):
        one = _attributes(said)
        relation = relations.get(next((value for key, value in one.items() if key.endswith(":id")), None), {})
        target = relation.get("Target", "")
        if relation.get("Type", "").endswith("/worksheet") and "name" in one:
            part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            yield SheetEntry(one["name"], part, one.get("state", "visible") != "visible")


def _small(archive: zipfile.ZipFile, part: str) -> bytes:
    if part not in archive.namelist():
        msg = f"{part} is missing"
        raise zipfile.BadZipFile(msg)
    with archive.open(part) as file:
        return file.read(_FEW)


def _attributes(said: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.findall(said)
    return {key.decode(): html.unescape((one or other).decode(errors="replace")) for key, one, other in found}


def _refuse_others(stream: BinaryIO, name: str) -> None:
    mark = stream.read(4)
    stream.seek(0)
    if mark == b"\xd0\xcf\x11\xe0":
        msg = "the workbook has a password or is of an old kind; save it as .xlsx without one"
        raise wrong(msg, file=name)
    if mark != b"PK\x03\x04":
        msg = "this is no Excel workbook, whatever its name says; save it as .xlsx or CSV UTF-8"
        raise wrong(msg, file=name)
