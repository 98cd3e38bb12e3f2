"""What ContactSwing's answers mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from outreach.provider import Batch, Job, Kind, Response, Status, Unreadable
from outreach_contactswing import ContactSwingSettings, contactswing

MakeJob = Callable[..., Job[ContactSwingSettings]]
MakePeople = Callable[..., Batch]


@pytest.mark.parametrize("code", [200, 201])
@pytest.mark.parametrize(
    ("data", "vendor_id", "status", "word"),
    [
        ({"id": "c1", "name": "x", "status": "scheduled"}, "c1", Status.QUEUED, "scheduled"),
        ({"id": "c1", "status": "Scheduled"}, "c1", Status.QUEUED, "Scheduled"),
        ({"id": 17}, "17", Status.QUEUED, ""),
        ({"id": "c1", "status": "running"}, "c1", Status.UNKNOWN, "running"),
    ],
)
def test_people_are_handed_over(  # each column of the table is an argument
    make_job: MakeJob, make_people: MakePeople, code: int, data: Any, vendor_id: str, status: Status, word: str
) -> None:
    """Either success code gives a receipt; a word that the page does not know is kept."""
    job, people = make_job(), make_people()

    response = Response.of({"ctx_id": "x", "data": data}, code)
    outcome = contactswing.interpret(job, contactswing.load(job, people), response, people)

    assert outcome.kind is Kind.ACCEPTED
    assert (outcome.receipt.vendor_id, outcome.receipt.status, outcome.receipt.word) == (vendor_id, status, word)


@pytest.mark.parametrize("document", [{}, None, "ok", {"ctx_id": "x", "data": None}, {"data": {"name": "x"}}, []])
def test_an_answer_that_names_no_campaign_is_unknown(make_job: MakeJob, make_people: MakePeople, document: Any) -> None:
    """It may have been made, and nobody can ask."""
    job, people = make_job(), make_people()

    outcome = contactswing.interpret(job, contactswing.load(job, people), Response.of(document), people)

    assert outcome.kind is Kind.UNKNOWN


@pytest.mark.parametrize("document", [{"status": 422, "message": "no plan"}, {"status": 400, "detail": "no"}])
def test_a_failure_inside_a_success_is_a_refusal(make_job: MakeJob, make_people: MakePeople, document: Any) -> None:
    """The answer itself says that nothing was made."""
    job, people = make_job(), make_people()

    outcome = contactswing.interpret(job, contactswing.load(job, people), Response.of(document), people)

    assert outcome.kind is Kind.REJECTED
    assert outcome.reason


def test_an_answer_that_is_no_json_is_unreadable(make_job: MakeJob, make_people: MakePeople) -> None:
    """A page of HTML under a 200 is not taken for anything."""
    job, people = make_job(), make_people()

    with pytest.raises(Unreadable):
        contactswing.interpret(job, contactswing.load(job, people), Response(status=200, body=b"<html>"), people)


def test_a_lost_answer_cannot_be_asked_about(make_job: MakeJob, make_people: MakePeople) -> None:
    """No page shows a way to list campaigns."""
    job = make_job()

    assert contactswing.settle(job, contactswing.load(job, make_people())) is None
    assert contactswing.roll(job) is None
