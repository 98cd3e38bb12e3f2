"""A crash at every point of the engine, and another one during the resume, per vendor; each resumed to the end."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import attrs
import virtual
from arena import HOURS, START, Arena, Scene, Twin
from disk import Disk, FileDisk, MemoryDisk
from judge import Verdict, judge
from tally import Tally
from virtual import Process

from outreach.model import Channel, Limits, Schedule

VOICE, SMS = (Channel.VOICE, ("tingting",)), (Channel.SMS, ("tingting",))
CALL, CHAT = (Channel.AI_CALL, ("toingg",)), (Channel.WHATSAPP, ("contactswing",))
TEXT, EITHER = (Channel.SMS, ("twilio",)), (Channel.VOICE, ("twilio", "tingting"))

#: The third of these is suppressed while the first run is under way.
PHONES = tuple(f"+97796100{index:03}11" for index in range(7))

#: The same where another provider takes over: Twilio's stand-in refuses two of them.
REFUSED = (*PHONES[:5], "+9779610051190", "+9779610061191")

#: Several batches each; a campaign at the vendor for every five people; hours and a pace per hour that hold nobody back
#: for long; what a process leaves in flight is one request, so that it can be counted.
SCENES: Mapping[str, Scene] = {
    name: Scene(
        routes=routes,
        phones=REFUSED if routes == (EITHER,) else PHONES,
        batch_size=3,
        campaign_size=5,
        schedule=Schedule(window=HOURS, expires=START + timedelta(days=5)),
        limits=Limits(per_hour=40),
    )
    for name, routes in {
        "tingting": (VOICE,),
        "tingting, voice and sms": (VOICE, SMS),
        "toingg": (CALL,),
        "contactswing": (CHAT,),
        "twilio": (TEXT,),
        "twilio, then tingting": (EITHER,),
        "all three": (VOICE, CALL, CHAT),
    }.items()
}

#: Pairs of crashes per scene; where there are more, so many are drawn.
PAIRS = 1_000
SHORT_PAIRS = 2

#: In the short form every so many-th single crash is tried.
SHORT_STRIDE = 24


#: The broken engine is tried at every so many-th point.
TWIN_STRIDE = 16


def crash(number: int) -> Callable[[Process, str, int], None]:
    """Die at a point; never at 0."""

    def at_point(process: Process, name: str, point: int) -> None:
        if point == number:
            process.kill()

    return at_point


async def live(scene: Scene, disk: Disk, crashes: Sequence[int], twin: Twin | None = None) -> tuple[Verdict, int]:
    """Run and die once for each crash, then run to the end; give what it came to and how many processes died."""
    arena = Arena(scene, random.Random(7), disk=disk, twin=twin)

    def first(process: Process, name: str, point: int) -> None:
        if point == 20:
            arena.bars.close(PHONES[2], arena.clock.now())
        crash(crashes[0])(process, name, point)

    died = 0
    for turn, number in enumerate(crashes):
        died += not (await arena.send(at_point=crash(number) if turn else first)).alive
    await arena.calm()
    return await judge(arena), died


def in_memory(scene: Scene, crashes: Sequence[int], twin: Twin | None = None) -> tuple[Verdict, int]:
    """Live through it on the model of the journal."""
    return virtual.run(live(scene, MemoryDisk(), crashes, twin))  # type: ignore[no-any-return]  # what live gives


def on_disk(scene: Scene, crashes: Sequence[int]) -> tuple[Verdict, int]:
    """Live through it on a file of SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        return virtual.run(live(scene, FileDisk(Path(folder) / "journal.db"), crashes))  # type: ignore[no-any-return]  # as above


@attrs.define
class Sum:
    """What many lives came to."""

    verdicts: list[Verdict] = attrs.field(factory=list)
    died: int = 0

    def add(self, told: tuple[Verdict, int]) -> None:
        """Take one in."""
        self.verdicts.append(told[0])
        self.died += told[1]


def prove(*, long: bool, seed: int) -> Tally:
    """Crash everywhere: single ones on SQLite, double ones on the model of it."""
    rng, total, notes, caught, tried = random.Random(seed), Sum(), [], 0, 0
    for name, scene in SCENES.items():
        points = _points(scene)
        for number in range(1, points + 1, 1 if long else SHORT_STRIDE):
            total.add(on_disk(scene, (number,)))
        pairs = _pairs(points, PAIRS if long else SHORT_PAIRS, rng)
        for pair in pairs:
            total.add(in_memory(scene, pair))
        broken = [in_memory(scene, (one,), Twin.RECORD_AFTER_SENDING)[0] for one in range(1, points + 1, TWIN_STRIDE)]
        caught, tried = caught + sum(bool(one.twice) for one in broken), tried + len(broken)
        notes.append(f"{name}: {points} points, {len(pairs):,} of {points**2:,} pairs")
    return Tally(
        proof="crashes",
        injected=total.died,
        twice=sum(len(one.twice) for one in total.verdicts),
        lost=sum(len(one.lost) for one in total.verdicts),
        overspent=sum(len(one.overspent) for one in total.verdicts),
        unknown=sum(one.unknown for one in total.verdicts),
        control=caught,
        controls=tried,
        note="; ".join(notes),
    )


def _points(scene: Scene) -> int:
    """Count the points that a run without a crash comes by."""
    return virtual.run(_uneventful(scene))  # type: ignore[no-any-return]  # as above


async def _uneventful(scene: Scene) -> int:
    return (await Arena(scene, random.Random(7)).send()).points


def _pairs(points: int, most: int, rng: random.Random) -> list[tuple[int, int]]:
    return sorted(rng.sample(list(_all(points)), min(most, points**2)))


def _all(points: int) -> Iterator[tuple[int, int]]:
    return ((first, second) for first in range(1, points + 1) for second in range(1, points + 1))
