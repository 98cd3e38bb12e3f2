"""Days, hours and the first moment within them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.provider import Day, Window
from outreach_contactswing.hours import ALWAYS, Hours, narrowed, start_at, whole_hours

WORKDAYS = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI)
OFFICE = Hours(days=WORKDAYS, start=10, end=18)
EVERY_DAY = tuple(Day)


@pytest.mark.parametrize(
    ("start", "end", "hours", "less"),
    [
        (time(10), time(18), (10, 18), False),
        (time(10, 30), time(18), (11, 18), True),
        (time(10), time(18, 45), (10, 18), True),
        (time(10, 0, 1), time(18, 0, 0, 1), (11, 18), True),
        (time(0), time(23, 59), (0, 23), True),
        (time(10, 15), time(10, 45), (11, 10), True),
    ],
)
def test_a_window_is_narrowed_inwards(start: time, end: time, hours: tuple[int, int], less: bool) -> None:
    """Whole hours never reach beyond the author's."""
    window = Window(start=start, end=end)

    assert (whole_hours(window).start, whole_hours(window).end) == hours
    assert narrowed(window) is less


def test_days_stand_in_the_order_of_the_week() -> None:
    """All of them where the window names none, and none twice."""
    assert whole_hours(Window(start=time(9), end=time(10))).days == EVERY_DAY
    assert whole_hours(Window(start=time(9), end=time(10), days=(Day.SUN, Day.MON, Day.SUN))).days == (Day.MON, Day.SUN)


def test_without_a_window_it_is_nine_to_nineteen() -> None:
    """Every day."""
    assert whole_hours(None) == whole_hours(ALWAYS) == Hours(days=EVERY_DAY, start=9, end=19)


@pytest.mark.parametrize(
    ("start", "hours", "zone", "expected"),
    [
        # Within the hours: as it is.
        ("2026-12-01T04:30:00+00:00", OFFICE, "Asia/Kathmandu", "2026-12-01T10:15:00+05:45"),
        ("2026-12-01T10:00:00+05:45", OFFICE, "Asia/Kathmandu", "2026-12-01T10:00:00+05:45"),
        # A started minute is made full, so that it has not passed on arrival.
        ("2026-12-01T10:00:00.5+05:45", OFFICE, "Asia/Kathmandu", "2026-12-01T10:01:00+05:45"),
        # Before, behind, and in the last minute.
        ("2026-12-01T03:00:00+05:45", OFFICE, "Asia/Kathmandu", "2026-12-01T10:00:00+05:45"),
        ("2026-12-01T18:00:00+05:45", OFFICE, "Asia/Kathmandu", "2026-12-02T10:00:00+05:45"),
        ("2026-12-01T17:59:30+05:45", OFFICE, "Asia/Kathmandu", "2026-12-02T10:00:00+05:45"),
        # Friday evening and Saturday go over to Monday; the weekday is the zone's, not UTC's.
        ("2026-12-04T18:00:00+05:45", OFFICE, "Asia/Kathmandu", "2026-12-07T10:00:00+05:45"),
        ("2026-12-05T12:00:00+05:45", OFFICE, "Asia/Kathmandu", "2026-12-07T10:00:00+05:45"),
        ("2026-12-06T19:00:00+00:00", OFFICE, "Asia/Kathmandu", "2026-12-07T10:00:00+05:45"),
        ("2026-12-01T12:00:00+00:00", Hours(days=(Day.TUE,), start=9, end=10), "UTC", "2026-12-08T09:00:00+00:00"),
        # The offset is that of the day: New York moves on 8 March and 1 November 2026.
        ("2026-03-07T20:00:00-05:00", whole_hours(ALWAYS), "America/New_York", "2026-03-08T09:00:00-04:00"),
        ("2026-10-31T20:00:00-04:00", whole_hours(ALWAYS), "America/New_York", "2026-11-01T09:00:00-05:00"),
        # Two o'clock does not exist on 8 March: the hour after it, or the next day where it was the only one.
        ("2026-03-08T00:00:00-05:00", Hours(days=EVERY_DAY, start=2, end=5), "America/New_York",
         "2026-03-08T03:00:00-04:00"),
        ("2026-03-08T00:00:00-05:00", Hours(days=EVERY_DAY, start=2, end=3), "America/New_York",
         "2026-03-09T02:00:00-04:00"),
        ("2026-03-08T00:00:00-05:00", Hours(days=(Day.SUN,), start=2, end=3), "America/New_York",
         "2026-03-15T02:00:00-04:00"),
        # One o'clock comes twice on 1 November: the second one stays the second one.
        ("2026-11-01T06:30:00+00:00", Hours(days=EVERY_DAY, start=1, end=2), "America/New_York",
         "2026-11-01T01:30:00-05:00"),
    ],
)  # fmt: skip
def test_the_first_moment_lies_within_the_hours(start: str, hours: Hours, zone: str, expected: str) -> None:
    """It is not before the start, and bears the zone's offset of that day."""
    assert start_at(datetime.fromisoformat(start), hours, zone) == expected


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis asks for naive bounds
    st.sets(st.sampled_from(EVERY_DAY), min_size=1),
    st.integers(0, 22).flatmap(lambda start: st.tuples(st.just(start), st.integers(start + 1, 23))),
    st.sampled_from(["Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "UTC", "Africa/Casablanca"]),
)
def test_any_start_is_moved_into_the_hours(start: datetime, days: set[Day], hours: tuple[int, int], zone: str) -> None:
    """Within the days and hours, at or after the start, at a full minute, in the zone's own offset."""
    opened = Hours(days=tuple(day for day in EVERY_DAY if day in days), start=hours[0], end=hours[1])

    moment = datetime.fromisoformat(start_at(start, opened, zone))

    assert start <= moment < start + timedelta(days=15)
    assert opened.hold(moment)
    assert (moment.second, moment.microsecond) == (0, 0)
    assert moment.utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset()


@pytest.mark.parametrize(("start", "end"), [(11, 10), (10, 10), (-1, 5), (0, 24)])
def test_hours_that_leave_no_moment_are_an_error(start: int, end: int) -> None:
    """The plan refuses such a window; nothing is sent at a made-up time."""
    with pytest.raises(ValueError, match="no moment"):
        start_at(datetime(2026, 12, 1, tzinfo=UTC), Hours(days=EVERY_DAY, start=start, end=end), "UTC")
