"""``outreach stop``: seen by a send in another process before every request, and by the next send."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner, Result
from losses import campaign, journal_of
from worlds import START, SteppedClock

import outreach
from outreach.cli import cli
from outreach.delivery import stopping
from outreach.delivery.journal import CampaignKey, LoadOutcome, NewBatch, NewSlice, People, Stage
from outreach.delivery.sqlite import SqliteJournal
from outreach.delivery.stopping import StopFlag, Wish
from outreach.errors import EnvironmentProblem
from outreach.model import Channel, State
from outreach.plugins import load_plugins
from outreach.sandbox import SandboxServer

KEY = CampaignKey("fees", 1)


def wish(name: str = "fees", by: str = "sita") -> Wish:
    """Give a wish."""
    return Wish(campaign=name, round=1, by=by, at=START)


def test_a_wish_is_written_once_and_taken_back(tmp_path: Path) -> None:
    """The first wish of a campaign counts; those of others stay when it is taken back; the file is private."""
    path = tmp_path / "j.db.stop.json"

    for one in (wish(), wish("other"), wish(by="hari")):
        stopping.ask(path, one)

    assert list(stopping.wishes(path)) == [wish(), wish("other")]
    assert path.stat().st_mode & 0o777 == 0o600
    assert (stopping.clear(path, KEY), stopping.clear(path, KEY)) == (True, False)
    assert list(stopping.wishes(path)) == [wish("other")]
    assert stopping.clear(path, wish("other").key)
    assert not path.exists()


def test_wishes_of_several_campaigns_at_once_are_all_kept(tmp_path: Path) -> None:
    """Two operators stop two campaigns in the same moment, again and again: neither wish is lost, none fails."""
    path = tmp_path / "journal.db.stop.json"

    def ask(number: int) -> None:
        stopping.ask(path, Wish(campaign=f"c{number}", round=1, by="सीता", at=START))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(64)))

    assert {one.campaign for one in stopping.wishes(path)} == {f"c{number}" for number in range(64)}


def test_the_flag_looks_now_and_then_and_stays(tmp_path: Path) -> None:
    """It looks at the disk at most every 50 milliseconds, is about one campaign, and does not go down in a run."""
    path, now = tmp_path / "j.db.stop.json", [0.0]
    flag = StopFlag(path, KEY, lambda: now[0])
    assert not flag()

    stopping.ask(path, wish("other"))
    now[0] = 0.06
    assert not flag()
    stopping.ask(path, wish())
    now[0] = 0.1
    assert not flag()
    now[0] = 0.12
    assert flag()
    stopping.clear(path, KEY)

    now[0] = 9.0
    assert flag()


def test_a_file_that_cannot_be_read_stops(tmp_path: Path) -> None:
    """Whoever writes that file by hand wants an end; the next command says what is wrong with it."""
    path = tmp_path / "j.db.stop.json"
    path.write_text("stop!")

    assert StopFlag(path, KEY, lambda: 0.0)()
    with pytest.raises(outreach.EnvironmentProblem, match=r"stop\.json"):
        stopping.ask(path, wish())


def test_a_wish_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """Nobody believes that a campaign is stopped when no file says so."""
    (tmp_path / "j.db.stop.json.new").mkdir()
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        stopping.ask(tmp_path / "j.db.stop.json", wish())


def test_a_wish_may_come_before_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is made where it is missing, for its owner alone; what was asked for outlives a power cut."""
    path, synced = tmp_path / "a" / "b" / "j.db.stop.json", []
    monkeypatch.setattr("os.fsync", lambda file: synced.append(os.fstat(file).st_size))

    stopping.ask(path, wish())

    assert list(stopping.wishes(path)) == [wish()]
    assert synced == [path.stat().st_size]
    assert path.parent.stat().st_mode & 0o777 == 0o700


def live(one: outreach.Campaign, server: SandboxServer, provider: str) -> outreach.Campaign:
    """Give the campaign with its account at a stand-in."""
    account = attrs.evolve(
        one.providers[provider], base_url=server.base_url(provider), token=outreach.Secret(value="any")
    )
    return attrs.evolve(one, providers={provider: account})


def many(folder: Path, provider: str, number: int, **settings: Any) -> outreach.Campaign:
    """Give a campaign to many people."""
    people = [{"phone": f"+9779610{index:04d}11", "id": f"c{index}"} for index in range(number)]
    return attrs.evolve(campaign(folder, provider, **settings), contacts=outreach.Contacts(sources=people))


@pytest.mark.asyncio
async def test_a_stop_in_the_middle_ends_the_send(tmp_path: Path) -> None:
    """No further request; the rest is not attempted with reason stopped, nothing is unknown, and exit is 1."""
    clock = SteppedClock()
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        one = live(many(tmp_path, "toingg", 40, concurrency=1, pace=10.0), server, "toingg")

        def watch(progress: outreach.Progress) -> None:
            if progress.accepted == 5:
                stopping.ask(stopping.beside(journal_of(tmp_path)), wish())

        summary = await outreach.asend(one, clock=clock, watch=watch)

        assert len(server.emulators["toingg"].reached) == summary.deliveries[State.ACCEPTED] == 5
    assert (summary.stopped, summary.interrupted, summary.exit_code) == (True, False, 1)
    assert dict(summary.reasons) == {(State.PLANNED, "stopped"): 35}
    assert summary.deliveries[State.UNKNOWN] == 0


