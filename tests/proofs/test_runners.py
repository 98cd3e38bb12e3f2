"""The short form of the proof by several processes."""

from __future__ import annotations

import runners


def test_of_several_runners_one_sends() -> None:
    """One sends and the others are turned away, also by one that sleeps; working without the lock is caught."""
    tally = runners.prove(long=False, seed=1)

    assert tally.holds, tally
    assert tally.control == tally.controls
