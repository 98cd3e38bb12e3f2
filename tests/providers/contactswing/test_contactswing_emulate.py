"""ContactSwing's stand-in, through the adapter's own requests and readings."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from outreach.provider import Batch, Channel, Job, Kind, Received, Request, Response
from outreach_contactswing import ContactSwingSandbox, ContactSwingSettings, contactswing

MakeJob = Callable[..., Job[ContactSwingSettings]]
MakePeople = Callable[..., Batch]

NOW = datetime(2026, 12, 1, 4, 30, tzinfo=UTC)
REMOVED = object()


def send(sandbox: ContactSwingSandbox, request: Request, *, now: datetime = NOW) -> Response:
    """Bring a request to the stand-in."""
    headers = {name.lower(): value for name, value in contactswing.auth("sandbox", contactswing.sandbox).items()}
    return sandbox.answer(
        Received(method=request.method, path=request.target, headers=headers, body=request.encode() or b""), now
    )


def changed(body: Any, path: str, value: object) -> bytes:
    """Put something else in one place of a body, or take it out."""
    body = copy.deepcopy(body)
    *above, last = path.split(".")
    place = body
    for key in above:
        place = place[key]
    place[last] = value
    if value is REMOVED:
        del place[last]
    return orjson.dumps(body)


@pytest.mark.parametrize("number_format", ["e164", "digits"])
def test_people_are_reached_at_the_start(make_job: MakeJob, make_people: MakePeople, number_format: str) -> None:
    """The adapter's own request satisfies the stand-in, and its answer the adapter."""
    start = NOW + timedelta(hours=2)
    job = make_job(
        template="fee_due",
        language="ne",
        header=({"type": "image"},),
        body=("{name} 🙏",),
        buttons=("x",),
        settings={"number_format": number_format},
        job={"start": start, "scheduled": True},
    )
    people = make_people(name="सीता")
    sandbox = ContactSwingSandbox()
    request = contactswing.load(job, people)

    response = send(sandbox, request)
    outcome = contactswing.interpret(job, request, response, people)

    assert (response.status, outcome.kind) == (201, Kind.ACCEPTED)
    assert outcome.receipt.vendor_id == "cmp_000001"
    assert [(one.phone, one.channel, one.at) for one in sandbox.reached] == [
        ("+9779610000042", Channel.WHATSAPP, start),
        ("+9779880000043", Channel.WHATSAPP, start),
    ]


def test_a_start_in_the_past_means_now(make_job: MakeJob, make_people: MakePeople) -> None:
    """Nobody is reached before the request arrives."""
    sandbox = ContactSwingSandbox()
    later = NOW + timedelta(hours=1)
    send(sandbox, contactswing.load(make_job(), make_people()), now=later)

    assert {one.at for one in sandbox.reached} == {later}


def test_an_equal_request_reaches_everybody_again(make_job: MakeJob, make_people: MakePeople) -> None:
    """The stand-in protects nobody from a client that repeats itself."""
    sandbox, request = ContactSwingSandbox(), contactswing.load(make_job(), make_people())

    first, second = send(sandbox, request).json(), send(sandbox, request).json()

    assert len(sandbox.reached) == 4
    assert first["data"]["id"] != second["data"]["id"]


@pytest.mark.parametrize(
    ("ending", "status", "reached"), [("42", 201, 2), ("90", 400, 0), ("98", 500, 2), ("99", 429, 0)]
)
def test_the_last_digits_decide_for_the_whole_request(
    make_job: MakeJob, make_people: MakePeople, ending: str, status: int, reached: int
) -> None:
    """Each magic number does what the table in the module says, to everybody in the request."""
    sandbox = ContactSwingSandbox()
    people = make_people(("+9779610000050", f"+97796100000{ending}"))

    assert send(sandbox, contactswing.load(make_job(), people)).status == status
    assert len(sandbox.reached) == reached


