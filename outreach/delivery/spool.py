"""Where planned people wait, outside memory, until their request is sent.

A file without a name beside the journal: it vanishes with the process, so neither names nor amounts outlive the run.
After a crash the contact lists are read again.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Self

import attrs
import orjson

from outreach.delivery.journal import NewBatch, People, Skipped
from outreach.model import Channel, Placeholder
from outreach.provider import Batch

#: So many bytes are written at once.
_WRITTEN_AT_ONCE = 1 << 18


@attrs.frozen
class Spooled:
    """A planned batch: what the adapter needs, and the rows it came from."""

    batch: Batch
    rows: list[int]

    def take(self, indexes: Sequence[int]) -> Spooled:
        """Give some of its people, in this order."""
        batch = self.batch
        return Spooled(
            Batch(
                phones=[batch.phones[index] for index in indexes],
                ids=[batch.ids[index] for index in indexes],
                names=[batch.names[index] for index in indexes],
                values={name: [column[index] for index in indexes] for name, column in batch.values.items()},
            ),
            [self.rows[index] for index in indexes],
        )


class Spool:
    """Batches by slice, and the skipped, in order; ten million people take a few bytes of memory each."""

    def __init__(self, folder: Path | None = None) -> None:
        self._batches = _Records(folder)
        self._left_out = _Records(folder)
        self._order: array[int] = array("I")
        self._places: dict[int, array[int]] = {}

    def add(self, slice_number: int, batch: Batch, rows: list[int]) -> None:
        """Put a batch behind the others of its slice."""
        values = [[name.name, name.fallback, column] for name, column in batch.values.items()]
        record = [orjson.dumps([batch.phones, batch.ids, rows]), orjson.dumps([batch.names, values])]
        self._places.setdefault(slice_number, array("I")).append(self._batches.add(b"\n".join(record)))
        self._order.append(slice_number)

    def skip(
        self, channel: Channel | None, provider: str, reason: str, phones: list[str], ids: list[str], rows: list[int]
    ) -> None:
        """Put away people left out for one reason."""
        record = {"c": channel, "w": provider, "x": reason, "p": phones, "i": ids, "r": rows}
        self._left_out.add(orjson.dumps(record))

    def count(self, slice_number: int) -> int:
        """Say how many batches a slice has."""
        return len(self._places.get(slice_number, ()))

    def at(self, slice_number: int, index: int) -> Spooled:
        """Give a batch of a slice by its position."""
        return _spooled(self._batches.at(self._places[slice_number][index]))

    def batches(self, slice_number: int) -> Iterator[Spooled]:
        """Give the batches of a slice in order."""
        for index in range(self.count(slice_number)):
            yield self.at(slice_number, index)

    def new_batches(self) -> Iterator[NewBatch]:
        """Give all batches in the order in which they were added, for the journal."""
        for number, record in zip(self._order, self._batches.all(), strict=True):
            phones, ids, rows = orjson.loads(record.partition(b"\n")[0])
            yield NewBatch(slice_number=number, people=People(phones=phones, ids=ids, rows=rows))

    def skipped(self) -> Iterator[Skipped]:
        """Give all that was put away by ``skip``."""
        for record in map(orjson.loads, self._left_out.all()):
            yield Skipped(
                channel=Channel(record["c"]) if record["c"] else None,
                provider=record["w"],
                reason=record["x"],
                people=People(phones=record["p"], ids=record["i"], rows=record["r"]),
            )

    def close(self) -> None:
        """Let go of the file."""
        self._batches.close()
        self._left_out.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class _Records:
    """Records one behind the other in a file without a name; the last of them wait in memory to be written together."""

    def __init__(self, folder: Path | None) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  # closed by close()
        self._ends: array[int] = array("Q", [0])
        self._waiting: list[bytes] = []
        self._written = 0

    def add(self, record: bytes) -> int:
        """Put a record behind the others; give its number."""
        self._waiting.append(record)
        self._ends.append(self._ends[-1] + len(record))
        if self._ends[-1] - self._written > _WRITTEN_AT_ONCE:
            self._write()
        return len(self._ends) - 2

    def at(self, number: int) -> bytes:
        """Give a record."""
        self._write()
        start, end = self._ends[number : number + 2]
        self._file.seek(start)
        return self._file.read(end - start)

    def all(self) -> Iterator[bytes]:
        """Give every record, in order."""
        return map(self.at, range(len(self._ends) - 1))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _write(self) -> None:
        if self._waiting:
            content = memoryview(b"".join(self._waiting))
            self._waiting.clear()
            self._file.seek(self._written)
            self._written += len(content)
            while content:
                content = content[self._file.write(content) :]


def _spooled(record: bytes) -> Spooled:
    (phones, ids, rows), (names, columns) = map(orjson.loads, record.split(b"\n"))
    values = {Placeholder(name, fallback): column for name, fallback, column in columns}
    return Spooled(Batch(phones=phones, ids=ids, names=names, values=values), rows)
