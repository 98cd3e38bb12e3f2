"""TingTing, Nepal: voice messages, SMS, and both in one campaign, through v1 of its API.

Pages that decide, checked 2026-11 (nothing was tried against a live account):

* https://tingting-api.readthedocs.io/en/latest/api/add-campaign.html
* https://apidocs.tingting.com.np/api/overview
* https://apidocs.tingting.com.np/api/authentication
* https://apidocs.tingting.com.np/api/campaign
* https://apidocs.tingting.com.np/api/phone-numbers
"""

from __future__ import annotations

from outreach.provider import Provider, Secret, hookimpl
from outreach_tingting.capabilities import CAPABILITIES
from outreach_tingting.check import check
from outreach_tingting.emulate import TingTingSandbox
from outreach_tingting.endpoints import V1
from outreach_tingting.interpret import explain, interpret
from outreach_tingting.legacy import FIRST_GENERATION
from outreach_tingting.offers import SERVICES
from outreach_tingting.readback import follow, halt, report, roll, settle
from outreach_tingting.samples import SAMPLES
from outreach_tingting.settings import Settings
from outreach_tingting.translate import launch, load, open_campaign

__all__ = ["Settings", "TingTingSandbox", "outreach_register_providers", "tingting"]

tingting = Provider(
    name="tingting",
    title="TingTing",
    docs="https://apidocs.tingting.com.np/api/overview",
    version="0.1.0",
    settings=Settings,
    capabilities=CAPABILITIES,
    open=open_campaign,
    load=load,
    launch=launch,
    check=check,
    interpret=interpret,
    explain=explain,
    settle=settle,
    roll=roll,
    halt=halt,
    follow=follow,
    report=report,
    emulate=TingTingSandbox,
    sandbox=Settings(token=Secret(value="sandbox"), senders=(3,), voice=3, pace=200.0, settle_after=0.0),
    endpoints=(*V1, *FIRST_GENERATION),
    services=SERVICES,
    samples=SAMPLES,
)


@hookimpl
def outreach_register_providers() -> list[Provider[Settings]]:
    """Give the adapter to outreach."""
    return [tingting]
