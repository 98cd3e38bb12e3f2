"""A journal in memory, person by person: the reference for the durable ones, and quick for tests. Keeps nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn, Self

import attrs

from outreach.answers import Receipt
from outreach.delivery.journal import (
    ABOARD,
    BEGUN,
    GIVEN_UP,
    PASSABLE,
    STATE_OF,
    WITNESSABLE,
    BatchRow,
    CampaignKey,
    Counts,
    DeliveryRow,
    LoadOutcome,
    Mark,
    NewBatch,
    NewSlice,
    People,
    Skipped,
    Slice,
    Stage,
    Step,
    StepRow,
    StepState,
    Turn,
    marked,
    passed_on,
    told_on,
    told_reason,
    with_refusal,
)
from outreach.errors import JournalError
from outreach.model import Channel, State, Status

INTERRUPTED = "interrupted: the process ended before the answer"

_MOVABLE = (Stage.PLANNED, Stage.CANCELLED)
_REFUSED = (Stage.REJECTED, Stage.PASSED)
#: Not contacted, and not on the way to it: they may be planned, here or through another provider.
_OPEN = (*_MOVABLE, Stage.SKIPPED, *_REFUSED)
_UNSETTLED = (Stage.LOADING, Stage.LOAD_UNKNOWN, Stage.IN_FLIGHT, Stage.UNKNOWN)
_AFTER = {
    StepState.ACCEPTED: Stage.ACCEPTED,
    StepState.REJECTED: Stage.REJECTED,
    StepState.UNKNOWN: Stage.UNKNOWN,
    StepState.UNSENT: Stage.LOADED,
}
_AFTER_INTERRUPTION = {Stage.LOADING: Stage.LOAD_UNKNOWN, Stage.IN_FLIGHT: Stage.UNKNOWN}


Fate = tuple[Stage, str]


@attrs.define(eq=False)
class _Person:
    phone: str
    id: str
    row: int
    channels: tuple[Channel, ...]
    #: None: as the batch says for everybody.
    own: Fate | None = None
    receipt: Receipt | None = None
    earlier: int = 0
    refused: str = ""


@attrs.define(eq=False)
class _Batch:
    seq: int
    people: list[_Person]
    base: Fate
    updated_at: datetime
    attempts: int = 0
    intended_at: datetime | None = None
    launched: bool = False

    def fate(self, person: _Person) -> Fate:
        return person.own or self.base

    def having(self, *stages: Stage) -> list[_Person]:
        return [person for person in self.people if self.fate(person)[0] in stages]

    def arrange(self, base: Fate) -> None:
        """Choose what stands for all: loaded, else what is asked for, else somebody unsettled, else the first one."""
        fates = [self.fate(person) for person in self.people]
        if not any(stage is base[0] for stage, _ in fates):
            base = next((fate for fate in fates if fate[0] in _UNSETTLED), fates[0])
        base = next((fate for fate in fates if fate[0] is Stage.LOADED), base)
        for person, fate in zip(self.people, fates, strict=True):
            alike = fate == base or fate[0] is base[0] is Stage.LOADED
            person.own = None if alike else fate
        self.base = base


@attrs.define(eq=False)
class _Slice:
    campaign: CampaignKey
    value: Slice
    next_seq: int = 0
    batches: list[_Batch] = attrs.field(factory=list)
    steps: dict[tuple[Step, int], tuple[StepRow, bool]] = attrs.field(factory=dict)

    def add(self, batch: _Batch) -> None:
        """Put a batch behind the others."""
        batch.seq, batch.launched = self.next_seq, False
        batch.arrange(batch.base)
        self.batches.append(batch)
        self.next_seq += 1

    @property
    def aboard(self) -> bool:
        """Whether people are, or may be, in the vendor's campaign already."""
        return any(each.base[0] in {Stage.LOADING, Stage.LOADED, Stage.LOAD_UNKNOWN} for each in self.batches)

    def change(self, **fields: Any) -> None:
        self.value = attrs.evolve(self.value, **fields)


