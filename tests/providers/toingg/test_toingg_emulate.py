"""Toingg's stand-in, through the adapter's own requests and readings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from outreach.provider import (
    Batch,
    Channel,
    Job,
    Kind,
    Outcome,
    Question,
    Received,
    Request,
    Response,
    Settled,
    Status,
    Unreadable,
)
from outreach_toingg import ToinggSandbox, ToinggSettings, toingg
from outreach_toingg.endpoints import call_status as ask_status
from outreach_toingg.endpoints import get_campaigns
from outreach_toingg.interpret import call_status

MakeJob = Callable[..., Job[ToinggSettings]]
MakePeople = Callable[..., Batch]

NOW = datetime(2026, 12, 1, 4, 30, tzinfo=UTC)


def send(sandbox: ToinggSandbox, request: Request, *, now: datetime = NOW, token: str = "sandbox") -> Response:
    """Bring a request to the stand-in."""
    headers = {name.lower(): value for name, value in toingg.auth(token, toingg.sandbox).items()}
    body = request.encode() or b""
    return sandbox.answer(
        Received(method=request.method, path=request.target, query=request.query, headers=headers, body=body), now
    )


class Line:
    """A stand-in with one campaign in it."""

    def __init__(self, job: Job[ToinggSettings]) -> None:
        self.job = job
        self.sandbox = ToinggSandbox()
        (create,) = toingg.open(job)
        self.refs = toingg.interpret(job, create, send(self.sandbox, create), None).captures

    def ring(self, people: Batch) -> tuple[Response, Outcome | None]:
        """Ring one person; no outcome where the engine reads the answer by its HTTP status."""
        request = toingg.load(self.job, people).fill(self.refs)
        response = send(self.sandbox, request)
        return response, toingg.interpret(self.job, request, response, people) if response.ok else None


@pytest.fixture
def line(make_job: MakeJob) -> Line:
    """Give a stand-in with one campaign in it."""
    return Line(make_job(text=None, first_line="नमस्कार 🙏"))


def test_a_campaign_and_a_call_go_through(line: Line, make_people: MakePeople) -> None:
    """The adapter's own requests satisfy the stand-in, and its answers the adapter."""
    _, outcome = line.ring(make_people(name="सीता", amount="१,५००"))

    assert outcome is not None
    assert (outcome.kind, outcome.receipt.vendor_id) == (Kind.ACCEPTED, f"CA{1:032x}")
    assert [(one.phone, one.channel, one.at) for one in line.sandbox.reached] == [
        ("+9779610000042", Channel.AI_CALL, NOW)
    ]


def test_an_equal_call_rings_twice(line: Line, make_people: MakePeople) -> None:
    """The stand-in protects nobody from a client that repeats itself."""
    line.ring(make_people())
    line.ring(make_people())

    assert len(line.sandbox.reached) == 2


@pytest.mark.parametrize(
    ("ending", "status", "kind", "reached"),
    [
        ("04", 200, Kind.ACCEPTED, 1),
        ("42", 200, Kind.ACCEPTED, 1),
        ("90", 200, Kind.REJECTED, 0),
        ("91", 422, None, 0),
        ("98", 500, None, 1),
        ("99", 429, None, 0),
    ],
)
def test_the_last_digits_decide_the_answer(
    line: Line, make_people: MakePeople, ending: str, status: int, kind: Kind | None, reached: int
) -> None:
    """Each magic number does what the table in the module says."""
    response, outcome = line.ring(make_people(f"+97796100000{ending}"))

    assert (response.status, outcome.kind if outcome else None) == (status, kind)
    assert len(line.sandbox.reached) == reached


def test_too_many_requests_is_said_once(line: Line, make_people: MakePeople) -> None:
    """The same call goes through the second time."""
    first, _ = line.ring(make_people("+9779610000099"))
    second, _ = line.ring(make_people("+9779610000099"))

    assert (first.status, first.headers["retry-after"], second.status) == (429, "1", 200)


@pytest.mark.parametrize(
    ("ending", "after", "word", "status"),
    [
        ("42", 2, "in-progress", Status.SENT),
        ("42", 60, "completed", Status.ANSWERED),
        ("01", 60, "no-answer", Status.UNKNOWN),
        ("02", 60, "failed", Status.FAILED),
        ("03", 9999, "in-progress", Status.SENT),
    ],
)
def test_a_call_comes_to_its_end(
    line: Line, make_people: MakePeople, ending: str, after: int, word: str, status: Status
) -> None:
    """What became of a call follows from the number and from the time that has passed."""
    _, outcome = line.ring(make_people(f"+97796100000{ending}"))
    assert outcome is not None

    later = NOW + timedelta(seconds=after)
    found = call_status(send(line.sandbox, ask_status(outcome.receipt.vendor_id), now=later))

    assert (found.word, found.status) == (word, status)
    assert found.duration == {"completed": 57.0, "no-answer": 0.0, "failed": 0.0}.get(word)


