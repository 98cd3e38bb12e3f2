"""Campaign, contacts and providers to a Plan, in one pass over the contacts. Pure but for the sink it is given."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import TypeVar
from zoneinfo import ZoneInfo

import attrs
import orjson

from outreach.contacts.values import Chunk, Dropped
from outreach.errors import Problem
from outreach.model import Campaign, Channel, Placeholder, Route, SmsContent
from outreach.negotiation import Finding, Verdict
from outreach.planning.assign import Assigner, Columns, Sink
from outreach.planning.carrier import Carrier, Group, groups, job, title
from outreach.planning.choose import Ledger, Nothing, Suppressed, filled, left_out, matching, named, zones
from outreach.planning.digest import campaign_digest
from outreach.planning.negotiate import negotiate, refusals
from outreach.planning.notes import notes
from outreach.planning.segments import segments
from outreach.planning.times import due
from outreach.planning.values import Plan, RoutePlan, Rows, SlicePlan

#: So many rows that were left out are named one by one; the rest is counted.
NAMED_ROWS = 20

#: A plan for nobody is seldom what was meant.
NOBODY = "nobody would be contacted: there are no contacts, or all of them are left out"

#: Stands for the marker wherever a plan shows a name that the journal has yet to give.
UNMARKED = "······"


T = TypeVar("T")


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
    channels: tuple[Channel, ...]
    names: Sequence[Placeholder]
    now: Assigner
    later: Assigner


class Builder:
    """Takes chunks of people and makes a plan of them; ten million people leave only counts behind.

    Attributes:
        slices: The campaigns to be made at the vendors; complete after ``finish``.
    """

    def __init__(
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
    ) -> None:
        self._campaign = campaign
        self._carriers = carriers
        self._now = now
        self._suppressed = suppressed or Nothing()
        self._ledger = ledger or Nothing()
        self._sink = sink
        self._left = limit
        self._rejects = rejects
        self._digest = hashlib.sha256()
        self._read = self._used = self._people = 0
        self._dropped: Counter[str] = Counter()
        self._problems: list[Problem] = []
        self._tallies = [_Tally() for _ in campaign.routes]
        self._own = [named(campaign, (route.channel,)) for route in campaign.routes]
        self.slices: list[SlicePlan] = []
        self._teams = [
            _Team(
                group,
                tuple(campaign.routes[index].channel for index in group.routes),
                named(campaign, [campaign.routes[index].channel for index in group.routes]),
                Assigner(campaign, group.carrier, self.slices, sink),
                Assigner(campaign, group.carrier, self.slices, sink, held=True),
            )
            for group in groups(campaign, carriers)
        ]

    def add(self, chunk: Chunk) -> None:
        """Take one chunk of people and dropped rows."""
        self._drop(chunk.dropped)
        self._read += len(chunk) + len(chunk.dropped)
        self._used += len(chunk)
        self._digest.update(_fingerprint(chunk))
        taken: dict[Channel, set[int]] = {}
        reached: set[int] = set()
        for team in self._teams:
            reached |= self._travel(team, chunk, taken)
        self._people += len(reached)

    def finish(self) -> Plan:
        """Send off who still waits, and give the plan."""
        for team in self._teams:
            team.now.finish()
            team.later.finish()
        versions = {name: carrier.provider.version for name, carrier in self._carriers.items()}
        findings = [self._findings(index) for index in range(len(self._campaign.routes))]
        blocked = dict.fromkeys(chain.from_iterable(refusals(one, self._campaign.accept) for one in findings))
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
                *notes(self._campaign, list(chain.from_iterable(findings)), self.slices, self._now),
            ),
        )

    def _travel(self, team: _Team, chunk: Chunk, taken: dict[Channel, set[int]]) -> set[int]:
        """Bring a chunk's people into the batches of one team; give those who go down one of its routes."""
        everybody: set[int] = set()
        where = zones(self._campaign, team.group.carrier, chunk)
        values = filled(team.names, chunk)
        legs: list[tuple[Channel, list[int]]] = []
        for index in team.group.routes:
            route = self._campaign.routes[index]
            own = values if len(team.channels) == 1 else filled(self._own[index], chunk)
            people = self._going(index, team, chunk, taken.setdefault(route.channel, set()), own, where)
            self._tallies[index].planned += len(people)
            self._tallies[index].segments += self._segments(route.channel, people, own)
            everybody.update(people)
            self._ledger.wanted([chunk.phones[one] for one in people], route.channel)
            fresh = self._new(index, chunk, people)
            self._tallies[index].earlier += len(people) - len(fresh)
            legs.append((route.channel, fresh))
        fresh_people, channels = _carried(legs)
        if fresh_people:
            self._assign(team, chunk, fresh_people, channels, where, values)
        return everybody

    def _going(
        self,
        index: int,
        team: _Team,
        chunk: Chunk,
        taken: set[int],
        values: Mapping[Placeholder, Sequence[str]],
        where: Sequence[str],
    ) -> list[int]:
        """Give those who go down a route; who does not is put away with the reason."""
        route = self._campaign.routes[index]
        people = list(matching(route, chunk))
        if taken:
            people = [person for person in people if person not in taken]
        taken.update(people)
        suppressed = self._suppressed.reasons(chunk.phones, route.channel)
        reasons = chain(
            ((reason, [one for one in people if suppressed.get(one) == reason]) for reason in set(suppressed.values())),
            left_out(route, team.group.carrier, chunk, people, values),
            [] if all(where) else [("no_zone", [one for one in people if not where[one]])],
            [("per_contact", self._pressed(index, chunk, people))],
        )
        gone: set[int] = set()
        for reason, found in reasons:
            fresh = [one for one in found if one not in gone]
            gone.update(fresh)
            if fresh:
                self._skip(index, team.group.carrier, chunk, fresh, reason)
        return [one for one in people if one not in gone] if gone else people

    def _pressed(self, index: int, chunk: Chunk, people: list[int]) -> list[int]:
        fresh = self._new(index, chunk, people)
        return [fresh[position] for position in self._ledger.pressed(_some(chunk.phones, fresh))]

    def _new(self, index: int, chunk: Chunk, people: list[int]) -> list[int]:
        """Leave out who was already handled by an earlier run."""
        handled = self._ledger.handled(_some(chunk.phones, people), self._campaign.routes[index].channel)
        if not handled:
            return people
        known = {people[position] for position in handled}
        return [one for one in people if one not in known]

    def _skip(self, index: int, carrier: Carrier, chunk: Chunk, people: list[int], reason: str) -> None:
        route = self._campaign.routes[index]
        self._tallies[index].skipped[reason] += len(people)
        fresh = self._new(index, chunk, people)
        if self._sink is not None and fresh:
            self._sink.skip(
                route.channel,
                carrier.provider.name,
                reason,
                [chunk.phones[one] for one in fresh],
                [chunk.ids[one] for one in fresh],
                [chunk.rows[one] for one in fresh],
            )

    def _assign(
        self,
        team: _Team,
        chunk: Chunk,
        people: Sequence[int],
        channels: Sequence[tuple[Channel, ...]],
        where: Sequence[str],
        values: Mapping[Placeholder, Sequence[str]],
    ) -> None:
        allowed = self._allowed(channels)
        for assigner, part in ((team.now, slice(allowed)), (team.later, slice(allowed, None))):
            some = people[part]
            if not some:
                continue
            columns = Columns(
                _some(chunk.phones, some),
                _some(chunk.ids, some),
                _some(chunk.names, some),
                _some(chunk.rows, some),
                {name: _some(column, some) for name, column in values.items()},
            )
            assigner.add(columns, channels[part], _some(where, some))

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

    def _segments(self, channel: Channel, people: Sequence[int], values: Mapping[Placeholder, Sequence[str]]) -> int:
        content = self._campaign.content(channel)
        if not isinstance(content, SmsContent) or content.text is None:
            return 0
        if not content.text.placeholders:
            return len(people) * segments(content.text.spell(str))
        some = {name: _some(column, people) for name, column in values.items()}
        return sum(map(segments, content.text.render(some, len(people))))

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

    def _findings(self, index: int) -> tuple[Finding, ...]:
        route = self._campaign.routes[index]
        carrier = self._carriers[route.providers[0]]
        found = negotiate(self._campaign, route.channel, carrier.provider)
        if len(route.providers) > 1:
            found.append(_no_failover(index, route))
        if any(one.field == "routes" for one in found):
            return tuple(found)
        example = job(
            self._campaign,
            carrier,
            (route.channel,),
            zone=next((made.zone for made in self.slices if made.provider == carrier.provider.name), "UTC"),
            title=title(self._campaign, UNMARKED),
            marker=UNMARKED,
            start=self._now,
            now=self._now,
        )
        judged = tuple(carrier.provider.check(example))
        said = {one.field for one in judged}
        return (*(one for one in found if one.field not in said), *judged)

    def _route(self, index: int, findings: tuple[Finding, ...], *, blocked: bool) -> RoutePlan:
        route = self._campaign.routes[index]
        team = next(team for team in self._teams if index in team.group.routes)
        tally = self._tallies[index]
        zones_used = {
            made.zone for one in (team.now, team.later) for made in one.mine if route.channel in made.channels
        }
        openings = [(due(self._campaign.schedule, zone, self._now), ZoneInfo(zone)) for zone in zones_used]
        opening = [moment.at.astimezone(zone) for moment, zone in openings if not moment.expired]
        return RoutePlan(
            channel=route.channel,
            provider=team.group.carrier.provider.name,
            planned=tally.planned,
            skipped=dict(sorted(tally.skipped.items())),
            requests=0 if blocked or index != team.group.routes[0] else self._requests(team),
            segments=tally.segments,
            earliest=min(opening, default=None),
            latest=self._campaign.schedule.expires,
            findings=findings,
            earlier=tally.earlier,
        )

    def _requests(self, team: _Team) -> int:
        carrier = team.group.carrier
        steps = 0
        for made in (*team.now.mine, *team.later.mine):
            one = job(
                self._campaign,
                carrier,
                made.channels,
                zone=made.zone,
                title=title(self._campaign, UNMARKED),
                marker=UNMARKED,
                start=self._now,
                now=self._now,
            )
            steps += len(carrier.provider.open(one)) + len(carrier.provider.launch(one))
        return steps + team.now.batches + team.later.batches

    def _limits(self) -> Iterable[str]:
        limits = self._campaign.limits
        total = sum(tally.segments for tally in self._tallies)
        if limits.contacts is not None and self._people > limits.contacts:
            yield f"limits.contacts: {self._people} people, but at most {limits.contacts}; raise it or send to fewer"
        if limits.segments is not None and total > limits.segments:
            yield f"limits.segments: {total} SMS segments, but at most {limits.segments}; raise it or shorten the text"


def _no_failover(index: int, route: Route) -> Finding:
    detail = f"failover to {', '.join(route.providers[1:])} is not built yet; name one provider"
    return Finding(
        channel=route.channel,
        provider=route.providers[0],
        field=f"routes[{index}].{route.channel}",
        verdict=Verdict.REFUSED,
        detail=detail,
    )


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


def _some(column: Sequence[T], people: Sequence[int]) -> list[T]:
    """Give the values of some people as a column of its own."""
    return list(column) if len(people) == len(column) else list(map(column.__getitem__, people))


def _fingerprint(chunk: Chunk) -> bytes:
    dropped = [(one.source, one.row, one.reason) for one in chunk.dropped]
    people = (chunk.phones, chunk.ids, chunk.names, chunk.zones, dict(sorted(chunk.columns.items())))
    return orjson.dumps((people, dropped), default=list)
