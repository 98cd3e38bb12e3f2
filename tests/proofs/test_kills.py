"""The short form of the proof by SIGKILL."""

from __future__ import annotations

import kills


def test_killing_the_command_contacts_nobody_twice() -> None:
    """Killed at random moments and resumed, nobody is contacted twice or lost; recording after sending is caught."""
    tally = kills.prove(long=False, seed=1)

    assert tally.holds, tally
    assert tally.control == tally.controls
