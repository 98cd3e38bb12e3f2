"""The journal on SQLite against the model in memory: whatever is done, both say the same."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from machine import JournalMachine

TestJournalMachine = JournalMachine.TestCase
TestJournalMachine.settings = settings(
    max_examples=10, stateful_step_count=20, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
