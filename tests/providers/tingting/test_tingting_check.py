"""What TingTing cannot take is found before anything is sent."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from outreach.provider import Channel, Features, Job, Template, Verdict, VoiceContent
from outreach_tingting import Settings, tingting

MakeJob = Callable[..., Job[Settings]]


def spoken(text: str = "hello", **more: object) -> VoiceContent:
    """Give a content of a call."""
    return VoiceContent(text=Template.parse(text), **more)  # type: ignore[arg-type]  # the tests give what fits


def test_an_ordinary_campaign_has_no_findings(make_job: MakeJob) -> None:
    """Nepali text with placeholders, on both channels."""
    assert list(tingting.check(make_job("नमस्कार {name|ग्राहक} 🙏", sms="Rs {amount}"))) == []


@pytest.mark.parametrize(
    ("more", "field", "remedy"),
    [
        ({"senders": ()}, "providers.tingting.senders", "ids of your caller numbers"),
        ({"senders": (3, 0)}, "providers.tingting.senders", "ids of your caller numbers"),
        ({"voice_id": None}, "messages.voice.voice", "providers.tingting.voice"),
        ({"voice": spoken(voice="rija")}, "messages.voice.voice", "providers.tingting.voices"),
        ({"voice": spoken(voice="rija"), "voices": {"rija": "np_rija"}}, "messages.voice.voice", "by number"),
        ({"voice": spoken(speed=0.0)}, "messages.voice.speed", "near 1.0"),
        ({"voice": spoken(speed=-1.0)}, "messages.voice.speed", "near 1.0"),
        ({"voice": spoken(speed=900.0)}, "messages.voice.speed", "near 1.0"),
        ({"voice": spoken("a {{code}}")}, "messages.voice.text", "brace"),
        ({"voice": spoken("a }} b")}, "messages.voice.text", "brace"),
        ({"voice": spoken("  ")}, "messages.voice.text", "write one"),
        ({"voice": VoiceContent(audio="greeting.mp3")}, "messages.voice.text", "write one"),
        ({"tag_prefix": "tags {"}, "providers.tingting.tag_prefix", "letters"),
        ({"extra": {"failover_target": ["failed"]}}, "providers.tingting.extra.failover_target", "second time"),
        ({"extra": {"draft": True}}, "providers.tingting.extra.draft", "draft"),
        ({"extra": {"bulk_file": "n.xlsx"}}, "providers.tingting.extra.bulk_file", "does not know of"),
    ],
)
def test_what_cannot_be_sent_is_refused(make_job: MakeJob, more: dict[str, object], field: str, remedy: str) -> None:
    """Each refusal names its place in the campaign file and what to do."""
    given = {"voice": spoken(), **more}

    (finding,) = tingting.check(make_job(**given))

    assert (Verdict.REFUSED, field, Channel.VOICE) == (finding.verdict, finding.field, finding.channel)
    assert remedy in finding.detail


def test_messages_need_no_voice(make_job: MakeJob) -> None:
    """An account without a voice can send messages."""
    assert list(tingting.check(make_job(sms="hello", voice_id=None))) == []


def test_each_channel_reports_its_own(make_job: MakeJob) -> None:
    """What is wrong with the account concerns every channel, what is wrong with a text only its own."""
    findings = list(tingting.check(make_job("hello", sms="{{", senders=())))

    assert [(finding.channel, finding.field) for finding in findings] == [
        (Channel.VOICE, "providers.tingting.senders"),
        (Channel.SMS, "providers.tingting.senders"),
        (Channel.SMS, "messages.sms.text"),
    ]


def test_another_speed_needs_consent(make_job: MakeJob) -> None:
    """The vendor does not say which way its factor goes."""
    (finding,) = tingting.check(make_job(spoken(speed=1.25)))

    assert (
        finding.verdict,
        finding.code,
        finding.field,
    ) == (Verdict.DEGRADED, "tingting.speed", "messages.voice.speed")
    assert "0.80" in finding.detail


def test_every_native_line_has_a_source() -> None:
    """What the vendor is said to do stands on one of its pages."""
    lines = [
        (channel, field.name, getattr(features, field.name))
        for channel, features in tingting.capabilities.channels.items()
        for field in attrs.fields(Features)
    ]

    assert [
        line for line in lines if line[2].verdict is Verdict.NATIVE and not line[2].doc.startswith("https://")
    ] == []


def test_calls_and_messages_may_share_a_campaign() -> None:
    """Both together, only within Nepal, and the vendor waits for a start in the future."""
    capabilities = tingting.capabilities

    assert {Channel.VOICE, Channel.SMS} == capabilities.together == set(capabilities.channels)
    assert (capabilities.calling_codes, capabilities.schedules) == (("977",), True)
    assert (capabilities.batching.size, capabilities.batching.campaign_size) == (100, 10_000)
