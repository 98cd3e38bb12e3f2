"""Who goes down which route, and why not: one chunk of people at a time, by column."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import attrs

from outreach.contacts import landlines, zone_of
from outreach.contacts.values import Chunk
from outreach.model import RECIPIENT, Campaign, Channel, Placeholder, Route, placeholders
from outreach.planning.carrier import Carrier
from outreach.planning.columns import OWN
from outreach.planning.picking import some

#: Channels that a fixed line cannot receive.
_WRITTEN = frozenset({Channel.SMS, Channel.WHATSAPP})

#: Reason and the people (by index) whom it leaves out.
Reasons = dict[str, list[int]]


class Suppressed(Protocol):
    """What is asked of the lists of people who must not be contacted."""

    def reasons(self, phones: Sequence[str], channel: Channel) -> Mapping[int, str]:
        """Give the reason by index of those who must not be contacted on a channel."""


class Ledger(Protocol):
    """What is asked of earlier runs."""

    def handled(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Give the index of those who must not be planned again on a channel of this campaign."""

    def refused(self, phones: Sequence[str], channel: Channel) -> Mapping[str, Collection[int]]:
        """Give by provider the index of those whom it refused; it is not asked again."""

    def rejected(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Give the index of those who stand in the journal as refused, since nobody took them over."""

    def aboard(self, phones: Sequence[str], channel: Channel) -> Mapping[str, Collection[int]]:
        """Give by provider the index of those handled who are loaded there in a campaign that is not launched."""

    def spent(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Give the index of those for whom no further attempt may be made."""

    def wanted(self, phones: Sequence[str], channel: Channel) -> None:
        """Take note that the plan has these people on a channel."""

    def contacts(self, phones: Sequence[str]) -> Mapping[int, int]:
        """Give by index how often somebody was contacted within the period that the campaign limits."""


@attrs.frozen
class Nothing:
    """No list and no earlier run."""

    def reasons(self, _phones: Sequence[str], _channel: Channel) -> Mapping[int, str]:
        """Nobody is suppressed."""
        return {}

    def handled(self, _phones: Sequence[str], _channel: Channel) -> Collection[int]:
        """Nobody was contacted before."""
        return ()

    def refused(self, _phones: Sequence[str], _channel: Channel) -> Mapping[str, Collection[int]]:
        """Nobody was refused."""
        return {}

    def rejected(self, _phones: Sequence[str], _channel: Channel) -> Collection[int]:
        """Nobody was refused."""
        return ()

    def aboard(self, _phones: Sequence[str], _channel: Channel) -> Mapping[str, Collection[int]]:
        """Nobody is loaded."""
        return {}

    def spent(self, _phones: Sequence[str], _channel: Channel) -> Collection[int]:
        """Nobody was tried."""
        return ()

    def wanted(self, _phones: Sequence[str], _channel: Channel) -> None:
        """Nobody asks."""

    def contacts(self, _phones: Sequence[str]) -> Mapping[int, int]:
        """Nobody was contacted."""
        return {}


def matching(route: Route, chunk: Chunk) -> Sequence[int]:
    """Give those whom a route's ``when`` lets through; values are compared as written."""
    people: Sequence[int] = range(len(chunk))
    for column, value in route.when.items():
        values = chunk.columns[column]
        people = [index for index in people if values[index] == value]
    return people


def left_out(
    route: Route, carrier: Carrier, chunk: Chunk, people: Sequence[int], values: Mapping[Placeholder, Sequence[str]]
) -> Iterator[tuple[str, list[int]]]:
    """Give the reasons that lie in the contacts themselves, each with whom it leaves out; the first reason counts."""
    capabilities = carrier.provider.capabilities
    if capabilities.calling_codes:
        codes = tuple(f"+{code}" for code in capabilities.calling_codes)
        yield "country", [index for index in people if not chunk.phones[index].startswith(codes)]
    if route.channel in _WRITTEN:
        yield "landline", [people[place] for place in landlines(some(chunk.phones, people))]
    if capabilities.needs_id:
        yield "no_id", [index for index in people if not chunk.ids[index]]
    for name, column in values.items():
        if name.fallback is None and not all(column):
            yield f"no_value:{name.name}", [index for index in people if not column[index]]


def asked(campaign: Campaign, channels: Sequence[Channel]) -> tuple[Placeholder, ...]:
    """Give each placeholder of what is said on these channels, once."""
    contents = [content for channel in channels if (content := campaign.content(channel))]
    return tuple(dict.fromkeys(name for content in contents for name in placeholders(content)))


def filled(names: Iterable[Placeholder], chunk: Chunk) -> dict[Placeholder, Sequence[str]]:
    """Give each placeholder's values for a chunk, fallbacks filled in; without one a missing value stays empty."""
    return {name: _column(name, chunk) for name in names}


def _column(name: Placeholder, chunk: Chunk) -> Sequence[str]:
    column = chunk.columns.get(name.name, ())
    if name.name in OWN and not any(column):
        column = {"name": chunk.names, "id": chunk.ids}[name.name]
    if name.fallback is None or all(column):
        return column
    return [value or name.fallback for value in column]


def zones(campaign: Campaign, carrier: Carrier, chunk: Chunk) -> Sequence[str]:
    """Give the zone in which each person's hours count; empty where it matters and nobody can tell."""
    schedule = campaign.schedule
    window = schedule.window
    if window and window.zone != RECIPIENT:
        return [window.zone] * len(chunk)
    if window is None and (schedule.zone or not carrier.provider.capabilities.batching.by_zone):
        return [schedule.zone or "UTC"] * len(chunk)
    return [
        stated or zone_of(phone) or schedule.zone or "" for stated, phone in zip(chunk.zones, chunk.phones, strict=True)
    ]
