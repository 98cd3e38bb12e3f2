"""ContactSwing: WhatsApp campaigns.

Page: https://docs.contactswing.ai/api-reference/endpoint/what-camp.
Date checked: 2026-11. Nothing here was tried against a live account; ``docs/providers/contactswing.md`` lists what is
assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from outreach.provider import Provider, Secret, hookimpl
from outreach_contactswing.account import ContactSwingSettings
from outreach_contactswing.capabilities import CAPABILITIES, CREATE
from outreach_contactswing.check import check
from outreach_contactswing.emulate import ContactSwingSandbox
from outreach_contactswing.endpoints import ENDPOINTS
from outreach_contactswing.interpret import follow, interpret
from outreach_contactswing.samples import SAMPLES
from outreach_contactswing.translate import hand_over

__all__ = ["ContactSwingSandbox", "ContactSwingSettings", "contactswing", "outreach_register_providers"]

contactswing = Provider(
    name="contactswing",
    title="ContactSwing",
    docs=CREATE,
    version="0.1.0",
    settings=ContactSwingSettings,
    capabilities=CAPABILITIES,
    load=hand_over,
    interpret=interpret,
    follow=follow,
    check=check,
    emulate=ContactSwingSandbox,
    sandbox=ContactSwingSettings(
        token=Secret(value="sandbox"),
        assistant_id=1,
        from_numbers=("+9779610000000",),
        language="en",
        pace=200.0,
        settle_after=1.0,
    ),
    endpoints=ENDPOINTS,
    samples=SAMPLES,
)


@hookimpl
def outreach_register_providers() -> Iterable[Provider[Any]]:
    """Give the provider."""
    return (contactswing,)
