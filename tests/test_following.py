"""Following a campaign: every end is learnt, the journal is held for moments only, and it ends by itself."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest
from click.testing import CliRunner
from losses import campaign, journal_of
from worlds import START, SteppedClock

import outreach
from outreach.cli import cli
from outreach.delivery import brief
from outreach.delivery.sqlite import SqliteJournal
from outreach.following import LATER, MOST_FAILURES
from outreach.model import AiCallContent, Campaign, Channel, Messages, Route, Status, Template, moved
from outreach.plugins import load_plugins
from outreach.provider import Received, Response
from outreach.sandbox import SandboxServer

PLUGINS = load_plugins()
SCRIPT = Template.parse("Speak kindly, and say when the fee is due. " * 6)


def people(*endings: str) -> list[dict[str, str]]:
    """Give people whose numbers end so."""
    return [{"phone": f"+97796100{ending.rjust(5, '1')}", "id": ending} for ending in endings]


@attrs.define
class World:
    """Vendors over loopback, at a time that only sleep moves."""

    folder: Path
    provider: str
    server: SandboxServer
    clock: SteppedClock

    def campaign(self, *endings: str, **changes: Any) -> Campaign:
        """Give a campaign to people whose numbers end so."""
        settings = PLUGINS.provider(self.provider).sandbox
        here = moved(settings, self.server.base_url(self.provider))
        made = campaign(self.folder, self.provider, **here)
        contacts = outreach.Contacts(sources=people(*endings), country="NP")
        script = AiCallContent(script=SCRIPT, ask={"will_pay": "Did they promise to pay?"})
        return attrs.evolve(made, contacts=contacts, messages=Messages(ai_call=script), **changes)

    async def follow(self, one: Campaign, **options: Any) -> outreach.Followed:
        """Follow it."""
        return await outreach.afollow(one, clock=self.clock, rng=random.Random(1), **options)

    async def report(self, one: Campaign) -> dict[str, outreach.DeliveryRow]:
        """Give the report by the end of the number."""
        return {row.contact_id: row async for row in outreach.areport(one)}


@asynccontextmanager
async def world(folder: Path, provider: str) -> AsyncIterator[World]:
    """Start the vendors."""
    clock = SteppedClock()
    async with SandboxServer(PLUGINS.providers, clock=clock.now) as server:
        yield World(folder, provider, server, clock)


@pytest.mark.asyncio
async def test_tingting_tells_status_credits_seconds_and_playback(tmp_path: Path) -> None:
    """Everybody whose call came to an end is final; who still rings when all is over is told with the reason."""
    async with world(tmp_path, "tingting") as vendors:
        one = vendors.campaign("11", "9901", "9903", "9904", "9905", "9906")
        await outreach.asend(one, clock=vendors.clock)
        followed = await vendors.follow(one)
        rows = await vendors.report(one)

    assert {ending: row.status for ending, row in rows.items()} == {
        "11": Status.ANSWERED,
        "9901": Status.NO_ANSWER,
        "9903": Status.FAILED,
        "9904": Status.CANCELLED,
        "9905": Status.SENT,
        "9906": Status.UNKNOWN,
    }
    assert (rows["11"].credits, rows["11"].duration, rows["11"].playback) == (1.0, 12.0, 91.0)
    assert rows["9906"].word == "number changed"
    assert (followed.final, followed.open, followed.exit_code) == (4, 0, 0)
    assert [(end.provider, end.deliveries) for end in followed.ended] == [("tingting", 2)]
    assert "Completed" in followed.ended[0].reason


@pytest.mark.asyncio
async def test_toingg_tells_seconds_answers_and_what_was_said(tmp_path: Path) -> None:
    """Each call is asked about by its id; whose call has no name is told with the reason."""
    async with world(tmp_path, "toingg") as vendors:
        one = vendors.campaign("11", "01", "02", "04")
        await outreach.asend(one, clock=vendors.clock)
        followed = await vendors.follow(one)
        rows = await vendors.report(one)

    assert (rows["11"].status, rows["11"].duration) == (Status.ANSWERED, 57.0)
    assert rows["11"].answers == {"will_pay": "yes"}
    assert rows["11"].transcript == "assistant: नमस्ते\nuser: हजुर"
    assert (rows["02"].status, rows["01"].word) == (Status.FAILED, "no-answer")
    assert {end.reason[:30] for end in followed.ended} == {
        "Toingg says that the call has ",
        "Toingg did not say the id of t",
    }
    assert (followed.final, followed.open) == (2, 0)


@pytest.mark.asyncio
async def test_twilio_is_asked_by_sid(tmp_path: Path) -> None:
    """One message or call at a time, until its status is an end."""
    settings = PLUGINS.provider("twilio").sandbox
    one = attrs.evolve(
        campaign(tmp_path, "toingg"),
        routes=tuple(Route(channel=channel, providers=("twilio",)) for channel in (Channel.SMS, Channel.VOICE)),
        providers={"twilio": settings},
    )
    await outreach.asend(one, sandbox=True, clock=SteppedClock())
    followed = await outreach.afollow(one, sandbox=True, clock=SteppedClock(), every=600.0)
    rows = [row async for row in outreach.areport(one, sandbox=True)]

    assert (followed.final, followed.open, followed.ended) == (6, 0, ())
    assert {(row.channel, row.status) for row in rows} == {("sms", Status.DELIVERED), ("voice", Status.ANSWERED)}
    assert all((row.duration is not None) == (row.channel == "voice") for row in rows)


@pytest.mark.asyncio
async def test_contactswing_ends_with_the_hand_over(tmp_path: Path) -> None:
    """Nobody can be asked about, and that is said; no account is needed to find out."""
    settings = PLUGINS.provider("contactswing").sandbox
    one = attrs.evolve(
        campaign(tmp_path, "toingg"),
        routes=(Route(channel=Channel.WHATSAPP, providers=("contactswing",)),),
        providers={"contactswing": settings},
        messages=Messages(whatsapp=outreach.WhatsappContent(template="fee_due", language="en", body=())),
    )
    await outreach.asend(one, sandbox=True, clock=SteppedClock())
    followed = await outreach.afollow(one, sandbox=True, clock=SteppedClock())

    assert [(end.provider, end.deliveries) for end in followed.ended] == [("contactswing", 3)]
    assert followed.ended[0].reason.startswith("handed over: ")
    assert (followed.polls, followed.open, followed.exit_code) == (1, 0, 0)


@pytest.mark.asyncio
async def test_the_journal_is_free_between_two_rounds(tmp_path: Path) -> None:
    """While a follow waits, another process may send; while it reads, a send waits a moment and goes on."""
    async with world(tmp_path, "toingg") as vendors:
        one = vendors.campaign("03")
        await outreach.asend(one, clock=vendors.clock)
        rounds: list[int] = []
        begun = asyncio.Event()

        def watch(progress: outreach.Progress) -> None:
            rounds.append(progress.done)
            begun.set()

        following = asyncio.create_task(vendors.follow(one, within=600.0, watch=watch))
        await begun.wait()
        other = attrs.evolve(one, name="other", contacts=outreach.Contacts(sources=people("12")))
        summary = await outreach.asend(other)
        await following

    assert summary.deliveries[outreach.State.ACCEPTED] == 1
    assert len(rounds) > 15
    assert not brief.beside(journal_of(tmp_path)).exists()


@pytest.mark.asyncio
async def test_a_follow_waits_for_a_send(tmp_path: Path) -> None:
    """A journal that a send holds is looked at again, and that is said; it is no error."""
    async with world(tmp_path, "tingting") as vendors:
        one = vendors.campaign("11")
        await outreach.asend(one, clock=vendors.clock)
        notes: list[str] = []
        noted = asyncio.Event()

        def watch(seen: outreach.Progress) -> None:
            notes.append(seen.note)
            noted.set()

        held = await SqliteJournal.open(journal_of(tmp_path), now=START)
        following = asyncio.create_task(vendors.follow(one, watch=watch))
        await noted.wait()
        await held.close()
        followed = await following

    assert "a send is at work" in notes[0]
    assert followed.final == 1


@pytest.mark.asyncio
async def test_who_holds_a_journal_briefly_is_waited_for(tmp_path: Path) -> None:
    """With the mark beside it a journal in use is tried again; without it, or after a while, it is refused."""
    path, clock = tmp_path / "journal.db", SteppedClock()
    async with brief.held_briefly(path, clock):
        with pytest.raises(outreach.JournalInUse):
            await brief.open_soon(path, clock)
        assert clock.now() >= START + timedelta(seconds=brief.PATIENCE)
        brief.beside(path).unlink()
        before = clock.now()
        with pytest.raises(outreach.JournalInUse):
            await brief.open_soon(path, clock)

    assert clock.now() == before
    async with await brief.open_soon(path, clock):
        pass


@pytest.mark.asyncio
async def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    """``stop`` ends it at once, ``within`` before the round that would be too late; what was learnt is kept."""
    async with world(tmp_path, "toingg") as vendors:
        one = vendors.campaign("03", "02")
        await outreach.asend(one, clock=vendors.clock)
        short = await vendors.follow(one, every=10.0, within=25.0)
        stop = asyncio.Event()
        stopped = await vendors.follow(one, stop=stop, watch=lambda _: stop.set())
        rows = await vendors.report(one)

    assert (short.polls, short.open, short.exit_code) == (3, 1, 0)
    assert (stopped.polls, stopped.interrupted, stopped.exit_code) == (1, True, 130)
    assert rows["02"].status is Status.FAILED


@pytest.mark.asyncio
async def test_a_campaign_that_begins_later_is_not_asked_about_before(tmp_path: Path) -> None:
    """The first question waits for the start that the vendor was told."""
    start = START + timedelta(hours=20)
    async with world(tmp_path, "tingting") as vendors:
        one = vendors.campaign("11", schedule=outreach.Schedule(start=start, zone="Asia/Kathmandu"))
        await outreach.asend(one, clock=vendors.clock)
        followed = await vendors.follow(one)

    assert vendors.clock.now() >= start
    assert followed.polls <= 3
    assert followed.final == 1


@pytest.mark.asyncio
async def test_an_account_that_is_refused_ends_it(tmp_path: Path) -> None:
    """A 401 is not asked again; exit 4."""
    async with world(tmp_path, "tingting") as vendors:
        one = vendors.campaign("11")
        await outreach.asend(one, clock=vendors.clock)
        expired = attrs.evolve(one.providers["tingting"], token=outreach.Secret(value="expired"))
        followed = await vendors.follow(attrs.evolve(one, providers={"tingting": expired}))

    assert (followed.polls, followed.exit_code) == (1, 4)
    assert followed.ended[0].deliveries == 1


@pytest.mark.asyncio
async def test_a_vendor_that_is_down_is_given_up_after_a_while(tmp_path: Path) -> None:
    """A few rounds without any answer, then exit 5, with the reason."""
    async with world(tmp_path, "tingting") as vendors:
        one = vendors.campaign("11")
        await outreach.asend(one, clock=vendors.clock)
    followed = await vendors.follow(one)

    assert (followed.polls, followed.exit_code) == (MOST_FAILURES, 5)
    assert followed.ended[0].deliveries == 1


@pytest.mark.asyncio
async def test_a_vendor_that_cannot_be_understood_is_given_up_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few rounds of answers that nobody can read, then exit 5, with the reason."""
    async with world(tmp_path, "toingg") as vendors:
        one = vendors.campaign("11")
        await outreach.asend(one, clock=vendors.clock)
        monkeypatch.setattr(
            vendors.server.emulators["toingg"], "answer", lambda *_: Response(status=200, body=b"\0\xff<html>")
        )
        followed = await vendors.follow(one)

    assert (followed.polls, followed.exit_code) == (MOST_FAILURES, 5)
    assert "read" in followed.ended[0].reason


