"""Toingg (India): AI telephone calls.

Pages: https://api.toingg.com/docs/Campaign%20Endpoints/Create-Campaign,
https://docs.toingg.com/api-reference/endpoint/Calls/create,
https://docs.toingg.com/api-reference/endpoint/Calls/getCallStatus,
https://api.toingg.com/docs/Calling_Endpoints/Call_Status.
Date checked: 2026-11. Nothing here was tried against a live account; ``docs/providers/toingg.md`` lists what is
assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from outreach.provider import Provider, Secret, hookimpl
from outreach_toingg.account import ToinggSettings
from outreach_toingg.capabilities import CAPABILITIES, CREATE
from outreach_toingg.check import check
from outreach_toingg.emulate import ToinggSandbox
from outreach_toingg.endpoints import ENDPOINTS
from outreach_toingg.follow import follow
from outreach_toingg.interpret import interpret
from outreach_toingg.offers import SERVICES
from outreach_toingg.samples import SAMPLES
from outreach_toingg.settle import settle
from outreach_toingg.translate import call, open_campaign

__all__ = ["ToinggSandbox", "ToinggSettings", "outreach_register_providers", "toingg"]

toingg = Provider(
    name="toingg",
    title="Toingg",
    docs=CREATE,
    version="0.1.0",
    settings=ToinggSettings,
    capabilities=CAPABILITIES,
    open=open_campaign,
    load=call,
    interpret=interpret,
    check=check,
    settle=settle,
    follow=follow,
    follow_size=1,
    emulate=ToinggSandbox,
    sandbox=ToinggSettings(
        token=Secret(value="sandbox"), voice="swara", language="english", pace=200.0, concurrency=8, settle_after=1.0
    ),
    endpoints=ENDPOINTS,
    services=SERVICES,
    samples=SAMPLES,
)


@hookimpl
def outreach_register_providers() -> Iterable[Provider[Any]]:
    """Give the provider."""
    return (toingg,)
