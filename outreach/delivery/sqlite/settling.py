"""What becomes of the people of one batch: batches in, batches out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import attrs

from outreach.answers import Receipt
from outreach.delivery.journal import WITNESSABLE, BatchRow, LoadOutcome, Stage
from outreach.errors import JournalError

Fate = tuple[Stage, str]

#: Nobody knows yet what became of people in these stages; only they can be concluded.
UNSETTLED = frozenset({Stage.LOADING, Stage.LOAD_UNKNOWN, Stage.IN_FLIGHT, Stage.UNKNOWN})
#: Nobody in these was contacted, and it is known where they are.
LEAVABLE = frozenset({Stage.PLANNED, Stage.LOADED})
#: These say that something is on its way, or was never tried: no answer means that.
NO_OUTCOME = frozenset({Stage.LOADING, Stage.IN_FLIGHT, Stage.SKIPPED, Stage.PASSED})


def conclude(batch: BatchRow, outcome: LoadOutcome, at: datetime) -> list[BatchRow]:
    """Apply what became of a load: the batch as it is now, and the batches that move out of it.

    Raises:
        JournalError: Nobody in it is unsettled, or the outcome speaks of somebody who is not in it.
    """
    check(batch, outcome.exceptions)
    check(batch, outcome.receipts)
    fates = fates_of(batch)
    told = [index for index, (stage, _) in enumerate(fates) if stage in UNSETTLED]
    if not told:
        msg = f"batch {batch.seq} of slice {batch.slice_id} is {batch.stage}: a late answer changes nothing"
        raise JournalError(msg)
    for index in told:
        fates[index] = outcome.exceptions.get(index, (outcome.stage, outcome.reason))
    base = (outcome.stage, outcome.reason) if batch.stage in UNSETTLED else (batch.stage, batch.reason)
    batch = _with_receipts(attrs.evolve(batch, updated_at=at), outcome, told)
    return _divided(batch, fates, base)


def cancel(batch: BatchRow, stages: Collection[Stage], reason: str, at: datetime) -> tuple[BatchRow, int]:
    """Give up everybody in these stages: the batch as it is now, and how many they are."""
    return turn(batch, stages, (Stage.CANCELLED, reason), at)


def turn(batch: BatchRow, stages: Collection[Stage], fate: Fate, at: datetime) -> tuple[BatchRow, int]:
    """Give one fate to everybody in these stages: the batch as it is now, and how many they are."""
    fates = fates_of(batch)
    given_up = [index for index, (stage, _) in enumerate(fates) if stage in stages]
    for index in given_up:
        fates[index] = fate
    base = fate if batch.stage in stages else (batch.stage, batch.reason)
    now = attrs.evolve(batch, updated_at=at) if given_up else batch
    return arrange(now, fates, base), len(given_up)


def mark(batch: BatchRow, indexes: Collection[int], fate: Fate, at: datetime) -> list[BatchRow]:
    """Take a person's word for people: the batch as it is now, and the batches that move out of it.

    Raises:
        JournalError: Somebody is not in it, or not unknown.
    """
    check(batch, indexes)
    fates = fates_of(batch)
    others = {fates[index][0] for index in indexes} - {Stage.UNKNOWN}
    if others:
        msg = f"people who are {', '.join(sorted(others))} are not unknown: nobody's word is needed"
        raise JournalError(msg)
    for index in indexes:
        fates[index] = fate
    batch = attrs.evolve(batch, updated_at=at)
    base = (batch.stage, batch.reason)
    return _divided(batch, fates, base)


def witness(batch: BatchRow, receipts: Mapping[int, Receipt], reason: str, at: datetime) -> list[BatchRow]:
    """Make people accepted: the batch as it is now, and the batches that move out of it.

    Raises:
        JournalError: Somebody is not in it, or is accepted or on the way.
    """
    check(batch, receipts)
    fates = fates_of(batch)
    others = {fates[index][0] for index in receipts} - WITNESSABLE
    if others:
        msg = f"people who are {', '.join(sorted(others))} need no witness"
        raise JournalError(msg)
    for index in receipts:
        fates[index] = (Stage.ACCEPTED, reason)
    batch = attrs.evolve(batch, receipts={**batch.receipts, **receipts}, updated_at=at)
    base = (batch.stage, batch.reason)
    here, *moved = _divided(batch, fates, base)
    return [attrs.evolve(here, intended_at=here.intended_at or at), *moved]


def leave_out(batch: BatchRow, indexes: Collection[int]) -> tuple[BatchRow, BatchRow]:
    """Divide a batch into those who stay and those who are left out, both in order.

    Raises:
        JournalError: Somebody is not in it, or is, or may have been, contacted.
    """
    check(batch, indexes)
    fates = fates_of(batch)
    begun = {fates[index][0] for index in indexes} - LEAVABLE
    if begun:
        msg = f"people who are {', '.join(sorted(begun))} cannot be left out any more"
        raise JournalError(msg)
    stay = [index for index in range(len(fates)) if index not in indexes]
    here = pick(batch, stay)
    if stay:
        here = arrange(here, [fates[index] for index in stay], (batch.stage, batch.reason))
    return here, pick(batch, sorted(set(indexes)))


def note(batch: BatchRow, receipts: Mapping[int, Receipt], at: datetime) -> BatchRow:
    """Put new receipts in place of what was known; where somebody is unsettled, settling counts from the time it keeps.

    Raises:
        JournalError: One of them is of somebody who is not in the batch.
    """
    check(batch, receipts)
    unsettled = any(stage in UNSETTLED for stage, _ in fates_of(batch))
    written = batch.updated_at if unsettled else at
    return attrs.evolve(batch, receipts={**batch.receipts, **receipts}, updated_at=written)


def pick(batch: BatchRow, indexes: Sequence[int]) -> BatchRow:
    """Give the batch with these of its people alone, in this order."""
    if len(indexes) == len(batch.people):
        return batch
    place = {old: new for new, old in enumerate(indexes)}
    return attrs.evolve(
        batch,
        people=batch.people.take(indexes),
        exceptions={place[index]: fate for index, fate in batch.exceptions.items() if index in place},
        receipts={place[index]: receipt for index, receipt in batch.receipts.items() if index in place},
        earlier={place[index]: count for index, count in batch.earlier.items() if index in place},
        refused={place[index]: why for index, why in batch.refused.items() if index in place},
    )


def arrange(batch: BatchRow, fates: Sequence[Fate], base: Fate) -> BatchRow:
    """Write stages down as one for all and the exceptions.

    A launch takes the batches whose one stage is loaded, hence nobody is loaded by exception. What the vendor said of
    each person stays an exception even where it said so of everybody: settling tells it from a lost answer by that.
    Where nobody is what holds for all, somebody unsettled stands for the batch, so that settling finds it.
    """
    if not any(stage is base[0] for stage, _ in fates):
        base = next((fate for fate in fates if fate[0] in UNSETTLED), fates[0])
    base = next((fate for fate in fates if fate[0] is Stage.LOADED), base)
    alike = {base[0]} if base[0] is Stage.LOADED else set()
    exceptions = {i: fate for i, fate in enumerate(fates) if fate != base and fate[0] not in alike}
    return attrs.evolve(batch, stage=base[0], reason=base[1], exceptions=exceptions)


def _divided(batch: BatchRow, fates: Sequence[Fate], base: Fate) -> list[BatchRow]:
    """Give the batch as it is now, and the batches of planned people that move out of it, each of one reason."""
    here, *moved = _parts(fates)
    bases = [base, *(fates[stay[0]] for stay in moved)]
    return [
        arrange(pick(batch, stay), [fates[index] for index in stay], own)
        for stay, own in zip([here, *moved], bases, strict=True)
    ]


def fates_of(batch: BatchRow) -> list[Fate]:
    """Give stage and reason of each person."""
    base = (batch.stage, batch.reason)
    return [batch.exceptions.get(index, base) for index in range(len(batch.people))]


def check(batch: BatchRow, indexes: Collection[int]) -> None:
    """Refuse an index that nobody in the batch has.

    Raises:
        JournalError: There is one.
    """
    if indexes and not (min(indexes) >= 0 and max(indexes) < len(batch.people)):
        msg = f"batch {batch.seq} of slice {batch.slice_id} holds {len(batch.people)} people, not the ones named"
        raise JournalError(msg)


def _with_receipts(batch: BatchRow, outcome: LoadOutcome, told: Sequence[int]) -> BatchRow:
    if outcome.receipt is not None and len(told) == len(batch.people):
        return attrs.evolve(batch, receipt=outcome.receipt, receipts=outcome.receipts)
    found = {index: outcome.receipts.get(index, outcome.receipt) for index in told}
    return attrs.evolve(batch, receipts={**batch.receipts, **{i: each for i, each in found.items() if each}})


def _parts(fates: Sequence[Fate]) -> list[list[int]]:
    """Divide people: those who are not planned stay together; the planned ones go by the reason that they share."""
    parts: dict[Fate | None, list[int]] = {}
    for index, fate in enumerate(fates):
        parts.setdefault(fate if fate[0] is Stage.PLANNED else None, []).append(index)
    staying = parts.pop(None, None)
    return [*([staying] if staying else []), *parts.values()]
