"""The few shapes of text that all tables are made of: plain columns that fit 80 characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from outreach.reporting.words import clean


def labelled(lines: Iterable[tuple[str, str]], *, indent: int = 2, width: int = 10) -> Table:
    """Lay out lines as a short label and a text that wraps beside it."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=indent)
    table.add_column(min_width=width, no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label, text in lines:
        table.add_row("", label, Text(clean(text)))
    return table


def columns(names: Sequence[str], rows: Iterable[Sequence[str | Text]], *, numbers: int | None = None) -> Table:
    """Lay out rows under headings; from column ``numbers`` on they are aligned to the right."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for index, name in enumerate(names):
        right = numbers is not None and index >= numbers
        table.add_column(name, justify="right" if right else "left", no_wrap=right, overflow="fold", vertical="top")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(clean(cell)) for cell in row))
    return table
