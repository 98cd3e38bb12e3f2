"""Seeded simulation: several workers on one campaign, a virtual clock, faulty wires and vendors, pauses and crashes.

A seed decides everything: ``python tests/proofs/simulation.py --seed N`` replays one and shows what happened.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import attrs
import virtual
from arena import HOURS, START, Arena, Scene, Twin
from campaigns import quick
from disk import Disk, FileDisk, MemoryDisk
from judge import Verdict, judge
from tally import Tally
from virtual import Process

from outreach.errors import JournalInUse
from outreach.model import Channel, Limits, PerContact, Schedule

SEEDS = 20_000
SHORT_SEEDS = 60

#: Of the seeds, every so many-th works on a real file of SQLite.
ON_DISK = 50

#: Seeds that each broken twin is tried on.
TWIN_SEEDS = 300
SHORT_TWIN_SEEDS = 16

Way = tuple[Channel, tuple[str, ...]]

VOICE, SMS = (Channel.VOICE, ("tingting",)), (Channel.SMS, ("tingting",))
CALL, CHAT = (Channel.AI_CALL, ("toingg",)), (Channel.WHATSAPP, ("contactswing",))
TEXT, PLAIN_CHAT = (Channel.SMS, ("twilio",)), (Channel.WHATSAPP, ("twilio",))
EITHER_VOICE, EITHER_SMS = (Channel.VOICE, ("tingting", "twilio")), (Channel.SMS, ("tingting", "twilio"))
OTHER_VOICE, OTHER_SMS = (Channel.VOICE, ("twilio", "tingting")), (Channel.SMS, ("twilio", "tingting"))
EITHER_CHAT = (Channel.WHATSAPP, ("contactswing", "twilio"))

#: Routes on which another provider may take over.
LISTS = ((EITHER_VOICE,), (EITHER_SMS,), (EITHER_CHAT,), (OTHER_SMS,), (EITHER_VOICE, EITHER_SMS), (OTHER_VOICE, CHAT))
ROUTES = ((VOICE,), (SMS,), (VOICE, SMS), (CALL,), (CHAT,), (VOICE, CALL, CHAT), (TEXT,), (PLAIN_CHAT,), *LISTS)

#: Last digits at which the stand-ins misbehave: skipped, refused, misnamed, prefixed, lost, throttled.
TRICKY = ("9990", "9991", "9992", "9993", "9997", "9998", "9999", "9901", "1104", "1190", "1191", "1198", "1199")

#: Seconds for which a process is stopped (SIGSTOP, a closed lid).
PAUSES = (3.0, 100.0, 4_000.0, 90_000.0)

#: Everything odd happens within so many seconds; then it is calm.
STORM = 6 * 3_600.0

#: A vendor's list lags at most so many seconds. With the 30 of a timeout and the 9 by which an effect may come later
#: that is within the 60 of ``settle_after``.
MOST_LAG = 15.0


def people(rng: random.Random) -> tuple[str, ...]:
    """Choose whom to contact; some have numbers at which a vendor stumbles."""
    count = rng.randint(3, 13)
    endings = [rng.choice(TRICKY) if rng.random() < 0.15 else "1111" for _ in range(count)]
    return tuple(_phone(index, ending) for index, ending in enumerate(endings))


def _phone(index: int, ending: str) -> str:
    return f"+977961{index:03}{ending}"  # a range of an operator whose licence was revoked


def scene(rng: random.Random, routes: Sequence[tuple[Way, ...]] = ROUTES) -> Scene:
    """Choose what is sent, and how."""
    hurried = rng.random() < 0.2
    return Scene(
        routes=rng.choice(routes),
        phones=people(rng),
        batch_size=rng.randint(1, 5),
        campaign_size=rng.choice((None, None, 5)),
        concurrency=rng.choice((1, 2, 4)),
        pace=rng.choice((20.0, 500.0)),
        schedule=Schedule(
            start=START + timedelta(hours=1) if rng.random() < 0.15 else None,
            expires=START + timedelta(hours=rng.choice((2, 5))) if hurried else None,
            window=HOURS if rng.random() < 0.3 else None,
        ),
        limits=Limits(
            contacts=rng.choice((None, None, None, 20, 5)),
            per_hour=5 if rng.random() < 0.15 else None,
            per_contact=PerContact(1, timedelta(days=7)) if rng.random() < 0.15 else None,
        ),
    )


@attrs.define
class Storm:
    """What befalls one world, drawn from its seed.

    Attributes:
        struck: Kills, pauses and wishes that took effect.
    """

    arena: Arena
    rng: random.Random
    struck: Counter[str] = attrs.field(factory=Counter)

    async def blow(self) -> None:
        """Let workers and events go side by side, then let it calm down; sometimes after a round with the same text."""
        if self.rng.random() < 0.2:
            await self.arena.send()
            self.arena.round += 1
        workers = [self._worker() for _ in range(self.rng.randint(1, 4))]
        events = [self._event() for _ in range(self.rng.randint(0, 4))]
        self.arena.weather.faulty = self.rng.choice((0.0, 0.05, 0.15, 0.4))
        self.arena.vendors.lag = self.rng.choice((0.0, 1.0, MOST_LAG))
        self.arena.vendors.doubles = self.rng.random() < 0.05
        await asyncio.gather(*workers, *events)
        await self._wait_for_the_runner()
        await self._afterwards()

    async def _worker(self) -> None:
        """Be somebody, or a timer, who calls send now and then."""
        for _ in range(self.rng.randint(1, 3)):
            await asyncio.sleep(self.rng.choice((0.0, 1.0, 70.0, 1_000.0)) * self.rng.random())
            settle_only = self.rng.random() < 0.15
            process = await self.arena.send(settle_only=settle_only, at_point=self._fate())
            self.struck["killed"] += not process.alive

    def _fate(self) -> Callable[[Process, str, int], None]:
        kill = self.rng.randint(1, 60) if self.rng.random() < 0.4 else 0
        pause = self.rng.randint(1, 60) if self.rng.random() < 0.25 else 0
        both = kill and pause and self.rng.random() < 0.5
        seconds = self.rng.choice(PAUSES)

        def at_point(process: Process, name: str, number: int) -> None:
            if number == pause:
                self.struck["paused"] += 1
                self.arena.note(f"{process.name}: paused {name} for {seconds:.0f} s")
                process.pause(seconds)
                if both:
                    asyncio.get_running_loop().call_later(seconds * 0.9, self._kill, process)
            elif number == kill and not both:
                self.arena.note(f"{process.name}: dies {name}")
                process.kill()

        return at_point

    def _kill(self, process: Process) -> None:
        self.arena.note(f"{process.name}: is killed while it stands still")
        process.kill()

    async def _event(self) -> None:
        await asyncio.sleep(self.rng.choice((0.5, 20.0, 300.0, 5_000.0)) * self.rng.random())
        event = self.rng.choice((self._close, self._leave, self._join, self._stop, self._refuse))
        self.struck[event.__name__] += 1
        self.arena.note(f"event: {event.__name__[1:]}")
        await event()

    async def _close(self) -> None:
        """Put somebody on the organisation's list; sometimes only for a while."""
        phone = self.rng.choice(self.arena.phones)
        self.arena.bars.close(phone, self.arena.clock.now())
        if self.rng.random() < 0.3:
            await asyncio.sleep(100.0)
            self.arena.bars.lift(phone, self.arena.clock.now())

    async def _leave(self) -> None:
        """Take somebody out of the contacts; sometimes they come back."""
        if len(self.arena.phones) == 1:
            return
        phone = self.arena.phones.pop(self.rng.randrange(len(self.arena.phones)))
        if self.rng.random() < 0.5:
            await asyncio.sleep(500.0 * self.rng.random())
            self.arena.phones.append(phone)

    async def _join(self) -> None:
        """Add somebody."""
        self.arena.phones.insert(0, _phone(900 + self.rng.randrange(90), "1111"))
        self.arena.phones = list(dict.fromkeys(self.arena.phones))

    async def _stop(self) -> None:
        """Ask for the end, and take it back later."""
        self.arena.stopped = True
        await asyncio.sleep(600.0 * self.rng.random())
        self.arena.stopped = False

    async def _refuse(self) -> None:
        """Let an account's token run out for a while."""
        provider = self.rng.choice(sorted(self.arena.scene.accounts))
        until = self.arena.clock.now() + timedelta(seconds=900.0 * self.rng.random())
        self.arena.weather.refused[provider] = until

    async def _wait_for_the_runner(self) -> None:
        while True:
            try:
                self.arena.disk.release(self.arena.disk.open(self.arena.clock.now()))
            except JournalInUse:
                await asyncio.sleep(1_000.0)
            else:
                return

    async def _afterwards(self) -> None:
        await self.arena.calm()
        if self.rng.random() < 0.3:
            await self.arena.mark_truly()
            await self.arena.calm(runs=2)
        if self.rng.random() < 0.2:
            self.arena.round += 1
            await self.arena.calm(runs=2)


