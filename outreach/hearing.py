"""Take in what vendors tell by themselves: delivery reports that they post to the account owner's own web server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime

import attrs

from outreach.answers import Heard, Receipt
from outreach.delivery.journal import (
    ABOARD,
    GIVEN_UP,
    WITNESSABLE,
    BatchRow,
    CampaignKey,
    Journal,
    Slice,
    Stage,
)
from outreach.merging import merge
from outreach.planning.carrier import Carrier
from outreach.wire import Received

#: Batches read from the journal at a time.
PAGE = 200

#: Whoever is in one of these may still be contacted, hence must not stay there once somebody else reached them.
_PENDING = (Stage.PLANNED, Stage.CANCELLED, Stage.REJECTED, *ABOARD)


@attrs.frozen(kw_only=True)
class Notices:
    """What became of the posts that were passed on.

    Attributes:
        changed: Deliveries of which something new was learnt.

        settled: Of these, how many of which nobody knew before that they had gone out.

        forged: Posts that the vendor did not sign; they change nothing.

        unreadable: Posts in a shape that the vendor's pages do not show; they change nothing.

        strange: Posts about nobody whom this campaign reached, or not known to be about it; they change nothing.
    """

    changed: int = 0
    settled: int = 0
    forged: int = 0
    unreadable: int = 0
    strange: int = 0


def read(carrier: Carrier, posts: Iterable[Received], token: str) -> tuple[list[Heard], Notices]:
    """Read posts; give what they say of whom, and count those that say nothing."""
    heard: list[Heard] = []
    forged = unreadable = 0
    for post in posts:
        if not _genuine(carrier, post, token):
            forged += 1
            continue
        try:
            heard += carrier.provider.hear(post)
        except Exception:  # noqa: BLE001  # anybody may post anything; one post must not lose the others
            unreadable += 1
    return heard, Notices(forged=forged, unreadable=unreadable)


def _genuine(carrier: Carrier, post: Received, token: str) -> bool:
    try:
        return carrier.provider.genuine(post, carrier.settings, token)
    except Exception:  # noqa: BLE001  # what cannot be checked is not proved
        return False


async def write(
    journal: Journal, key: CampaignKey, provider: str, heard: Sequence[Heard], counted: Notices, *, at: datetime
) -> Notices:
    """Write down what was heard; what is known of a person only grows, so that order and repeats play no part."""
    book = _Book(journal, at, counted)
    slices = await journal.slices(key)
    homes = [one for one in slices if one.provider == provider]
    marked = [each for each in heard if each.marker]
    bare = [each for each in heard if not each.marker]  # kept apart: these may be about something else
    for one in homes:
        marked = _without(marked, one, await book.take(one, _for(one, marked), _AT_HOME))
        bare = _without(bare, one, await book.take(one, _for(one, bare), _AT_HOME))
    for one in homes:
        marked = _without(marked, one, await book.elsewhere(one, slices, _for(one, marked)))
    return attrs.evolve(book.counted, strange=counted.strange + len(marked) + len(bare))


@attrs.frozen
class _Way:
    """Whom a post proves to be reached: people in these stages, who get this reason."""

    stages: Collection[Stage]
    reason: str = ""

    def proves(self, stage: Stage, heard: Heard) -> bool:
        """Whether somebody becomes accepted by what was heard, for which it must bear the slice's mark."""
        return bool(heard.marker) and stage in self.stages

    def adds(self, fate: tuple[Stage, str], known: Receipt | None, heard: Heard) -> bool:
        """Whether it is about somebody who is accepted already."""
        if fate[0] is not Stage.ACCEPTED:
            return False
        if self.reason:
            return fate[1] == self.reason
        return bool(heard.marker or (known and known.vendor_id == heard.receipt.vendor_id))


_AT_HOME = _Way(WITNESSABLE - {Stage.PASSED})
_PASSED_ON = _Way({Stage.PASSED})


