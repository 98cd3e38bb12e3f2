"""The vendor's documented samples, out and back.

https://api.toingg.com/docs/Campaign%20Endpoints/Create-Campaign,
https://api.toingg.com/docs/Calling_Endpoints/Call_Status
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from outreach.provider import Job, Kind, Reach, Response, Status, Window
from outreach_toingg import ToinggSettings, toingg
from outreach_toingg.interpret import call_status

#: As the page prints it, but for two values that are none: ``"english/hindi"`` is a choice between two languages, and
#: the sample's script says that it must be longer than it is.
SAMPLE = """
{
"title": "your title",
"voice": "selected voice",
"language": "english",
"script": "%s",
"purpose": "",
"knowledgeBase": "",
"calendar": "10Am to 10Pm IST",
"firstLine": "",
"tone": "",
"postCallAnalysis": false,
"postCallAnalysisSchema": {}
}
"""

LONG_ENOUGH = "The script should have a minimum of 200 characters. " * 4


@pytest.mark.parametrize("slash", [True, False])
def test_a_campaign_makes_the_documented_sample_request(
    make_job: Callable[..., Job[ToinggSettings]], slash: bool
) -> None:
    """A campaign of the sample's values gives the sample's body, to the path of either page."""
    window = Window(start=time(10), end=time(22), zone="Asia/Kolkata")
    job = make_job(
        script=LONG_ENOUGH.strip(),
        language="english",
        voice="selected voice",
        job={"title": "your title", "marker": "", "window": window, "zone": "Asia/Kolkata"},
        settings={"marker": False, "trailing_slash": slash},
    )

    (request,) = toingg.open(job)

    assert not [finding for finding in toingg.check(job) if finding.verdict == "refused"]
    assert (request.method, request.target) == ("POST", "create_campaign/" if slash else "create_campaign")
    encoded = request.encode()
    assert encoded is not None
    expected = json.loads(SAMPLE % LONG_ENOUGH.strip())
    assert json.loads(encoded) == expected
    assert list(json.loads(encoded)) == list(expected)
    assert (request.reaches, request.repeatable) == (Reach.NOBODY, False)
    assert toingg.settings().base_url == "https://www.toingg.com/api/v3/"
    assert toingg.auth("Bearer YOUR_ACCESS_TOKEN", toingg.sandbox) == {"Authorization": "Bearer YOUR_ACCESS_TOKEN"}


def test_the_documented_sample_answer_names_no_campaign(make_job: Callable[..., Job[ToinggSettings]]) -> None:
    """The page's ``"string"`` is an example of a type: the campaign is made, its id not known, and it is not remade."""
    job = make_job()
    (request,) = toingg.open(job)

    outcome = toingg.interpret(job, request, Response(status=200, body=b'"string"'), None)

    assert outcome.kind is Kind.UNKNOWN
    assert "was made" in outcome.reason
    assert outcome.captures == {}


def test_the_documented_error_is_read() -> None:
    """The page's 422 gives the vendor's words with their place."""
    page: dict[str, Any] = {"detail": [{"loc": ["string", 0], "msg": "string", "type": "string"}]}

    assert toingg.explain(Response.of(page, 422)) == "string.0: string"


def test_the_documented_call_status_is_read() -> None:
    """The page's answer about a call gives status, times and seconds."""
    page = {
        "status": True,
        "message": "Call details fetched.",
        "result": {
            "status": "completed",
            "start_time": "2024-07-02T13:14:22+00:00",
            "end_time": "2024-07-02T13:15:19+00:00",
            "duration": "57",
        },
    }

    found = call_status(Response.of(page))

    assert (found.status, found.word, found.duration) == (Status.ANSWERED, "completed", 57.0)
    assert (found.started, found.ended) == ("2024-07-02T13:14:22+00:00", "2024-07-02T13:15:19+00:00")