@attrs.frozen
class Told:
    """One seed: what it came to, what struck, and the trace."""

    seed: int
    verdict: Verdict
    struck: Counter[str]
    trace: Sequence[str]


def simulate(seed: int, twin: Twin | None = None, *, on_disk: bool = False) -> Told:
    """Live through one seed."""
    if not on_disk:
        return virtual.run(_live(seed, MemoryDisk(fenced=twin is not Twin.NO_FENCE), twin))  # type: ignore[no-any-return]  # what _live gives
    with quick() as folder:
        return virtual.run(_live(seed, FileDisk(Path(folder) / "journal.db"), twin))  # type: ignore[no-any-return]  # as above


async def _live(seed: int, disk: Disk, twin: Twin | None) -> Told:
    rng = random.Random(seed)
    routes = LISTS if twin is Twin.FAILOVER_ON_UNKNOWN else ROUTES
    arena = Arena(scene(rng, routes), rng, disk=disk, twin=twin)
    storm = Storm(arena, rng)
    await storm.blow()
    storm.struck["faults"] = arena.weather.met
    return Told(seed, await judge(arena), storm.struck, arena.trace)


def prove(*, long: bool, seed: int) -> Tally:
    """Live through many seeds, some of them with broken engines."""
    virtual.spare_the_collector()
    seeds = range(seed, seed + (SEEDS if long else SHORT_SEEDS))
    told = [attrs.evolve(simulate(one, on_disk=one % ON_DISK == 0), trace=()) for one in seeds]
    struck = sum((one.struck for one in told), Counter[str]())
    tried = range(seed, seed + (TWIN_SEEDS if long else SHORT_TWIN_SEEDS))
    caught = {twin: sum(bool(simulate(one, twin).verdict.twice) for one in tried) for twin in Twin}
    bad = [one.seed for one in told if not one.verdict.clean]
    return Tally(
        proof="simulation",
        injected=struck.total(),
        twice=sum(len(one.verdict.twice) for one in told),
        lost=sum(len(one.verdict.lost) for one in told),
        overspent=sum(len(one.verdict.overspent) for one in told),
        unknown=sum(one.verdict.unknown for one in told),
        control=sum(caught.values()) if all(caught.values()) else 0,
        controls=len(tried) * len(Twin),
        note=_note(told, struck, caught, bad),
    )


def _note(told: Sequence[Told], struck: Counter[str], caught: dict[Twin, int], bad: Sequence[int]) -> str:
    contacted = sum(one.verdict.contacted for one in told)
    twins = ", ".join(f"{twin}: {count}" for twin, count in caught.items())
    return (
        f"{len(told):,} seeds, {contacted:,} people contacted; {struck['faults']:,} faults of network and vendor, "
        f"{struck['killed']:,} kills, {struck['paused']:,} pauses. Broken engines noticed: {twins}"
        + (f". FAILED with seeds {bad[:20]}" if bad else "")
    )


def main() -> int:
    """Replay one seed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, required=True)
    asked.add_argument("--twin", type=Twin, choices=list(Twin), help="with an engine that is broken like this")
    asked.add_argument("--disk", action="store_true", help="on a real file, whatever the seed says")
    wish = asked.parse_args()
    told = simulate(wish.seed, wish.twin, on_disk=wish.disk or wish.seed % ON_DISK == 0)
    sys.stdout.write("\n".join([*told.trace, str(told.verdict), ""]))
    return 0 if told.verdict.clean else 1


if __name__ == "__main__":
    sys.exit(main())
