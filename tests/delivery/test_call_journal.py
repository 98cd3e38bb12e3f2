"""Single calls in the journal: written before they leave, unknown after a crash."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach.delivery.journal import StepState
from outreach.delivery.sqlite import SqliteJournal
from outreach.errors import JournalError

AT = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.asyncio
async def test_a_call_is_written_down_and_concluded(tmp_path: Path) -> None:
    """Intent and outcome are there when the journal is opened again."""
    async with await SqliteJournal.open(tmp_path / "j.db", now=AT) as journal:
        call = await journal.intend_call("tingting", "send_otp", digest="d1", at=AT)
        await journal.conclude_call(call, StepState.REJECTED, reason="no credit", at=AT)
    async with await SqliteJournal.open(tmp_path / "j.db", now=AT) as journal:
        (row,) = await journal.calls()

    assert (row.provider, row.endpoint, row.digest, row.intended_at) == ("tingting", "send_otp", "d1", AT)
    assert (row.state, row.reason) == (StepState.REJECTED, "no credit")


@pytest.mark.asyncio
async def test_what_was_in_flight_is_unknown(tmp_path: Path) -> None:
    """After a crash nobody knows what a call did, and a late answer changes nothing."""
    async with await SqliteJournal.open(tmp_path / "j.db", now=AT) as journal:
        call = await journal.intend_call("tingting", "send_otp", digest="d1", at=AT)
    async with await SqliteJournal.open(tmp_path / "j.db", now=AT) as journal:
        (row,) = await journal.calls()
        with pytest.raises(JournalError, match="not in flight"):
            await journal.conclude_call(call, StepState.ACCEPTED, reason="", at=AT)

    assert row.state is StepState.UNKNOWN
    assert row.reason.startswith("interrupted")
