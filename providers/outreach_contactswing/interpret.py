"""What ContactSwing's answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outreach.provider import (
    Batch,
    Channel,
    Job,
    Kind,
    Outcome,
    Receipt,
    Request,
    Response,
    Status,
    Waiting,
    accepted,
    look_up,
)
from outreach_contactswing.account import ContactSwingSettings

#: https://docs.contactswing.ai/api-reference/endpoint/what-camp: ``data.status`` is the "Campaign status"; the page's
#: only word is the touchpoint's "scheduled". It tells of the campaign: what became of a person is told nowhere.
STATUS: Mapping[str, Status] = {"scheduled": Status.QUEUED}


def interpret(_job: Job[ContactSwingSettings], request: Request, response: Response, _batch: Batch | None) -> Outcome:
    """Read a 2xx answer: the people are handed over.

    Raises:
        Unreadable: It is no JSON.
    """
    document: Any = response.json()
    campaign, word = look_up(document, ("data.id",)), look_up(document, ("data.status",)) or ""
    outcome = accepted(request, response, receipt=Receipt(vendor_id=campaign or "", status=_told(word), word=word))
    if outcome.kind is Kind.ACCEPTED and campaign is None:
        return Outcome(
            kind=Kind.UNKNOWN, reason="the answer names no campaign; look for it in ContactSwing's dashboard"
        )
    return outcome


def status(_channel: Channel, word: str) -> Status:
    """Give our word for ContactSwing's."""
    return STATUS.get(word.strip().casefold(), Status.UNKNOWN)


def _told(word: str) -> Status:
    """Without a word from the vendor people are queued, since they are handed over."""
    return status(Channel.WHATSAPP, word) if word.strip() else Status.QUEUED


def follow(_job: Job[ContactSwingSettings], _waiting: Waiting) -> str:
    """Say why nobody can be asked about: no page has a request that lists a campaign, or its people."""
    return "handed over: ContactSwing has no request that tells what became of anybody; look at its dashboard"
