"""Rows from a Python program: data frames and database cursors by what they can do, all else as mappings.

None of these libraries is imported. The protocols are those that they document: polars and pandas frames, Arrow tables,
cursors of PEP 249, results of SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from outreach.contacts.arrow import cells
from outreach.contacts.mappings import IN_PLACE, in_place
from outreach.contacts.rows import blocks, header
from outreach.contacts.tables import BLOCK_ROWS, Table, wrong
from outreach.contacts.wholes import written

#: pandas says "missing" by values of these classes; the second one also looks like a date.
_MISSING = frozenset({"NAType", "NaTType"})


@attrs.frozen
class _Protocol:
    """A way to go through rows.

    Attributes:
        needs: What an object has that knows it.

        names: Its columns.

        rows: Its rows, each a sequence in the order of the columns; given the object, its columns, and what messages
            call it.

        stored: Whether its floats are those that were stored; a driver may make them of text that is rounded.
    """

    needs: tuple[str, ...]
    names: Callable[[Any], Iterable[object]]
    rows: Callable[[Any, Sequence[Any], str], Iterator[Sequence[object]]]
    stored: bool = True


def _fetched(cursor: Any, names: Sequence[Any], source: str) -> Iterator[Sequence[object]]:
    while rows := cursor.fetchmany(BLOCK_ROWS):
        yield from _by_name(rows, names, source) if isinstance(rows[0], Mapping) else map(tuple, rows)


def _by_name(rows: Iterable[Any], names: Sequence[Any], source: str) -> Iterator[Sequence[object]]:
    """Give the values of rows that are mappings; gone through, they would give their keys."""
    try:
        for row in rows:
            yield [row[name] for name in names]
    except KeyError as error:
        msg = f"a row of the cursor has no {error}, though its description does; give the rows, not the cursor"
        raise wrong(msg, file=source) from None


def _arrow_rows(table: Any, names: Sequence[Any], source: str) -> Iterator[Sequence[object]]:
    first = 1
    for batch in table.to_batches(max_chunksize=BLOCK_ROWS):
        columns = zip(batch.columns, names, strict=True)
        yield from zip(*(cells(column, name, first=first, source=source) for column, name in columns), strict=True)
        first += batch.num_rows


#: The first that fits is taken. https://docs.pola.rs/api/python/stable/reference/dataframe/api/polars.DataFrame.iter_rows.html,
#: https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.itertuples.html, https://peps.python.org/pep-0249/,
#: https://docs.sqlalchemy.org/en/20/core/connections.html#sqlalchemy.engine.Result
PROTOCOLS = (
    _Protocol(("iter_rows", "columns"), lambda frame: frame.columns, lambda frame, *_: iter(frame.iter_rows())),
    _Protocol(
        ("itertuples", "columns"),
        lambda frame: frame.columns,
        lambda frame, *_: frame.itertuples(index=False, name=None),
    ),
    _Protocol(("to_batches", "column_names"), lambda table: table.column_names, _arrow_rows),
    _Protocol(("fetchmany", "partitions", "keys"), lambda result: result.keys(), _fetched, stored=False),
    _Protocol(
        ("fetchmany", "description"),
        lambda cursor: [one[0] for one in cursor.description or ()],
        _fetched,
        stored=False,
    ),
)


def given(items: object, name: str = IN_PLACE) -> Table:
    """Read rows that an application gives; they are gone through once.

    Raises:
        SpecError: It is nothing that can be gone through.
    """
    known = next((one for one in PROTOCOLS if all(hasattr(items, need) for need in one.needs)), None)
    if known is None:
        return written(in_place(_iterable(items, name), name), stored=True)
    names = list(known.names(items))
    table = Table(header(name, names), blocks(names, known.rows(items, names, name), clean=_known))
    return written(table, stored=known.stored)


def _known(cell: object) -> object:
    return "" if type(cell).__name__ in _MISSING else cell


def _iterable(items: object, name: str) -> Iterable[object]:
    if hasattr(items, "collect"):
        msg = "this is a lazy frame; give its rows: frame.collect()"
        raise wrong(msg, file=name)
    if not isinstance(items, Iterable) or hasattr(items, "keys"):
        msg = f"contacts cannot be read from {type(items).__name__}; give an iterable of mappings, a frame or a cursor"
        raise wrong(msg, file=name)
    return items
