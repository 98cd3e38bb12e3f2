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
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import attrs

from outreach.contacts.extents import Extent, Marks, TooFarError, column_number
from outreach.contacts.tables import wrong

#: Bytes that the parts of a workbook may have unpacked; Excel's longest sheet with ten columns has about half of it.
MOST_UNPACKED = 2**30

#: A part may unpack to so many times its size; what spreadsheets write reaches about 40.
MOST_RATIO = 200

#: Parts smaller than this may be packed as well as they like.
SMALL = 2**20

_PIECE = 2**18
_FEW = 2**20

_LAST_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_FORMULA = re.compile(rb"<(?:[^\s<>:/]*:)?f[ >]")

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


def inspect(archive: zipfile.ZipFile, name: str, sheet: SheetEntry) -> tuple[Formulas, Marks]:
    """Unpack what will be parsed of a workbook, and find the formulas of one sheet, and what is marked in it.

    Raises:
        SpecError: It would take more memory than any contact list.
    """
    try:
        return _inspected(archive, name, sheet, Extent(name))
    except TooFarError:
        return _inspected(archive, name, sheet, Extent(name, exact=True))


def _inspected(archive: zipfile.ZipFile, name: str, sheet: SheetEntry, extent: Extent) -> tuple[Formulas, Marks]:
    formulas, left = Formulas(), MOST_UNPACKED
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
    return formulas, extent.marks


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


def _find_formulas(piece: bytes, formulas: Formulas) -> None:
    if b"<f" not in piece and b":f" not in piece:
        return
    count = len(_FORMULA.findall(piece))
    if count and not formulas.count:
        at = next(_FORMULA.finditer(piece))
        cells = _LAST_CELL.findall(piece[max(0, at.start() - 4_096) : at.start()])
        if cells:
            formulas.row, formulas.column = int(cells[-1][1]), column_number(cells[-1][0].decode())
    formulas.count += count


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
