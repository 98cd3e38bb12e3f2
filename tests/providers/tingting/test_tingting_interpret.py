"""What TingTing's answers mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from outreach.provider import Batch, Job, Kind, Outcome, Receipt, Response, Status, Unreadable
from outreach_tingting import Settings, tingting

MakeJob = Callable[..., Job[Settings]]
MakeBatch = Callable[..., Batch]

GREETING = "नमस्ते तिङ्तिङ् मा स्वागत् छ"

# Answers that the vendor prints, https://tingting-api.readthedocs.io/en/latest/api/add-campaign.html.
CREATED = """{
"id": 79, "name": "example test campaign", "services": "PHONE", "status": "Not Started",
"sms_message": "नमस्ते तिङ्तिङ् मा स्वागत् छ ", "message": "नमस्ते तिङ्तिङ् मा स्वागत् छ ",
"description": "Test message", "schedule": "2025-07-08T00:00:00+05:45", "audio_file": null, "bulk_file": null,
"category": "", "user_phone": [ 3 ], "progress_percent": 0, "updated_at": "2025-07-07T13:13:16.286224+05:45",
"credit_limit": 100, "voice": null, "draft": false, "failover_target": [], "length_factor": "1.00",
"main_audit": "4770", "voice" : 3
}"""
MESSAGE = """{
"voice": 3, "sms_message": "नमस्ते तिङ्तिङ् मा स्वागत् छ", "message": "नमस्ते तिङ्तिङ् मा स्वागत् छ",
"category": "Text", "draft": false, "length_factor": "1.00"
}"""
ADDED = """{
"created": 3, "skipped": 0, "contacts": [
{ "id": 9801692, "updated_at": "Jan. 27, 2026, 05:19 PM", "created_at": "2026-01-27T17:19:46.911153+05:45",
"deleted_at": null, "number": "1231231234", "status": "not started", "other_variables": { "name": "Jane", "age": "22" },
"credit_consumed": 0, "credit_consumed_SMS": 0, "duration": "", "playback": "",
"uuid": "50dbe25c-034c-4c2e-93e8-c9dfeaa4532f", "failover_sms_sent": false, "campaing": 3278 },
{ "id": 9801693, "updated_at": "Jan. 27, 2026, 05:19 PM", "created_at": "2026-01-27T17:19:46.922063+05:45",
"deleted_at": null, "number": "1231231232", "status": "not started", "other_variables": {},
"credit_consumed": 0, "credit_consumed_SMS": 0, "duration": "", "playback": "",
"uuid": "e6f697c3-9ff6-4532-a38e-9aa413b6d29c", "failover_sms_sent": false, "campaing": 3278 },
{ "id": 9801694, "updated_at": "Jan. 27, 2026, 05:19 PM", "created_at": "2026-01-27T17:19:46.930727+05:45",
"deleted_at": null, "number": "1231231231", "status": "not started", "other_variables": { "name": "Jane" },
"credit_consumed": 0, "credit_consumed_SMS": 0, "duration": "", "playback": "",
"uuid": "eb25a16e-0805-42b4-83be-85256c7cc391", "failover_sms_sent": false, "campaing": 3278 }
], "errors": null }"""

PHONES = ["+9779610000001", "+9779610000002", "+9779610000003"]


def text(body: str, status: int = 200) -> Response:
    """Give an answer as it came over the wire."""
    return Response(status=status, body=body.encode())


def added(numbers: list[Any], *, skipped: int = 0, errors: Any = None) -> Response:
    """Give an answer to the array form."""
    rows = [{"id": 100 + index, "number": one, "status": "not started"} for index, one in enumerate(numbers)]
    return Response.of({"created": len(rows), "skipped": skipped, "contacts": rows, "errors": errors})


def loaded(make_job: MakeJob, make_batch: MakeBatch, response: Response, phones: list[str] = PHONES) -> Outcome:
    """Say what an answer to add-contact means."""
    job, batch = make_job("hello"), make_batch(phones)
    return tingting.interpret(job, tingting.load(job, batch), response, batch)


def test_the_documented_create_answer_gives_the_campaign(make_job: MakeJob) -> None:
    """The id is kept; the voice that stands there twice is left to the read-back."""
    job = make_job("hello")

    outcome = tingting.interpret(job, tingting.open(job)[0], text(CREATED, 201), None)

    assert (outcome.kind, outcome.captures) == (Kind.ACCEPTED, {"campaign": "79"})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"message": "ok", "data": {"id": "79"}}', Kind.ACCEPTED),
        ('{"message": "ok"}', Kind.UNKNOWN),
        ('{"success": false, "message": "no"}', Kind.REJECTED),
        ('{"status": 400, "message": "no"}', Kind.REJECTED),
    ],
)
def test_create_answers_of_other_shapes(make_job: MakeJob, body: str, kind: Kind) -> None:
    """The overview's envelope is read, a failure told inside a 200 too, and without an id nothing is known."""
    job = make_job("hello")

    assert tingting.interpret(job, tingting.open(job)[0], text(body), None).kind is kind


