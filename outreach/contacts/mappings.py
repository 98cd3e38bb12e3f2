"""Rows that name their own columns: JSON Lines, and rows that an application gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import attrs

from outreach.contacts.lines import lines
from outreach.contacts.opening import Opened
from outreach.contacts.tables import BLOCK_ROWS, Block, Flaw, Header, Table, wrong

#: How rows given in place are called where a file would have its name.
IN_PLACE = "contacts"

_NO_OBJECT = Flaw("unreadable", 'the line is no JSON object like {"phone": "+977…", "name": "…"}')
_TWICE = Flaw("unreadable", "the JSON object names a key twice")
_NO_MAPPING = Flaw("unreadable", "the row is no mapping of column to value")

_Row = tuple[int, Mapping[Any, object] | Flaw]


@attrs.frozen
class MappingBlock:
    """Rows as mappings."""

    first: int
    lines: Sequence[int]
    flaws: Mapping[int, Flaw]
    _rows: Sequence[Mapping[str, object]]

    def column(self, name: str) -> Sequence[object]:
        """Give one column."""
        return [row.get(name) for row in self._rows]


class _TwiceError(ValueError):
    """A key stands twice in one object, so one of its values would be lost."""


def json_lines(source: Opened) -> Table:
    """Read one JSON object a line. Numbers keep the digits they are written with.

    Raises:
        SpecError: The file is one JSON array.
    """
    stream = lines(source)
    text = enumerate(stream, 1)
    head = list(islice(text, BLOCK_ROWS))
    if next((line for _, line in head if line.strip()), "").lstrip().startswith("["):
        msg = "this is one JSON array; write one object a line instead (JSON Lines)"
        raise wrong(msg, file=source.name, line=1)
    rows = ((number, _parse(line)) for number, line in chain(head, text) if line.strip())
    return _table(source.name, rows, stream.close)


def in_place(items: Iterable[object], name: str = IN_PLACE) -> Table:
    """Read rows that are given in the campaign file or by an application; they are gone through once."""
    rows = _given(items)
    return _table(name, rows, rows.close)


def _given(items: Iterable[object]) -> Generator[_Row]:
    source = iter(items)
    try:
        yield from ((0, _mapping(item)) for item in source)
    finally:
        if isinstance(source, Generator):
            source.close()  # whatever it opened is let go of, also when the list is left early


def _table(name: str, rows: Iterator[_Row], close: Callable[[], None]) -> Table:
    head = list(islice(rows, BLOCK_ROWS))
    names = dict.fromkeys(key for _, row in head if not isinstance(row, Flaw) for key in row if isinstance(key, str))
    header = Header(source=name, columns=tuple(names) or None)
    return Table(header, _blocks(head, rows), close)


def _blocks(head: list[_Row], rest: Iterator[_Row]) -> Iterator[Block]:
    first = 1
    while head:
        flaws = {index: row for index, (_, row) in enumerate(head) if isinstance(row, Flaw)}
        rows = [{} if isinstance(row, Flaw) else row for _, row in head]
        yield MappingBlock(first, [line for line, _ in head], flaws, rows)
        first += len(head)
        head = list(islice(rest, BLOCK_ROWS))


def _mapping(item: object) -> Mapping[str, object] | Flaw:
    """Take a mapping as it is; what can give one, such as a database's row or a named tuple, as that."""
    if isinstance(item, Mapping):
        return item
    if isinstance(item, tuple) and hasattr(item, "_asdict"):
        return dict(item._asdict())
    return dict(item) if hasattr(item, "keys") else _NO_MAPPING  # type: ignore[call-overload]  # keys are what it asks for


def _parse(line: str) -> Mapping[str, object] | Flaw:
    try:
        row = _DECODER.decode(line.strip())
    except _TwiceError:
        return _TWICE
    except (ValueError, RecursionError):
        return _NO_OBJECT
    return row if isinstance(row, dict) else _NO_OBJECT


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) < len(pairs):
        raise _TwiceError
    return row


def _no_number(word: str) -> object:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(word)


_DECODER = json.JSONDecoder(
    parse_int=str,
    parse_float=str,
    parse_constant=_no_number,
    object_pairs_hook=_once,
)
