"""What becomes of every field of a campaign on one channel at one provider: its capabilities, and its own check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from outreach.model import Campaign, Channel
from outreach.negotiation import Finding
from outreach.planning.carrier import Carrier, job, title
from outreach.planning.negotiate import negotiate
from outreach.provider import Job

#: Stands for the marker wherever a plan shows a name that the journal has yet to give.
UNMARKED = "······"


def example(
    campaign: Campaign, carrier: Carrier, channels: tuple[Channel, ...], *, zone: str, now: datetime
) -> Job[Any]:
    """Give a campaign at the vendor as it would be made now."""
    named = title(campaign, UNMARKED)
    return job(campaign, carrier, channels, zone=zone, title=named, marker=UNMARKED, start=now, now=now)


def judged(campaign: Campaign, carrier: Carrier, channel: Channel, *, zone: str, now: datetime) -> tuple[Finding, ...]:
    """Say what becomes of each field; what the provider says itself goes before its capabilities."""
    found = negotiate(campaign, channel, carrier.provider)
    if any(one.field == "routes" for one in found):
        return tuple(found)
    own = tuple(carrier.provider.check(example(campaign, carrier, (channel,), zone=zone, now=now)))
    said = {one.field for one in own}
    return (*(one for one in found if one.field not in said), *own)
