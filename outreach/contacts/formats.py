"""The kinds of contact lists that outreach brings, through the same hook as a stranger's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module

import attrs

from outreach.contacts.delimited import delimited
from outreach.contacts.mappings import json_lines
from outreach.contacts.opening import STDIN, Opened, open_source
from outreach.contacts.tables import Table
from outreach.errors import SpecError
from outreach.source import Origin, SourceKind, hookimpl


def packed(*endings: str) -> tuple[str, ...]:
    """Give endings as they are, and with those of packed files."""
    return tuple(f"{ending}{pack}" for ending in endings for pack in ("", ".gz", ".zst"))


def text(read: Callable[[Opened, Origin], Table]) -> Callable[[Origin], Table]:
    """Make what opens a source of text from what reads it."""

    def opened(origin: Origin) -> Table:
        source = open_source(origin)
        try:
            return attrs.evolve(read(source, origin), share=source.meter.share)
        except SpecError:
            source.stream.close()
            raise

    return opened


def _delimited(source: Opened, origin: Origin, usual: str | None = None) -> Table:
    return delimited(source, origin.options.get("delimiter", usual))


def _tabbed(source: Opened, origin: Origin) -> Table:
    return _delimited(source, origin, "\t")


def _json(source: Opened, _origin: Origin) -> Table:
    return json_lines(source)


def _either(source: Opened, origin: Origin) -> Table:
    """Read what has no name to tell its format: JSON when it begins with a bracket, else comma-separated values."""
    first = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return (_json if first in {b"{", b"["} else _delimited)(source, origin)


def _later(module: str) -> Callable[[Origin], object]:
    """Import a reader when a source asks for it."""
    return lambda origin: import_module(f"outreach.contacts.{module}").opened(origin)


_TEXT = frozenset({"encoding"})
_CELLS = frozenset({"encoding", "delimiter"})
_QUERY = frozenset({"query"})

#: Text may be packed, ``.csv.gz`` or ``.csv.zst`` for example.
KINDS = (
    SourceKind(name="csv", open=text(_delimited), endings=packed(".csv"), options=_CELLS),
    SourceKind(name="tsv", open=text(_tabbed), endings=packed(".tsv"), options=_CELLS),
    SourceKind(name="jsonl", open=text(_json), endings=packed(".jsonl", ".ndjson"), options=_TEXT),
    SourceKind(name="stdin", open=text(_either), endings=(STDIN,), options=_CELLS),
    SourceKind(name="xlsx", open=_later("workbooks"), endings=(".xlsx", ".xlsm"), options=frozenset({"sheet"})),
    SourceKind(name="parquet", open=_later("parquet"), endings=(".parquet",)),
    SourceKind(name="sqlite", open=_later("queries"), schemes=("sqlite",), options=_QUERY),
    SourceKind(
        name="sql",
        open=_later("databases"),
        schemes=("postgresql", "mysql", "mariadb", "oracle", "mssql", "*+*"),
        options=_QUERY,
    ),
)


@hookimpl
def outreach_register_sources() -> Iterable[SourceKind]:
    """Give them."""
    return KINDS
