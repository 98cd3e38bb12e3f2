"""Put a plan in the place of what was still merely planned: one transaction, in flat memory but for the left set."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import attrs
import orjson

from outreach.delivery.journal import (
    ABOARD,
    GIVEN_UP,
    PASSABLE,
    BatchRow,
    CampaignKey,
    NewBatch,
    NewSlice,
    People,
    Skipped,
    Stage,
    passed_on,
)
from outreach.delivery.sqlite import loads, packing, records
from outreach.delivery.sqlite.packing import Keys
from outreach.delivery.sqlite.queries import queries
from outreach.delivery.sqlite.settling import arrange, fates_of, pick
from outreach.errors import EnvironmentProblem
from outreach.model import Channel

T = TypeVar("T")

#: Reason of people who were planned and are not in the new plan.
REMOVED = "removed"
#: Skipped people come one by one; a row of the file holds so many of them.
SKIPPED_CHUNK = 500
#: Old batches that are looked at in one go.
_PAGE = 500
#: New batches are written together until they hold so many people.
_PEOPLE_AT_ONCE = 2000

_MOVABLE = frozenset({Stage.PLANNED, Stage.CANCELLED})


@attrs.frozen
class _Old:
    """A slice as it was before this plan: batches from ``end`` on are new."""

    id: int
    provider: str
    channels: tuple[Channel, ...]
    end: int


@attrs.frozen
class _Tried:
    """What became of somebody so far: how often a request was begun, by whom last, and who refused them before."""

    count: int
    provider: str
    reason: str
    refused: str

    def at(self, provider: str) -> str:
        """Give who refused them before this provider takes over."""
        return self.refused if provider == self.provider else passed_on(self.refused, self.provider, self.reason)


@attrs.frozen
class _Left:
    """Who may be planned anew, by channel; whoever is found in the new plan goes out. And how often each was tried.

    ``passing`` may be taken over by another provider; whoever of them is in the new plan is put into ``taken``.
    """

    people: dict[Channel, set[int | str]] = attrs.field(factory=dict)
    tried: dict[tuple[Channel, int | str], _Tried] = attrs.field(factory=dict)
    passing: dict[Channel, set[int | str]] = attrs.field(factory=dict)
    taken: dict[Channel, set[int | str]] = attrs.field(factory=dict)

    def add(self, channels: Sequence[Channel], keys: Keys) -> None:
        for channel in channels:
            self.people.setdefault(channel, set()).update(keys)

    def found(self, channels: Iterable[Channel], keys: Keys) -> None:
        for channel in channels:
            if channel in self.people:
                self.people[channel].difference_update(keys)

    def took(self, channels: Iterable[Channel], keys: Keys) -> None:
        for channel in channels:
            if channel in self.passing:
                self.taken.setdefault(channel, set()).update(self.passing[channel].intersection(keys))

    def nobody(self, channels: Iterable[Channel], keys: Keys) -> bool:
        """Find out whether everybody was found in the new plan on every channel."""
        return all(self.people[channel].isdisjoint(keys) for channel in channels)

    def earlier(self, place: _Place, keys: Keys) -> tuple[dict[int, int], dict[int, str]]:
        """Give how often each was tried before, and who refused them, by index."""
        earlier: dict[int, int] = {}
        refused: dict[int, str] = {}
        for index, key in enumerate(keys if self.tried else ()):
            known = [found for channel in place.channels if (found := self.tried.get((channel, key)))]
            if known:
                earlier[index] = max(each.count for each in known)
                refused[index] = "; ".join(dict.fromkeys(filter(None, (each.at(place.provider) for each in known))))
        return {i: n for i, n in earlier.items() if n}, {i: why for i, why in refused.items() if why}


@attrs.define
class _Place:
    """A slice that this plan adds to."""

    id: int
    provider: str
    channels: tuple[Channel, ...]
    next_seq: int


def replan(  # noqa: PLR0913  # keywords; the verb's own
    connection: sqlite3.Connection,
    key: CampaignKey,
    *,
    digest: str,
    rows: Mapping[str, object],
    slices: Sequence[NewSlice],
    batches: Iterable[NewBatch],
    skipped: Iterable[Skipped],
    at: int,
    passes: bool = False,
) -> dict[int, int]:
    """Write the plan; see ``Journal.replan``. ``at`` is in microseconds."""
    found = {"name": key.name, "round": key.round, "digest": digest, "rows": orjson.dumps(dict(rows)), "at": at}
    connection.execute(queries()["campaign_put"], found)
    (campaign, *_) = connection.execute(queries()["campaign_get"], found).fetchone()
    known = connection.execute(queries()["slice_list"], {"campaign": campaign}).fetchall()
    old = [_Old(row[0], row[1], records.names(row[2]), row[11]) for row in known]
    left = _read_left(connection, old)
    if passes:
        _read_passing(connection, old, left)
    places = _join(connection, campaign, known, slices)
    _add_batches(connection, places, _guarded(batches), left, at)
    _add_skipped(connection, campaign, _guarded(skipped), left, at)
    for each in old:
        _retire(connection, each, left, at)
        if (
            left.taken
        ):  # behind the others: whoever it gives up is not in the new plan, and must not be looked for there
            _pass_on(connection, each, left, at)
        if each.id not in {place.id for place in places.values()}:
            connection.execute(queries()["slice_drop"], {"slice": each.id})
    return {number: place.id for number, place in places.items()}


def _guarded(values: Iterable[T]) -> Iterator[T]:
    """Keep an error of a database that the contacts come from apart from one of the journal."""
    try:
        yield from values
    except sqlite3.Error as error:
        msg = f"the contacts cannot be read: {error}"
        raise EnvironmentProblem(msg) from error


@attrs.frozen
class _Row:
    """An old batch as it stands in the file; reading all of it is put off until it is needed."""

    row: tuple[Any, ...]

    @property
    def keys(self) -> Keys:
        return packing.phone_keys(self.row[12])

    @property
    def uniform(self) -> bool:
        return self.row[4] is None

    @property
    def tried(self) -> bool:
        return bool(self.row[8] or self.row[15])

    @property
    def record(self) -> records.Record:
        return records.read(self.row)

    def on(self, old: _Old) -> tuple[Channel, ...]:
        return records.chosen(old.channels, self.row[11])


def _read_left(connection: sqlite3.Connection, old: Iterable[_Old]) -> _Left:
    left = _Left()
    for each in old:
        for row in _movable(connection, each):
            keys, channels = row.keys, row.on(each)
            if row.uniform and not row.tried:
                left.add(channels, keys)
                continue
            batch = row.record.batch
            moving = [index for index, (stage, _) in enumerate(fates_of(batch)) if stage in _MOVABLE]
            left.add(channels, [keys[index] for index in moving])
            tries = ((index, batch.attempts + batch.earlier.get(index, 0)) for index in moving)
            for index, count in tries:
                if count:
                    left.tried.update(((channel, keys[index]), _tried(each, batch, index)) for channel in channels)
    return left


def _tried(old: _Old, batch: BatchRow, index: int) -> _Tried:
    stage, reason = batch.exceptions.get(index, (batch.stage, batch.reason))
    reason = "" if stage is Stage.CANCELLED else reason
    count = batch.attempts + batch.earlier.get(index, 0)
    return _Tried(count, old.provider, reason, batch.refused.get(index, ""))


def _read_passing(connection: sqlite3.Connection, old: Iterable[_Old], left: _Left) -> None:
    for each in old:
        for row in _movable(connection, each, PASSABLE):
            keys, channels, batch = row.keys, row.on(each), row.record.batch
            for index, (stage, _) in enumerate(fates_of(batch)):
                if stage in PASSABLE:
                    left.tried.update(((channel, keys[index]), _tried(each, batch, index)) for channel in channels)
                    for channel in channels:
                        left.passing.setdefault(channel, set()).add(keys[index])


def _movable(connection: sqlite3.Connection, old: _Old, stages: Collection[Stage] = _MOVABLE) -> Iterator[_Row]:
    """Give old batches with people in these stages; they may be changed while this goes on."""
    after, before = records.place(old.id, -1), records.place(old.id, old.end)
    while rows := connection.execute(
        queries()["batch_movable"],
        {"after": after, "before": before, "limit": _PAGE, "stages": packing.bits(stages)},
    ).fetchall():
        yield from map(_Row, rows)
        after = rows[-1][0]


def _join(
    connection: sqlite3.Connection, campaign: int, known: Sequence[tuple[Any, ...]], slices: Sequence[NewSlice]
) -> dict[int, _Place]:
    """Find the open slice that each new one agrees with, or make it."""
    # (provider, channels, zone, fingerprint) of open slices, the oldest first
    open_ones: dict[tuple[str, ...], deque[_Place]] = {}
    for row in known:
        if not row[7] and not connection.execute(queries()["slice_aboard"], {"slice": row[0]}).fetchone():
            place = _Place(row[0], row[1], records.names(row[2]), row[11])
            open_ones.setdefault(tuple(row[1:5]), deque()).append(place)
    places = {}
    for new in slices:
        agreeing = open_ones.get((new.provider, ",".join(new.channels), new.zone, new.fingerprint))
        places[new.number] = agreeing.popleft() if agreeing else _make(connection, campaign, new)
        connection.execute(queries()["slice_hold"], {"slice": places[new.number].id, "reason": ""})
    return places


def _make(connection: sqlite3.Connection, campaign: int, new: NewSlice) -> _Place:
    values = attrs.asdict(new) | {"campaign": campaign, "channels": ",".join(new.channels)}
    made = connection.execute(queries()["slice_add"], values).lastrowid
    return _Place(made or 0, new.provider, new.channels, 0)


def _add_batches(
    connection: sqlite3.Connection, places: Mapping[int, _Place], batches: Iterable[NewBatch], left: _Left, at: int
) -> None:
    rows = (_new_rows(places[new.slice_number], new.people, left, at) for new in batches if len(new.people))
    while some := list(_stretch(rows)):
        connection.executemany(queries()["batch_plan"], [batch for batch, _ in some])
        connection.executemany(queries()["people_plan"], [people for _, people in some])
    for place in places.values():
        connection.execute(queries()["slice_grow"], {"slice": place.id, "next_seq": place.next_seq})


_Rows = tuple[tuple[int, int, int], tuple[Any, ...]]


def _new_rows(place: _Place, people: People, left: _Left, at: int) -> _Rows:
    """Give the rows of a new batch, and note that its people were found."""
    key = records.place(place.id, place.next_seq)
    place.next_seq += 1
    columns = records.columns(people)
    keys = packing.phone_keys(columns["phones"])
    earlier = packing.pack_earlier(*left.earlier(place, keys))
    left.found(place.channels, keys)
    left.took(place.channels, keys)
    who = (key, columns["phones"], columns["ids"], columns["row_numbers"], earlier)
    return (key, columns["size"], at), who


def _stretch(rows: Iterator[_Rows]) -> Iterator[_Rows]:
    """Take what is written in one go: many small batches, few large ones."""
    people = 0
    for row in rows:
        yield row
        people += row[0][1]
        if people >= _PEOPLE_AT_ONCE:
            return


def _add_skipped(
    connection: sqlite3.Connection, campaign: int, skipped: Iterable[Skipped], left: _Left, at: int
) -> None:
    connection.execute(queries()["skipped_clear"], {"campaign": campaign})
    for position, each in enumerate(_chunks(skipped)):
        values = records.columns(each.people)
        if each.channel:
            left.found([each.channel], packing.phone_keys(values["phones"]))
        values |= {"id": records.place(campaign, position), "updated_at": at}
        values |= {"channel": each.channel, "provider": each.provider, "reason": each.reason}
        connection.execute(queries()["skipped_add"], values)


def _chunks(skipped: Iterable[Skipped]) -> Iterator[Skipped]:
    """Gather people left out for one reason, and divide large crowds."""
    waiting: dict[tuple[Channel | None, str, str], list[tuple[str, str, int]]] = {}
    for each in skipped:
        crowd = waiting.setdefault((each.channel, each.provider, each.reason), [])
        crowd.extend(zip(each.people.phones, each.people.ids, each.people.rows, strict=True))
        while len(crowd) >= SKIPPED_CHUNK:
            yield _chunk((each.channel, each.provider, each.reason), crowd[:SKIPPED_CHUNK])
            del crowd[:SKIPPED_CHUNK]
    yield from (_chunk(of, crowd) for of, crowd in waiting.items() if crowd)


def _chunk(of: tuple[Channel | None, str, str], crowd: Sequence[tuple[str, str, int]]) -> Skipped:
    phones, ids, rows = zip(*crowd, strict=True)
    return Skipped(channel=of[0], provider=of[1], reason=of[2], people=People(phones=phones, ids=ids, rows=rows))


def _pass_on(connection: sqlite3.Connection, old: _Old, left: _Left, at: int) -> None:
    """Turn into passed whom another provider has in the new plan, and give up the campaign that they were loaded in."""
    aboard = False
    for row in _movable(connection, old, PASSABLE):
        record, keys = row.record, row.keys
        here = records.mask_of(record.channels, len(old.channels))
        fates = fates_of(record.batch)
        groups: dict[int, list[int]] = {}
        for index, (stage, _) in enumerate(fates):
            gone = _on(old.channels, here, keys[index], left.taken) if stage in PASSABLE else 0
            groups.setdefault(gone, []).append(index)
            aboard = aboard or bool(gone and stage in ABOARD)
        if set(groups) != {0}:
            _divide(connection, old, record, groups, at)
    if aboard:
        loads.cancel(connection, old.id, stages=ABOARD, reason=GIVEN_UP, at=at)
        connection.execute(queries()["slice_close"], {"slice": old.id, "closed": True})


def _divide(
    connection: sqlite3.Connection, old: _Old, record: records.Record, groups: Mapping[int, Sequence[int]], at: int
) -> None:
    """Write down who is passed on; those who are so on some channels only go into batches of their own."""
    full = records.mask_of(None, len(old.channels))
    here = records.mask_of(record.channels, len(old.channels))
    whole = groups.get(here, ())
    staying = sorted((*groups.get(0, ()), *whole))
    parts = {gone: indexes for gone, indexes in groups.items() if gone not in {0, here}}
    if staying:
        now = attrs.evolve(pick(record.batch, staying), updated_at=packing.moment(at))
        passed = {new for new, index in enumerate(staying) if index in set(whole)}
        records.write(connection, attrs.evolve(record, batch=_passed(now, passed)))
    else:
        connection.execute(queries()["batch_drop"], {"id": record.id})
    for gone, indexes in parts.items():
        rest = here & ~gone
        part = attrs.evolve(pick(record.batch, indexes), updated_at=packing.moment(at))
        gone_batch = _passed(part, range(len(indexes)))
        records.add(connection, old.id, gone_batch, None if gone == full else gone)
        records.add(connection, old.id, arrange(part, fates_of(part), (part.stage, part.reason)), rest)


def _passed(batch: BatchRow, indexes: Collection[int]) -> BatchRow:
    fates = fates_of(batch)
    for index in indexes:
        fates[index] = (Stage.PASSED, fates[index][1])
    return arrange(batch, fates, (batch.stage, batch.reason))


def _retire(connection: sqlite3.Connection, old: _Old, left: _Left, at: int) -> None:
    """Take out of the old batches whoever stands in the new plan; the planned ones who do not are given up."""
    for row in _movable(connection, old):
        # The usual case: the plan of an interrupted run is made once more.
        if row.uniform and left.nobody(row.on(old), row.keys):
            connection.execute(queries()["batch_drop"], {"id": row.row[0]})
        else:
            _thin(connection, old, row, left, at)


def _thin(connection: sqlite3.Connection, old: _Old, row: _Row, left: _Left, at: int) -> None:
    record, keys = row.record, row.keys
    full = records.mask_of(None, len(old.channels))
    here = records.mask_of(record.channels, len(old.channels))
    groups: dict[int, list[int]] = {}
    for index, (stage, _) in enumerate(fates_of(record.batch)):
        rest = _on(old.channels, here, keys[index], left.people) if stage in _MOVABLE else here
        groups.setdefault(rest, []).append(index)
    staying = groups.pop(here, [])
    groups.pop(0, None)
    _shrink(connection, record, staying, at)
    for mask, moving in groups.items():
        part = _given_up(pick(record.batch, moving), at)
        records.add(connection, old.id, part, None if mask == full else mask)


def _on(channels: Sequence[Channel], here: int, key: int | str, people: Mapping[Channel, set[int | str]]) -> int:
    """Give the channels, as bits, on which somebody is among these people."""
    found = (1 << bit for bit, channel in enumerate(channels) if key in people.get(channel, ()))
    return here & sum(found)


def _shrink(connection: sqlite3.Connection, record: records.Record, staying: Sequence[int], at: int) -> None:
    if not staying:
        connection.execute(queries()["batch_drop"], {"id": record.id})
        return
    batch = _given_up(pick(record.batch, staying), at)
    if batch != record.batch:
        records.write(connection, attrs.evolve(record, batch=batch))


def _given_up(batch: BatchRow, at: int) -> BatchRow:
    if batch.stage is Stage.PLANNED:
        return attrs.evolve(batch, stage=Stage.CANCELLED, reason=REMOVED, updated_at=packing.moment(at))
    return arrange(batch, fates_of(batch), (batch.stage, batch.reason))
