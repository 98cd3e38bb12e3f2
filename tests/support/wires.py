"""Vendors' stand-ins over loopback, prepared for each endpoint's sample."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import attrs

from outreach.delivery.transport import HttpTransport
from outreach.model import Settings, moved
from outreach.plugins import load_plugins
from outreach.provider import Emulator, Endpoint, Provider, Response, Upload
from outreach.sandbox import SandboxServer

NOW = datetime(2025, 7, 1, 6, tzinfo=UTC)

PROVIDERS: Mapping[str, Provider[Any]] = load_plugins().providers

#: What the vendor's sample leaves open, or what is no value but a choice.
LIVE: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("tingting", "upload_contacts"): {
        "bulk_file": Upload(name="n.csv", content="numbers,name\n9610000011,शिखर\n".encode(), media_type="text/csv")
    },
    ("toingg", "create_campaign"): {"language": "hindi", "script": "Speak kindly. " * 20},
}


#: What must have happened before: endpoints by name.
BEFORE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("tingting", "run_campaign"): ("create_campaign", "set_message", "add_contacts"),
    ("tingting", "get_api_key"): ("generate_api_key",),
    **{
        ("tingting", name): ("create_campaign", "add_contacts")
        for name in ("contacts", "campaign_report", "contact_variables", "set_contact_variables")
    },
    **{
        ("tingting", name): ("create_campaign",)
        for name in ("campaign", "update_campaign", "set_message", "add_contact", "add_contacts", "upload_contacts")
    },
    **{
        ("toingg", name): ("create_campaign",)
        for name in ("make_call", "update_campaign", "text_pipeline_configuration")
    },
    **{
        ("toingg", name): ("create_campaign", "make_call")
        for name in ("call_status", "get_transcription", "get_post_call_analysis")
    },
    ("contactswing", "calls"): ("create_call",),
    ("twilio", "fetch_message"): ("create_message",),
    ("twilio", "fetch_call"): ("create_call",),
    ("twilio", "cancel_call"): ("create_call",),
}


def arguments(provider: str, endpoint: Endpoint) -> dict[str, Any]:
    """Give the sample arguments, completed where the sample is no whole call."""
    return {**endpoint.example, **LIVE.get((provider, endpoint.name), {})}


@attrs.define
class Wire:
    """A vendor's stand-in over loopback, asked as outreach asks."""

    provider: str
    server: SandboxServer
    transport: HttpTransport
    settings: Settings

    async def ask(self, endpoint: Endpoint) -> Response:
        """Send the sample, completed where it is no whole call."""
        return await self.transport.send(endpoint.request(**arguments(self.provider, endpoint)), self.settings)

    @property
    def emulator(self) -> Emulator:
        """Give the stand-in."""
        return self.server.emulators[self.provider]


@asynccontextmanager
async def prepared(provider: str, endpoint: Endpoint) -> AsyncIterator[Wire]:
    """Serve a stand-in to which everything has happened that this endpoint needs."""
    one = PROVIDERS[provider]
    async with SandboxServer({provider: one}, clock=lambda: NOW) as server:
        settings = attrs.evolve(one.sandbox, **moved(one.sandbox, server.base_url(provider)))
        async with HttpTransport(settings, one.auth) as transport:
            wire = Wire(provider, server, transport, settings)
            known = {each.name: each for each in one.endpoints}
            for name in BEFORE.get((provider, endpoint.name), ()):
                answer = await wire.ask(known[name])
                assert answer.ok, answer.body
            yield wire
