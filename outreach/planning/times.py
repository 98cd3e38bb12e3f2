"""When people may be reached: pure arithmetic over windows, zones and instants; the clock is passed in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import attrs

from outreach.model import RECIPIENT, Day, Schedule, Window

_DAYS = tuple(Day)
#: A window names at least one day of the week, and a day may have no such hour (a clock change): two weeks suffice.
_HORIZON = 15


@attrs.frozen
class Due:
    """When something may go out.

    Attributes:
        at: The first moment not before now at which people may be reached.

        expired: ``at`` is not before the campaign's ``expires``, so it never may.
    """

    at: datetime
    expired: bool = False


def due(schedule: Schedule, zone: str, now: datetime) -> Due:
    """Say when people of a zone may first be reached."""
    moment = max(now, schedule.start) if schedule.start else now
    if schedule.window:
        moment = next_open(schedule.window, zone, moment)
    return Due(moment, expired=schedule.expires is not None and moment >= schedule.expires)


def zone_of_window(window: Window, zone: str) -> str:
    """Give the zone in which a window's hours count for people of ``zone``."""
    return zone if window.zone == RECIPIENT else window.zone


def is_open(window: Window, zone: str, moment: datetime) -> bool:
    """Say whether people of a zone may be reached at a moment."""
    local = moment.astimezone(_zone(zone_of_window(window, zone)))
    return _on(window, local.date()) and window.start <= local.time() < window.end


def next_open(window: Window, zone: str, moment: datetime) -> datetime:
    """Give the first moment not before ``moment`` at which people of a zone may be reached."""
    if is_open(window, zone, moment):
        return moment
    tz = _zone(zone_of_window(window, zone))
    today = moment.astimezone(tz).date()
    for ahead in range(_HORIZON):
        day = today + timedelta(days=ahead)
        opening = _instant(day, window.start, tz)
        if _on(window, day) and opening >= moment and is_open(window, zone, opening):
            return opening
    msg = f"the window {window.start:%H:%M} to {window.end:%H:%M} never opens in {tz.key}"
    raise ValueError(msg)


def _on(window: Window, day: date) -> bool:
    return not window.days or _DAYS[day.weekday()] in window.days


def _instant(day: date, clock: time, tz: ZoneInfo) -> datetime:
    """Give the instant of a wall-clock time; one that a clock change skips becomes the first moment after it."""
    return datetime.combine(day, clock, tz).astimezone(UTC)


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
