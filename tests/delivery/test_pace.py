"""Requests are spaced, and people are counted over time."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.pace import Pace, Quota

EPSILON = 1e-6
gaps = st.lists(st.floats(0, 3), min_size=1, max_size=200)


def departures(pace: Pace, arrivals: list[float]) -> list[float]:
    """Give the moments at which requests that arrive at these times go out."""
    return [now + pace.reserve(now) for now in arrivals]


def accumulated(steps: list[float], begin: float = 1e6) -> list[float]:
    """Turn gaps into times, on a clock that has run for days."""
    times = [begin]
    for step in steps:
        times.append(times[-1] + step)
    return times


def fullest(times: list[float], window: float) -> int:
    """Count the most events in any half-open window."""
    return max(sum(begin <= at < begin + window - EPSILON for at in times) for begin in times)


@given(steps=gaps, rate=st.floats(0.1, 200), burst=st.integers(1, 20), window=st.floats(0.05, 10))
def test_no_window_holds_more_than_the_rate_and_the_burst(
    steps: list[float], rate: float, burst: int, window: float
) -> None:
    """However requests arrive, any stretch of T seconds holds at most rate * T + burst of them."""
    times = departures(Pace(rate, burst), accumulated(steps))

    assert fullest(times, window) <= rate * window + burst
    assert fullest(times, 1.0) <= rate + burst


@given(steps=gaps, rate=st.floats(0.1, 200), data=st.data())
def test_a_penalty_never_makes_it_faster(steps: list[float], rate: float, data: st.DataObject) -> None:
    """Nothing that is reserved after a penalty goes before its end, and the pace still holds."""
    pace, times, held = Pace(rate, 5), [], -math.inf
    for now in accumulated(steps):
        if data.draw(st.booleans()):
            held = max(held, now + 2)
            pace.penalise(now + 2)
        times.append(now + pace.reserve(now))

        assert times[-1] >= held - EPSILON
    assert fullest(times, 1.0) <= rate + 5


def test_a_steady_stream_gets_the_whole_rate() -> None:
    """A thousand requests at 50 a second take 999 intervals of 20 ms, no more."""
    times = departures(Pace(50), [0.0] * 1000)

    assert times[-1] == pytest.approx(999 / 50)
    assert max(later - earlier for earlier, later in pairwise(times)) == pytest.approx(0.02)


def test_a_late_comer_does_not_get_what_was_not_used() -> None:
    """After a quiet time the burst is full, and no more than full."""
    pace = Pace(10, burst=3)
    pace.reserve(0.0)

    assert departures(pace, [100.0] * 5) == pytest.approx([100.0, 100.0, 100.0, 100.1, 100.2])


def test_a_penalty_holds_and_then_slows_down_for_a_while() -> None:
    """After 429 nothing goes until the end of the pause, then at half the pace, recovering step by step."""
    pace = Pace(10, burst=3)
    pace.reserve(0.0)
    pace.penalise(5.0)
    times = departures(pace, [0.0] * 40)
    steps = [later - earlier for earlier, later in pairwise(times)]

    assert times[0] == pytest.approx(5.0)
    assert steps[0] == pytest.approx(0.2)
    assert steps == pytest.approx(sorted(steps, reverse=True))
    assert steps[-1] == pytest.approx(0.1)


def test_answers_to_requests_that_went_out_together_slow_down_once() -> None:
    """Four refusals in a row are one sign, not four."""
    once, often = Pace(10), Pace(10)
    for pace, refusals in ((once, 1), (often, 4)):
        pace.reserve(0.0)
        for _ in range(refusals):
            pace.penalise(1.0)

    assert departures(often, [1.0] * 9) == departures(once, [1.0] * 9)


def test_repeated_penalties_slow_down_further_but_not_to_a_standstill() -> None:
    """A vendor that refuses time and again is asked ever more rarely, at most 32 times as slow."""
    pace = Pace(10)
    for second in range(100):
        pace.reserve(float(second))
        pace.penalise(float(second))
    times = departures(pace, [1000.0, 1000.0])

    assert times == pytest.approx([1000.0, 1003.2])


def test_held_tells_a_sleeper_that_the_vendor_refused_meanwhile() -> None:
    """Whoever slept for its turn asks again before sending."""
    pace = Pace(10)
    pace.reserve(0.0)

    assert pace.held(0.0) == 0.0
    pace.penalise(5.0)
    assert pace.held(1.0) == 4.0
    pace.penalise(3.0)
    assert pace.held(1.0) == 4.0
    assert pace.held(6.0) == 0.0


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (math.inf, 1), (math.nan, 1), (1, 0)])
def test_a_pace_that_makes_no_sense_is_refused(rate: float, burst: int) -> None:
    """A rate of zero would wait forever and an endless one would not wait at all."""
    with pytest.raises(ValueError, match="a pace needs"):
        Pace(rate, burst)


@given(
    steps=gaps,
    people=st.lists(st.integers(1, 50), min_size=1, max_size=20),
    limit=st.integers(50, 200),
    period=st.floats(0.5, 100),
)
def test_no_period_holds_more_people_than_the_limit(
    steps: list[float], people: list[int], limit: int, period: float
) -> None:
    """A sender that obeys ``wait`` never exceeds the quota, and never waits longer than a period."""
    quota, now, spent = Quota(limit, period), 0.0, []
    for index, step in enumerate(steps):
        wait = quota.wait(now, people[index % len(people)])
        assert 0 <= wait <= period + EPSILON
        now += wait
        quota.spend(now, people[index % len(people)])
        spent.append((now, people[index % len(people)]))
        now += step

    for begin, _ in spent:
        assert sum(n for at, n in spent if begin <= at < begin + period - 2 * EPSILON) <= limit


def test_a_wait_is_as_short_as_it_can_be() -> None:
    """Only as many of the oldest have to leave as are in the way."""
    quota = Quota(10, 60)
    for at, people in ((0.0, 4), (10.0, 3), (20.0, 3)):
        quota.spend(at, people)

    assert [quota.wait(30.0, people) for people in (0, 1, 4, 5, 7, 8, 10)] == [0, 30, 30, 40, 40, 50, 50]
    assert quota.wait(60.0, 4) == 0


def test_what_happened_before_counts() -> None:
    """The journal's past goes in, in any order, even where it exceeds the limit."""
    quota = Quota(10, 60, [(5.0, 8), (0.0, 8)])

    assert quota.wait(10.0, 1) == 50.0
    assert quota.wait(10.0, 10) == 55.0
    assert quota.wait(60.0, 2) == 0.0


