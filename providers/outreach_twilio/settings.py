"""The account at Twilio."""

from __future__ import annotations

import re

import attrs

from outreach.provider import Settings

BASE_URL = "https://api.twilio.com/2010-04-01/"

_SID = re.compile("AC[0-9a-f]{32}")


def _sid(_owner: object, _attribute: attrs.Attribute[str], value: str) -> None:
    if not _SID.fullmatch(value):
        msg = "account_sid must be AC and 32 hexadecimal digits, as the console shows it"
        raise ValueError(msg)


@attrs.frozen(kw_only=True)
class TwilioSettings(Settings):
    """An account at Twilio; ``token`` is its auth token, or the secret of an API key.

    https://www.twilio.com/docs/usage/requests-to-twilio

    Attributes:
        base_url: Where the API lives.

        account_sid: The account, ``AC…``.

        api_key: ``SK…`` where ``token`` is the secret of an API key; None where it is the account's auth token.

        sms_from: Number or sender id that text messages come from.

        messaging_service: ``MG…``, instead of ``sms_from``: Twilio picks the sender.

        whatsapp_from: Number that WhatsApp messages come from, E.164.

        voice_from: Number that calls come from, E.164.

        language: Language of the voice that reads a text, for example ``hi-IN``.

        status_callback: Address of your own web server that Twilio tells what became of each message and call; pass
            what it receives to ``outreach.heard``.

        ring: Seconds that a phone rings before the call counts as not answered.
    """

    base_url: str = BASE_URL
    account_sid: str = attrs.field(validator=_sid)
    api_key: str | None = attrs.field(default=None, metadata={"public": "it names a key, whose secret is the token"})
    sms_from: str | None = None
    messaging_service: str | None = None
    whatsapp_from: str | None = None
    voice_from: str | None = None
    language: str | None = None
    status_callback: str | None = None
    ring: int = 60
