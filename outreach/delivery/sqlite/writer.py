"""One thread owns the connection and commits what waits in groups: many verbs, one fsync."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

import attrs

from outreach.errors import EnvironmentProblem, JournalError

T = TypeVar("T")

#: A verb for one place of the journal.
Alone = Callable[[sqlite3.Connection, Any], None]

#: The same for several places at once; False where they must be done one by one.
Joint = Callable[[sqlite3.Connection, Sequence[Any]], bool]

#: More verbs than this are not put into one transaction, so that the first of them need not wait long.
MAX_GROUP = 256

#: Our own mistakes; anything else that sqlite3 raises is about the disk or the file, and concerns everybody.
_OWN_MISTAKES = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError)


@attrs.frozen
class _Job:
    """A verb that waits: what to do with the connection, and whom to tell."""

    work: Callable[[sqlite3.Connection], Any]
    writes: bool
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    joint: Joint | None = None
    place: Hashable = None
    what: Any = None


@attrs.frozen
class _Answer:
    """What a verb gave, or why it failed."""

    value: Any = None
    error: Exception | None = None


class Writer:
    """Does verbs one after the other in a thread of its own; each stands or falls alone, all are durable together."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._failure = ""
        self._closed = False
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def do(self, work: Callable[[sqlite3.Connection], T], *, writes: bool) -> T:
        """Have a verb done; what it wrote is on the disk when this returns.

        A verb is done even if whoever awaits it is cancelled.

        Raises:
            EnvironmentProblem: It could not be committed; from then on nothing that writes is done any more.
            JournalError: The journal is closed.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(_Job(work, writes, loop, future))
        return await future

    async def join(self, verb: Joint, alone: Alone, place: Hashable, what: Any) -> None:
        """Have a verb done as ``do`` does, together with others of its kind that wait with it.

        Every statement hands the interpreter's lock to the event loop and waits to get it back, so that a few
        statements for a group, and not a few for each verb, decide how many requests a second can be.

        Args:
            verb: Does it for many; where it gives False, or fails, what it wrote is taken back and ``alone`` is asked.

            alone: Does it for one, and raises where it cannot be done.

            place: What in the journal it changes. Verbs of different places may change their order.

            what: Given to both.

        Raises:
            EnvironmentProblem: As ``do``.
            JournalError: As ``do``.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._put(_Job(partial(_done_alone, alone, what), True, loop, future, verb, place, what))
        await future

    def _put(self, job: _Job) -> None:
        if self._closed:
            msg = "the journal is closed"
            raise JournalError(msg)
        self._jobs.put(job)

    async def close(self) -> None:
        """Do what waits, then let go of the file."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        more = True
        while more:
            group, more = self._gather()
            if group:
                _tell(self._do(group))
        self._connection.close()

    def _gather(self) -> tuple[list[_Job], bool]:
        """Wait for a verb, and take what has come by then; False where there will be no more."""
        group: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            group.append(job)
            if len(group) == MAX_GROUP:
                break
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
        return group, job is not None

    def _do(self, group: Sequence[_Job]) -> list[tuple[_Job, _Answer]]:
        try:
            self._connection.execute("BEGIN")
            answers = [
                (job, answer)
                for jobs in _joined(group)
                for job, answer in zip(jobs, self._attempt_all(jobs), strict=True)
            ]
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            return self._fail(group, error)
        return answers

    def _attempt_all(self, jobs: Sequence[_Job]) -> list[_Answer]:
        """Do verbs of one kind at once; where that cannot be, one by one."""
        joint = jobs[0].joint
        if joint is None or len(jobs) == 1 or self._failure:
            return [self._attempt(job) for job in jobs]
        self._connection.execute("SAVEPOINT verbs")
        try:
            done = joint(self._connection, [job.what for job in jobs])
        except _OWN_MISTAKES:
            done = False
        except sqlite3.Error:
            raise
        except Exception:  # noqa: BLE001 # one by one, whose value cannot be written down is told so; the thread lives on
            done = False
        if not done:
            self._connection.execute("ROLLBACK TO verbs")
        self._connection.execute("RELEASE verbs")
        return [_Answer()] * len(jobs) if done else [self._attempt(job) for job in jobs]

    def _attempt(self, job: _Job) -> _Answer:
        if job.writes and self._failure:
            return _Answer(error=EnvironmentProblem(self._failure))
        self._connection.execute("SAVEPOINT verb")
        try:
            answer = _Answer(job.work(self._connection))
        except _OWN_MISTAKES as error:
            answer = _Answer(error=error)
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 # it goes to whoever asked; the thread must live on
            answer = _Answer(error=error)
        if answer.error:
            self._connection.execute("ROLLBACK TO verb")
        self._connection.execute("RELEASE verb")
        return answer

    def _fail(self, group: Sequence[_Job], error: sqlite3.Error) -> list[tuple[_Job, _Answer]]:
        """Refuse everything that writes from now on: what cannot be written down must not be sent."""
        self._failure = (
            f"the journal cannot be written ({error}); nothing further is sent. Make room or mend the disk, "
            "and run the same command again"
        )
        # SQLite has often rolled back by itself.
        with suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")
        return [(job, _Answer(error=EnvironmentProblem(self._failure))) for job in group]


def _done_alone(verb: Alone, what: Any, connection: sqlite3.Connection) -> None:
    verb(connection, what)


def _joined(group: Sequence[_Job]) -> Iterator[list[_Job]]:
    """Gather the verbs of one kind; what cannot be joined, and a second verb of one place, keeps its order."""
    kinds: dict[Joint, list[_Job]] = {}
    places: set[Hashable] = set()
    for job in group:
        if job.joint is None or job.place in places:
            yield from kinds.values()
            kinds, places = {}, set()
        if job.joint is None:
            yield [job]
        else:
            kinds.setdefault(job.joint, []).append(job)
            places.add(job.place)
    yield from kinds.values()


def _tell(answers: Sequence[tuple[_Job, _Answer]]) -> None:
    """Wake everybody, with one call for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], _Answer]]] = {}
    for job, answer in answers:
        by_loop.setdefault(job.loop, []).append((job.future, answer))
    for loop, told in by_loop.items():
        # A loop that is closed waits for nothing any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, told)


def _resolve(told: Sequence[tuple[asyncio.Future[Any], _Answer]]) -> None:
    for future, answer in told:
        if future.done():
            continue
        if answer.error is None:
            future.set_result(answer.value)
        else:
            future.set_exception(answer.error)