@pytest.mark.asyncio
async def test_a_stop_between_intent_and_write_is_seen(tmp_path: Path) -> None:
    """The last look is after the intent is on the disk: that request is not made, and is known not to be."""
    from outreach.delivery import lane

    clock = SteppedClock()
    seen = []
    flag_at = 3

    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        one = live(many(tmp_path, "toingg", 10, concurrency=1), server, "toingg")
        original = lane.Lane._once

        async def once(self: Any, attempt: Any, turn: float) -> Any:
            seen.append(attempt)
            if len(seen) == flag_at:
                stopping.ask(stopping.beside(journal_of(tmp_path)), wish())
                await clock.sleep(0.1)
            return await original(self, attempt, turn)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lane.Lane, "_once", once)
            summary = await outreach.asend(one, clock=clock)

        assert len(server.emulators["toingg"].reached) == flag_at - 2
    assert summary.deliveries[State.UNKNOWN] == 0
    assert summary.stopped


@pytest.mark.asyncio
async def test_a_long_wait_hears_of_a_stop(tmp_path: Path) -> None:
    """A send that waits for its hour ends within a second or so of being asked to."""
    clock = SteppedClock()
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        later = outreach.Schedule(start=START + timedelta(hours=3), zone="Asia/Kathmandu")
        one = live(attrs.evolve(campaign(tmp_path, "toingg"), schedule=later), server, "toingg")
        sleep = clock.sleep

        async def counted(seconds: float) -> None:
            await sleep(seconds)
            if clock.now() >= START + timedelta(minutes=10):
                stopping.ask(stopping.beside(journal_of(tmp_path)), wish())

        clock.sleep = counted  # type: ignore[method-assign]  # the test's own clock
        summary = await outreach.asend(one, clock=clock, wait=True)

    assert summary.stopped
    assert clock.now() < START + timedelta(minutes=10, seconds=5)


@pytest.mark.asyncio
async def test_a_stopped_campaign_does_not_begin_until_it_is_cleared(tmp_path: Path) -> None:
    """The next send refuses with the remedy and contacts nobody; other campaigns of the journal go out."""
    clock = SteppedClock()
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        one = live(campaign(tmp_path, "toingg"), server, "toingg")
        other = attrs.evolve(one, name="other")
        stopped = await outreach.astop(one, clock=clock, by="sita")

        with pytest.raises(outreach.Refused, match="--clear"):
            await outreach.asend(one, clock=clock)
        assert server.emulators["toingg"].reached == []
        assert (await outreach.asend(other, clock=clock)).exit_code == 0
        assert outreach.unstop(one)
        assert (await outreach.asend(one, clock=clock)).exit_code == 0

    assert (stopped.wish.by, stopped.running, stopped.slipped) == ("sita", False, 0)


@pytest.mark.asyncio
async def test_settling_goes_on_while_a_campaign_is_stopped(tmp_path: Path) -> None:
    """To find out what happened is no request that a stop forbids."""
    clock = SteppedClock()
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        one = live(campaign(tmp_path, "toingg"), server, "toingg")
        await outreach.asend(one, clock=clock)
        await outreach.astop(one, clock=clock)

        assert (await outreach.asettle(one, clock=clock)).exit_code == 0


@pytest.mark.asyncio
async def test_what_slipped_through_is_counted(tmp_path: Path) -> None:
    """Whoever was accepted at or after the first wish slipped through; whoever was before did not."""
    one, minute = campaign(tmp_path, "toingg"), timedelta(minutes=1)
    new = NewSlice(
        number=0, provider="toingg", channels=(Channel.AI_CALL,), zone="UTC", fingerprint="f", title="t", marker="m"
    )
    batches = [
        NewBatch(slice_number=0, people=People(phones=[f"+9779610{index:04d}11"], ids=[""], rows=[index]))
        for index in range(5)
    ]
    fates = [(Stage.ACCEPTED, -minute), (Stage.ACCEPTED, 0 * minute), (Stage.ACCEPTED, minute), (Stage.UNKNOWN, minute)]
    async with await SqliteJournal.open(journal_of(tmp_path), now=START) as journal:
        ids = await journal.replan(KEY, digest="d", rows={}, slices=[new], batches=batches, skipped=(), at=START)
        for seq, (stage, after) in enumerate(fates):
            await journal.intend_load(ids[0], seq, digest="x", reaches=True, at=START - minute)
            await journal.conclude_load(ids[0], seq, LoadOutcome(stage=stage), at=START + after)
    stopping.ask(stopping.beside(journal_of(tmp_path)), wish())
    clock = SteppedClock()
    clock.moment += 5 * minute

    found = await outreach.astop(one, clock=clock, by="hari")

    assert (found.slipped, found.unknown, found.left) == (2, 1, 1)
    assert found.wish == wish()


