"""Single calls: paged without following addresses, journalled before they leave, never repeated when in doubt."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

from outreach.answers import Kind
from outreach.calling import Called, Caller, Wanted, call, concealed, read_page
from outreach.delivery.exchange import Lost, NotSent
from outreach.delivery.journal import CallRow, StepState
from outreach.endpoints import Endpoint, Paging, find
from outreach.errors import Refused, SpecError, Unreadable
from outreach.model import Settings
from outreach.plugins import load_plugins
from outreach.wire import Request, Response

AT = datetime(2026, 12, 1, tzinfo=UTC)
PROVIDERS = load_plugins().providers
TINGTING = PROVIDERS["tingting"]
OTP: dict[str, Any] = {
    "number": "9610000011",
    "message": "Hi {otp}",
    "sms_send_options": "text",
    "otp_options": "personnel",
}

Answer = Response | Exception


@attrs.define
class Wire:
    """A transport that answers from a list and notes what it was asked."""

    answers: list[Answer]
    asked: list[Request] = attrs.field(factory=list)
    notes: list[str] = attrs.field(factory=list)

    async def send(self, request: Request, settings: Settings, still: Callable[[], str] = str) -> Response:
        """Give the next answer."""
        self.asked.append(request)
        self.notes.append("sent")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@attrs.define
class Notebook:
    """A journal of calls in memory, which notes when it was written."""

    notes: list[str]
    rows: list[CallRow] = attrs.field(factory=list)

    async def intend_call(self, provider: str, endpoint: str, *, digest: str, at: datetime) -> int:
        """Write an intent."""
        self.notes.append("intended")
        row = CallRow(
            id=len(self.rows),
            provider=provider,
            endpoint=endpoint,
            digest=digest,
            state=StepState.IN_FLIGHT,
            reason="",
            intended_at=at,
        )
        self.rows.append(row)
        return row.id

    async def conclude_call(self, call_id: int, state: StepState, *, reason: str, at: datetime) -> None:
        """Write an outcome."""
        self.notes.append(str(state))
        self.rows[call_id] = attrs.evolve(self.rows[call_id], state=state, reason=reason)

    async def calls(self) -> list[CallRow]:
        """Give every call."""
        return self.rows


@attrs.define
class Clock:
    """Time that passes only when somebody sleeps."""

    seconds: float = 0.0
    slept: list[float] = attrs.field(factory=list)

    def now(self) -> datetime:
        """Give a fixed moment."""
        return AT

    def monotonic(self) -> float:
        """Give the time slept."""
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Pass the time at once."""
        self.slept.append(seconds)
        self.seconds += seconds


def caller(*answers: Answer, **settings: Any) -> tuple[Caller, Wire, Notebook]:
    """Give a caller on a scripted wire."""
    wire = Wire(list(answers))
    journal = Notebook(wire.notes)
    account = attrs.evolve(TINGTING.sandbox, **settings)
    made = Caller(settings=account, transport=wire, clock=Clock(), rng=random.Random(1), journal=journal)
    return made, wire, journal


def wanted(name: str, provider: str = "tingting", *, all_pages: bool = False, **arguments: Any) -> Wanted:
    """Check a call."""
    one = PROVIDERS[provider]
    return Wanted.of(one, name, arguments, one.sandbox, all_pages=all_pages)


def page(*ids: int, count: int, following: str | None = "https://evil.example/api/v1/campaign/?offset=2") -> Response:
    """Give a page as TingTing does, with an address that must not be followed."""
    return Response.of({"count": count, "next": following, "results": [{"id": one} for one in ids]})


@pytest.mark.asyncio
async def test_pages_go_by_limit_and_offset_and_never_by_next() -> None:
    """Every page is asked for on the account's own address, from where the rows so far end."""
    made, wire, _ = caller(page(1, 2, count=3), page(3, count=3))
    called = await made.call(wanted("campaigns", all_pages=True, status="Running"))

    assert called.value == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert [one.target for one in wire.asked] == ["campaign/"] * 2
    assert [one.query for one in wire.asked] == [
        {"status": "Running", "offset": "0", "limit": "100"},
        {"status": "Running", "offset": "2", "limit": "100"},
    ]


@pytest.mark.asyncio
async def test_pages_end_with_a_server_that_ignores_the_offset() -> None:
    """The same rows again are the end, whatever count and next say."""
    made, wire, _ = caller(*[page(1, 2, count=9)] * 9)
    called = await made.call(wanted("campaigns", all_pages=True))

    assert called.value == [{"id": 1}, {"id": 2}]
    assert len(wire.asked) == 2


