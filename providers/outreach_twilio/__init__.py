"""Twilio: text messages, WhatsApp and voice calls, one person per request.

Pages: https://www.twilio.com/docs/messaging/api/message-resource, https://www.twilio.com/docs/voice/api/call-resource.
Date checked: 2026-11. Nothing here was tried against a live account; ``docs/providers/twilio.md`` lists what is
assumed.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from outreach.provider import Provider, Secret, hookimpl
from outreach_twilio.capabilities import CAPABILITIES, MESSAGES
from outreach_twilio.check import check
from outreach_twilio.emulate import TwilioSandbox
from outreach_twilio.endpoints import ENDPOINTS
from outreach_twilio.follow import follow
from outreach_twilio.hear import genuine, hear
from outreach_twilio.interpret import interpret
from outreach_twilio.samples import SAMPLES
from outreach_twilio.seek import seek
from outreach_twilio.settings import TwilioSettings
from outreach_twilio.translate import send

__all__ = ["TwilioSandbox", "TwilioSettings", "outreach_register_providers", "twilio"]


def basic(token: str, settings: TwilioSettings) -> Mapping[str, str]:
    """Give the header: the account's or key's sid is the user, https://www.twilio.com/docs/usage/requests-to-twilio."""
    pair = f"{settings.api_key or settings.account_sid}:{token}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


twilio = Provider(
    name="twilio",
    title="Twilio",
    docs=MESSAGES,
    version="0.1.0",
    settings=TwilioSettings,
    capabilities=CAPABILITIES,
    load=send,
    interpret=interpret,
    check=check,
    seek=seek,
    follow=follow,
    follow_size=1,
    hear=hear,
    genuine=genuine,
    auth=basic,
    emulate=TwilioSandbox,
    sandbox=TwilioSettings(
        token=Secret(value="sandbox"),
        account_sid=f"AC{0:032x}",
        sms_from="+12025550100",
        whatsapp_from="+12025550100",
        voice_from="+12025550100",
        pace=200.0,
        concurrency=8,
        settle_after=1.0,
    ),
    endpoints=ENDPOINTS,
    samples=SAMPLES,
)


@hookimpl
def outreach_register_providers() -> Iterable[Provider[Any]]:
    """Give the provider."""
    return (twilio,)
