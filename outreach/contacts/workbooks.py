"""Excel workbooks, by calamine, which holds the whole sheet in memory: about 0.4 GB for a million rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO

import attrs

from outreach.contacts.archives import Formulas, SheetEntry, archive_of, inspect, sheets
from outreach.contacts.extents import Marks, cell_name
from outreach.contacts.extras import extra
from outreach.contacts.opening import Meter, open_file
from outreach.contacts.rows import blocks, header
from outreach.contacts.tables import BLOCK_ROWS, Table, wrong
from outreach.errors import Problem
from outreach.source import Origin

#: What stands for a phone number that a formula did not give: no number, and not empty.
IN_ERROR = "#ERROR"

#: More merged ranges are counted, not named.
_RANGES_NAMED = 3


def opened(origin: Origin) -> Table:
    """Open a workbook.

    Raises:
        SpecError: It is damaged, a bomb, or has several sheets that can be seen and none was chosen; or the extra
            ``xlsx`` is not installed.
    """
    calamine = extra("python_calamine", "xlsx", origin.name)
    with open_file(origin) as stream:
        with archive_of(stream, origin.name) as archive:
            known = list(sheets(archive))
            chosen = _chosen(origin, known)
            formulas, marks = inspect(archive, origin.name, chosen)
        stream.seek(0)
        sheet = _loaded(origin, calamine, stream, chosen)
    notes = [
        *_hidden(origin, known, chosen),
        *_hidden_rows(origin.name, marks),
        *_formulas(origin.name, formulas),
        *_merged(origin, sheet),
    ]
    return _table(origin.name, sheet, marks, notes)


def _chosen(origin: Origin, known: Sequence[SheetEntry]) -> SheetEntry:
    stated = origin.options.get("sheet")
    fitting = [one for one in known if (one.name == stated if stated else not one.hidden)]
    if len(fitting) == 1:
        return fitting[0]
    there = ", ".join(one.name for one in known if not one.hidden) or "none that can be seen"
    said = f"has no sheet '{stated}'" if stated else "has not one sheet that can be seen: say which one is read"
    msg = f"{origin.name} {said}; there are: {there}"
    raise wrong(msg, path="contacts.sheet")


def _loaded(origin: Origin, calamine: Any, stream: BinaryIO, chosen: SheetEntry) -> Any:
    try:
        return calamine.CalamineWorkbook.from_filelike(stream).get_sheet_by_name(chosen.name)
    except calamine.CalamineError as error:
        msg = f"the workbook cannot be read ({error}); save it again"
        raise wrong(msg, file=origin.name) from None


def _table(source: str, sheet: Any, marks: Marks, notes: list[Problem]) -> Table:
    rows, meter = _rows(source, sheet), Meter(sheet.total_height)
    names, line = _names(source, rows)
    meter.done = line
    said = [str(as_text(name)) for name in names]
    watch = _Watch(source, said, sheet.start[1], marks)
    made = blocks(said, _watched(watch, rows, line + 1, meter, notes), line=line + 1, clean=as_text)
    return Table(header(source, said, line), made, share=meter.share, notes=notes, told=watch.told)


def _rows(source: str, sheet: Any) -> Iterator[list[object]]:
    number = 0
    try:
        for number, row in enumerate(sheet.iter_rows(), 1):  # noqa: B007  # the last number is asked for below
            yield row
    except OverflowError:
        msg = "a date or a length of time in this row is beyond all calendars; format the cell as text or mend it"
        raise wrong(msg, file=source, line=number + 1) from None


def _names(source: str, rows: Iterator[list[object]]) -> tuple[list[object], int]:
    """Find the first row that holds anything; calamine gives the empty ones above it too."""
    for number, row in enumerate(rows, 1):
        if any(cell != "" for cell in row):
            return row, number
    msg = "the sheet is empty; its first row has to name the columns, for example phone, name"
    raise wrong(msg, file=source)


def as_text(cell: object) -> object:
    """Give a cell as a person would say it: a whole number has no fraction, a length of time is hours and minutes."""
    if cell.__class__ is float:
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell) if isinstance(cell, timedelta) else cell


@attrs.define
class _Watch:
    """Looks at the phone numbers: at those in error, and at those that are numbers, with no leading zero and no plus.

    Attributes:
        source: The workbook.

        names: Of the columns.

        left: Columns of the sheet before the first that holds anything.

        marks: What is marked in the sheet.

        phone: The place of the numbers; None until it is told.

        count: Phone numbers that are numbers.

        first: The row of the first of them.
    """

    source: str
    names: Sequence[str]
    left: int
    marks: Marks
    phone: int | None = None
    count: int = 0
    first: int = 0
    errors: Sequence[int] = ()

    def told(self, phone: str) -> None:
        """Take the name of the column."""
        self.phone = next((place for place, name in enumerate(self.names) if name.strip() == phone), None)
        if self.phone is not None:
            self.errors = sorted(set(self.marks.errors.pop(self.left + self.phone + 1, ())))

    def look(self, rows: Sequence[list[object]], line: int) -> None:
        """Look at some rows; a number in error is read as empty, and is told from one that is."""
        phone = self.phone
        if phone is None:
            return
        kinds = [row[phone].__class__ for row in rows]
        if float in kinds:
            self.first = self.first or line + kinds.index(float)
            self.count += kinds.count(float)
        for error in self.errors[bisect_left(self.errors, line) : bisect_left(self.errors, line + len(rows))]:
            rows[error - line][phone] = IN_ERROR

    def notes(self) -> Iterator[Problem]:
        """Say what was counted."""
        if self.count and self.phone is not None:
            column = self.left + self.phone + 1
            what = count(self.count, "phone number is a number", "phone numbers are numbers")
            msg = (
                f"{what} in the workbook and no text, {cell_name(self.first, column)} first: a leading 0 or + is lost; "
                "where there was one, format the column as text and enter them anew"
            )
            yield Problem(msg, file=self.source, line=self.first, column=column)
        if self.marks.errors:
            row, column = min((min(rows), column) for column, rows in self.marks.errors.items())
            what = count(sum(map(len, self.marks.errors.values())), "cell is in error", "cells are in error")
            msg = f"{what} (like #N/A), {cell_name(row, column)} first, and read as empty; mend the formulas"
            yield Problem(msg, file=self.source, line=row, column=column)


def _watched(
    watch: _Watch, rows: Iterator[list[object]], line: int, meter: Meter, notes: list[Problem]
) -> Iterator[list[object]]:
    while taken := list(islice(rows, BLOCK_ROWS)):
        watch.look(taken, line)
        line += len(taken)
        meter.done = line - 1
        yield from taken
    notes += watch.notes()


def _hidden_rows(source: str, marks: Marks) -> Iterator[Problem]:
    if marks.hidden:
        what = count(marks.hidden, "hidden row is", "hidden rows are")
        msg = f"{what} read like all others, row {marks.row:,} first; delete rows that nobody shall be contacted from"
        yield Problem(msg, file=source, line=marks.row)


def _hidden(origin: Origin, known: Sequence[SheetEntry], chosen: SheetEntry) -> Iterator[Problem]:
    others = [one.name for one in known if one.hidden and one is not chosen]
    if others:
        yield Problem(f"sheet '{chosen.name}' is read; hidden and not read: {', '.join(others)}", file=origin.name)


def _formulas(source: str, formulas: Formulas) -> Iterator[Problem]:
    if formulas.count:
        what = count(formulas.count, "cell is a formula", "cells are formulas")
        where = f", {cell_name(formulas.row, formulas.column)} first" if formulas.row else ""
        msg = f"{what}{where}: what the spreadsheet last computed is taken"
        yield Problem(msg, file=source, line=formulas.row, column=formulas.column)


def _merged(origin: Origin, sheet: Any) -> Iterator[Problem]:
    ranges = sheet.merged_cell_ranges or []
    for (top, left), (bottom, right) in ranges[:_RANGES_NAMED]:
        where = f"{cell_name(top + 1, left + 1)}:{cell_name(bottom + 1, right + 1)}"
        more = f", and {len(ranges) - _RANGES_NAMED:,} more ranges" if len(ranges) > _RANGES_NAMED else ""
        msg = f"{where} is one merged cell{more}: its first row and column have the value, the others are empty"
        yield Problem(msg, file=origin.name, line=top + 1, column=left + 1)


def count(number: int, one: str, more: str) -> str:
    """Write ``1 cell is``, ``4,781 cells are``."""
    return f"{number:,} {one if number == 1 else more}"
