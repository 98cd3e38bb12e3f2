"""What is written to the two streams, and how."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from outreach.cli.console import console, show, zone_of
from outreach.cli.progress import Bar
from outreach.cli.screen import say
from outreach.model import Schedule
from outreach.results import Phase, Progress


@pytest.fixture
def quiet_afterwards() -> Iterator[None]:
    """Take the log's handlers off again."""
    log = logging.getLogger("outreach")
    handlers, level = list(log.handlers), log.level
    yield
    log.handlers, log.level = handlers, level


def test_texts_of_others_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """Brackets are shown, not obeyed, and lines do not end in blanks."""
    show("[bold]x[/bold] :smile:  ")

    assert capsys.readouterr().out == "[bold]x[/bold] :smile:\n"


def test_nobody_reading_stderr_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that went away is no reason to stop a campaign."""

    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())

    say("x")
    show("x", stderr=True)
    bar = Bar(console(stderr=True), lambda: 0.0)
    bar(Progress(phase=Phase.SENDING, done=1, total=2))
    bar.close()


@pytest.mark.usefixtures("quiet_afterwards")
@pytest.mark.parametrize(("words", "whole"), [((), False), (("--show-numbers",), True)])
def test_the_log_masks_numbers(fake: Any, run: Any, spec: str, words: tuple[str, ...], whole: bool) -> None:
    """What ``-v`` says hides numbers, unless they are asked for."""
    fake.during = lambda _: logging.getLogger("outreach.delivery").info("rang +9779880012345")

    done = run("-v", "send", spec, "--yes", *words)

    assert "rang +" in done.stderr
    assert ("9880012345" in done.stderr) is whole


@pytest.mark.parametrize(
    ("schedule", "zone"),
    [
        (Schedule(zone="Asia/Kathmandu"), ZoneInfo("Asia/Kathmandu")),
        (Schedule(start=datetime(2026, 12, 1, tzinfo=UTC)), UTC),
        (Schedule(), None),
    ],
)
def test_times_are_shown_in_the_campaigns_zone(fake: Any, schedule: Schedule, zone: Any) -> None:
    """The campaign's zone, else that of its start; else times stay as they are."""
    assert zone_of(attrs.evolve(fake.campaign, schedule=schedule)) == zone
