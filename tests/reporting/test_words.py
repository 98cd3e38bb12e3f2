"""Numbers, times and others' texts in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from outreach.reporting.words import clean, count, left_out, moment, short, span, tally


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (9999, "9,999"), (10_000, "10k"), (999_999, "999k"), (1_000_000, "1.0M"), (9_999_999, "9.9M")],
)
def test_short(number: int, text: str) -> None:
    """A count is never rounded up, and takes at most five characters below 100 million."""
    assert short(number) == text


@pytest.mark.parametrize(("seconds", "text"), [(-1, "0:00"), (59.6, "1:00"), (760, "12:40"), (11232, "3:07:12")])
def test_span(seconds: float, text: str) -> None:
    """Minutes and seconds, hours when there are any."""
    assert span(seconds) == text


def test_left_out() -> None:
    """A reason stands with what it means; one that nobody knows here stands alone, without what a terminal obeys."""
    assert left_out("suppressed") == "suppressed (on a do-not-contact list)"
    assert left_out("no_value:amount").startswith("no_value:amount (nothing stands there for them;")
    assert left_out("odd\x1b") == "odd "


def test_moment() -> None:
    """A time bears its offset, in the zone that is asked for or in its own."""
    time = datetime(2026, 12, 1, 4, 15, tzinfo=UTC)

    assert moment(time) == "2026-12-01 04:15 +00:00"
    assert moment(time, ZoneInfo("Asia/Kathmandu")) == "2026-12-01 10:00 +05:45"
    assert moment(time.astimezone(timezone(timedelta(hours=-3, minutes=-30)))) == "2026-12-01 00:45 -03:30"


def test_clean_takes_out_what_a_terminal_obeys() -> None:
    """Escape sequences and marks that turn the reading direction go; joiners that Devanagari needs stay."""
    assert clean("a\x1b[2J\nb\u202ec") == "a [2J b c"
    assert clean("क्\u200dष नमस्कार 🙏") == "क्\u200dष नमस्कार 🙏"


def test_counts() -> None:
    """One is singular, thousands have commas, the greatest reason comes first."""
    assert count(1, "request") == "1 request"
    assert count(4781, "delivery", "deliveries") == "4,781 deliveries"
    assert tally({"duplicate": 4, "suppressed": 1200}) == "suppressed 1,200, duplicate 4"
