"""Find out what became of everything unknown: ask the vendors, or take a person's word."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import attrs

from outreach.contacts import mask
from outreach.delivery.journal import (
    STATE_OF,
    BatchRow,
    CampaignKey,
    Journal,
    Slice,
    Stage,
    Step,
    StepRow,
    StepState,
    marked,
)
from outreach.delivery.settle import lost_at
from outreach.errors import Problem, SpecError
from outreach.model import Channel, State
from outreach.sending import Sending

#: Nobody knows where these people stand.
OPEN = (Stage.UNKNOWN, Stage.LOAD_UNKNOWN)

#: Batches read from the journal at a time.
_PAGE = 200

#: People of a slice of whom nobody knew, by seq of their batch.
_Asked = Mapping[int, Sequence[str]]


@attrs.frozen(kw_only=True)
class SettledSlice:
    """What was found out about one campaign at a vendor.

    Attributes:
        title: Its name at the vendor.

        provider: The account.

        channels: What it carries.

        found: Deliveries of which nobody knew, by what they are now: accepted, rejected, planned (proved not to have
            taken effect) or still unknown.

        opening: What is known by now of a request that makes the campaign and whose answer was lost; None: none was.

        reason: Why it stands still, for people.
    """

    title: str
    provider: str
    channels: tuple[Channel, ...]
    found: Mapping[State, int]
    opening: StepState | None
    reason: str


@attrs.frozen(kw_only=True)
class Settlement:
    """What was found out about a campaign.

    Attributes:
        campaign: Its name.

        round: Its round.

        slices: Campaigns at vendors of which something was unknown.

        unknown: Deliveries that are unknown now.

        unsettled: Campaigns at vendors that a lost answer still keeps from going on.

        exit_code: 0 when nothing is unknown any more; 7 otherwise, 4 when a vendor refused the account.
    """

    campaign: str
    round: int
    slices: tuple[SettledSlice, ...]
    unknown: int
    unsettled: int
    exit_code: int


@attrs.frozen(kw_only=True)
class Marked:
    """Whose word was taken for how much.

    Attributes:
        deliveries: Deliveries that were marked.

        openings: Requests that make a campaign at a vendor and were marked.

        titles: Campaigns at vendors in which somebody was marked unsent although they are, or may be, in it.
    """

    deliveries: int
    openings: int
    titles: tuple[str, ...]


async def settle(sending: Sending, *, wait: bool) -> Settlement:
    """Ask the vendors about everything unknown; contacts nobody.

    Args:
        sending: An opened journal, and the accounts.

        wait: Where "not found" proves nothing yet, sleep until it does, and ask again.

    Raises:
        EnvironmentProblem: The disk failed.
    """
    journal, key = sending.journal, sending.key
    before = [(one, await _asked(journal, one), await _openings(journal, one)) for one in await journal.slices(key)]
    while True:
        await sending.settle()
        ripe = await _ripe_at(sending)
        if not wait or ripe is None:
            break
        await next(iter(sending.lanes.values())).wait((ripe - sending.clock.now()).total_seconds())
    slices = {one.id: one for one in await journal.slices(key)}
    told = [
        await _told(journal, slices[one.id], asked, [row.position for row in openings])
        for one, asked, openings in before
        if asked or openings
    ]
    unknown, unsettled = await left(journal, key)
    halted = any(lane.halted for lane in sending.lanes.values())
    return Settlement(
        campaign=key.name,
        round=key.round,
        slices=tuple(told),
        unknown=unknown,
        unsettled=unsettled,
        exit_code=4 if halted else 7 if unknown + unsettled else 0,
    )


async def left(journal: Journal, key: CampaignKey) -> tuple[int, int]:
    """Count the deliveries that are unknown, and the slices that a lost answer keeps from going on."""
    deliveries = (await journal.counts(key)).deliveries
    unsettled = 0
    for one in await journal.slices(key):
        lost = await journal.batches(one.id, (Stage.LOAD_UNKNOWN,), limit=1, mixed=True)
        unsettled += bool(lost or await _openings(journal, one))
    return deliveries[State.UNKNOWN] + deliveries[State.IN_FLIGHT], unsettled


async def mark(  # keywords; what there is to say
    journal: Journal,
    key: CampaignKey,
    *,
    phones: Collection[str] | None,
    channel: Channel | None,
    sent: bool,
    by: str,
    reason: str,
    at: datetime,
) -> Marked:
    """Take a person's word for deliveries of whom nobody knows; all or nothing is checked before anything is written.

    Args:
        journal: Opened.

        key: The campaign.

        phones: E.164 numbers; None: everybody who is unknown.

        channel: The channel that is meant; None: the only one on which the number is unknown.

        sent: Whether they were contacted.

        by: Who says so.

        reason: How it is known.

        at: Now.

    Raises:
        SpecError: One of the numbers is not unknown, or on several channels; all of them are named. Nothing changed.
    """
    found: dict[str, list[tuple[Slice, int, int]]] = {}
    for one in await journal.slices(key):
        if channel is None or channel in one.channels:
            async for row, index in _unknown(journal, one):
                phone = row.people.phones[index]
                if phones is None or phone in phones:
                    found.setdefault(phone, []).append((one, row.seq, index))
    if phones is not None:
        await _refuse_others(journal, key, phones, found)
    people: dict[tuple[int, int], list[int]] = {}
    for one, seq, index in (place for places in found.values() for place in places):
        people.setdefault((one.id, seq), []).append(index)
    slices = {one.id: one for places in found.values() for one, _, _ in places}
    for (slice_id, seq), indexes in people.items():
        await journal.mark(slice_id, seq, indexes, sent=sent, by=by, reason=reason, at=at)
    return Marked(
        deliveries=sum(len(indexes) * len(slices[slice_id].channels) for (slice_id, _), indexes in people.items()),
        openings=0,
        titles=() if sent else tuple(sorted({one.title for one in slices.values()})),
    )


async def mark_openings(journal: Journal, key: CampaignKey, *, by: str, reason: str, at: datetime) -> Marked:
    """Take a person's word that no campaign was made at the vendor, wherever the answer to that request was lost.

    Such a request reaches nobody, so that a wrong word costs an empty campaign at the vendor and no more.

    Raises:
        SpecError: No such answer was lost.
    """
    lost = [(one, row) for one in await journal.slices(key) for row in await _openings(journal, one)]
    if not lost:
        msg = "no request that makes a campaign at a vendor waits for its answer; name people with --phone"
        raise SpecError([Problem(msg)])
    for one, row in lost:
        why = marked(by, reason, sent=False)
        await journal.conclude_step(one.id, row.step, row.position, StepState.UNSENT, at=at, reason=why)
    return Marked(deliveries=0, openings=len(lost), titles=())


async def _refuse_others(
    journal: Journal, key: CampaignKey, phones: Collection[str], found: Mapping[str, Sequence[object]]
) -> None:
    several = [phone for phone in phones if len(found.get(phone, ())) > 1]
    problems = [Problem("is unknown on more than one channel; say which with --channel", mask(one)) for one in several]
    absent = [phone for phone in phones if phone not in found]
    states: dict[str, set[str]] = {phone: set() for phone in absent}
    if absent:
        async for row in journal.deliveries(key):
            if row.phone in states:
                states[row.phone].add(f"{row.state} on {row.channel}" if row.channel else row.state)
    for phone, known in states.items():
        what = f"is {', '.join(sorted(known))}, not unknown" if known else "is in no delivery of this campaign"
        problems.append(Problem(f"{what}; only what nobody knows can be marked", mask(phone)))
    if problems:
        raise SpecError(problems)


async def _asked(journal: Journal, one: Slice) -> _Asked:
    """Give everybody of whom nobody knows, by batch."""
    return {
        row.seq: [row.people.phones[index] for index, stage in enumerate(_stages(row)) if stage in OPEN]
        async for row in _pages(journal, one, OPEN)
    }


async def _openings(journal: Journal, one: Slice) -> Sequence[StepRow]:
    steps = await journal.steps(one.id)
    return [row for row in steps if row.step is Step.OPEN and row.state is StepState.UNKNOWN]


async def _told(journal: Journal, one: Slice, asked: _Asked, openings: Sequence[int]) -> SettledSlice:
    found: Counter[State] = Counter()
    for seq, phones in asked.items():
        now = [row for row in await journal.batches(one.id, list(Stage), after=seq - 1, limit=1) if row.seq == seq]
        stages = {phone: stage for row in now for phone, stage in zip(row.people.phones, _stages(row), strict=True)}
        # Whoever is gone from the batch was proved not to be at the vendor, and waits in another one.
        found.update(_state(stages.get(phone, Stage.PLANNED)) for phone in phones)
    steps = {row.position: row.state for row in await journal.steps(one.id) if row.step is Step.OPEN}
    return SettledSlice(
        title=one.title,
        provider=one.provider,
        channels=one.channels,
        found={state: number * len(one.channels) for state, number in found.items()},
        opening=steps[openings[-1]] if openings else None,
        reason=one.reason,
    )


def _state(stage: Stage) -> State:
    return State.UNKNOWN if stage in OPEN else STATE_OF[stage]


async def _ripe_at(sending: Sending) -> datetime | None:
    """Say when "not found" will prove something about the last of what is unknown; None when waiting brings nothing."""
    times = []
    for one in await sending.journal.slices(sending.key):
        if one.provider not in sending.lanes:
            continue
        lag = timedelta(seconds=sending.lanes[one.provider].carrier.settings.settle_after)
        steps = [lost_at(row) for row in await sending.journal.steps(one.id) if row.state is StepState.UNKNOWN]
        loads = [lost_at(row) async for row in _pages(sending.journal, one, (Stage.LOAD_UNKNOWN,))]
        times += [time + lag for time in (*steps, *loads)]
    return max((time for time in times if time > sending.clock.now()), default=None)


async def _unknown(journal: Journal, one: Slice) -> AsyncIterator[tuple[BatchRow, int]]:
    async for row in _pages(journal, one, (Stage.UNKNOWN,)):
        for index, stage in enumerate(_stages(row)):
            if stage is Stage.UNKNOWN:
                yield row, index


async def _pages(journal: Journal, one: Slice, stages: Sequence[Stage]) -> AsyncIterator[BatchRow]:
    after = -1
    while rows := await journal.batches(one.id, stages, after=after, limit=_PAGE, mixed=True):
        after = rows[-1].seq
        for row in rows:
            yield row


def _stages(row: BatchRow) -> list[Stage]:
    return [row.exceptions.get(index, (row.stage, ""))[0] for index in range(len(row.people))]
