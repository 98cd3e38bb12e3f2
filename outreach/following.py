"""Follow a campaign: ask the vendors what became of everybody, again and again, until nothing more is to be told.

Nobody is contacted. The journal is held only for the moments in which it is read or written, so that a send may go on
meanwhile; in the sandbox, whose emulators live beside it, it is held all the time.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs

from outreach.answers import News, Receipt, Sheet, Waiting
from outreach.delivery import brief
from outreach.delivery.clock import Clock
from outreach.delivery.journal import BatchRow, CampaignKey, Journal, Slice, Stage
from outreach.delivery.lane import Held, Lane, Stopped
from outreach.delivery.transport import HttpTransport
from outreach.errors import JournalInUse
from outreach.merging import final, merge
from outreach.model import Campaign
from outreach.planning.carrier import Carrier, carriers, job
from outreach.plugins import Plugins
from outreach.provider import Job
from outreach.results import Phase, Progress, Summary, Watch
from outreach.sending import in_sandbox, with_tokens
from outreach.standing import key_of, standing_in

#: Seconds between two rounds of questions, each made up to a tenth longer or shorter by chance.
EVERY = 30.0
JITTER = 0.1

#: Rounds in a row in which somebody's vendor could not be asked, or understood; then it is given up.
MOST_FAILURES = 5

#: Rounds in which it is asked again for what belongs to an end that is known, such as the answers of a call.
LATER = 3

#: People asked about between two writes, where each is asked about alone.
CHUNK = 500

#: Batches read from the journal at a time.
PAGE = 200

GONE = "the campaign no longer has a route through {provider}"
UNREADABLE = "the vendor does not say what became of them, or not so that it can be read"


@attrs.frozen(kw_only=True)
class Ending:
    """Deliveries of which nothing more is told although their status is not final.

    Attributes:
        provider: The account.

        deliveries: How many.

        reason: Why, in words for people.
    """

    provider: str
    deliveries: int
    reason: str


@attrs.frozen(kw_only=True)
class Followed:
    """Where a campaign stands after it was followed.

    Attributes:
        summary: As ``status`` gives it.

        polls: Rounds of questions.

        changed: Deliveries of which something new was learnt.

        final: Accepted deliveries whose status is final.

        open: Accepted deliveries of which more may be told yet.

        ended: Accepted deliveries of which nothing more is told although their status is not final.

        interrupted: It was stopped before its end.

        exit_code: 0; 4 when a vendor refused the account, 5 when one could not be asked or understood, 130 when
            interrupted.
    """

    summary: Summary
    polls: int
    changed: int
    final: int
    open: int
    ended: tuple[Ending, ...]
    interrupted: bool
    exit_code: int


@attrs.frozen(kw_only=True)
class VendorReport:
    """What the vendors' own reports say about the people of a campaign.

    Attributes:
        columns: Of all reports, each once, under the vendors' own names.

        rows: What stands in them, by provider and E.164 number.

        missing: Why there is none, by provider.
    """

    columns: tuple[str, ...]
    rows: Mapping[tuple[str, str], Mapping[str, str]] = attrs.field(repr=False)
    missing: Mapping[str, str]


class Hurried:
    """The sandbox's time: whoever waits is there at once, and the emulators' world has moved on by as much."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = 0.0

    def now(self) -> datetime:
        """Give the moment."""
        return self._clock.now() + timedelta(seconds=self._ahead)

    def monotonic(self) -> float:
        """Give seconds."""
        return self._clock.monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Jump."""
        self._ahead += max(0.0, seconds)
        await asyncio.sleep(0)


@attrs.define
class Desk:
    """The journal: opened for a moment each time, or held where one is given."""

    path: Path
    clock: Clock
    held: Journal | None = None

    @asynccontextmanager
    async def _held(self, journal: Journal) -> AsyncIterator[Journal]:
        yield journal

    def open(self) -> AbstractAsyncContextManager[Journal]:
        """Open it.

        Raises:
            JournalInUse: A send holds it.
        """
        return self._held(self.held) if self.held else brief.held_briefly(self.path, self.clock)


@attrs.define
class _Crowd:
    """People of one slice, as columns: where they stand, their numbers, and what is known of them."""

    places: list[tuple[int, int]] = attrs.field(factory=list)
    phones: list[str] = attrs.field(factory=list)
    known: list[Receipt | None] = attrs.field(factory=list)

    def __len__(self) -> int:
        return len(self.phones)

    def waiting(self, begin: int = 0, end: int | None = None) -> Waiting:
        """Give some of them as an adapter is asked about them."""
        ids = [one.vendor_id if one else "" for one in self.known[begin:end]]
        return Waiting(phones=self.phones[begin:end], vendor_ids=ids)


@attrs.define
class _Round:
    """What one round found, in deliveries."""

    accepted: int = 0
    open: int = 0
    ended: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    #: When the first of those who are open is due at the vendor; None: some are by now.
    begins: datetime | None = None

    @property
    def final(self) -> int:
        return self.accepted - self.open - sum(self.ended.values())


@attrs.define
class Follower:
    """One call of ``follow``."""

    campaign: Campaign
    key: CampaignKey
    desk: Desk
    accounts: Mapping[str, Carrier]
    clock: Clock
    calendar: Clock
    rng: random.Random
    stop: asyncio.Event
    watch: Watch
    lanes: dict[str, Lane]
    stack: AsyncExitStack
    changed: int = 0
    down: bool = False
    _over: dict[tuple[int, str], str] = attrs.field(factory=dict)
    _failures: Counter[tuple[int, str]] = attrs.field(factory=Counter)
    _later: Counter[tuple[int, str]] = attrs.field(factory=Counter)

    @classmethod
    async def begin(  # noqa: PLR0913  # keywords; what the world is made of
        cls,
        stack: AsyncExitStack,
        campaign: Campaign,
        *,
        path: Path,
        plugins: Plugins,
        sandbox: bool,
        clock: Clock,
        rng: random.Random,
        stop: asyncio.Event,
        watch: Watch,
    ) -> Follower:
        """Read the secrets, and in the sandbox lock the journal and start the emulators.

        Raises:
            CredentialError: A secret cannot be read, or an account has none.

            JournalError: The sandbox's journal is in use, damaged or was copied.
        """
        accounts = carriers(campaign, plugins, sandbox=sandbox)
        time, held = clock, None
        if sandbox:
            time = Hurried(clock)
            held = await stack.enter_async_context(await brief.open_soon(path, clock))
            accounts = await in_sandbox(stack, accounts, plugins, path, time)
        desk = Desk(path, clock, held)
        key = key_of(campaign)
        return cls(campaign, key, desk, accounts, time, clock, rng, stop, watch, {}, stack)

    async def follow(self, *, every: float, within: float | None) -> Followed:
        """Ask until every status is final, nothing more is told, time is up, or somebody stops it."""
        polls, end = 0, None if within is None else self.clock.monotonic() + within
        found = _Round()
        try:
            while True:
                found = await self._round()
                polls += 1
                self._tell(found)
                seconds = self._seconds(every, found)
                if not found.open or (end is not None and self.clock.monotonic() + seconds > end):
                    break
                await self._wait(seconds)
        except Stopped:
            pass
        return await self._followed(polls, found)

    async def reports(self) -> VendorReport:
        """Fetch the vendors' own reports, once."""
        columns: dict[str, None] = {}
        rows: dict[tuple[str, str], Mapping[str, str]] = {}
        missing: dict[str, str] = {}
        for one in await self._slices():
            sheet = await self._sheet(one)
            if isinstance(sheet, str):
                missing[one.provider] = sheet
                continue
            columns |= dict.fromkeys(sheet.columns)
            for phone, cells in sheet.rows.items():
                rows[one.provider, phone] = dict(zip(sheet.columns, cells, strict=True))
        return VendorReport(columns=tuple(columns), rows=rows, missing=missing)

    async def _sheet(self, one: Slice) -> Sheet | str:
        if one.provider not in self.accounts:
            return GONE.format(provider=one.provider)
        carrier = self.accounts[one.provider]
        question = carrier.provider.report(self._job(one, carrier))
        if question is None:
            return f"{carrier.provider.title} has no report of its own, as far as its pages tell"
        try:
            return await (await self._lane(carrier)).answer(question, one.refs) or "its report cannot be read"
        except Held as held:
            return str(held)

    async def _slices(self) -> Sequence[Slice]:
        if not self.desk.path.exists():
            return ()
        async with self._journal() as journal:
            return await journal.slices(self.key)

    async def _followed(self, polls: int, found: _Round) -> Followed:
        interrupted = self.stop.is_set()
        halted = any(lane.halted for lane in self.lanes.values())
        codes = ((interrupted, 130), (halted, 4), (self.down, 5))
        return Followed(
            summary=await standing_in(self.campaign, self.desk.path, self.desk.held),
            polls=polls,
            changed=self.changed,
            final=found.final,
            open=found.open,
            ended=tuple(Ending(provider=who, deliveries=n, reason=why) for (who, why), n in found.ended.items()),
            interrupted=interrupted,
            exit_code=next((code for holds, code in codes if holds), 0),
        )

    def _seconds(self, every: float, found: _Round) -> float:
        seconds = every * self.rng.uniform(1 - JITTER, 1 + JITTER)
        ahead = (found.begins - self.clock.now()).total_seconds() if found.begins else 0.0
        return max(seconds, ahead)

    async def _wait(self, seconds: float) -> None:
        """Sleep, but wake when somebody stops it."""
        sleeping = asyncio.ensure_future(self.clock.sleep(seconds))
        stopping = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait((sleeping, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()
        if self.stop.is_set():
            raise Stopped

    def _tell(self, found: _Round, note: str = "") -> None:
        self.watch(Progress(phase=Phase.FOLLOWING, done=found.final, total=found.accepted, note=note))

    @asynccontextmanager
    async def _journal(self) -> AsyncIterator[Journal]:
        """Open the journal; while a send holds it, wait."""
        async with AsyncExitStack() as stack:
            while True:
                try:
                    journal = await stack.enter_async_context(self.desk.open())
                    break
                except JournalInUse:
                    self._tell(_Round(), "a send is at work; its journal is read when it is done")
                await self._wait(EVERY / 10)
            yield journal

    async def _round(self) -> _Round:
        """Ask about everybody who is open, once."""
        slices = await self._slices()
        for one in slices:
            if one.provider not in self.accounts:
                self._over[one.id, ""] = GONE.format(provider=one.provider)
            elif not self._early(one):
                try:
                    await self._ask(one, self.accounts[one.provider])
                except Held as held:
                    await self._refused(one, str(held))
        return await self._count(slices) if slices else _Round()

    def _early(self, one: Slice) -> bool:
        return one.start is not None and one.start > self.clock.now()

    async def _refused(self, one: Slice, why: str) -> None:
        """Take note that the vendor cannot be asked: a refused account stays so, a vendor may come back."""
        lane = self.lanes[one.provider]
        if lane.halted:
            self._over[one.id, ""] = why
        else:
            self._failed((one.id, ""), why)

    def _failed(self, what: tuple[int, str], why: str) -> None:
        self._failures[what] += 1
        if self._failures[what] >= MOST_FAILURES:
            self._over[what] = why
            self.down = True

    async def _ask(self, one: Slice, carrier: Carrier) -> None:
        """Ask about everybody in a slice who is open: all at once, or chunk by chunk."""
        whole, after = carrier.provider.follow_size == 0, (-1, -1)
        while True:
            async with self._journal() as journal:
                crowd = await self._crowd(journal, one, after, None if whole else CHUNK)
            if not crowd:
                return
            after = crowd.places[-1]
            news = await self._news(one, carrier, crowd)
            if news:
                async with self._journal() as journal:
                    await self._write(journal, one, crowd, news)
            if whole:
                return

    async def _crowd(self, journal: Journal, one: Slice, after: tuple[int, int], most: int | None) -> _Crowd:
        """Read who is open, from behind a place on."""
        crowd = _Crowd()
        async for row in _accepted(journal, one, after[0] - 1):
            for index, phone in _taken(row):
                receipt = row.receipts.get(index, row.receipt)
                if (row.seq, index) > after and self._is_open(one, phone, receipt):
                    crowd.places.append((row.seq, index))
                    crowd.phones.append(phone)
                    crowd.known.append(receipt)
                    if most is not None and len(crowd) >= most:
                        return crowd
        return crowd

    def _is_open(self, one: Slice, phone: str, receipt: Receipt | None) -> bool:
        if (one.id, "") in self._over or (one.id, phone) in self._over:
            return False
        return not final(receipt) or self._later[one.id, phone] > 0

    async def _news(self, one: Slice, carrier: Carrier, crowd: _Crowd) -> dict[str, Receipt]:
        made = self._job(one, carrier)
        size = carrier.provider.follow_size
        if size == 0:
            return await self._one(one, carrier, made, Waiting(phones=(), vendor_ids=()))
        found: dict[str, Receipt] = {}
        wide = size * max(1, carrier.settings.concurrency)
        for begin in range(0, len(crowd), wide):
            parts = [crowd.waiting(at, at + size) for at in range(begin, min(begin + wide, len(crowd)), size)]
            told = await asyncio.gather(
                *(self._one(one, carrier, made, part) for part in parts), return_exceptions=True
            )
            for each in told:
                if isinstance(each, BaseException):
                    if not found or not isinstance(each, Held | Stopped):
                        raise each
                    return found
                found |= each
        return found

    def _job(self, one: Slice, carrier: Carrier) -> Job[Any]:
        now = self.clock.now()
        return job(
            self.campaign,
            carrier,
            one.channels,
            zone=one.zone,
            title=one.title,
            marker=one.marker,
            start=one.start or now,
            now=now,
        )

    async def _one(self, one: Slice, carrier: Carrier, made: Job[Any], waiting: Waiting) -> dict[str, Receipt]:
        """Ask one question, with its pages."""
        whom = [(one.id, phone) for phone in waiting.phones] or [(one.id, "")]
        question = carrier.provider.follow(made, waiting)
        if isinstance(question, str):
            self._over |= dict.fromkeys(whom, question)
            return {}
        news = await (await self._lane(carrier)).answer(question, one.refs)
        if news is None:
            for each in whom:
                self._failed(each, UNREADABLE)
            return {}
        self._learn(one, whom, news)
        return dict(news.receipts)

    def _learn(self, one: Slice, whom: Sequence[tuple[int, str]], news: News) -> None:
        for each in whom:
            self._failures.pop(each, None)
            if news.over:
                self._over[each] = news.over
        for phone, receipt in news.receipts.items():
            place = (one.id, phone)
            if phone not in news.later:
                self._later.pop(place, None)
            elif final(receipt):
                self._later[place] = self._later[place] - 1 if place in self._later else LATER

    async def _lane(self, carrier: Carrier) -> Lane:
        name = carrier.provider.name
        if name not in self.lanes:
            with_tokens({name: carrier}, "asking")
            transport = await self.stack.enter_async_context(HttpTransport(carrier.settings, carrier.provider.auth))
            self.lanes[name] = Lane(carrier, transport, clock=self.clock, rng=self.rng, stop=self.stop)
        return self.lanes[name]

    async def _write(self, journal: Journal, one: Slice, crowd: _Crowd, news: Mapping[str, Receipt]) -> None:
        """Merge what was told into what is known by now, batch by batch."""
        asked: dict[int, dict[int, str]] = {}
        for (seq, index), phone in zip(crowd.places, crowd.phones, strict=True):
            if phone in news:
                asked.setdefault(seq, {})[index] = phone
        for seq, people in asked.items():
            rows = await journal.batches(one.id, (Stage.ACCEPTED,), after=seq - 1, limit=1, mixed=True)
            for row in (row for row in rows if row.seq == seq):
                fresh = _fresh(row, people, news)
                if fresh:
                    await journal.note(one.id, seq, fresh, at=self.calendar.now())
                    self.changed += len(fresh) * len(one.channels)

    async def _count(self, slices: Sequence[Slice]) -> _Round:
        """Count accepted deliveries by whether more will be told of them."""
        found = _Round()
        starts: list[datetime | None] = []
        async with self._journal() as journal:
            for one in slices:
                opened = await self._count_one(journal, one, found)
                starts += [one.start if self._early(one) else None] if opened else []
        known = [start for start in starts if start is not None]
        found.begins = min(known) if known and len(known) == len(starts) else None
        return found

    async def _count_one(self, journal: Journal, one: Slice, found: _Round) -> int:
        width, opened = len(one.channels), 0
        async for row in _accepted(journal, one, -1):
            for index, phone in _taken(row):
                receipt = row.receipts.get(index, row.receipt)
                found.accepted += width
                if self._is_open(one, phone, receipt):
                    opened += width
                elif not final(receipt):
                    why = self._over.get((one.id, ""), "") or self._over.get((one.id, phone), "")
                    found.ended[one.provider, why] += width
        found.open += opened
        return opened


async def _accepted(journal: Journal, one: Slice, after: int) -> AsyncIterator[BatchRow]:
    after = max(after, -1)
    while rows := await journal.batches(one.id, (Stage.ACCEPTED,), after=after, limit=PAGE, mixed=True):
        after = rows[-1].seq
        for row in rows:
            yield row


def _taken(row: BatchRow) -> list[tuple[int, str]]:
    """Give index and number of those whom the vendor took."""
    if row.stage is Stage.ACCEPTED and not row.exceptions:
        return list(enumerate(row.people.phones))
    base = (row.stage, "")
    return [
        (index, phone)
        for index, phone in enumerate(row.people.phones)
        if row.exceptions.get(index, base)[0] is Stage.ACCEPTED
    ]


def _fresh(row: BatchRow, people: Mapping[int, str], news: Mapping[str, Receipt]) -> dict[int, Receipt]:
    taken = dict(_taken(row))
    fresh = {}
    for index, phone in people.items():
        if taken.get(index) == phone:
            known = row.receipts.get(index, row.receipt)
            merged = merge(known, news[phone])
            if merged != known:
                fresh[index] = merged
    return fresh
