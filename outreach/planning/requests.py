"""The requests of a plan, for people to read: nothing secret in them, numbers masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from outreach.masking import masked
from outreach.model import Campaign
from outreach.planning.carrier import Carrier, job, title
from outreach.planning.judge import UNMARKED
from outreach.planning.times import due
from outreach.planning.values import PlannedRequest, SlicePlan
from outreach.provider import Batch
from outreach.wire import Ref, Request


def planned_requests(
    campaign: Campaign,
    carrier: Carrier,
    made: SlicePlan,
    batches: Iterator[Batch],
    *,
    now: datetime,
    show_numbers: bool,
) -> Iterator[PlannedRequest]:
    """Give every request that one campaign at a vendor takes, in order."""
    marker = UNMARKED if carrier.settings.marker else ""
    one = job(
        campaign,
        carrier,
        made.channels,
        zone=made.zone,
        title=title(campaign, marker),
        marker=marker,
        start=due(carrier.schedule(campaign), made.zone, now).at,
        now=now,
    )
    show: Callable[[str], str] = str if show_numbers else masked
    for request in carrier.provider.open(one):
        yield _shown(carrier, request, 0, show)
    people = 0
    for batch in batches:
        people += len(batch)
        yield _shown(carrier, carrier.provider.load(one, batch), len(batch), show)
    for request in carrier.provider.launch(one):
        yield _shown(carrier, request, people, show)


def _shown(carrier: Carrier, request: Request, people: int, show: Callable[[str], str]) -> PlannedRequest:
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    return PlannedRequest(
        provider=carrier.provider.name,
        does=request.does,
        reaches=request.reaches.value,
        method=request.method,
        url=f"{carrier.settings.base_url}{request.target}{'?' if query else ''}{query}",
        body=_plain(request.body, show),
        people=people,
    )


def _plain(value: Any, show: Callable[[str], str]) -> Any:
    if isinstance(value, Ref):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(item, show) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, show) for item in value]
    return show(value) if isinstance(value, str) else value
