"""``outreach settle``: vendors are asked about everything unknown, and people about the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest
from click.testing import CliRunner, Result
from losses import ANN, BIM, CHI, campaign, journal_of, lost_calls, planned
from worlds import KEY, START, SteppedClock

import outreach
from outreach.cli import cli
from outreach.delivery.journal import LoadOutcome, NewBatch, NewSlice, People, Stage, Step, StepState
from outreach.delivery.sqlite import SqliteJournal
from outreach.model import Channel, State
from outreach.plugins import load_plugins
from outreach.sandbox import SandboxServer


async def lost_opening(folder: Path, provider: str) -> outreach.Campaign:
    """Leave a journal in which the answer to the request that makes the campaign was lost."""
    one = campaign(folder, provider)
    async with await SqliteJournal.open(journal_of(folder), now=START) as journal:
        slice_id = await planned(journal, one)
        await journal.intend_step(slice_id, Step.OPEN, 0, digest="x", reaches=False, at=START)
        await journal.conclude_step(slice_id, Step.OPEN, 0, StepState.UNKNOWN, at=START, reason="timeout")
    return one


def rows(one: outreach.Campaign) -> dict[str, tuple[str, str]]:
    """Give state and reason by number."""
    return {row.phone: (row.state.value, row.reason) for row in outreach.report(one)}


def live(one: outreach.Campaign, server: SandboxServer, provider: str) -> outreach.Campaign:
    """Give the campaign with its account at a stand-in."""
    account = attrs.evolve(
        one.providers[provider], base_url=server.base_url(provider), token=outreach.Secret(value="any")
    )
    return attrs.evolve(one, providers={provider: account})


@pytest.mark.asyncio
async def test_what_the_vendor_does_not_have_is_proved_absent_after_a_while(tmp_path: Path) -> None:
    """At first "not found" proves nothing; with ``wait`` the clock is waited for, and the question put again."""
    one = await lost_opening(tmp_path, "tingting")
    clock = SteppedClock()
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        there = live(one, server, "tingting")

        soon = await outreach.asettle(there, clock=clock)
        waited = await outreach.asettle(there, clock=clock, wait=True)

    assert (soon.unknown, soon.unsettled, soon.exit_code) == (0, 1, 7)
    assert [each.opening for each in soon.slices] == [StepState.UNKNOWN]
    assert (waited.unsettled, waited.exit_code) == (0, 0)
    assert [each.opening for each in waited.slices] == [StepState.UNSENT]
    assert START + timedelta(seconds=60) <= clock.now() < START + timedelta(seconds=70)


@pytest.mark.asyncio
async def test_settling_contacts_nobody(tmp_path: Path) -> None:
    """Whatever is found, no request that reaches people is made."""
    one = await lost_opening(tmp_path, "tingting")
    clock = SteppedClock()
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        await outreach.asettle(live(one, server, "tingting"), clock=clock, wait=True)

        assert server.emulators["tingting"].reached == []


@pytest.mark.asyncio
async def test_a_load_that_never_arrived_is_planned_again(tmp_path: Path) -> None:
    """People whom the vendor does not list are found to be planned, person by person."""
    clock = SteppedClock()
    one = campaign(tmp_path, "tingting")
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        there = live(one, server, "tingting")
        fields = {"name": "fees [m4rk]", "services": "PHONE", "user_phone": [3], "message": "x", "sms_message": ""}
        made = _ask(server, "POST", "campaign/create/", {**fields, "description": "x", "schedule": None, "voice": 3})
        async with await SqliteJournal.open(journal_of(tmp_path), now=START) as journal:
            slice_id = await planned(journal, there)
            await journal.intend_step(slice_id, Step.OPEN, 0, digest="x", reaches=False, at=START)
            refs = {"campaign": str(made["id"])}
            await journal.conclude_step(slice_id, Step.OPEN, 0, StepState.ACCEPTED, at=START, refs=refs)
            await journal.intend_load(slice_id, 0, digest="x", reaches=False, at=START)
            await journal.conclude_load(slice_id, 0, LoadOutcome(stage=Stage.LOAD_UNKNOWN), at=START)

        settled = await outreach.asettle(there, clock=clock, wait=True)

    assert [dict(each.found) for each in settled.slices] == [{State.PLANNED: 3}]
    assert settled.exit_code == 0


def _ask(server: SandboxServer, method: str, path: str, body: Any) -> Any:
    from outreach.wire import Received

    received = Received(
        method=method,
        path=path,
        headers={"authorization": "Bearer any", "content-type": "application/json"},
        body=orjson.dumps(body),
    )
    return server.emulators["tingting"].answer(received, START).json()


@pytest.mark.asyncio
async def test_what_nobody_can_ask_stays_unknown(tmp_path: Path) -> None:
    """A vendor that cannot be asked leaves everything as it was, and that is said."""
    one = await lost_calls(tmp_path)
    async with SandboxServer(load_plugins().providers, clock=SteppedClock().now) as server:
        settled = await outreach.asettle(live(one, server, "toingg"), clock=SteppedClock(), wait=True)

    assert (settled.unknown, settled.exit_code) == (3, 7)
    assert [dict(each.found) for each in settled.slices] == [{State.UNKNOWN: 3}]


@pytest.mark.asyncio
async def test_a_persons_word(tmp_path: Path) -> None:
    """Numbers in any spelling of the campaign's country are marked; the others of the batch stay unknown."""
    one = await lost_calls(tmp_path)

    sent = await outreach.amark(one, ["961-0000111"], sent=True, by="sita", reason="heard it")
    unsent = await outreach.amark(one, [BIM], sent=False, by="sita")

    assert (sent.deliveries, sent.titles, unsent.titles) == (1, (), ("fees [m4rk]",))
    found = {row.phone: (row.state.value, row.reason) async for row in outreach.areport(one)}
    assert found == {
        ANN: ("accepted", "marked sent by sita: heard it"),
        BIM: ("planned", "marked unsent by sita"),
        CHI: ("unknown", "timeout"),
    }


