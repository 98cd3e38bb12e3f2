"""Write a report in several forms in one pass: rows stream through, they are never held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TextIO

import orjson

from outreach.delivery.journal import DeliveryRow
from outreach.reporting import sheet
from outreach.reporting.shapes import delivery

#: How a number is written: as it is, or with its middle hidden.
Phone = Callable[[str], str]


class Vendor(Protocol):
    """What the vendors' own reports say: ``following.VendorReport``."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the names of their columns."""

    @property
    def rows(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """Give what stands in them, by provider and number."""


class Form(Protocol):
    """One form of a report."""

    def add(self, row: DeliveryRow) -> None:
        """Take the next row."""

    def finish(self) -> None:
        """Write what stands behind the last row."""


def write(rows: Iterable[DeliveryRow], forms: Iterable[Form]) -> None:
    """Let every row pass through every form."""
    forms = tuple(forms)
    for row in rows:
        for form in forms:
            form.add(row)
    for form in forms:
        form.finish()


class CsvForm:
    """The contract's columns; behind them what vendors told, and what their own reports say, where asked for."""

    def __init__(self, file: TextIO, *, details: bool = False, vendor: Vendor | None = None) -> None:
        self._details = details
        self._vendor = vendor
        more = (*(sheet.DETAILS if details else ()), *(f"vendor {name}" for name in (vendor.columns if vendor else ())))
        self._write = sheet.table(file, (*sheet.COLUMNS, *more))

    def add(self, row: DeliveryRow) -> None:
        """Write a line."""
        details = sheet.detail_cells(row) if self._details else ()
        self._write((*sheet.delivery_cells(row), *details, *self._said(row)))

    def _said(self, row: DeliveryRow) -> Iterator[str]:
        if self._vendor is not None:
            found = self._vendor.rows.get((row.provider, row.phone), {})
            yield from (sheet.guard(found.get(name, "")) for name in self._vendor.columns)

    def finish(self) -> None:
        """Write nothing."""


class JsonForm:
    """One array, an element per line."""

    def __init__(self, file: TextIO, vendor: Vendor | None = None) -> None:
        self._file = file
        self._before = "["
        self._vendor = vendor

    def add(self, row: DeliveryRow) -> None:
        """Write an element."""
        shape = delivery(row, row.phone)
        if self._vendor is not None:
            shape["vendor"] = dict(self._vendor.rows.get((row.provider, row.phone), {}))
        self._file.write(f"{self._before}\n{orjson.dumps(shape).decode()}")
        self._before = ","

    def finish(self) -> None:
        """Close the array."""
        self._file.write("[]\n" if self._before == "[" else "\n]\n")


class ScreenForm:
    """The first rows, and how many there are of each state.

    Attributes:
        rows: The first of them.

        states: All of them, counted.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.rows: list[DeliveryRow] = []
        self.states: Counter[str] = Counter()

    def add(self, row: DeliveryRow) -> None:
        """Count a row, and keep it while there is room."""
        if len(self.rows) < self._most:
            self.rows.append(row)
        self.states[row.state.value] += 1

    def finish(self) -> None:
        """Do nothing."""
