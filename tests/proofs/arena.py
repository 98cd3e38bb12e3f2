"""A campaign, its operators' processes, one journal and the vendors: everything of a proof but real time and wires."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, cast

import attrs
from disk import Disk, Held, MemoryDisk
from vendors import Network, Vendors, Weather
from virtual import Process, VirtualClock

from outreach.answers import Kind, Outcome
from outreach.delivery.donotcontact import SUPPRESSED
from outreach.delivery.journal import Journal, Stage
from outreach.delivery.lane import Attempt, Lane
from outreach.delivery.listfiles import ListFiles
from outreach.errors import JournalInUse, OutreachError, Refused
from outreach.model import (
    Campaign,
    Channel,
    Contacts,
    Day,
    Limits,
    Messages,
    PerContact,
    Route,
    Schedule,
    Settings,
    State,
    Template,
    WhatsappContent,
    Window,
)
from outreach.planning.carrier import carriers
from outreach.planning.values import Plan
from outreach.plugins import Plugins, load_plugins
from outreach.sending import Sending, _quota
from outreach.settling import mark
from outreach.standing import key_of

#: A Tuesday, 11:45 in Nepal.
START = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
ZONE = "Asia/Kathmandu"
HOURS = Window(start=time(10), end=time(18), days=(Day.SUN, Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI))
MESSAGE = Template.parse("नमस्कार {name|ग्राहक}, your fee is due on 15 December.")
WHATSAPP = WhatsappContent(template="fee_due", language="en", body=(Template.parse("{name}"),))

#: What Twilio's templates need.
PLAIN = attrs.evolve(WHATSAPP, template=f"HX{0:032x}", language=None)

#: A wait is cut into pieces of so many seconds, to look for a wish to stop.
LOOK_EVERY = 20.0


class Twin(StrEnum):
    """Engines that are broken on purpose, to see that a proof notices."""

    #: The intent is written together with the outcome, after the request.
    RECORD_AFTER_SENDING = "record after sending"
    #: A lost answer is taken for a request that was never sent.
    RETRY_ON_TIMEOUT = "retry on timeout"
    #: A lost answer is taken for a refusal, so that the next provider takes over.
    FAILOVER_ON_UNKNOWN = "failover on unknown"
    #: A second runner gets by the lock, and what the journal refuses is overheard.
    NO_FENCE = "no fence"


@cache
def plugins() -> Plugins:
    """Give the installed providers."""
    return load_plugins()


@attrs.frozen(kw_only=True)
class Scene:
    """What is to be sent, and how.

    Attributes:
        routes: Channel and accounts of each, in the order in which one takes over from another.

        phones: Whom.

        batch_size: Most people in a request.

        campaign_size: Most people in a campaign at the vendor.
    """

    routes: tuple[tuple[Channel, tuple[str, ...]], ...]
    phones: tuple[str, ...]
    batch_size: int = 4
    campaign_size: int | None = None
    concurrency: int = 1
    pace: float = 20.0
    schedule: Schedule = attrs.field(factory=Schedule)
    limits: Limits = attrs.field(factory=Limits)
    settle_after: float = 60.0

    @property
    def accounts(self) -> tuple[str, ...]:
        """Give the names of all accounts."""
        return tuple(dict.fromkeys(name for _, names in self.routes for name in names))

    def campaign(self, phones: Sequence[str], round_: int) -> Campaign:
        """Write it down for these people."""
        names = ("सीता", "राम", "")
        rows = [
            {"phone": phone, "id": f"c{phone[-6:]}", "name": names[int(phone[-1]) % 3], "zone": ZONE}
            for phone in phones
        ]
        return Campaign(
            name="fees",
            round=round_,
            message=MESSAGE,
            messages=Messages(whatsapp=PLAIN if "twilio" in self.accounts else WHATSAPP),
            contacts=Contacts(sources=rows),
            routes=tuple(Route(channel=channel, providers=names) for channel, names in self.routes),
            schedule=self.schedule,
            limits=self.limits,
            accept=("toingg.placeholders",),
            providers={name: self._account(name) for name in self.accounts},
        )

    def _account(self, name: str) -> Settings:
        blank: Settings = plugins().provider(name).sandbox
        return attrs.evolve(
            blank,
            batch_size=self.batch_size,
            campaign_size=self.campaign_size,
            concurrency=self.concurrency,
            settle_after=self.settle_after,
            pace=self.pace,
            timeout=30.0,
        )


@attrs.define
class Bars:
    """The organisation's own list: from when to when each number was closed."""

    spans: dict[str, list[tuple[datetime, datetime | None]]] = attrs.field(factory=dict)
    broken: str = ""

    def close(self, phone: str, now: datetime) -> None:
        """Close a number."""
        if not self.open_span(phone):
            self.spans.setdefault(phone, []).append((now, None))

    def lift(self, phone: str, now: datetime) -> None:
        """Open it again."""
        if self.open_span(phone):
            since, _ = self.spans[phone].pop()
            self.spans[phone].append((since, now))

    def open_span(self, phone: str) -> bool:
        """Say whether it is closed now."""
        return any(until is None for _, until in self.spans.get(phone, ()))

    def barred(self, phone: str, at: datetime) -> bool:
        """Say whether it was closed at a moment."""
        return any(since < at and (until is None or at < until) for since, until in self.spans.get(phone, ()))

    def reasons(self, phones: Sequence[str], _channel: Channel) -> Mapping[int, str]:
        """Be asked by the planner."""
        return {index: SUPPRESSED for index, phone in enumerate(phones) if self.open_span(phone)}

    def closed(self, phones: Sequence[str], _channels: Collection[Channel]) -> Collection[int]:
        """Be asked by the engine."""
        return [index for index, phone in enumerate(phones) if self.open_span(phone)]


