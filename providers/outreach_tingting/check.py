"""What TingTing cannot take, found before anything is sent.

The vendor documents no limit of length, so none is made up here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from outreach.provider import Channel, Finding, Job, Template, Verdict, VoiceContent
from outreach_tingting.settings import Settings
from outreach_tingting.translate import CHANNELS, NORMAL_LENGTH, length_factor, text_of, voice_id

#: Fields of ``extra`` that would break what outreach promises, and why.
FORBIDDEN_EXTRA: Mapping[str, str] = {
    "failover_target": "it lets the vendor contact people a second time; leave it out",
    "draft": "a draft is not run; leave it out",
    "bulk_file": "it brings people whom outreach does not know of; give them as contacts",
}

_PREFIX = re.compile(r"\w*", re.ASCII)


def check(job: Job[Settings]) -> Iterable[Finding]:
    """Give what is wrong or weaker for this campaign and account."""
    for channel in CHANNELS:
        if channel in job.contents:
            yield from _account(job, channel)
            yield from _text(channel, text_of(job, channel))
    content = job.contents.get(Channel.VOICE)
    if isinstance(content, VoiceContent):
        yield from _voice(job, content)
        yield from _speed(job, content)


def _account(job: Job[Settings], channel: Channel) -> Iterator[Finding]:
    settings = job.settings
    if not settings.senders or min(settings.senders) < 1:
        remedy = "give the ids of your caller numbers, such as [3]; the vendor's dashboard shows them"
        yield _refused(channel, "providers.tingting.senders", remedy)
    if not _PREFIX.fullmatch(settings.tag_prefix):
        yield _refused(channel, "providers.tingting.tag_prefix", "use letters, digits and _ only, such as tags_")
    for field, why in FORBIDDEN_EXTRA.items():
        if settings.extra.get(field):
            yield _refused(channel, f"providers.tingting.extra.{field}", why)


def _text(channel: Channel, text: Template | None) -> Iterator[Finding]:
    field = f"messages.{channel}.text"
    if text is None or not text.source.strip():
        yield _refused(channel, field, "there is no text; write one")
    elif any(brace in part for part in text.parts if isinstance(part, str) for brace in "{}"):
        yield _refused(
            channel, field, "TingTing reads every brace as a placeholder and has no way to write a brace; take it out"
        )


def _voice(job: Job[Settings], content: VoiceContent) -> Iterator[Finding]:
    field = "messages.voice.voice"
    if voice_id(job) is not None:
        return
    if content.voice is None:
        yield _refused(Channel.VOICE, field, "give an id of the vendor's list here or as providers.tingting.voice")
    else:
        yield _refused(
            Channel.VOICE,
            field,
            f"TingTing knows voices by number; give the number of '{content.voice}' under providers.tingting.voices",
        )


def _speed(job: Job[Settings], content: VoiceContent) -> Iterator[Finding]:
    field = "messages.voice.speed"
    factor = length_factor(job)
    if factor == "0.00":
        yield _refused(Channel.VOICE, field, f"a speed of {content.speed:g} cannot be expressed; write one near 1.0")
    elif factor != NORMAL_LENGTH:
        yield Finding(
            channel=Channel.VOICE,
            provider="tingting",
            field=field,
            verdict=Verdict.DEGRADED,
            code="tingting.speed",
            detail=f"goes out as length_factor {factor} (1 / speed); the vendor does not say which way the factor goes",
        )


def _refused(channel: Channel, field: str, detail: str) -> Finding:
    return Finding(channel=channel, provider="tingting", field=field, verdict=Verdict.REFUSED, detail=detail)