@pytest.mark.asyncio
async def test_the_next_send_contacts_whoever_was_marked_unsent(tmp_path: Path) -> None:
    """Nobody else is contacted, and nobody twice."""
    one = await lost_calls(tmp_path)
    await outreach.amark(one, [BIM], sent=False)
    clock = SteppedClock()
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        summary = await outreach.asend(live(one, server, "toingg"), clock=clock)

        assert [reached.phone for reached in server.emulators["toingg"].reached] == [BIM]
    assert (summary.deliveries[State.ACCEPTED], summary.deliveries[State.UNKNOWN]) == (1, 2)


@pytest.mark.asyncio
async def test_everybody_can_be_marked_at_once(tmp_path: Path) -> None:
    """None stands for all who are unknown, and for nobody else."""
    one = await lost_calls(tmp_path, exceptions={2: (Stage.REJECTED, "Invalid number")})

    marked = await outreach.amark(one, None, sent=True, by="sita")

    assert marked.deliveries == 2
    found = {row.phone: row.state.value async for row in outreach.areport(one)}
    assert found == {ANN: "accepted", BIM: "accepted", CHI: "rejected"}


@pytest.mark.asyncio
async def test_only_what_nobody_knows_can_be_marked(tmp_path: Path) -> None:
    """Every mistake is named, numbers masked, and nobody is marked."""
    one = await lost_calls(tmp_path, exceptions={2: (Stage.REJECTED, "Invalid number")})

    with pytest.raises(outreach.SpecError) as raised:
        await outreach.amark(one, [ANN, CHI, "+9779610000999"], sent=True)

    said = [str(problem) for problem in raised.value.problems]
    assert len(said) == 2
    assert "is rejected on ai_call, not unknown" in said[0]
    assert "is in no delivery of this campaign" in said[1]
    assert all(CHI not in text for text in said)
    found = {row.phone: row.state.value async for row in outreach.areport(one)}
    assert found[ANN] == "unknown"


