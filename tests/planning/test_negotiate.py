"""Every field against what a provider can do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from outreach.model import (
    AiCallContent,
    Campaign,
    Channel,
    Contacts,
    Limits,
    Messages,
    Route,
    Schedule,
    SmsContent,
    Template,
    VoiceContent,
    WhatsappContent,
)
from outreach.model.content import CONTENT_OF
from outreach.negotiation import Features, Finding, Verdict, degraded, native
from outreach.planning.negotiate import negotiate, refusals
from outreach.plugins import load_plugins

TINGTING = load_plugins().provider("tingting")


def campaign(**fields: Any) -> Campaign:
    """Make a campaign by voice."""
    made = Campaign(
        name="fees",
        contacts=Contacts(sources=()),
        routes=(Route(channel=Channel.VOICE, providers=("tingting",)),),
        message=Template.parse("Hello"),
    )
    return attrs.evolve(made, **fields)


def test_every_field_of_every_content_is_a_feature() -> None:
    """A field that an author can write is one that capabilities speak of; a new field cannot be forgotten."""
    written = {one.name for kind in CONTENT_OF.values() for one in attrs.fields(kind)}

    assert written <= {one.name for one in attrs.fields(Features)}


def test_a_misspelt_feature_is_no_feature() -> None:
    """Capabilities reject names that they do not know."""
    with pytest.raises(TypeError, match="voise"):
        Features(voise=native("https://example.org"))  # type: ignore[call-arg]  # that is the point


def test_a_feature_that_is_not_named_is_refused() -> None:
    """What an adapter says nothing of cannot be done."""
    assert Features().text.verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("fields", "paths"),
    [
        ({}, {"message"}),
        ({"message": Template.parse("{a} {b|c}")}, {"message", "message placeholders", "message fallbacks"}),
        (
            {"messages": Messages(voice=VoiceContent(audio="x.mp3", speed=2.0))},
            {"messages.voice.audio", "messages.voice.speed"},
        ),
        ({"messages": Messages(voice=VoiceContent(text=Template.parse("x"), speed=1.0))}, {"messages.voice.text"}),
        (
            {"description": "d", "schedule": Schedule(start=datetime.now(UTC))},
            {"message", "description", "schedule.start"},
        ),
        ({"limits": Limits(per_hour=5)}, {"message", "limits.per_hour"}),
    ],
)
def test_what_the_author_used_has_a_finding_and_nothing_else(fields: dict[str, Any], paths: set[str]) -> None:
    """Each field that is set stands in the findings under its place in the file."""
    found = negotiate(campaign(**fields), Channel.VOICE, TINGTING)

    assert {one.field for one in found} == paths


def test_a_channel_that_the_vendor_lacks_is_refused_with_the_remedy() -> None:
    """The finding names what the vendor carries."""
    (found,) = negotiate(campaign(), Channel.WHATSAPP, TINGTING)

    assert found.verdict is Verdict.REFUSED
    assert "voice" in found.detail


def test_a_degradation_needs_consent_by_its_code() -> None:
    """Refused until the code stands under accept; a refusal cannot be accepted."""
    support = degraded("v.speed", "weaker")
    found = Finding(
        channel=Channel.VOICE, provider="v", field="speed", verdict=support.verdict, code=support.code, detail="weaker"
    )
    never = attrs.evolve(found, verdict=Verdict.REFUSED, code="")

    assert list(refusals([found], ())) == [
        "speed: v does this only in a weaker form on voice: weaker. To agree, write  accept: [v.speed]"
    ]
    assert not list(refusals([found], ("v.speed",)))
    assert list(refusals([never], ("v.speed", "")))


def test_each_channel_falls_back_on_the_message() -> None:
    """A channel without an entry says the neutral message; with one it says that."""
    own = campaign(messages=Messages(sms=SmsContent(text=Template.parse("short"))))

    assert own.content(Channel.SMS) == SmsContent(text=Template.parse("short"))
    assert own.content(Channel.AI_CALL) == AiCallContent(text=Template.parse("Hello"))
    assert attrs.evolve(own, message=None).content(Channel.WHATSAPP) is None
    assert own.content(Channel.WHATSAPP) == WhatsappContent(text=Template.parse("Hello"))
