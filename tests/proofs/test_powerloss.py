"""The short form of the proof by power loss."""

from __future__ import annotations

import powerloss


def test_cutting_the_power_forgets_nobody() -> None:
    """Whatever was not synced, the disk knows every request that left; WAL with synchronous=NORMAL is caught."""
    tally = powerloss.prove(long=False, seed=1)

    assert tally.holds, tally
    assert tally.control == tally.controls
