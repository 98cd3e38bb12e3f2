"""How far a command has come: a bar on a terminal, a dated line now and then elsewhere.

Both are called from the event loop of a running send, so neither may raise or take long.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Protocol

import rich.progress as bars
from rich.console import Console
from rich.table import Column

from outreach.cli.console import console
from outreach.cli.screen import say
from outreach.reporting.words import clean, short, span
from outreach.results import Phase, Progress

#: A line at least so often, in seconds, and for each such share of the work.
EVERY_SECONDS = 30.0
EVERY_SHARE = 0.05

#: Seconds between two lines at least, however fast the work goes; what is read within them passes in silence.
BETWEEN_LINES = 5.0

#: The bar gets new figures so often, in seconds.
BETWEEN_DRAWINGS = 0.1

#: Of so many parts is a bar that shows a share.
_STEPS = 10_000

#: A terminal narrower than this gets the short words.
WIDE = 100


class Display(Protocol):
    """What shows how far a command has come."""

    def __call__(self, seen: Progress) -> None:
        """Show it."""

    def close(self) -> None:
        """Leave the screen to others; the next call takes it again."""


class Speed:
    """Rows or deliveries per second, and the time left, since the first figure of a phase."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began: tuple[float, Progress] | None = None

    def begin(self, seen: Progress) -> tuple[float, Progress]:
        """Keep the first figure of a phase, with its time."""
        if self._began is None or self._began[1].phase is not seen.phase:
            self._began = (self._clock(), seen)
        return self._began

    def of(self, seen: Progress) -> str:
        """Write the rate and the time left; empty while nothing can be said."""
        began, first = self.begin(seen)
        seconds, done = self._clock() - began, seen.done - first.done
        if seconds <= 0 or done <= 0:
            return ""
        share, before = share_of(seen), share_of(first) or 0.0
        known = share is not None and share > before
        left = f", {span(seconds * (1 - share) / (share - before))} left" if share is not None and known else ""
        return f"{short(round(done / seconds))}/s{left}"


def share_of(seen: Progress) -> float | None:
    """Give the share of the work that is done, 0 to 1; None while nobody can tell."""
    if seen.total is not None:
        return seen.done / seen.total if seen.total else 1.0
    return seen.share


class Lines:
    """A dated line every 30 seconds or 5 percent, but at least 5 seconds apart, for logs and mails.

    Where nobody can tell the share, it comes every 5 seconds.
    """

    def __init__(self, now: Callable[[], datetime], clock: Callable[[], float], write: Callable[[str], None]) -> None:
        self._now = now
        self._clock = clock
        self._write = write
        self._speed = Speed(clock)
        self._shown: Progress | None = None
        self._latest: Progress | None = None
        self._at = clock()

    def __call__(self, seen: Progress) -> None:
        """Write a line if one is due."""
        self._latest = seen
        self._speed.begin(seen)
        if self._due(seen):
            self._line(seen)

    def close(self) -> None:
        """Write how far it came, unless the last line said so."""
        latest = self._latest
        if latest is not None and latest.phase is not Phase.READING and latest != self._shown:
            self._line(latest)

    def _due(self, seen: Progress) -> bool:
        shown, since = self._shown, self._clock() - self._at
        begins = shown is None or shown.phase is not seen.phase
        if seen.phase is not Phase.READING and (begins or shown is None or shown.note != seen.note):
            return True
        if since < BETWEEN_LINES:
            return False
        share = share_of(seen)
        if share is None:
            return True
        before = 0.0 if begins or shown is None else share_of(shown) or 0.0
        return since >= EVERY_SECONDS or share - before >= EVERY_SHARE

    def _line(self, seen: Progress) -> None:
        self._shown = seen
        self._at = self._clock()
        parts = (f"{seen.phase.value} {_share(seen)}", _outcomes(seen), self._speed.of(seen), clean(seen.note))
        self._write(f"{self._now().isoformat(sep=' ', timespec='seconds')} " + ", ".join(filter(None, parts)))


