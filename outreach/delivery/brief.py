"""Hold a journal so briefly that another process may wait for it.

Whoever only reads, or writes what vendors told, marks that with a file beside the journal; whoever finds the journal
in use and that mark beside it waits a moment instead of giving up. A mark that a killed process left behind costs that
moment and no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from outreach.delivery.clock import Clock
from outreach.delivery.sqlite import SqliteJournal
from outreach.errors import JournalInUse

#: Longest wait for somebody who holds the journal briefly, and between two tries, in seconds.
PATIENCE = 10.0
EVERY = 0.05


def beside(journal: Path) -> Path:
    """Give the mark that belongs to a journal: ``journal.db.brief``."""
    return journal.with_name(f"{journal.name}.brief")


async def open_soon(path: Path, clock: Clock) -> SqliteJournal:
    """Open a journal, waiting for whoever holds it briefly.

    Raises:
        JournalInUse: Another process holds it for longer.

        JournalError: It is damaged, a copy, of a newer version, or no journal.

        EnvironmentProblem: The file cannot be made, read or written.
    """
    end = clock.monotonic() + PATIENCE
    while True:
        try:
            return await SqliteJournal.open(path, now=clock.now())
        except JournalInUse:
            if clock.monotonic() >= end or not beside(path).exists():
                raise
        await clock.sleep(EVERY)


@asynccontextmanager
async def held_briefly(path: Path, clock: Clock) -> AsyncIterator[SqliteJournal]:
    """Open a journal for a moment; what others may do meanwhile is wait.

    Raises:
        JournalInUse: Another process holds it.
    """
    mark = beside(path)
    await asyncio.to_thread(mark.touch, 0o600)
    try:
        async with await open_soon(path, clock) as journal:
            yield journal
    finally:
        await asyncio.to_thread(mark.unlink, missing_ok=True)
