"""Where planned people wait, outside memory, until their request is sent.

A file without a name beside the journal: it vanishes with the process, so neither names nor amounts outlive the run.
After a crash the contact lists are read again.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Self

import attrs
import orjson

from outreach.delivery.journal import NewBatch, People, Skipped
from outreach.model import Channel, Placeholder
from outreach.provider import Batch


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
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed by close()
        self._order: array[int] = array("I")
        self._offsets: dict[int, array[int]] = {}
        self._skipped: array[int] = array("Q")
        self._end = 0

    def add(self, slice_number: int, batch: Batch, rows: list[int]) -> None:
        """Put a batch behind the others of its slice."""
        values = [[name.name, name.fallback, column] for name, column in batch.values.items()]
        record = {"p": batch.phones, "i": batch.ids, "n": batch.names, "r": rows, "v": values}
        self._offsets.setdefault(slice_number, array("Q")).append(self._write(record))
        self._order.append(slice_number)

    def skip(
        self, channel: Channel | None, provider: str, reason: str, phones: list[str], ids: list[str], rows: list[int]
    ) -> None:
        """Put away people left out for one reason."""
        record = {"c": channel, "w": provider, "x": reason, "p": phones, "i": ids, "r": rows}
        self._skipped.append(self._write(record))

    def count(self, slice_number: int) -> int:
        """Say how many batches a slice has."""
        return len(self._offsets.get(slice_number, ()))

    def at(self, slice_number: int, index: int) -> Spooled:
        """Give a batch of a slice by its position."""
        return _spooled(self._read(self._offsets[slice_number][index]))

    def batches(self, slice_number: int) -> Iterator[Spooled]:
        """Give the batches of a slice in order."""
        for index in range(self.count(slice_number)):
            yield self.at(slice_number, index)

    def new_batches(self) -> Iterator[NewBatch]:
        """Give all batches in the order in which they were added, for the journal."""
        taken: dict[int, int] = {}
        for number in self._order:
            index = taken.get(number, 0)
            taken[number] = index + 1
            record = self._read(self._offsets[number][index])
            yield NewBatch(slice_number=number, people=People(phones=record["p"], ids=record["i"], rows=record["r"]))

    def skipped(self) -> Iterator[Skipped]:
        """Give all that was put away by ``skip``."""
        for offset in self._skipped:
            record = self._read(offset)
            yield Skipped(
                channel=Channel(record["c"]) if record["c"] else None,
                provider=record["w"],
                reason=record["x"],
                people=People(phones=record["p"], ids=record["i"], rows=record["r"]),
            )

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _write(self, record: Any) -> int:
        self._file.seek(self._end)
        offset = self._end
        self._end += self._file.write(orjson.dumps(record) + b"\n")
        return offset

    def _read(self, offset: int) -> Any:
        self._file.seek(offset)
        return orjson.loads(self._file.readline())


def _spooled(record: Any) -> Spooled:
    values = {Placeholder(name, fallback): column for name, fallback, column in record["v"]}
    return Spooled(Batch(phones=record["p"], ids=record["i"], names=record["n"], values=values), record["r"])
