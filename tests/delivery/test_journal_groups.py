"""Verbs of batches that wait together are done in one statement for each kind, and mean what they mean alone."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from outreach.answers import Receipt
from outreach.delivery.journal import CampaignKey, LoadOutcome, NewBatch, NewSlice, People, Stage
from outreach.delivery.sqlite import SqliteJournal, loads
from outreach.errors import EnvironmentProblem, JournalError
from outreach.model import Channel, Status

KEY = CampaignKey("c", 1)
T0 = datetime(2026, 12, 1, tzinfo=UTC)
ACCEPTED = LoadOutcome(stage=Stage.ACCEPTED)


@asynccontextmanager
async def planned(path: Path, count: int) -> AsyncIterator[tuple[SqliteJournal, int]]:
    """Open a journal in which a slice of so many batches of two people is planned."""
    voice = NewSlice(number=0, provider="t", channels=(Channel.VOICE,), zone="", fingerprint="f", title="t", marker="m")
    numbers = [(f"+977961{2 * one:06}", f"+977961{2 * one + 1:06}") for one in range(count)]
    batches = [NewBatch(slice_number=0, people=People(phones=two, ids=["", ""], rows=[1, 2])) for two in numbers]
    async with await SqliteJournal.open(path, now=T0) as journal:
        ids = await journal.replan(KEY, digest="d", rows={}, slices=[voice], batches=batches, skipped=[], at=T0)
        yield journal, ids[0]


async def together(journal: SqliteJournal, *verbs: Awaitable[Any]) -> list[Any]:
    """Let verbs wait behind one that is being done, so that they are one group; give what each gave or raised."""
    begun, go_on = threading.Event(), threading.Event()

    def wait(_connection: object) -> None:
        begun.set()
        go_on.wait(60)

    first = asyncio.ensure_future(journal._read(wait))  # no verb of the journal lasts as long as is wanted
    await asyncio.to_thread(begun.wait, 60)
    answers = asyncio.gather(*verbs, return_exceptions=True)
    await asyncio.sleep(0)
    go_on.set()
    await first
    return await answers


def intend(journal: SqliteJournal, slice_id: int, seq: int) -> Awaitable[None]:
    """Write down that a batch is about to be sent."""
    return journal.intend_load(slice_id, seq, digest="x", reaches=True, at=T0)


def conclude(journal: SqliteJournal, slice_id: int, seq: int, outcome: LoadOutcome) -> Awaitable[None]:
    """Write down what became of it."""
    return journal.conclude_load(slice_id, seq, outcome, at=T0)


async def stages(journal: SqliteJournal, slice_id: int) -> list[Stage]:
    """Give the stage of each batch."""
    return [one.stage for one in await journal.batches(slice_id, tuple(Stage))]


@pytest.mark.asyncio
async def test_one_that_must_not_be_sent_is_refused_alone(tmp_path: Path) -> None:
    """Of three intents in a group, the one whose batch was accepted before fails; the others stand."""
    async with planned(tmp_path / "journal.db", 3) as (journal, slice_id):
        await intend(journal, slice_id, 1)
        await conclude(journal, slice_id, 1, ACCEPTED)

        answers = await together(journal, *(intend(journal, slice_id, seq) for seq in range(3)))

        assert [type(one) for one in answers] == [type(None), JournalError, type(None)]
        assert await stages(journal, slice_id) == [Stage.IN_FLIGHT, Stage.ACCEPTED, Stage.IN_FLIGHT]
        assert [one.attempts for one in await journal.batches(slice_id, tuple(Stage))] == [1, 1, 1]


@pytest.mark.asyncio
async def test_verbs_of_one_batch_keep_their_order(tmp_path: Path) -> None:
    """Proved unsent, tried again, accepted: in one group that ends as accepted."""
    async with planned(tmp_path / "journal.db", 2) as (journal, slice_id):
        await intend(journal, slice_id, 0)

        answers = await together(
            journal,
            conclude(journal, slice_id, 0, LoadOutcome(stage=Stage.PLANNED)),
            intend(journal, slice_id, 0),
            conclude(journal, slice_id, 0, ACCEPTED),
        )

        assert answers == [None, None, None]
        assert await stages(journal, slice_id) == [Stage.ACCEPTED, Stage.PLANNED]


@pytest.mark.asyncio
async def test_another_verb_keeps_its_place_among_them(tmp_path: Path) -> None:
    """An intent before the end of a campaign stands, one after it is refused."""
    async with planned(tmp_path / "journal.db", 2) as (journal, slice_id):
        answers = await together(
            journal,
            intend(journal, slice_id, 0),
            journal.cancel(slice_id, stages=(Stage.PLANNED,), reason="expired", at=T0),
            intend(journal, slice_id, 1),
        )

        assert answers[:2] == [None, 2]
        assert isinstance(answers[2], JournalError)
        assert await stages(journal, slice_id) == [Stage.IN_FLIGHT, Stage.CANCELLED]


@pytest.mark.asyncio
async def test_outcomes_of_every_shape_share_a_group(tmp_path: Path) -> None:
    """Outcomes alike for all, with receipts and with exceptions end as they would alone."""
    receipts = {index: Receipt(vendor_id=f"v{index}", status=Status.QUEUED) for index in range(2)}
    outcomes = [
        ACCEPTED,
        LoadOutcome(stage=Stage.ACCEPTED, receipts=receipts),
        LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.REJECTED, "no such number")}),
        LoadOutcome(stage=Stage.UNKNOWN, reason="no answer in time"),
    ]
    async with planned(tmp_path / "journal.db", len(outcomes)) as (journal, slice_id):
        await together(journal, *(intend(journal, slice_id, seq) for seq in range(len(outcomes))))

        answers = await together(journal, *(conclude(journal, slice_id, n, one) for n, one in enumerate(outcomes)))

        assert answers == [None] * len(outcomes)
        found = await journal.batches(slice_id, tuple(Stage))
        assert [(one.stage, one.reason, one.receipts, one.exceptions) for one in found] == [
            (one.stage, one.reason, one.receipts, one.exceptions) for one in outcomes
        ]


@pytest.mark.asyncio
async def test_a_group_takes_few_statements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Intents that wait together are given to the journal at once, not one by one."""
    asked: list[int] = []
    real = loads.intend_all

    def counted(connection: sqlite3.Connection, what: Sequence[loads.Intent]) -> bool:
        asked.append(len(what))
        return real(connection, what)

    monkeypatch.setattr(loads, "intend_all", counted)
    async with planned(tmp_path / "journal.db", 20) as (journal, slice_id):
        await together(journal, *(intend(journal, slice_id, seq) for seq in range(20)))

    assert asked == [20]


