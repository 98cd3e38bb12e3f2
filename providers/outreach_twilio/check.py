"""What stands against a campaign at Twilio beyond its capabilities, said before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from outreach.provider import Channel, Finding, Job, Template, Verdict, WhatsappContent
from outreach_twilio.settings import TwilioSettings
from outreach_twilio.translate import text, twiml

#: https://www.twilio.com/docs/messaging/api/message-resource: "Body … Can be up to 1,600 characters in length".
MAX_BODY = 1600

#: https://www.twilio.com/docs/voice/api/call-resource: ``Twiml`` is limited to 4,000 characters.
MAX_TWIML = 4000

#: Settings of which one must be there to send on a channel.
SENDERS: Mapping[Channel, tuple[str, ...]] = {
    Channel.SMS: ("sms_from", "messaging_service"),
    Channel.WHATSAPP: ("whatsapp_from",),
    Channel.VOICE: ("voice_from",),
}


def check(job: Job[TwilioSettings]) -> Iterator[Finding]:
    """Give every finding."""
    for channel in job.contents:
        yield from _sender(job, channel)
        yield from _length(job, channel)
        yield from _template(job, channel)


def _sender(job: Job[TwilioSettings], channel: Channel) -> Iterator[Finding]:
    if not any(getattr(job.settings, name) for name in SENDERS[channel]):
        names = " or ".join(SENDERS[channel])
        yield _refused(channel, "providers.twilio", f"there is no sender for {channel}: write {names}")


def _length(job: Job[TwilioSettings], channel: Channel) -> Iterator[Finding]:
    said = text(job, channel)
    if said is None:
        return
    literal = said.spell(lambda _placeholder: "")
    longest = len(twiml(job, literal)) if channel is Channel.VOICE else len(literal)
    most = MAX_TWIML if channel is Channel.VOICE else MAX_BODY
    if longest > most:
        detail = f"{longest:,} characters without its placeholders, and Twilio takes {most:,}; shorten it"
        yield _refused(channel, f"messages.{channel}.text", detail)


def _template(job: Job[TwilioSettings], channel: Channel) -> Iterator[Finding]:
    content = job.contents[channel]
    if not isinstance(content, WhatsappContent):
        return
    if content.template is not None and not content.template.startswith("HX"):
        yield _refused(channel, "messages.whatsapp.template", "write the content template's sid, HX…")
    for index, one in enumerate(content.body):
        if not isinstance(one, Template):
            detail = "Twilio's variables are texts; write a text"
            yield _refused(channel, f"messages.whatsapp.body[{index}]", detail)


def _refused(channel: Channel, field: str, detail: str) -> Finding:
    return Finding(channel=channel, provider="twilio", field=field, verdict=Verdict.REFUSED, detail=detail)