@pytest.mark.asyncio
async def test_pages_by_number() -> None:
    """Where the vendor counts pages, the next page has the next number."""
    rows = [Response.of({"data": {"data": [{"id": one}], "pagination": {"total_records": 2}}}) for one in "ab"]
    made, wire, _ = caller(*rows)
    called = await made.call(wanted("calls", "contactswing", all_pages=True, per_page=1))

    assert called.value == [{"id": "a"}, {"id": "b"}]
    assert [one.query for one in wire.asked] == [{"per_page": "1", "page": "1"}, {"per_page": "1", "page": "2"}]


@pytest.mark.asyncio
async def test_pages_without_a_count_end_with_an_empty_one() -> None:
    """A vendor that tells no total is asked until it has nothing more; a map by id is a list too."""
    made, wire, _ = caller(Response.of({"result": {"a": {"title": "x"}}}), Response.of({"result": {}}))
    called = await made.call(wanted("get_campaigns", "toingg", all_pages=True))

    assert called.value == [{"id": "a", "title": "x"}]
    assert [one.query["skip"] for one in wire.asked] == ["0", "1"]


@pytest.mark.asyncio
async def test_half_a_list_is_no_list() -> None:
    """When a page fails nothing is given, so that nobody takes a part for the whole."""
    made, _, _ = caller(page(1, count=2), Response.of({"detail": "no"}, 403))
    called = await made.call(wanted("campaigns", all_pages=True))

    assert (called.kind, called.value) == (Kind.REJECTED, None)


def test_what_is_no_page_is_unreadable() -> None:
    """Rows must be where the page shows them."""
    with pytest.raises(Unreadable, match="nothing at results"):
        read_page(Paging(offset="o", limit="l", rows="results"), Response.of([1]))


def test_only_lists_have_pages() -> None:
    """Asking for all pages of what is no list is a mistake."""
    with pytest.raises(SpecError, match="no list in pages"):
        wanted("dashboard", all_pages=True)


@pytest.mark.asyncio
async def test_what_reaches_people_is_written_down_before_it_leaves() -> None:
    """Intent, request, outcome: in this order."""
    made, wire, journal = caller(Response.of({"data": {"details": {"number": "9610000011"}}}))
    called = await made.call(wanted("send_otp", otp="48213", **OTP))

    assert (called.exit_code, wire.notes) == (0, ["intended", "sent", "accepted"])
    assert "48213" not in repr((journal.rows, called))


@pytest.mark.asyncio
async def test_what_only_reads_is_not_journalled() -> None:
    """Reading leaves no trace."""
    made, wire, _ = caller(Response.of([]))
    await made.call(wanted("voices"))

    assert wire.notes == ["sent"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "code", "times"),
    [
        (Lost("no answer in time"), 7, 1),
        (Response(status=500), 7, 1),
        (Response(status=503, headers={"retry-after": "1"}), 7, 1),
        (Response(status=404), 7, 1),
        (Response(status=200, body=b"<html>"), 7, 1),
        (Response.of({"success": False, "message": "no"}), 7, 1),
        (Response.of({"message": "no"}, 400), 1, 1),
        (Response(status=401), 4, 1),
        (NotSent("cannot connect"), 5, 5),
        (Response(status=429), 5, 5),
    ],
)
async def test_only_what_is_proved_unsent_is_tried_again(answer: Answer, code: int, times: int) -> None:
    """A run whose outcome is in doubt is sent once; nothing that is proved unsent is given up at once."""
    made, wire, journal = caller(*[answer] * 9)
    called = await made.call(wanted("run_campaign", id=79))

    assert (called.exit_code, len(wire.asked)) == (code, times)
    assert len(journal.rows) == times
    assert StepState.IN_FLIGHT not in {one.state for one in journal.rows}


@pytest.mark.asyncio
async def test_a_lost_reading_is_repeated() -> None:
    """What only reads may be asked again."""
    made, wire, _ = caller(Lost("no answer"), Response.of([]))

    assert (await made.call(wanted("voices"))).exit_code == 0
    assert len(wire.asked) == 2


@pytest.mark.asyncio
async def test_an_unknown_outcome_is_not_repeated_by_the_same_command() -> None:
    """The same call is refused until somebody says that it did nothing; another one is not; the code plays no part."""
    made, _, _ = caller(Lost("no answer"))
    await made.call(wanted("send_otp", otp="48213", **OTP))

    with pytest.raises(Refused, match="--again"):
        await made.refuse_repeated(wanted("send_otp", otp="99999", **OTP))
    await made.refuse_repeated(wanted("send_otp", otp="48213", **{**OTP, "number": "9610000012"}))


