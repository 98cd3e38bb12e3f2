"""Time that jumps to the next thing to happen, and processes that can be paused and killed, in one real process."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import selectors
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import attrs

#: Seconds. A loop takes what is due in less than its clock's resolution for due now.
SHORTEST = 1e-6


class Dead(BaseException):
    """The process dies here, or was killed a moment ago."""


class Stuck(BaseException):
    """Everybody waits, and nothing will ever happen again."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time. It begins at 0, so that equal runs have equal times."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        super().__init__(_Jump(self))
        self.set_task_factory(_known)
        # What the tasks of a killed process leave behind is no news.
        self.set_exception_handler(lambda _loop, _context: None)

    def time(self) -> float:
        """Give the seconds that have passed."""
        return self.elapsed


class _Jump(selectors.SelectSelector):
    """Waits for nothing: the time that it was to wait has passed."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck
        self._loop.elapsed += timeout
        return []


@attrs.define(eq=False)
class Process:
    """One process.

    Attributes:
        name: For the trace.

        alive: False from the moment it dies; nothing that it does has an effect after that.

        at_point: Told of every point where a crash matters, with its number; may kill or pause.
    """

    name: str
    at_point: Callable[[Process, str, int], None] = lambda _process, _name, _number: None
    alive: bool = True
    points: int = 0
    _tasks: set[asyncio.Task[Any]] = attrs.field(factory=set)
    _awake: asyncio.Event = attrs.field(factory=asyncio.Event)

    def __attrs_post_init__(self) -> None:
        self._awake.set()

    def point(self, name: str) -> None:
        """Come by a point where a crash matters.

        Raises:
            Dead: Here, or a moment ago.
        """
        if self.alive:
            self.points += 1
            self.at_point(self, name, self.points)
        if not self.alive:
            raise Dead

    async def gate(self) -> None:
        """Stand still while the process is paused.

        Raises:
            Dead: It was killed.
        """
        while not self._awake.is_set():
            await self._awake.wait()
        if not self.alive:
            raise Dead

    def pause(self, seconds: float) -> None:
        """Stop it (SIGSTOP), and wake it up later (SIGCONT)."""
        self._awake.clear()
        asyncio.get_running_loop().call_later(seconds, self._awake.set)

    def kill(self) -> None:
        """End it at once."""
        self.alive = False
        self._awake.set()
        for task in self._tasks:
            task.cancel()

    async def run(self, work: Coroutine[Any, Any, object]) -> BaseException | None:
        """Do the work to its end or to the death of the process; give how it failed."""
        context = contextvars.copy_context()
        context.run(_OWNER.set, self)
        main = asyncio.get_running_loop().create_task(work, context=context)
        await asyncio.wait({main})
        rest = [task for task in self._tasks if not task.done()]
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest)
        return asyncio.CancelledError() if main.cancelled() else main.exception()


_OWNER: ContextVar[Process | None] = ContextVar("_OWNER", default=None)


def _known(
    loop: asyncio.AbstractEventLoop, work: Any, *, context: contextvars.Context | None = None
) -> asyncio.Task[Any]:
    """Make a task, and let its process know of it."""
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, context=context)
    owner = context.get(_OWNER) if context is not None else _OWNER.get()
    if owner is not None:
        owner._tasks.add(task)
        task.add_done_callback(owner._tasks.discard)
    return task


@attrs.frozen
class VirtualClock:
    """The loop's time as a clock; where a process is given, sleep lasts as long as its pauses."""

    start: datetime
    process: Process | None = None

    def now(self) -> datetime:
        """Give the moment."""
        return self.start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Give seconds."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait; never so short that no time passes."""
        await asyncio.sleep(max(seconds, SHORTEST))
        if self.process is not None:
            await self.process.gate()


def spare_the_collector() -> None:
    """Let Python look for rings of garbage seldom, and not through what was imported: this saves a sixth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Do the work in a loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
