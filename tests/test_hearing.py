"""What vendors post to a program's own web server, taken into the journal."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import attrs
import pytest

import outreach
from outreach import Channel, Contacts, DeliveryRow, Received, Route, State, Status, Template, hearing
from outreach.answers import Heard, Receipt
from outreach.delivery.journal import CampaignKey, Journal, LoadOutcome, NewBatch, NewSlice, People, Stage
from outreach.delivery.memory import MemoryJournal
from outreach.hearing import Notices
from outreach.planning.carrier import Carrier
from outreach_twilio import twilio

HOOK = "https://hooks.example.com/told?tenant=7"
PHONES = ("+12025550111", "+12025550112", "+12025550198")


def _campaign(**settings: Any) -> outreach.Campaign:
    return outreach.Campaign(
        name="fees",
        message=Template.parse("Your fee is due."),
        contacts=Contacts(sources=[{"number": phone} for phone in PHONES]),
        routes=(Route(channel=Channel.SMS, providers=("twilio",)),),
        providers={"twilio": attrs.evolve(twilio.sandbox, status_callback=HOOK, **settings)},
    )


def _post(url: str, token: str = "sandbox", **fields: str) -> Received:
    """Post as Twilio does, signed."""
    text = url + "".join(name + value for name, value in sorted(fields.items()))
    signed = base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return Received(
        method="POST",
        path=urlsplit(url).path,
        query=dict(parse_qsl(urlsplit(url).query)),
        headers={"x-twilio-signature": signed},
        body=urlencode(fields).encode(),
    )


def _told(row: DeliveryRow, word: str, url: str, **more: str) -> Received:
    return _post(url, MessageSid=row.vendor_id or "SM99", MessageStatus=word, To=row.phone, **more)


def _rows(campaign: outreach.Campaign, journal: Path) -> dict[str, DeliveryRow]:
    return {row.phone: row for row in outreach.report(campaign, journal=journal, sandbox=True)}


def _sent(campaign: outreach.Campaign, journal: Path) -> str:
    """Send in the sandbox; give the address that Twilio was told to post to."""
    outreach.send(campaign, journal=journal, sandbox=True)
    memory = next(journal.parent.glob("*.vendors.jsonl")).read_text(encoding="utf-8")
    bodies = [dict(parse_qsl(part)) for part in memory.split('"') if "StatusCallback" in part]
    return bodies[0]["StatusCallback"]


def test_what_is_posted_is_in_the_report(tmp_path: Path) -> None:
    """Later statuses stay, whatever order they come in, and the same post twice changes nothing."""
    campaign, journal = _campaign(), tmp_path / "journal.db"
    url = _sent(campaign, journal)
    rows = _rows(campaign, journal)
    posts = [_told(rows[PHONES[0]], word, url) for word in ("delivered", "sent")]
    posts.append(_told(rows[PHONES[1]], "undelivered", url, ErrorCode="30003"))

    first = outreach.heard(campaign, "twilio", posts, journal=journal, sandbox=True)
    again = outreach.heard(campaign, "twilio", posts[::-1], journal=journal, sandbox=True)

    rows = _rows(campaign, journal)
    assert (rows[PHONES[0]].status, rows[PHONES[1]].status) == (Status.DELIVERED, Status.FAILED)
    assert (first.changed, again.changed) == (2, 0)


def test_a_post_settles_what_nobody_knew(tmp_path: Path) -> None:
    """A lost answer leaves somebody unknown; the vendor's own post with our mark proves that it went out."""
    campaign, journal = _campaign(), tmp_path / "journal.db"
    url = _sent(campaign, journal)
    row = _rows(campaign, journal)[PHONES[2]]
    assert row.state is State.UNKNOWN

    notices = outreach.heard(campaign, "twilio", [_told(row, "sent", url)], journal=journal, sandbox=True)

    row = _rows(campaign, journal)[PHONES[2]]
    assert (row.state, row.status, row.vendor_id) == (State.ACCEPTED, Status.SENT, "SM99")
    assert (notices.settled, notices.changed) == (1, 1)


def test_without_our_mark_nothing_is_settled(tmp_path: Path) -> None:
    """A post to the same number that is not known to be about this campaign leaves the person unknown."""
    campaign, journal = _campaign(marker=False), tmp_path / "journal.db"
    assert _sent(campaign, journal) == HOOK
    rows = _rows(campaign, journal)
    posts = [_told(rows[PHONES[2]], "sent", HOOK), _post(HOOK, MessageSid="SM77", MessageStatus="read", To=PHONES[0])]

    outreach.heard(campaign, "twilio", posts, journal=journal, sandbox=True)

    rows = _rows(campaign, journal)
    assert rows[PHONES[2]].state is State.UNKNOWN
    assert rows[PHONES[0]].status is not Status.READ