@pytest.mark.asyncio
async def test_an_account_is_spared() -> None:
    """Requests keep the account's pace."""
    made, _, _ = caller(page(1, count=2), page(2, count=2), pace=2.0)
    await made.call(wanted("campaigns", all_pages=True))

    assert isinstance(made.clock, Clock)
    assert made.clock.slept[-1] == pytest.approx(0.5)


def answered(name: str, body: Any) -> Called:
    """Give a call that was answered."""
    row = next(one for one in TINGTING.endpoints if one.name == name)
    return Called(endpoint=row, kind=Kind.ACCEPTED, response=Response.of(body), value=None)


def test_codes_and_tokens_are_concealed() -> None:
    """Whatever an endpoint hides is masked at any depth, and so is a code that the vendor spells out."""
    details = {"number": "9610000011", "message": "Hi 4 8 2 1 3", "otp": "48213"}
    otp = concealed(answered("send_otp", {"message": "OTP Sent", "data": {"details": details}}), ("48213", "4 8 2 1 3"))
    listed = concealed(answered("otps", {"count": 1, "results": [details]}), ())
    key = concealed(answered("get_api_key", {"token": "a" * 32, "last_used": None}), ())
    echoed = concealed(answered("dashboard", ["your code 4 8 2 1 3"]), ("4 8 2 1 3",))

    assert otp == {"message": "OTP Sent", "data": {"details": {"number": "9610000011", "message": "•••", "otp": "•••"}}}
    assert listed["results"] == [{"number": "9610000011", "message": "•••", "otp": "•••"}]
    assert (key, echoed) == ({"token": "•••", "last_used": None}, ["your code •••"])


@pytest.mark.asyncio
async def test_another_shape_is_told_and_does_no_harm() -> None:
    """An answer that its page does not show counts all the same, with a warning."""
    made, _, _ = caller(Response.of({"other": 1}))
    called = await made.call(wanted("run_campaign", id=79))

    assert (called.kind, called.value, called.odd) == (Kind.ACCEPTED, None, "the answer lacks message")


@pytest.mark.asyncio
async def test_the_vendors_words_hold_no_code() -> None:
    """A code that the vendor repeats in an error is taken out of the reason and of the journal."""
    made, _, journal = caller(Response.of({"message": "48213 is no good"}, 400))
    called = await made.call(wanted("send_otp", otp="48213", **OTP))

    assert called.reason == journal.rows[0].reason == "400 Bad Request: ••• is no good"


@pytest.mark.asyncio
async def test_saying_no_sends_nothing(tmp_path: Path) -> None:
    """A question that is answered with no ends the call before anything was sent."""
    made, wire, _ = caller()

    class World:
        path = tmp_path / "journal.db"

        async def open(self, *_: Any) -> Caller:
            return made

    refuse: Callable[[Wanted], bool] = lambda _: False  # noqa: E731  # one word
    with pytest.raises(Refused):
        await call(World(), wanted("run_campaign", id=79), TINGTING.sandbox, confirm=refuse)  # type: ignore[arg-type]  # a stand-in

    assert wire.asked == []


def test_an_endpoint_follows_its_account() -> None:
    """Where an account decides a path, calls go there too."""
    account = attrs.evolve(PROVIDERS["toingg"].sandbox, trailing_slash=False)
    row: Endpoint = next(one for one in PROVIDERS["toingg"].endpoints if one.name == "create_campaign").of(account)

    assert row.path == "create_campaign"


ODD = ("+12025550111 ext 5", "+12025550111;ext=5", "0012025550111", "+12025550111,+12025550112", "9" * 32, "sita")


@pytest.mark.parametrize("number", ODD)
@pytest.mark.parametrize(
    ("provider", "name", "place"),
    [("contactswing", "create_call", "phone_number"), ("toingg", "make_batch_toingg", "numberList.clientNumber")],
)
def test_a_number_that_cannot_be_read_reaches_nobody(provider: str, name: str, place: str, number: str) -> None:
    """Nobody can look it up in a do-not-contact list: it is refused with its place, its digits are not guessed at."""
    example: dict[str, Any] = dict(find(PROVIDERS[provider].endpoints, name).example)
    given = [{"clientName": "Sita", "clientNumber": number}] if "." in place else number
    with pytest.raises(SpecError, match=r"write one number in E\.164") as wrong:
        wanted(name, provider, **{**example, place.partition(".")[0]: given})

    assert [one.path for one in wrong.value.problems] == [place]
    assert number not in str(wrong.value)


