"""The door for adapter tests: the conformance suite, and doubles for tests of your own.

``class TestMine(Conformance): provider = mine`` in a file of tests is all that it takes; ``outreach conform`` runs the
same tests from the command line, and needs no pytest.
"""

from __future__ import annotations

from outreach.testing.doubles import LATER, NOW, TOKEN, SteppedClock, Vendor
from outreach.testing.expecting import expect, skip
from outreach.testing.levels import Ending, Level, Report, Result, conform
from outreach.testing.purity import watched
from outreach.testing.suite import Conformance

__all__ = [
    "LATER",
    "NOW",
    "TOKEN",
    "Conformance",
    "Ending",
    "Level",
    "Report",
    "Result",
    "SteppedClock",
    "Vendor",
    "conform",
    "expect",
    "skip",
    "watched",
]