@pytest.mark.asyncio
async def test_answers_that_come_late_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that has ended is asked about a few more times until its answers are there, and then no more."""
    async with world(tmp_path, "toingg") as vendors:
        one = vendors.campaign("11")
        await outreach.asend(one, clock=vendors.clock)
        emulator = vendors.server.emulators["toingg"]
        usual, asked = emulator.answer, []

        def answer(received: Received, now: datetime) -> Response:
            asked.append(received.path)
            if received.path == "get_post_call_analysis" and asked.count(received.path) < LATER:
                return Response.of({"status": True, "result": None})
            return usual(received, now)

        monkeypatch.setattr(emulator, "answer", answer)
        followed = await vendors.follow(one)
        rows = await vendors.report(one)

    assert rows["11"].answers == {"will_pay": "yes"}
    assert asked.count("get_post_call_analysis") == LATER
    assert followed.open == 0


@pytest.mark.asyncio
async def test_answers_that_are_refused_harm_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only third parties know may not be there: status and seconds are kept, and it ends."""
    async with world(tmp_path, "toingg") as vendors:
        one = vendors.campaign("11")
        await outreach.asend(one, clock=vendors.clock)
        emulator = vendors.server.emulators["toingg"]
        usual = emulator.answer

        def answer(received: Received, now: datetime) -> Response:
            gone = received.path.startswith("get_")
            return Response.of({"detail": "Not Found"}, 404) if gone else usual(received, now)

        monkeypatch.setattr(emulator, "answer", answer)
        followed = await vendors.follow(one)
        rows = await vendors.report(one)

    assert (rows["11"].status, rows["11"].duration, rows["11"].answers) == (Status.ANSWERED, 57.0, {})
    assert (followed.final, followed.open) == (1, 0)