def test_too_many_requests_is_said_once(make_job: MakeJob, make_people: MakePeople) -> None:
    """The same request goes through the second time."""
    sandbox, request = ContactSwingSandbox(), contactswing.load(make_job(), make_people(("+9779610000099",)))
    first, second = send(sandbox, request), send(sandbox, request)

    assert (first.status, first.headers["retry-after"], second.status) == (429, "1", 201)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", REMOVED),
        ("name", 3),
        ("type", "None"),
        ("touchpoint", REMOVED),
        ("touchpoint", []),
        ("touchpoint.name", REMOVED),
        ("touchpoint.type", "EMAIL"),
        ("touchpoint.status", REMOVED),
        ("touchpoint.start_at", "tomorrow"),
        ("touchpoint.start_at", 5),
        ("touchpoint.start_at", "2026-12-01T10:00:00"),
        ("touchpoint.assistant_id", "12"),
        ("touchpoint.assistant_id", True),
        ("touchpoint.assistant_id", REMOVED),
        ("touchpoint.is_consultants", "yes"),
        ("touchpoint.attachment_url", ""),
        ("touchpoint.variables", {}),
        ("touchpoint.customer_details", REMOVED),
        ("touchpoint.customer_details", []),
        ("touchpoint.customer_details", [{"to_number": "+12025550100"}]),
        ("touchpoint.customer_details", [{"id": 7, "to_number": "+12025550100"}]),
        ("touchpoint.additional_settings", REMOVED),
        ("touchpoint.additional_settings.execution_days", ["Monday"]),
        ("touchpoint.additional_settings.execution_days", []),
        ("touchpoint.additional_settings.start_hour", 9.5),
        ("touchpoint.additional_settings.start_hour", 19),
        ("touchpoint.additional_settings.end_hour", 24),
        ("touchpoint.additional_settings.delay", REMOVED),
        ("touchpoint.additional_settings.delay", "1"),
        ("touchpoint.additional_settings.time_zone", "Nepal Time"),
        ("touchpoint.additional_settings.ignore_suppression", "false"),
        ("touchpoint.additional_settings.from_numbers", "650175178190170"),
        ("touchpoint.additional_settings.from_numbers", []),
        ("touchpoint.whatsapp_data", REMOVED),
        ("touchpoint.whatsapp_data", {}),
        ("touchpoint.whatsapp_data.whatsapp_body", "as well"),
        ("touchpoint.whatsapp_data.language_code", REMOVED),
        ("touchpoint.whatsapp_data.body_params", ["x"]),
        ("touchpoint.whatsapp_data.body_params", {"is_static": "yes", "params": []}),
        ("touchpoint.whatsapp_data.body_params", {"is_static": True, "params": ["x"]}),
    ],
)
def test_what_the_page_requires_or_types_is_demanded(
    make_job: MakeJob, make_people: MakePeople, path: str, value: object
) -> None:
    """A wrong body gets a 400 that names the place, and reaches nobody."""
    sandbox = ContactSwingSandbox()
    body = contactswing.load(make_job(), make_people()).body

    response = sandbox.answer(
        Received(
            method="POST",
            path="v2/campaign/create_with_touchpoint",
            headers={"authorization": "Bearer t"},
            body=changed(body, path, value),
        ),
        NOW,
    )

    assert (response.status, sandbox.reached) == (400, [])
    assert contactswing.explain(response).startswith("body")
    assert all(set(wrong) == {"loc", "msg", "type"} for wrong in response.json()["detail"])


def test_optional_fields_may_be_absent(make_job: MakeJob, make_people: MakePeople) -> None:
    """The page does not require ``ignore_suppression``, so the stand-in does not either."""
    body = contactswing.load(make_job(), make_people()).body
    without = changed(body, "touchpoint.additional_settings.ignore_suppression", REMOVED)

    response = ContactSwingSandbox().answer(
        Received(
            method="POST",
            path="v2/_campaign/create_with_touchpoint",
            headers={"authorization": "Bearer t"},
            body=without,
        ),
        NOW,
    )

    assert response.status == 201


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("POST", "v2/campaign/create_with_touchpoint", {}, b"{}", 401),
        ("POST", "v2/campaign/create_with_touchpoint", {"authorization": "t"}, b"{}", 401),
        ("POST", "v2/campaign/create_with_touchpoint", {"authorization": "Bearer t"}, b"{", 400),
        ("GET", "v2/campaign/create_with_touchpoint", {"authorization": "Bearer t"}, b"", 405),
        ("POST", "v2/campaign", {"authorization": "Bearer t"}, b"{}", 404),
    ],
)
def test_wrong_requests_are_refused(method: str, path: str, headers: dict[str, str], body: bytes, status: int) -> None:
    """Nothing but the page's own request is answered with a campaign."""
    received = Received(method=method, path=path, headers=headers, body=body)

    assert ContactSwingSandbox().answer(received, NOW).status == status


def test_the_sandbox_account_suffices(make_job: MakeJob, make_people: MakePeople) -> None:
    """A campaign of nothing but a message goes through with the settings that come with the adapter."""
    job = make_job(text="नमस्कार", job={"settings": contactswing.sandbox})

    assert not [finding for finding in contactswing.check(job) if finding.verdict == "refused"]
    assert send(ContactSwingSandbox(), contactswing.load(job, make_people())).status == 201
