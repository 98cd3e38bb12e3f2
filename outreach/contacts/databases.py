"""Databases, by SQLAlchemy; rows are fetched as they are needed, and the transaction is taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from outreach.contacts.extras import extra
from outreach.contacts.queries import query_of
from outreach.contacts.rows import blocks, header
from outreach.contacts.tables import BLOCK_ROWS, Table, wrong
from outreach.contacts.wholes import written
from outreach.errors import SpecError
from outreach.source import Origin

#: Shorter passwords could be part of any word.
_LEAST_HIDDEN = 3


def opened(origin: Origin) -> Table:
    """Ask a database.

    Raises:
        SpecError: It cannot be reached or does not understand the query, or the extra ``sql`` or the database's driver
            is not installed. No message holds the password.
    """
    query = query_of(origin)
    sql = extra("sqlalchemy", "sql", origin.name)
    with ExitStack() as stack:
        try:
            engine = sql.create_engine(origin.address, poolclass=sql.NullPool)
            stack.callback(engine.dispose)
            connection = stack.enter_context(engine.connect())
            # As written: neither colons nor percent signs stand for parameters.
            options = {"stream_results": True, "max_row_buffer": BLOCK_ROWS, "no_parameters": True}
            result = connection.execution_options(**options).exec_driver_sql(query)
            names = _names(result)
        except ModuleNotFoundError as error:
            msg = f"{origin.name} needs the database's driver: pip install {error.name}"
            raise wrong(msg, path=origin.path) from None
        except sql.exc.SQLAlchemyError as error:
            raise _failed(origin, sql, error) from None
        close = stack.pop_all().close
    table = Table(header(origin.name, names), blocks(names, _rows(origin, sql, result, close)), close)
    return written(table, stored=False)


def _names(result: Any) -> Sequence[str]:
    if not result.returns_rows:
        msg = "the query gives no rows: it has to be a select; what it changed is taken back"
        raise wrong(msg, path="contacts.query")
    return list(result.keys())


def _rows(origin: Origin, sql: Any, result: Any, close: Any) -> Iterator[Sequence[object]]:
    row = 1
    try:
        while rows := result.fetchmany(BLOCK_ROWS):
            yield from rows
            row += len(rows)
    except sql.exc.SQLAlchemyError as error:
        raise _failed(origin, sql, error, row) from None
    finally:
        close()


def _failed(origin: Origin, sql: Any, error: Exception, row: int = 0) -> SpecError:
    """Say what the driver said; some drivers print the whole address."""
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    if isinstance(error, sql.exc.NoSuchModuleError):
        said = "SQLAlchemy knows no such database; is its dialect installed?"
    elif isinstance(error, sql.exc.ArgumentError):
        said = "it is no address like postgresql+psycopg://user@host/database"
    password = _password(origin, sql)
    if len(password) >= _LEAST_HIDDEN:
        said = said.replace(password, "***")
    where = f" at row {row:,}" if row else ""
    return wrong(f"{origin.name} does not answer{where}: {said.replace(origin.address, origin.name)}", path=origin.path)


def _password(origin: Origin, sql: Any) -> str:
    try:
        return sql.make_url(origin.address).password or ""
    except sql.exc.SQLAlchemyError:
        return ""