@pytest.mark.asyncio
async def test_nothing_sent_is_nothing_to_follow(tmp_path: Path) -> None:
    """Without a journal there is nobody to ask about, and none is made."""
    followed = await outreach.afollow(campaign(tmp_path, "tingting"))

    assert (followed.polls, followed.final, followed.open) == (1, 0, 0)
    assert not journal_of(tmp_path).exists()


SPEC = """\
outreach: 1
name: fees
message: "नमस्कार {name|ग्राहक}, your fee is due."
contacts: {country: NP, from: [{phone: "9610000011"}, {phone: "9610009901"}]}
routes: [{voice: tingting}]
providers: {tingting: {token: {env: TINGTING_TOKEN}, senders: [3], voice: 3}}
"""


def test_the_command_follows_in_the_sandbox(tmp_path: Path) -> None:
    """``send --sandbox`` and ``status --follow --sandbox`` end; --json is one object; the report has it all."""
    path = tmp_path / "campaign.yaml"
    path.write_text(SPEC, encoding="utf-8")

    def run(*words: str) -> Any:
        done = CliRunner().invoke(cli, [*words, "--sandbox"])
        assert done.exit_code == 0, done.output
        return done.stdout

    run("send", str(path))
    shape = orjson.loads(run("status", str(path), "--follow", "--json"))
    told = run("status", str(path), "--follow", "--every", "5", "--within", "0")
    rows = orjson.loads(run("report", str(path), "--json"))

    assert shape["statuses"] == {"answered": 1, "no_answer": 1}
    assert shape["follow"] == {"polls": 2, "changed": 4, "final": 2, "open": 0, "interrupted": False, "ended": []}
    assert "2 final, 0 still open, after 1 round of questions" in told
    assert [(row["credits"], row["duration"], row["playback"]) for row in rows] == [(1.0, 12.0, 91.0), (0.0, 0.0, None)]


def test_every_and_within_go_with_follow(tmp_path: Path) -> None:
    """Without --follow they are a mistake."""
    path = tmp_path / "campaign.yaml"
    path.write_text(SPEC, encoding="utf-8")

    assert CliRunner().invoke(cli, ["status", str(path), "--every", "5"]).exit_code == 2
