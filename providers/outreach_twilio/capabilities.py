"""What Twilio can do. Data only; a link per line."""

from __future__ import annotations

from outreach.provider import Batching, Capabilities, Channel, Features, emulated, native, refused

MESSAGES = "https://www.twilio.com/docs/messaging/api/message-resource"
CALLS = "https://www.twilio.com/docs/voice/api/call-resource"
SAY = "https://www.twilio.com/docs/voice/twiml/say"
CONTENT = "https://www.twilio.com/docs/content/using-variables-with-content-api"

_FILLED = emulated("outreach fills them in; every message is a request of its own", MESSAGES)
_KEPT = emulated("kept in outreach's own report; Twilio has no field for it", MESSAGES)

CAPABILITIES = Capabilities(
    channels={
        Channel.SMS: Features(text=native(MESSAGES, "Body"), placeholders=_FILLED, description=_KEPT),
        Channel.WHATSAPP: Features(
            text=native(
                MESSAGES, "Body; WhatsApp delivers free text only within 24 hours of the person's last message"
            ),
            template=native(CONTENT, "ContentSid"),
            language=refused("a content template has its language; leave it out", CONTENT),
            header=refused("number the header's variables with those of the body", CONTENT),
            body=native(CONTENT, "ContentVariables, numbered from 1"),
            buttons=refused("number the buttons' variables with those of the body", CONTENT),
            attachment=native(MESSAGES, "MediaUrl"),
            placeholders=_FILLED,
            description=_KEPT,
        ),
        Channel.VOICE: Features(
            text=native(SAY, "Say"),
            audio=refused("Twilio plays recordings from an address only; write a text", CALLS),
            voice=native(SAY, "Say's voice"),
            placeholders=_FILLED,
            description=_KEPT,
        ),
    },
    batching=Batching(size=1),
)