def test_an_unknown_call_has_no_status(line: Line) -> None:
    """The stand-in says so inside a 200, as its other failures, and the adapter does not take that for a status."""
    response = send(line.sandbox, ask_status("CA0"))

    assert response.status == 200
    with pytest.raises(Unreadable, match="Call not found"):
        call_status(response)


def test_a_lost_campaign_is_found_again(line: Line) -> None:
    """The stand-in's list leads settle to the campaign that was made."""
    for _ in range(120):
        send(line.sandbox, toingg.open(line.job)[0].fill({}))
    question = toingg.settle(line.job, toingg.open(line.job)[0])
    assert question is not None

    answer: Question[Settled] | Settled = question
    while isinstance(answer, Question):
        answer = answer.read(send(line.sandbox, answer.request))

    assert answer.happened is True


@pytest.mark.parametrize(
    ("change", "loc"),
    [
        ({"title": None}, "title"),
        ({"script": "short"}, "script"),
        ({"language": "english/hindi"}, "language"),
        ({"voice": 3}, "voice"),
        ({"postCallAnalysis": "no"}, "postCallAnalysis"),
        ({"postCallAnalysis": True}, "postCallAnalysisSchema"),
        ({"postCallAnalysisSchema": []}, "postCallAnalysisSchema"),
    ],
)
def test_a_wrong_campaign_gets_the_documented_422(make_job: MakeJob, change: dict[str, Any], loc: str) -> None:
    """What is missing or of the wrong type is named as FastAPI names it, and no campaign is made."""
    sandbox = ToinggSandbox()
    (create,) = toingg.open(make_job())
    body = {key: value for key, value in {**create.body, **change}.items() if value is not None}

    response = sandbox.answer(
        Received(
            method="POST",
            path="create_campaign/",
            headers={"authorization": "Bearer t"},
            body=orjson.dumps(body),
        ),
        NOW,
    )

    assert response.status == 422
    assert [wrong["loc"] for wrong in response.json()["detail"]] == [["body", loc]]
    assert sandbox.campaigns == {}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "make_call", b"{", 422),
        ("POST", "make_call", b'{"name": "a", "phoneNumber": "9610000042", "campID": "1"}', 422),
        ("POST", "make_call", b'{"name": "a", "phoneNumber": "+9779610000042", "campID": "1"}', 200),
        ("GET", "make_call", b"", 405),
        ("GET", "nothing", b"", 404),
        ("GET", "call_status", b"", 422),
    ],
)
def test_wrong_requests_are_refused(method: str, path: str, body: bytes, status: int) -> None:
    """Nobody is rung by a request that Toingg would not take; an unknown campaign is a failure inside a 200."""
    sandbox = ToinggSandbox()

    response = sandbox.answer(Received(method=method, path=path, headers={"authorization": "Bearer t"}, body=body), NOW)

    assert (response.status, sandbox.reached) == (status, [])
    assert status != 200 or response.json()["status"] is False


@pytest.mark.parametrize("header", [{}, {"authorization": "t"}, {"authorization": "Bearer "}])
def test_without_a_token_there_is_nothing(header: dict[str, str]) -> None:
    """A bearer token is asked for first."""
    assert ToinggSandbox().answer(Received(method="GET", path="get_campaigns", headers=header), NOW).status == 401


def test_paging_asks_for_numbers(line: Line) -> None:
    """``skip`` and ``limit`` are whole numbers, and cut the list."""
    wrong = Received(method="GET", path="get_campaigns", query={"skip": "x"}, headers={"authorization": "Bearer t"})

    assert line.sandbox.answer(wrong, NOW).status == 422
    assert len(send(line.sandbox, get_campaigns(limit=1)).json()["result"]) == 1
    assert send(line.sandbox, get_campaigns(skip=1)).json()["result"] == []


def test_the_sandbox_account_suffices(make_job: MakeJob, make_people: MakePeople) -> None:
    """A campaign of nothing but a message goes through with the settings that come with the adapter."""
    job = make_job(script=None, language=None, voice=None, text="Fees are due", job={"settings": toingg.sandbox})
    line = Line(job)
    _, outcome = line.ring(make_people())

    assert not [finding for finding in toingg.check(job) if finding.verdict == "refused"]
    assert outcome is not None
    assert outcome.kind is Kind.ACCEPTED