@pytest.mark.asyncio
async def test_a_number_that_is_unknown_twice_needs_its_channel(tmp_path: Path) -> None:
    """On which channel is meant must be said; the other one stays unknown."""
    one = await lost_calls(tmp_path)
    people = People(phones=[ANN], ids=[""], rows=[1])
    async with await SqliteJournal.open(journal_of(tmp_path), now=START) as journal:
        sms = NewSlice(
            number=0, provider="tingting", channels=(Channel.SMS,), zone="UTC", fingerprint="f", title="t", marker="m"
        )
        ids = await journal.replan(
            KEY,
            digest="d",
            rows={},
            slices=[sms],
            batches=[NewBatch(slice_number=0, people=people)],
            skipped=(),
            at=START,
        )
        await journal.intend_load(ids[0], 0, digest="x", reaches=True, at=START)
        await journal.conclude_load(ids[0], 0, LoadOutcome(stage=Stage.UNKNOWN), at=START)

    with pytest.raises(outreach.SpecError, match="more than one channel"):
        await outreach.amark(one, [ANN], sent=True)
    marked = await outreach.amark(one, [ANN], sent=True, channel=Channel.SMS)

    assert marked.deliveries == 1
    found = {(row.phone, row.channel): row.state.value async for row in outreach.areport(one)}
    assert (found[ANN, "sms"], found[ANN, "ai_call"]) == ("accepted", "unknown")


@pytest.mark.asyncio
async def test_a_lost_opening_can_be_marked_unsent(tmp_path: Path) -> None:
    """The campaign is made again by the next send, where the vendor cannot be asked."""
    one = await lost_opening(tmp_path, "toingg")

    marked = await outreach.amark_openings(one, by="sita")
    clock = SteppedClock()
    async with SandboxServer(load_plugins().providers, clock=clock.now) as server:
        summary = await outreach.asend(live(one, server, "toingg"), clock=clock)

    assert marked.openings == 1
    assert summary.deliveries[State.ACCEPTED] == 3
    with pytest.raises(outreach.SpecError, match="--phone"):
        await outreach.amark_openings(one)


@pytest.fixture
def outreach_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Give what runs a command about a campaign file in an empty folder."""
    (tmp_path / "contacts.csv").write_text("phone\n9610000111\n9610000211\n9610000311\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(
        "outreach: 1\nname: fees\nmessage: x\nroutes: [ai_call: toingg]\nproviders: {toingg: {token: {env: T}}}\n"
        "contacts: {from: contacts.csv, country: NP}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("T", "any")
    monkeypatch.setenv("USER", "sita")
    monkeypatch.setenv("LOGNAME", "sita")
    monkeypatch.delenv("OUTREACH_JOURNAL", raising=False)

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, [words[0], str(tmp_path / "spec.yaml"), *words[1:]])

    return run


def test_marking_from_the_command_line(outreach_: Any, tmp_path: Path) -> None:
    """Several numbers at once; who said so stands in the report, and what to look after is said."""
    import asyncio

    asyncio.run(lost_calls(tmp_path))

    done = outreach_("settle", "--mark", "unsent", "--phone", "9610000111", "--phone", BIM, "--reason", "no log")

    assert done.exit_code == 0
    assert "2 deliveries of 'fees' marked unsent" in done.stderr
    assert "make sure that 'fees [m4rk]' cannot run at the vendor" in done.stderr
    report = orjson.loads(outreach_("report", "--json").stdout)
    assert {row["phone"]: row["reason"] for row in report}[ANN] == "marked unsent by sita: no log"


def test_settling_from_the_command_line(outreach_: Any, tmp_path: Path) -> None:
    """What is still unknown is said with exit 7, and nothing with exit 0."""
    import asyncio

    asyncio.run(lost_calls(tmp_path))

    told = outreach_("settle")
    as_json = outreach_("settle", "--json")
    outreach_("settle", "--mark", "sent", "--all")
    done = outreach_("settle")

    assert (told.exit_code, as_json.exit_code, done.exit_code) == (7, 7, 0)
    assert "3 nobody can tell" in " ".join(told.stdout.split())
    assert "--mark sent --phone NUMBER" in told.stderr
    assert orjson.loads(as_json.stdout)["slices"][0]["found"] == {"unknown": 3}
    assert "Nothing was unknown." in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--phone", ANN),
        ("--all",),
        ("--reason", "x"),
        ("--mark", "sent"),
        ("--mark", "sent", "--phone", ANN, "--all"),
        ("--mark", "sent", "--all", "--wait"),
        ("--mark", "unsent"),
        ("--mark", "sent", "--phone", "12"),
    ],
)
def test_words_that_do_not_go_together(outreach_: Any, tmp_path: Path, words: tuple[str, ...]) -> None:
    """A mark says whom it is about, and nothing else does; exit 2, and nothing is changed."""
    import asyncio

    one = asyncio.run(lost_calls(tmp_path))

    assert outreach_("settle", *words).exit_code == 2
    assert {state for state, _ in rows(one).values()} == {"unknown"}