def _share(seen: Progress) -> str:
    share = share_of(seen)
    total = f"/{seen.total:,}" if seen.total is not None else ""
    return f"{seen.done:,}{total}" + (f" ({math.floor(100 * share)} %)" if share is not None else "")


def _outcomes(seen: Progress) -> str:
    if seen.phase is not Phase.SENDING:
        return ""
    return f"accepted {seen.accepted:,}, rejected {seen.rejected:,}, unknown {seen.unknown:,}"


class Bar:
    """One line that is drawn again and again."""

    def __init__(self, screen: Console, clock: Callable[[], float]) -> None:
        self._screen = screen
        self._clock = clock
        self._speed = Speed(clock)
        self._phase: Phase | None = None
        self._note = ""
        self._bar: bars.Progress | None = None
        self._task = bars.TaskID(0)
        self._latest: Progress | None = None
        self._at = 0.0

    def __call__(self, seen: Progress) -> None:
        """Draw it as far as it has come; between two drawings a call costs next to nothing."""
        self._latest = seen
        opened = self._bar is not None and seen.phase is self._phase
        if opened and seen.note == self._note and self._clock() - self._at < BETWEEN_DRAWINGS:
            return
        with suppress(OSError, ValueError):
            if not opened:
                self.close()
                self._latest = seen
                self._open(seen)
            self._draw(seen)

    def close(self) -> None:
        """Stop drawing; a bar of something sent stays on the screen, with the last figures."""
        with suppress(OSError, ValueError):
            if self._bar is not None and self._latest is not None and self._latest.phase is self._phase:
                self._draw(self._latest)
            if self._bar is not None:
                self._bar.stop()
        self._bar = None

    def figures(self, seen: Progress) -> str:
        """Write what stands behind the bar."""
        wide = self._screen.width >= WIDE
        done = short(seen.done) if seen.total is None else f"{short(seen.done)}/{short(seen.total)}"
        parts = [done]
        if seen.phase is Phase.SENDING:
            parts.append(f"{'accepted' if wide else 'ok'} {short(seen.accepted)}")
            parts.append(f"rejected {short(seen.rejected)}")
            parts.append(f"unknown {short(seen.unknown)}")
        rate = self._speed.of(seen)
        parts.append(rate if wide else rate.replace(" left", "").replace(",", ""))
        return " ".join(filter(None, parts))

    def _open(self, seen: Progress) -> None:
        self._phase = seen.phase
        self._bar = bars.Progress(
            bars.BarColumn(bar_width=None, table_column=Column(ratio=1, min_width=4)),
            bars.TextColumn("{task.fields[figures]}", markup=False, table_column=Column(no_wrap=True)),
            console=self._screen,
            expand=True,
            transient=seen.phase is not Phase.SENDING,
            get_time=self._clock,
        )
        self._task = self._bar.add_task(seen.phase.value, total=_whole(seen), completed=_part(seen), figures="")
        self._bar.start()

    def _draw(self, seen: Progress) -> None:
        self._at = self._clock()
        if self._bar is not None:
            self._tell(seen.note)
            self._bar.update(self._task, completed=_part(seen), total=_whole(seen), figures=self.figures(seen))

    def _tell(self, note: str) -> None:
        if note and note != self._note and self._bar is not None:
            self._bar.console.print(clean(note))
        self._note = note


def _part(seen: Progress) -> int:
    return seen.done if seen.total is not None or seen.share is None else round(seen.share * _STEPS)


def _whole(seen: Progress) -> int | None:
    return seen.total if seen.total is not None or seen.share is None else _STEPS


def display() -> Display:
    """Choose how to show progress on this stderr."""
    screen = console(stderr=True)
    if screen.is_terminal and not screen.is_dumb_terminal:
        return Bar(screen, time.monotonic)
    return Lines(lambda: datetime.now().astimezone(), time.monotonic, say)


@contextmanager
def shown() -> Iterator[Display]:
    """Show progress for as long as the block runs."""
    one = display()
    try:
        yield one
    finally:
        one.close()
