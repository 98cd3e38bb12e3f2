"""Disks that fail while a campaign goes out: what cannot be written down is not sent."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw
import campaigns
import pytest
from powerloss import without_intent
from sectors import Log, recorded
from vendorside import VendorSide
from worlds import START, World

from outreach.delivery.sqlite import SqliteJournal
from outreach.errors import EnvironmentProblem
from outreach.model import State

Make = Callable[..., World]

ALL = pytest.mark.parametrize("provider", ["tingting", "toingg", "contactswing"])

PEOPLE = 3


async def run_until(world: World, log: Log) -> bool:
    """Run on a disk that fails; tells whether that was said, or came too late to matter (while the file is closed)."""
    with recorded(log, {}):
        try:
            counts = await world.run()
        except EnvironmentProblem as problem:
            return "cannot be" in str(problem)
    return counts[State.ACCEPTED] == PEOPLE


@pytest.mark.parametrize("failure", [apsw.IOError, apsw.FullError])
@ALL
@pytest.mark.asyncio
async def test_a_disk_that_fails_at_any_write_stops_the_sending(
    make_world: Make, provider: str, failure: type[apsw.Error]
) -> None:
    """Whatever left has its intent on the disk; the next run ends the campaign, with nobody twice or lost."""
    whole = Log()
    with recorded(whole, {}):
        await make_world(provider, people=PEOPLE).run()
    step = 2
    for number in range(1 + (failure is apsw.FullError), whole.changes + 1, step):
        log = Log(fails_at=number, failure=failure)
        world = make_world(provider, people=PEOPLE)
        told = await run_until(world, log)

        assert told, f"write {number} failed, and the run did not say so"
        assert not await without_intent(world, world.seen), f"write {number} failed, and a request left without intent"
        world.clock.moment += timedelta(minutes=5)
        counts = await world.run()
        assert all(times == 1 for times in world.reached.values())
        assert sum(counts.values()) == PEOPLE
        assert len(world.reached) <= counts[State.ACCEPTED] + counts[State.UNKNOWN]


def test_a_file_that_may_not_grow_ends_the_command_with_4(tmp_path: Path) -> None:
    """The real command under a limit of the file's size: exit 4, and the same command ends it with room again."""
    with VendorSide() as vendors:
        world = vendors.open()
        spec = campaigns.write(tmp_path, "toingg", vendors.address(world, "toingg"), people=40)

        first = subprocess.run(
            campaigns.command("send", spec.name, "--yes"),
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            preexec_fn=small_files,
            check=False,
        )
        before = vendors.requests(world)
        campaigns.finish(spec)

        assert first.returncode == 4
        assert "nothing further is sent" in first.stderr
        assert 1 < before < 41
        verdict = campaigns.judge(spec, vendors.reached(world), people=40)
        assert not verdict.broken
        assert verdict.unknown <= 4


def small_files() -> None:
    """Let no file of this process grow beyond what a few dozen entries of the journal take."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
@pytest.mark.asyncio
async def test_a_folder_that_takes_no_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Where no journal can be made, opening says why, and nobody gets as far as sending."""

    def refuse(*_: Any) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", refuse)

    with pytest.raises(EnvironmentProblem, match=os.strerror(code)):
        await SqliteJournal.open(tmp_path / "journal.db", now=START)


@pytest.mark.asyncio
async def test_a_journal_that_can_only_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that is mounted read-only, nothing is sent from a journal that is there."""
    path = tmp_path / "journal.db"
    await (await SqliteJournal.open(path, now=START)).close()
    honest = sqlite3.connect

    def connect(database: Path, **options: Any) -> sqlite3.Connection:
        opened: sqlite3.Connection = honest(f"file:{database}?mode=ro", uri=True, **options)
        return opened

    monkeypatch.setattr(sqlite3, "connect", connect)

    with pytest.raises(EnvironmentProblem, match="cannot be opened"):
        await SqliteJournal.open(path, now=START)


@pytest.mark.parametrize(
    ("given", "provider"),
    [
        (signal.SIGINT, "toingg"),
        (signal.SIGTERM, "contactswing"),
        (signal.SIGHUP, "tingting"),
        (signal.SIGKILL, "toingg"),
    ],
)
def test_a_signal_in_the_middle_neither_repeats_nor_loses(tmp_path: Path, given: signal.Signals, provider: str) -> None:
    """Whichever signal ends the real command, the next one goes on where it stood."""
    with VendorSide() as vendors:
        world = vendors.open(slow=0.01)
        spec = campaigns.write(tmp_path, provider, vendors.address(world, provider))
        process = campaigns.start(spec)
        while vendors.requests(world) < 2 and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(given)
        code = process.wait(timeout=60)
        campaigns.finish(spec)

        verdict = campaigns.judge(spec, vendors.reached(world))

    # It may just have ended by itself, or be on its way out.
    assert code in ({-signal.SIGKILL} if given is signal.SIGKILL else {130, 0, -given})
    assert not verdict.broken
    assert given is signal.SIGKILL or verdict.unknown == 0
