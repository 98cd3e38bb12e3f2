"""The short form of the proof by a chaos proxy."""

from __future__ import annotations

import network


def test_spoiling_the_network_contacts_nobody_twice() -> None:
    """Spoilt anywhere, nobody is contacted twice or lost; repeating what was lost is caught."""
    tally = network.prove(long=False, seed=1)

    assert tally.holds, tally
    assert tally.control == tally.controls
