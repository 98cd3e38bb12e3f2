"""Parquet, a few hundred rows at a time; only the columns that are asked for become Python values."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any

import attrs

from outreach.contacts.arrow import cells
from outreach.contacts.extras import extra
from outreach.contacts.lines import LINE_LIMIT
from outreach.contacts.opening import Meter, open_file
from outreach.contacts.pages import Pages
from outreach.contacts.rows import header
from outreach.contacts.tables import Block, Flaw, Table, wrong
from outreach.contacts.wholes import written
from outreach.errors import SpecError
from outreach.source import Origin

#: Arrow unpacks at least a page at a time, so more rows cost little memory and save work.
_BATCH = 4_096
_ROWS = 256

#: Bytes of a column that are read at once; Arrow would read all of its row group.
_READ = 2**18

#: What Arrow calls the codecs of pages where it has another name for them.
_CODECS = {"lz4": "lz4_raw"}

#: What stands for a list or an object, none of which can be said.
_NESTED = ()


@attrs.frozen
class _ArrowBlock:
    """Rows as Arrow columns."""

    first: int
    lines: Sequence[int]
    flaws: Mapping[int, Flaw]
    _origin: Origin
    _batch: Any
    _places: Mapping[str, int]
    _nested: Container[str]

    def column(self, name: str) -> Sequence[object]:
        """Give one column."""
        place = self._places.get(name)
        if place is None:
            return ["" if name not in self._nested else _NESTED] * len(self.lines)
        column = self._batch.column(place)
        said = cells(column, name, first=self.first, source=self._origin.name)
        if column.nbytes > LINE_LIMIT:
            self._refuse_long(said, name)
        return ["" if cell is None else cell for cell in said] if column.null_count else said

    def _refuse_long(self, said: Sequence[object], name: str) -> None:
        for row, cell in enumerate(said, self.first):
            if isinstance(cell, str | bytes) and len(cell) > LINE_LIMIT:
                msg = f"row {row:,}: '{name}' holds more than {LINE_LIMIT:,} characters; is this a contact list?"
                raise wrong(msg, file=self._origin.name)


def opened(origin: Origin) -> Table:
    """Open a Parquet file.

    Raises:
        SpecError: It is no Parquet file, or the extra ``parquet`` is not installed.
    """
    arrow = extra("pyarrow.parquet", "parquet", origin.name)
    stream = open_file(origin)
    try:
        file = _guarded(origin, lambda: arrow.ParquetFile(stream, pre_buffer=False, buffer_size=_READ))
        names = list(file.schema_arrow.names)
        told = header(origin.name, names)
        flat = _flat(file, names)
        pages = Pages(stream, set(flat), _unpacker(origin), origin.name)
        rows = min(_BATCH, _guarded(origin, lambda: pages.batch_rows(file.metadata)))
        meter = Meter(file.metadata.num_rows)
        batches = file.iter_batches(rows, columns=flat if len(flat) < len(names) else None, use_threads=False)
        made = _blocks(origin, batches, {name.strip() for name in names if name not in flat}, meter, stream.close)
        return written(Table(told, made, stream.close, meter.share), stored=True)
    except SpecError:
        stream.close()
        raise


def _flat(file: Any, names: Sequence[str]) -> list[str]:
    """Give the columns that hold neither lists nor objects; one row of these may stand for millions of values."""
    leaves = map(file.schema.column, range(len(file.metadata.schema)))
    plain = {leaf.path for leaf in leaves if not leaf.max_repetition_level}
    return [name for name in names if name in plain]


def _unpacker(origin: Origin) -> Callable[[bytes, str, int], bytes]:
    arrow = extra("pyarrow", "parquet", origin.name)
    return lambda data, codec, size: arrow.decompress(data, size, _CODECS.get(codec, codec), asbytes=True)


def _blocks(
    origin: Origin, batches: Any, nested: Container[str], meter: Meter, close: Callable[[], None]
) -> Iterator[Block]:
    while (batch := _guarded(origin, lambda: next(batches, None), meter.done + 1)) is not None:
        places = {name.strip(): place for place, name in enumerate(batch.schema.names)}
        for start in range(0, batch.num_rows, _ROWS):
            part = batch.slice(start, _ROWS)
            yield _ArrowBlock(meter.done + 1, [0] * part.num_rows, {}, origin, part, places, nested)
            meter.done += part.num_rows
    close()


def _guarded(origin: Origin, read: Any, row: int = 0) -> Any:
    """Turn what Arrow says of a damaged file into an error that names it."""
    try:
        return read()
    except (OSError, ValueError, NotImplementedError, MemoryError) as error:
        where = f" after row {row - 1:,}" if row > 1 else ""
        msg = f"the Parquet data cannot be read{where}: {str(error).partition(chr(10))[0]}; write the file again"
        raise wrong(msg, file=origin.name) from None
