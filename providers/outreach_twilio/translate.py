"""One person's message or call as Twilio's request; there is no campaign at Twilio, and nothing to launch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import escape, quoteattr

from outreach.provider import (
    Batch,
    Channel,
    Job,
    Request,
    SmsContent,
    Template,
    VoiceContent,
    WhatsappContent,
    merge,
)
from outreach_twilio import endpoints
from outreach_twilio.settings import TwilioSettings

WHATSAPP = "whatsapp:"

#: The query parameter in which our own reference travels to Twilio and back.
REFERENCE = "outreach"


def send(job: Job[TwilioSettings], batch: Batch) -> Request:
    """Give the request that reaches the one person of a batch.

    Raises:
        ValueError: There are several people, or several channels.
    """
    if len(batch) != 1 or len(job.contents) != 1:
        msg = "Twilio takes one person and one channel per request"
        raise ValueError(msg)
    channel = next(iter(job.contents))
    row = endpoints.CREATE_CALL if channel is Channel.VOICE else endpoints.CREATE_MESSAGE
    fields = {"To": address(channel, batch.phones[0]), **_FIELDS[channel](job, batch)}
    if job.settings.status_callback:
        fields["StatusCallback"] = callback(job.settings.status_callback, job.marker)
    body = merge({name: value for name, value in fields.items() if value is not None}, job.settings.extra)
    return row.build(account_sid=job.settings.account_sid, body=body)


def address(channel: Channel, phone: str) -> str:
    """Write a number as Twilio addresses it on a channel."""
    return f"{WHATSAPP}{phone}" if channel is Channel.WHATSAPP else phone


def callback(url: str, marker: str) -> str:
    """Write the campaign's mark into the address that Twilio posts to; it comes back with every post."""
    if not marker:
        return url
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode({REFERENCE: marker}))))
    return urlunsplit(parts._replace(query=query))


def text(job: Job[TwilioSettings], channel: Channel) -> Template | None:
    """Give the text of a content, if it has one."""
    content = job.contents[channel]
    return content.text if isinstance(content, SmsContent | VoiceContent | WhatsappContent) else None


def _sms(job: Job[TwilioSettings], batch: Batch) -> Mapping[str, Any]:
    settings = job.settings
    sender = {"MessagingServiceSid": settings.messaging_service} if settings.messaging_service else {}
    return {**(sender or {"From": settings.sms_from}), "Body": _said(job, Channel.SMS, batch)}


def _whatsapp(job: Job[TwilioSettings], batch: Batch) -> Mapping[str, Any]:
    content = job.contents[Channel.WHATSAPP]
    if not isinstance(content, WhatsappContent):
        msg = f"the content of whatsapp is {type(content).__name__}"
        raise TypeError(msg)
    variables = {
        str(number): batch.render(one)[0] for number, one in enumerate(content.body, 1) if isinstance(one, Template)
    }
    return {
        "From": address(Channel.WHATSAPP, job.settings.whatsapp_from or ""),
        "Body": _said(job, Channel.WHATSAPP, batch) if content.template is None else None,
        "MediaUrl": content.attachment,
        "ContentSid": content.template,
        "ContentVariables": json.dumps(variables, ensure_ascii=False) if variables else None,
    }


def _call(job: Job[TwilioSettings], batch: Batch) -> Mapping[str, Any]:
    return {
        "From": job.settings.voice_from,
        "Twiml": twiml(job, _said(job, Channel.VOICE, batch) or ""),
        "Timeout": job.settings.ring,
        **({"StatusCallbackEvent": ["answered", "completed"]} if job.settings.status_callback else {}),
    }


def twiml(job: Job[TwilioSettings], said: str) -> str:
    """Write what the call says. Names and amounts are text there, never markup."""
    content = job.contents[Channel.VOICE]
    named = (content.voice if isinstance(content, VoiceContent) else None) or ""
    voice = job.settings.voices.get(named, named)
    given = {"voice": voice, "language": job.settings.language or ""}
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in given.items() if value)
    return f"<Response><Say{attributes}>{escape(said)}</Say></Response>"


def _said(job: Job[TwilioSettings], channel: Channel, batch: Batch) -> str | None:
    template = text(job, channel)
    return batch.render(template)[0] if template is not None else None


_FIELDS = {Channel.SMS: _sms, Channel.WHATSAPP: _whatsapp, Channel.VOICE: _call}
