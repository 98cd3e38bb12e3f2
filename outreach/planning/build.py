"""Campaign, contacts and providers to a Plan, in one pass over the contacts. Pure but for the sink it is given."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

import attrs
import orjson

from outreach.contacts.values import Chunk, Dropped
from outreach.errors import Problem
from outreach.model import Campaign, Channel, Placeholder, SmsContent
from outreach.negotiation import Finding
from outreach.planning.assign import Assigner, Columns, Sink
from outreach.planning.carrier import Carrier, Group, groups
from outreach.planning.choose import Ledger, Nothing, Suppressed, asked, filled, zones
from outreach.planning.digest import campaign_digest
from outreach.planning.judge import example, judged
from outreach.planning.negotiate import refusals
from outreach.planning.notes import notes
from outreach.planning.picking import some
from outreach.planning.segments import all_segments, segments
from outreach.planning.times import due
from outreach.planning.turns import Chooser, Going
from outreach.planning.values import Fallback, Plan, RoutePlan, Rows, SlicePlan

#: So many rows that were left out are named one by one; the rest is counted.
NAMED_ROWS = 20

#: A plan for nobody is seldom what was meant.
NOBODY = "nobody would be contacted: there are no contacts, or all of them are left out"

#: Why people are left for a later call.
LIMIT = "left for a later run by --limit"
SPENT = (
    "tried as often as one person may be, through all providers; look at the vendors, then use another round for them"
)


@attrs.define
class _Tally:
    """What is counted of one route."""

    planned: int = 0
    earlier: int = 0
    segments: int = 0
    skipped: Counter[str] = attrs.field(factory=Counter)


@attrs.define
class _Team:
    """A group of routes at work."""

    group: Group
    asked: tuple[Placeholder, ...]
    now: Assigner
    later: Assigner
    spent: Assigner

    @property
    def assigners(self) -> tuple[Assigner, ...]:
        return self.now, self.later, self.spent


class Builder:
    """Takes chunks of people and makes a plan of them; ten million people leave only counts behind.

    Attributes:
        slices: The campaigns to be made at the vendors; complete after ``finish``.

        passing: Whether one provider takes over from another somebody who stands in the journal there.
    """

    def __init__(  # noqa: PLR0913  # keywords; what a plan depends on
        self,
        campaign: Campaign,
        carriers: Mapping[str, Carrier],
        *,
        now: datetime,
        suppressed: Suppressed | None = None,
        ledger: Ledger | None = None,
        sink: Sink | None = None,
        limit: int | None = None,
        rejects: Callable[[Dropped], None] | None = None,
        down: Iterable[str] = (),
    ) -> None:
        self._campaign = campaign
        self._carriers = carriers
        self._now = now
        self._ledger = ledger or Nothing()
        self._chooser = Chooser(campaign, carriers, suppressed or Nothing(), self._ledger, frozenset(down))
        self._sink = sink
        self._left = limit
        self._rejects = rejects
        self._digest = hashlib.sha256()
        self._read = self._used = self._people = 0
        self._dropped: Counter[str] = Counter()
        self._problems: list[Problem] = []
        self._notes: list[str] = []
        self._tallies = [_Tally() for _ in campaign.routes]
        self.slices: list[SlicePlan] = []
        self.passing = False
        self._teams = [
            _Team(
                group,
                asked(campaign, [campaign.routes[index].channel for index in group.routes]),
                *(Assigner(campaign, group.carrier, self.slices, sink, held=held) for held in ("", LIMIT, SPENT)),
            )
            for group in groups(campaign, carriers)
        ]

    def add(self, chunk: Chunk) -> None:
        """Take one chunk of people and dropped rows."""
        self._drop(chunk.dropped)
        self._read += len(chunk) + len(chunk.dropped)
        self._used += len(chunk)
        self._digest.update(_fingerprint(chunk))
        choice = self._chooser.choose(chunk)
        for index, going in enumerate(choice):
            self._count(index, going, chunk)
        for team in self._teams:
            self._travel(team, chunk, choice)
        kept = [going.kept for going in choice]
        self._people += len(kept[0]) if len(kept) == 1 else len(set(chain.from_iterable(kept)))

    def note(self, found: Sequence[Problem]) -> None:
        """Take what a careful person should know about the sources."""
        self._notes += map(str, found)

    def finish(self) -> Plan:
        """Send off who still waits, and give the plan."""
        for assigner in chain.from_iterable(team.assigners for team in self._teams):
            assigner.finish()
        versions = {name: carrier.provider.version for name, carrier in self._carriers.items()}
        findings = [self._findings(index) for index in range(len(self._campaign.routes))]
        flat = list(chain.from_iterable(chain.from_iterable(findings)))
        blocked = dict.fromkeys(refusals(flat, self._campaign.accept))
        return Plan(
            campaign=self._campaign.name,
            round=self._campaign.round,
            digest=campaign_digest(self._campaign, versions, self._digest.hexdigest()),
            rows=Rows(read=self._read, used=self._used, skipped=dict(sorted(self._dropped.items()))),
            routes=tuple(self._route(index, findings[index], blocked=bool(blocked)) for index in range(len(findings))),
            problems=tuple(self._problems),
            refusals=(*blocked, *self._limits()),
            notes=(
                *([] if any(one.planned for one in self._tallies) else [NOBODY]),
                *self._notes,
                *notes(self._campaign, self._carriers, flat, self.slices, self._now),
            ),
        )

    def _count(self, index: int, going: Going, chunk: Chunk) -> None:
        """Take note of who goes down a route, and put away who does not."""
        tally, channel = self._tallies[index], self._campaign.routes[index].channel
        self.passing |= going.passing
        tally.planned += len(going.kept)
        tally.earlier += len(going.kept) - sum(map(len, going.legs.values()))
        tally.segments += self._segments(channel, going.kept, chunk)
        for one in going.left_out:
            tally.skipped[one.reason] += len(one.people)
            if self._sink is not None and one.fresh:
                phones, ids = some(chunk.phones, one.fresh), some(chunk.ids, one.fresh)
                self._sink.skip(channel, one.provider, one.reason, phones, ids, some(chunk.rows, one.fresh))

    def _travel(self, team: _Team, chunk: Chunk, choice: Sequence[Going]) -> None:
        """Bring a chunk's people into the batches of one team."""
        name = team.group.carrier.provider.name
        legs = [(self._campaign.routes[i].channel, list(choice[i].legs.get(name, ()))) for i in team.group.routes]
        people, channels = _carried(legs)
        if not people:
            return
        where = zones(self._campaign, team.group.carrier, chunk)
        values = filled(team.asked, chunk)
        spent = {one for channel, going in legs for one in self._spent(channel, chunk, going)}
        if spent:
            going = [place for place, one in enumerate(people) if one in spent]
            self._put(team.spent, chunk, [people[i] for i in going], [channels[i] for i in going], where, values)
            staying = [place for place, one in enumerate(people) if one not in spent]
            people, channels = [people[i] for i in staying], [channels[i] for i in staying]
        allowed = self._allowed(channels)
        for assigner, part in ((team.now, slice(allowed)), (team.later, slice(allowed, None))):
            self._put(assigner, chunk, people[part], channels[part], where, values)

    def _spent(self, channel: Channel, chunk: Chunk, people: Sequence[int]) -> Iterable[int]:
        return (people[one] for one in self._ledger.spent(some(chunk.phones, people), channel))

    @staticmethod
    def _put(
        assigner: Assigner,
        chunk: Chunk,
        people: Sequence[int],
        channels: Sequence[tuple[Channel, ...]],
        where: Sequence[str],
        values: Mapping[Placeholder, Sequence[str]],
    ) -> None:
        if not people:
            return
        if not assigner.keeps:
            assigner.add(Columns(some(chunk.phones, people), [], [], [], {}), channels, some(where, people))
            return
        columns = Columns(
            some(chunk.phones, people),
            some(chunk.ids, people),
            some(chunk.names, people),
            some(chunk.rows, people),
            {name: some(column, people) for name, column in values.items()},
        )
        assigner.add(columns, channels, some(where, people))

    def _allowed(self, channels: Sequence[tuple[Channel, ...]]) -> int:
        """Say how many of these people still fit under ``--limit``; a person's deliveries go together."""
        if self._left is None:
            return len(channels)
        fit = 0
        for count in map(len, channels):
            if count > self._left:
                self._left = 0
                break
            self._left -= count
            fit += 1
        return fit

    def _segments(self, channel: Channel, people: Sequence[int], chunk: Chunk) -> int:
        content = self._campaign.content(channel)
        if not isinstance(content, SmsContent) or content.text is None:
            return 0
        names = content.text.placeholders
        if not names:
            return len(people) * segments(content.text.spell(str))
        values = {name: some(column, people) for name, column in filled(names, chunk).items()}
        return all_segments(content.text.render(values, len(people)))

    def _drop(self, dropped: Sequence[Dropped]) -> None:
        for one in dropped:
            self._dropped[one.reason] += 1
            if self._rejects is not None:
                self._rejects(one)
            if len(self._problems) < NAMED_ROWS:
                where = f"row {one.row}"
                self._problems.append(Problem(f"{one.detail} ({one.reason})", where, one.source, one.line, 0))
            if self._sink is not None:
                self._sink.skip(None, "", one.reason, [one.phone], [one.id], [one.row])

    def _findings(self, index: int) -> tuple[tuple[Finding, ...], ...]:
        """Say what becomes of each field of a route, at each of its providers."""
        route = self._campaign.routes[index]
        zone = next((made.zone for made in self.slices if route.channel in made.channels), "UTC")
        carriers = (self._carriers[name] for name in route.providers)
        return tuple(judged(self._campaign, carrier, route.channel, zone=zone, now=self._now) for carrier in carriers)

    def _route(self, index: int, findings: Sequence[tuple[Finding, ...]], *, blocked: bool) -> RoutePlan:
        route = self._campaign.routes[index]
        teams = [team for team in self._teams if index in team.group.routes]
        tally = self._tallies[index]
        opening = list(chain.from_iterable(self._openings(team, route.channel) for team in teams))
        counted = [team for team in teams if index == team.group.routes[0] and not blocked]
        return RoutePlan(
            channel=route.channel,
            provider=route.providers[0],
            planned=tally.planned,
            skipped=dict(sorted(tally.skipped.items())),
            requests=sum(map(self._requests, counted)),
            segments=tally.segments,
            earliest=min(opening, default=None),
            latest=self._campaign.schedule.expires,
            findings=findings[0],
            earlier=tally.earlier,
            fallbacks=tuple(
                Fallback(provider=name, findings=found)
                for name, found in zip(route.providers[1:], findings[1:], strict=True)
            ),
        )

    def _openings(self, team: _Team, channel: Channel) -> Iterable[datetime]:
        """Give when the first people of each zone may be reached."""
        schedule = team.group.carrier.schedule(self._campaign)
        for zone in {made.zone for one in team.assigners for made in one.mine if channel in made.channels}:
            moment = due(schedule, zone, self._now)
            if not moment.expired:
                yield moment.at.astimezone(ZoneInfo(zone))

    def _requests(self, team: _Team) -> int:
        carrier = team.group.carrier
        steps = 0
        for made in chain.from_iterable(one.mine for one in team.assigners):
            one = example(self._campaign, carrier, made.channels, zone=made.zone, now=self._now)
            steps += len(carrier.provider.open(one)) + len(carrier.provider.launch(one))
        return steps + sum(one.batches for one in team.assigners)

    def _limits(self) -> Iterable[str]:
        limits = self._campaign.limits
        total = sum(tally.segments for tally in self._tallies)
        if limits.contacts is not None and self._people > limits.contacts:
            yield f"limits.contacts: {self._people} people, but at most {limits.contacts}; raise it or send to fewer"
        if limits.segments is not None and total > limits.segments:
            yield f"limits.segments: {total} SMS segments, but at most {limits.segments}; raise it or shorten the text"


def _carried(legs: Sequence[tuple[Channel, list[int]]]) -> tuple[Sequence[int], Sequence[tuple[Channel, ...]]]:
    """Give everybody who goes down some of these routes, in order, and the channels of each."""
    if len(legs) == 1:
        channel, people = legs[0]
        return people, [(channel,)] * len(people)
    carried: dict[int, tuple[Channel, ...]] = {}
    for channel, people in legs:
        for one in people:
            carried[one] = (*carried.get(one, ()), channel)
    order = sorted(carried)
    return order, [carried[one] for one in order]


def _fingerprint(chunk: Chunk) -> bytes:
    dropped = [(one.source, one.row, one.reason) for one in chunk.dropped]
    people = (chunk.phones, chunk.ids, chunk.names, chunk.zones, dict(sorted(chunk.columns.items())))
    return orjson.dumps((people, dropped), default=list)
