"""A plan as a value: what would happen, and why not to whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from outreach.errors import Problem
from outreach.model import Channel
from outreach.negotiation import Finding


@attrs.frozen(kw_only=True)
class Rows:
    """What became of the rows of the contact lists: read = used + the sum of skipped."""

    read: int
    used: int
    skipped: Mapping[str, int]


@attrs.frozen(kw_only=True)
class Fallback:
    """A provider that takes over whom the ones before it refuse.

    Attributes:
        provider: The account.

        findings: What becomes of each field there.
    """

    provider: str
    findings: tuple[Finding, ...]


@attrs.frozen(kw_only=True)
class RoutePlan:
    """What would go down one route.

    Attributes:
        channel: The channel.

        provider: The account.

        planned: Deliveries.

        earlier: So many of these are handled already, by earlier runs.

        fallbacks: Who carries whoever is refused, in order.

        skipped: Deliveries left out, by reason.

        requests: HTTP requests that it takes, read-backs not counted.

        segments: SMS segments after rendering; 0 on other channels.

        earliest: When the first person may be reached.

        latest: When the last person may be reached; None when nothing bounds it.

        findings: What becomes of each field.
    """

    channel: Channel
    provider: str
    planned: int
    skipped: Mapping[str, int]
    requests: int
    segments: int
    earliest: datetime | None
    latest: datetime | None
    findings: tuple[Finding, ...]
    earlier: int = 0
    fallbacks: tuple[Fallback, ...] = ()

    @property
    def judged(self) -> tuple[Finding, ...]:
        """What becomes of each field at any of the providers."""
        return (*self.findings, *(one for fallback in self.fallbacks for one in fallback.findings))


@attrs.frozen(kw_only=True)
class Plan:
    """Everything that would happen.

    Attributes:
        campaign: Its name.

        round: Its round.

        digest: Over the campaign, the contacts and the adapters; ``send --approve`` takes it.

        rows: What became of the rows.

        routes: In the order of the campaign.

        problems: Mistakes in the contact lists (the first twenty rows that were left out, with their reason).

        refusals: Why it must not go out like this; empty when it may.

        notes: What a careful person would want to know before sending.
    """

    campaign: str
    round: int
    digest: str
    rows: Rows
    routes: tuple[RoutePlan, ...]
    problems: tuple[Problem, ...] = ()
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class SlicePlan:
    """One campaign to be made at a vendor.

    Attributes:
        number: Position in the plan; batches name it.

        provider: The account.

        channels: What it carries.

        zone: IANA zone of its people.

        fingerprint: Digest of everything it is made of, its people and start left out.

        held: Why it is left for a later call (``--limit``); empty when it is not.
    """

    number: int
    provider: str
    channels: tuple[Channel, ...]
    zone: str
    fingerprint: str
    held: str = ""


@attrs.frozen(kw_only=True)
class PlannedRequest:
    """One request of a plan, for people to read; secrets and numbers are masked unless asked for."""

    provider: str
    does: str
    reaches: str
    method: str
    url: str
    body: object
    people: int
