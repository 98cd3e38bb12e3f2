"""When ContactSwing may contact people: whole hours and days of one zone, and the first moment within them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs

from outreach.provider import Day, Window

WEEK = tuple(Day)


@attrs.frozen(kw_only=True)
class Hours:
    """Whole hours of the day: from ``start`` up to, not including, ``end``.

    Attributes:
        days: In the order of the week, at least one.

        start: Hour, 0 to 22.

        end: Hour, 1 to 23; no hour is left when it is not later than ``start``.
    """

    days: tuple[Day, ...]
    start: int
    end: int

    @property
    def possible(self) -> bool:
        """Whether an hour is left."""
        return 0 <= self.start < self.end <= 23

    def hold(self, local: datetime) -> bool:
        """Whether a moment, in the zone of the hours, lies within them."""
        return WEEK[local.weekday()] in self.days and self.start <= local.hour < self.end


#: Where the campaign has no window. ContactSwing requires one.
ALWAYS = Window(start=time(9), end=time(19))


def whole_hours(window: Window | None) -> Hours:
    """Give the hours of a window, narrowed inwards to whole ones, since ContactSwing's are numbers."""
    window = window or ALWAYS
    begun = window.start.replace(minute=0, second=0, microsecond=0) != window.start
    days = tuple(day for day in WEEK if day in window.days) or WEEK
    return Hours(days=days, start=window.start.hour + begun, end=window.end.hour)


def narrowed(window: Window) -> bool:
    """Whether ``whole_hours`` takes something off a window."""
    hours = whole_hours(window)
    return (window.start.hour, window.end) != (hours.start, time(hours.end))


def start_at(start: datetime, hours: Hours, zone: str) -> str:
    """Give the first moment within the hours that is not before ``start``, in ISO 8601 with the zone's offset then.

    It is a full minute, so that the moment has not passed by the time the request arrives.

    Raises:
        ValueError: The hours leave no moment; ``check`` has refused such a campaign.
    """
    minute = start.astimezone(UTC)
    if minute.second or minute.microsecond:
        minute = minute.replace(second=0, microsecond=0) + timedelta(minutes=1)
    local = minute.astimezone(ZoneInfo(zone))
    moments = (local, *_openings(local.date(), hours, zone)) if hours.possible else ()
    for moment in moments:
        if moment.astimezone(UTC) >= minute and hours.hold(moment):
            return moment.isoformat()
    msg = f"no moment lies within hours {hours.start} to {hours.end}"
    raise ValueError(msg)


def _openings(first: date, hours: Hours, zone: str) -> Iterator[datetime]:
    # A fortnight, since the one day of a week may have lost its only hour to summer time.
    for ahead in range(15):
        opening = datetime.combine(first + timedelta(days=ahead), time(hours.start), ZoneInfo(zone))
        # By way of UTC: an hour that summer time leaves out becomes the hour that follows it.
        yield opening.astimezone(UTC).astimezone(opening.tzinfo)