@pytest.mark.asyncio
async def test_a_send_that_does_not_end_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    """After its patience the stop says that the send is still finishing; the wish stands."""
    one, clock = campaign(tmp_path, "toingg"), SteppedClock()
    async with await SqliteJournal.open(journal_of(tmp_path), now=START):
        found = await outreach.astop(one, clock=clock, patience=3.0)

    assert found.running
    assert START + timedelta(seconds=3) <= clock.now() < START + timedelta(seconds=4)
    assert list(stopping.wishes(stopping.beside(journal_of(tmp_path)))) == [found.wish]


@pytest.mark.asyncio
async def test_vendors_are_asked_where_they_can_be(tmp_path: Path) -> None:
    """TingTing is asked to stop what was launched there, by an undocumented request, only when that is wanted."""
    clock = SteppedClock()
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        later = outreach.Schedule(start=START + timedelta(hours=3), zone="Asia/Kathmandu")
        one = live(attrs.evolve(campaign(tmp_path, "tingting"), schedule=later), server, "tingting")
        await outreach.asend(one, clock=clock)

        silent = await outreach.astop(one, clock=clock)
        asked = await outreach.astop(one, clock=clock, vendor=True)
        clock.moment += timedelta(hours=5)
        await outreach.asettle(one, clock=clock)

        assert server.emulators["tingting"].reached == []
    assert [provider for _, provider in silent.launched] == ["tingting"]
    assert silent.vendors == ()
    assert [each.stopped for each in asked.vendors] == [True]
    assert "its pages do not say" in asked.vendors[0].reason


@pytest.mark.asyncio
async def test_a_vendor_that_does_not_confirm_is_said(tmp_path: Path) -> None:
    """A vendor that does not know the request leaves the campaign going on, and that is told."""
    clock = SteppedClock()
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        one = live(campaign(tmp_path, "tingting"), server, "tingting")
        await outreach.asend(one, clock=clock)
        server.emulators["tingting"].campaigns.clear()  # type: ignore[attr-defined]  # TingTing's has them

        asked = await outreach.astop(one, clock=clock, vendor=True)

    assert [(each.stopped, "did not confirm" in each.reason) for each in asked.vendors] == [(False, True)]


SPEC = """\
outreach: 1
name: fees
message: "नमस्कार, your fee is due."
messages: {ai_call: {first_line: "नमस्कार", language: hindi, voice: swara}}
routes: [ai_call: toingg]
contacts: {from: contacts.csv, country: NP}
providers: {toingg: {token: {env: NOT_SET}, concurrency: 1}}
"""


def test_a_stop_from_another_process(tmp_path: Path) -> None:
    """The real command stops the real send, which ends with 1 and the way to go on, until the stop is taken back."""
    (tmp_path / "contacts.csv").write_text("phone\n9610000111\n9610000211\n", encoding="utf-8")
    later = 'schedule: {start: "2099-01-01T10:00:00+05:45"}\n'
    (tmp_path / "spec.yaml").write_text(SPEC + later, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}

    def command(*words: str) -> list[str]:
        return [sys.executable, "-m", "outreach", words[0], "spec.yaml", "--sandbox", *words[1:]]

    def outreach_(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*words), cwd=tmp_path, env=environment, text=True, capture_output=True, check=False, timeout=120
        )

    running = subprocess.Popen(
        command("send", "--wait", "--json"),
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / ".outreach" / "sandbox.db.live.json").exists():
        assert running.poll() is None
        time.sleep(0.01)
    stopped = outreach_("stop", "--json")
    out, said = running.communicate(timeout=60)
    told = json.loads(out)

    assert stopped.returncode == 0, stopped.stderr
    assert (running.returncode, told["stopped"], told["interrupted"]) == (1, True, False)
    assert "outreach stop spec.yaml --sandbox --clear" in said
    assert json.loads(stopped.stdout)["left"] == told["deliveries"]["planned"] == 2
    assert outreach_("send").returncode == 3
    assert outreach_("stop", "--clear").returncode == 0
    assert outreach_("send").returncode == 0


@pytest.fixture
def outreach_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give what runs a command about a campaign file in an empty folder."""
    monkeypatch.delenv("OUTREACH_JOURNAL", raising=False)
    (tmp_path / "contacts.csv").write_text("phone\n9610000111\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, [words[0], str(tmp_path / "spec.yaml"), "--sandbox", *words[1:]])

    return run


def test_stopping_from_the_command_line(outreach_: Any) -> None:
    """It says what slipped through, what is left and how to go on; taking back what was not asked for is no error."""
    assert outreach_("send").exit_code == 0

    done = outreach_("stop")

    assert done.exit_code == 0
    assert "Stopped. 0 deliveries slipped through" in done.stdout
    assert "--clear" in done.stdout
    assert outreach_("send").exit_code == 3
    assert "The stop is taken back" in outreach_("stop", "--clear").stderr
    assert "It was not stopped" in outreach_("stop", "--clear").stderr
    assert outreach_("stop", "--clear", "--vendor").exit_code == 2
