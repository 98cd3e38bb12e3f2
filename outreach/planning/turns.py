"""Who goes down which route, and by whose hand: the provider whose turn it is. One chunk of people at a time. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

import attrs

from outreach.contacts.values import Chunk
from outreach.model import Campaign, Channel, Placeholder, Route
from outreach.planning.carrier import Carrier
from outreach.planning.choose import Ledger, Suppressed, asked, filled, left_out, matching, zones
from outreach.planning.picking import some

#: Reason of people who were contacted, or would be in this run, as often as ``limits.per_contact`` allows.
PER_CONTACT = "per_contact"


@attrs.frozen
class LeftOut:
    """People (by index) whom a route leaves out for one reason.

    Attributes:
        provider: The account that would have carried them.

        fresh: Those of them who do not stand in the journal for an earlier run already.
    """

    provider: str
    reason: str
    people: Sequence[int]
    fresh: Sequence[int]


@attrs.frozen
class Going:
    """What becomes of a chunk on one route, people by index.

    Attributes:
        kept: Whoever goes down the route, those included whom earlier runs handled.

        legs: Whoever is to be contacted, by provider.

        left_out: The others.

        passing: Whether one provider takes over from another somebody who stands in the journal there.
    """

    kept: Sequence[int]
    legs: Mapping[str, Sequence[int]]
    left_out: Sequence[LeftOut]
    passing: bool = False


@attrs.frozen
class _Past:
    """What earlier runs did with a chunk on one channel, people by index.

    Attributes:
        done: Nothing more is to be done for them.

        listed: They stand in the journal, refused or handled, so that they cannot be skipped any more.

        refused: By provider; it is not asked again.

        stranded: Loaded at a provider that is given up for this run, where nobody launched them.
    """

    done: set[int] = attrs.field(factory=set)
    listed: set[int] = attrs.field(factory=set)
    refused: Mapping[str, set[int]] = attrs.field(factory=dict)
    stranded: set[int] = attrs.field(factory=set)


@attrs.frozen
class Chooser:
    """Chooses for one campaign.

    Attributes:
        carriers: The account of every provider on a route, by name.

        down: Providers that are given up for this run; the next one on the route takes over.
    """

    campaign: Campaign
    carriers: Mapping[str, Carrier]
    suppressed: Suppressed
    ledger: Ledger
    down: Collection[str] = ()
    _asked: Mapping[Channel, tuple[Placeholder, ...]] = attrs.field(init=False)

    @_asked.default
    def _ask(self) -> Mapping[Channel, tuple[Placeholder, ...]]:
        return {route.channel: asked(self.campaign, (route.channel,)) for route in self._routes}

    def choose(self, chunk: Chunk) -> list[Going]:
        """Say for every route, in order, who goes down it, and by whose hand."""
        taken: dict[Channel, set[int]] = {}
        used = self._waiting(chunk)
        return [self._route(route, chunk, taken.setdefault(route.channel, set()), used) for route in self._routes]

    @property
    def _routes(self) -> tuple[Route, ...]:
        return self.campaign.routes

    def _waiting(self, chunk: Chunk) -> Counter[int]:
        """Count, where contacts are limited, the deliveries that earlier runs loaded and this one will launch."""
        if self.campaign.limits.per_contact is None:
            return Counter()
        channels = dict.fromkeys(route.channel for route in self._routes)
        loaded = (self.ledger.aboard(chunk.phones, channel).values() for channel in channels)
        return Counter(chain.from_iterable(chain.from_iterable(loaded)))

    def _route(self, route: Route, chunk: Chunk, taken: set[int], used: Counter[int]) -> Going:
        people: Sequence[int] = matching(route, chunk)
        if taken:
            people = [person for person in people if person not in taken]
        taken.update(people)
        past = self._past(route, chunk, people)
        values = filled(self._asked[route.channel], chunk)
        suppressed = self.suppressed.reasons(chunk.phones, route.channel)
        kept: list[int] = []
        legs: dict[str, list[int]] = {}
        out: list[LeftOut] = []
        for name, housed in self._homes(route, people, past).items():
            reasons = chain(_named(suppressed, housed), self._unable(route, name, chunk, housed, values))
            staying = self._sift(name, housed, reasons, past, out)
            fresh = [one for one in staying if one not in past.done] if past.done else staying
            pressed = self._pressed(chunk, fresh, used)
            fresh = self._sift(name, fresh, [(PER_CONTACT, pressed)], past, out)
            used.update(fresh if self.campaign.limits.per_contact else ())
            kept += staying if not pressed else [one for one in staying if one not in set(pressed)]
            stranded = [one for one in staying if one in past.stranded] if past.stranded else ()
            self._share(route, name, chunk, fresh, stranded, values, past, legs)
        if len(legs) > 1:
            kept.sort()
        self.ledger.wanted(some(chunk.phones, kept), route.channel)
        passing = bool(past.listed) and not past.listed.isdisjoint(chain.from_iterable(legs.values()))
        return Going(kept, {name: sorted(going) for name, going in legs.items()}, out, passing)

    def _past(self, route: Route, chunk: Chunk, people: Sequence[int]) -> _Past:
        phones = some(chunk.phones, people)
        refused = self.ledger.refused(phones, route.channel)
        handled = self.ledger.handled(phones, route.channel)
        if not handled and not refused:
            return _Past()
        past = _Past(refused={name: {people[one] for one in found} for name, found in refused.items()})
        loaded = self.ledger.aboard(phones, route.channel) if self.down else {}
        past.stranded.update(people[one] for name in self.down for one in loaded.get(name, ()))
        past.done.update(people[one] for one in handled)
        past.listed.update(past.done, (people[one] for one in self.ledger.rejected(phones, route.channel)))
        if refused:
            past.done.update(one for one in people if self._refused_by_all(route, one, past))
        spent = {people[one] for one in self.ledger.spent(phones, route.channel)}
        past.done.update(past.listed & spent)
        past.stranded.difference_update(spent)
        return past

    @staticmethod
    def _refused_by_all(route: Route, person: int, past: _Past) -> bool:
        return all(person in past.refused.get(name, ()) for name in route.providers)

    def _homes(self, route: Route, people: Sequence[int], past: _Past) -> Mapping[str, Sequence[int]]:
        """Divide people by the first provider on the route that has not refused them."""
        if not past.refused:
            return {route.providers[0]: people}
        homes: dict[str, list[int]] = {}
        for one in people:
            able = (name for name in route.providers if one not in past.refused.get(name, ()))
            homes.setdefault(next(able, route.providers[0]), []).append(one)
        return homes

    def _unable(
        self,
        route: Route,
        name: str,
        chunk: Chunk,
        people: Sequence[int],
        values: Mapping[Placeholder, Sequence[str]],
    ) -> Iterator[tuple[str, list[int]]]:
        """Give the reasons for which a provider cannot carry people."""
        carrier = self.carriers[name]
        yield from left_out(route, carrier, chunk, people, values)
        where = zones(self.campaign, carrier, chunk)
        if not all(where):
            yield "no_zone", [one for one in people if not where[one]]

    def _pressed(self, chunk: Chunk, people: Sequence[int], used: Mapping[int, int]) -> list[int]:
        """Give those who are contacted as often as the campaign allows, by earlier campaigns and by routes before."""
        limit = self.campaign.limits.per_contact
        if limit is None:
            return []
        known = self.ledger.contacts(some(chunk.phones, people))
        return [one for position, one in enumerate(people) if known.get(position, 0) + used.get(one, 0) >= limit.count]

    @staticmethod
    def _sift(
        name: str,
        people: Sequence[int],
        reasons: Iterable[tuple[str, list[int]]],
        past: _Past,
        out: list[LeftOut],
    ) -> Sequence[int]:
        """Put away who is left out, each with the first reason; give the others."""
        gone: set[int] = set()
        for reason, found in reasons:
            new = [one for one in found if one not in gone]
            gone.update(new)
            if new:
                out.append(LeftOut(name, reason, new, [one for one in new if one not in past.listed]))
        return [one for one in people if one not in gone] if gone else people

    def _share(
        self,
        route: Route,
        home: str,
        chunk: Chunk,
        fresh: Sequence[int],
        stranded: Sequence[int],
        values: Mapping[Placeholder, Sequence[str]],
        past: _Past,
        legs: dict[str, list[int]],
    ) -> None:
        """Bring people to the provider that carries them: their own, or where that is given up the next one able to."""
        waiting = [*stranded, *(fresh if home in self.down else ())]
        if home not in self.down:
            legs.setdefault(home, []).extend(fresh)
        for name in route.providers if waiting else ():
            if name in self.down or not waiting:
                continue
            unable = past.refused.get(name, set()).union(
                *(found for _, found in self._unable(route, name, chunk, waiting, values))
            )
            legs.setdefault(name, []).extend(one for one in waiting if one not in unable)
            waiting = [one for one in waiting if one in unable]
        if home in self.down:
            legs.setdefault(home, []).extend(one for one in waiting if one not in past.stranded)


def _named(reasons: Mapping[int, str], people: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    for reason in set(reasons.values()):
        yield reason, [one for one in people if reasons.get(one) == reason]
