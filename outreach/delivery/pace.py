"""How fast requests may go, and how many people in a time. Pure decisions: the clock is passed in, nobody sleeps.

Times are seconds of one clock that does not run backwards.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from itertools import accumulate

#: A penalised pace is at most so many times slower.
SLOWEST = 32.0

#: Each request that goes out under a penalty brings the pace back by this factor.
RECOVERY = 0.9

#: Seconds by which a wait may fall short through rounding.
_ROUNDING = 1e-6


class Pace:
    """Spaces requests evenly (the generic cell rate algorithm): T seconds hold at most ``rate * T + burst``.

    Args:
        rate: Most requests per second.

        burst: Requests that may go at once after a quiet time.

    Raises:
        ValueError: The rate is not above zero, or the burst is below one.
    """

    def __init__(self, rate: float, burst: int = 1) -> None:
        if not 0 < rate < math.inf or burst < 1:
            msg = f"a pace needs a rate above 0 and a burst of at least 1, not {rate} and {burst}"
            raise ValueError(msg)
        self._interval = 1.0 / rate
        self._slack = (burst - 1) * self._interval
        self._next = -math.inf
        self._held_until = -math.inf
        self._slower = 1.0
        self._used = True

    def reserve(self, now: float) -> float:
        """Take the next free moment and give the seconds until then; it cannot be given back."""
        at = max(now, self._next - self._slack)
        self._next = max(self._next, at) + self._interval * self._slower
        self._slower = max(1.0, self._slower * RECOVERY)
        self._used = True
        return at - now

    def penalise(self, until: float) -> None:
        """Let nothing go before ``until`` (the vendor said 429), then go on at half the pace, recovering step by step.

        Several answers to requests that went out together slow down once.
        """
        self._held_until = max(self._held_until, until)
        self._next = max(self._next, until + self._slack)
        if self._used:
            self._slower = min(SLOWEST, self._slower * 2)
        self._used = False

    def held(self, now: float) -> float:
        """Give the seconds for which nothing may go; to be asked again after a sleep, before sending."""
        return max(0.0, self._held_until - now)


class Quota:
    """At most so many people in any stretch of time.

    Args:
        limit: Most people in ``period``.

        period: Seconds.

        past: What counts already: (time, people), in any order; may exceed the limit.

    Raises:
        ValueError: The limit is below one or the period is not above zero.
    """

    def __init__(self, limit: int, period: float, past: Iterable[tuple[float, int]] = ()) -> None:
        if limit < 1 or not period > 0:
            msg = f"a quota needs a limit of at least 1 and a period above 0, not {limit} and {period}"
            raise ValueError(msg)
        self._limit = limit
        self._period = period
        self._log = deque(sorted(past))
        self._total = sum(people for _, people in self._log)

    def wait(self, now: float, people: int) -> float:
        """Give the seconds until so many people may be reached: 0 for now, infinity if they exceed the limit."""
        if people > self._limit:
            return math.inf
        self._forget(now)
        excess = self._total + people - self._limit
        if excess <= 0:
            return 0.0
        freed = accumulate(people for _, people in self._log)
        return next(at for (at, _), sofar in zip(self._log, freed, strict=True) if sofar >= excess) + self._period - now

    def spend(self, now: float, people: int) -> None:
        """Count people as reached.

        Raises:
            ValueError: They exceed what is left; ``wait`` was not obeyed.
        """
        if self.wait(now, people) > 0:
            msg = f"{people} more would exceed the quota of {self._limit} in {self._period} s"
            raise ValueError(msg)
        self._enter(now, people)

    def delay(self, at: float, now: float, people: int) -> None:
        """Count what was spent at a moment from now on: they may have been reached as late as this."""
        self.give_back(at, people)
        self._enter(now, people)

    def give_back(self, at: float, people: int) -> None:
        """Take back what was spent at a moment: it is proved that nobody was reached."""
        with suppress(ValueError):
            self._log.remove((at, people))
            self._total -= people

    def _enter(self, now: float, people: int) -> None:
        self._log.append((max(now, self._log[-1][0]) if self._log else now, people))
        self._total += people

    def _forget(self, now: float) -> None:
        while self._log and self._log[0][0] + self._period <= now + _ROUNDING:
            self._total -= self._log.popleft()[1]
