"""Every endpoint of every adapter: its example makes a request, and its stand-in answers as its page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from outreach.answers import failure_inside
from outreach.plugins import load_plugins
from outreach.provider import Danger, Emulator, Endpoint, Evidence, Provider, Reach, Received, Request, Response, Upload

NOW = datetime(2025, 7, 1, 6, tzinfo=UTC)

#: Later than every schedule of the samples.
LATER = datetime(2027, 1, 1, tzinfo=UTC)

PROVIDERS: Mapping[str, Provider[Any]] = load_plugins().providers

ALL = [pytest.param(name, one, id=f"{name}-{one.name}") for name, each in PROVIDERS.items() for one in each.endpoints]
DOCUMENTED = [one for one in ALL if one.values[1].evidence is Evidence.DOCUMENTED]  # type: ignore[union-attr]  # param
OTHERS = [one for one in ALL if one not in DOCUMENTED]

#: What the vendor's sample leaves open, or what is no value but a choice.
LIVE: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("tingting", "upload_contacts"): {
        "bulk_file": Upload(name="n.csv", content="numbers,name\n9610000011,शिखर\n".encode(), media_type="text/csv")
    },
    ("toingg", "create_campaign"): {"language": "hindi", "script": "Speak kindly. " * 20},
}

#: What must have happened before: endpoints by name.
BEFORE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("tingting", "run_campaign"): ("create_campaign", "set_message", "add_contacts"),
    ("tingting", "get_api_key"): ("generate_api_key",),
    **{
        ("tingting", name): ("create_campaign", "add_contacts")
        for name in ("contacts", "campaign_report", "contact_variables", "set_contact_variables")
    },
    **{
        ("tingting", name): ("create_campaign",)
        for name in ("campaign", "update_campaign", "set_message", "add_contact", "add_contacts", "upload_contacts")
    },
    **{
        ("toingg", name): ("create_campaign",)
        for name in ("make_call", "update_campaign", "text_pipeline_configuration")
    },
    ("toingg", "call_status"): ("create_campaign", "make_call"),
    ("contactswing", "calls"): ("create_call",),
    ("twilio", "fetch_message"): ("create_message",),
    ("twilio", "fetch_call"): ("create_call",),
    ("twilio", "cancel_call"): ("create_call",),
}


def arguments(provider: str, endpoint: Endpoint) -> dict[str, Any]:
    """Give the sample arguments, completed where the sample is no whole call."""
    return {**endpoint.example, **LIVE.get((provider, endpoint.name), {})}


def ask(name: str, emulator: Emulator, request: Request) -> Response:
    """Put a request before a stand-in."""
    kind, body = request.payload()
    credential = PROVIDERS[name].auth("x", PROVIDERS[name].sandbox)
    headers = {key.lower(): value for key, value in {**credential, **request.headers}.items()}
    received = Received(
        method=request.method,
        path=request.target,
        query=request.query,
        headers={**headers, "content-type": kind} if kind else headers,
        body=body or b"",
    )
    return emulator.answer(received, NOW)


def prepared(provider: str, endpoint: Endpoint) -> Emulator:
    """Give a stand-in to which everything has happened that this endpoint needs."""
    emulator = PROVIDERS[provider].emulate()
    known = {one.name: one for one in PROVIDERS[provider].endpoints}
    for name in BEFORE.get((provider, endpoint.name), ()):
        assert ask(provider, emulator, known[name].request(**arguments(provider, known[name]))).ok
    return emulator


@pytest.mark.parametrize(("provider", "endpoint"), ALL)
def test_the_example_makes_a_request(provider: str, endpoint: Endpoint) -> None:
    """The sample arguments are valid; the request is the row's own, and is as dangerous as the row says."""
    request = endpoint.request(**arguments(provider, endpoint))

    assert endpoint.made(request)
    assert (request.reaches is not Reach.NOBODY) == (endpoint.danger is Danger.REACHES)
    assert request.repeatable <= (endpoint.danger in {Danger.READS, Danger.CHANGES})
    assert not any(mark in request.target for mark in "<>?")
    assert endpoint.doc.startswith("https://")


@pytest.mark.parametrize(("provider", "endpoint"), DOCUMENTED)
def test_documented_endpoints_answer(provider: str, endpoint: Endpoint) -> None:
    """The stand-in answers in the documented shape, which the decoder reads; whoever is reached is noted."""
    emulator = prepared(provider, endpoint)
    before = len(emulator.reached)
    answer = ask(provider, emulator, endpoint.request(**arguments(provider, endpoint)))
    by_mail = endpoint.name == "create_email_campaign"

    assert answer.ok, answer.body
    assert "json" not in answer.headers["content-type"] or not failure_inside(orjson.loads(answer.body))
    endpoint.decode(answer)
    emulator.answer(Received(method="GET", path=""), LATER)
    assert (len(emulator.reached) > before) == (endpoint.danger is Danger.REACHES and not by_mail)


@pytest.mark.parametrize(("provider", "endpoint"), OTHERS)
def test_other_endpoints_are_not_there(provider: str, endpoint: Endpoint) -> None:
    """What only third parties know the stand-in answers with 404 or 405 in the vendor's shape, or as they say."""
    answer = ask(provider, prepared(provider, endpoint), endpoint.request(**arguments(provider, endpoint)))

    assert answer.status in ({200} if endpoint.name == "get_campaigns" else {404, 405})
    assert "detail" in answer.json() or answer.ok


@pytest.mark.parametrize("name", PROVIDERS)
def test_names_are_unique_and_typed_alike(name: str) -> None:
    """No two endpoints share a name; each name can be typed."""
    names = [one.name for one in PROVIDERS[name].endpoints]

    assert names
    assert len(set(names)) == len(names)
    assert all(one.replace("_", "").isalnum() and one == one.lower() for one in names)


def secrets() -> Iterator[tuple[str, Endpoint]]:
    """Give every endpoint that takes a secret."""
    for name, each in PROVIDERS.items():
        yield from ((name, one) for one in each.endpoints if any(part.secret for part in one.arguments))


@pytest.mark.parametrize(("provider", "endpoint"), [pytest.param(*one, id=one[1].name) for one in secrets()])
def test_a_wrong_secret_is_not_quoted(provider: str, endpoint: Endpoint) -> None:
    """No message holds the value of a secret, whatever is wrong with it."""
    (secret,) = [part for part in endpoint.arguments if part.secret]

    assert "canary" not in secret.wrong(["canary"])