@pytest.mark.parametrize("body", [MESSAGE, ""], ids=["documented", "empty"])
def test_the_documented_message_answer_is_a_success(make_job: MakeJob, body: str) -> None:
    """Setting the voice needs nothing of its answer."""
    job = make_job("hello")

    assert tingting.interpret(job, tingting.open(job)[1], text(body), None).kind is Kind.ACCEPTED


def test_the_documented_contacts_answer_names_nobody_of_ours(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """The vendor prints three numbers that it was not sent: they prove nothing about the three that it was sent."""
    sent = ["+9779841234567", "+9779841234568", "+9779841234569"]

    outcome = loaded(make_job, make_batch, text(ADDED), sent)

    assert (outcome.kind, outcome.doubtful) == (Kind.ACCEPTED, frozenset(sent))
    assert "created 3, skipped 0" in outcome.reason


def test_the_documented_contacts_answer_is_read_by_number(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """Whoever is named has the vendor's id and word, in whatever order the answer names them."""
    outcome = loaded(make_job, make_batch, text(ADDED), ["+9771231231231", "+9771231231234"])

    assert outcome.receipts == {
        "+9771231231231": Receipt(vendor_id="9801694", status=Status.QUEUED, word="not started"),
        "+9771231231234": Receipt(vendor_id="9801692", status=Status.QUEUED, word="not started"),
    }
    assert (outcome.doubtful, outcome.refused, outcome.reason) == (frozenset(), {}, "")


def test_the_single_form_names_nobody(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """Its documented answer is a bare message."""
    outcome = loaded(make_job, make_batch, text('{"message": "New Contact added"}'))

    assert (outcome.kind, outcome.doubtful) == (Kind.ACCEPTED, frozenset(PHONES))


def test_numbers_come_back_in_other_clothes(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """As whole numbers, and with 977 before them."""
    outcome = loaded(make_job, make_batch, added([9610000001, "9779610000002", "+977 9610000003"]))

    assert list(outcome.receipts) == PHONES
    assert not outcome.doubtful


def test_the_skipped_are_doubtful(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """No page says what skipped means; the list of the campaign decides."""
    outcome = loaded(make_job, make_batch, added(["9610000001", "9610000003"], skipped=1))

    assert outcome.doubtful == {"+9779610000002"}
    assert "created 2, skipped 1" in outcome.reason


@pytest.mark.parametrize(
    "errors",
    [
        [{"number": "9610000002", "error": "blacklisted"}],
        [{"number": 9610000002, "message": "blacklisted"}],
        {"9610000002": ["blacklisted"]},
        ["9610000002 is blacklisted"],
    ],
)
def test_errors_name_the_refused(make_job: MakeJob, make_batch: MakeBatch, errors: Any) -> None:
    """In whatever shape they come, they are the vendor's reason, without the number."""
    outcome = loaded(make_job, make_batch, added(["9610000001", "9610000003"], errors=errors))

    assert list(outcome.refused) == ["+9779610000002"]
    assert "blacklisted" in outcome.refused["+9779610000002"]
    assert not outcome.doubtful
    assert "9610000002" not in outcome.refused["+9779610000002"] + outcome.reason


def test_an_error_does_not_unmake_a_contact(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """A person who is listed as added is in the campaign, whatever the errors say."""
    outcome = loaded(make_job, make_batch, added(["9610000001"], errors={"9610000001": "odd"}), PHONES[:1])

    assert list(outcome.receipts) == PHONES[:1]
    assert not outcome.refused


def test_an_error_about_nobody_leaves_a_reason(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """Words that name no number go with the doubt."""
    outcome = loaded(make_job, make_batch, added(["9610000001"], errors="limit reached"), PHONES[:2])

    assert outcome.doubtful == {"+9779610000002"}
    assert "limit reached" in outcome.reason


def test_an_unreadable_answer_is_said_to_be_so(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """A page of HTML under a 200 proves nothing."""
    with pytest.raises(Unreadable):
        loaded(make_job, make_batch, text("<html>"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"message":"Campaign Began Successfully!!"}', Kind.ACCEPTED),
        ('{"message":"Campaign Scheduled successfully for 2082-03-25 at 14:46:00"}', Kind.ACCEPTED),
        ("", Kind.ACCEPTED),
        ('{"success": false, "message": "Campaign is running"}', Kind.UNKNOWN),
        ('{"status": 404, "message": "Not found"}', Kind.UNKNOWN),
    ],
)
def test_run_answers(make_job: MakeJob, body: str, kind: Kind) -> None:
    """The documented messages are a success, whatever date they name; a failure told inside proves nothing."""
    job = make_job("hello")

    assert tingting.interpret(job, tingting.launch(job)[0], text(body), None).kind is kind


@pytest.mark.parametrize(
    ("word", "voice", "sms"),
    [
        ("not started", Status.QUEUED, Status.QUEUED),
        ("Not Started", Status.QUEUED, Status.QUEUED),
        ("NOT_STARTED", Status.QUEUED, Status.QUEUED),
        ("not-started ", Status.QUEUED, Status.QUEUED),
        ("ringing", Status.SENT, Status.SENT),
        ("dialing", Status.SENT, Status.SENT),
        ("answered", Status.ANSWERED, Status.ANSWERED),
        ("Completed", Status.ANSWERED, Status.SENT),
        ("hungup", Status.ANSWERED, Status.ANSWERED),
        ("unanswered", Status.NO_ANSWER, Status.NO_ANSWER),
        ("failed", Status.FAILED, Status.FAILED),
        ("TERMINATED", Status.CANCELLED, Status.CANCELLED),
        ("number changed", Status.UNKNOWN, Status.UNKNOWN),
        ("in progress", Status.UNKNOWN, Status.UNKNOWN),
        ("", Status.UNKNOWN, Status.UNKNOWN),
    ],
)
def test_status_words(make_job: MakeJob, make_batch: MakeBatch, word: str, voice: Status, sms: Status) -> None:
    """Words count in any casing; an unknown one is unknown, never "not started", and stays to be read."""
    response = Response.of({"contacts": [{"id": 7, "number": PHONES[0][4:], "status": word}]})
    batch = make_batch(PHONES[:1])

    for job, status in ((make_job("hello"), voice), (make_job(sms="hello"), sms), (make_job("a", sms="b"), voice)):
        outcome = tingting.interpret(job, tingting.load(job, batch), response, batch)
        assert outcome.receipts[PHONES[0]] == Receipt(vendor_id="7", status=status, word=word)


def read_back(make_job: MakeJob, changed: dict[str, Any], **more: Any) -> Outcome:
    """Read back the documented campaign, changed."""
    given = {"title": "example test campaign", "start": datetime(2025, 7, 7, 18, 15, tzinfo=UTC), "scheduled": True}
    job = make_job(GREETING, extra={"sms_message": GREETING}, **{**given, **more})
    return tingting.interpret(job, tingting.open(job)[2], Response.of({**json.loads(CREATED), **changed}), None)


def test_the_documented_campaign_is_what_was_sent(make_job: MakeJob) -> None:
    """The vendor's own sample adds a blank to the texts, and prints the same instant with its offset."""
    assert read_back(make_job, {}).kind is Kind.ACCEPTED


@pytest.mark.parametrize(
    "changed",
    [
        {"voice": None},
        {"voice": {"id": 3, "voice_internal_name": "np_prashanna"}},
        {"schedule": "2025-07-07T18:15:00Z"},
        {"services": "phone"},
        {"status": "not_started"},
        {"status": "Draft"},
    ],
)
def test_other_spellings_are_no_difference(make_job: MakeJob, changed: dict[str, Any]) -> None:
    """A voice may be a number, an object or null; an instant has many spellings."""
    assert read_back(make_job, changed).kind is Kind.ACCEPTED


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "another"}, "name"),
        ({"message": "नमस्ते"}, "message"),
        ({"sms_message": ""}, "sms_message"),
        ({"services": "SMS & PHONE"}, "services"),
        ({"schedule": None}, "schedule"),
        ({"schedule": "2025-07-08T00:00:00Z"}, "schedule"),
        ({"schedule": "soon"}, "schedule"),
        ({"voice": 4}, "voice"),
        ({"voice": {"id": 4}}, "voice"),
        ({"status": "Running"}, "status"),
    ],
)
def test_what_was_stored_otherwise_stops_the_campaign(make_job: MakeJob, changed: dict[str, Any], field: str) -> None:
    """Nobody has been added yet, so going no further contacts nobody."""
    outcome = read_back(make_job, changed)

    assert (outcome.kind, outcome.reason.rpartition(": ")[2]) == (Kind.REJECTED, field)


def test_an_unasked_schedule_stops_the_campaign(make_job: MakeJob) -> None:
    """People would be called at a time that nobody chose."""
    assert read_back(make_job, {}, scheduled=False).reason.endswith("schedule")


def test_both_orders_of_services_are_one(make_job: MakeJob) -> None:
    """The vendor writes SMS & PHONE, and PHONE & SMS."""
    job = make_job("hello", sms="hello")
    stored = {"id": 1, "services": "PHONE & SMS", "schedule": None}

    assert tingting.interpret(job, tingting.open(job)[2], Response.of(stored), None).kind is Kind.ACCEPTED


def test_the_read_back_can_be_left_out(make_job: MakeJob) -> None:
    """An account may go without, should the vendor's spelling of a text stand in the way."""
    assert [request.method for request in tingting.open(make_job("hello", read_back=False))] == ["POST", "PATCH"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"message": "No refresh token provided"}', "No refresh token provided"),
        ('{"detail": "Invalid token payload."}', "Invalid token payload."),
        ('{"error": "no"}', "no"),
        ('{"schedule": ["Cannot schedule past dates."]}', "schedule: Cannot schedule past dates."),
        ('{"voice": {"non_field_errors": ["Voice is required."]}}', "voice: Voice is required."),
        (
            '{"message": ["This field is required."], "voice": ["Bad."]}',
            "message: This field is required.; voice: Bad.",
        ),
        ('{"error_list": ["row 3"], "samples": []}', "row 3"),
        ('{"status": 400, "success": false, "message": null, "errors": ["bad"], "data": {}}', "bad"),
        ('"gone"', "gone"),
        ("plain words", "plain words"),
        ("<h1>Server Error (500)</h1>", ""),
    ],
)
def test_error_answers_are_read_in_every_shape(body: str, words: str) -> None:
    """The vendor's own words, whichever key they stand under; a page of HTML says nothing."""
    assert tingting.explain(text(body, 400)) == words


def test_error_answers_are_bounded() -> None:
    """A vendor's flood of words stays short."""
    assert len(tingting.explain(Response.of({"message": ["x" * 9000]}, 400))) <= 300
