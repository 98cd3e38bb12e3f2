"""Who travels with whom: people into batches, batches into campaigns at the vendor. Columns in, columns out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import attrs

from outreach.model import Campaign, Channel, Placeholder
from outreach.planning.carrier import Carrier, fingerprint
from outreach.planning.picking import some
from outreach.planning.values import SlicePlan
from outreach.provider import Batch

#: Where people may travel together only with equal values, this many wait for company at most.
MOST_WAITING = 50_000


class Sink(Protocol):
    """Where planned people go."""

    def add(self, slice_number: int, batch: Batch, rows: list[int]) -> None:
        """Take a batch."""

    def skip(
        self, channel: Channel | None, provider: str, reason: str, phones: list[str], ids: list[str], rows: list[int]
    ) -> None:
        """Take people left out for one reason."""


@attrs.frozen
class Columns:
    """People on their way into batches; columns of equal length, or left empty where nobody asks for them."""

    phones: list[str]
    ids: list[str]
    names: list[str]
    rows: list[int]
    values: dict[Placeholder, list[str]]

    def __len__(self) -> int:
        return len(self.phones)

    def take(self, indices: Sequence[int]) -> Columns:
        """Give some of them."""
        if len(indices) == len(self.phones):
            return self
        return Columns(
            some(self.phones, indices),
            some(self.ids, indices) if self.ids else [],
            some(self.names, indices) if self.names else [],
            some(self.rows, indices) if self.rows else [],
            {name: some(column, indices) for name, column in self.values.items()},
        )

    def cut(self, count: int) -> Columns:
        """Take the first ``count`` away."""
        first = Columns(
            self.phones[:count],
            self.ids[:count],
            self.names[:count],
            self.rows[:count],
            {name: column[:count] for name, column in self.values.items()},
        )
        texts = (self.phones, self.ids, self.names, *self.values.values())
        for column in texts:
            del column[:count]
        del self.rows[:count]
        return first

    def extend(self, more: Columns) -> None:
        """Add people behind the others."""
        self.phones.extend(more.phones)
        self.ids.extend(more.ids)
        self.names.extend(more.names)
        self.rows.extend(more.rows)
        for name, column in more.values.items():
            self.values[name].extend(column)


#: What people must have in common to travel together: channels, zone, and values where the vendor wants them equal.
Key = tuple[tuple[Channel, ...], str, tuple[str, ...]]


class Assigner:
    """Puts the people of one account into batches and its batches into slices, in the order in which they come.

    ``held``: why these slices are left for a later call; empty when they are not.
    """

    def __init__(
        self, campaign: Campaign, carrier: Carrier, slices: list[SlicePlan], sink: Sink | None, *, held: str = ""
    ) -> None:
        self._campaign = campaign
        self._carrier = carrier
        self._slices = slices
        self._sink = sink
        self._held = held
        self._waiting: dict[Key, Columns] = {}
        self._count = 0
        self._open: dict[tuple[tuple[Channel, ...], str], tuple[SlicePlan, int]] = {}
        self.batches = 0
        # What nobody takes is only counted.
        self.keeps = sink is not None or carrier.provider.capabilities.batching.equal_values
        self.mine: list[SlicePlan] = []
        per_hour = campaign.limits.per_hour
        self._batch_size = min(carrier.batch_size, per_hour or carrier.batch_size)
        self._slice_size = min(carrier.campaign_size, per_hour or carrier.campaign_size)
        self._equal = carrier.provider.capabilities.batching.equal_values

    def add(self, people: Columns, channels: Sequence[tuple[Channel, ...]], zones: Sequence[str]) -> None:
        """Take people in; ``channels`` and ``zones`` have an entry for each."""
        for key, indices in self._keys(people, channels, zones).items():
            waiting = self._waiting.get(key)
            if waiting is None:
                waiting = self._waiting[key] = Columns([], [], [], [], {name: [] for name in people.values})
            waiting.extend(people.take(indices))
            self._count += len(indices)
            while len(waiting) >= self._batch_size:
                self._emit(key, waiting.cut(self._batch_size))
        while self._count > MOST_WAITING:
            self._flush(next(iter(self._waiting)))

    def finish(self) -> None:
        """Send everybody off who still waits for company."""
        for key in list(self._waiting):
            self._flush(key)

    def _keys(
        self, people: Columns, channels: Sequence[tuple[Channel, ...]], zones: Sequence[str]
    ) -> Mapping[Key, Sequence[int]]:
        if self._equal and people.values:
            values: Sequence[tuple[str, ...]] = list(zip(*people.values.values(), strict=True))
        else:
            values = [()] * len(people)
        # To count equal objects takes no hash of each; a channel's is slow.
        if not any(values) and zones.count(zones[0]) == channels.count(channels[0]) == len(people):
            return {(channels[0], zones[0], ()): range(len(people))}
        keys: dict[Key, list[int]] = {}
        for index, key in enumerate(zip(channels, zones, values, strict=True)):
            keys.setdefault(key, []).append(index)
        return keys

    def _flush(self, key: Key) -> None:
        waiting = self._waiting.pop(key)
        if waiting:
            self._emit(key, waiting)

    def _emit(self, key: Key, people: Columns) -> None:
        channels, zone, _ = key
        self._count -= len(people)
        self.batches += 1
        number = self._slice(channels, zone, len(people)).number
        if self._sink is not None:
            batch = Batch(phones=people.phones, ids=people.ids, names=people.names, values=people.values)
            self._sink.add(number, batch, people.rows)

    def _slice(self, channels: tuple[Channel, ...], zone: str, people: int) -> SlicePlan:
        current = self._open.get((channels, zone))
        if current is None or current[1] + people > self._slice_size:
            made = SlicePlan(
                number=len(self._slices),
                provider=self._carrier.provider.name,
                channels=channels,
                zone=zone,
                fingerprint=fingerprint(self._campaign, self._carrier, channels, zone),
                held=self._held,
            )
            self._slices.append(made)
            self.mine.append(made)
            current = made, 0
        self._open[channels, zone] = current[0], current[1] + people
        return current[0]