@attrs.define
class _Book:
    """Writes down what was heard, and counts it."""

    journal: Journal
    at: datetime
    counted: Notices

    async def elsewhere(self, home: Slice, slices: Sequence[Slice], told: Mapping[str, Heard]) -> set[str]:
        """Take in who was reached from a slice and stands in another one since; give of whom that could be told.

        They become accepted where they stand, so that nobody is on the books twice. Whoever stands nowhere else
        becomes accepted where they were passed on.
        """
        stand: set[str] = set()
        known: set[str] = set()
        for one in slices if told else ():
            here = {p: _from(home, one, each) for p, each in told.items() if each.channel in one.channels}
            if one.id == home.id or not here:
                continue
            stages = await self._standing(one, here)
            stand.update(stages)
            if not {*ABOARD}.isdisjoint(stages.values()):  # before the launch there contacts them once more
                await self.journal.cancel(one.id, stages=ABOARD, reason=GIVEN_UP, at=self.at)
            known |= await self.take(one, here, _Way(_PENDING, f"reached by {home.provider}, which told so by itself"))
        alone = {phone: each for phone, each in told.items() if phone not in stand}
        return known | await self.take(home, alone, _PASSED_ON)

    async def _standing(self, one: Slice, told: Mapping[str, Heard]) -> Mapping[str, Stage]:
        stages: dict[str, Stage] = {}
        async for row in _rows(self.journal, one):
            found = {p: _fate(row, index)[0] for index, p in enumerate(row.people.phones) if p in told}
            stages.update((phone, stage) for phone, stage in found.items() if stage is not Stage.PASSED)
        return stages

    async def take(self, one: Slice, told: Mapping[str, Heard], way: _Way) -> set[str]:
        """Write down what is told of the people of a slice; give of whom that could be told."""
        known: set[str] = set()
        if told:
            async for row in _rows(self.journal, one):
                known |= await self._batch(one, row, told, way)
        return known

    async def _batch(self, one: Slice, row: BatchRow, told: Mapping[str, Heard], way: _Way) -> set[str]:
        proved: dict[int, Receipt] = {}
        added: dict[int, Receipt] = {}
        before: dict[int, Receipt | None] = {}
        for index, phone in enumerate(row.people.phones):
            if (each := told.get(phone)) is None:
                continue
            fate, before[index] = _fate(row, index), row.receipts.get(index, row.receipt)
            if way.proves(fate[0], each):
                proved[index] = merge(before[index], each.receipt)
            elif way.adds(fate, before[index], each):
                added[index] = merge(before[index], each.receipt)
        fresh = {index: receipt for index, receipt in added.items() if receipt != before[index]}
        if fresh:  # first: people may leave the batch with what follows
            await self.journal.note(one.id, row.seq, fresh, at=self.at)
        if proved:
            await self.journal.witness(one.id, row.seq, proved, reason=way.reason, at=self.at)
        self._count(len(fresh), len(proved), len(one.channels))
        return {row.people.phones[index] for index in (*added, *proved)}

    def _count(self, fresh: int, proved: int, width: int) -> None:
        changed, settled = self.counted.changed + (fresh + proved) * width, self.counted.settled + proved * width
        self.counted = attrs.evolve(self.counted, changed=changed, settled=settled)


def _fate(row: BatchRow, index: int) -> tuple[Stage, str]:
    return row.exceptions.get(index, (row.stage, row.reason))


def _from(home: Slice, one: Slice, heard: Heard) -> Heard:
    """Leave out the vendor's id where another vendor's stands."""
    if home.provider == one.provider:
        return heard
    return attrs.evolve(heard, receipt=attrs.evolve(heard.receipt, vendor_id=""))


def _without(left: Sequence[Heard], one: Slice, known: Collection[str]) -> list[Heard]:
    return [each for each in left if each.phone not in known or not _about(one, each)]


def _about(one: Slice, heard: Heard) -> bool:
    return heard.channel in one.channels and heard.marker in {"", one.marker}


def _for(one: Slice, heard: Iterable[Heard]) -> Mapping[str, Heard]:
    told: dict[str, Heard] = {}
    for each in heard:
        if _about(one, each):
            known = told.get(each.phone)
            told[each.phone] = (
                each if known is None else attrs.evolve(known, receipt=merge(known.receipt, each.receipt))
            )
    return told


async def _rows(journal: Journal, one: Slice) -> AsyncIterator[BatchRow]:
    after = -1
    while rows := await journal.batches(one.id, tuple(Stage), after=after, limit=PAGE):
        after = rows[-1].seq
        for row in rows:
            yield row