def test_what_is_forged_strange_or_unreadable_is_counted_and_changes_nothing(tmp_path: Path) -> None:
    """Whoever does not know the account's token cannot write into the report."""
    campaign, journal = _campaign(), tmp_path / "journal.db"
    url = _sent(campaign, journal)
    row = _rows(campaign, journal)[PHONES[0]]
    other = url.replace("outreach=", "outreach=x")
    posts = [
        _post(url, "wrong", MessageSid=row.vendor_id, MessageStatus="read", To=row.phone),
        attrs.evolve(_told(row, "read", url), query={}),
        _told(row, "read", other),
        _post(url, MessageSid="SM1", MessageStatus="read", To="+12025550177"),
        _post(url, SmsSid="SM1"),
    ]

    notices = outreach.heard(campaign, "twilio", posts, journal=journal, sandbox=True)

    assert (notices.forged, notices.strange, notices.unreadable, notices.changed) == (2, 2, 1, 0)
    assert _rows(campaign, journal)[PHONES[0]].status is Status.QUEUED


def test_a_call_brings_its_seconds() -> None:
    """Of a call the post tells how long it was, and WhatsApp is told from text messages by its address."""
    (call,) = twilio.hear(_post(HOOK, CallSid="CA1", CallStatus="completed", To=PHONES[0], CallDuration="21"))
    (message,) = twilio.hear(_post(HOOK, MessageSid="SM1", MessageStatus="read", To=f"whatsapp:{PHONES[0]}"))
    assert (call.channel, call.receipt.status, call.receipt.duration) == (Channel.VOICE, Status.ANSWERED, 21.0)
    assert (message.channel, message.phone) == (Channel.WHATSAPP, PHONES[0])


def test_an_api_key_checks_no_signature(tmp_path: Path) -> None:
    """Twilio signs with the account's auth token, so that an account by API key takes no posts."""
    campaign, journal = _campaign(api_key="SK1"), tmp_path / "journal.db"
    notices = outreach.heard(campaign, "twilio", [_post(HOOK, MessageSid="SM1")], journal=journal, sandbox=True)
    assert notices.forged == 1


def test_a_provider_without_a_route_is_a_mistake(tmp_path: Path) -> None:
    """A post for a vendor that the campaign does not use is refused with what to look at."""
    with pytest.raises(outreach.SpecError, match="no route of this campaign goes through 'toingg'"):
        outreach.heard(_campaign(), "toingg", [], journal=tmp_path / "journal.db", sandbox=True)


KEY = CampaignKey("fees", 1)
NOW = datetime(2026, 12, 1, 4, 15, tzinfo=UTC)


async def _planned(journal: Journal, provider: str, *phones: str, passes: bool = False) -> int:
    """Plan people as one batch at a provider; give the slice."""
    one = NewSlice(
        number=0,
        provider=provider,
        channels=(Channel.SMS,),
        zone="",
        fingerprint=provider,
        title="t",
        marker=f"m-{provider}",
    )
    crowd = People(phones=phones, ids=[""] * len(phones), rows=[0] * len(phones))
    ids = await journal.replan(
        KEY,
        digest="d",
        rows={},
        slices=[one],
        batches=[NewBatch(slice_number=0, people=crowd)],
        skipped=[],
        at=NOW,
        passes=passes,
    )
    return ids[0]


async def _concluded(journal: Journal, slice_id: int, outcome: LoadOutcome, *, reaches: bool = True) -> None:
    await journal.intend_load(slice_id, 0, digest="x", reaches=reaches, at=NOW)
    await journal.conclude_load(slice_id, 0, outcome, at=NOW)


async def _hear(journal: Journal, *phones: str, marker: str = "m-twilio", word: str = "sent") -> Notices:
    """Hear of people from Twilio."""
    receipt = Receipt(vendor_id="SM1", status=Status(word), word=word)
    told = [Heard(phone=phone, channel=Channel.SMS, receipt=receipt, marker=marker) for phone in phones]
    return await hearing.write(journal, KEY, "twilio", told, Notices(), at=NOW)


async def _report(journal: Journal) -> dict[str, tuple[State, str]]:
    rows = [row async for row in journal.deliveries(KEY)]
    assert len({row.phone for row in rows}) == len(rows)
    return {row.phone: (row.state, row.reason) for row in rows}


