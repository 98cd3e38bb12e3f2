"""Spoil requests and answers between the real transport and a vendor's server: every kind, level and request."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import campaigns
import twins
from campaigns import Operator, Verdict
from chaos import HOST, Chaos, Fault, Kind, Level
from tally import Tally
from vendorside import VendorSide

import outreach
from outreach import client

#: Faults in the long form, and in the short one.
LONG, SHORT = 1_000, 36

PEOPLE = 6


@attrs.frozen
class Place:
    """A request of a campaign at which everything is tried.

    Attributes:
        what: Its method, and a part of its address.

        at: Its number, counted from 1.

        route: The campaign's way, where it is not the provider's own in ``campaigns.ROUTES``.

        first: What goes wrong before it, so that it is made at all.
    """

    provider: str
    what: str
    at: int
    route: str = ""
    first: tuple[Fault, ...] = ()


#: Twilio is asked for its lists only about lost answers: one without an effect, one after it.
_LOST = tuple((Fault(kind, Level.BODY, 1),) for kind in (Kind.RESET_BEFORE, Kind.RESET_AFTER))

_CALLS = "voice: twilio"

#: Every request of TingTing's, Toingg's and ContactSwing's campaigns; of Twilio's, which are all alike, each kind.
PLACES = (
    Place("tingting", "POST campaign/create/", 1),
    Place("tingting", "PATCH /message/", 2),
    Place("tingting", "GET campaign/", 3),
    Place("tingting", "POST /add-contact/", 4),
    Place("tingting", "POST /add-contact/", 5),
    Place("tingting", "GET campaign-detail/", 6),
    Place("tingting", "POST run-campaign/", 7),
    Place("toingg", "POST create_campaign/", 1),
    *(Place("toingg", "POST make_call", at) for at in range(2, 8)),
    *(Place("contactswing", "POST v2/campaign/create_with_touchpoint", at) for at in range(1, 4)),
    *(Place("twilio", "POST /Messages.json", at) for at in (1, 3, 6)),
    *(Place("twilio", "GET /Messages.json", 7, first=first) for first in _LOST),
    *(Place("twilio", "POST /Calls.json", at, _CALLS) for at in (1, 6)),
    *(Place("twilio", "GET /Calls.json", 7, _CALLS, first) for first in _LOST),
)

#: The account's longest time for a request, in seconds.
TIMEOUT = 0.4

#: Campaigns at a time: much of their time is waiting for an answer that does not come.
AT_ONCE = 6

#: Most calls of ``send`` until a campaign is at its end.
MOST_RUNS = 8

#: Seconds between two of them, by the sender's clock.
BETWEEN = 120.0

#: How the broken twins are tried: answers lost after people were contacted.
_REPEATS, _SETTLES = "retry-when-lost", "unsure-is-unsent"
CONTROLS = (
    (_REPEATS, "toingg", Fault(Kind.RESET_AFTER, Level.HEADERS, 3)),
    (_REPEATS, "toingg", Fault(Kind.TIMEOUT_AFTER, Level.BODY, 4)),
    (_REPEATS, "contactswing", Fault(Kind.TRUNCATION, Level.CONNECT, 1)),
    (_REPEATS, "contactswing", Fault(Kind.DRIP, Level.BODY, 2)),
    (_REPEATS, "twilio", Fault(Kind.RESET_AFTER, Level.BODY, 2)),
    (_SETTLES, "twilio", Fault(Kind.TIMEOUT_AFTER, Level.HEADERS, 6)),
    (_SETTLES, "twilio", Fault(Kind.RESET_AFTER, Level.BODY, 1)),
)


class Hasty:
    """The machine's clock, but sleeping takes no time: it is put forward instead."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> datetime:
        """Give the moment."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def monotonic(self) -> float:
        """Give seconds."""
        return time.monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Jump."""
        self._ahead += seconds
        await asyncio.sleep(0)


@attrs.frozen
class Case:
    """One campaign and what goes wrong with it."""

    number: int
    provider: str
    faults: Sequence[Fault]
    route: str = ""


@attrs.frozen
class Told:
    """What one campaign came to; ``seen``: its requests that were not spoilt, by number."""

    struck: int
    verdict: Verdict
    seen: Mapping[int, str]


def prove(*, long: bool, seed: int) -> Tally:
    """Spoil, let each campaign end, and count at the vendors."""
    with campaigns.quick() as folder, VendorSide() as vendors:
        injected, verdict, tried = asyncio.run(_prove(Path(folder), vendors, LONG if long else SHORT, seed))
        caught = asyncio.run(_controls(Path(folder), vendors))
    each = len(Kind) * len(Level)
    whole = f", {each} faults at each of {len(PLACES)} requests" if long and tried >= each * len(PLACES) else ""
    return Tally(
        proof="network",
        injected=injected,
        control=caught,
        controls=len(CONTROLS),
        note=f"{tried:,} campaigns{whole}",
        **verdict.figures(),
    )


async def _prove(home: Path, vendors: VendorSide, wanted: int, seed: int) -> tuple[int, Verdict, int]:
    waiting, injected, verdict, tried = cases(seed, every=wanted >= LONG), 0, Verdict(), 0

    async def worker() -> None:
        nonlocal injected, verdict, tried
        while injected < wanted:
            told = await run(home, vendors, next(waiting))
            injected, verdict, tried = injected + told.struck, verdict + told.verdict, tried + 1

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return injected, verdict, tried


def cases(seed: int, *, every: bool) -> Iterator[Case]:
    """Give cases without end: each kind at each level at each request, often with another fault behind it."""
    rng = random.Random(seed)
    numbers = itertools.count()
    while True:
        table = [(place, Fault(kind, level, place.at)) for place in PLACES for kind in Kind for level in Level]
        if not every:
            rng.shuffle(table)
        for place, fault in table:
            second = Fault(rng.choice(list(Kind)), rng.choice(list(Level)), fault.at + rng.randint(1, 4))
            faults = (*place.first, *(fault, second)[: rng.choice((1, 2, 2))])
            yield Case(next(numbers), place.provider, faults, place.route)


async def run(home: Path, vendors: VendorSide, case: Case) -> Told:
    """Run one campaign to its end."""
    world = await asyncio.to_thread(vendors.open)
    rng = random.Random(case.number)
    clock = Hasty()
    async with Chaos(vendors.port, case.faults, rng) as proxy:
        base = vendors.address(world, case.provider).replace(f":{vendors.port}/", f":{proxy.port}/")
        assert base.startswith(f"http://{HOST}:")
        folder = home / f"{case.provider}{case.number}"
        spec = campaigns.write(folder, case.provider, base, people=PEOPLE, timeout=TIMEOUT, route=case.route)
        campaign, operator = outreach.load(spec), Operator(spec)
        for _ in range(MOST_RUNS):
            await client.asend(campaign, clock=clock, rng=rng)
            if await asyncio.to_thread(operator.content):
                break
            await clock.sleep(BETWEEN)
    reached = await asyncio.to_thread(vendors.reached, world)
    verdict = await asyncio.to_thread(campaigns.judge, spec, reached, people=PEOPLE)
    return Told(proxy.struck, verdict, proxy.seen)


async def _controls(home: Path, vendors: VendorSide) -> int:
    caught = 0
    for number, (twin, provider, fault) in enumerate(CONTROLS):
        with twins.broken(twin):
            told = await run(home / "controls", vendors, Case(number, provider, (fault,)))
        caught += told.verdict.twice > 0
    return caught
