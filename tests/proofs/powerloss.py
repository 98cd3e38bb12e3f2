"""Fail the power at every kind of moment of a run, tear what was not synced, and go on from what is on the disk."""

from __future__ import annotations

import asyncio
import hashlib
import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import attrs
import campaigns
from campaigns import Verdict
from sectors import Image, Log, Note, recorded
from tally import Tally
from worlds import KEY, Crash, World

from outreach.delivery.retry import harmless
from outreach.delivery.sqlite import SqliteJournal, generation
from outreach.errors import JournalError
from outreach.model import State
from outreach.plugins import Plugins, load_plugins
from outreach.wire import Request

#: Cuts in the long form, and in the short one.
LONG, SHORT = 2_100, 45

#: Cuts of each recording of the twin, which does not sync before a verb returns.
CONTROL_CUTS = 60

NORMAL: Mapping[str, str] = {"PRAGMA synchronous = FULL": "PRAGMA synchronous = NORMAL"}

#: People by provider: a few requests each.
PEOPLE = {"tingting": 12, "toingg": 6, "contactswing": 7, "twilio": 6}

#: Most runs after a cut until a campaign is at its end.
MOST_RUNS = 6

BETWEEN = timedelta(minutes=5)

#: The start of a count in the file beside the journal.
_COUNTED = "generation"


@attrs.frozen
class Script:
    """What happens while the disk tells: an adapter, faults by number of the request, and where the process dies."""

    provider: str
    faults: Mapping[int, str]
    crash_at: int | None = None


SCRIPTS: Sequence[Script] = tuple(
    Script(provider, faults, crash)
    for faults, crash in (({}, None), ({2: "lost after", 4: "429"}, None), ({3: "lost before"}, 14))
    for provider in PEOPLE
)


@attrs.frozen
class Recording:
    """A script, and everything that was done to the disk and at the vendor, in order."""

    script: Script
    folder: Path
    plugins: Plugins
    log: Log


def prove(*, long: bool, seed: int) -> Tally:
    """Cut, go on, and count at the vendors."""
    rng, plugins = random.Random(seed), load_plugins()
    wanted = LONG if long else SHORT
    scripts = SCRIPTS if long else SCRIPTS[::2]
    injected, verdict, broken = 0, Verdict(), 0
    with campaigns.quick() as home:
        for number, script in enumerate(scripts):
            recording = record(Path(home) / str(number), plugins, script, {})
            for found, missing in tried(recording, -(-wanted // len(scripts)), rng):
                injected, verdict, broken = injected + 1, verdict + found, broken + missing
        twins = SCRIPTS[: len(PEOPLE) if long else 2]
        caught = sum(_caught(Path(home) / f"normal{one.provider}", plugins, one, rng) for one in twins)
    verdict += Verdict(lost=broken)
    note = f"{broken} requests without an intent on the disk" if broken else ""
    return Tally(
        proof="power loss", injected=injected, control=caught, controls=len(twins), note=note, **verdict.figures()
    )


def _caught(folder: Path, plugins: Plugins, script: Script, rng: random.Random) -> bool:
    """Whether WAL with synchronous=NORMAL is caught."""
    recording = record(folder, plugins, script, NORMAL)
    return any(found.broken or missing for found, missing in tried(recording, CONTROL_CUTS, rng))


def record(folder: Path, plugins: Plugins, script: Script, instead: Mapping[str, str]) -> Recording:
    """Run a campaign, twice where the first process dies, on a disk that tells."""
    folder.mkdir()
    log = Log()
    world = World(folder, plugins, script.provider, people=PEOPLE[script.provider], faults=dict(script.faults))
    world.before = lambda request: log.note((request, world.clock.now()))
    world.crash_at = script.crash_at
    honest = generation.write

    def counted(journal: Path, generation: int) -> None:
        honest(journal, generation)
        log.note((_COUNTED, generation))

    generation.write = counted
    try:
        with recorded(log, instead):
            asyncio.run(_runs(world))
    finally:
        generation.write = honest
    return Recording(script, folder, plugins, log)


async def _runs(world: World) -> None:
    for _ in range(2):
        try:
            await world.run()
        except Crash:
            world.crash_at = None
        world.clock.moment += BETWEEN


def tried(recording: Recording, cuts: int, rng: random.Random) -> Iterator[tuple[Verdict, int]]:
    """Cut a recording at so many places, each from what is sure by then; gives each verdict and the intents missed."""
    entries = recording.log.entries
    image, done, seen = Image(), 0, []
    counts: list[int] = [0]
    for place in sorted(rng.choices(range(1, len(entries) + 1), k=cuts)):
        for entry in entries[done:place]:
            image.take(entry)
            if isinstance(entry, Note) and entry.what[0] == _COUNTED:
                counts.append(entry.what[1])
            elif isinstance(entry, Note):
                seen.append(entry.what)
        done = place
        yield asyncio.run(_go_on(recording, image.cut(rng), seen, rng.choice(counts[-2:])))


async def _go_on(
    recording: Recording, files: Mapping[str, bytes], seen: Sequence[tuple[Request, datetime]], count: int
) -> tuple[Verdict, int]:
    """Begin again from what is on the disk; gives the verdict, and the requests of which the disk knows nothing."""
    _restore(recording.folder, files, count)
    people = PEOPLE[recording.script.provider]
    world = World(recording.folder, recording.plugins, recording.script.provider, people=people)
    for request, at in seen:
        world.clock.moment = at
        world._answer(world.provider, request)
    phones = [campaigns.phone(index) for index in range(people)]
    try:
        missing = await without_intent(world, [request for request, _ in seen])
        for _ in range(MOST_RUNS):
            world.clock.moment += BETWEEN
            counts = await world.run()
            if not counts[State.PLANNED]:
                break
        async with await SqliteJournal.open(world.folder / "journal.db", now=world.clock.now()) as journal:
            rows = {row.phone: row.state async for row in journal.deliveries(KEY)}
    except JournalError:
        # It cannot be read any more: nobody knows who was contacted.
        return Verdict(lost=people), 0
    return campaigns.weigh(rows, world.reached, phones, most=people), missing


def _restore(folder: Path, files: Mapping[str, bytes], count: int) -> None:
    """Put the files there, the database over its own inode: a journal knows where it is at home."""
    database = folder / "journal.db"
    with database.open("r+b") as file:
        file.truncate()
        file.write(files.get(database.name, b""))
    for name in ("journal.db-wal", "journal.db-journal"):
        if files.get(name) is None:
            (folder / name).unlink(missing_ok=True)
        else:
            (folder / name).write_bytes(files[name])
    if count:
        generation.beside(database).write_text(str(count), "ascii")
    else:
        generation.beside(database).unlink(missing_ok=True)


async def without_intent(world: World, seen: Sequence[Request]) -> int:
    """Count the requests that the vendor has and the journal, opened anew and whole, has no intent for."""
    path = world.folder / "journal.db"
    await (await SqliteJournal.open(path, now=world.clock.now())).close()
    connection = sqlite3.connect(path)
    try:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise JournalError(verdict)
        known = {digest for (digest,) in connection.execute("SELECT digest FROM step UNION SELECT digest FROM batch")}
    finally:
        connection.close()
    return sum(_digest(request) not in known for request in seen if not harmless(request))


def _digest(request: Request) -> str:
    parts = (request.method.encode(), request.target.encode(), request.encode() or b"")
    return hashlib.sha256(b"\n".join(parts)).hexdigest()