async def _handled(journal: Journal) -> set[str]:
    """Give whom no plan has again."""
    return {phone async for _, phones in journal.contacted(KEY) for phone in phones}


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.CANCELLED, Stage.REJECTED, Stage.LOAD_UNKNOWN, Stage.UNKNOWN])
async def test_our_mark_proves_a_contact_whatever_was_known(stage: Stage) -> None:
    """A vendor's list that lagged, or a refusal that was none, does not lead to a second contact."""
    journal = MemoryJournal()
    slice_id = await _planned(journal, "twilio", *PHONES)
    await _concluded(journal, slice_id, LoadOutcome(stage=stage, reason="r"))

    first = await _hear(journal, PHONES[0])
    again = await _hear(journal, PHONES[0])

    assert (await _report(journal))[PHONES[0]] == (State.ACCEPTED, "")
    assert PHONES[0] in await _handled(journal)
    assert (first.settled, first.changed, first.strange) == (1, 1, 0)
    assert (again.changed, again.strange) == (0, 0)


@pytest.mark.asyncio
async def test_the_others_of_a_batch_keep_their_own_reason() -> None:
    """Settling one of several unknown people says nothing of the others."""
    journal = MemoryJournal()
    slice_id = await _planned(journal, "twilio", *PHONES)
    unknown = {1: (Stage.UNKNOWN, "silent of the second"), 2: (Stage.UNKNOWN, "silent of the third")}
    await _concluded(journal, slice_id, LoadOutcome(stage=Stage.ACCEPTED, exceptions=unknown))

    await _hear(journal, PHONES[1])

    assert (await _report(journal))[PHONES[2]] == (State.UNKNOWN, "silent of the third")


@pytest.mark.asyncio
@pytest.mark.parametrize("was", [Stage.REJECTED, Stage.PLANNED])
@pytest.mark.parametrize("loaded", [False, True])
async def test_whoever_went_to_another_provider_is_not_contacted_there(was: Stage, loaded: bool) -> None:
    """The first provider reached them after all: they are on the books once, and the other's campaign is given up."""
    journal = MemoryJournal()
    first = await _planned(journal, "twilio", *PHONES)
    outcome = LoadOutcome(stage=Stage.ACCEPTED, exceptions={0: (was, "r"), 1: (was, "r")})
    await _concluded(journal, first, outcome)
    second = await _planned(journal, "tingting", *PHONES[:2], passes=True)
    if loaded:
        await _concluded(journal, second, LoadOutcome(stage=Stage.LOADED), reaches=False)

    notices = await _hear(journal, PHONES[0])
    later = await _hear(journal, PHONES[0], word="delivered")

    report = await _report(journal)
    assert report[PHONES[0]][0] is State.ACCEPTED
    assert report[PHONES[0]][1].startswith("reached by twilio, which told so by itself")
    assert report[PHONES[1]][0] is (State.CANCELLED if loaded else State.PLANNED)
    assert await _handled(journal) == {PHONES[0], PHONES[2]}
    assert [one.closed for one in await journal.slices(KEY)] == [False, loaded]
    assert (notices.settled, notices.strange, later.changed, later.strange) == (1, 0, 1, 0)


@pytest.mark.asyncio
async def test_what_changes_nothing_is_counted_as_strange() -> None:
    """A post without our mark about somebody of whom nobody knows is not lost from the count."""
    journal = MemoryJournal()
    slice_id = await _planned(journal, "twilio", *PHONES)
    await _concluded(journal, slice_id, LoadOutcome(stage=Stage.UNKNOWN, reason="r"))

    notices = await _hear(journal, PHONES[0], marker="")

    assert (notices.strange, notices.changed) == (1, 0)


def test_a_strange_signature_is_a_forged_one() -> None:
    """A signature with more than ASCII in it proves nothing, and is no reason to stumble."""
    post = attrs.evolve(_post(HOOK, MessageSid="SM1"), headers={"x-twilio-signature": "h\u00e9\udcff"})
    settings = attrs.evolve(twilio.sandbox, status_callback=HOOK)

    assert not twilio.genuine(post, settings, "sandbox")
    assert twilio.genuine(_post(HOOK, MessageSid="SM1"), settings, "sandbox")


def test_a_post_that_an_adapter_stumbles_over_loses_no_other() -> None:
    """It is counted as forged or as unreadable, and the posts after it are read."""
    good = _post(HOOK, MessageSid="SM1", MessageStatus="sent", To=PHONES[0])
    odd, bad = (attrs.evolve(good, path=path) for path in ("/odd", "/bad"))

    class Clumsy:
        def genuine(self, post: Received, *_: object) -> bool:
            return post.path != "/odd" or bool(1 // 0)

        def hear(self, post: Received) -> Any:
            return twilio.hear(post) if post.path != "/bad" else [1 // 0]

    heard, counted = hearing.read(Carrier(Clumsy(), twilio.sandbox), [odd, bad, good], "t")  # type: ignore[arg-type]  # a stand-in

    assert [one.phone for one in heard] == [PHONES[0]]
    assert (counted.forged, counted.unreadable) == (1, 1)
