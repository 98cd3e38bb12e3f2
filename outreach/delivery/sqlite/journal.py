"""The journal on SQLite: each verb is a function of the connection, done by the writer thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeVar

from outreach.answers import Receipt
from outreach.delivery.journal import (
    BatchRow,
    CallRow,
    CampaignKey,
    Counts,
    DeliveryRow,
    LoadOutcome,
    Mark,
    NewBatch,
    NewSlice,
    Skipped,
    Slice,
    Stage,
    Step,
    StepRow,
    StepState,
    Turn,
)
from outreach.delivery.sqlite import calls, loads, marks, opening, reading, replan, steps
from outreach.delivery.sqlite.packing import micros
from outreach.delivery.sqlite.writer import Writer
from outreach.model import Channel

T = TypeVar("T")


class _Paged(Protocol):
    @property
    def key(self) -> int: ...


P = TypeVar("P", bound=_Paged)


class SqliteJournal:
    """A journal in one file. What each verb does: ``outreach.delivery.journal.Journal``.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._writer = Writer(connection, f"journal {path.name}")

    @classmethod
    async def open(cls, address: str | Path, *, now: datetime, adopt: bool = False) -> Self:
        """Open the journal, or make it, for this runner alone.

        Args:
            address: A path, ``sqlite:///relative/path`` or ``sqlite:////absolute/path``.

            now: Written on whatever is found in flight; it is unknown from now on.

            adopt: Accept a journal that was copied here from somewhere else.

        Raises:
            JournalInUse: Somebody else works on it.

            JournalError: It is damaged, a copy, of a newer version, or no journal.

            EnvironmentProblem: The file cannot be made, read or written.
        """
        path = opening.path_of(address)
        return cls(path, await asyncio.to_thread(opening.connect, path, now=now, adopt=adopt))

    async def close(self) -> None:
        """Finish writing and let go of the journal; doing it twice is harmless."""
        await self._writer.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def contacted(self, key: CampaignKey) -> AsyncIterator[tuple[tuple[Channel, ...], Sequence[str]]]:
        """Give the channels and numbers that must not be planned again."""
        async for crowd in self._pages(lambda connection, after: reading.contacted(connection, key, after)):
            if crowd.phones:
                yield crowd.channels, crowd.phones

    async def turns(self, key: CampaignKey) -> AsyncIterator[Turn]:
        """Give who was refused by a provider, and who is aboard."""
        async for each in self._pages(lambda connection, after: reading.turns(connection, key, after)):
            for turn in each.turns:
                yield turn

    async def tried(self, key: CampaignKey, most: int) -> AsyncIterator[tuple[tuple[Channel, ...], Sequence[str]]]:
        """Give the channels and numbers of whom requests were begun so many times or more."""
        async for crowd in self._pages(lambda connection, after: reading.tried(connection, key, most, after)):
            if crowd.phones:
                yield crowd.channels, crowd.phones

    async def pressure(self, since: datetime) -> Mapping[str, int]:
        """Count the deliveries since then by number."""
        found: Counter[str] = Counter()
        moment = micros(since)
        async for crowd in self._pages(lambda connection, after: reading.pressure(connection, moment, after)):
            for _ in crowd.channels:
                found.update(crowd.phones)
        return found

    async def claimed(self, provider: str, found: Mapping[str, str], *, besides: tuple[int, int]) -> Collection[str]:
        """Give the numbers of which another delivery holds or may have made what was found."""
        slice_id, seq = besides
        own = slice_id << 32 | seq
        return await self._read(lambda connection: reading.claimed(connection, provider, found, own))

    async def replan(
        self,
        key: CampaignKey,
        *,
        digest: str,
        rows: Mapping[str, object],
        slices: Sequence[NewSlice],
        batches: Iterable[NewBatch],
        skipped: Iterable[Skipped],
        at: datetime,
        passes: bool = False,
    ) -> Mapping[int, int]:
        """Put a plan in the place of whatever was still merely planned."""
        verb = partial(
            replan.replan,
            key=key,
            digest=digest,
            rows=rows,
            slices=slices,
            batches=batches,
            skipped=skipped,
            at=micros(at),
            passes=passes,
        )
        return await self._write(verb)

    async def slices(self, key: CampaignKey) -> Sequence[Slice]:
        """Give every slice, in order."""
        return await self._read(lambda connection: steps.slices(connection, reading.campaign_id(connection, key)))

    async def steps(self, slice_id: int) -> Sequence[StepRow]:
        """Give the requests of ``open`` and ``launch`` that were ever begun."""
        return await self._read(lambda connection: steps.steps(connection, slice_id))

    async def batches(
        self, slice_id: int, stages: Sequence[Stage], *, after: int = -1, limit: int = 100, mixed: bool = False
    ) -> Sequence[BatchRow]:
        """Give batches of a slice in these stages, in order of ``seq``."""
        verb = partial(loads.batches, slice_id=slice_id, stages=stages, after=after, limit=limit, mixed=mixed)
        return await self._read(verb)

    async def intend_step(
        self, slice_id: int, step: Step, position: int, *, digest: str, reaches: bool, at: datetime
    ) -> None:
        """Write down that a request of ``open`` or ``launch`` is about to be sent."""
        which = steps.Which(slice_id, step, position)
        await self._write(partial(steps.intend, which=which, digest=digest, reaches=reaches, at=micros(at)))

    async def conclude_step(
        self,
        slice_id: int,
        step: Step,
        position: int,
        state: StepState,
        *,
        at: datetime,
        reason: str = "",
        refs: Mapping[str, str] | None = None,
        start: datetime | None = None,
    ) -> None:
        """Write down what became of it, and of the batches in flight with it."""
        verb = partial(
            steps.conclude,
            which=steps.Which(slice_id, step, position),
            state=state,
            at=micros(at),
            reason=reason,
            refs=refs or {},
            start=None if start is None else micros(start),
        )
        await self._write(verb)

    async def intend_load(self, slice_id: int, seq: int, *, digest: str, reaches: bool, at: datetime) -> None:
        """Write down that a batch is about to be sent."""
        intent = loads.Intent(slice_id, seq, digest, reaches, micros(at))
        await self._writer.join(loads.intend_all, loads.intend, (slice_id, seq), intent)

    async def conclude_load(self, slice_id: int, seq: int, outcome: LoadOutcome, *, at: datetime) -> None:
        """Write down what became of it."""
        end = loads.End(slice_id, seq, outcome, micros(at))
        await self._writer.join(loads.conclude_all, loads.conclude, (slice_id, seq), end)

    async def note(self, slice_id: int, seq: int, receipts: Mapping[int, Receipt], *, at: datetime) -> None:
        """Write down what became of people since."""
        await self._write(partial(loads.note, slice_id=slice_id, seq=seq, receipts=receipts, at=micros(at)))

    async def witness(
        self, slice_id: int, seq: int, receipts: Mapping[int, Receipt], *, reason: str, at: datetime
    ) -> None:
        """Write down that people were reached, whatever was known of them."""
        verb = partial(loads.witness, slice_id=slice_id, seq=seq, receipts=receipts, reason=reason, at=micros(at))
        await self._write(verb)

    async def cancel(self, slice_id: int, *, stages: Sequence[Stage], reason: str, at: datetime) -> int:
        """Give up everybody in these stages; give the number of people."""
        return await self._write(partial(loads.cancel, slice_id=slice_id, stages=stages, reason=reason, at=micros(at)))

    async def mark(
        self, slice_id: int, seq: int, indexes: Collection[int], *, sent: bool, by: str, reason: str, at: datetime
    ) -> None:
        """Take a person's word for people who are unknown."""
        verb = partial(marks.mark, slice_id=slice_id, seq=seq, indexes=indexes, sent=sent, by=by, reason=reason)
        await self._write(partial(verb, at=micros(at)))

    async def marks(self, key: CampaignKey) -> Sequence[Mark]:
        """Give every word that was taken, in order."""
        return await self._read(lambda connection: marks.marks(connection, reading.campaign_id(connection, key)))

    async def leave_out(self, slice_id: int, seq: int, indexes: Collection[int], *, reason: str, at: datetime) -> None:
        """Take people out of a batch who are planned or loaded; they are skipped."""
        verb = partial(loads.leave_out, slice_id=slice_id, seq=seq, indexes=indexes, reason=reason, at=micros(at))
        await self._write(verb)

    async def hold(self, slice_id: int, *, reason: str, at: datetime) -> None:
        """Write on a slice and its batches why they were not sent."""
        await self._write(partial(loads.hold, slice_id=slice_id, reason=reason, at=micros(at)))

    async def counts(self, key: CampaignKey) -> Counts:
        """Count a campaign."""
        return await self._read(lambda connection: reading.counts(connection, key))

    async def deliveries(self, key: CampaignKey) -> AsyncIterator[DeliveryRow]:
        """Give every delivery and every row that is none."""
        pages = (
            self._pages(lambda connection, after: reading.deliveries(connection, key, after)),
            self._pages(lambda connection, after: reading.left_out(connection, key, after, deliveries=True)),
            self._pages(lambda connection, after: reading.left_out(connection, key, after, deliveries=False)),
        )
        for each in pages:
            async for lot in each:
                for row in lot.rows():
                    yield row

    async def campaigns(self) -> Sequence[CampaignKey]:
        """Give every campaign of the journal."""
        return await self._read(reading.campaigns)

    async def last_plan(self, key: CampaignKey) -> tuple[str, Mapping[str, object]] | None:
        """Give the digest and the row counts of the latest plan."""
        return await self._read(lambda connection: reading.last_plan(connection, key))

    async def intend_call(self, provider: str, endpoint: str, *, digest: str, at: datetime) -> int:
        """Write down that a single request is about to be sent."""
        return await self._write(
            partial(calls.intend, provider=provider, endpoint=endpoint, digest=digest, at=micros(at))
        )

    async def conclude_call(self, call_id: int, state: StepState, *, reason: str, at: datetime) -> None:
        """Write down what became of it."""
        await self._write(partial(calls.conclude, call_id=call_id, state=state, reason=reason, at=micros(at)))

    async def calls(self) -> Sequence[CallRow]:
        """Give every single call."""
        return await self._read(calls.listed)

    async def _write(self, verb: Callable[[sqlite3.Connection], T]) -> T:
        return await self._writer.do(verb, writes=True)

    async def _read(self, verb: Callable[[sqlite3.Connection], T]) -> T:
        return await self._writer.do(verb, writes=False)

    async def _pages(self, page: Callable[[sqlite3.Connection, int], Sequence[P]]) -> AsyncIterator[P]:
        """Give what a query gives, a page at a time, each going on behind the last."""
        after = -1
        while found := await self._read(partial(_at, page, after)):
            for each in found:
                yield each
            after = found[-1].key


def _at(page: Callable[[sqlite3.Connection, int], T], after: int, connection: sqlite3.Connection) -> T:
    return page(connection, after)