@attrs.define
class _Flag:
    """One process's look at the wish to stop."""

    arena: Arena
    seen: bool = False

    def __call__(self) -> bool:
        self.seen = self.seen or self.arena.stopped
        return self.seen


class _Unseen:
    """Nobody looks at a live status here."""

    def write(self, _summary: object) -> None:
        """Write nothing."""


class _Sending(Sending):
    """One call of send, without the live figures for others."""

    async def _tell_others(self, plan: Plan) -> None:
        await asyncio.Event().wait()


class _Retrying(Lane):
    """Takes a lost answer for a request that was never sent."""

    taken = Kind.UNSENT

    async def _once(self, attempt: Attempt, turn: float) -> Outcome:
        outcome = await super()._once(attempt, turn)
        return attrs.evolve(outcome, kind=self.taken) if outcome.kind is Kind.UNKNOWN else outcome


class _PassingOn(_Retrying):
    """Takes a lost answer for a refusal."""

    taken = Kind.REJECTED


_LANES = {Twin.RETRY_ON_TIMEOUT: _Retrying, Twin.FAILOVER_ON_UNKNOWN: _PassingOn}


@attrs.define
class Arena:
    """One world.

    Attributes:
        phones: Who is in the contacts at the moment.

        round: The round that is sent at the moment.

        stopped: Whether somebody asked for the end.

        trace: What happened, in order.

        refused: Whether the latest call of send refused the campaign, and told whoever sent that nobody is reached.

        bugs: Processes that fell over something that is no error of outreach's own.
    """

    scene: Scene
    rng: random.Random
    disk: Disk = attrs.field(factory=MemoryDisk)
    twin: Twin | None = None
    weather: Weather = attrs.field(factory=Weather)
    vendors: Vendors = attrs.field()
    bars: Bars = attrs.field(factory=Bars)
    phones: list[str] = attrs.field()
    round: int = 1
    stopped: bool = False
    trace: list[str] = attrs.field(factory=list)
    processes: int = 0
    refused: bool = False
    bugs: list[str] = attrs.field(factory=list)
    clock: VirtualClock = attrs.field(factory=lambda: VirtualClock(START))

    @vendors.default
    def _vendors(self) -> Vendors:
        return Vendors({name: plugins().provider(name).emulate() for name in self.scene.accounts})

    @phones.default
    def _phones(self) -> list[str]:
        return list(self.scene.phones)

    def note(self, what: str) -> None:
        """Write into the trace."""
        self.trace.append(f"{self.clock.monotonic():12.3f} {what}")

    async def send(
        self, *, settle_only: bool = False, at_point: Callable[[Process, str, int], None] | None = None
    ) -> Process:
        """Be one process that sends, from the journal's lock to its end."""
        return await self._process("settle" if settle_only else "send", at_point, settle_only=settle_only)

    async def _process(
        self, what: str, at_point: Callable[[Process, str, int], None] | None, *, settle_only: bool
    ) -> Process:
        self.processes += 1
        process = Process(f"{what} {self.processes}", at_point or (lambda _process, _name, _number: None))
        try:
            journal = self.disk.open(self.clock.now())
        except JournalInUse:
            self.note(f"{process.name}: refused, another runner is at work")
            return process
        try:
            failure = await process.run(self._sending(process, journal, settle_only=settle_only))
        finally:
            self.disk.release(journal)
        if failure is not None and not isinstance(failure, OutreachError) and process.alive:
            self.bugs.append(f"{process.name}: {failure!r}")
        self.refused = isinstance(failure, Refused)
        self.note(f"{process.name}: {'ended' if process.alive else 'killed'} {failure or ''}")
        return process

    async def _sending(self, process: Process, journal: Journal, *, settle_only: bool) -> None:
        unfenced = self.twin is Twin.NO_FENCE
        late = self.twin is Twin.RECORD_AFTER_SENDING
        held = cast("Journal", Held(journal, process, belated=late, fenced=not unfenced))
        campaign = self.scene.campaign(self.phones, self.round)
        rng = random.Random(self.rng.random())
        clock = VirtualClock(START, process)
        stop, flag = asyncio.Event(), _Flag(self)
        accounts = carriers(campaign, plugins(), sandbox=True)
        quota = await _quota(campaign, held, clock)
        kind = _LANES.get(self.twin, Lane) if self.twin else Lane
        lanes = {}
        for name, carrier in accounts.items():
            network = Network(name, process, self.vendors, self.weather, self.clock, rng, self.round, self._of(process))
            lanes[name] = kind(
                carrier, network, clock=clock, rng=rng, stop=stop, quota=quota, hook=process.point, asked=flag
            )
            lanes[name]._look = LOOK_EVERY
        sending = _Sending(
            campaign,
            key_of(campaign),
            held,
            accounts,
            lanes,
            clock,
            rng,
            stop,
            lambda _progress: None,
            cast("Any", _Unseen()),
            cast("Any", self.bars),
            ListFiles(campaign, clock.sleep),
            cast("Any", flag),
        )
        if settle_only:
            await sending.settle()
        else:
            await sending.run(approve=None, confirm=None, strict=False, wait=False, limit=None, stdin=None)

    def _of(self, process: Process) -> Callable[[str], None]:
        return lambda what: self.note(f"{process.name}: {what}")

    async def mark_truly(self) -> None:
        """Let a person look at the vendors, and say of everybody unknown whether they were contacted."""
        journal = self.disk.open(self.clock.now())
        reached = {(one.phone, one.channel) for one in self.vendors.contacts if one.round == self.round}
        key = key_of(self.scene.campaign(self.phones, self.round))
        try:
            rows = [row async for row in journal.deliveries(key) if row.state is State.UNKNOWN]
            for phone in dict.fromkeys(row.phone for row in rows):
                mine = [row for row in rows if row.phone == phone]
                truth = {(phone, Channel(row.channel)) in reached for row in mine}
                # Somebody of whom two channels tell different things is left to the vendors' own words.
                if len(truth) == 1 and len(mine) == 1:
                    await mark(
                        journal,
                        key,
                        phones=[phone],
                        channel=None,
                        sent=truth.pop(),
                        by="सीता",
                        reason="looked at the vendor",
                        at=self.clock.now(),
                    )
                    self.note(f"marked …{phone[-4:]}")
        finally:
            self.disk.release(journal)

    async def calm(self, *, runs: int = 6) -> None:
        """Let everything come to an end as an operator would: all is well, and send is run again and again."""
        self.weather.faulty, self.vendors.lag, self.stopped = 0.0, 0.0, False
        self.weather.refused.clear()
        for _ in range(runs):
            await asyncio.sleep(timedelta(hours=7).total_seconds())
            await self.send()
            # Who was refused when all is well is refused for ever: nothing changes any more.
            if self.refused or not await self._open():
                break
        await asyncio.sleep(timedelta(days=3).total_seconds())

    async def _open(self) -> bool:
        """Say whether somebody is still planned."""
        journal = self.disk.open(self.clock.now())
        try:
            key = key_of(self.scene.campaign(self.phones, self.round))
            return (await journal.counts(key)).deliveries[State.PLANNED] > 0
        finally:
            self.disk.release(journal)


__all__ = ["START", "ZONE", "Arena", "Bars", "PerContact", "Scene", "Stage", "Twin", "plugins"]
