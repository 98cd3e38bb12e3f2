"""What a careful person would want to know before sending; nothing here stops a campaign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from outreach.model import Campaign, Purpose, Schedule
from outreach.negotiation import Finding
from outreach.planning.carrier import Carrier
from outreach.planning.times import due
from outreach.planning.values import SlicePlan

#: Hours that are usual and mostly lawful for each purpose: India's rule for telemarketing is 9 to 21, the Reserve
#: Bank's for recovery calls 8 to 19; where a country has no rule, 8 to 21 is a courtesy.
USUAL_HOURS: Mapping[Purpose, tuple[time, time]] = {
    Purpose.PROMOTIONAL: (time(9), time(21)),
    Purpose.SERVICE: (time(8), time(21)),
    Purpose.TRANSACTIONAL: (time(0), time.max),
    Purpose.COLLECTIONS: (time(8), time(19)),
}


def notes(
    campaign: Campaign,
    carriers: Mapping[str, Carrier],
    findings: Sequence[Finding],
    slices: Sequence[SlicePlan],
    now: datetime,
) -> Iterator[str]:
    """Give each note as a sentence."""
    codes = {finding.code for finding in findings}
    for code in campaign.accept:
        if code not in codes:
            yield f"accept: '{code}' changes nothing in this plan"
    for name in dict.fromkeys(name for route in campaign.routes for name in route.providers):
        if name not in campaign.providers:
            yield f"no account for '{name}' under providers; sending needs one (the sandbox does not)"
    if campaign.schedule.expires is not None and campaign.schedule.expires <= now:
        yield f"the campaign expired at {campaign.schedule.expires:%Y-%m-%d %H:%M %z}: nobody will be contacted"
        return
    places = sorted({(made.zone, made.provider) for made in slices})
    said = (one for zone, name in places for one in _hours(campaign, carriers[name].schedule(campaign), zone, now))
    yield from dict.fromkeys(said)


def _hours(campaign: Campaign, schedule: Schedule, zone: str, now: datetime) -> Iterator[str]:
    opening = due(schedule, zone, now)
    if opening.expired:
        yield f"the campaign expires before anybody in {zone} may be reached"
        return
    local = opening.at.astimezone(ZoneInfo(zone))
    start, end = USUAL_HOURS[campaign.purpose]
    if zone != "UTC" and not start <= local.time() <= end:
        yield (
            f"the first people in {zone} would be reached at {local:%H:%M}; for a {campaign.purpose} campaign "
            f"{start:%H:%M} to {end:%H:%M} is usual: state schedule.window"
        )
