"""A campaign in TingTing's words.

The order is the vendor's (https://tingting-api.readthedocs.io/en/latest/api/add-campaign.html): make the campaign,
set its voice, add the people, run it once. Nothing is ever sent that lets the vendor contact anybody again by
itself (``failover_target``, the re-runs of the first generation), nor a draft.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

from outreach.provider import (
    Batch,
    Channel,
    Job,
    Placeholder,
    Request,
    SmsContent,
    Template,
    VoiceContent,
    merge,
)
from outreach_tingting import endpoints
from outreach_tingting.endpoints import CAMPAIGN
from outreach_tingting.numbers import to_local
from outreach_tingting.settings import Settings

#: The vendor's word for what a campaign does. Its prose also says "PHONE & SMS", which is no value of the field:
#: https://apidocs.tingting.com.np/api/campaign
SERVICES: Mapping[frozenset[Channel], str] = {
    frozenset({Channel.VOICE}): "PHONE",
    frozenset({Channel.SMS}): "SMS",
    frozenset({Channel.VOICE, Channel.SMS}): "SMS & PHONE",
}

#: Texts are looked through in this order, so that names of placeholders come out alike in every request.
CHANNELS = (Channel.VOICE, Channel.SMS)

NEPAL = timezone(timedelta(hours=5, minutes=45))

#: What the vendor speaks at when nothing is said.
NORMAL_LENGTH = "1.00"

_NOT_IN_A_KEY = re.compile(r"\W+", re.ASCII)


def open_campaign(job: Job[Settings]) -> Sequence[Request]:
    """Make the campaign, set its voice, and read back what the vendor stored."""
    requests = [endpoints.CREATE.build(body=create_body(job))]
    if Channel.VOICE in job.contents:
        requests.append(endpoints.SET_MESSAGE.build(id=CAMPAIGN, body=message_body(job)))
    if job.settings.read_back:
        requests.append(endpoints.GET.build(id=CAMPAIGN))
    return requests


def load(job: Job[Settings], batch: Batch) -> Request:
    """Add people, always in the array form: the answer to the single form names nobody."""
    numbers = map(to_local, batch.phones)
    named = keys(job)
    if named:
        rows = zip(*(batch.values[placeholder] for placeholder in named), strict=True)
        variables = (dict(zip(named.values(), row, strict=True)) for row in rows)
        contacts = list(map(endpoints.contact, numbers, variables))
    else:
        contacts = list(map(endpoints.contact, numbers))
    return endpoints.ADD_CONTACT.build(id=CAMPAIGN, body={"contacts": contacts})


def launch(job: Job[Settings]) -> Sequence[Request]:
    """Run the campaign: the one request that reaches people."""
    del job
    return (endpoints.RUN.build(id=CAMPAIGN),)


def create_body(job: Job[Settings]) -> dict[str, Any]:
    """Write the body that makes the campaign; what the account calls ``extra`` goes over it."""
    body: dict[str, Any] = {
        "name": job.title,
        "services": SERVICES[frozenset(job.contents)],
        "user_phone": list(job.settings.senders),
        "message": spell(job, Channel.VOICE),
        "sms_message": spell(job, Channel.SMS),
        "description": job.description,
    }
    if job.scheduled:
        # A date alone would become midnight in Nepal, so the offset is always written out.
        body["schedule"] = job.start.astimezone(NEPAL).isoformat()
    if job.settings.voice_in_create and Channel.VOICE in job.contents:
        body["voice"] = voice_id(job)
    return merge(body, job.settings.extra)


def message_body(job: Job[Settings]) -> dict[str, Any]:
    """Write the body that sets the voice.

    The page's table also lists the messages and ``length_factor``; its text and its sample leave out the messages,
    which the campaign holds already, and the factor where it is 1.
    """
    body = {"voice": voice_id(job), "category": "Text"}
    factor = length_factor(job)
    return body if factor == NORMAL_LENGTH else {**body, "length_factor": factor}


def text_of(job: Job[Settings], channel: Channel) -> Template | None:
    """Give the text of a channel; None where the job has none."""
    content = job.contents.get(channel)
    return content.text if isinstance(content, VoiceContent | SmsContent) else None


def spell(job: Job[Settings], channel: Channel) -> str:
    """Write a channel's text with the vendor's placeholders; the empty text where the job has none."""
    text = text_of(job, channel)
    named = keys(job)
    return text.spell(lambda one: f"{{{job.settings.tag_prefix}{named[one]}}}") if text else ""


def keys(job: Job[Settings]) -> dict[Placeholder, str]:
    """Name each placeholder for the vendor: its own name in plain ASCII, numbered where two would be alike.

    ``{name}`` and ``{name|friend}`` are two placeholders: a person without a name has different values for them.
    """
    named: dict[Placeholder, str] = {}
    for channel in CHANNELS:
        text = text_of(job, channel)
        for placeholder in text.placeholders if text else ():
            if placeholder not in named:
                named[placeholder] = _free(_plain(placeholder.name), {key.casefold() for key in named.values()})
    return named


def _plain(name: str) -> str:
    key = _NOT_IN_A_KEY.sub("_", name).strip("_") or "value"
    return f"v{key}" if key[0].isdigit() else key


def _free(key: str, taken: set[str]) -> str:
    if key.casefold() not in taken:
        return key
    return next(numbered for n in range(2, len(taken) + 3) if (numbered := f"{key}_{n}").casefold() not in taken)


def voice_id(job: Job[Settings]) -> int | None:
    """Find the voice: the content's (our name for it, or the vendor's id), else the account's; None when unknown.

    The vendor's own names are no help: two of its voices share one (https://apidocs.tingting.com.np/api/campaign).
    """
    content = job.contents.get(Channel.VOICE)
    wanted = content.voice if isinstance(content, VoiceContent) else None
    if wanted is None:
        return job.settings.voice
    number = job.settings.voices.get(wanted, wanted)
    return int(number) if number.isascii() and number.isdecimal() else None


def length_factor(job: Job[Settings]) -> str:
    """Write the speed as the vendor's ``length_factor``, a text with two decimals.

    No page says which way the factor goes. By its name a greater one makes the speech longer, so it is 1 / speed.
    """
    content = job.contents.get(Channel.VOICE)
    speed = content.speed if isinstance(content, VoiceContent) else 1.0
    return f"{1 / Decimal(str(speed)):.2f}" if speed > 0 else "0.00"