def test_somebody_must_be_named_where_the_list_is_asked() -> None:
    """A number under another key would go past the do-not-contact list."""
    with pytest.raises(SpecError, match="no number stands here"):
        wanted("make_toingg", "toingg", call={"name": "Sita", "phonenumber": "+9779610000042"})


def test_a_prefix_of_the_vendors_is_no_part_of_a_number() -> None:
    """Twilio marks WhatsApp in the number."""
    example = find(PROVIDERS["twilio"].endpoints, "create_message").example
    assert wanted("create_message", "twilio", **{**example, "To": "whatsapp:+12025550111"}).people == [
        ("+12025550111",)
    ]


@pytest.mark.asyncio
async def test_an_unknown_outcome_is_of_a_person_however_the_number_is_written() -> None:
    """Another spelling is no other person, and of a code another wording is no other request."""
    made, _, journal = caller(Lost("no answer"), Lost("no answer"))
    await made.call(wanted("send_otp", otp="48213", **OTP))
    for number in ("+9779610000011", "977 961-0000011", "९६१०००००११"):
        with pytest.raises(Refused, match="--again"):
            await made.refuse_repeated(wanted("send_otp", **{**OTP, "number": number, "otp_options": "generated"}))

    batch: dict[str, Any] = {
        "campaign": "fees",
        "numberList": [{"clientName": "Sita", "clientNumber": "+9779610000042"}],
    }
    other: dict[str, Any] = {
        "campaign": "fees",
        "numberList": [{"clientName": "Sita", "clientNumber": "977 9610000042"}],
    }
    await made.call(wanted("make_batch_toingg", "toingg", **batch))
    with pytest.raises(Refused, match="--again"):
        await made.refuse_repeated(wanted("make_batch_toingg", "toingg", **other))
    assert journal.rows[0].digest != journal.rows[1].digest


@pytest.mark.asyncio
@pytest.mark.parametrize("code", ["482193", "4 8 2 1 9 3", "482-193", "४८२१९३", "4821"])
@pytest.mark.parametrize("status", [400, 500])
async def test_the_vendors_words_hold_no_code_that_it_made(code: str, status: int) -> None:
    """A code that only the vendor knows is taken out of the reason, the journal and the answer all the same."""
    body = {"message": f"could not send code {code}", "errors": [f"{code} failed"], code: {"smth": code}}
    made, _, journal = caller(Response.of(body, status))
    called = await made.call(wanted("send_otp", **{**OTP, "otp_options": "generated"}))

    assert "could not send code •••" in called.reason
    assert code not in f"{called.reason} {journal.rows} {concealed(called, ())}"


def test_no_code_stands_in_an_answer_under_whatever_key() -> None:
    """Of the answers about codes only id, number, count and dates show their digits."""
    row = {"id": 482193, "number": "9610000011", "otp_code": "482193", "pin": 482193, "sms": "code 482193", "n": 4.5e5}
    listed = concealed(answered("otps", {"count": 4821, "results": [{**row, "body": "482193 is yours"}]}), ())
    sent = concealed(answered("send_otp", {"status": 200, "data": {"details": {**row, "number": "482193"}}}), ())
    bare = [concealed(answered("send_otp", body), ()) for body in (["482193"], 482193, "482193")]
    dates = {"created_at": "2026-11-21T17:04:05.123Z", "updated_at": "482193"}

    shown = {"id": 482193, "number": "9610000011", "otp_code": "•••", "pin": "•••", "sms": "code •••", "n": "•••"}
    assert listed == {"count": 4821, "results": [{**shown, "body": "••• is yours"}]}
    assert sent == {"status": 200, "data": {"details": {**shown, "number": "•••"}}}
    assert bare == [["•••"], "•••", "•••"]
    assert concealed(answered("otps", [dates]), ()) == [{**dates, "updated_at": "•••"}]
    assert concealed(answered("campaign", {"id": 1, "name": "Class of 2026"}), ()) == {"id": 1, "name": "Class of 2026"}


def test_every_endpoint_with_codes_is_known_as_one() -> None:
    """Whoever takes or hides a code has its answers masked."""
    rows = [row for one in PROVIDERS.values() for row in one.endpoints]
    assert {row.name for row in rows if row.codes} == {"send_otp", "otps", "legacy_send_otp", "legacy_otps"} & {
        row.name for row in rows
    }
    assert all(row.codes for row in rows if "otp" in row.name)
