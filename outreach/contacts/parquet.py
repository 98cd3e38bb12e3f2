"""Parquet, a few hundred rows at a time; only the columns that are asked for become Python values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from outreach.contacts.arrow import cells
from outreach.contacts.extras import extra
from outreach.contacts.opening import Meter, open_file
from outreach.contacts.rows import header
from outreach.contacts.tables import Block, Flaw, Table, wrong
from outreach.contacts.wholes import written
from outreach.errors import SpecError
from outreach.source import Origin

#: Arrow unpacks at least a page at a time, so more rows cost little memory and save work.
_BATCH = 4_096
_ROWS = 256


@attrs.frozen
class _ArrowBlock:
    """Rows as Arrow columns."""

    first: int
    lines: Sequence[int]
    flaws: Mapping[int, Flaw]
    _origin: Origin
    _batch: Any
    _places: Mapping[str, int]

    def column(self, name: str) -> Sequence[object]:
        """Give one column."""
        place = self._places.get(name)
        if place is None:
            return [""] * len(self.lines)
        column = self._batch.column(place)
        said = cells(column, name, first=self.first, source=self._origin.name)
        return ["" if cell is None else cell for cell in said] if column.null_count else said


def opened(origin: Origin) -> Table:
    """Open a Parquet file.

    Raises:
        SpecError: It is no Parquet file, or the extra ``parquet`` is not installed.
    """
    arrow = extra("pyarrow.parquet", "parquet", origin.name)
    stream = open_file(origin)
    try:
        file = _guarded(origin, lambda: arrow.ParquetFile(stream, pre_buffer=False))
        names = list(file.schema_arrow.names)
        meter = Meter(file.metadata.num_rows)
        table = Table(header(origin.name, names), _blocks(origin, file, names, meter), stream.close, meter.share)
        return written(table, stored=True)
    except SpecError:
        stream.close()
        raise


def _blocks(origin: Origin, file: Any, names: Sequence[str], meter: Meter) -> Iterator[Block]:
    places = {name.strip(): place for place, name in enumerate(names)}
    batches = file.iter_batches(batch_size=_BATCH, use_threads=False)
    while (batch := _guarded(origin, lambda: next(batches, None), meter.done + 1)) is not None:
        for start in range(0, batch.num_rows, _ROWS):
            part = batch.slice(start, _ROWS)
            yield _ArrowBlock(meter.done + 1, [0] * part.num_rows, {}, origin, part, places)
            meter.done += part.num_rows
    file.close()


def _guarded(origin: Origin, read: Any, row: int = 0) -> Any:
    """Turn what Arrow says of a damaged file into an error that names it."""
    try:
        return read()
    except (OSError, ValueError, NotImplementedError, MemoryError) as error:
        where = f" after row {row - 1:,}" if row > 1 else ""
        msg = f"the Parquet data cannot be read{where}: {str(error).partition(chr(10))[0]}; write the file again"
        raise wrong(msg, file=origin.name) from None
