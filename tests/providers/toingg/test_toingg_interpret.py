"""What Toingg's answers mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from outreach.provider import Batch, Job, Kind, Response, Status, Unreadable
from outreach_toingg import ToinggSettings, toingg
from outreach_toingg.interpret import call_status

MakeJob = Callable[..., Job[ToinggSettings]]
MakePeople = Callable[..., Batch]

OID = "668bd4e8a620ac9172c8d08b"
CALL = "CA" + "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "document",
    [
        OID,
        f" {OID}\n",
        {"result": OID},
        {"status": True, "message": "Campaign created.", "result": OID},
        {"campID": OID},
        {"campId": OID},
        {"campaignId": OID},
        {"id": OID},
        {"_id": OID},
        {"_id": {"$oid": OID}},
        {"status": True, "result": {"campID": OID, "title": "x"}},
        {"status": True, "result": {"_id": OID}},
        {"data": {"id": OID}},
        {"id": "string", "result": {"campID": OID}},
    ],
)
def test_a_campaign_is_found_in_any_shape(make_job: MakeJob, document: Any) -> None:
    """Every spelling and every envelope gives the id."""
    job = make_job()

    outcome = toingg.interpret(job, toingg.open(job)[0], Response.of(document), None)

    assert (outcome.kind, outcome.captures) == (Kind.ACCEPTED, {"campaign": OID})


@pytest.mark.parametrize(
    "document",
    [
        None,
        "string",
        "Campaign created",
        "",
        {},
        [],
        7,
        {"campID": "string"},
        {"id": True},
        {"result": None},
        {"status": True, "result": "string"},
        {"status": True, "result": "Campaign created successfully"},
    ],
)
def test_a_campaign_without_id_is_unknown(make_job: MakeJob, document: Any) -> None:
    """It was made, so it must not be made again; a sentence is not taken for an id."""
    job = make_job()

    outcome = toingg.interpret(job, toingg.open(job)[0], Response.of(document), None)

    assert (outcome.kind, outcome.captures) == (Kind.UNKNOWN, {})


@pytest.mark.parametrize("document", [{"status": False, "message": "no credit", "result": None}, {"status": 404}])
def test_a_failure_inside_a_200_is_a_refusal(make_job: MakeJob, make_people: MakePeople, document: Any) -> None:
    """The envelope says so itself, to the campaign as to a call."""
    job = make_job()

    for request in (*toingg.open(job), toingg.load(job, make_people())):
        assert toingg.interpret(job, request, Response.of(document), None).kind is Kind.REJECTED


@pytest.mark.parametrize(
    ("document", "call"),
    [
        ({"status": True, "message": "ok", "result": {"callId": CALL}}, CALL),
        ({"callId": CALL}, CALL),
        ({"call_sid": CALL}, CALL),
        ({"result": {"sid": CALL}}, CALL),
        ({"result": CALL}, CALL),
        (CALL, CALL),
        ({"data": {"anything": CALL}}, CALL),
        ({"status": True, "message": f"Calling as {CALL}."}, CALL),
        ({"result": {"callId": "string"}}, ""),
        ("string", ""),
        (None, ""),
        ({"status": True, "message": "ok"}, ""),
        ({"status": "success"}, ""),
    ],
)
def test_a_call_is_accepted_with_or_without_id(
    make_job: MakeJob, make_people: MakePeople, document: Any, call: str
) -> None:
    """The key of the id is documented nowhere; the person was rung all the same."""
    job, people = make_job(), make_people()

    outcome = toingg.interpret(job, toingg.load(job, people), Response.of(document), people)

    assert outcome.kind is Kind.ACCEPTED
    assert (outcome.receipt.vendor_id, outcome.receipt.status, outcome.receipt.word) == (call, Status.QUEUED, "")


@pytest.mark.parametrize(
    ("document", "status", "word"),
    [
        ({"result": {"callId": CALL, "status": "in-progress"}}, Status.SENT, "in-progress"),
        ({"callId": CALL, "status": "In_Progress"}, Status.SENT, "In_Progress"),
        ({"result": {"callId": CALL, "status": "ringing"}}, Status.UNKNOWN, "ringing"),
        ({"callId": CALL, "status": "failed"}, Status.FAILED, "failed"),
        ({"data": {"callId": CALL, "status": 200}}, Status.QUEUED, ""),
    ],
)
def test_the_state_of_a_call_is_kept(
    make_job: MakeJob, make_people: MakePeople, document: Any, status: Status, word: str
) -> None:
    """A word that we have none for becomes unknown and is kept."""
    job, people = make_job(), make_people()

    outcome = toingg.interpret(job, toingg.load(job, people), Response.of(document), people)

    assert (outcome.kind, outcome.receipt.status, outcome.receipt.word) == (Kind.ACCEPTED, status, word)


@pytest.mark.parametrize(
    "document",
    [{"error": "no lines"}, {"status": "error", "message": "x"}, {"result": {"status": "failed"}}, {"status": "Error"}],
)
def test_words_of_failure_without_a_call_prove_nothing(
    make_job: MakeJob, make_people: MakePeople, document: Any
) -> None:
    """No page says whether such an answer rang somebody, so it is neither a success nor a refusal."""
    job, people = make_job(), make_people()

    assert toingg.interpret(job, toingg.load(job, people), Response.of(document), people).kind is Kind.UNKNOWN


def test_an_answer_that_is_no_json_is_unreadable(make_job: MakeJob, make_people: MakePeople) -> None:
    """A page of HTML under a 200 is not taken for anything."""
    job, people = make_job(), make_people()

    with pytest.raises(Unreadable):
        toingg.interpret(job, toingg.load(job, people), Response(status=200, body=b"<html>"), people)


@pytest.mark.parametrize(
    ("result", "status", "duration"),
    [
        ({"status": "in-progress", "startTime": "a", "duration": None}, Status.SENT, None),
        ({"status": "completed", "startTime": "a", "endTime": "b", "duration": 57}, Status.ANSWERED, 57.0),
        ({"status": "Failed", "start_time": "a", "duration": "", "error": "busy here"}, Status.FAILED, None),
        ({"status": "no-answer", "duration": True}, Status.UNKNOWN, None),
    ],
)
def test_a_calls_status_is_read_in_both_spellings(result: dict[str, Any], status: Status, duration: float) -> None:
    """Either page's keys are read, inside the envelope or bare, and an unknown word is kept."""
    for document in ({"status": True, "result": result}, result):
        found = call_status(Response.of(document))

        assert (found.status, found.word, found.duration) == (status, result["status"], duration)
        assert found.started == ("a" if len(result) > 2 else "")
        assert found.error == result.get("error", "")


@pytest.mark.parametrize(
    "document",
    [
        {"status": False, "message": "Call not found."},
        {"status": False, "result": {"status": "completed"}},
        {"success": False, "result": {"status": "completed"}},
        {"status": True},
        {"status": True, "result": {"status": 3}},
        None,
        [],
    ],
)
def test_an_answer_without_a_call_tells_no_status(document: Any) -> None:
    """The envelope's boolean is never taken for the state of the call."""
    with pytest.raises(Unreadable):
        call_status(Response.of(document))
