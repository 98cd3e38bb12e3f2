"""Spoil requests and answers between the real transport and a vendor's server: every kind, level and request."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import campaigns
import twins
from campaigns import Verdict
from chaos import HOST, Chaos, Fault, Kind, Level
from tally import Tally
from vendorside import VendorSide

import outreach
from outreach import client

#: Faults in the long form, and in the short one.
LONG, SHORT = 1_000, 36

PEOPLE = 6

#: Requests of each adapter's campaign without faults.
REQUESTS = {"tingting": 8, "toingg": 7, "contactswing": 3}

#: The account's longest time for a request, in seconds.
TIMEOUT = 0.4

#: Campaigns at a time: much of their time is waiting for an answer that does not come.
AT_ONCE = 6

#: Most calls of ``send`` until a campaign is at its end.
MOST_RUNS = 8

#: Seconds between two of them, by the sender's clock.
BETWEEN = 120.0

#: How the twin that repeats what was lost is tried: answers lost after people were contacted.
CONTROLS = (
    ("toingg", Fault(Kind.RESET_AFTER, Level.HEADERS, 3)),
    ("toingg", Fault(Kind.TIMEOUT_AFTER, Level.BODY, 4)),
    ("contactswing", Fault(Kind.TRUNCATION, Level.CONNECT, 1)),
    ("contactswing", Fault(Kind.DRIP, Level.BODY, 2)),
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


def prove(*, long: bool, seed: int) -> Tally:
    """Spoil, let each campaign end, and count at the vendors."""
    with campaigns.quick() as folder, VendorSide() as vendors:
        injected, verdict = asyncio.run(_prove(Path(folder), vendors, LONG if long else SHORT, seed))
        with twins.broken("retry-when-lost"):
            caught = asyncio.run(_controls(Path(folder), vendors))
    return Tally(proof="network", injected=injected, control=caught, controls=len(CONTROLS), **verdict.figures())


async def _prove(home: Path, vendors: VendorSide, wanted: int, seed: int) -> tuple[int, Verdict]:
    waiting, injected, verdict = cases(seed, every=wanted >= LONG), 0, Verdict()

    async def worker() -> None:
        nonlocal injected, verdict
        while injected < wanted:
            struck, found = await run(home, vendors, next(waiting))
            injected, verdict = injected + struck, verdict + found

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return injected, verdict


def cases(seed: int, *, every: bool) -> Iterator[Case]:
    """Give cases without end: each kind at each level at each request, often with a second fault behind it."""
    rng = random.Random(seed)
    numbers = itertools.count()
    while True:
        table = [
            (provider, Fault(kind, level, at))
            for provider, requests in REQUESTS.items()
            for at in range(1, requests + 1)
            for kind in Kind
            for level in Level
        ]
        if not every:
            rng.shuffle(table)
        for provider, fault in table:
            second = Fault(rng.choice(list(Kind)), rng.choice(list(Level)), fault.at + rng.randint(1, 4))
            yield Case(next(numbers), provider, (fault, second)[: rng.choice((1, 2, 2))])


async def run(home: Path, vendors: VendorSide, case: Case) -> tuple[int, Verdict]:
    """Run one campaign to its end; gives how many faults took effect, and what became of the people."""
    world = await asyncio.to_thread(vendors.open)
    rng = random.Random(case.number)
    clock = Hasty()
    async with Chaos(vendors.port, case.faults, rng) as proxy:
        base = vendors.address(world, case.provider).replace(f":{vendors.port}/", f":{proxy.port}/")
        assert base.startswith(f"http://{HOST}:")
        folder = home / f"{case.provider}{case.number}"
        spec = campaigns.write(folder, case.provider, base, people=PEOPLE, timeout=TIMEOUT)
        campaign = outreach.load(spec)
        for _ in range(MOST_RUNS):
            await client.asend(campaign, clock=clock, rng=rng)
            if await asyncio.to_thread(campaigns.ended, spec):
                break
            await clock.sleep(BETWEEN)
        struck = proxy.struck
    reached = await asyncio.to_thread(vendors.reached, world)
    return struck, await asyncio.to_thread(campaigns.judge, spec, reached, people=PEOPLE)


async def _controls(home: Path, vendors: VendorSide) -> int:
    caught = 0
    for number, (provider, fault) in enumerate(CONTROLS):
        _, found = await run(home / "controls", vendors, Case(number, provider, (fault,)))
        caught += found.twice > 0
    return caught