def test_what_lies_ahead_of_the_clock_does_not_shorten_a_wait() -> None:
    """Where the past holds a later time than the clock, whoever is counted now stands behind it."""
    quota = Quota(3, 60, [(0.0, 1), (20.0, 1)])
    quota.spend(10.0, 1)

    assert quota.wait(10.0, 3) == 70.0


def test_a_quota_of_one_lets_one_go() -> None:
    """One person an hour is a quota."""
    quota = Quota(1, 60)
    quota.spend(0.0, 1)

    assert quota.wait(0.0, 1) == 60.0


def test_a_penalty_counts_before_the_first_request() -> None:
    """An account that is known to be slowed down begins at half its pace."""
    pace = Pace(1)
    pace.penalise(10.0)

    assert departures(pace, [0.0, 0.0]) == [10.0, 12.0]


def test_what_is_given_back_can_be_spent_again() -> None:
    """Exactly what was spent at that moment is taken back; what was never spent gives nothing."""
    quota = Quota(10, 60)
    quota.spend(0.0, 4)
    quota.spend(5.0, 6)

    quota.give_back(5.0, 4)
    assert quota.wait(6.0, 1) == 54.0
    quota.give_back(5.0, 6)

    assert [quota.wait(6.0, people) for people in (6, 7)] == [0.0, 54.0]


def test_what_was_spent_can_count_from_later_on() -> None:
    """Nobody is counted twice or lost by that, and what came meanwhile keeps its own time."""
    quota = Quota(12, 60)
    quota.spend(0.0, 4)
    quota.spend(5.0, 6)

    quota.delay(0.0, 20.0, 4)

    assert [quota.wait(20.0, people) for people in (2, 3, 8, 9, 12)] == [0.0, 45.0, 45.0, 60.0, 60.0]


def test_more_people_than_the_limit_never_fit() -> None:
    """The wait is endless: the batch has to be made smaller."""
    assert Quota(10, 60).wait(0.0, 11) == math.inf


def test_spending_without_waiting_is_refused() -> None:
    """A sender that does not obey is our mistake, and stopped before it reaches anybody."""
    quota = Quota(10, 60)
    quota.spend(0.0, 10)

    with pytest.raises(ValueError, match="1 more would exceed the quota of 10 in 60 s"):
        quota.spend(59.0, 1)


@pytest.mark.parametrize(("limit", "period"), [(0, 60), (1, 0), (1, -1), (1, math.nan)])
def test_a_quota_that_makes_no_sense_is_refused(limit: int, period: float) -> None:
    """A quota of nobody, or over no time, is a mistake."""
    with pytest.raises(ValueError, match="a quota needs"):
        Quota(limit, period)


def test_what_is_given_back_makes_room_again() -> None:
    """People who were proved not to have been reached no longer count; giving back twice changes nothing."""
    quota = Quota(5, 3600.0)
    quota.spend(10.0, 3)
    quota.spend(20.0, 2)

    quota.give_back(10.0, 3)
    quota.give_back(10.0, 3)

    assert quota.wait(20.0, 3) == 0
    assert quota.wait(20.0, 4) > 0
