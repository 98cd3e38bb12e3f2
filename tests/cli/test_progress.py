"""The bar and the lines."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from outreach.cli import progress
from outreach.cli.progress import Bar, Lines
from outreach.results import Phase, Progress


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Give the seconds since the beginning."""
        return self.seconds

    def now(self) -> datetime:
        """Give the same as a date."""
        return datetime(2026, 12, 1, 10, tzinfo=UTC) + timedelta(seconds=self.seconds)


def sent(done: int, total: int = 1000, **more: Any) -> Progress:
    """Give a step of sending."""
    return Progress(phase=Phase.SENDING, done=done, total=total, accepted=done, **more)


@pytest.fixture
def clock() -> Clock:
    """Give a clock at 0."""
    return Clock()


def test_a_line_says_everything(clock: Clock) -> None:
    """A line has its date, how far it is, the outcomes, the rate and the time left."""
    said: list[str] = []
    lines = Lines(clock.now, clock, said.append)

    lines(sent(0))
    clock.seconds = 10
    lines(Progress(phase=Phase.SENDING, done=100, total=1000, accepted=97, rejected=2, unknown=1))

    assert said == [
        "2026-12-01 10:00:00+00:00 sending 0/1,000 (0 %), accepted 0, rejected 0, unknown 0",
        "2026-12-01 10:00:10+00:00 sending 100/1,000 (10 %), accepted 97, rejected 2, unknown 1, 10/s, 1:30 left",
    ]


def test_lines_come_every_five_percent_or_thirty_seconds(clock: Clock) -> None:
    """Between two lines lie 5 percent or 30 seconds, whichever comes first, and never less than 5 seconds."""
    said: list[str] = []
    lines = Lines(clock.now, clock, said.append)
    lines(sent(0))

    clock.seconds = 4.9
    lines(sent(900))
    assert len(said) == 1
    clock.seconds = 5
    lines(sent(49))
    assert len(said) == 1
    lines(sent(50))
    assert len(said) == 2
    clock.seconds = 34.9
    lines(sent(51))
    assert len(said) == 2
    clock.seconds = 35
    lines(sent(52))
    assert len(said) == 3


def test_a_fast_send_does_not_flood_the_log(clock: Clock) -> None:
    """A send that takes a second writes two lines, however many steps it has."""
    said: list[str] = []
    lines = Lines(clock.now, clock, said.append)

    for done in range(0, 10_001, 10):
        clock.seconds = done / 10_000
        lines(sent(done, 10_000))
    lines.close()

    assert [line.split("accepted")[0][26:] for line in said] == [
        "sending 0/10,000 (0 %), ",
        "sending 10,000/10,000 (100 %), ",
    ]


def test_reading_a_large_file_says_rate_and_time_left(clock: Clock) -> None:
    """Of a file the share is known by its bytes, and so is the time left; of standard input only the rate is."""
    said: list[str] = []
    lines = Lines(clock.now, clock, said.append)

    lines(Progress(phase=Phase.READING, done=0, share=0.0))
    clock.seconds = 10
    lines(Progress(phase=Phase.READING, done=1_000_000, share=0.25))
    clock.seconds = 45
    lines(Progress(phase=Phase.READING, done=2_000_000))

    assert said == [
        "2026-12-01 10:00:10+00:00 reading 1,000,000 (25 %), 100k/s, 0:30 left",
        "2026-12-01 10:00:45+00:00 reading 2,000,000, 44k/s",
    ]


def test_reading_of_unknown_length_says_a_line_every_five_seconds(clock: Clock) -> None:
    """Of standard input and databases no share is known, so that time alone counts."""
    said: list[str] = []
    lines = Lines(clock.now, clock, said.append)

    for second in range(16):
        clock.seconds = second
        lines(Progress(phase=Phase.READING, done=second * 1_000))

    assert [line.partition("reading ")[2] for line in said] == ["5,000, 1,000/s", "10,000, 1,000/s", "15,000, 1,000/s"]