@pytest.mark.asyncio
@pytest.mark.parametrize("count", [2, 20])
async def test_a_group_is_asked_one_by_one_only_where_it_must_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Intents, and outcomes that are alike for all or bring receipts of all, need no verb for a single batch."""
    alone: list[object] = []
    monkeypatch.setattr(loads, "intend", lambda _connection, what: alone.append(what))
    monkeypatch.setattr(loads, "conclude", lambda _connection, what: alone.append(what))
    told = LoadOutcome(stage=Stage.ACCEPTED, receipts={index: Receipt(vendor_id=f"v{index}") for index in range(2)})
    async with planned(tmp_path / "journal.db", count) as (journal, slice_id):
        await together(journal, *(intend(journal, slice_id, seq) for seq in range(count)))
        await together(
            journal, *(conclude(journal, slice_id, seq, told if seq % 2 else ACCEPTED) for seq in range(count))
        )

        assert await stages(journal, slice_id) == [Stage.ACCEPTED] * count
    assert alone == []


@pytest.mark.asyncio
@pytest.mark.parametrize("position", [0, 2])
async def test_an_outcome_that_is_none_is_refused_alone(tmp_path: Path, position: int) -> None:
    """Of three outcomes in a group, the one that says nothing fails; the others stand."""
    async with planned(tmp_path / "journal.db", 3) as (journal, slice_id):
        await together(journal, *(intend(journal, slice_id, seq) for seq in range(3)))
        outcomes = [LoadOutcome(stage=Stage.LOADING) if seq == position else ACCEPTED for seq in range(3)]

        answers = await together(journal, *(conclude(journal, slice_id, n, one) for n, one in enumerate(outcomes)))

        assert [isinstance(one, JournalError) for one in answers] == [seq == position for seq in range(3)]
        expected = [Stage.IN_FLIGHT if seq == position else Stage.ACCEPTED for seq in range(3)]
        assert await stages(journal, slice_id) == expected


@pytest.mark.asyncio
async def test_a_group_of_intents_takes_the_reason_off_the_slice(tmp_path: Path) -> None:
    """A slice that goes on does not stand still."""
    async with planned(tmp_path / "journal.db", 2) as (journal, slice_id):
        await journal.hold(slice_id, reason="no token", at=T0)

        await together(journal, *(intend(journal, slice_id, seq) for seq in range(2)))

        assert [each.reason for each in await journal.slices(KEY)] == [""]


@pytest.mark.asyncio
async def test_an_error_of_the_disk_in_a_group_stops_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of the group hear of it, and so does every later group: nothing further is written or sent."""

    def torn(_connection: sqlite3.Connection, _what: object) -> bool:
        msg = "disk I/O error"
        raise sqlite3.OperationalError(msg)

    async with planned(tmp_path / "journal.db", 2) as (journal, slice_id):
        with monkeypatch.context() as broken:
            broken.setattr(loads, "intend_all", torn)
            first = await together(journal, *(intend(journal, slice_id, seq) for seq in range(2)))
        later = await together(journal, *(intend(journal, slice_id, seq) for seq in range(2)))

        assert [type(one) for one in [*first, *later]] == [EnvironmentProblem] * 4
        assert await stages(journal, slice_id) == [Stage.PLANNED] * 2


@pytest.mark.parametrize("shape", ["one for all", "of each"])
@pytest.mark.parametrize(
    "odd",
    [
        {"credits": {Channel.VOICE: Decimal(1)}},
        {"vendor_id": "\ud800"},
        {"vendor_id": ["a", {1}]},
        {"duration": 2**70},
    ],
)
@pytest.mark.asyncio
async def test_a_value_that_cannot_be_written_down_harms_nobody_else(
    tmp_path: Path, odd: dict[str, Any], shape: str
) -> None:
    """What an adapter made of an answer may be anything: whoever brought it is told, and the journal goes on."""
    told = Receipt(**odd)
    own = {} if shape == "one for all" else {0: told, 1: told}
    strange = LoadOutcome(stage=Stage.ACCEPTED, receipt=None if own else told, receipts=own)
    async with planned(tmp_path / "journal.db", 3) as (journal, slice_id):
        for seq in range(3):
            await intend(journal, slice_id, seq)

        answers = await together(
            journal, *(conclude(journal, slice_id, seq, strange if seq == 1 else ACCEPTED) for seq in range(3))
        )

        assert [isinstance(one, Exception) for one in answers] == [False, True, False]
        assert await stages(journal, slice_id) == [Stage.ACCEPTED, Stage.IN_FLIGHT, Stage.ACCEPTED]
