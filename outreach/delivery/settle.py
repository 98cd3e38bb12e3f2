"""Find out what became of requests whose answers were lost: ask the vendor, never send again.

"Not found" counts only after the account's ``settle_after`` seconds: before that a vendor's list may simply lag.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs

from outreach.answers import Receipt, Roll, Settled
from outreach.delivery.donotcontact import SUPPRESSED, Nobody, Watchlist
from outreach.delivery.journal import ABOARD, BatchRow, Journal, LoadOutcome, Slice, Stage, StepRow, StepState
from outreach.delivery.lane import Held, Lane
from outreach.delivery.retry import harmless
from outreach.provider import Job
from outreach.wire import Request

#: Batches read from the journal at a time.
PAGE = 200

#: Why nobody knows of somebody in a batch that was answered; the answer spoke of the others.
SILENT = "the vendor's answer does not speak of this number"

#: Why somebody of whom nobody knew is planned again.
ABSENT = "proved not to be at the vendor"

#: The list of an account that may be another one proves nothing about anybody.
CHANGED = (
    "the account or the contents changed since this was sent, so nobody can tell by the account's list; put them back "
    "as they were and run send again, or say what became of it (outreach settle --mark)"
)

#: The lost load is settled; if the run ends here, this is why its people are still planned.
NOT_LAUNCHED = "in the vendor's campaign, which is not launched yet; run send again"

NOT_TAKEN = "the vendor did not take this number into its campaign"


@attrs.frozen
class Settler:
    """Settles what one slice left open.

    Attributes:
        same: Whether account and contents are those with which the slice was made. Where they are not, the account may
            be another one, in whose list nobody could be found.
    """

    journal: Journal
    lane: Lane
    now: datetime
    watchlist: Watchlist = attrs.field(factory=Nobody)
    same: bool = True

    def ripe(self, row: StepRow | BatchRow) -> bool:
        """Say whether "not found" proves something by now."""
        return row.intended_at is None or self.now - lost_at(row) >= self._lag

    @property
    def _lag(self) -> timedelta:
        return timedelta(seconds=self.lane.carrier.settings.settle_after)

    async def step(self, one: Slice, job: Job[Any], row: StepRow, request: Request) -> StepState:
        """Ask what became of a step that is unknown, and write down what was found.

        Raises:
            Held: The vendor cannot be asked now.
        """
        settled = await self._ask(one, job, request)
        if settled is None or settled.happened is None:
            return StepState.UNKNOWN
        if not settled.happened and not harmless(request) and not (self.same and self.ripe(row)):
            return StepState.UNKNOWN
        state = StepState.ACCEPTED if settled.happened else StepState.UNSENT
        await self.journal.conclude_step(
            one.id, row.step, row.position, state, at=self.now, reason=settled.reason, refs=settled.captures
        )
        return state

    async def _ask(self, one: Slice, job: Job[Any], request: Request) -> Settled | None:
        if harmless(request):
            return Settled(happened=False, reason="harmless to do again")
        question = self.lane.carrier.provider.settle(job, request)
        return await self.lane.answer(question, one.refs) if question else None

    async def sought(self, one: Slice, job: Job[Any], row: BatchRow) -> None:
        """Ask whom a load reached that itself reaches people and whose answer was lost, and write down what was found.

        Raises:
            Held: The vendor cannot be asked now.
        """
        lost = [index for index in range(len(row.people)) if _stage(row, index) is Stage.UNKNOWN]
        if not lost or row.intended_at is None:
            return
        since = attrs.evolve(job, start=row.intended_at)
        question = self.lane.carrier.provider.seek(since, [row.people.phones[index] for index in lost])
        if question is None:
            return
        if not self.same:
            await self._untold(one, row, lost)
            return
        roll = await self.lane.answer(question, one.refs)
        if roll is None:
            return
        roll = await self._unclaimed(one, row, roll)
        found = {index: self._found(roll, row, index) for index in lost}
        stage = Stage.ACCEPTED if roll.present else Stage.UNKNOWN
        outcome = LoadOutcome(
            stage=stage,
            exceptions={index: fate for index, fate in found.items() if fate[0] is not stage},
            receipts={
                index: roll.present[phone] for index, phone in enumerate(row.people.phones) if phone in roll.present
            },
        )
        if any(fate[0] is not Stage.UNKNOWN for fate in found.values()):
            await self.journal.conclude_load(one.id, row.seq, outcome, at=self.now)

    async def _untold(self, one: Slice, row: BatchRow, lost: Sequence[int]) -> None:
        """Write down, once, why the vendor is not asked."""
        if any(row.exceptions.get(index, (row.stage, row.reason))[1] != CHANGED for index in lost):
            outcome = LoadOutcome(stage=Stage.UNKNOWN, reason=CHANGED)
            await self.journal.conclude_load(one.id, row.seq, outcome, at=self.now)

    async def _unclaimed(self, one: Slice, row: BatchRow, roll: Roll) -> Roll:
        """Doubt what another delivery of the journal holds, or may have made: another round may say the same words."""
        ids = {phone: receipt.vendor_id for phone, receipt in roll.present.items()}
        if not ids:
            return roll
        doubted = set(await self.journal.claimed(one.provider, ids, besides=(one.id, row.seq)))
        present = {phone: receipt for phone, receipt in roll.present.items() if phone not in doubted}
        return attrs.evolve(roll, present=present, unsure=roll.unsure | doubted)

    def _found(self, roll: Roll, row: BatchRow, index: int) -> tuple[Stage, str]:
        phone = row.people.phones[index]
        if phone in roll.present:
            return Stage.ACCEPTED, ""
        if phone in roll.unsure or not self.ripe(row):
            return Stage.UNKNOWN, row.exceptions.get(index, (row.stage, row.reason))[1]
        return Stage.PLANNED, ABSENT

    async def aboard(self, one: Slice, job: Job[Any]) -> bool:
        """Compare who is loaded with whom the vendor lists; give whether the campaign may be launched.

        Raises:
            Held: It must not be launched, with the reason.
        """
        if not self.same:
            raise Held(CHANGED)
        question = self.lane.carrier.provider.roll(job)
        if question is None:
            return not await self.journal.batches(one.id, (Stage.LOAD_UNKNOWN,), limit=1)
        roll = await self.lane.answer(question, one.refs)
        if roll is None:
            msg = "the vendor's list of the people in its campaign cannot be read; run send again"
            raise Held(msg)
        return await self._compare(one, roll)

    async def _compare(self, one: Slice, roll: Roll) -> bool:
        ours, complete = 0, True
        missing = 0
        after = -1
        while rows := await self.journal.batches(one.id, ABOARD, after=after, limit=PAGE):
            after = rows[-1].seq
            for row in rows:
                present = {
                    i: roll.present[phone]
                    for i, phone in enumerate(row.people.phones)
                    if phone in roll.present and _may_be_there(row, i)
                }
                ours += len(present)
                gone = [i for i in range(len(row.people)) if i not in present]
                if row.stage is Stage.LOAD_UNKNOWN:
                    complete = await self._load(one, row, present, gone) and complete
                else:
                    lacking = [i for i in gone if i not in row.exceptions]
                    missing += len(lacking) - await self._taken_out(one, row, lacking)
        _refuse(one, roll, ours, missing)
        return complete

    async def _taken_out(self, one: Slice, row: BatchRow, lacking: Sequence[int]) -> int:
        """Leave out suppressed people whom somebody has deleted at the vendor; give how many."""
        gone = set(lacking).intersection(self.watchlist.closed(row.people.phones, one.channels))
        if not gone or not self.ripe(row):
            return 0
        await self.journal.leave_out(one.id, row.seq, gone, reason=SUPPRESSED, at=self.now)
        return len(gone)

    async def _load(self, one: Slice, row: BatchRow, present: Mapping[int, Receipt], gone: Sequence[int]) -> bool:
        """Settle one load whose answer was lost or left people out; give whether it stands clear now."""
        told = {index for index, (_, reason) in row.exceptions.items() if reason != SILENT}
        if not self.ripe(row) and not told.issuperset(gone):
            return False
        if present:
            why = {index: row.exceptions[index][1] if index in told else NOT_TAKEN for index in gone}
            exceptions = {index: (Stage.REJECTED, reason) for index, reason in why.items()}
            outcome = LoadOutcome(stage=Stage.LOADED, reason=NOT_LAUNCHED, exceptions=exceptions, receipts=present)
        elif told.issuperset(gone):
            exceptions = {index: (Stage.REJECTED, reason) for index, (_, reason) in row.exceptions.items()}
            outcome = LoadOutcome(stage=Stage.REJECTED, reason=NOT_TAKEN, exceptions=exceptions)
        else:
            outcome = LoadOutcome(stage=Stage.PLANNED, reason=ABSENT)
        await self.journal.conclude_load(one.id, row.seq, outcome, at=self.now)
        return outcome.stage is not Stage.PLANNED


def _may_be_there(row: BatchRow, index: int) -> bool:
    """Whether somebody is in the vendor's campaign as far as we know; who was refused there must not be rung."""
    return _stage(row, index) in ABOARD


def lost_at(row: StepRow | BatchRow) -> datetime:
    """Give the moment from which ``settle_after`` counts: when it was written down that the answer is lost.

    A request may have been on its way for long, and nobody knows when a process died: what opened the journal after it
    wrote the row down as unknown then.
    """
    return max(filter(None, (row.intended_at, row.updated_at)))


def _stage(row: BatchRow, index: int) -> Stage:
    return row.exceptions[index][0] if index in row.exceptions else row.stage


def _refuse(one: Slice, roll: Roll, ours: int, missing: int) -> None:
    strangers = len(roll.present) - ours
    if roll.doubled:
        msg = (
            f"the vendor lists {len(roll.doubled)} numbers more than once in '{one.title}': launching it would contact "
            "them twice; delete the doubles at the vendor, then run send again"
        )
        raise Held(msg)
    if strangers > 0:
        msg = f"the vendor lists {strangers} people in '{one.title}' who are not ours; it is not launched"
        raise Held(msg)
    if missing:
        msg = f"{missing} people were loaded into '{one.title}' but the vendor does not list them; run send again"
        raise Held(msg)
    if roll.started:
        msg = f"'{one.title}' was already started at the vendor, not by this journal; look at it there"
        raise Held(msg)