def test_the_bar_of_reading_shows_the_share_of_the_bytes(clock: Clock) -> None:
    """The bar fills by bytes while it counts rows, and says the time left."""
    out = io.StringIO()
    bar = Bar(Console(file=out, force_terminal=True, width=100, color_system=None), clock)

    bar(Progress(phase=Phase.READING, done=0, share=0.0))
    clock.seconds = 10
    bar(Progress(phase=Phase.READING, done=50_000, share=0.5))
    bar.close()

    drawn = [line for line in out.getvalue().replace("\r", "\n").split("\n") if "50k 5,000/s, 0:10 left" in line][-1]
    assert 30 < drawn.count("━") < 45  # half of what 100 columns leave


def test_a_note_is_a_line_at_once(clock: Clock) -> None:
    """What goes on is said when it changes, without what a terminal would obey."""
    said: list[str] = []
    lines = Lines(clock.now, clock, said.append)
    lines(sent(0))

    lines(sent(1, note="the vendor asks for\x1b[2J a pause"))

    assert said[1].endswith("the vendor asks for [2J a pause")


def test_the_last_line_is_said_once(clock: Clock) -> None:
    """Closing says how far it came, unless the last line did."""
    said: list[str] = []
    lines = Lines(clock.now, clock, said.append)
    lines(sent(0))
    lines(sent(3))

    lines.close()
    lines.close()

    assert len(said) == 2
    assert "3/1,000" in said[1]


def test_reading_a_short_file_says_nothing(clock: Clock) -> None:
    """Reading is worth a line only when it takes long."""
    said: list[str] = []
    lines = Lines(clock.now, clock, said.append)
    lines(Progress(phase=Phase.READING, done=300))
    lines.close()
    assert said == []

    clock.seconds = 31
    lines(Progress(phase=Phase.READING, done=5_000_000))
    assert said[0].startswith("2026-12-01 10:00:31+00:00 reading 5,000,000")


def test_reading_that_took_long_does_not_delay_the_first_line_of_sending(clock: Clock) -> None:
    """Sending says at once that it has begun."""
    said: list[str] = []
    lines = Lines(clock.now, clock, said.append)
    lines(Progress(phase=Phase.READING, done=300))
    lines(sent(0))

    assert len(said) == 1


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("total", [0, 300, 4781, 10_000_000])
def test_the_bar_never_wraps(clock: Clock, width: int, total: int) -> None:
    """At 80 columns the bar is one line, whole, with the greatest numbers too."""
    out = io.StringIO()
    bar = Bar(Console(file=out, force_terminal=True, width=width, color_system=None), clock)

    bar(sent(0, total))
    clock.seconds = 40_000
    bar(sent(total, total, rejected=999_999, unknown=999_999))
    bar.close()

    drawn = out.getvalue().split("\x1b[2K")[-1].split("\n")[0]
    assert len(drawn) <= width
    assert "unknown 999k" in drawn
    assert "…" not in drawn


def test_the_bar_goes_when_reading_ends_and_stays_when_sending_does(clock: Clock) -> None:
    """A bar of reading leaves nothing behind; a bar of sending shows the end."""
    out = io.StringIO()
    bar = Bar(Console(file=out, force_terminal=True, width=80, color_system=None), clock)

    bar(Progress(phase=Phase.READING, done=300))
    bar(sent(300, 300))
    bar.close()
    bar.close()

    assert out.getvalue().rstrip().count("300/300") >= 1
    assert out.getvalue().splitlines()[-2].count("300/300 ok 300") == 1


def test_the_last_figures_are_drawn(clock: Clock) -> None:
    """Figures that come faster than the bar is drawn are not lost at the end."""
    out = io.StringIO()
    bar = Bar(Console(file=out, force_terminal=True, width=80, color_system=None), clock)

    bar(sent(0))
    bar(sent(1000))
    bar.close()

    assert "1,000/1,000 ok 1,000" in out.getvalue()


def test_a_display_that_cannot_write_does_no_harm(clock: Clock) -> None:
    """A terminal that went away must not stop a campaign that is under way."""

    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(5, "Input/output error")

    bar = Bar(Console(file=Gone(), force_terminal=True, width=80), clock)

    bar(sent(1))
    bar(sent(2))
    bar.close()


def test_no_terminal_means_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar is for terminals; a log gets lines."""
    for width in (True, False):
        screen = Console(file=io.StringIO(), force_terminal=width)
        monkeypatch.setattr(progress, "console", lambda *, stderr, screen=screen: screen)
        monkeypatch.setenv("TERM", "xterm")

        assert isinstance(progress.display(), Bar if width else Lines)
