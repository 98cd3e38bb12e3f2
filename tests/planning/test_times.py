"""When people may be reached."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.model import Day, Schedule, Window
from outreach.planning.times import due, is_open, next_open

KATHMANDU = "Asia/Kathmandu"


def at(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


OFFICE = Window(start=time(10), end=time(18), days=(Day.SUN, Day.MON))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-12-06T10:00:00+05:45", "2026-12-06T10:00:00+05:45"),  # a Sunday, at the minute
        ("2026-12-06T09:59:59+05:45", "2026-12-06T10:00:00+05:45"),
        ("2026-12-06T18:00:00+05:45", "2026-12-07T10:00:00+05:45"),  # the end does not belong to it
        ("2026-12-07T17:59:59+05:45", "2026-12-07T17:59:59+05:45"),
        ("2026-12-08T12:00:00+05:45", "2026-12-13T10:00:00+05:45"),  # Tuesday waits for Sunday
        ("2026-12-06T04:14:59+00:00", "2026-12-06T10:00:00+05:45"),  # the quarter hour counts
    ],
)
def test_a_window_opens_in_the_peoples_own_zone(now: str, opens: str) -> None:
    """Hours and days count where the people are, to the second, at +05:45 too."""
    assert next_open(OFFICE, KATHMANDU, at(now)) == at(opens)


def test_a_stated_zone_counts_instead_of_the_peoples() -> None:
    """A window with a zone of its own is open at the same instant for everybody."""
    window = Window(start=time(9), end=time(10), zone="Asia/Kolkata")

    assert is_open(window, "America/New_York", at("2026-12-06T09:30:00+05:30"))
    assert not is_open(window, "Asia/Kolkata", at("2026-12-06T10:00:00+05:30"))


@pytest.mark.parametrize(
    ("zone", "now", "opens"),
    [
        # 02:30 does not exist on 8 March 2026 in New York; the window opens with the first moment after the gap.
        ("America/New_York", "2026-03-08T01:59:00-05:00", "2026-03-08T03:30:00-04:00"),
        # 01:30 comes twice on 1 November 2026; it is open from the first.
        ("America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-01T02:30:00-05:00"),
        # Lord Howe moves by half an hour.
        ("Australia/Lord_Howe", "2026-10-04T01:59:00+10:30", "2026-10-04T02:30:00+11:00"),
    ],
)
def test_clock_changes_neither_lose_nor_repeat_a_day(zone: str, now: str, opens: str) -> None:
    """A window on the day of a clock change opens once, at a time that exists."""
    window = Window(start=time(2, 30), end=time(5))

    assert next_open(window, zone, at(now)) == at(opens)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001  # made aware below
    hours=st.tuples(st.integers(0, 22), st.integers(1, 23)).filter(lambda pair: pair[0] < pair[1]),
    days=st.sets(st.sampled_from(Day), min_size=1),
    zone=st.sampled_from([KATHMANDU, "Asia/Kolkata", "Europe/London", "America/New_York", "Australia/Lord_Howe"]),
)
def test_the_next_opening_is_open_and_there_is_none_before(
    now: datetime, hours: tuple[int, int], days: set[Day], zone: str
) -> None:
    """What next_open gives lies inside the window, not before now, and every quarter hour before it is closed."""
    window = Window(start=time(hours[0]), end=time(hours[1]), days=tuple(days))
    moment = now.replace(tzinfo=UTC)

    opening = next_open(window, zone, moment)

    assert opening >= moment
    assert is_open(window, zone, opening)
    step = timedelta(minutes=15)
    for number in range(int((opening - moment) / step)):
        assert not is_open(window, zone, moment + number * step)


def test_start_window_and_expiry_act_together() -> None:
    """Nothing is due before the start; what would be due at or after the expiry never is."""
    window = Window(start=time(10), end=time(18))
    schedule = Schedule(start=at("2026-12-01T20:00:00+05:45"), expires=at("2026-12-02T10:00:00+05:45"), window=window)

    found = due(schedule, KATHMANDU, at("2026-11-30T00:00:00+00:00"))

    assert found.at == at("2026-12-02T10:00:00+05:45")
    assert found.expired
    assert not due(Schedule(), KATHMANDU, datetime.now(ZoneInfo(KATHMANDU))).expired
