"""Ctrl-C, SIGTERM and SIGHUP while a campaign goes out."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

FIRST = "Finishing the requests that are under way; nobody else is contacted. Once more gives up on their answers."
SECOND = "Giving up. What is under way becomes unknown, and nobody is contacted twice."


class Interrupts:
    """Turn signals into an orderly end, within a running event loop.

    Before sending has ``begun`` the first signal ends the program: there is nothing to finish. Then the first one
    sets ``stop``, the second cancels the task, the third ends the program where it stands.

    Attributes:
        given_up: There was a second signal.
    """

    def __init__(self, stop: asyncio.Event, say: Callable[[str], None], begun: Callable[[], bool]) -> None:
        self.given_up = False
        self._stop = stop
        self._say = say
        self._begun = begun
        self._times = 0
        self._before: dict[int, Any] = {}
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
                # A signal that is ignored (nohup, a job in the background) was ignored by somebody's wish.
                if number not in self._before and signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._arrived)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before or signal.SIG_DFL)

    def _arrived(self, _number: int, _frame: FrameType | None) -> None:
        if self._begun():
            self._times += 1
        if not self._begun() or self._times > 2:
            raise KeyboardInterrupt
        # Not from within the handler: it may have broken into the middle of a write or of the loop's own work.
        self._loop.call_soon_threadsafe(self._finish if self._times == 1 else self._give_up)

    def _finish(self) -> None:
        self._say(FIRST)
        self._stop.set()

    def _give_up(self) -> None:
        self._say(SECOND)
        self.given_up = True
        if self._task is not None:
            self._task.cancel()
