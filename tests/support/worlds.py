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
from outreach.delivery.failover import give_up, goes_on
from outreach.delivery.journal import CampaignKey, Journal, NewSlice
from outreach.delivery.lane import Hook, Lane
from outreach.delivery.ledger import JournalLedger
from outreach.delivery.run import Ended, Engine
from outreach.delivery.spool import Spool
from outreach.delivery.sqlite import SqliteJournal
from outreach.model import Campaign, Contacts, Messages, Route, Settings, State, Template, WhatsappContent
from outreach.model import Channel as Ch
from outreach.planning.build import Builder
from outreach.planning.carrier import Carrier, carriers, title
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
    #: Seconds after which a lost answer is known to be lost.
    timeout: float = 0.0
    notice: Hook = attrs.field(default=lambda _name: None)
    #: Providers of the route in failover order; the provider alone where it is empty.
    order: tuple[str, ...] = ()
    #: Fault of every request of a provider whose address holds a text: by provider, (text, fault).
    always: dict[str, tuple[str, str]] = attrs.field(factory=dict)
    #: Requests of an account under way at a time; 0: as many as the sandbox's account says.
    at_once: int = 0

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
        order = self.order or (self.provider,)
        accounts = {name: self._account(name) for name in order}
        whatsapp = WhatsappContent(template="fee_due", language="en", body=(Template.parse("{name}"),))
        campaign = Campaign(
            name=KEY.name,
            message=Template.parse("नमस्कार, your fee is due on 15 December."),
            messages=Messages(whatsapp=whatsapp),
            contacts=Contacts(sources=rows),
            routes=(Route(channel=channel, providers=order),),
            providers=accounts,
        )
        return attrs.evolve(campaign, **changes)

    def _account(self, name: str) -> Settings:
        own = self.plugins.providers[name].sandbox
        # A dead process leaves as much open as it does at a time: one request, where it is to be counted.
        at_once = (self.at_once or own.concurrency) if self.crash_at is None else 1
        account: Settings = attrs.evolve(own, batch_size=10, settle_after=60.0, concurrency=at_once)
        return account

    async def send(self, request: Request, settings: Settings, still: Callable[[], str] = str) -> Response:
        """Be the transport: the fault planned for this request, else what the emulator says."""
        assert not request.refs, f"{request.does} goes out with open Refs"
        self.sent += 1
        if why := still():
            raise NotSent(why)
        self.seen.append(request)
        who = next(name for name, one in self.plugins.providers.items() if type(settings) is one.settings)
        place, standing = self.always.get(who, ("", ""))
        fault = self.faults.pop(self.sent, standing if place in request.target else "")
        if fault == "not sent":
            raise NotSent("nothing left")
        if fault.startswith("lost"):
            self.clock.moment += timedelta(seconds=self.timeout)
        if fault == "lost before":
            raise Lost("no answer")
        if fault.startswith("4"):
            return Response.of({"detail": "made up"}, int(fault))
        self.before(request)
        if self.doubles and self.doubles in request.target:
            self._answer(who, request)
        response = self._answer(who, request)
        if self.hides and "campaign-detail" in request.target:
            listed = response.json()
            response = Response.of({**listed, "count": listed["count"] - 1, "results": listed["results"][1:]})
        if fault == "lost after":
            raise Lost("no answer")
        return Response.of({"detail": "made up"}, 500) if fault == "500" else response

    def _answer(self, who: str, request: Request) -> Response:
        received = Received(
            method=request.method,
            path=request.target,
            query=request.query,
            headers={**self._credential(who), "content-type": "application/json"},
            body=request.encode() or b"",
        )
        return self.emulators[who].answer(received, self.clock.now())

    def _credential(self, who: str) -> Mapping[str, str]:
        provider = self.plugins.providers[who]
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
        order = self.order or (self.provider,)
        if "tingting" in order:
            later = Received(method="GET", path="campaign/", headers={"authorization": "Bearer x"})
            self.emulators["tingting"].answer(later, self.clock.now() + timedelta(days=2))
        return Counter(one.phone for name in order for one in self.emulators[name].reached)

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
        down: frozenset[str] | None = frozenset()
        while down is not None:
            down = await self._pass(campaign, journal, lanes, accounts, rng, stop, down)
        return (await journal.counts(KEY)).deliveries

    async def _pass(
        self,
        campaign: Campaign,
        journal: Journal,
        lanes: Mapping[str, Lane],
        accounts: Mapping[str, Carrier],
        rng: random.Random,
        stop: asyncio.Event,
        down: frozenset[str],
    ) -> frozenset[str] | None:
        """Plan and send once; give who is given up by then if another pass follows."""
        clock: Clock = self.clock
        with Spool() as spool:
            ledger = await JournalLedger.read(journal, KEY, campaign, clock.now())
            builder = Builder(campaign, accounts, now=clock.now(), ledger=ledger, sink=spool, down=down)
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
                passes=builder.passing,
            )
            before = await journal.counts(KEY)
            watchlist = Watchlists((self.watchlist, ledger))
            engine = Engine(campaign, KEY, journal, lanes, clock=clock, stop=stop, watchlist=watchlist)
            held = {numbers[one.number]: one.held for one in builder.slices if one.held}
            ended = await engine.run(spool, await places_of(journal, numbers), held)
            self._raise(ended)
        if ended.interrupted:
            return None
        now_down = give_up(campaign, lanes, ended)
        more = goes_on(campaign, before, await journal.counts(KEY), now_down - down, now_down)
        return now_down if more else None

    def _raise(self, ended: Ended) -> None:
        if ended.failure is not None:
            raise ended.failure
