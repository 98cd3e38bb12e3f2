"""A world for the engine without sockets: emulators answered in the process, a clock that only sleep moves."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs

from outreach.delivery.clock import Clock
from outreach.delivery.donotcontact import Nobody, Watchlist, Watchlists
from outreach.delivery.exchange import Lost, NotSent
from outreach.delivery.journal import CampaignKey, Journal, NewSlice
from outreach.delivery.lane import Hook, Lane
from outreach.delivery.ledger import JournalLedger
from outreach.delivery.run import Ended, Engine
from outreach.delivery.spool import Spool
from outreach.delivery.sqlite import SqliteJournal
from outreach.model import Campaign, Contacts, Messages, Route, Settings, State, Template, WhatsappContent
from outreach.model import Channel as Ch
from outreach.planning.build import Builder
from outreach.planning.carrier import carriers, title
from outreach.planning.reading import read
from outreach.plugins import Plugins
from outreach.provider import Emulator
from outreach.sending import places_of
from outreach.wire import Received, Request, Response

START = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
KEY = CampaignKey("fees", 1)


class Crash(BaseException):
    """The process dies here."""


class SteppedClock:
    """Time that stands still but for sleep."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        """Give the moment."""
        return self.moment

    def monotonic(self) -> float:
        """Give seconds."""
        return (self.moment - START).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Jump."""
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@attrs.define
class World:
    """Vendors, a journal on disk and a clock; ``run`` is one process."""

    folder: Path
    plugins: Plugins
    provider: str
    people: int = 25
    clock: SteppedClock = attrs.field(factory=SteppedClock)
    emulators: dict[str, Emulator] = attrs.field(factory=dict)
    faults: dict[int, str] = attrs.field(factory=dict)
    sent: int = 0
    hooks: int = 0
    crash_at: int | None = None
    seen: list[Request] = attrs.field(factory=list)
    before: Callable[[Request], None] = attrs.field(default=lambda _request: None)
    doubles: str = ""
    hides: bool = False
    watchlist: Watchlist = attrs.field(factory=Nobody)
    notice: Hook = attrs.field(default=lambda _name: None)

    def __attrs_post_init__(self) -> None:
        self.emulators = {name: provider.emulate() for name, provider in self.plugins.providers.items()}

    def campaign(self, **changes: Any) -> Campaign:
        """Give the campaign."""
        channel = {"tingting": Ch.VOICE, "toingg": Ch.AI_CALL, "contactswing": Ch.WHATSAPP, "twilio": Ch.SMS}[
            self.provider
        ]
        rows = [
            {"phone": f"+9779610{index:04d}11", "id": f"c{index}", "name": f"सीता {index % 3}"}
            for index in range(self.people)
        ]
        own = self.plugins.providers[self.provider].sandbox
        # A dead process leaves as much open as it does at a time: one request, where it is to be counted.
        at_once = own.concurrency if self.crash_at is None else 1
        settings = attrs.evolve(own, batch_size=10, settle_after=60.0, concurrency=at_once)
        whatsapp = WhatsappContent(template="fee_due", language="en", body=(Template.parse("{name}"),))
        campaign = Campaign(
            name=KEY.name,
            message=Template.parse("नमस्कार, your fee is due on 15 December."),
            messages=Messages(whatsapp=whatsapp),
            contacts=Contacts(sources=rows),
            routes=(Route(channel=channel, providers=(self.provider,)),),
            providers={self.provider: settings},
        )
        return attrs.evolve(campaign, **changes)

    async def send(self, request: Request, settings: Settings) -> Response:
        """Be the transport: the fault planned for this request, else what the emulator says."""
        assert not request.refs, f"{request.does} goes out with open Refs"
        self.sent += 1
        self.seen.append(request)
        fault = self.faults.pop(self.sent, "")
        if fault == "not sent":
            raise NotSent("nothing left")
        if fault == "lost before":
            raise Lost("no answer")
        if fault.startswith("4"):
            return Response.of({"detail": "made up"}, int(fault))
        self.before(request)
        if self.doubles and self.doubles in request.target:
            self._answer(request)
        response = self._answer(request)
        if self.hides and "campaign-detail" in request.target:
            listed = response.json()
            response = Response.of({**listed, "count": listed["count"] - 1, "results": listed["results"][1:]})
        if fault == "lost after":
            raise Lost("no answer")
        return Response.of({"detail": "made up"}, 500) if fault == "500" else response

    def _answer(self, request: Request) -> Response:
        received = Received(
            method=request.method,
            path=request.target,
            query=request.query,
            headers={**self._credential(), "content-type": "application/json"},
            body=request.encode() or b"",
        )
        return self.emulators[self.provider].answer(received, self.clock.now())

    def _credential(self) -> Mapping[str, str]:
        provider = self.plugins.providers[self.provider]
        return {name.lower(): value for name, value in provider.auth("x", provider.sandbox).items()}

    def hook(self, name: str) -> None:
        """Count the points where a crash matters, and die at one of them."""
        self.notice(name)
        self.hooks += 1
        if self.hooks == self.crash_at:
            raise Crash

    @property
    def reached(self) -> Counter[str]:
        """Count how often each number was contacted."""
        emulator = self.emulators[self.provider]
        if self.provider == "tingting":
            later = Received(method="GET", path="campaign/", headers={"authorization": "Bearer x"})
            emulator.answer(later, self.clock.now() + timedelta(days=2))
        return Counter(one.phone for one in emulator.reached)

    async def run(self, campaign: Campaign | None = None, *, stop: asyncio.Event | None = None) -> Mapping[State, int]:
        """Be one process from the journal's lock to its end; give the counts."""
        campaign = campaign or self.campaign()
        stop = stop or asyncio.Event()
        journal = await SqliteJournal.open(self.folder / "journal.db", now=self.clock.now())
        try:
            return await self._process(campaign, journal, stop)
        except Crash:
            # A dead process does nothing more: what its other tasks were about to do never happens.
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            raise
        finally:
            await journal.close()

    async def _process(self, campaign: Campaign, journal: Journal, stop: asyncio.Event) -> Mapping[State, int]:
        accounts = carriers(campaign, self.plugins, sandbox=True)
        clock: Clock = self.clock
        rng = random.Random(self.sent)
        hook: Hook = self.hook
        lanes = {
            name: Lane(carrier, self, clock=clock, rng=rng, stop=stop, hook=hook) for name, carrier in accounts.items()
        }
        settling = Engine(campaign, KEY, journal, lanes, clock=clock, stop=stop, watchlist=self.watchlist)
        await settling.settle()
        self._raise(settling.ended)
        with Spool() as spool:
            ledger = await JournalLedger.read(journal, KEY, campaign, clock.now())
            builder = Builder(campaign, accounts, now=clock.now(), ledger=ledger, sink=spool)
            for _ in read(campaign, builder, None):
                pass
            plan = builder.finish()
            assert not plan.refusals
            slices = [
                NewSlice(
                    number=one.number,
                    provider=one.provider,
                    channels=one.channels,
                    zone=one.zone,
                    fingerprint=one.fingerprint,
                    title=title(campaign, marker := f"m{rng.randrange(10**9)}"),
                    marker=marker,
                )
                for one in builder.slices
            ]
            numbers = await journal.replan(
                KEY,
                digest=plan.digest,
                rows={},
                slices=slices,
                batches=spool.new_batches(),
                skipped=spool.skipped(),
                at=clock.now(),
            )
            watchlist = Watchlists((self.watchlist, ledger))
            engine = Engine(campaign, KEY, journal, lanes, clock=clock, stop=stop, watchlist=watchlist)
            self._raise(await engine.run(spool, await places_of(journal, numbers)))
        return (await journal.counts(KEY)).deliveries

    def _raise(self, ended: Ended) -> None:
        if ended.failure is not None:
            raise ended.failure
