"""A crash at every point of the engine, and another one during the resume, per vendor; each resumed to the end.

A process that dies leaves the journal, the vendors and what is on its way to them. Where none of these changed from one
point to the next, dying at either is the same crash: such a stretch of points is lived through once.
"""

from __future__ import annotations

import itertools
import pickle
import random
from collections.abc import Callable, Mapping, Sequence
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

from outreach.model import Channel, Limits, Schedule

VOICE, SMS = (Channel.VOICE, ("tingting",)), (Channel.SMS, ("tingting",))
CALL, CHAT = (Channel.AI_CALL, ("toingg",)), (Channel.WHATSAPP, ("contactswing",))
TEXT, RING = (Channel.SMS, ("twilio",)), (Channel.VOICE, ("twilio",))
EITHER = (Channel.VOICE, ("twilio", "tingting"))

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
        "twilio, sms": (TEXT,),
        "twilio, voice": (RING,),
        "twilio, then tingting": (EITHER,),
        "all three": (VOICE, CALL, CHAT),
    }.items()
}

#: Pairs that are lived through as they are, beside those of all stretches, to see that both end alike.
DRAWN = 50

#: In the short form every so many-th single crash is tried, and every so many-th stretch.
SHORT_STRIDE = 24

#: The broken engine is tried at every so many-th point.
TWIN_STRIDE = 16

Watch = Callable[[Process, str, int], None]


@attrs.frozen
class Stretch:
    """Points in a row at which a crash leaves the same behind."""

    first: int
    points: int


def crash(number: int) -> Watch:
    """Die at a point; never at 0."""

    def at_point(process: Process, name: str, point: int) -> None:
        if point == number:
            process.kill()

    return at_point


async def live(scene: Scene, disk: Disk, crashes: Sequence[int], twin: Twin | None = None) -> tuple[Verdict, int]:
    """Run and die once for each crash, then run to the end; give what it came to and how many processes died."""
    arena = Arena(scene, random.Random(7), disk=disk, twin=twin)
    died = await _die(arena, crashes)
    await arena.calm()
    return await judge(arena), died


async def _die(arena: Arena, crashes: Sequence[int]) -> int:
    died = 0
    for turn, number in enumerate(crashes):
        at_point = crash(number) if turn else _first(arena, crash(number))
        died += not (await arena.send(at_point=at_point)).alive
    return died


def _first(arena: Arena, then: Watch) -> Watch:
    """Watch the first run, in which somebody is suppressed on the way."""

    def at_point(process: Process, name: str, point: int) -> None:
        if point == 20:
            arena.bars.close(PHONES[2], arena.clock.now())
        then(process, name, point)

    return at_point


async def _stretches(scene: Scene, crashes: Sequence[int]) -> list[Stretch]:
    arena = Arena(scene, random.Random(7))
    left: list[bytes] = []

    def look(_process: Process, _name: str, _point: int) -> None:
        left.append(pickle.dumps((arena.disk, arena.vendors, arena.bars)))

    await _die(arena, crashes)
    await arena.send(at_point=look if crashes else _first(arena, look))
    groups = itertools.groupby(enumerate(left, 1), key=lambda one: one[1])
    points = [[point for point, _ in group] for _, group in groups]
    return [Stretch(some[0], len(some)) for some in points]


def stretches(scene: Scene, crashes: Sequence[int] = ()) -> list[Stretch]:
    """Divide what a run comes by, after so many crashes, into stretches."""
    return virtual.run(_stretches(scene, crashes))  # type: ignore[no-any-return]  # what _stretches gives


def in_memory(scene: Scene, crashes: Sequence[int], twin: Twin | None = None) -> tuple[Verdict, int]:
    """Live through it on the model of the journal."""
    return virtual.run(live(scene, MemoryDisk(), crashes, twin))  # type: ignore[no-any-return]  # what live gives


def on_disk(scene: Scene, crashes: Sequence[int]) -> tuple[Verdict, int]:
    """Live through it on a file of SQLite."""
    with quick() as folder:
        return virtual.run(live(scene, FileDisk(Path(folder) / "journal.db"), crashes))  # type: ignore[no-any-return]  # as above


@attrs.define
class Sum:
    """What many lives came to."""

    verdicts: list[Verdict] = attrs.field(factory=list)
    died: int = 0

    def add(self, told: tuple[Verdict, int]) -> Verdict:
        """Take one in; give its verdict."""
        self.verdicts.append(told[0])
        self.died += told[1]
        return told[0]


def prove(*, long: bool, seed: int) -> Tally:
    """Crash everywhere: single ones on SQLite, double ones on the model of it."""
    virtual.spare_the_collector()
    rng, total, notes, caught, tried, stride = random.Random(seed), Sum(), [], 0, 0, 1 if long else SHORT_STRIDE
    for name, scene in SCENES.items():
        points = sum(one.points for one in stretches(scene))
        for number in range(1, points + 1, stride):
            total.add(on_disk(scene, (number,)))
        notes.append(f"{name}: {points} points, {_double(scene, total, stride, rng)}")
        broken = [in_memory(scene, (one,), Twin.RECORD_AFTER_SENDING)[0] for one in range(1, points + 1, TWIN_STRIDE)]
        caught, tried = caught + sum(bool(one.twice) for one in broken), tried + len(broken)
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


def _double(scene: Scene, total: Sum, stride: int, rng: random.Random) -> str:
    """Crash in every so many-th stretch of the first run, and of the resume from there; tell how much that is.

    Raises:
        AssertionError: A pair that was drawn did not end as the one that was lived through for its stretches.
    """
    ended: dict[tuple[Stretch, Stretch], Verdict] = {}
    for one in stretches(scene)[::stride]:
        for other in stretches(scene, (one.first,))[::stride]:
            ended[one, other] = total.add(in_memory(scene, (one.first, other.first)))
    for one, other in rng.choices(list(ended), k=DRAWN // stride):
        pair = one.first + rng.randrange(one.points), other.first + rng.randrange(other.points)
        assert total.add(in_memory(scene, pair)) == ended[one, other], pair
    lived = sum(one.points * other.points for one, other in ended)
    return f"{'all' if stride == 1 else 'some'} {lived:,} pairs in {len(ended):,} lives"
