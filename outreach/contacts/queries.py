"""SQLite files, by the standard library; they are opened so that nothing can be written."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from outreach.contacts.rows import blocks, header
from outreach.contacts.tables import BLOCK_ROWS, Table, wrong
from outreach.contacts.wholes import written
from outreach.errors import SpecError
from outreach.homes import home
from outreach.source import Origin

_ADDRESS = re.compile(r"sqlite:///(?P<path>[^?#]+)", re.IGNORECASE)

#: What a select consists of.
_READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})

#: What opening an index of full text asks for; the update is how it states its columns, and the file is read-only.
_INDEXES = frozenset(
    {
        (sqlite3.SQLITE_PRAGMA, "data_version"),
        (sqlite3.SQLITE_PRAGMA, "page_size"),
        (sqlite3.SQLITE_UPDATE, "sqlite_master"),
    }
)

#: How SQLite says that something is not allowed; not every such error has the code.
_DENIED = ("not authorized", "authorization denied")


def query_of(origin: Origin) -> str:
    """Give what the database is asked.

    Raises:
        SpecError: The campaign does not say.
    """
    if "query" not in origin.options:
        msg = f"{origin.name} is a database; say what to ask it (query: ...)"
        raise wrong(msg, path="contacts.query")
    return origin.options["query"]


def opened(origin: Origin) -> Table:
    """Ask a SQLite file.

    Raises:
        SpecError: It is missing or no database, or does not understand the query.
    """
    query = query_of(origin)
    connection = sqlite3.connect(f"file:{quote(str(_file(origin)))}?mode=ro", uri=True, check_same_thread=False)
    try:
        connection.execute("PRAGMA query_only = on")
        connection.set_authorizer(_only_reading)
        cursor = connection.execute(query)
        if cursor.description is None:
            msg = "the query gives no rows: it has to be a select"
            raise wrong(msg, path="contacts.query")
        names = [one[0] for one in cursor.description]
        table = Table(header(origin.name, names), blocks(names, _rows(origin, connection, cursor)), connection.close)
        return written(table, stored=True)
    except (sqlite3.Error, sqlite3.Warning) as error:
        connection.close()
        raise _failed(origin, error) from None
    except SpecError:
        connection.close()
        raise


def _only_reading(action: int, one: str | None, other: str | None, *_where: str | None) -> int:
    """Allow what a select does; attaching and ``vacuum into`` could make files, in spite of the read-only mode."""
    loads = action == sqlite3.SQLITE_FUNCTION and other == "load_extension"
    allowed = (action in _READING and not loads) or (action, one) in _INDEXES
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _file(origin: Origin) -> Path:
    found = _ADDRESS.fullmatch(origin.address)
    if found is None:
        msg = f"{origin.name} names no file; write sqlite:///people.db, or sqlite:////whole/path/people.db"
        raise wrong(msg, path=origin.path)
    try:
        place = (origin.base / home(found["path"])).absolute()
    except ValueError as error:
        msg = f"{origin.name} cannot be read: {error}"
        raise wrong(msg, path=origin.path) from None
    if not place.is_file():
        msg = f"{origin.name} cannot be read: there is no file {found['path']}"
        raise wrong(msg, path=origin.path)
    return place


def _rows(origin: Origin, connection: sqlite3.Connection, cursor: Any) -> Iterator[Sequence[object]]:
    row = 1
    try:
        while rows := cursor.fetchmany(BLOCK_ROWS):
            yield from rows
            row += len(rows)
    except sqlite3.Error as error:
        raise _failed(origin, error, row) from None
    finally:
        connection.close()


def _failed(origin: Origin, error: Exception, row: int = 0) -> SpecError:
    if any(words in str(error) for words in _DENIED):
        return wrong(f"{origin.name} is only read: the query has to be one select", path="contacts.query")
    where = f" at row {row:,}" if row else ""
    return wrong(f"{origin.name} does not answer the query{where}: {error}", path="contacts.query")
