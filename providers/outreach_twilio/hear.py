"""What Twilio posts to the account owner's own web server about each message and call."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

import attrs

from outreach.provider import Channel, Heard, Received, Unreadable
from outreach_twilio.interpret import receipt
from outreach_twilio.settings import TwilioSettings
from outreach_twilio.translate import REFERENCE, WHATSAPP, callback


def hear(received: Received) -> Sequence[Heard]:
    """Read a status callback.

    https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
    https://www.twilio.com/docs/voice/api/call-resource#statuscallback

    Raises:
        Unreadable: It names no message or call, or no number.
    """
    fields = received.form()
    sid = fields.get("MessageSid") or fields.get("CallSid") or ""
    word = fields.get("MessageStatus") or fields.get("CallStatus") or ""
    to = fields.get("To", "")
    phone = to.removeprefix(WHATSAPP)
    if not sid or not word or not phone.startswith("+"):
        msg = "the post names no message or call, or no number"
        raise Unreadable(msg)
    channel = Channel.VOICE if "CallSid" in fields else Channel.WHATSAPP if to != phone else Channel.SMS
    seconds = fields.get("CallDuration", "")
    told = receipt(sid, word)
    if seconds.isdecimal():
        told = attrs.evolve(told, duration=float(seconds))
    return (Heard(phone=phone, channel=channel, receipt=told, marker=received.query.get(REFERENCE, "")),)


def genuine(received: Received, settings: TwilioSettings, token: str) -> bool:
    """Whether Twilio signed a post: HMAC-SHA1 of the address and the sorted fields, by the account's auth token.

    https://www.twilio.com/docs/usage/security#validating-requests; an API key's secret signs nothing.
    """
    if not settings.status_callback or settings.api_key:
        return False
    address = callback(settings.status_callback, received.query.get(REFERENCE, ""))
    text = address + "".join(name + value for name, value in sorted(received.form().items()))
    signed = base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest())
    # As bytes: a text with more than ASCII in it cannot be compared.
    return hmac.compare_digest(signed, received.headers.get("x-twilio-signature", "").encode(errors="replace"))
