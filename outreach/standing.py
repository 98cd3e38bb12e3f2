"""Where a campaign stands: from its journal, or, while a send holds the journal, from what that process tells."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs

from outreach.delivery import livestatus
from outreach.delivery.brief import open_soon
from outreach.delivery.clock import SystemClock
from outreach.delivery.journal import CampaignKey, Counts, Journal
from outreach.delivery.run import WAITING, Ended
from outreach.errors import JournalInUse
from outreach.model import Campaign, Channel, Schedule, State, Status
from outreach.planning.carrier import hours
from outreach.planning.times import due
from outreach.planning.values import Rows
from outreach.plugins import load_plugins
from outreach.results import Summary

#: Routes are shown by channel, in this order.
_ORDER = {str(channel): place for place, channel in enumerate(Channel)}


#: Looks at a journal that somebody holds without telling how it stands, and seconds between two of them.
MOST_LOOKS = 20
BETWEEN_LOOKS = 0.05


class LiveStatus:
    """Tells other processes how a send stands; a disk that does not take it stops nothing."""

    def __init__(self, journal: Path) -> None:
        self._path = livestatus.beside(journal)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            livestatus.remove(self._path)

    def write(self, summary: Summary) -> None:
        """Tell."""
        with suppress(OSError):
            livestatus.write(self._path, {**_picture(summary), "pid": os.getpid()})


async def standing(campaign: Campaign, path: Path) -> Summary:
    """Say where a campaign stands.

    Raises:
        JournalError: The journal is damaged or was copied.

        JournalInUse: Another process holds it and does not tell about this campaign.
    """
    key = key_of(campaign)
    if not path.exists():  # noqa: ASYNC240  # one look at the disk before there is anything to wait for
        nothing = Counts(deliveries=dict.fromkeys(State, 0), skipped={}, statuses={}, routes={}, reasons={})
        return summary(key, "", Rows(read=0, used=0, skipped={}), nothing, Ended())
    looks = 1
    while True:
        try:
            async with opened(path) as journal:
                return await _standing(campaign, journal)
        except JournalInUse:
            told = livestatus.read(livestatus.beside(path))
            if told is not None and (told["campaign"], told["round"]) == (key.name, key.round):
                return _summary(told)
            if told is not None or looks == MOST_LOOKS:
                raise
        looks += 1
        # A send that begins or ends holds the journal for a moment in which it tells nothing.
        await asyncio.sleep(BETWEEN_LOOKS)


async def standing_in(campaign: Campaign, path: Path, held: Journal | None) -> Summary:
    """Say where a campaign stands, from a journal that this process may hold already.

    Raises:
        JournalError: As ``standing`` does.
    """
    return await (_standing(campaign, held) if held else standing(campaign, path))


async def _standing(campaign: Campaign, journal: Journal) -> Summary:
    key = key_of(campaign)
    counts, planned = await journal.counts(key), await journal.last_plan(key)
    ended = await _waiting(campaign, journal, counts)
    digest, rows = planned or ("", {"read": 0, "used": 0, "skipped": {}})
    return summary(key, digest, _rows(rows), counts, ended)


async def _waiting(campaign: Campaign, journal: Journal, counts: Counts) -> Ended:
    """Say how many are not due yet, and when the first of them is."""
    waiting = counts.reasons.get((State.PLANNED, WAITING), 0)
    if not waiting:
        return Ended()
    places = {(one.provider, one.zone) for one in await journal.slices(key_of(campaign)) if one.reason == WAITING}
    now = SystemClock().now()
    moments = (due(_schedule(campaign, provider), zone, now).at for provider, zone in places)
    return Ended(waiting=waiting, next=min(moments, default=None))


def _schedule(campaign: Campaign, name: str) -> Schedule:
    """Give when a provider's people may be reached; one that is not installed any more is not asked for its hours."""
    provider = load_plugins().providers.get(name) if campaign.schedule.window is None else None
    return hours(campaign, provider) if provider else campaign.schedule


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Journal]:
    """Open a journal to look into it."""
    async with await open_soon(path, SystemClock()) as journal:
        yield journal


def key_of(campaign: Campaign) -> CampaignKey:
    """Give the identity of a campaign in its journal."""
    return CampaignKey(campaign.name, campaign.round)


def summary(
    key: CampaignKey, digest: str, rows: Rows, counts: Counts, ended: Ended, *, halted: bool = False, down: bool = False
) -> Summary:
    """Put into one value what the journal counts and how a run ended."""
    return Summary(
        campaign=key.name,
        round=key.round,
        plan=digest,
        rows=rows,
        deliveries=counts.deliveries,
        skipped=counts.skipped,
        statuses=counts.statuses,
        routes=dict(sorted(counts.routes.items(), key=lambda one: _ORDER.get(one[0][0], len(_ORDER)))),
        reasons=counts.reasons,
        waiting=ended.waiting,
        next=ended.next,
        interrupted=ended.interrupted,
        stopped=ended.stopped,
        exit_code=exit_code(counts, ended, halted=halted, down=down),
    )


def exit_code(counts: Counts, ended: Ended, *, halted: bool, down: bool) -> int:
    """Say in one number how a call ended; what a person must mend first wins.

    Args:
        counts: The campaign by numbers.

        ended: How the run ended.

        halted: A vendor refused an account; counts where something is left over.

        down: A vendor could not be reached; counts as above.
    """
    # What was stopped waits for a person, not for its hour.
    left = counts.deliveries[State.PLANNED] - (0 if ended.stopped else ended.waiting)
    short = left + counts.deliveries[State.REJECTED] + counts.deliveries[State.CANCELLED]
    unknown = counts.deliveries[State.UNKNOWN] + counts.deliveries[State.IN_FLIGHT] + ended.unsettled
    # An account that another provider stood in for needs no hand before the next call.
    undone = short + unknown > 0
    verdicts = (
        (ended.interrupted, 130),
        (halted and undone, 4),
        (unknown > 0, 7),
        (down and undone, 5),
        (short > 0, 1),
    )
    return next((code for holds, code in verdicts if holds), 0)


def _picture(one: Summary) -> Mapping[str, Any]:
    plain = ("campaign", "round", "plan", "skipped", "waiting")
    return {
        **{name: getattr(one, name) for name in plain},
        "rows": attrs.asdict(one.rows),
        "deliveries": {str(state): count for state, count in one.deliveries.items()},
        "statuses": {str(status): count for status, count in one.statuses.items()},
        "routes": [[*route, {str(state): count for state, count in by.items()}] for route, by in one.routes.items()],
    }


def _summary(told: Mapping[str, Any]) -> Summary:
    return Summary(
        **{name: told[name] for name in ("campaign", "round", "plan", "skipped", "waiting")},
        rows=_rows(told["rows"]),
        deliveries={State(state): count for state, count in told["deliveries"].items()},
        statuses={Status(status): count for status, count in told["statuses"].items()},
        routes={
            (channel, provider): {State(state): count for state, count in by.items()}
            for channel, provider, by in told["routes"]
        },
        running=True,
    )


def _rows(told: Mapping[str, Any]) -> Rows:
    return Rows(read=told["read"], used=told["used"], skipped=told["skipped"])
