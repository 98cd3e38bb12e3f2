"""Stop a campaign: no further request, and the vendors asked where they can be."""

from __future__ import annotations

from pathlib import Path

import attrs

from outreach.delivery import stopping
from outreach.delivery.clock import Clock
from outreach.delivery.journal import CampaignKey, Journal, Slice
from outreach.delivery.lane import Held
from outreach.delivery.stopping import Wish
from outreach.errors import JournalInUse
from outreach.model import Campaign, State
from outreach.planning.carrier import job
from outreach.sending import Sending
from outreach.standing import opened

#: Seconds between two looks whether a running send has ended.
_EVERY = 0.2


@attrs.frozen(kw_only=True)
class Asked:
    """What a vendor said to the wish that its campaign be stopped; ``stopped``: None where it cannot be asked."""

    title: str
    provider: str
    stopped: bool | None
    reason: str


@attrs.frozen(kw_only=True)
class Stopping:
    """What became of the wish to stop.

    Attributes:
        campaign: Its name.

        round: Its round.

        wish: Who asked first, and when.

        running: A send is still finishing the requests under way; the figures below are not known then.

        slipped: Deliveries that a vendor accepted after the wish.

        unknown: Deliveries that became unknown after the wish.

        left: Deliveries that are not attempted.

        launched: Campaigns at vendors that go on by themselves: title and provider.

        vendors: What the vendors said, where they were asked.
    """

    campaign: str
    round: int
    wish: Wish
    running: bool = False
    slipped: int = 0
    unknown: int = 0
    left: int = 0
    launched: tuple[tuple[str, str], ...] = ()
    vendors: tuple[Asked, ...] = ()


async def stop(path: Path, wish: Wish, *, clock: Clock, patience: float) -> Stopping:
    """Ask for the end, wait for it at most ``patience`` seconds, and count what slipped through.

    Raises:
        EnvironmentProblem: The wish cannot be written down.

        JournalError: The journal is damaged or was copied. The wish is written down all the same.
    """
    flag = stopping.beside(path)
    stopping.ask(flag, wish)
    first = next(one for one in stopping.wishes(flag) if one.key == wish.key)
    found = Stopping(campaign=wish.campaign, round=wish.round, wish=first)
    if not path.exists():  # noqa: ASYNC240  # one look at the disk before there is anything to wait for
        return found
    end = clock.monotonic() + patience
    while True:
        try:
            async with opened(path) as journal:
                return await _counted(journal, found)
        except JournalInUse:
            if clock.monotonic() >= end:
                return attrs.evolve(found, running=True)
        await clock.sleep(_EVERY)


async def _counted(journal: Journal, found: Stopping) -> Stopping:
    key = found.wish.key
    late = {State.ACCEPTED: 0, State.UNKNOWN: 0}
    async for row in journal.deliveries(key):
        if row.state in late and row.updated_at >= found.wish.at:
            late[row.state] += 1
    left = (await journal.counts(key)).deliveries[State.PLANNED]
    launched = tuple((one.title, one.provider) for one in await _launched(journal, key))
    return attrs.evolve(found, slipped=late[State.ACCEPTED], unknown=late[State.UNKNOWN], left=left, launched=launched)


async def _launched(journal: Journal, key: CampaignKey) -> list[Slice]:
    return [one for one in await journal.slices(key) if one.closed]


async def ask_vendors(sending: Sending) -> tuple[Asked, ...]:
    """Ask every vendor to stop what was launched there. Best effort: what was rung was rung."""
    launched = await _launched(sending.journal, sending.key)
    return tuple([await _ask(sending, sending.campaign, one) for one in launched])


async def _ask(sending: Sending, campaign: Campaign, one: Slice) -> Asked:
    lane = sending.lanes.get(one.provider)
    if lane is None:
        reason = f"the campaign no longer has a route through {one.provider}"
        return Asked(title=one.title, provider=one.provider, stopped=None, reason=reason)
    now = sending.clock.now()
    start = one.start or now
    made = job(
        campaign, lane.carrier, one.channels, zone=one.zone, title=one.title, marker=one.marker, start=start, now=now
    )
    question = lane.carrier.provider.halt(made)
    if question is None:
        reason = "this vendor has no request that stops a campaign; look for it in its dashboard"
        return Asked(title=one.title, provider=one.provider, stopped=None, reason=reason)
    try:
        settled = await lane.answer(question, one.refs)
    except Held as held:
        return Asked(title=one.title, provider=one.provider, stopped=False, reason=str(held))
    stopped = settled is not None and settled.happened is True
    reason = settled.reason if settled else "the vendor did not confirm it; look at it there"
    return Asked(title=one.title, provider=one.provider, stopped=stopped, reason=reason)
