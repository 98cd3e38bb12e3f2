"""Reading whole campaigns: in pages of a few thousand people, so that other verbs come in between."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import attrs
import orjson

from outreach.delivery.journal import (
    ABOARD,
    PASSABLE,
    STATE_OF,
    BatchRow,
    CampaignKey,
    Counts,
    DeliveryRow,
    Stage,
    Turn,
    status_in,
    told_on,
    told_reason,
    with_refusal,
)
from outreach.delivery.sqlite import packing, records
from outreach.delivery.sqlite.queries import queries
from outreach.delivery.sqlite.settling import fates_of
from outreach.model import Channel, State, Status

#: A page ends with the batch that reaches so many people.
PAGE = 5000

_REFUSED = frozenset({Stage.REJECTED, Stage.PASSED})
_NOT_CONTACTED = frozenset({Stage.PLANNED, Stage.CANCELLED, Stage.SKIPPED}) | _REFUSED
#: In a campaign at the vendor, whatever becomes of it.
_LOADED = frozenset({Stage.LOADING, *ABOARD})
_LEFT = frozenset({Stage.PLANNED, Stage.CANCELLED, *PASSABLE})
_BEGUN = frozenset({Stage.ACCEPTED, Stage.IN_FLIGHT, Stage.UNKNOWN})


@attrs.frozen
class Crowd:
    """Numbers that were, or may have been, contacted on these channels; ``key`` is where to go on reading."""

    key: int
    channels: tuple[Channel, ...]
    phones: Sequence[str]


@attrs.frozen
class Turns:
    """Who had a turn at a provider in one batch; ``key`` is where to go on reading."""

    key: int
    turns: tuple[Turn, ...]


@attrs.frozen
class Lot:
    """Deliveries that share provider and channels; none: a row that is no delivery."""

    key: int
    provider: str
    channels: tuple[Channel, ...]
    record: records.Record

    def rows(self) -> Iterator[DeliveryRow]:
        """Give a row for each person and channel."""
        batch = self.record.batch
        people = batch.people
        fates = fates_of(batch)
        for index, (phone, contact_id, row) in enumerate(zip(people.phones, people.ids, people.rows, strict=True)):
            receipt = batch.receipts.get(index, batch.receipt)
            stage, reason = fates[index]
            if stage is Stage.PASSED:
                continue
            for channel in self.channels or ("",):
                yield DeliveryRow(
                    contact_id=contact_id,
                    phone=phone,
                    channel=channel,
                    provider=self.provider,
                    state=STATE_OF[stage],
                    reason=with_refusal(told_reason(stage, reason), batch.refused.get(index, "")),
                    attempts=batch.attempts + batch.earlier.get(index, 0),
                    updated_at=batch.updated_at,
                    row=row,
                    **told_on(receipt, channel, STATE_OF[stage]),
                )


def campaign_id(connection: sqlite3.Connection, key: CampaignKey) -> int:
    """Find a campaign; 0 when it was never planned."""
    found = connection.execute(queries()["campaign_get"], attrs.asdict(key)).fetchone()
    return found[0] if found else 0


def campaigns(connection: sqlite3.Connection) -> list[CampaignKey]:
    """Read every campaign."""
    return [CampaignKey(name, number) for name, number in connection.execute(queries()["campaign_list"])]


def last_plan(connection: sqlite3.Connection, key: CampaignKey) -> tuple[str, dict[str, object]] | None:
    """Read digest and row counts of the latest plan."""
    found = connection.execute(queries()["campaign_get"], attrs.asdict(key)).fetchone()
    return (found[1], orjson.loads(found[2])) if found else None


def contacted(connection: sqlite3.Connection, key: CampaignKey, after: int) -> list[Crowd]:
    """Read a page of the people who must not be planned again."""
    of = {"campaign": campaign_id(connection, key), "after": after}
    return _crowds(connection, "batch_contacted", of, frozenset(Stage) - _NOT_CONTACTED)


def turns(connection: sqlite3.Connection, key: CampaignKey, after: int) -> list[Turns]:
    """Read a page of the people whom their provider refused, or who are aboard."""
    found: list[Turns] = []
    size = 0
    rows = _tried(connection, key, after, (*_REFUSED, *_LOADED), most=0)
    for batch, provider, channels, closed, numbers, stages, _ in rows:
        crowds: dict[Stage, list[str]] = {Stage.REJECTED: [], Stage.PASSED: [], Stage.LOADED: []}
        for number, stage in zip(numbers, stages, strict=True):
            if stage in _REFUSED or (stage in _LOADED and not closed):
                crowds[stage if stage in _REFUSED else Stage.LOADED].append(number)
        told = (Turn(provider, channels, crowd, stage) for stage, crowd in crowds.items() if crowd)
        found.append(Turns(batch, tuple(told)))
        size += len(numbers)
        if size > PAGE:
            break
    return found


def tried(connection: sqlite3.Connection, key: CampaignKey, most: int, after: int) -> list[Crowd]:
    """Read a page of the people of whom requests were begun so many times, and who are not contacted."""
    found: list[Crowd] = []
    size = 0
    for batch, _, channels, _, numbers, stages, attempts in _tried(connection, key, after, _LEFT, most=most):
        people = zip(numbers, stages, attempts, strict=True)
        crowd = [each for each, stage, count in people if stage in _LEFT and count >= most]
        found.append(Crowd(batch, channels, crowd))
        size += len(numbers)
        if size > PAGE:
            break
    return found


def _tried(
    connection: sqlite3.Connection, key: CampaignKey, after: int, stages: Collection[Stage], *, most: int
) -> Iterator[tuple[int, str, tuple[Channel, ...], bool, list[str], list[Stage], list[int]]]:
    """Read batches person by person: key, provider, channels, closed, numbers, stages and attempts."""
    of = {"campaign": campaign_id(connection, key), "after": after, "stages": packing.bits(stages), "most": most}
    for row in connection.execute(queries()["batch_turns"], of):
        batch, provider, channels, closed, mask, stage, exceptions, phones, attempts, earlier = row
        numbers = packing.unpack_phones(phones)
        unlike = packing.unpack_exceptions(exceptions)
        before, _ = packing.unpack_earlier(earlier)
        fates = [unlike[i][0] if i in unlike else packing.STAGES[stage] for i in range(len(numbers))]
        counts = [attempts + before.get(i, 0) for i in range(len(numbers))]
        yield batch, provider, records.chosen(records.names(channels), mask), bool(closed), numbers, fates, counts


def pressure(connection: sqlite3.Connection, since: int, after: int) -> list[Crowd]:
    """Read a page of the people who were, or may have been, contacted since then."""
    return _crowds(connection, "batch_pressure", {"since": since, "after": after}, _BEGUN)


def claimed(connection: sqlite3.Connection, provider: str, found: Mapping[str, str], own: int) -> set[str]:
    """Find the numbers of which a delivery outside of one batch holds the id, or was sent and holds none."""
    stages = {"unknown": packing.CODES[Stage.UNKNOWN], "accepted": packing.CODES[Stage.ACCEPTED]}
    of = {"provider": provider, "ids": orjson.dumps(list(found.values())).decode(), "own": own, **stages}
    held: set[str] = set()
    nameless: set[str] = set()
    for stage, exceptions, phones, shared, receipts in connection.execute(queries()["batch_claimed"], of):
        names = {index: one.vendor_id for index, one in packing.unpack_receipts(receipts).items()}
        held.update((shared, *names.values()))
        unlike = packing.unpack_exceptions(exceptions)
        base = (packing.STAGES[stage], "")
        for index, each in enumerate(packing.unpack_phones(phones)):
            fate = unlike.get(index, base)[0]
            if fate is Stage.UNKNOWN or (fate is Stage.ACCEPTED and not (names.get(index) or shared)):
                nameless.add(each)
    held.discard("")
    return {phone for phone, vendor_id in found.items() if vendor_id in held or phone in nameless}


def _crowds(connection: sqlite3.Connection, query: str, of: dict[str, int], stages: frozenset[Stage]) -> list[Crowd]:
    found: list[Crowd] = []
    size = 0
    for key, channels, stage, exceptions, phones in connection.execute(queries()[query], of):
        numbers = packing.unpack_phones(phones)
        if exceptions is not None:
            unlike = packing.unpack_exceptions(exceptions)
            base = (packing.STAGES[stage], "")
            numbers = [each for index, each in enumerate(numbers) if unlike.get(index, base)[0] in stages]
        found.append(Crowd(key, records.names(channels), numbers))
        size += len(numbers) + 1
        if size > PAGE:
            break
    return found


def deliveries(connection: sqlite3.Connection, key: CampaignKey, after: int) -> list[Lot]:
    """Read a page of the batches."""
    of = {"campaign": campaign_id(connection, key), "after": after}
    found: list[Lot] = []
    size = 0
    for provider, channels, *row in connection.execute(queries()["batch_deliveries"], of):
        record = records.read(tuple(row))
        found.append(Lot(record.id, provider, records.chosen(records.names(channels), record.channels), record))
        size += len(record.batch.people)
        if size > PAGE:
            break
    return found


def left_out(connection: sqlite3.Connection, key: CampaignKey, after: int, *, deliveries: bool) -> list[Lot]:
    """Read a page of the skipped deliveries, or of the rows that are no delivery."""
    of = {"campaign": campaign_id(connection, key), "after": after, "deliveries": deliveries}
    rows = connection.execute(queries()["skipped_list"], of).fetchmany(PAGE // 500)
    return [_left_out(*row) for row in rows]


def _left_out(key: int, channel: str | None, provider: str, reason: str, updated_at: int, *people: Any) -> Lot:
    batch = BatchRow(
        slice_id=0,
        seq=0,
        people=packing.unpack_people(*people),
        stage=Stage.SKIPPED,
        reason=reason,
        exceptions={},
        receipt=None,
        receipts={},
        attempts=0,
        intended_at=None,
        updated_at=packing.moment(updated_at),
    )
    return Lot(key, provider, (Channel(channel),) if channel else (), records.Record(key, None, batch))


@attrs.frozen
class _Sums:
    """Counts in the making."""

    deliveries: Counter[State] = attrs.field(factory=Counter)
    skipped: Counter[str] = attrs.field(factory=Counter)
    statuses: Counter[Status] = attrs.field(factory=Counter)
    routes: dict[tuple[str, str], Counter[State]] = attrs.field(factory=dict)
    reasons: Counter[tuple[State, str]] = attrs.field(factory=Counter)

    def add(
        self, provider: str, channels: tuple[Channel, ...], stage: Stage, reason: str, status: str | None, people: int
    ) -> None:
        if stage is Stage.PASSED:
            return
        state, number = STATE_OF[stage], people * len(channels)
        self.deliveries[state] += number
        for channel in channels:
            self.routes.setdefault((channel, provider), Counter())[state] += people
        if state is State.SKIPPED:
            self.skipped[reason] += number
        elif state in _WITH_REASON:
            self.reasons[state, told_reason(stage, reason)] += number
        told = status_in(state, None if status is None else Status(status))
        if told is not None:
            self.statuses[told] += number


_WITH_REASON = frozenset({State.PLANNED, State.REJECTED, State.UNKNOWN, State.CANCELLED})


def counts(connection: sqlite3.Connection, key: CampaignKey) -> Counts:
    """Count a campaign: uniform batches in SQL, the others person by person."""
    of = {"campaign": campaign_id(connection, key)}
    sums = _Sums()
    for provider, channels, mask, stage, reason, tally, people in connection.execute(queries()["batch_counts"], of):
        on = records.chosen(records.names(channels), mask)
        sums.add(provider, on, packing.STAGES[stage], reason, tally, people)
    for row in connection.execute(queries()["batch_counts_mixed"], of):
        _add_mixed(sums, *row)
    for channel, provider, reason, people in connection.execute(queries()["skipped_counts"], of):
        sums.add(provider, (Channel(channel),), Stage.SKIPPED, reason, None, people)
    return Counts(
        deliveries={state: sums.deliveries[state] for state in State},
        skipped=dict(sums.skipped),
        statuses=dict(sums.statuses),
        routes={route: dict(states) for route, states in sums.routes.items()},
        reasons=dict(sums.reasons),
    )


def _add_mixed(sums: _Sums, provider: str, channels: str, mask: int | None, size: int, *columns: Any) -> None:
    stage, reason, exceptions, status, receipts = columns
    on = records.chosen(records.names(channels), mask)
    fates = packing.unpack_exceptions(exceptions)
    known = packing.unpack_receipts(receipts)
    base = (packing.STAGES[stage], reason)
    people = Counter(
        (fates.get(index, base), known[index].status if index in known else status) for index in range(size)
    )
    for (fate, found), number in people.items():
        sums.add(provider, on, fate[0], fate[1], found, number)
