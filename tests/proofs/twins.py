"""Broken twins of the engine, each by one seam: the control of a proof, which must catch them.

``python twins.py NAME send …`` is the command line with the twin in the engine's place.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs

from outreach.answers import Kind, Outcome
from outreach.cli import main
from outreach.delivery import lane, settle
from outreach.delivery.journal import Stage
from outreach.delivery.sqlite import generation, loads, opening, steps
from outreach.errors import JournalError

#: A seam: where it is, what it is called, and what takes its place.
Seam = tuple[Any, str, Any]

#: Runners without a lock wait for each other, looking so often, at intervals of so many seconds.
RUNNERS, LOOKS, LOOK = 2, 1_000, 0.01


def record_after_sending() -> list[Seam]:
    """Write the intent down when the answer is there."""
    honest = lane.Lane.perform

    async def perform(self: lane.Lane, attempt: lane.Attempt) -> Outcome:
        async def nothing() -> None:
            pass

        async def both(outcome: Outcome) -> None:
            await attempt.intend()
            await attempt.conclude(outcome)

        return await honest(self, attrs.evolve(attempt, intend=nothing, conclude=both))

    return [(lane.Lane, "perform", perform)]


def retry_when_lost() -> list[Seam]:
    """Take a lost answer for a request that was not sent, as a plain HTTP client's retries do."""

    def unanswered(_request: Any, failure: Exception) -> Outcome:
        return Outcome(kind=Kind.UNSENT, reason=str(failure))

    return [(lane, "unanswered", unanswered)]


def unsure_is_unsent() -> list[Seam]:
    """Plan everybody again of whose lost request the vendor was asked, whatever its list shows."""

    def found(_self: settle.Settler, _roll: Any, _row: Any, _index: int) -> tuple[Stage, str]:
        return Stage.PLANNED, settle.ABSENT

    return [(settle.Settler, "_found", found)]


def no_lock() -> list[Seam]:
    """Let everybody work on the journal at once, and on batches that others have begun or replaced."""

    def connect(path: Path, **options: Any) -> sqlite3.Connection:
        _after_another()
        return sqlite3.connect(path, **{**options, "timeout": 30}, factory=_Shared)

    verbs = [(module, name) for module in (loads, steps) for name in ("intend", "conclude")]
    seams: list[Seam] = [(module, name, _forgiving(getattr(module, name))) for module, name in verbs]
    seams += [(opening, "sqlite3", _Namespace(connect)), (generation, "write", lambda *_: None)]
    return [*seams, (lane.Lane, "perform", _beside(lane.Lane.perform))]


def _after_another() -> None:
    """Let one runner open the journal and plan; the other may when the first is about to send."""
    me = Path(str(os.getpid()))
    with suppress(FileExistsError):
        Path("first").symlink_to(me)
    if Path("first").readlink() != me:
        _until(Path("begun").exists)


def _beside(honest: Callable[..., Any]) -> Callable[..., Any]:
    """Wait with every request until the other runner is as far: chance decides nothing."""

    async def perform(self: lane.Lane, attempt: lane.Attempt) -> Outcome:
        _meet()
        outcome: Outcome = await honest(self, attempt)
        return outcome

    return perform


def _meet() -> None:
    here = Path("begun")
    here.mkdir(exist_ok=True)
    (here / str(os.getpid())).touch()
    _until(lambda: len(list(here.iterdir())) >= RUNNERS)


def _until(so: Callable[[], bool]) -> None:
    """Look often, for as long as a process may take to start; whoever stays alone goes on."""
    for _ in range(LOOKS):
        if so():
            return
        time.sleep(LOOK)


def _forgiving(verb: Callable[..., Any]) -> Callable[..., None]:
    """Give a verb that goes on where the journal refuses."""

    def forgiving(*values: Any, **named: Any) -> None:
        with suppress(JournalError):
            verb(*values, **named)

    return forgiving


class _Shared(sqlite3.Connection):
    """A connection that others may work beside: it keeps nobody out for long, and waits for whoever writes."""

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Leave out what keeps others out, and begin so that SQLite waits and does not refuse."""
        if "locking_mode" in sql or "wal_checkpoint" in sql:
            sql = "SELECT 1"
        return super().execute("BEGIN IMMEDIATE" if sql == "BEGIN" else sql, *values)


class _Namespace:
    """The module sqlite3 with another ``connect``."""

    def __init__(self, connect: Callable[..., Any]) -> None:
        self.connect = connect

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)


TWINS: Mapping[str, Callable[[], list[Seam]]] = {
    "record-after-sending": record_after_sending,
    "retry-when-lost": retry_when_lost,
    "unsure-is-unsent": unsure_is_unsent,
    "no-lock": no_lock,
}


@contextmanager
def broken(name: str) -> Iterator[None]:
    """Put a twin in the engine's place, and the engine back; no name: leave it as it is."""
    seams = TWINS[name]() if name else []
    before = [(where, seam, getattr(where, seam)) for where, seam, _ in seams]
    try:
        for where, seam, instead in seams:
            setattr(where, seam, instead)
        yield
    finally:
        for where, seam, honest in before:
            setattr(where, seam, honest)


if __name__ == "__main__":
    with broken(sys.argv.pop(1)):
        main()
