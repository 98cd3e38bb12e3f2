"""The engine: slices in, journal out. Running again on the same journal is resuming.

One slice is one campaign at a vendor: it is opened once, loaded batch by batch, compared with the vendor's own list,
and launched once. Everything that the engine knows of the world is passed in, so that a simulation can drive it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from outreach.answers import Kind, Outcome
from outreach.delivery.clock import Clock
from outreach.delivery.donotcontact import SUPPRESSED, Nobody, Watchlist
from outreach.delivery.journal import BatchRow, CampaignKey, Journal, LoadOutcome, Slice, Stage, Step, StepState
from outreach.delivery.lane import Attempt, Held, Lane, Stopped
from outreach.delivery.retry import MOST_ATTEMPTS
from outreach.delivery.settle import PAGE, SILENT, Settler
from outreach.delivery.spool import Spool, Spooled
from outreach.model import Campaign
from outreach.planning.carrier import fingerprint, job
from outreach.planning.times import Due, due
from outreach.provider import Job
from outreach.wire import Reach, Request

#: What was proved absent (a load, a step) is done again, but not for ever.
MOST_ROUNDS = 3

EXPIRED = "expired"
WAITING = "waiting"
NOT_SETTLED = "a lost answer is not settled yet; run send again"
NO_EFFECT = "its answer was lost, and it proved to have had no effect; run send again"

#: Told how many people are done with, and what became of them.
Tell = Callable[[Stage, int], None]


@attrs.frozen
class Place:
    """Where the people of one slice of a plan stand: its number in the plan, and ``seq`` of its first batch."""

    number: int
    first: int


class Unsettled(Held):
    """A lost answer must be settled first."""


class TurnedDown(Held):
    """The vendor refused to make a campaign."""


@attrs.define
class Ended:
    """How a run ended.

    Attributes:
        waiting: Deliveries that are not due yet.

        next: When the first of them is.

        unsettled: Slices that a lost answer keeps from going on.

        interrupted: Whether it was stopped.

        stopped: Whether another process asked for that (``outreach stop``); then it counts as no interruption.

        failure: What broke it off: the journal or the disk.

        refused: Providers that refused to make a campaign, with the reason.
    """

    waiting: int = 0
    next: datetime | None = None
    unsettled: int = 0
    interrupted: bool = False
    stopped: bool = False
    failure: BaseException | None = None
    refused: dict[str, str] = attrs.field(factory=dict)


class Engine:
    """Sends one campaign.

    Args:
        campaign: What goes out.

        key: Its identity in the journal.

        journal: The write-ahead record.

        lanes: An account at work, by provider name.

        clock: Time.

        stop: Set it to end the run after the requests in flight.

        tell: Told of every step forward; must return at once.

        watchlist: Who must not be contacted by now, whatever the plan says.
    """

    def __init__(
        self,
        campaign: Campaign,
        key: CampaignKey,
        journal: Journal,
        lanes: Mapping[str, Lane],
        *,
        clock: Clock,
        stop: asyncio.Event,
        tell: Tell = lambda _stage, _count: None,
        watchlist: Watchlist | None = None,
    ) -> None:
        self._campaign = campaign
        self._key = key
        self._journal = journal
        self._lanes = lanes
        self._clock = clock
        self._stop = stop
        self._tell = tell
        self._watchlist = watchlist or Nobody()
        self.ended = Ended()

    async def settle(self) -> None:
        """Ask about everything that earlier runs left unknown; nobody is contacted."""
        await self._each_lane(await self._journal.slices(self._key), self._settle_slice)

    async def run(self, spool: Spool, places: Mapping[int, Place], held: Mapping[int, str] | None = None) -> Ended:
        """Send what is planned.

        Args:
            spool: The people, by number of their slice in the plan.

            places: Where this plan's people stand, by the journal's id of the slice.

            held: Slices (the journal's ids) that are left for a later run, with the reason.
        """
        reasons = held or {}

        async def go(one: Slice) -> None:
            if one.id in reasons:
                raise Held(reasons[one.id])
            await self._run_slice(one, places.get(one.id), spool)

        await self._each_lane(await self._journal.slices(self._key), go)
        self.ended.interrupted = self._stop.is_set() and self.ended.failure is None
        return self.ended

    async def _each_lane(self, slices: Sequence[Slice], work: Callable[[Slice], Any]) -> None:
        """Work on the slices of different accounts side by side, on those of one account in turn."""
        by_lane: dict[str, list[Slice]] = {}
        for one in slices:
            by_lane.setdefault(one.provider, []).append(one)
        await asyncio.gather(*(self._lane(name, mine, work) for name, mine in by_lane.items()))

    async def _lane(self, name: str, slices: Sequence[Slice], work: Callable[[Slice], Any]) -> None:
        try:
            for one in slices:
                await self._work(name, one, work)
        except Exception as failure:  # noqa: BLE001  # the other accounts finish what is in flight, then it is raised
            self.ended.failure = self.ended.failure or failure
            self._stop.set()

    async def _work(self, name: str, one: Slice, work: Callable[[Slice], Any]) -> None:
        if name not in self._lanes:
            await self._hold(one, f"the campaign no longer has a route through {name}")
            return
        try:
            await work(one)
        except Held as reason:
            self.ended.unsettled += isinstance(reason, Unsettled)
            if isinstance(reason, TurnedDown):
                self.ended.refused.setdefault(name, str(reason))
            if str(reason) == WAITING:
                await self._wait_for(one, self._due(one, self._clock.now()).at)
            elif str(reason) == EXPIRED:
                await self._expire(one)
            else:
                await self._hold(one, str(reason))
        except Stopped:
            await self._hold(one, "stopped")

    async def _expire(self, one: Slice) -> None:
        await self._journal.cancel(one.id, stages=UNFINISHED, reason=EXPIRED, at=self._clock.now())

    async def _hold(self, one: Slice, reason: str) -> None:
        await self._journal.hold(one.id, reason=reason, at=self._clock.now())

    def _due(self, one: Slice, now: datetime) -> Due:
        return due(self._lanes[one.provider].carrier.schedule(self._campaign), one.zone, now)

    def _job(self, one: Slice, start: datetime) -> Job[Any]:
        return job(
            self._campaign,
            self._lanes[one.provider].carrier,
            one.channels,
            zone=one.zone,
            title=one.title,
            marker=one.marker,
            start=start,
            now=self._clock.now(),
        )

    async def _settle_slice(self, one: Slice) -> None:
        lane = self._lanes[one.provider]
        settler = self._settler(one)
        made = self._job(one, one.start or self._clock.now())
        provider = lane.carrier.provider
        requests = {Step.OPEN: provider.open(made), Step.LAUNCH: provider.launch(made)}
        for row in await self._journal.steps(one.id):
            if row.state is StepState.UNKNOWN and row.position < len(requests[row.step]):
                request = requests[row.step][row.position].fill(one.refs)
                await settler.step(one, made, row, request)
        async for batch in self._pages(one, (Stage.UNKNOWN,)):
            await settler.sought(one, made, batch)
        if await self._journal.batches(one.id, (Stage.LOAD_UNKNOWN,), limit=1):
            fresh = await self._again(one)
            await settler.aboard(fresh, made)

    def _settler(self, one: Slice) -> Settler:
        lane = self._lanes[one.provider]
        same = fingerprint(self._campaign, lane.carrier, one.channels, one.zone) == one.fingerprint
        return Settler(self._journal, lane, self._clock.now(), self._watchlist, same)

    async def _again(self, one: Slice) -> Slice:
        return next(other for other in await self._journal.slices(self._key) if other.id == one.id)

    async def _run_slice(self, one: Slice, place: Place | None, spool: Spool) -> None:
        """Open, load, compare, launch; what was done by an earlier run is not done again."""
        lane = self._lanes[one.provider]
        if not await self._journal.batches(one.id, UNFINISHED, limit=1):
            return
        now = self._clock.now()
        opening = self._due(one, now)
        if opening.expired:
            await self._expire(one)
            return
        told = one.start is not None and one.start > now
        if opening.at > now and not told and not self._vendor_waits(one):
            await self._wait_for(one, opening.at)
            return
        made = self._job(one, one.start if told and one.start else opening.at)
        one = await self._steps(one, Step.OPEN, lane.carrier.provider.open(made), made)
        for _ in range(MOST_ROUNDS):
            if place is not None:
                await self._load_all(one, made, place, spool)
            launch = lane.carrier.provider.launch(made)
            if not launch:
                return
            if await self._settler(one).aboard(one, made):
                break
            if not await self._journal.batches(one.id, (Stage.PLANNED,), limit=1):
                raise Unsettled(NOT_SETTLED)
        else:
            raise Unsettled(NOT_SETTLED)
        if await self._journal.batches(one.id, (Stage.LOADED,), limit=1):
            await self._steps(one, Step.LAUNCH, launch, made)

    def _vendor_waits(self, one: Slice) -> bool:
        """Whether the vendor can be told to begin later; not when it was told a time before, or is to be paced."""
        can = self._lanes[one.provider].carrier.provider.capabilities.schedules
        return can and one.start is None and self._campaign.limits.per_hour is None

    async def _wait_for(self, one: Slice, at: datetime) -> None:
        counts = [row async for row in self._pages(one, UNFINISHED)]
        self.ended.waiting += sum(len(row.people) for row in counts) * len(one.channels)
        self.ended.next = min(filter(None, (self.ended.next, at)))
        await self._hold(one, WAITING)

    async def _steps(self, one: Slice, step: Step, requests: Sequence[Request], made: Job[Any]) -> Slice:
        """Do the requests of a stage that are not done yet, in order; give the slice with what they supplied."""
        rows = {row.position: row for row in await self._journal.steps(one.id) if row.step is step}
        for position, request in enumerate(requests):
            row = rows.get(position)
            if row is not None and row.state is StepState.ACCEPTED:
                continue
            filled = request.fill(one.refs)
            if row is not None and row.state in {StepState.UNKNOWN, StepState.IN_FLIGHT}:
                state = await self._settler(one).step(one, made, row, filled)
            else:
                state = StepState.UNSENT
            for _ in range(MOST_ROUNDS):
                if state is StepState.UNSENT:
                    state = await self._step(one, step, position, filled, made)
            if state is StepState.UNSENT:
                raise Held(_because(request, NO_EFFECT))
            if state is not StepState.ACCEPTED:
                raise Unsettled(_because(request, NOT_SETTLED))
            one = await self._again(one)
        return one

    async def _step(self, one: Slice, step: Step, position: int, request: Request, made: Job[Any]) -> StepState:
        """Do one request of a stage; a lost answer is asked about at once."""
        everyone = request.reaches is Reach.EVERYONE

        async def intend() -> None:
            await self._journal.intend_step(
                one.id, step, position, digest=_digest(request), reaches=everyone, at=self._clock.now()
            )

        async def conclude(outcome: Outcome) -> None:
            await self._journal.conclude_step(
                one.id,
                step,
                position,
                STEP_STATE[outcome.kind],
                at=self._clock.now(),
                reason=outcome.reason,
                refs=outcome.captures,
                start=made.start if step is Step.OPEN and outcome.kind is Kind.ACCEPTED else None,
            )

        people = [row async for row in self._pages(one, (Stage.LOADED,))] if everyone else []
        phones = [p for row in people for i, p in enumerate(row.people.phones) if i not in row.exceptions]
        count = len(phones)
        outcome = await self._lanes[one.provider].perform(
            Attempt(
                request=request,
                job=made,
                batch=None,
                intend=intend,
                conclude=conclude,
                still=lambda: (self._closed(one, made) or self._barred(one, phones)) if everyone else "",
                people=count,
            )
        )
        state = STEP_STATE[outcome.kind]
        if state is StepState.UNKNOWN:
            state = await self._ask_at_once(one, step, position, request, made)
        if everyone:
            self._tell(STAGE_OF_STEP[state], count * len(one.channels))
            self._tell(Stage.REJECTED, sum(len(row.exceptions) for row in people) * len(one.channels))
        if state is StepState.REJECTED:
            raise (Held if everyone else TurnedDown)(_because(request, outcome.reason))
        return state

    async def _ask_at_once(self, one: Slice, step: Step, position: int, request: Request, made: Job[Any]) -> StepState:
        rows = await self._journal.steps(one.id)
        row = next(row for row in rows if row.step is step and row.position == position)
        try:
            return await self._settler(one).step(one, made, row, request)
        except (Held, Stopped):
            return StepState.UNKNOWN

    def _closed(self, one: Slice, made: Job[Any]) -> str:
        """Say why people of a slice may not be reached at this moment; empty when they may."""
        now = self._clock.now()
        # A vendor that was told a time waits for it; once it has passed, nobody does.
        if made.scheduled and made.start > now:
            return ""
        opening = self._due(one, now)
        if opening.expired:
            return EXPIRED
        return WAITING if opening.at > now else ""

    def _barred(self, one: Slice, phones: Sequence[str]) -> str:
        """Say that somebody in the vendor's campaign was suppressed after all; empty when nobody was."""
        closed = self._watchlist.closed(phones, one.channels)
        if self._watchlist.broken or not closed:
            return self._watchlist.broken
        return (
            f"{len(closed)} people are on a do-not-contact list, or no longer in the campaign, since they were loaded "
            f"into '{one.title}': launching it would contact them; delete them from it at the vendor, or put them "
            "back, then run send again"
        )

    def _suppressed(self, one: Slice, phones: Sequence[str]) -> str:
        closed = self._watchlist.closed(phones, one.channels)
        return self._watchlist.broken or (SUPPRESSED if closed else "")

    async def _load_all(self, one: Slice, made: Job[Any], place: Place, spool: Spool) -> None:
        """Load every batch that this plan brought, several at a time."""
        lane = self._lanes[one.provider]
        work = self._planned(one, place, spool)
        lock = asyncio.Lock()
        ended: list[BaseException] = []

        async def worker() -> None:
            while not ended:
                async with lock:
                    item = await anext(work, None)
                if item is None:
                    return
                try:
                    await self._load(one, made, *item)
                except Exception as error:  # noqa: BLE001  # the other workers finish what is in flight, then it is raised
                    ended.append(error)

        await asyncio.gather(*(worker() for _ in range(lane.carrier.settings.concurrency)))
        if ended:
            raise ended[0]

    async def _planned(self, one: Slice, place: Place, spool: Spool) -> AsyncIterator[tuple[BatchRow, Spooled]]:
        """Give the planned batches of a slice with what the adapter needs for them; others wait for the next plan."""
        async for row in self._pages(one, (Stage.PLANNED,), after=place.first - 1):
            if row.seq < place.first + spool.count(place.number):
                yield row, spool.at(place.number, row.seq - place.first)

    async def _pages(self, one: Slice, stages: Sequence[Stage], *, after: int = -1) -> AsyncIterator[BatchRow]:
        while rows := await self._journal.batches(one.id, stages, after=after, limit=PAGE):
            after = rows[-1].seq
            for row in rows:
                yield row

    async def _load(self, one: Slice, made: Job[Any], row: BatchRow, spooled: Spooled) -> None:
        """Load a batch without whoever was suppressed since it was planned, down to the moment before it is sent."""
        while True:
            closed = self._watchlist.closed(row.people.phones, one.channels)
            if closed:
                await self._journal.leave_out(one.id, row.seq, closed, reason=SUPPRESSED, at=self._clock.now())
                stay = [index for index in range(len(row.people)) if index not in set(closed)]
                row, spooled = attrs.evolve(row, people=row.people.take(stay)), spooled.take(stay)
            if not len(row.people):
                return None
            try:
                return await self._load_now(one, made, row, spooled)
            except Held as held:
                if str(held) != SUPPRESSED:
                    raise

    async def _load_now(self, one: Slice, made: Job[Any], row: BatchRow, spooled: Spooled) -> None:
        lane = self._lanes[one.provider]
        request = lane.carrier.provider.load(made, spooled.batch).fill(one.refs)
        reaches = request.reaches is not Reach.NOBODY
        asked = bool(lane.carrier.provider.roll(made))

        async def intend() -> None:
            await self._journal.intend_load(
                one.id, row.seq, digest=_digest(request), reaches=reaches, at=self._clock.now()
            )

        async def conclude(outcome: Outcome) -> None:
            loaded = load_outcome(outcome, row, reaches=reaches, asked=asked)
            await self._journal.conclude_load(one.id, row.seq, loaded, at=self._clock.now())
            if loaded.stage in TOLD:
                self._tell(loaded.stage, (len(row.people) - len(loaded.exceptions)) * len(one.channels))
                for stage, _ in loaded.exceptions.values():
                    self._tell(stage, len(one.channels))

        await lane.perform(
            Attempt(
                request=request,
                job=made,
                batch=spooled.batch,
                intend=intend,
                conclude=conclude,
                still=lambda: (self._closed(one, made) if reaches else "") or self._suppressed(one, row.people.phones),
                people=len(row.people),
                tries=max(1, MOST_ATTEMPTS - row.attempts - max(row.earlier.values(), default=0)),
            )
        )


#: Batches with people who are not contacted and not given up.
UNFINISHED = (Stage.PLANNED, Stage.LOADED, Stage.LOAD_UNKNOWN)

#: Stages that end a delivery as far as this run is concerned.
TOLD = frozenset({Stage.ACCEPTED, Stage.REJECTED, Stage.UNKNOWN})

STEP_STATE: Mapping[Kind, StepState] = {
    Kind.ACCEPTED: StepState.ACCEPTED,
    Kind.REJECTED: StepState.REJECTED,
    Kind.UNKNOWN: StepState.UNKNOWN,
    Kind.UNSENT: StepState.UNSENT,
    Kind.HALT: StepState.UNSENT,
}

STAGE_OF_STEP: Mapping[StepState, Stage] = {
    StepState.ACCEPTED: Stage.ACCEPTED,
    StepState.REJECTED: Stage.REJECTED,
    StepState.UNKNOWN: Stage.UNKNOWN,
    StepState.UNSENT: Stage.LOADED,
}

#: What becomes of people by the meaning of their load's answer: where the load reaches them, and where it does not.
STAGE_OF_LOAD: Mapping[Kind, tuple[Stage, Stage]] = {
    Kind.ACCEPTED: (Stage.ACCEPTED, Stage.LOADED),
    Kind.REJECTED: (Stage.REJECTED, Stage.REJECTED),
    Kind.UNKNOWN: (Stage.UNKNOWN, Stage.LOAD_UNKNOWN),
    Kind.UNSENT: (Stage.PLANNED, Stage.PLANNED),
    Kind.HALT: (Stage.PLANNED, Stage.PLANNED),
}


def load_outcome(outcome: Outcome, row: BatchRow, *, reaches: bool, asked: bool) -> LoadOutcome:
    """Say what an answer means for the people of a batch.

    ``asked``: the vendor's own list decides before the launch, so a load that left people out waits for it.
    """
    apart = outcome.refused or outcome.doubtful or outcome.receipts
    at = {phone: index for index, phone in enumerate(row.people.phones)} if apart else {}
    stage = STAGE_OF_LOAD[outcome.kind][0 if reaches else 1]
    unsure = Stage.UNKNOWN if reaches else Stage.LOAD_UNKNOWN
    # Where the vendor's list has the last word, a refusal in the answer is only a claim until the list bears it out.
    refused = Stage.LOAD_UNKNOWN if asked and not reaches else Stage.REJECTED
    exceptions = {at[phone]: (refused, reason) for phone, reason in outcome.refused.items() if phone in at}
    exceptions |= {at[phone]: (unsure, SILENT) for phone in outcome.doubtful if phone in at}
    if exceptions and stage is Stage.LOADED and asked:
        stage = Stage.LOAD_UNKNOWN
    accepted = outcome.kind is Kind.ACCEPTED
    return LoadOutcome(
        stage=stage,
        reason=outcome.reason,
        exceptions=exceptions,
        receipt=outcome.receipt if accepted else None,
        receipts={at[phone]: receipt for phone, receipt in outcome.receipts.items() if phone in at},
    )


def _because(request: Request, reason: str) -> str:
    return f"{request.does}: {reason}"


def _digest(request: Request) -> str:
    body = request.encode() or b""
    return hashlib.sha256(b"\n".join((request.method.encode(), request.target.encode(), body))).hexdigest()
