"""Every endpoint of every adapter: its example makes a request, and its stand-in answers as its page shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import pytest
from wires import PROVIDERS, arguments, prepared

from outreach.answers import failure_inside
from outreach.calling import Wanted
from outreach.provider import Danger, Endpoint, Evidence, Reach, Received

#: Later than every schedule of the samples.
LATER = datetime(2027, 1, 1, tzinfo=UTC)

ALL = [pytest.param(name, one, id=f"{name}-{one.name}") for name, each in PROVIDERS.items() for one in each.endpoints]
DOCUMENTED = [one for one in ALL if one.values[1].evidence is Evidence.DOCUMENTED]  # type: ignore[union-attr]  # param
OTHERS = [one for one in ALL if one not in DOCUMENTED]

#: Known from third parties only, and used by the adapters all the same.
AS_THEY_SAY = frozenset({"get_campaigns", "get_transcription", "get_post_call_analysis", "get_supported_voices"})


@pytest.mark.parametrize(("provider", "endpoint"), ALL)
def test_the_example_makes_a_request(provider: str, endpoint: Endpoint) -> None:
    """The sample arguments are valid; the request is the row's own, and is as dangerous as the row says."""
    request = endpoint.request(**arguments(provider, endpoint))

    assert endpoint.made(request)
    assert (request.reaches is not Reach.NOBODY) == (endpoint.danger is Danger.REACHES)
    assert request.repeatable <= (endpoint.danger in {Danger.READS, Danger.CHANGES})
    assert not any(mark in request.target for mark in "<>?")
    assert endpoint.doc.startswith("https://")


@pytest.mark.asyncio
@pytest.mark.parametrize(("provider", "endpoint"), DOCUMENTED)
async def test_documented_endpoints_answer(provider: str, endpoint: Endpoint) -> None:
    """Over the wire, the stand-in answers in the documented shape, which the decoder reads; who is reached is noted."""
    async with prepared(provider, endpoint) as wire:
        emulator = wire.emulator
        before = len(emulator.reached)
        answer = await wire.ask(endpoint)
    by_mail = endpoint.name == "create_email_campaign"

    assert answer.ok, answer.body
    assert "json" not in answer.headers["content-type"] or not failure_inside(orjson.loads(answer.body))
    endpoint.decode(answer)
    emulator.answer(Received(method="GET", path=""), LATER)
    assert (len(emulator.reached) > before) == (endpoint.danger is Danger.REACHES and not by_mail)


@pytest.mark.asyncio
@pytest.mark.parametrize(("provider", "endpoint"), OTHERS)
async def test_other_endpoints_are_not_there(provider: str, endpoint: Endpoint) -> None:
    """What only third parties know the stand-in answers with 404 or 405 in the vendor's shape, or as they say."""
    async with prepared(provider, endpoint) as wire:
        answer = await wire.ask(endpoint)

    assert answer.status in ({200} if endpoint.name in AS_THEY_SAY else {404, 405})
    assert "detail" in answer.json() or answer.ok


#: These reach whomever the vendor has in a campaign or list, or people by e-mail: no telephone number is named.
UNLISTED = frozenset(
    {
        ("tingting", "run_campaign"),
        ("tingting", "demo_call"),
        ("tingting", "run_survey"),
        ("tingting", "test_survey"),
        ("tingting", "legacy_begin_campaign"),
        ("toingg", "send_whatsapp_templates"),
        ("contactswing", "create_email_campaign"),
    }
)


@pytest.mark.parametrize(
    ("provider", "endpoint"),
    [one for one in ALL if one.values[1].danger is Danger.REACHES],  # type: ignore[union-attr]  # param
)
def test_whom_a_call_reaches_can_be_looked_up(provider: str, endpoint: Endpoint) -> None:
    """What reaches people says where its arguments name them, so that the do-not-contact list can be asked."""
    one = PROVIDERS[provider]
    wanted = Wanted.of(one, endpoint.name, arguments(provider, endpoint), one.sandbox)

    assert wanted.unlisted == ((provider, endpoint.name) in UNLISTED)
    assert all(phone.startswith("+") for spellings in wanted.people for phone in spellings)
    assert bool(wanted.people) != wanted.unlisted


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
