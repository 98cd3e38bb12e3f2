"""What a world came to, counted at the receiving side and held against the books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import attrs
from arena import Arena
from vendors import Contact

from outreach.delivery.journal import DeliveryRow
from outreach.model import Channel, State
from outreach.planning.times import is_open
from outreach.standing import key_of

_HOUR = timedelta(hours=1)
_ON_THE_BOOKS = (State.ACCEPTED, State.UNKNOWN)


@attrs.frozen(kw_only=True)
class Verdict:
    """What is wrong, in words; ``unknown`` is no breach."""

    twice: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    overspent: tuple[str, ...] = ()
    unknown: int = 0
    contacted: int = 0
    left: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Say whether nothing was broken."""
        return not (self.twice or self.lost or self.overspent)


async def judge(arena: Arena) -> Verdict:
    """Count. Everything must have come to an end."""
    contacts = arena.vendors.contacts
    times = Counter((one.round, one.channel, one.phone) for one in contacts)
    lost: list[str] = []
    rows: list[DeliveryRow] = []
    journal = arena.disk.open(arena.clock.now())
    try:
        for round_ in range(1, arena.round + 1):
            key = key_of(arena.scene.campaign(arena.phones, round_))
            mine = [row async for row in journal.deliveries(key) if row.channel]
            lost += _misplaced(round_, mine, times)
            rows += mine
            if round_ == arena.round and not arena.refused:
                lost += _missing(arena, mine)
    finally:
        arena.disk.release(journal)
    return Verdict(
        twice=tuple(f"{key}: {count} times" for key, count in times.items() if count > 1),
        lost=tuple(lost),
        overspent=(*_overspent(arena, contacts), *arena.bugs),
        unknown=sum(row.state in {State.UNKNOWN, State.IN_FLIGHT} for row in rows),
        contacted=len(times),
        left=tuple(row.reason for row in rows if row.state is State.PLANNED),
    )


def _misplaced(round_: int, rows: Sequence[DeliveryRow], times: Counter[tuple[int, Channel, str]]) -> Iterable[str]:
    """Find people whose line in the report does not say what happened, or says nothing."""
    books = {(Channel(row.channel), row.phone): row for row in rows}
    for place, count in Counter((Channel(row.channel), row.phone) for row in rows).items():
        if count > 1:
            yield f"{place} stands {count} times in the report"
    for place, row in books.items():
        reached = times[round_, *place] > 0
        if row.state is State.ACCEPTED and not reached:
            yield f"{place} is accepted, but was never contacted"
        if reached and row.state not in _ON_THE_BOOKS:
            yield f"{place} was contacted, but is {row.state} ({row.reason})"
        if row.state is not State.ACCEPTED and not row.reason:
            yield f"{place} is {row.state} without a reason"
        if row.state is State.IN_FLIGHT:
            yield f"{place} is in flight, and nobody is at work"
    for other, channel, phone in times:
        if other == round_ and (channel, phone) not in books:
            yield f"{channel} {phone} was contacted, and stands nowhere in the report"


def _missing(arena: Arena, rows: Sequence[DeliveryRow]) -> Iterable[str]:
    known = {(row.channel, row.phone) for row in rows}
    for channel, _ in arena.scene.routes:
        for phone in arena.phones:
            if (channel.value, phone) not in known:
                yield f"{channel} {phone} stands nowhere in the report"


def _overspent(arena: Arena, contacts: Sequence[Contact]) -> Iterable[str]:
    """Find contacts beyond a limit, a list, or the campaign's hours.

    What counts is the moment at which the engine handed the request to the network: what comes later is the network's.
    """
    schedule, limits = arena.scene.schedule, arena.scene.limits
    for one in contacts:
        if arena.bars.barred(one.phone, one.asked):
            yield f"{one} was on the do-not-contact list"
        begins = one.at if one.later or one.channel is Channel.WHATSAPP else one.asked
        zone = "Asia/Kathmandu"
        if schedule.window and not is_open(schedule.window, zone, begins):
            yield f"{one} is outside the window"
        if schedule.expires and one.asked >= schedule.expires:
            yield f"{one} is past the end of the campaign"
        if schedule.start and one.at < schedule.start:
            yield f"{one} is before the start of the campaign"
    if limits.per_hour is not None:
        yield from _beyond(
            "limits.per_hour", [at for _, at in {(one.phone, one.asked) for one in contacts}], limits.per_hour, _HOUR
        )
    if limits.per_contact is not None and len(arena.scene.routes) == 1:
        for phone in {one.phone for one in contacts}:
            moments = [one.asked for one in contacts if one.phone == phone]
            yield from _beyond("limits.per_contact", moments, limits.per_contact.count, limits.per_contact.period)


def _beyond(limit: str, moments: Sequence[datetime], most: int, period: timedelta) -> Iterable[str]:
    ordered = sorted(moments)
    for first, last in zip(ordered, ordered[most:], strict=False):
        if last - first < period - timedelta(seconds=1):
            yield f"{limit}: more than {most} between {first} and {last}"
