"""A campaign as Toingg's requests: make the campaign once, then one call per person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from outreach.provider import AiCallContent, Batch, Channel, Job, Ref, Request, merge
from outreach_toingg import endpoints
from outreach_toingg.account import ToinggSettings
from outreach_toingg.script import calendar, script, spelled


def open_campaign(job: Job[ToinggSettings]) -> Sequence[Request]:
    """Make the campaign; it calls nobody."""
    body = merge(campaign(job), job.settings.extra)
    return (endpoints.create_campaign(body, job.settings),)


def campaign(job: Job[ToinggSettings]) -> dict[str, Any]:
    """Give the documented fields, all of them and no other, in the order of the page.

    https://api.toingg.com/docs/Campaign%20Endpoints/Create-Campaign
    """
    content = content_of(job)
    return {
        "title": job.title,
        "voice": voice(job),
        "language": content.language or job.settings.language or "",
        "script": script(content),
        "purpose": content.goal or "",
        "knowledgeBase": content.knowledge or "",
        "calendar": calendar(job.window, job.zone, job.start) if job.window else job.settings.calendar,
        "firstLine": spelled(content.first_line),
        "tone": content.tone or "",
        "postCallAnalysis": bool(content.ask),
        "postCallAnalysisSchema": dict(content.ask),
    }


def call(job: Job[ToinggSettings], batch: Batch) -> Request:
    """Ring the one person of a batch, now."""
    if len(batch) != 1:
        msg = f"Toingg takes one person per call, not {len(batch)}"
        raise ValueError(msg)
    return endpoints.make_call(
        name=batch.names[0] or batch.ids[0] or masked(batch.phones[0]),
        phone=batch.phones[0],
        campaign=Ref("campaign"),
        params={placeholder.name: column[0] for placeholder, column in batch.values.items()},
        extra=job.settings.call_extra,
    )


def content_of(job: Job[ToinggSettings]) -> AiCallContent:
    """Give the conversation; the only content that Toingg carries."""
    content = job.contents[Channel.AI_CALL]
    if not isinstance(content, AiCallContent):
        msg = f"the content of {Channel.AI_CALL} is {type(content).__name__}"
        raise TypeError(msg)
    return content


def voice(job: Job[ToinggSettings]) -> str:
    """Give Toingg's name of the voice, empty when nobody named one."""
    named = content_of(job).voice or job.settings.voice or ""
    return job.settings.voices.get(named, named)


def masked(phone: str) -> str:
    """Show whose number it is only by its first and last digits."""
    return f"{phone[:4]}{'*' * (len(phone) - 6)}{phone[-2:]}"
