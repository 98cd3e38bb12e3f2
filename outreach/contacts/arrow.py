"""Arrow columns as Python values. Arrow itself is not imported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from outreach.contacts.tables import wrong

#: What Arrow raises for a cell that no Python value stands for: nanoseconds, years beyond 9999, unknown zones, and
#: bytes that are no UTF-8. ``ArrowException`` is one of these too.
_UNSAYABLE = (ValueError, OverflowError, LookupError, TypeError, NotImplementedError, OSError, ImportError)


def cells(column: Any, name: str, *, first: int, source: str) -> list[object]:
    """Give the cells of an Arrow column.

    Args:
        column: The column.

        name: What it is called.

        first: 1-based row of its first cell.

        source: What messages call the source.

    Raises:
        SpecError: A cell has no value in Python.
    """
    try:
        said: list[object] = column.to_pylist()
    except _UNSAYABLE:
        index, error = next(_faults(column), (0, "unreadable"))
        msg = (
            f"row {first + index:,}: '{name}' holds what is no value of its type {column.type} ({error}); "
            "write the column as text (string), dates as 2026-12-01"
        )
        raise wrong(msg, file=source) from None
    return said


def _faults(column: Any) -> Iterator[tuple[int, str]]:
    """Give the index of each cell that Python has no value for, with what Arrow says of it."""
    for index, cell in enumerate(column):
        try:
            cell.as_py()
        except _UNSAYABLE as error:
            yield index, str(error).partition("\n")[0]
