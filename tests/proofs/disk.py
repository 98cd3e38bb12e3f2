"""The disk that simulated processes share: one journal, one lock, and each process's way to it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import attrs
from virtual import Process

from outreach.delivery.journal import Journal
from outreach.delivery.memory import MemoryJournal
from outreach.delivery.sqlite import SqliteJournal, opening, writer
from outreach.delivery.sqlite.writer import Alone, Joint, Writer
from outreach.errors import JournalError, JournalInUse

T = TypeVar("T")

#: Seconds that a commit takes; what comes while one is on its way goes into the next, together.
FSYNC = 0.02

_STREAMS = frozenset({"contacted", "deliveries", "tried", "turns"})
_WRITES = frozenset(
    {
        "replan",
        "intend_step",
        "conclude_step",
        "intend_load",
        "conclude_load",
        "note",
        "cancel",
        "mark",
        "leave_out",
        "witness",
        "hold",
    }
)
#: What stands between an intent or an outcome and the disk.
_FENCED = frozenset({"intend_step", "conclude_step", "intend_load", "conclude_load"})


class Disk(Protocol):
    """Where the journal is. A process that ends, however it does, lets go of it."""

    def open(self, now: datetime) -> Journal:
        """Open the journal for one runner alone.

        Raises:
            JournalInUse: Somebody else works on it.
        """

    def release(self, journal: Journal) -> None:
        """Let go of it, as the kernel does for a dead process."""


@attrs.define
class MemoryDisk:
    """The model in memory; ``fenced`` False is a lock that a second runner gets by (a broken twin)."""

    journal: MemoryJournal = attrs.field(factory=MemoryJournal)
    fenced: bool = True
    _users: int = 0

    def open(self, now: datetime) -> Journal:
        """Open the journal, with what opening does to an interrupted one."""
        if self._users and self.fenced:
            raise JournalInUse("another process works on this journal")
        self._users += 1
        self.journal.interrupt(now)
        return self.journal

    def release(self, journal: Journal) -> None:
        """Let go of it."""
        self._users -= 1


class Inline:
    """A writer without a thread, so that a simulation is the same each time; what it does to the file is the same."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def do(self, work: Callable[[sqlite3.Connection], T], *, writes: bool) -> T:
        """Do one verb in a transaction of its own."""
        self._connection.execute("BEGIN")
        try:
            answer = work(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        return answer

    async def join(self, _verb: Joint, alone: Alone, _place: Hashable, what: Any) -> None:
        """Do one verb of a kind that a writer may do together: by itself, since none waits beside it."""
        await self.do(lambda connection: alone(connection, what), writes=True)

    async def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class Grouped(Writer):
    """The writer without its thread: what comes in one turn of the loop is one group, and committed in the next."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: list[Any] = []
        self._failure = ""
        self._closed = False

    def _put(self, job: Any) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._commit)
        self._waiting.append(job)

    def _commit(self) -> None:
        group, self._waiting = self._waiting, []
        if not self._closed:
            writer._resolve([(job.future, answer) for job, answer in self._do(group)])

    async def close(self) -> None:
        """Let go of the file, when all that waited is in it."""
        await asyncio.sleep(0)
        self.drop()

    def drop(self) -> None:
        """Let go of the file, whatever waits."""
        self._closed = True
        self._connection.close()


def inline(path: Path, now: datetime, worker: Callable[[sqlite3.Connection], Any] = Inline) -> SqliteJournal:
    """Open a journal whose verbs are done in the calling thread.

    Raises:
        JournalInUse: Somebody else works on it.
    """
    connection = opening.connect(path, now=now)
    journal = SqliteJournal.__new__(SqliteJournal)
    journal.path, journal._writer = path, worker(connection)
    return journal


@attrs.frozen
class FileDisk:
    """A file, with SQLite's own lock."""

    path: Path

    def open(self, now: datetime) -> Journal:
        """Open the journal."""
        return inline(self.path, now, Grouped)

    def release(self, journal: Journal) -> None:
        """Close the connection without another word."""
        cast("Any", journal)._writer.drop()


class Held:
    """A journal as one process reaches it: every write is a point where it may die, before and after.

    ``belated``: an intent is only written together with its outcome (a broken twin: record after sending).
    ``fenced``: what the journal refuses is refused; without it the refusal is overheard (a broken twin).
    """

    def __init__(self, journal: Journal, process: Process, *, belated: bool = False, fenced: bool = True) -> None:
        self._journal = journal
        self._process = process
        self._belated = belated
        self._fenced = fenced
        self._intents: dict[tuple[Any, ...], Callable[[], Any]] = {}

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._journal, name)
        if name in _STREAMS:
            return verb
        if name not in _WRITES:
            return self._reading(verb)
        return self._writing(name, verb)

    def _reading(self, verb: Callable[..., Any]) -> Callable[..., Any]:
        async def read(*args: Any, **named: Any) -> Any:
            await self._process.gate()
            return await verb(*args, **named)

        return read

    def _writing(self, name: str, verb: Callable[..., Any]) -> Callable[..., Any]:
        async def write(*args: Any, **named: Any) -> Any:
            self._process.point(f"before {name}")
            await asyncio.sleep(FSYNC - asyncio.get_running_loop().time() % FSYNC)
            await self._process.gate()
            answer = await self._do(name, lambda: verb(*args, **named), args)
            self._process.point(f"after {name}")
            await self._process.gate()
            return answer

        return write

    async def _do(self, name: str, verb: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        if name not in _FENCED or (self._fenced and not self._belated):
            return await verb()
        place = args[: 2 if name.endswith("load") else 3]
        if self._belated and name.startswith("intend"):
            self._intents[place] = verb
            return None
        intent = self._intents.pop(place, None)
        with suppress(*() if self._fenced else (JournalError,)):
            if intent is not None:
                await intent()
            return await verb()