@attrs.define
class MemoryJournal:
    """See ``outreach.delivery.journal.Journal`` for what each verb does."""

    _slices: dict[int, _Slice] = attrs.field(factory=dict, init=False)
    _plans: dict[CampaignKey, tuple[str, dict[str, object]]] = attrs.field(factory=dict, init=False)
    _skipped: dict[CampaignKey, list[tuple[Skipped, datetime]]] = attrs.field(factory=dict, init=False)
    _marks: dict[CampaignKey, list[Mark]] = attrs.field(factory=dict, init=False)
    _ids: int = attrs.field(default=0, init=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Do nothing."""

    def interrupt(self, at: datetime) -> None:
        """Do what opening does to a journal whose process ended: what was in flight is unknown."""
        for each in self._slices.values():
            for batch in each.batches:
                if batch.base[0] in _AFTER_INTERRUPTION:
                    batch.base, batch.updated_at = (_AFTER_INTERRUPTION[batch.base[0]], INTERRUPTED), at
            for key, (row, reaches) in each.steps.items():
                if row.state is StepState.IN_FLIGHT:
                    now = attrs.evolve(row, state=StepState.UNKNOWN, reason=INTERRUPTED, updated_at=at)
                    each.steps[key] = (now, reaches)

    async def contacted(self, key: CampaignKey) -> AsyncIterator[tuple[tuple[Channel, ...], Sequence[str]]]:
        """Give the channels and numbers that must not be planned again."""
        for each in self._of(key):
            for batch in each.batches:
                phones = [person.phone for person in batch.people if batch.fate(person)[0] not in _OPEN]
                if phones:
                    yield each.value.channels, phones

    async def turns(self, key: CampaignKey) -> AsyncIterator[Turn]:
        """Give who was refused by a provider, and who is aboard."""
        for each in self._of(key):
            for batch in each.batches:
                loaded = () if each.value.closed else (Stage.LOADING, *ABOARD)
                for stage, stages in (*((one, (one,)) for one in _REFUSED), (Stage.LOADED, loaded)):
                    phones = [person.phone for person in batch.having(*stages)]
                    if phones:
                        yield Turn(each.value.provider, batch.people[0].channels, phones, stage)

    async def tried(self, key: CampaignKey, most: int) -> AsyncIterator[tuple[tuple[Channel, ...], Sequence[str]]]:
        """Give the channels and numbers of whom requests were begun so many times or more."""
        for each in self._of(key):
            for batch in each.batches:
                found = [p for p in batch.having(*_MOVABLE, *PASSABLE) if batch.attempts + p.earlier >= most]
                if found:
                    yield found[0].channels, [person.phone for person in found]

    async def pressure(self, since: datetime) -> Mapping[str, int]:
        """Count the deliveries since then by number."""
        found: Counter[str] = Counter()
        for each in self._slices.values():
            for batch in each.batches:
                if batch.intended_at and max(batch.intended_at, each.value.start or batch.intended_at) >= since:
                    for person in batch.having(Stage.ACCEPTED, Stage.IN_FLIGHT, Stage.UNKNOWN):
                        found[person.phone] += len(person.channels)
        return found

    async def claimed(self, provider: str, found: Mapping[str, str], *, besides: tuple[int, int]) -> Collection[str]:
        """Give the numbers of which another delivery holds or may have made what was found."""
        others = [
            batch
            for key, each in self._slices.items()
            for batch in each.batches
            if each.value.provider == provider and (key, batch.seq) != besides
        ]
        held = {person.receipt.vendor_id for batch in others for person in batch.people if person.receipt}
        nameless = {
            person.phone
            for batch in others
            for person in batch.having(Stage.UNKNOWN, Stage.ACCEPTED)
            if batch.fate(person)[0] is Stage.UNKNOWN or not (person.receipt and person.receipt.vendor_id)
        }
        return {phone for phone, vendor_id in found.items() if vendor_id in held - {""} or phone in nameless}

    async def replan(
        self,
        key: CampaignKey,
        *,
        digest: str,
        rows: Mapping[str, object],
        slices: Sequence[NewSlice],
        batches: Iterable[NewBatch],
        skipped: Iterable[Skipped],
        at: datetime,
        passes: bool = False,
    ) -> Mapping[int, int]:
        """Put a plan in the place of whatever was still merely planned."""
        new_batches, new_skipped = list(batches), list(skipped)
        old = [(each, list(each.batches)) for each in self._of(key)]
        self._plans[key] = (digest, dict(rows))
        self._skipped[key] = [(each, at) for each in new_skipped]
        places = self._join(key, slices)
        found = {(s.channel, phone) for s in new_skipped if s.channel for phone in s.people.phones}
        taken: set[tuple[Channel, str]] = set()
        stages = (*_MOVABLE, *PASSABLE) if passes else _MOVABLE
        tried = {
            (channel, person.phone): (each, batch, person, batch.attempts + person.earlier, batch.fate(person))
            for each, known in old
            for batch in known
            for person in batch.having(*stages)
            if batch.fate(person)[0] in PASSABLE or batch.attempts + person.earlier
            for channel in person.channels
        }
        for new in new_batches:
            place = places[new.slice_number]
            channels = place.value.channels
            found |= {(channel, phone) for channel in channels for phone in new.people.phones}
            people = [_Person(*each, channels) for each in _each(new.people)]
            for person in people:
                before = [tried[channel, person.phone] for channel in channels if (channel, person.phone) in tried]
                person.earlier = max((count for *_, count, _ in before), default=0)
                texts = (_history(place, *known) for known in before)
                person.refused = "; ".join(dict.fromkeys(filter(None, texts)))
                taken |= {
                    (channel, person.phone)
                    for channel in channels
                    if (channel, person.phone) in tried and tried[channel, person.phone][4][0] in PASSABLE
                }
            if people:
                place.add(_Batch(0, people, (Stage.PLANNED, ""), at))
        for each, known in old:
            self._retire(each, known, found, at)
            self._pass_on(each, [batch for batch in known if batch in each.batches], taken, at)
            if not each.batches and not each.steps and all(each is not place for place in places.values()):
                del self._slices[each.value.id]
        return {number: place.value.id for number, place in places.items()}

    def _join(self, key: CampaignKey, slices: Sequence[NewSlice]) -> dict[int, _Slice]:
        free = [each for each in self._of(key) if not each.value.closed and not each.aboard]
        places: dict[int, _Slice] = {}
        for new in slices:
            agreeing = [each for each in free if _alike(each.value) == _alike(new)]
            if agreeing:
                free.remove(agreeing[0])
            places[new.number] = agreeing[0] if agreeing else self._make(key, new)
            places[new.number].change(reason="")
        return places

    def _make(self, key: CampaignKey, new: NewSlice) -> _Slice:
        self._ids += 1
        fields = {name: value for name, value in attrs.asdict(new).items() if name != "number"}
        made = Slice(**fields, id=self._ids, closed=False, refs={}, start=None, reason="")
        self._slices[self._ids] = _Slice(key, made)
        return self._slices[self._ids]

    def _pass_on(
        self, old: _Slice, known: Sequence[_Batch], taken: Collection[tuple[Channel, str]], at: datetime
    ) -> None:
        aboard = False
        for batch in known:
            here = batch.people[0].channels
            groups: dict[tuple[Channel, ...], list[_Person]] = {}
            for person in batch.people:
                stage = batch.fate(person)[0]
                gone = tuple(c for c in here if stage in PASSABLE and (c, person.phone) in taken)
                groups.setdefault(gone, []).append(person)
                aboard = aboard or bool(gone and stage in ABOARD)
            if set(groups) == {()}:
                continue
            batch.updated_at = at
            for person in groups.pop(here, ()):
                person.own = (Stage.PASSED, batch.fate(person)[1])
            groups.pop((), None)
            moving = {id(person) for people in groups.values() for person in people}
            batch.people = [person for person in batch.people if id(person) not in moving]
            for gone, people in groups.items():
                rest = tuple(channel for channel in here if channel not in gone)
                passed = [attrs.evolve(p, channels=gone, own=(Stage.PASSED, batch.fate(p)[1])) for p in people]
                old.add(attrs.evolve(batch, people=passed))
                old.add(attrs.evolve(batch, people=[attrs.evolve(p, channels=rest) for p in people]))
            if batch.people:
                batch.arrange(batch.base)
            else:
                old.batches.remove(batch)
        if aboard:
            for batch in old.batches:
                _cancel(batch, ABOARD, (Stage.CANCELLED, GIVEN_UP), at)
            old.change(closed=True)

    def _retire(
        self, old: _Slice, known: Sequence[_Batch], found: Collection[tuple[Channel | None, str]], at: datetime
    ) -> None:
        for batch in known:
            here = batch.people[0].channels
            parts: dict[tuple[Channel, ...], list[_Person]] = {here: []}
            for person in batch.people:
                rest = here
                if batch.fate(person)[0] in _MOVABLE:
                    rest = tuple(channel for channel in rest if (channel, person.phone) not in found)
                parts.setdefault(rest, []).append(person)
            parts.pop((), None)
            if batch.base[0] is Stage.PLANNED and any(parts.values()):
                batch.base, batch.updated_at = (Stage.CANCELLED, "removed"), at
            batch.people = parts.pop(here)
            for rest, people in parts.items():
                for person in people:
                    person.channels = rest
                old.add(attrs.evolve(batch, people=people))
            if batch.people:
                batch.arrange(batch.base)
            else:
                old.batches.remove(batch)

    async def slices(self, key: CampaignKey) -> Sequence[Slice]:
        """Give every slice, in order."""
        return [each.value for each in self._of(key)]

    async def steps(self, slice_id: int) -> Sequence[StepRow]:
        """Give the requests of ``open`` and ``launch`` that were ever begun."""
        known = self._slices[slice_id].steps if slice_id in self._slices else {}
        return [known[key][0] for key in sorted(known, key=lambda key: (key[0] is Step.LAUNCH, key[1]))]

    async def batches(
        self, slice_id: int, stages: Sequence[Stage], *, after: int = -1, limit: int = 100, mixed: bool = False
    ) -> Sequence[BatchRow]:
        """Give batches of a slice in these stages, in order of ``seq``."""
        known = self._slices[slice_id].batches if slice_id in self._slices else []
        return [
            _row(slice_id, batch)
            for batch in known
            if batch.seq > after and (batch.base[0] in stages or (mixed and batch.having(*stages)))
        ][:limit]

    async def intend_step(
        self,
        slice_id: int,
        step: Step,
        position: int,
        *,
        digest: str,  # noqa: ARG002 # evidence for later; nothing here outlives the process
        reaches: bool,
        at: datetime,
    ) -> None:
        """Write down that a request of ``open`` or ``launch`` is about to be sent."""
        each = self._slice(slice_id)
        row, reached = each.steps.get((step, position), (None, False))
        again = [StepState.UNSENT]
        if not (reaches or reached):
            again += [StepState.REJECTED, StepState.UNKNOWN]
        unsettled = any(batch.having(Stage.LOADING, Stage.LOAD_UNKNOWN) for batch in each.batches)
        if row and row.state not in again:
            _refuse(f"request {position} of {step} is {row.state}")
        if reaches and (each.value.closed or unsettled):
            _refuse(f"slice {slice_id} cannot be launched")
        now = StepRow(step=step, position=position, state=StepState.IN_FLIGHT, reason="", intended_at=at, updated_at=at)
        each.steps[step, position] = (now, reaches)
        each.change(reason="", closed=each.value.closed or reaches)
        for batch in each.batches:
            if reaches and batch.base[0] is Stage.LOADED:
                batch.base, batch.launched = (Stage.IN_FLIGHT, ""), True
                batch.intended_at = batch.updated_at = at

    async def conclude_step(
        self,
        slice_id: int,
        step: Step,
        position: int,
        state: StepState,
        *,
        at: datetime,
        reason: str = "",
        refs: Mapping[str, str] | None = None,
        start: datetime | None = None,
    ) -> None:
        """Write down what became of it, and of the batches in flight with it."""
        each = self._slices.get(slice_id)
        row, reached = each.steps.get((step, position), (None, False)) if each else (None, False)
        if not each or not row or row.state not in {StepState.IN_FLIGHT, StepState.UNKNOWN} or state not in _AFTER:
            _refuse(f"request {position} of {step} cannot become {state}")
        each.steps[step, position] = (attrs.evolve(row, state=state, reason=reason, updated_at=at), reached)
        each.change(refs={**each.value.refs, **(refs or {})}, start=start or each.value.start)
        for batch in each.batches:
            if reached and batch.launched and batch.base[0] in {Stage.IN_FLIGHT, Stage.UNKNOWN}:
                batch.base, batch.updated_at = (_AFTER[state], reason), at
        if reached and state is StepState.UNSENT:
            each.change(closed=False)

    async def intend_load(
        self,
        slice_id: int,
        seq: int,
        *,
        digest: str,  # noqa: ARG002 # as above
        reaches: bool,
        at: datetime,
    ) -> None:
        """Write down that a batch is about to be sent."""
        batch = self._batch(slice_id, seq)
        if batch.base[0] is not Stage.PLANNED or self._slices[slice_id].value.closed:
            _refuse(f"batch {seq} of slice {slice_id} must not be sent")
        batch.base, batch.launched = (Stage.IN_FLIGHT if reaches else Stage.LOADING, ""), False
        batch.attempts += 1
        batch.intended_at = batch.updated_at = at
        self._slices[slice_id].change(reason="")

    async def conclude_load(self, slice_id: int, seq: int, outcome: LoadOutcome, *, at: datetime) -> None:
        """Write down what became of it."""
        batch = self._batch(slice_id, seq)
        told = batch.having(*_UNSETTLED)
        stages = {outcome.stage, *(stage for stage, _ in outcome.exceptions.values())}
        named = {*outcome.exceptions, *outcome.receipts}
        if (
            not told
            or stages & {Stage.LOADING, Stage.IN_FLIGHT, Stage.SKIPPED, Stage.PASSED}
            or named - set(range(len(batch.people)))
        ):
            _refuse(f"batch {seq} of slice {slice_id} cannot be concluded so")
        base = (outcome.stage, outcome.reason) if batch.base[0] in _UNSETTLED else batch.base
        for index, person in enumerate(batch.people):
            if person in told:
                person.own = outcome.exceptions.get(index, (outcome.stage, outcome.reason))
                person.receipt = outcome.receipts.get(index, outcome.receipt) or person.receipt
        batch.updated_at = at
        self._split(self._slices[slice_id], batch, base)

    def _split(self, each: _Slice, batch: _Batch, base: Fate) -> None:
        parts: dict[str | None, list[_Person]] = {None: []}
        for person in batch.people:
            stage, reason = batch.fate(person)
            parts.setdefault(reason if stage is Stage.PLANNED else None, []).append(person)
        staying, *moving = [people for people in parts.values() if people]
        for people in moving:
            each.add(attrs.evolve(batch, people=people))
        batch.people = staying
        batch.arrange(base)

    async def note(self, slice_id: int, seq: int, receipts: Mapping[int, Receipt], *, at: datetime) -> None:
        """Write down what became of people since."""
        batch = self._batch(slice_id, seq)
        if set(receipts) - set(range(len(batch.people))):
            _refuse(f"batch {seq} of slice {slice_id} does not hold these people")
        batch.updated_at = batch.updated_at if batch.having(*_UNSETTLED) else at
        for index, receipt in receipts.items():
            batch.people[index].receipt = receipt

    async def witness(
        self, slice_id: int, seq: int, receipts: Mapping[int, Receipt], *, reason: str, at: datetime
    ) -> None:
        """Write down that people were reached, whatever was known of them."""
        if not receipts:
            return
        batch, each = self._batch(slice_id, seq), self._slice(slice_id)
        if set(receipts) - set(range(len(batch.people))):
            _refuse(f"batch {seq} of slice {slice_id} does not hold these people")
        stages = {batch.fate(batch.people[index])[0] for index in receipts}
        if stages - WITNESSABLE:
            _refuse("people who are accepted or on the way need no witness")
        for index, receipt in receipts.items():
            batch.people[index].own, batch.people[index].receipt = (Stage.ACCEPTED, reason), receipt
        batch.updated_at = at
        self._split(each, batch, batch.base)
        batch.intended_at = batch.intended_at or at
        if stages & set(ABOARD):
            for one in each.batches:
                _cancel(one, ABOARD, (Stage.UNKNOWN, BEGUN), at)
            each.change(closed=True)

    async def cancel(self, slice_id: int, *, stages: Sequence[Stage], reason: str, at: datetime) -> int:
        """Give up everybody in these stages; give the number of people."""
        if any(STATE_OF[stage] is not State.PLANNED for stage in stages):
            _refuse("people who were, or may have been, contacted cannot be given up")
        each = self._slices.get(slice_id)
        batches = each.batches if each else []
        if each and any(batch.having(*set(stages) - {Stage.PLANNED}) for batch in batches):
            each.change(closed=True)
        return sum(_cancel(batch, stages, (Stage.CANCELLED, reason), at) for batch in batches)

    async def mark(
        self, slice_id: int, seq: int, indexes: Collection[int], *, sent: bool, by: str, reason: str, at: datetime
    ) -> None:
        """Take a person's word for people who are unknown."""
        if not indexes:
            return
        batch, each = self._batch(slice_id, seq), self._slice(slice_id)
        if set(indexes) - set(range(len(batch.people))):
            _refuse(f"batch {seq} of slice {slice_id} does not hold these people")
        people = [batch.people[index] for index in sorted(set(indexes))]
        if any(batch.fate(person)[0] is not Stage.UNKNOWN for person in people):
            _refuse("nobody's word is needed for people who are not unknown")
        for person in people:
            person.own = (Stage.ACCEPTED if sent else Stage.PLANNED, marked(by, reason, sent=sent))
            self._marks.setdefault(each.campaign, []).append(
                Mark(
                    phone=person.phone,
                    channels=person.channels,
                    provider=each.value.provider,
                    sent=sent,
                    by=by,
                    reason=reason,
                    at=at,
                )
            )
        batch.updated_at = at
        self._split(each, batch, batch.base)

    async def marks(self, key: CampaignKey) -> Sequence[Mark]:
        """Give every word that was taken, in order."""
        return self._marks.get(key, [])

    async def leave_out(self, slice_id: int, seq: int, indexes: Collection[int], *, reason: str, at: datetime) -> None:
        """Take people out of a batch who are planned or loaded; they are skipped."""
        batch, each = self._batch(slice_id, seq), self._slice(slice_id)
        if set(indexes) - set(range(len(batch.people))):
            _refuse(f"batch {seq} of slice {slice_id} does not hold these people")
        gone = [batch.people[index] for index in sorted(set(indexes))]
        if any(batch.fate(person)[0] not in {Stage.PLANNED, Stage.LOADED} for person in gone):
            _refuse("people who were, or may have been, contacted cannot be left out")
        batch.people = [person for person in batch.people if person not in gone]
        if batch.people:
            batch.arrange(batch.base)
        else:
            each.batches.remove(batch)
        crowd = People(phones=[p.phone for p in gone], ids=[p.id for p in gone], rows=[p.row for p in gone])
        for channel in gone[0].channels if gone else ():
            skipped = Skipped(channel=channel, provider=each.value.provider, reason=reason, people=crowd)
            self._skipped.setdefault(each.campaign, []).append((skipped, at))

    async def hold(self, slice_id: int, *, reason: str, at: datetime) -> None:
        """Write on a slice and its batches why they were not sent."""
        each = self._slices.get(slice_id)
        if not each:
            return
        each.change(reason=reason)
        for batch in each.batches:
            if STATE_OF[batch.base[0]] is State.PLANNED and batch.base[1] != reason:
                batch.updated_at = batch.updated_at if batch.base[0] in ABOARD else at
                batch.base = (batch.base[0], reason)

    async def counts(self, key: CampaignKey) -> Counts:
        """Count a campaign."""
        rows = [row for row, _ in self._rows(key) if row.channel]
        routes: dict[tuple[str, str], Counter[State]] = {}
        for row in rows:
            routes.setdefault((row.channel, row.provider), Counter())[row.state] += 1
        with_reason = {State.PLANNED, State.REJECTED, State.UNKNOWN, State.CANCELLED}
        statuses: Counter[Status] = Counter(row.status for row in rows if row.status)
        return Counts(
            deliveries={state: sum(row.state is state for row in rows) for state in State},
            skipped=dict(Counter(row.reason for row in rows if row.state is State.SKIPPED)),
            statuses=dict(statuses),
            routes={route: dict(states) for route, states in routes.items()},
            reasons=dict(Counter((row.state, row.reason) for row in rows if row.state in with_reason)),
        )

    async def deliveries(self, key: CampaignKey) -> AsyncIterator[DeliveryRow]:
        """Give every delivery and every row that is none."""
        for row, refused in self._rows(key):
            yield attrs.evolve(row, reason=with_refusal(row.reason, refused))

    def _rows(self, key: CampaignKey) -> Iterator[tuple[DeliveryRow, str]]:
        """Give the rows of the report, each with who refused the person before."""
        for each in self._of(key):
            for batch in each.batches:
                for person in batch.people:
                    for channel in person.channels if batch.fate(person)[0] is not Stage.PASSED else ():
                        yield _delivery(each.value.provider, channel, batch, person), person.refused
        for is_delivery in (True, False):
            for crowd, at in self._skipped.get(key, ()):
                if bool(crowd.channel) is is_delivery:
                    batch = _Batch(0, [], (Stage.SKIPPED, crowd.reason), at)
                    for each_person in _each(crowd.people):
                        person = _Person(*each_person, ())
                        yield _delivery(crowd.provider, crowd.channel or "", batch, person), ""

    async def campaigns(self) -> Sequence[CampaignKey]:
        """Give every campaign of the journal."""
        return list(self._plans)

    async def last_plan(self, key: CampaignKey) -> tuple[str, Mapping[str, object]] | None:
        """Give the digest and the row counts of the latest plan."""
        return self._plans.get(key)

    def _of(self, key: CampaignKey) -> list[_Slice]:
        return [each for each in self._slices.values() if each.campaign == key]

    def _slice(self, slice_id: int) -> _Slice:
        if slice_id not in self._slices:
            _refuse(f"there is no slice {slice_id}")
        return self._slices[slice_id]

    def _batch(self, slice_id: int, seq: int) -> _Batch:
        found = [batch for batch in self._slice(slice_id).batches if batch.seq == seq]
        if not found:
            _refuse(f"there is no batch {seq} of slice {slice_id}")
        return found[0]


def _history(place: _Slice, old: _Slice, _batch: _Batch, person: _Person, _count: int, fate: Fate) -> str:
    if old.value.provider == place.value.provider:
        return person.refused
    return passed_on(person.refused, old.value.provider, "" if fate[0] is Stage.CANCELLED else fate[1])


def _each(people: People) -> Iterator[tuple[str, str, int]]:
    return zip(people.phones, people.ids, people.rows, strict=True)


def _alike(each: Slice | NewSlice) -> tuple[object, ...]:
    return each.provider, each.channels, each.zone, each.fingerprint


def _cancel(batch: _Batch, stages: Sequence[Stage], fate: Fate, at: datetime) -> int:
    given_up = batch.having(*stages)
    base = fate if batch.base[0] in stages else batch.base
    for person in given_up:
        person.own, batch.updated_at = fate, at
    if given_up:
        batch.arrange(base)
    return len(given_up)


def _refuse(why: str) -> NoReturn:
    raise JournalError(why)


def _row(slice_id: int, batch: _Batch) -> BatchRow:
    people = list(enumerate(batch.people))
    return BatchRow(
        slice_id=slice_id,
        seq=batch.seq,
        people=People(
            phones=[person.phone for _, person in people],
            ids=[person.id for _, person in people],
            rows=[person.row for _, person in people],
        ),
        stage=batch.base[0],
        reason=batch.base[1],
        exceptions={index: person.own for index, person in people if person.own},
        receipt=None,
        receipts={index: person.receipt for index, person in people if person.receipt},
        attempts=batch.attempts,
        intended_at=batch.intended_at,
        updated_at=batch.updated_at,
        earlier={index: person.earlier for index, person in people if person.earlier},
        refused={index: person.refused for index, person in people if person.refused},
    )


def _delivery(provider: str, channel: str, batch: _Batch, person: _Person) -> DeliveryRow:
    stage, reason = batch.fate(person)
    return DeliveryRow(
        contact_id=person.id,
        phone=person.phone,
        channel=channel,
        provider=provider,
        state=STATE_OF[stage],
        reason=told_reason(stage, reason),
        attempts=batch.attempts + person.earlier,
        updated_at=batch.updated_at,
        row=person.row,
        **told_on(person.receipt, channel, STATE_OF[stage]),
    )
