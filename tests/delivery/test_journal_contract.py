"""What every journal does: the same tests for each implementation of the protocol."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import attrs
import pytest
import pytest_asyncio

from outreach.delivery.journal import (
    BEGUN,
    GIVEN_UP,
    NOT_YET,
    BatchRow,
    CampaignKey,
    DeliveryRow,
    Journal,
    LoadOutcome,
    NewBatch,
    NewSlice,
    People,
    Skipped,
    Stage,
    Step,
    StepState,
    Turn,
)
from outreach.delivery.memory import MemoryJournal
from outreach.delivery.sqlite import SqliteJournal
from outreach.errors import JournalError
from outreach.model import Channel, State, Status
from outreach.provider import Receipt

KEY = CampaignKey("fee-reminder-2026-12", 1)
T0 = datetime(2026, 12, 1, 4, 15, tzinfo=UTC)
T1 = T0 + timedelta(minutes=1)
T2 = T0 + timedelta(minutes=2)
VOICE = (Channel.VOICE,)
SMS = (Channel.SMS,)
BOTH = (Channel.VOICE, Channel.SMS)


@attrs.define
class Desk:
    """A journal, and how to end its process and start anew."""

    journal: Journal
    path: Path | None

    async def restart(self, at: datetime) -> Journal:
        """Open it again, as after a crash."""
        if isinstance(self.journal, MemoryJournal):
            self.journal.interrupt(at)
        elif self.path:
            await self.journal.close()
            self.journal = await SqliteJournal.open(self.path, now=at)
        return self.journal


@pytest_asyncio.fixture(params=["memory", "sqlite"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """Give a desk for each implementation."""
    path = tmp_path / "journal.db"
    if request.param == "memory":
        desk = Desk(MemoryJournal(), None)
    else:
        desk = Desk(await SqliteJournal.open(path, now=T0), path)
    yield desk
    await desk.journal.close()


def phone(number: int) -> str:
    """Give a number that reaches nobody."""
    return f"+9779610{number:06}"


def people(*numbers: int) -> People:
    """Give people, each with an id and a row made from the number."""
    return People(phones=[phone(n) for n in numbers], ids=[f"c-{n}" for n in numbers], rows=list(numbers))


def one_slice(number: int = 0, channels: tuple[Channel, ...] = VOICE, fingerprint: str = "f") -> NewSlice:
    """Give a slice whose title and marker follow from the fingerprint."""
    return NewSlice(
        number=number,
        provider="tingting",
        channels=channels,
        zone="Asia/Kathmandu",
        fingerprint=fingerprint,
        title=f"शुल्क 🙏 {fingerprint}",
        marker=fingerprint,
    )


async def plan(
    journal: Journal,
    *crowds: Sequence[int],
    channels: tuple[Channel, ...] = VOICE,
    fingerprint: str = "f",
    skipped: Sequence[Skipped] = (),
    at: datetime = T0,
) -> int:
    """Plan one slice with a batch for each crowd; give its id."""
    ids = await journal.replan(
        KEY,
        digest="d1",
        rows={"read": 3},
        slices=[one_slice(channels=channels, fingerprint=fingerprint)],
        batches=(NewBatch(slice_number=0, people=people(*crowd)) for crowd in crowds),
        skipped=skipped,
        at=at,
    )
    return ids[0]


async def send(journal: Journal, slice_id: int, seq: int, outcome: LoadOutcome, *, reaches: bool = True) -> None:
    """Intend a load and conclude it."""
    await journal.intend_load(slice_id, seq, digest="x", reaches=reaches, at=T1)
    await journal.conclude_load(slice_id, seq, outcome, at=T2)


async def states(journal: Journal, key: CampaignKey = KEY) -> dict[tuple[str, str], tuple[State, str]]:
    """Give state and reason by channel and number, and hold that each stands there once."""
    rows = [row async for row in journal.deliveries(key)]
    found = {(row.channel, row.phone): (row.state, row.reason) for row in rows}
    assert len(found) == len(rows)
    return found


def fates(batch: BatchRow) -> list[Stage]:
    """Give the stage of each person."""
    return [batch.exceptions.get(index, (batch.stage, ""))[0] for index in range(len(batch.people))]


async def all_batches(journal: Journal, slice_id: int) -> Sequence[BatchRow]:
    """Give every batch of a slice."""
    return await journal.batches(slice_id, list(Stage), limit=1000)


async def numbers_contacted(journal: Journal) -> list[tuple[tuple[Channel, ...], str]]:
    """Give channels and numbers that must not be planned again."""
    return [(channels, each) async for channels, phones in journal.contacted(KEY) for each in phones]


# Planning


@pytest.mark.asyncio
async def test_a_plan_is_read_back_as_it_was_written(desk: Desk) -> None:
    """Slices, batches and people come back in order, with ids, rows and text as given."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2], [5, 9])

    (each,) = await journal.slices(KEY)
    first, second = await all_batches(journal, slice_id)

    assert (each.id, each.title, each.zone, each.channels) == (slice_id, "शुल्क 🙏 f", "Asia/Kathmandu", VOICE)
    assert (each.closed, dict(each.refs), each.start, each.reason) == (False, {}, None, "")
    assert [first.seq, second.seq] == [0, 1]
    assert list(second.people.phones) == [phone(5), phone(9)]
    assert list(second.people.ids) == ["c-5", "c-9"]
    assert [list(batch.people.rows) for batch in (first, second)] == [[1, 2], [5, 9]]
    assert (first.stage, first.attempts, first.intended_at, first.updated_at) == (Stage.PLANNED, 0, None, T0)


@pytest.mark.asyncio
@pytest.mark.parametrize("row", ["९८०१२३४५६७", "+0977", "", "+977 961", "+99999999999999999999", "12", "+-5", "😀"])
async def test_a_row_without_a_number_keeps_what_it_held(desk: Desk, row: str) -> None:
    """Whatever stood in the number's cell comes back letter by letter, and the rows beside it too."""
    odd = People(phones=[phone(1), row], ids=["", "क"], rows=[0, 0])
    await plan(desk.journal, skipped=[Skipped(channel=None, provider="", reason="invalid_number", people=odd)])

    rows = [each async for each in desk.journal.deliveries(KEY)]

    assert [(each.phone, each.contact_id, each.row) for each in rows] == [(phone(1), "", 0), (row, "क", 0)]
    assert {(each.channel, each.state, each.reason) for each in rows} == {("", State.SKIPPED, "invalid_number")}


@pytest.mark.asyncio
async def test_a_batch_of_nobody_is_not_planned(desk: Desk) -> None:
    """No request is ever sent for it."""
    slice_id = await plan(desk.journal, [], [1], [])

    assert [list(batch.people.phones) for batch in await all_batches(desk.journal, slice_id)] == [[phone(1)]]


@pytest.mark.asyncio
async def test_a_plan_takes_the_place_of_what_was_planned(desk: Desk) -> None:
    """People who are in both plans stand there once; those who are not in the new one are cancelled."""
    journal = desk.journal
    await plan(journal, [1, 2, 3])
    await plan(journal, [2, 4], at=T1)

    assert await states(journal) == {
        ("voice", phone(1)): (State.CANCELLED, "removed"),
        ("voice", phone(2)): (State.PLANNED, NOT_YET[Stage.PLANNED]),
        ("voice", phone(3)): (State.CANCELLED, "removed"),
        ("voice", phone(4)): (State.PLANNED, NOT_YET[Stage.PLANNED]),
    }


@pytest.mark.asyncio
async def test_cancelled_people_can_be_planned_again(desk: Desk) -> None:
    """A person who was taken out or has expired, and is planned again, stands in the report once."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2], [3])
    await journal.cancel(slice_id, stages=[Stage.PLANNED], reason="expired", at=T1)
    await plan(journal, [2, 3], at=T2)

    assert await states(journal) == {
        ("voice", phone(1)): (State.CANCELLED, "expired"),
        ("voice", phone(2)): (State.PLANNED, NOT_YET[Stage.PLANNED]),
        ("voice", phone(3)): (State.PLANNED, NOT_YET[Stage.PLANNED]),
    }


@pytest.mark.asyncio
async def test_planned_people_can_be_skipped_by_the_next_plan(desk: Desk) -> None:
    """Whoever is suppressed since is skipped, and stands there once, though planned or cancelled before."""
    journal = desk.journal
    await plan(journal, [1, 2])
    await plan(journal, [1])
    left_out = Skipped(channel=Channel.VOICE, provider="tingting", reason="suppressed", people=people(1, 2))
    await plan(journal, skipped=[left_out])

    assert await states(journal) == {
        ("voice", phone(1)): (State.SKIPPED, "suppressed"),
        ("voice", phone(2)): (State.SKIPPED, "suppressed"),
    }


@pytest.mark.asyncio
async def test_a_number_beside_an_odd_one_is_found_again(desk: Desk) -> None:
    """A good number in a chunk that also holds an odd one is still the same person."""
    journal = desk.journal
    await plan(journal, [1])
    odd = People(phones=["landline?", phone(1)], ids=["", ""], rows=[1, 2])
    await plan(journal, skipped=[Skipped(channel=Channel.VOICE, provider="tingting", reason="landline", people=odd)])

    assert (await states(journal))["voice", phone(1)] == (State.SKIPPED, "landline")


@pytest.mark.asyncio
async def test_a_plan_on_fewer_channels_cancels_the_others(desk: Desk) -> None:
    """Somebody planned by voice and SMS, then by voice alone, is cancelled on SMS; and planned there again later."""
    journal = desk.journal
    await plan(journal, [1, 2], channels=BOTH)
    await plan(journal, [1], channels=VOICE)
    narrowed = await states(journal)
    await plan(journal, [1], channels=BOTH)

    assert narrowed == {
        ("voice", phone(1)): (State.PLANNED, NOT_YET[Stage.PLANNED]),
        ("sms", phone(1)): (State.CANCELLED, "removed"),
        ("voice", phone(2)): (State.CANCELLED, "removed"),
        ("sms", phone(2)): (State.CANCELLED, "removed"),
    }
    assert (await states(journal))["sms", phone(1)] == (State.PLANNED, NOT_YET[Stage.PLANNED])


@pytest.mark.asyncio
@pytest.mark.parametrize("given_up", [False, True])
async def test_whoever_is_planned_on_one_of_two_channels_is_told_on_the_other(desk: Desk, given_up: bool) -> None:
    """A batch of which everybody is planned anew on a channel is left with the other one, as what it was."""
    journal = desk.journal
    slice_id = await plan(journal, [1], channels=BOTH)
    if given_up:
        await journal.cancel(slice_id, stages=[Stage.PLANNED], reason="expired", at=T1)

    await plan(journal, [1], channels=VOICE, at=T1)

    assert await states(journal) == {
        ("voice", phone(1)): (State.PLANNED, NOT_YET[Stage.PLANNED]),
        ("sms", phone(1)): (State.CANCELLED, "expired" if given_up else "removed"),
    }


@pytest.mark.asyncio
async def test_what_was_begun_stays_when_a_plan_comes(desk: Desk) -> None:
    """Loading, loaded, load_unknown, in flight and settled batches are not touched by a new plan."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2], [3], [4], [5])
    await journal.intend_load(slice_id, 0, digest="x", reaches=False, at=T1)
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.LOADED), reaches=False)
    await send(journal, slice_id, 2, LoadOutcome(stage=Stage.LOAD_UNKNOWN), reaches=False)
    await send(journal, slice_id, 3, LoadOutcome(stage=Stage.ACCEPTED))
    await plan(journal, [6], at=T2)

    stages = [batch.stage for batch in await all_batches(journal, slice_id)]

    assert stages[:4] == [Stage.LOADING, Stage.LOADED, Stage.LOAD_UNKNOWN, Stage.ACCEPTED]
    assert stages[4:] == [Stage.CANCELLED]
    assert [len(await all_batches(journal, one.id)) for one in await journal.slices(KEY)] == [5, 1]


@pytest.mark.asyncio
async def test_the_sequence_of_a_slice_goes_on(desk: Desk) -> None:
    """A batch of a new plan never has the seq of an older batch."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2])
    assert await plan(journal, [3], [1]) == slice_id

    batches = await journal.batches(slice_id, [Stage.PLANNED])

    assert [batch.seq for batch in batches] == [2, 3]


@pytest.mark.asyncio
async def test_new_slices_join_open_ones_that_agree(desk: Desk) -> None:
    """Each new slice joins another open slice of the same kind; a closed one is joined by nobody."""
    journal = desk.journal
    twins = [one_slice(0), one_slice(1), one_slice(2, fingerprint="g")]
    nobody: dict[str, object] = {"digest": "d", "rows": {}, "batches": [], "skipped": [], "at": T0}
    first = await journal.replan(KEY, slices=twins, **nobody)  # type: ignore[arg-type] # the values are as asked for
    for each in first.values():
        await journal.intend_step(each, Step.OPEN, 0, digest="x", reaches=False, at=T0)
    again = await journal.replan(KEY, slices=twins, **nobody)  # type: ignore[arg-type] # as above
    await journal.intend_step(first[0], Step.LAUNCH, 0, digest="x", reaches=True, at=T0)
    last = await journal.replan(KEY, slices=twins[:1], **nobody)  # type: ignore[arg-type] # as above

    assert len(set(first.values())) == 3
    assert again == first
    assert last == {0: first[1]}


@pytest.mark.asyncio
async def test_a_slice_that_lost_everybody_goes(desk: Desk) -> None:
    """A slice that was never opened and whose people are planned elsewhere is not kept; an opened one is."""
    journal = desk.journal
    await plan(journal, [1], fingerprint="old text")
    opened = await plan(journal, [1], fingerprint="new text")
    await journal.intend_step(opened, Step.OPEN, 0, digest="x", reaches=False, at=T0)
    await plan(journal, [1], fingerprint="newest text")

    assert [each.fingerprint for each in await journal.slices(KEY)] == ["new text", "newest text"]


@pytest.mark.asyncio
async def test_a_plan_that_fails_leaves_the_old_one(desk: Desk) -> None:
    """When the contacts cannot be read to the end, nothing has changed."""
    journal = desk.journal
    slice_id = await plan(journal, [1])

    def broken() -> Iterator[NewBatch]:
        yield NewBatch(slice_number=0, people=people(2))
        msg = "row 2 is torn"
        raise ValueError(msg)

    with pytest.raises(ValueError, match="torn"):
        await journal.replan(KEY, digest="d2", rows={}, slices=[one_slice()], batches=broken(), skipped=[], at=T1)

    assert await states(journal) == {("voice", phone(1)): (State.PLANNED, NOT_YET[Stage.PLANNED])}
    assert [batch.seq for batch in await all_batches(journal, slice_id)] == [0]
    assert await journal.last_plan(KEY) == ("d1", {"read": 3})


@pytest.mark.asyncio
async def test_rounds_and_names_are_campaigns_of_their_own(desk: Desk) -> None:
    """Planning one campaign does not touch another, and each remembers its latest plan."""
    journal = desk.journal
    await plan(journal, [1])
    second = CampaignKey(KEY.name, 2)
    await journal.replan(
        second,
        digest="d2",
        rows={"read": 1},
        slices=[one_slice()],
        batches=[NewBatch(slice_number=0, people=people(1))],
        skipped=[],
        at=T1,
    )

    assert list(await journal.campaigns()) == [KEY, second]
    assert await journal.last_plan(KEY) == ("d1", {"read": 3})
    assert await journal.last_plan(second) == ("d2", {"read": 1})
    assert await journal.last_plan(CampaignKey("nobody's", 1)) is None
    assert (
        await states(journal)
        == await states(journal, second)
        == {("voice", phone(1)): (State.PLANNED, NOT_YET[Stage.PLANNED])}
    )


@pytest.mark.asyncio
async def test_attempts_are_kept_by_the_next_plan(desk: Desk) -> None:
    """Whoever was tried and is planned anew keeps the number of attempts, whatever batch they stand in then."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2], [3])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.PLANNED, reason="no connection"))
    await plan(journal, [3, 2], at=T2)
    await send(journal, slice_id, 2, LoadOutcome(stage=Stage.PLANNED, reason="no connection"))
    await plan(journal, [1, 2, 3], at=T2)

    (batch,) = await journal.batches(slice_id, [Stage.PLANNED])
    rows = [row async for row in journal.deliveries(KEY)]

    assert (batch.attempts, dict(batch.earlier)) == (0, {0: 1, 1: 2, 2: 1})
    assert {row.phone: row.attempts for row in rows} == {phone(1): 1, phone(2): 2, phone(3): 1}


@pytest.mark.asyncio
async def test_attempts_are_kept_by_every_plan_behind(desk: Desk) -> None:
    """Also where nobody knows the rows; whoever stands on several channels was tried as often as on the worst."""
    journal = desk.journal
    crowd = People(phones=[phone(1)], ids=[""], rows=[0])

    async def planned(*channels: tuple[Channel, ...]) -> Mapping[int, int]:
        return await journal.replan(
            KEY,
            digest="d",
            rows={},
            slices=[one_slice(number, channels=on) for number, on in enumerate(channels)],
            batches=[NewBatch(slice_number=number, people=crowd) for number in range(len(channels))],
            skipped=[],
            at=T0,
        )

    for numbers in ((0, 1), (0,)):
        ids = await planned(VOICE, SMS)
        for number in numbers:
            (batch,) = await journal.batches(ids[number], [Stage.PLANNED])
            await send(journal, ids[number], batch.seq, LoadOutcome(stage=Stage.PLANNED, reason="no connection"))
    await planned(VOICE, SMS)
    await planned(BOTH)

    assert {row.channel: row.attempts for row in [row async for row in journal.deliveries(KEY)]} == {
        "voice": 2,
        "sms": 2,
    }


# One batch


@pytest.mark.asyncio
@pytest.mark.parametrize(("reaches", "stage"), [(True, Stage.IN_FLIGHT), (False, Stage.LOADING)])
async def test_an_intent_is_written_before_the_request(desk: Desk, reaches: bool, stage: Stage) -> None:
    """A batch about to be sent is in flight, or loading where nobody is reached by it."""
    slice_id = await plan(desk.journal, [1])
    await desk.journal.intend_load(slice_id, 0, digest="x", reaches=reaches, at=T1)

    (batch,) = await all_batches(desk.journal, slice_id)

    assert (batch.stage, batch.attempts, batch.intended_at) == (stage, 1, T1)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "stage", [Stage.ACCEPTED, Stage.REJECTED, Stage.UNKNOWN, Stage.LOADED, Stage.LOAD_UNKNOWN, Stage.CANCELLED, None]
)
async def test_only_a_planned_batch_can_be_sent(desk: Desk, stage: Stage | None) -> None:
    """From any other stage (None: in flight) the intent is refused, and nothing changes."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T1)
    if stage:
        await journal.conclude_load(slice_id, 0, LoadOutcome(stage=stage), at=T1)
    before = await all_batches(journal, slice_id)

    with pytest.raises(JournalError):
        await journal.intend_load(slice_id, 0, digest="y", reaches=True, at=T2)

    assert [(b.stage, b.attempts) for b in await all_batches(journal, slice_id)] == [
        (b.stage, b.attempts) for b in before
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize("seq", [7, -1])
async def test_a_batch_that_is_not_there_cannot_be_sent(desk: Desk, seq: int) -> None:
    """Neither a wrong batch nor a wrong slice is taken for another one."""
    slice_id = await plan(desk.journal, [1])
    for slice_no, seq_no in [(slice_id, seq), (slice_id + 1, 0)]:
        with pytest.raises(JournalError):
            await desk.journal.intend_load(slice_no, seq_no, digest="x", reaches=True, at=T1)
        for receipts in ({}, reached(0)):
            outcome = LoadOutcome(stage=Stage.ACCEPTED, receipt=Receipt(), receipts=receipts)
            with pytest.raises(JournalError):
                await desk.journal.conclude_load(slice_no, seq_no, outcome, at=T1)
        with pytest.raises(JournalError):
            await desk.journal.note(slice_no, seq_no, {0: Receipt()}, at=T1)


@pytest.mark.asyncio
async def test_an_outcome_speaks_of_each_person(desk: Desk) -> None:
    """Stages, reasons and receipts of exceptions are theirs alone; whom the vendor refused, nobody queued."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3])
    outcome = LoadOutcome(
        stage=Stage.ACCEPTED,
        exceptions={1: (Stage.REJECTED, "not a mobile number")},
        receipt=Receipt(vendor_id="b-1", word="queued"),
        receipts={2: Receipt(vendor_id="p-3", status=Status.SENT, word="बज्दै")},
    )
    await send(journal, slice_id, 0, outcome)

    rows = [row async for row in journal.deliveries(KEY)]

    assert [(row.state, row.reason) for row in rows] == [
        (State.ACCEPTED, ""),
        (State.REJECTED, "not a mobile number"),
        (State.ACCEPTED, ""),
    ]
    assert [(row.vendor_id, row.status, row.word) for row in rows] == [
        ("b-1", Status.QUEUED, "queued"),
        ("b-1", None, "queued"),
        ("p-3", Status.SENT, "बज्दै"),
    ]
    assert (await journal.counts(KEY)).statuses == {Status.QUEUED: 1, Status.SENT: 1}
    assert {(row.updated_at, row.attempts, row.provider) for row in rows} == {(T2, 1, "tingting")}


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.REJECTED, Stage.LOADED, Stage.PLANNED, Stage.CANCELLED])
async def test_a_late_answer_changes_nothing(desk: Desk, stage: Stage) -> None:
    """A batch that is settled, or was never sent, cannot be concluded."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await send(journal, slice_id, 0, LoadOutcome(stage=stage, reason="first"))

    with pytest.raises(JournalError):
        await journal.conclude_load(slice_id, 0, LoadOutcome(stage=Stage.UNKNOWN, reason="late"), at=T2)

    (batch,) = await all_batches(journal, slice_id)
    assert (batch.stage, batch.reason) == (stage, "first")


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", [Stage.LOADING, Stage.IN_FLIGHT, Stage.SKIPPED, Stage.PASSED])
async def test_an_outcome_must_say_what_became(desk: Desk, stage: Stage) -> None:
    """No answer makes a batch, or a person in it, loading, in flight, skipped or passed."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T1)
    for outcome in (LoadOutcome(stage=stage), LoadOutcome(stage=Stage.ACCEPTED, exceptions={0: (stage, "")})):
        with pytest.raises(JournalError):
            await journal.conclude_load(slice_id, 0, outcome, at=T2)

    assert [batch.stage for batch in await all_batches(journal, slice_id)] == [Stage.IN_FLIGHT]


@pytest.mark.asyncio
@pytest.mark.parametrize("index", [-1, 2])
async def test_an_outcome_must_speak_of_people_of_the_batch(desk: Desk, index: int) -> None:
    """An index that nobody has is refused, in exceptions, receipts and notes."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T1)
    for outcome in (
        LoadOutcome(stage=Stage.ACCEPTED, exceptions={index: (Stage.REJECTED, "")}),
        LoadOutcome(stage=Stage.ACCEPTED, receipts={index: Receipt()}),
        LoadOutcome(stage=Stage.ACCEPTED, receipt=Receipt(), receipts={index: Receipt()}),
        LoadOutcome(stage=Stage.ACCEPTED, receipts={0: Receipt(), index: Receipt()}),
    ):
        with pytest.raises(JournalError):
            await journal.conclude_load(slice_id, 0, outcome, at=T2)
    with pytest.raises(JournalError):
        await journal.note(slice_id, 0, {index: Receipt()}, at=T2)

    assert [batch.stage for batch in await all_batches(journal, slice_id)] == [Stage.IN_FLIGHT]


@pytest.mark.asyncio
async def test_an_outcome_must_speak_of_people_of_this_batch(desk: Desk) -> None:
    """An index that only a larger batch has is refused."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3], [4, 5], [6, 7, 8])
    await journal.intend_load(slice_id, 1, digest="x", reaches=True, at=T1)
    outcome = LoadOutcome(stage=Stage.ACCEPTED, receipt=Receipt(), receipts={2: Receipt()})

    with pytest.raises(JournalError):
        await journal.conclude_load(slice_id, 1, outcome, at=T2)


@pytest.mark.asyncio
async def test_people_who_are_left_planned_get_a_batch_of_their_own(desk: Desk) -> None:
    """The missing of a half-done load can be sent alone; everybody keeps id, row, receipt and attempts."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3], [4])
    outcome = LoadOutcome(
        stage=Stage.LOADED,
        exceptions={0: (Stage.PLANNED, "absent"), 1: (Stage.REJECTED, "twice")},
        receipts={2: Receipt(vendor_id="p-3")},
    )
    await send(journal, slice_id, 0, outcome, reaches=False)

    loaded, _, planned = await all_batches(journal, slice_id)

    assert (fates(loaded), list(loaded.people.phones)) == ([Stage.REJECTED, Stage.LOADED], [phone(2), phone(3)])
    assert loaded.receipts[1].vendor_id == "p-3"
    assert (planned.seq, planned.stage, planned.reason, planned.attempts) == (2, Stage.PLANNED, "absent", 1)
    assert (list(planned.people.phones), list(planned.people.ids), list(planned.people.rows)) == (
        [phone(1)],
        ["c-1"],
        [1],
    )


@pytest.mark.asyncio
async def test_settled_people_keep_what_they_are(desk: Desk) -> None:
    """Settling the doubtful people of a batch, one by one, does not touch the others."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3])
    doubt = (Stage.UNKNOWN, "the answer does not speak of them")
    accepted = Receipt(vendor_id="b-1")
    await send(
        journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: doubt, 2: doubt}, receipt=accepted)
    )
    mark = LoadOutcome(stage=doubt[0], reason=doubt[1], exceptions={1: (Stage.ACCEPTED, "sent, says A. Rai")})
    await journal.conclude_load(slice_id, 0, mark, at=T2)
    first = await states(journal)
    await journal.conclude_load(slice_id, 0, LoadOutcome(stage=Stage.PLANNED, reason="unsent, says A. Rai"), at=T2)

    assert first == {
        ("voice", phone(1)): (State.ACCEPTED, ""),
        ("voice", phone(2)): (State.ACCEPTED, "sent, says A. Rai"),
        ("voice", phone(3)): doubt_state(doubt),
    }
    assert (await states(journal))["voice", phone(3)] == (State.PLANNED, "unsent, says A. Rai")
    assert (await states(journal))["voice", phone(1)] == (State.ACCEPTED, "")


def doubt_state(doubt: tuple[Stage, str]) -> tuple[State, str]:
    """Give what an unknown person is to the outside."""
    return State.UNKNOWN, doubt[1]


@pytest.mark.asyncio
async def test_the_rest_of_a_batch_can_be_proved_unsent(desk: Desk) -> None:
    """When one of an unknown batch is known to be accepted, and the rest to be unsent, only the rest is planned."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.UNKNOWN))
    known = LoadOutcome(stage=Stage.UNKNOWN, exceptions={0: (Stage.ACCEPTED, "found")})
    await journal.conclude_load(slice_id, 0, known, at=T2)
    await journal.conclude_load(slice_id, 0, LoadOutcome(stage=Stage.PLANNED, reason="absent"), at=T2)

    (planned,) = await journal.batches(slice_id, [Stage.PLANNED])

    assert list(planned.people.phones) == [phone(2)]
    assert await numbers_contacted(journal) == [(VOICE, phone(1))]


@pytest.mark.asyncio
async def test_receipts_that_an_outcome_does_not_name_are_kept(desk: Desk) -> None:
    """An outcome that brings a receipt for one person does not take away those of the others."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    both = {0: Receipt(vendor_id="p-1"), 1: Receipt(vendor_id="p-2")}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.UNKNOWN, receipts=both))
    later = {1: Receipt(vendor_id="p-2", status=Status.SENT)}
    await journal.conclude_load(slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, receipts=later), at=T2)

    rows = [row async for row in journal.deliveries(KEY)]

    assert [(row.vendor_id, row.status) for row in rows] == [("p-1", Status.QUEUED), ("p-2", Status.SENT)]
    assert (await journal.counts(KEY)).statuses == {Status.QUEUED: 1, Status.SENT: 1}


@pytest.mark.asyncio
async def test_an_outcome_without_receipts_takes_none_away(desk: Desk) -> None:
    """What the vendor calls people whose answer was lost is known still when they are found to be accepted."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.UNKNOWN, receipts=reached(0, 1)))
    await journal.conclude_load(slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED), at=T2)

    assert [(row.vendor_id, row.status) async for row in journal.deliveries(KEY)] == [
        ("v0", Status.SENT),
        ("v1", Status.SENT),
    ]


@pytest.mark.asyncio
async def test_what_a_vendor_said_of_everybody_one_by_one_is_an_exception(desk: Desk) -> None:
    """Settling tells by that whom the vendor refused from those of whom it said nothing."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    refused = {0: (Stage.LOAD_UNKNOWN, "twice"), 1: (Stage.LOAD_UNKNOWN, "no mobile number")}
    outcome = LoadOutcome(stage=Stage.LOAD_UNKNOWN, reason="0 of 2 taken", exceptions=refused)

    await send(journal, slice_id, 0, outcome, reaches=False)

    (batch,) = await all_batches(journal, slice_id)
    assert (batch.stage, batch.reason, dict(batch.exceptions)) == (Stage.LOAD_UNKNOWN, "0 of 2 taken", refused)


@pytest.mark.asyncio
@pytest.mark.parametrize("first", [0, 1])
async def test_whoever_is_lost_stands_for_people_who_are_nothing_alike(desk: Desk, first: int) -> None:
    """Of an accepted load that took nobody, settling finds the one it is silent of wherever they stand."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    said = {first: (Stage.LOAD_UNKNOWN, "silent"), 1 - first: (Stage.REJECTED, "400")}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.LOADED, exceptions=said), reaches=False)

    assert [batch.seq for batch in await journal.batches(slice_id, [Stage.LOAD_UNKNOWN])] == [0]
    assert await plan(journal, [3]) != slice_id


@pytest.mark.asyncio
async def test_the_first_stands_for_people_who_are_nothing_alike(desk: Desk) -> None:
    """Their fate is that of the batch where nobody is lost, and those of the others are exceptions."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    said = {0: (Stage.CANCELLED, "expired"), 1: (Stage.REJECTED, "400")}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, exceptions=said))

    (batch,) = await all_batches(journal, slice_id)
    assert (batch.stage, batch.reason, dict(batch.exceptions)) == (*said[0], {1: said[1]})


@pytest.mark.asyncio
async def test_mixed_batches_are_found_when_asked_for(desk: Desk) -> None:
    """A batch in which only an exception is unknown is given with ``mixed``, and not without."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2], [3], [4, 5])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.UNKNOWN, "?")}))
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.UNKNOWN))
    await send(journal, slice_id, 2, LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.REJECTED, "!")}))

    plain = await journal.batches(slice_id, [Stage.UNKNOWN])
    mixed = await journal.batches(slice_id, [Stage.UNKNOWN], mixed=True)

    assert ([b.seq for b in plain], [b.seq for b in mixed]) == ([1], [0, 1])


@pytest.mark.asyncio
async def test_batches_come_in_pages(desk: Desk) -> None:
    """``after`` and ``limit`` walk through a slice in order of seq, other slices left out."""
    journal = desk.journal
    slice_id = await plan(journal, *[[n] for n in range(5)])

    page = await journal.batches(slice_id, [Stage.PLANNED], after=1, limit=2)

    assert [batch.seq for batch in page] == [2, 3]
    assert await journal.batches(slice_id, [Stage.PLANNED], after=4) == []
    assert await journal.batches(slice_id + 1, [Stage.PLANNED]) == []


@pytest.mark.asyncio
async def test_what_became_of_people_can_be_noted_later(desk: Desk) -> None:
    """A note replaces the receipts that it names, keeps the others, and counts."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, receipt=Receipt(vendor_id="b-1")))
    answered = Receipt(vendor_id="b-1", status=Status.ANSWERED, word="hungup")
    await journal.note(slice_id, 0, {1: answered}, at=T2 + timedelta(hours=1))
    counted = await journal.counts(KEY)
    await journal.note(slice_id, 0, {0: answered, 2: answered}, at=T2 + timedelta(hours=2))

    rows = [row async for row in journal.deliveries(KEY)]

    assert counted.statuses == {Status.QUEUED: 2, Status.ANSWERED: 1}
    assert (await journal.counts(KEY)).statuses == {Status.ANSWERED: 3}
    assert {(row.status, row.word, row.updated_at) for row in rows} == {
        (Status.ANSWERED, "hungup", T2 + timedelta(hours=2))
    }


@pytest.mark.asyncio
async def test_what_a_vendor_tells_beside_the_status_is_kept_by_channel(desk: Desk) -> None:
    """Credits belong to a channel, seconds and answers to a call; all of it moves with its person."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3], channels=(Channel.VOICE, Channel.SMS))
    shared = Receipt(vendor_id="b-1", duration=1.0)
    doubt = (Stage.PLANNED, "proved not to be at the vendor")
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, receipt=shared, exceptions={0: doubt}))
    told = Receipt(
        vendor_id="p-2",
        status=Status.ANSWERED,
        credits={Channel.VOICE: 1.5, Channel.SMS: 2.0},
        duration=12.0,
        answers={"will_pay": "हुन्छ"},
        transcript="a: नमस्ते",
        playback=91.0,
    )
    await journal.note(slice_id, 0, {0: told}, at=T2)

    rows = {(row.phone[-1], row.channel): row async for row in journal.deliveries(KEY)}

    voice, sms = rows["2", "voice"], rows["2", "sms"]
    assert (voice.credits, voice.duration, voice.answers) == (1.5, 12.0, {"will_pay": "हुन्छ"})
    assert (voice.transcript, voice.playback) == ("a: नमस्ते", 91.0)
    assert (sms.credits, sms.duration, dict(sms.answers), sms.transcript, sms.playback) == (2.0, None, {}, "", None)
    assert rows["3", "voice"].duration == 1.0
    assert rows["1", "voice"].credits is None


@pytest.mark.asyncio
@pytest.mark.parametrize("known", [0, 1])
async def test_a_receipt_of_everybody_is_that_of_whoever_was_unsettled(desk: Desk, known: int) -> None:
    """It takes the place of their own receipts, and not of the receipts of people who are settled."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2], [3, 4])
    first = {0: Receipt(vendor_id="a", duration=1.0), 1: Receipt(vendor_id="b", duration=2.0)}
    settled = {known: (Stage.REJECTED, "")}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.UNKNOWN, exceptions=settled, receipts=first))
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.UNKNOWN, receipts=first))

    for seq in (0, 1):
        outcome = LoadOutcome(stage=Stage.ACCEPTED, receipt=Receipt(vendor_id="c", duration=3.0))
        await journal.conclude_load(slice_id, seq, outcome, at=T2)

    found = [(row.vendor_id, row.duration) async for row in journal.deliveries(KEY)]
    kept = [(first[index].vendor_id, first[index].duration) if index == known else ("c", 3.0) for index in (0, 1)]
    assert found == [*kept, ("c", 3.0), ("c", 3.0)]


@pytest.mark.asyncio
@pytest.mark.parametrize("named", [0, 1])
@pytest.mark.parametrize("shared", [None, Receipt(vendor_id="b", status=Status.ANSWERED)])
async def test_whoever_an_outcome_does_not_name_counts_as_before(
    desk: Desk, named: int, shared: Receipt | None
) -> None:
    """A receipt of one of two people, beside one of everybody or none, is theirs alone."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    both = {index: Receipt(vendor_id="p", status=Status.QUEUED) for index in (0, 1)}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.UNKNOWN, receipts=both))
    own = {named: Receipt(vendor_id="o", status=Status.SENT)}

    await journal.conclude_load(slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, receipt=shared, receipts=own), at=T2)

    others = Status.ANSWERED if shared else Status.QUEUED
    assert (await journal.counts(KEY)).statuses == {Status.SENT: 1, others: 1}
    found = [row.status async for row in journal.deliveries(KEY)]
    assert found == [Status.SENT if index == named else others for index in (0, 1)]


@pytest.mark.asyncio
async def test_a_lost_load_is_settled_person_by_person(desk: Desk) -> None:
    """Where nobody knows whether people are loaded, the vendor's list says so of each."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.LOAD_UNKNOWN, reason="timeout"), reaches=False)
    found = LoadOutcome(stage=Stage.LOADED, exceptions={1: (Stage.REJECTED, "no such number")})

    await journal.conclude_load(slice_id, 0, found, at=T2)

    assert [fates(batch) for batch in await all_batches(journal, slice_id)] == [[Stage.LOADED, Stage.REJECTED]]


@pytest.mark.asyncio
async def test_an_outcome_is_that_of_its_slice(desk: Desk) -> None:
    """A batch of another slice that is on its way too, whatever its numbers, keeps what it is."""
    journal = desk.journal
    slices = [one_slice(n, fingerprint=f"f{n}") for n in range(3)]
    crowds = [NewBatch(slice_number=n, people=people(10 * n + seq)) for n in range(3) for seq in range(4)]
    made = await journal.replan(KEY, digest="d", rows={}, slices=slices, batches=crowds, skipped=[], at=T0)
    ids = list(made.values())
    begun = list(product(ids, range(4)))
    for slice_id, seq in begun:
        await journal.intend_load(slice_id, seq, digest="x", reaches=True, at=T1)

    for done, (slice_id, seq) in enumerate(begun, 1):
        own = LoadOutcome(stage=Stage.ACCEPTED, receipts={0: Receipt(vendor_id=f"{slice_id}-{seq}")})
        await journal.conclude_load(slice_id, seq, own, at=T2)
        found = [batch.stage for one in ids for batch in await all_batches(journal, one)]
        assert found == [Stage.ACCEPTED] * done + [Stage.IN_FLIGHT] * (len(begun) - done)


@pytest.mark.asyncio
async def test_a_batch_is_found_by_one_of_its_people(desk: Desk) -> None:
    """Where people have different fates, one in the stage asked for is enough."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3])
    odd = {0: (Stage.REJECTED, "!"), 1: (Stage.UNKNOWN, "?")}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, exceptions=odd))

    assert [batch.seq for batch in await journal.batches(slice_id, [Stage.UNKNOWN], mixed=True)] == [0]


@pytest.mark.asyncio
async def test_a_note_keeps_the_time_from_which_settling_counts(desk: Desk) -> None:
    """As long as one person is unsettled, a note about another does not put the settling off."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.UNKNOWN, "?")}))

    await journal.note(slice_id, 0, reached(0), at=T2 + timedelta(hours=1))

    assert [batch.updated_at for batch in await all_batches(journal, slice_id)] == [T2]


@pytest.mark.asyncio
async def test_a_call_of_an_agent_is_a_call(desk: Desk) -> None:
    """Seconds, answers and transcript are told of it as they are of any call."""
    slice_id = await plan(desk.journal, [1], channels=(Channel.AI_CALL,))
    told = Receipt(duration=12.0, answers={"q": "a"}, transcript="a: b", playback=91.0)
    await send(desk.journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, receipt=told))

    (row,) = [row async for row in desk.journal.deliveries(KEY)]

    assert (row.duration, row.answers, row.transcript, row.playback) == (12.0, {"q": "a"}, "a: b", 91.0)


@pytest.mark.asyncio
async def test_a_refused_person_is_not_queued(desk: Desk) -> None:
    """What the vendor said of their status stands, but for one that says that they wait their turn."""
    slice_id = await plan(desk.journal, [1, 2])
    receipts = {0: Receipt(status=Status.FAILED), 1: Receipt(status=Status.QUEUED)}
    await send(desk.journal, slice_id, 0, LoadOutcome(stage=Stage.REJECTED, receipts=receipts))

    assert [row.status async for row in desk.journal.deliveries(KEY)] == [Status.FAILED, None]
    assert (await desk.journal.counts(KEY)).statuses == {Status.FAILED: 1}


# Open and launch


@pytest.mark.asyncio
async def test_a_start_comes_without_anything_else(desk: Desk) -> None:
    """An answer that states only when the campaign starts is remembered."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await journal.intend_step(slice_id, Step.OPEN, 0, digest="x", reaches=False, at=T1)
    await journal.conclude_step(slice_id, Step.OPEN, 0, StepState.ACCEPTED, at=T2, start=T2)

    assert [each.start for each in await journal.slices(KEY)] == [T2]


@pytest.mark.asyncio
@pytest.mark.parametrize("state", [StepState.ACCEPTED, StepState.REJECTED, StepState.UNKNOWN, StepState.UNSENT])
async def test_a_harmless_request_says_nothing_of_the_launched(desk: Desk, state: StepState) -> None:
    """What became of it is not what became of the people of a launch, and it opens no slice again."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.LOADED), reaches=False)
    await launch(journal, slice_id)
    await journal.intend_step(slice_id, Step.LAUNCH, 1, digest="x", reaches=False, at=T1)

    await journal.conclude_step(slice_id, Step.LAUNCH, 1, state, at=T2, reason="r")

    assert [batch.stage for batch in await all_batches(journal, slice_id)] == [Stage.IN_FLIGHT]
    assert [each.closed for each in await journal.slices(KEY)] == [True]


@pytest.mark.asyncio
@pytest.mark.parametrize("state", [StepState.REJECTED, StepState.UNKNOWN])
async def test_a_harmless_request_is_not_begun_again_as_a_launch(desk: Desk, state: StepState) -> None:
    """What reaches people is begun again only where the first is proved unsent, whatever the first was called."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=False, at=T1)
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, state, at=T1)

    with pytest.raises(JournalError):
        await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T2)


@pytest.mark.asyncio
async def test_an_answer_supplies_what_later_requests_need(desk: Desk) -> None:
    """Refs of several answers add up, and the start is remembered."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    start = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    for position, refs in enumerate([{"campaign": "79"}, {"message": "नं ५"}]):
        await journal.intend_step(slice_id, Step.OPEN, position, digest="x", reaches=False, at=T1)
        await journal.conclude_step(
            slice_id, Step.OPEN, position, StepState.ACCEPTED, at=T2, refs=refs, start=None if position else start
        )

    (each,) = await journal.slices(KEY)
    steps = await journal.steps(slice_id)

    assert (dict(each.refs), each.start, each.closed) == ({"campaign": "79", "message": "नं ५"}, start, False)
    assert [(row.step, row.position, row.state, row.intended_at) for row in steps] == [
        (Step.OPEN, 0, StepState.ACCEPTED, T1),
        (Step.OPEN, 1, StepState.ACCEPTED, T1),
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("state", "stage", "closed"),
    [
        (StepState.ACCEPTED, Stage.ACCEPTED, True),
        (StepState.REJECTED, Stage.REJECTED, True),
        (StepState.UNKNOWN, Stage.UNKNOWN, True),
        (StepState.UNSENT, Stage.LOADED, False),
    ],
)
async def test_a_launch_takes_the_loaded_with_it(desk: Desk, state: StepState, stage: Stage, closed: bool) -> None:
    """What is loaded is in flight with the launch and shares its outcome; others stay what they are."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2], [3], [4])
    outcome = LoadOutcome(stage=Stage.LOADED, exceptions={1: (Stage.REJECTED, "twice")})
    await send(journal, slice_id, 0, outcome, reaches=False)
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.UNKNOWN), reaches=False)
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T1)
    flying = [fates(batch) for batch in await all_batches(journal, slice_id)]
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, state, at=T2, reason="why")

    assert flying == [[Stage.IN_FLIGHT, Stage.REJECTED], [Stage.UNKNOWN], [Stage.PLANNED]]
    assert [fates(batch) for batch in await all_batches(journal, slice_id)] == [
        [stage, Stage.REJECTED],
        [Stage.UNKNOWN],
        [Stage.PLANNED],
    ]
    assert [each.closed for each in await journal.slices(KEY)] == [closed]


@pytest.mark.asyncio
async def test_a_launch_takes_those_who_are_loaded_by_exception(desk: Desk) -> None:
    """Whoever is loaded flies with the launch, also where most of the batch is not."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3])
    outcome = LoadOutcome(stage=Stage.UNKNOWN, reason="listed twice", exceptions={1: (Stage.LOADED, "found")})
    await send(journal, slice_id, 0, outcome, reaches=False)
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T1)
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.ACCEPTED, at=T2)

    assert [state for state, _ in (await states(journal)).values()] == [State.UNKNOWN, State.ACCEPTED, State.UNKNOWN]


@pytest.mark.asyncio
async def test_a_batch_with_a_request_of_its_own_does_not_share_the_launch(desk: Desk) -> None:
    """A batch that was launched once, came back, and is sent by itself now, is not concluded by the next launch."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2])
    for seq in (0, 1):
        await send(journal, slice_id, seq, LoadOutcome(stage=Stage.LOADED), reaches=False)
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T1)
    await journal.conclude_load(slice_id, 0, LoadOutcome(stage=Stage.PLANNED), at=T1)
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.UNSENT, at=T1)
    await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T1)
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T1)
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.ACCEPTED, at=T2)

    assert [batch.stage for batch in await all_batches(journal, slice_id)] == [Stage.IN_FLIGHT, Stage.ACCEPTED]


@pytest.mark.asyncio
async def test_a_launch_is_settled_later(desk: Desk) -> None:
    """An unknown launch can become accepted; people settled in between keep what they are."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2])
    for seq in (0, 1):
        await send(journal, slice_id, seq, LoadOutcome(stage=Stage.LOADED), reaches=False)
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T1)
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.UNKNOWN, at=T1, reason="timeout")
    await journal.conclude_load(slice_id, 1, LoadOutcome(stage=Stage.REJECTED, reason="blocked"), at=T1)
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.ACCEPTED, at=T2)

    assert await states(journal) == {
        ("voice", phone(1)): (State.ACCEPTED, ""),
        ("voice", phone(2)): (State.REJECTED, "blocked"),
    }


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("state", "reaches", "again"),
    [
        (None, False, False),
        (StepState.ACCEPTED, False, False),
        (StepState.REJECTED, False, True),
        (StepState.UNKNOWN, False, True),
        (StepState.UNSENT, False, True),
        (None, True, False),
        (StepState.ACCEPTED, True, False),
        (StepState.REJECTED, True, False),
        (StepState.UNKNOWN, True, False),
        (StepState.UNSENT, True, True),
    ],
)
async def test_when_a_request_may_be_begun_again(
    desk: Desk, state: StepState | None, reaches: bool, again: bool
) -> None:
    """What reaches people is begun again only when it is proved unsent; None: it is in flight."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await journal.intend_step(slice_id, Step.OPEN, 0, digest="x", reaches=reaches, at=T1)
    if state:
        await journal.conclude_step(slice_id, Step.OPEN, 0, state, at=T1)

    if again:
        await journal.intend_step(slice_id, Step.OPEN, 0, digest="x", reaches=reaches, at=T2)
    else:
        with pytest.raises(JournalError):
            await journal.intend_step(slice_id, Step.OPEN, 0, digest="x", reaches=reaches, at=T2)

    (row,) = await journal.steps(slice_id)
    assert (row.intended_at == T2) is again


@pytest.mark.asyncio
async def test_a_reaching_request_is_not_begun_again_as_a_harmless_one(desk: Desk) -> None:
    """What was sent as a launch and is unknown stays so, whatever the second call says about it."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T1)
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.UNKNOWN, at=T1)

    with pytest.raises(JournalError):
        await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=False, at=T2)


@pytest.mark.asyncio
@pytest.mark.parametrize("state", [StepState.ACCEPTED, StepState.REJECTED, StepState.UNSENT])
async def test_a_late_answer_to_a_step_changes_nothing(desk: Desk, state: StepState) -> None:
    """A request that is settled, or was never begun, cannot be concluded; nor can one become in flight so."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    with pytest.raises(JournalError):
        await journal.conclude_step(slice_id, Step.OPEN, 0, state, at=T2)
    await journal.intend_step(slice_id, Step.OPEN, 0, digest="x", reaches=False, at=T1)
    with pytest.raises(JournalError):
        await journal.conclude_step(slice_id, Step.OPEN, 0, StepState.IN_FLIGHT, at=T2)
    await journal.conclude_step(slice_id, Step.OPEN, 0, state, at=T1)

    with pytest.raises(JournalError):
        await journal.conclude_step(slice_id, Step.OPEN, 0, StepState.UNKNOWN, at=T2, refs={"campaign": "80"})

    assert [row.state for row in await journal.steps(slice_id)] == [state]
    assert [dict(each.refs) for each in await journal.slices(KEY)] == [{}]


@pytest.mark.asyncio
async def test_a_slice_is_launched_once(desk: Desk) -> None:
    """A second request that reaches everybody is refused, and so is adding people after the launch."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T1)

    with pytest.raises(JournalError):
        await journal.intend_step(slice_id, Step.LAUNCH, 1, digest="x", reaches=True, at=T2)
    with pytest.raises(JournalError):
        await journal.intend_load(slice_id, 0, digest="x", reaches=False, at=T2)
    with pytest.raises(JournalError):
        await journal.intend_step(slice_id + 1, Step.LAUNCH, 0, digest="x", reaches=True, at=T2)

    assert len(await journal.steps(slice_id)) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("loading", [False, True])
async def test_nothing_is_launched_while_a_load_is_unsettled(desk: Desk, mixed: bool, loading: bool) -> None:
    """People of whom nobody knows whether they are loaded would be reached, and still count as planned."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await journal.intend_load(slice_id, 0, digest="x", reaches=False, at=T1)
    if not loading:
        doubt = (Stage.LOAD_UNKNOWN, "timeout")
        outcome = LoadOutcome(stage=Stage.LOADED, exceptions={1: doubt}) if mixed else LoadOutcome(stage=doubt[0])
        await journal.conclude_load(slice_id, 0, outcome, at=T1)

    with pytest.raises(JournalError):
        await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T2)

    assert await journal.steps(slice_id) == []
    assert [each.closed for each in await journal.slices(KEY)] == [False]


# Giving up and standing still


@pytest.mark.asyncio
async def test_giving_up_the_planned(desk: Desk) -> None:
    """People in the stages named are cancelled and counted; others stay, and the slice stays open."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2], [3], [4])
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.ACCEPTED))

    given_up = await journal.cancel(slice_id, stages=[Stage.PLANNED], reason="expired", at=T2)

    assert given_up == 3
    assert (await states(journal))["voice", phone(3)] == (State.ACCEPTED, "")
    assert (await journal.counts(KEY)).reasons == {(State.CANCELLED, "expired"): 3}
    assert [each.closed for each in await journal.slices(KEY)] == [False]


@pytest.mark.asyncio
async def test_giving_up_the_loaded_closes_the_slice(desk: Desk) -> None:
    """Who was loaded is in the vendor's campaign for good: it is not launched, and joined by nobody."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3], [4])
    outcome = LoadOutcome(
        stage=Stage.LOADED, exceptions={0: (Stage.LOAD_UNKNOWN, "?"), 1: (Stage.REJECTED, "not a mobile number")}
    )
    await send(journal, slice_id, 0, outcome, reaches=False)
    stages = [Stage.LOADED, Stage.LOAD_UNKNOWN]

    given_up = await journal.cancel(slice_id, stages=stages, reason="stopped", at=T2)

    assert given_up == 2
    assert (await states(journal))["voice", phone(2)] == (State.REJECTED, "not a mobile number")
    assert [turn async for turn in journal.turns(KEY)] == [Turn("tingting", VOICE, [phone(2)], Stage.REJECTED)]
    with pytest.raises(JournalError):
        await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T2)
    assert await plan(journal, [1]) != slice_id
    assert await journal.cancel(slice_id, stages=stages, reason="again", at=T2) == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", [Stage.IN_FLIGHT, Stage.ACCEPTED, Stage.REJECTED, Stage.UNKNOWN])
async def test_whoever_may_have_been_contacted_is_not_given_up(desk: Desk, stage: Stage) -> None:
    """A cancelled person may be planned again; hence nobody who was reached can become one."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T1)
    if stage is not Stage.IN_FLIGHT:
        await journal.conclude_load(slice_id, 0, LoadOutcome(stage=stage), at=T1)

    with pytest.raises(JournalError):
        await journal.cancel(slice_id, stages=[Stage.PLANNED, stage], reason="expired", at=T2)

    assert [batch.stage for batch in await all_batches(journal, slice_id)] == [stage]


@pytest.mark.asyncio
async def test_holding_says_why_and_the_next_request_takes_it_back(desk: Desk) -> None:
    """The reason stands on the slice and its planned batches, until something is sent."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2], [3])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED))
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.LOADED), reaches=False)
    await journal.hold(slice_id, reason="credit exhausted", at=T2)
    held = ([each.reason for each in await journal.slices(KEY)], await states(journal))
    await journal.intend_load(slice_id, 2, digest="x", reaches=True, at=T2)

    assert held == (
        ["credit exhausted"],
        {
            ("voice", phone(1)): (State.ACCEPTED, ""),
            ("voice", phone(2)): (State.PLANNED, "credit exhausted"),
            ("voice", phone(3)): (State.PLANNED, "credit exhausted"),
        },
    )
    assert [each.reason for each in await journal.slices(KEY)] == [""]
    assert (await states(journal))["voice", phone(3)] == (State.IN_FLIGHT, "")


@pytest.mark.asyncio
async def test_holding_once_more_for_the_same_reason_changes_nothing(desk: Desk) -> None:
    """Every batch of the slice says why and since when, the first one too."""
    slice_id = await plan(desk.journal, [1], [2])
    for at in (T1, T2):
        await desk.journal.hold(slice_id, reason="credit exhausted", at=at)

    found = await all_batches(desk.journal, slice_id)
    assert [(batch.reason, batch.updated_at) for batch in found] == [("credit exhausted", T1)] * 2


@pytest.mark.asyncio
async def test_a_step_or_a_plan_takes_the_reason_off_the_slice(desk: Desk) -> None:
    """A slice that goes on does not stand still."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await journal.hold(slice_id, reason="no token", at=T1)
    await plan(journal, [1])
    planned = [each.reason for each in await journal.slices(KEY)]
    await journal.hold(slice_id, reason="no token", at=T1)
    await journal.intend_step(slice_id, Step.OPEN, 0, digest="x", reaches=False, at=T2)

    assert planned == [""]
    assert [each.reason for each in await journal.slices(KEY)] == [""]


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", [Stage.LOADING, Stage.LOADED, Stage.LOAD_UNKNOWN])
async def test_giving_up_whoever_may_be_loaded_closes_the_slice(desk: Desk, stage: Stage) -> None:
    """Each of these stages alone is enough: a launch might reach people who are given up."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2])
    await journal.intend_load(slice_id, 0, digest="x", reaches=False, at=T1)
    if stage is not Stage.LOADING:
        await journal.conclude_load(slice_id, 0, LoadOutcome(stage=stage), at=T1)

    assert await journal.cancel(slice_id, stages=[stage], reason="stopped", at=T2) == 1
    assert [each.closed for each in await journal.slices(KEY)] == [True]


@pytest.mark.asyncio
async def test_giving_up_one_leaves_the_fate_of_the_others_that_of_the_batch(desk: Desk) -> None:
    """Whoever is given up becomes the exception, with the reason; what the vendor said of the batch stays its own."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    odd = {1: (Stage.LOAD_UNKNOWN, "?")}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.REJECTED, reason="no", exceptions=odd), reaches=False)

    await journal.cancel(slice_id, stages=[Stage.LOAD_UNKNOWN], reason="stopped", at=T2)

    (batch,) = await all_batches(journal, slice_id)
    assert (batch.stage, batch.reason, dict(batch.exceptions)) == (
        Stage.REJECTED,
        "no",
        {1: (Stage.CANCELLED, "stopped")},
    )


# After a crash


@pytest.mark.asyncio
async def test_what_is_found_in_flight_is_unknown(desk: Desk) -> None:
    """Opening turns in flight into unknown and loading into load_unknown; the rest stays, with all it holds."""
    slice_id = await plan(desk.journal, [1], [2], [3])
    await desk.journal.intend_step(slice_id, Step.OPEN, 0, digest="x", reaches=False, at=T1)
    await desk.journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T1)
    await desk.journal.intend_load(slice_id, 1, digest="x", reaches=False, at=T1)
    journal = await desk.restart(T2)

    batches = await all_batches(journal, slice_id)
    (step,) = await journal.steps(slice_id)

    assert [batch.stage for batch in batches] == [Stage.UNKNOWN, Stage.LOAD_UNKNOWN, Stage.PLANNED]
    assert {batch.reason for batch in batches[:2]} == {"interrupted: the process ended before the answer"}
    assert [batch.updated_at for batch in batches] == [T2, T2, T0]
    assert (step.state, step.reason) == (StepState.UNKNOWN, "interrupted: the process ended before the answer")


@pytest.mark.asyncio
async def test_an_interrupted_launch_is_settled_with_its_people(desk: Desk) -> None:
    """After a crash in the launch, its outcome still becomes that of the people who were loaded."""
    slice_id = await plan(desk.journal, [1])
    await send(desk.journal, slice_id, 0, LoadOutcome(stage=Stage.LOADED), reaches=False)
    await desk.journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T1)
    journal = await desk.restart(T2)
    crashed = await states(journal)
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.UNSENT, at=T2, reason="it did not run")
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T2)
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.ACCEPTED, at=T2)

    assert crashed["voice", phone(1)][0] is State.UNKNOWN
    assert await states(journal) == {("voice", phone(1)): (State.ACCEPTED, "")}


# Questions about all


@pytest.mark.asyncio
async def test_who_must_not_be_planned_again(desk: Desk) -> None:
    """Everybody but the planned, rejected, cancelled and skipped, by person and with the channels."""
    journal = desk.journal
    left_out = Skipped(channel=Channel.VOICE, provider="tingting", reason="suppressed", people=people(9))
    slice_id = await plan(journal, [1, 2], [3], [4], [5], [6], channels=BOTH, skipped=[left_out])
    mixed = LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.CANCELLED, "unsent and expired")})
    await send(journal, slice_id, 0, mixed)
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.REJECTED))
    await send(journal, slice_id, 2, LoadOutcome(stage=Stage.LOADED), reaches=False)
    await journal.intend_load(slice_id, 3, digest="x", reaches=False, at=T1)

    assert await numbers_contacted(journal) == [(BOTH, phone(n)) for n in (1, 4, 5)]


@pytest.mark.asyncio
async def test_pressure_counts_deliveries_begun_since(desk: Desk) -> None:
    """Accepted, in flight and unknown deliveries of all campaigns count, once per channel, from the time on."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2], [3], [4], [5], channels=BOTH)
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.REJECTED, "no")}))
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.LOADED), reaches=False)
    await journal.intend_load(slice_id, 2, digest="x", reaches=True, at=T2)
    second = await journal.replan(
        CampaignKey("another", 1),
        digest="d",
        rows={},
        slices=[one_slice()],
        batches=[NewBatch(slice_number=0, people=people(1, 6))],
        skipped=[],
        at=T1,
    )
    await send(journal, second[0], 0, LoadOutcome(stage=Stage.UNKNOWN))

    assert dict(await journal.pressure(T1)) == {phone(1): 3, phone(4): 2, phone(6): 1}
    assert dict(await journal.pressure(T2)) == {phone(4): 2}


@pytest.mark.asyncio
async def test_pressure_counts_what_a_vendor_was_told_to_do_later(desk: Desk) -> None:
    """It is then that people are contacted, not when the vendor was told; what was not begun does not count."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2])
    await journal.intend_step(slice_id, Step.OPEN, 0, digest="d", reaches=False, at=T1)
    await journal.conclude_step(slice_id, Step.OPEN, 0, StepState.ACCEPTED, at=T1, start=T2)
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED))

    later = T2 + timedelta(seconds=1)
    assert [dict(await journal.pressure(since)) for since in (T1, T2, later)] == [{phone(1): 1}, {phone(1): 1}, {}]


@pytest.mark.asyncio
async def test_pressure_counts_whoever_is_on_the_way_beside_the_refused(desk: Desk) -> None:
    """In a launch that was begun, the refused of its batches do not count, the others do."""
    slice_id = await plan(desk.journal, [1, 2])
    some = LoadOutcome(stage=Stage.LOADED, exceptions={1: (Stage.REJECTED, "blocked")})
    await send(desk.journal, slice_id, 0, some, reaches=False)
    await launch(desk.journal, slice_id)

    assert dict(await desk.journal.pressure(T1)) == {phone(1): 1}


@pytest.mark.asyncio
async def test_counts_add_up(desk: Desk) -> None:
    """Every delivery is counted once by state, route, reason and status; rows that are none are not."""
    journal = desk.journal
    skipped = [
        Skipped(channel=Channel.VOICE, provider="tingting", reason="suppressed", people=people(8, 9)),
        Skipped(channel=Channel.SMS, provider="tingting", reason="suppressed", people=people(8)),
        Skipped(channel=None, provider="", reason="duplicate", people=people(1)),
    ]
    slice_id = await plan(journal, [1, 2, 3], [4], [5], [6], channels=BOTH, skipped=skipped)
    outcome = LoadOutcome(
        stage=Stage.ACCEPTED,
        exceptions={2: (Stage.REJECTED, "blocked")},
        receipts={0: Receipt(status=Status.SENT), 1: Receipt()},
    )
    await send(journal, slice_id, 0, outcome)
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.LOADED, receipt=Receipt()), reaches=False)
    await send(journal, slice_id, 2, LoadOutcome(stage=Stage.UNKNOWN, reason="timeout"))

    counts = await journal.counts(KEY)
    rows = [row async for row in journal.deliveries(KEY)]

    assert {state: n for state, n in counts.deliveries.items() if n} == {
        State.PLANNED: 4,
        State.ACCEPTED: 4,
        State.REJECTED: 2,
        State.UNKNOWN: 2,
        State.SKIPPED: 3,
    }
    assert set(counts.deliveries) == set(State)
    assert counts.skipped == {"suppressed": 3}
    assert counts.statuses == {Status.SENT: 2, Status.QUEUED: 4}
    assert counts.routes["voice", "tingting"] == {
        State.PLANNED: 2,
        State.ACCEPTED: 2,
        State.REJECTED: 1,
        State.UNKNOWN: 1,
        State.SKIPPED: 2,
    }
    assert counts.reasons == {
        (State.PLANNED, NOT_YET[Stage.PLANNED]): 2,
        (State.PLANNED, NOT_YET[Stage.LOADED]): 2,
        (State.REJECTED, "blocked"): 2,
        (State.UNKNOWN, "timeout"): 2,
    }
    assert Counter(row.state for row in rows if row.channel) == {s: n for s, n in counts.deliveries.items() if n}


@pytest.mark.asyncio
async def test_mixed_batches_of_every_slice_are_counted_once(desk: Desk) -> None:
    """Also the first of a slice that stands behind another one."""
    mixed = LoadOutcome(stage=Stage.LOADED, exceptions={1: (Stage.REJECTED, "blocked")})
    await row_of_slices(desk.journal, mixed, mixed)

    counts = await desk.journal.counts(KEY)

    assert (counts.deliveries[State.PLANNED], counts.deliveries[State.REJECTED]) == (4, 4)


@pytest.mark.asyncio
async def test_an_unknown_campaign_is_empty(desk: Desk) -> None:
    """Asking about a campaign that was never planned is no error."""
    other = CampaignKey("never planned", 1)

    assert await desk.journal.slices(other) == []
    assert set((await desk.journal.counts(other)).deliveries.values()) == {0}
    assert [row async for row in desk.journal.deliveries(other)] == []


@pytest.mark.asyncio
async def test_nobody_is_planned_without_a_reason(desk: Desk) -> None:
    """Where a run died before it could say why, the report and the counts say what is known, by how far it came."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2], [3], [4])
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.LOADED))
    await send(journal, slice_id, 2, LoadOutcome(stage=Stage.ACCEPTED, exceptions={0: (Stage.PLANNED, "")}))
    await journal.intend_load(slice_id, 3, digest="d", reaches=False, at=T1)
    journal = await desk.restart(T2)

    told = [row.reason async for row in journal.deliveries(KEY)]
    counts = await journal.counts(KEY)

    planned, loaded = NOT_YET[Stage.PLANNED], NOT_YET[Stage.LOADED]
    assert told[:3] == [planned, loaded, planned]
    assert all(told)
    assert counts.reasons[State.PLANNED, planned] == 2
    assert counts.reasons[State.PLANNED, loaded] == 1
    assert (State.PLANNED, "") not in counts.reasons


@pytest.mark.asyncio
async def test_deliveries_come_in_order(desk: Desk) -> None:
    """A row per channel in the order of the people, then skipped deliveries, then rows that are none."""
    skipped = [
        Skipped(channel=None, provider="", reason="duplicate", people=people(7)),
        Skipped(channel=Channel.SMS, provider="tingting", reason="suppressed", people=people(8)),
    ]
    await plan(desk.journal, [2, 1], [3], channels=BOTH, skipped=skipped)

    rows = [row async for row in desk.journal.deliveries(KEY)]

    assert [(row.channel, row.phone) for row in rows] == [
        *((channel, phone(n)) for n in (2, 1, 3) for channel in BOTH),
        ("sms", phone(8)),
        ("", phone(7)),
    ]
    assert rows[0] == DeliveryRow(
        contact_id="c-2",
        phone=phone(2),
        channel="voice",
        provider="tingting",
        state=State.PLANNED,
        status=None,
        word="",
        reason=NOT_YET[Stage.PLANNED],
        vendor_id="",
        attempts=0,
        updated_at=T0,
        row=2,
    )


@pytest.mark.asyncio
async def test_long_lists_are_read_to_the_end(desk: Desk) -> None:
    """More people than one page holds are given once each, also while other verbs come in between."""
    journal = desk.journal
    crowds = [range(start, start + 700) for start in range(0, 14_000, 700)]
    left_out = Skipped(
        channel=Channel.VOICE, provider="tingting", reason="suppressed", people=people(*range(20_000, 33_000))
    )
    slice_id = await plan(journal, *crowds, skipped=[left_out])
    seen: list[str] = []
    async for row in journal.deliveries(KEY):
        if not seen:
            await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED))
        seen.append(row.phone)

    assert seen == [phone(n) for n in [*range(14_000), *range(20_000, 33_000)]]
    assert len(await numbers_contacted(journal)) == 700


# Leaving people out


@pytest.mark.asyncio
async def test_people_left_out_of_a_planned_batch_are_skipped_on_each_channel(desk: Desk) -> None:
    """They leave the batch, which keeps its place and order, and stand in the report as skipped with the reason."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3], channels=BOTH)

    await journal.leave_out(slice_id, 0, [1], reason="suppressed", at=T1)

    (batch,) = await all_batches(journal, slice_id)
    assert (batch.seq, batch.stage, list(batch.people.phones)) == (0, Stage.PLANNED, [phone(1), phone(3)])
    found = await states(journal)
    assert found["voice", phone(2)] == found["sms", phone(2)] == (State.SKIPPED, "suppressed")
    assert (await journal.counts(KEY)).skipped == {"suppressed": 2}


@pytest.mark.asyncio
async def test_a_batch_whose_people_are_all_left_out_is_gone(desk: Desk) -> None:
    """Nobody is left to send to."""
    slice_id = await plan(desk.journal, [1, 2])

    await desk.journal.leave_out(slice_id, 0, [0, 1], reason="suppressed", at=T1)

    assert await all_batches(desk.journal, slice_id) == []
    assert (await desk.journal.counts(KEY)).deliveries[State.SKIPPED] == 2


@pytest.mark.asyncio
async def test_loaded_people_can_be_left_out_and_the_others_keep_their_receipts(desk: Desk) -> None:
    """Whoever was deleted at the vendor leaves; what is known of the others stays theirs."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    receipts = {index: Receipt(vendor_id=f"v{index}", status=Status.QUEUED, word="") for index in (0, 1)}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.LOADED, receipts=receipts), reaches=False)

    await journal.leave_out(slice_id, 0, [0], reason="suppressed", at=T2)

    (batch,) = await all_batches(journal, slice_id)
    assert list(batch.people.phones) == [phone(2)]
    assert (batch.receipts.get(0) or batch.receipt) == receipts[1]
    assert await numbers_contacted(journal) == [(VOICE, phone(2))]


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.UNKNOWN, Stage.REJECTED])
async def test_whoever_may_have_been_contacted_cannot_be_left_out(desk: Desk, stage: Stage) -> None:
    """A late wish does not hide a contact: nothing is changed."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await send(journal, slice_id, 0, LoadOutcome(stage=stage, reason="r"))

    with pytest.raises(JournalError):
        await journal.leave_out(slice_id, 0, [0], reason="suppressed", at=T2)
    with pytest.raises(JournalError):
        await journal.leave_out(slice_id, 0, [2], reason="suppressed", at=T2)

    assert (await journal.counts(KEY)).skipped == {}
    assert len((await all_batches(journal, slice_id))[0].people) == 2


@pytest.mark.asyncio
async def test_people_left_out_are_planned_anew_when_they_may_be(desk: Desk) -> None:
    """A new plan decides again about whoever was left out, and says it once."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await journal.leave_out(slice_id, 0, [0], reason="suppressed", at=T1)

    await plan(journal, [1, 2], at=T2)

    assert await states(journal) == {("voice", phone(n)): (State.PLANNED, NOT_YET[Stage.PLANNED]) for n in (1, 2)}


# A person's word


async def unknown(journal: Journal, *, launched: bool) -> int:
    """Give a slice with a batch of three people of whom nobody knows, by their own request or by a launch."""
    slice_id = await plan(journal, [1, 2, 3])
    if not launched:
        await send(journal, slice_id, 0, LoadOutcome(stage=Stage.UNKNOWN, reason="timeout"))
        return slice_id
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.LOADED), reaches=False)
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T1)
    await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.UNKNOWN, at=T2, reason="timeout")
    return slice_id


@pytest.mark.asyncio
@pytest.mark.parametrize("launched", [False, True])
async def test_a_persons_word_makes_people_accepted_or_planned(desk: Desk, launched: bool) -> None:
    """One is marked sent, one unsent, the third stays unknown; the report says whose word it is."""
    journal = desk.journal
    slice_id = await unknown(journal, launched=launched)

    await journal.mark(slice_id, 0, [0], sent=True, by="sita", reason="she said so", at=T2)
    await journal.mark(slice_id, 0, [1], sent=False, by="sita", reason="", at=T2)

    assert await states(journal) == {
        ("voice", phone(1)): (State.ACCEPTED, "marked sent by sita: she said so"),
        ("voice", phone(2)): (State.PLANNED, "marked unsent by sita"),
        ("voice", phone(3)): (State.UNKNOWN, "timeout"),
    }
    assert sorted(await numbers_contacted(journal)) == [(VOICE, phone(1)), (VOICE, phone(3))]


@pytest.mark.asyncio
@pytest.mark.parametrize("launched", [False, True])
async def test_whoever_was_marked_unsent_is_planned_again(desk: Desk, launched: bool) -> None:
    """The next plan takes them in, once, and nobody else; their attempts are still counted."""
    journal = desk.journal
    slice_id = await unknown(journal, launched=launched)
    await journal.mark(slice_id, 0, [1], sent=False, by="sita", reason="", at=T2)

    again = await plan(journal, [2], at=T2)

    found = await states(journal)
    assert found["voice", phone(2)] == (State.PLANNED, NOT_YET[Stage.PLANNED])
    assert found["voice", phone(1)] == found["voice", phone(3)] == (State.UNKNOWN, "timeout")
    assert (again == slice_id) is not launched
    (planned,) = await journal.batches(again, [Stage.PLANNED])
    assert (list(planned.people.phones), dict(planned.earlier)) == ([phone(2)], {0: 1})


@pytest.mark.asyncio
async def test_a_word_outlives_plans_and_restarts(desk: Desk) -> None:
    """Who said what of whom, and when, is kept for good, in order."""
    slice_id = await unknown(desk.journal, launched=False)
    await desk.journal.mark(slice_id, 0, [2, 0], sent=False, by="sita", reason="no call in the log", at=T2)
    await plan(desk.journal, [1, 3], at=T2)

    marks = await (await desk.restart(T2)).marks(KEY)

    assert [(one.phone, one.sent, one.by, one.reason, one.at) for one in marks] == [
        (phone(1), False, "sita", "no call in the log", T2),
        (phone(3), False, "sita", "no call in the log", T2),
    ]
    assert {(one.channels, one.provider) for one in marks} == {(VOICE, "tingting")}


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.REJECTED, Stage.PLANNED])
async def test_a_word_counts_only_where_nobody_knows(desk: Desk, stage: Stage) -> None:
    """What the journal knows is not overruled; one such person and nobody is marked."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    outcome = LoadOutcome(stage=Stage.UNKNOWN, exceptions={1: (stage, "r")})
    await send(journal, slice_id, 0, outcome)
    before = await states(journal)

    for indexes in ([0, 1], [0, 7]):
        with pytest.raises(JournalError):
            await journal.mark(slice_id, 0, indexes, sent=True, by="sita", reason="", at=T2)

    assert await states(journal) == before
    assert list(await journal.marks(KEY)) == []


@pytest.mark.asyncio
async def test_a_late_answer_of_a_launch_leaves_a_word_alone(desk: Desk) -> None:
    """When the launch is settled after all, only those of whom nobody knew yet follow it."""
    journal = desk.journal
    slice_id = await unknown(journal, launched=True)
    await journal.mark(slice_id, 0, [0], sent=True, by="sita", reason="", at=T2)
    await journal.mark(slice_id, 0, [1], sent=False, by="sita", reason="", at=T2)

    await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.ACCEPTED, at=T2)

    found = await states(journal)
    assert [found["voice", phone(n)][0] for n in (1, 2, 3)] == [State.ACCEPTED, State.PLANNED, State.ACCEPTED]


def other(number: int = 0, channels: tuple[Channel, ...] = VOICE) -> NewSlice:
    """Give a slice of another provider."""
    return attrs.evolve(one_slice(number, channels=channels, fingerprint="g"), provider="second")


async def pass_on(journal: Journal, *numbers: int, channels: tuple[Channel, ...] = VOICE, at: datetime = T2) -> int:
    """Plan people for another provider; give its slice."""
    ids = await journal.replan(
        KEY,
        digest="d2",
        rows={},
        slices=[other(channels=channels)],
        batches=[NewBatch(slice_number=0, people=people(*numbers))],
        skipped=[],
        at=at,
        passes=True,
    )
    return ids[0]


def reached(*indexes: int) -> dict[int, Receipt]:
    """Give what a vendor told of people by itself."""
    return {index: Receipt(vendor_id=f"v{index}", status=Status.SENT, word="sent") for index in indexes}


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.REJECTED, Stage.UNKNOWN, Stage.CANCELLED])
async def test_whoever_was_reached_after_all_is_never_planned_again(desk: Desk, stage: Stage) -> None:
    """What the vendor proves counts whatever was known; the others of the batch keep each their own reason."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3])
    await send(journal, slice_id, 0, LoadOutcome(stage=stage, reason="r", exceptions={2: (stage, "own")}))
    (first, *_) = await all_batches(journal, slice_id)

    await journal.witness(slice_id, first.seq, reached(0), reason="told", at=T2)

    found = await states(await desk.restart(T2))
    assert found["voice", phone(1)] == (State.ACCEPTED, "told")
    assert [found["voice", phone(n)][1] for n in (2, 3)] == ["r", "own"]
    assert (VOICE, phone(1)) in await numbers_contacted(desk.journal)
    assert await desk.journal.pressure(T1) == {phone(n): 1 for n in (1, 2, 3) if n == 1 or stage is Stage.UNKNOWN}
    await plan(desk.journal, [2, 3] if stage in {Stage.PLANNED, Stage.CANCELLED} else [], at=T2)
    assert (await states(desk.journal))["voice", phone(1)] == (State.ACCEPTED, "told")


@pytest.mark.asyncio
@pytest.mark.parametrize("stage", [Stage.LOADED, Stage.LOAD_UNKNOWN])
async def test_a_campaign_that_reached_somebody_is_not_launched_any_more(desk: Desk, stage: Stage) -> None:
    """Nobody knows of the others in it whether they were reached too; whoever was not loaded is planned still."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2], [3], [4])
    for seq in (0, 1):
        await send(journal, slice_id, seq, LoadOutcome(stage=stage), reaches=False)

    await journal.witness(slice_id, 0, reached(0), reason="", at=T2)

    found = await states(journal)
    expected = [State.ACCEPTED, State.UNKNOWN, State.UNKNOWN, State.PLANNED]
    assert [found["voice", phone(n)][0] for n in (1, 2, 3, 4)] == expected
    assert found["voice", phone(3)][1] == BEGUN
    with pytest.raises(JournalError):
        await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T2)


@pytest.mark.asyncio
async def test_one_of_a_campaign_is_enough_to_keep_it_from_being_launched(desk: Desk) -> None:
    """A witness of the loaded and the rejected closes it; whoever may be loaded becomes unknown, as exception too."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2], [3, 4])
    odd = {0: (Stage.REJECTED, "no")}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.LOADED, exceptions=odd), reaches=False)
    lost = {1: (Stage.LOAD_UNKNOWN, "?")}
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.REJECTED, exceptions=lost), reaches=False)

    await journal.witness(slice_id, 0, reached(0, 1), reason="", at=T2)

    assert [each.closed for each in await journal.slices(KEY)] == [True]
    assert [fates(batch) for batch in await all_batches(journal, slice_id)] == [
        [Stage.ACCEPTED, Stage.ACCEPTED],
        [Stage.REJECTED, Stage.UNKNOWN],
    ]


@pytest.mark.asyncio
async def test_a_witness_keeps_when_people_were_contacted(desk: Desk) -> None:
    """A request that was begun counts from its time; where there was none, the time of the witness stands for it."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.UNKNOWN))

    for seq in (0, 1):
        await journal.witness(slice_id, seq, reached(0), reason="", at=T2)

    assert [batch.intended_at for batch in await all_batches(journal, slice_id)] == [T1, T2]


@pytest.mark.asyncio
async def test_a_word_or_a_witness_of_nobody_changes_nothing(desk: Desk) -> None:
    """Not even the time from which settling counts."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    before = await all_batches(journal, slice_id)

    await journal.witness(slice_id, 0, {}, reason="", at=T2)
    await journal.mark(slice_id, 0, [], sent=True, by="A. Rai", reason="", at=T2)

    assert await all_batches(journal, slice_id) == before
    assert await journal.marks(KEY) == []


@pytest.mark.asyncio
async def test_who_refused_people_before_stays_with_them_when_a_batch_is_divided(desk: Desk) -> None:
    """Of two who were passed on, each keeps their own reason in the batch where they are then."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3])
    why = {index: (Stage.REJECTED, f"r{index}") for index in range(3)}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.REJECTED, exceptions=why))
    second = await pass_on(journal, 1, 2, 3)
    before = {who: told for who, (_, told) in (await states(journal)).items()}

    moved = LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.PLANNED, "absent")})
    await send(journal, second, 0, moved)

    found = {who: told for who, (_, told) in (await states(journal)).items()}
    assert [f"r{n - 1}" in before["voice", phone(n)] for n in (1, 2, 3)] == [True] * 3
    assert [f"r{n - 1}" in found["voice", phone(n)] for n in (1, 2, 3)] == [True] * 3


@pytest.mark.asyncio
async def test_a_witness_changes_nobody_who_is_accepted_or_not_there(desk: Desk) -> None:
    """One such person and nothing is changed."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.UNKNOWN, exceptions={1: (Stage.ACCEPTED, "")}))
    before = await states(journal)

    for indexes in ((0, 1), (0, 7)):
        with pytest.raises(JournalError):
            await journal.witness(slice_id, 0, reached(*indexes), reason="", at=T2)
    await journal.witness(slice_id, 0, {}, reason="", at=T2)

    assert await states(journal) == before


@pytest.mark.asyncio
@pytest.mark.parametrize("reaches", [False, True])
async def test_nobody_is_witnessed_while_a_request_is_on_its_way(desk: Desk, reaches: bool) -> None:
    """Its answer says what became of them, and would be refused afterwards."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    await journal.intend_load(slice_id, 0, digest="x", reaches=reaches, at=T1)
    before = await all_batches(journal, slice_id)

    with pytest.raises(JournalError):
        await journal.witness(slice_id, 0, reached(0), reason="", at=T2)

    assert await all_batches(journal, slice_id) == before


@pytest.mark.asyncio
async def test_the_refused_stand_once_with_the_provider_that_takes_over(desk: Desk) -> None:
    """Attempts and the refusal go with them; where they stood they count no more, and are told as passed."""
    journal = desk.journal
    first = await plan(journal, [1, 2], [3])
    await send(journal, first, 0, LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.REJECTED, "no such number")}))
    await send(journal, first, 1, LoadOutcome(stage=Stage.REJECTED, reason="400"))

    second = await pass_on(journal, 2, 3)

    found = {row.phone: row for row in [row async for row in journal.deliveries(KEY)]}
    assert {row.provider for row in found.values()} == {"tingting", "second"}
    assert (found[phone(2)].state, found[phone(2)].attempts) == (State.PLANNED, 1)
    assert found[phone(2)].reason == f"{NOT_YET[Stage.PLANNED]}; before, tingting: no such number"
    counts = await journal.counts(KEY)
    assert {state: n for state, n in counts.deliveries.items() if n} == {State.ACCEPTED: 1, State.PLANNED: 2}
    assert counts.routes["voice", "tingting"] == {State.ACCEPTED: 1}
    assert [turn async for turn in journal.turns(KEY)] == [
        Turn("tingting", VOICE, [phone(2)], Stage.PASSED),
        Turn("tingting", VOICE, [phone(3)], Stage.PASSED),
    ]
    assert [fates(batch) for batch in await all_batches(journal, second)] == [[Stage.PLANNED, Stage.PLANNED]]


@pytest.mark.asyncio
@pytest.mark.parametrize(("taken", "left"), [(1, 2), (2, 1)])
async def test_a_campaign_out_of_which_people_are_taken_is_never_launched(desk: Desk, taken: int, left: int) -> None:
    """Its slice is closed; whoever is left in it is cancelled, so that the next plan has them again."""
    journal = desk.journal
    first = await plan(journal, [1, 2])
    await send(journal, first, 0, LoadOutcome(stage=Stage.LOADED), reaches=False)

    await pass_on(journal, taken)

    assert await states(journal) == {
        ("voice", phone(left)): (State.CANCELLED, GIVEN_UP),
        ("voice", phone(taken)): (State.PLANNED, NOT_YET[Stage.PLANNED]),
    }
    assert [one.closed for one in await journal.slices(KEY) if one.id == first] == [True]
    with pytest.raises(JournalError):
        await journal.intend_step(first, Step.LAUNCH, 0, digest="x", reaches=True, at=T2)


@pytest.mark.asyncio
async def test_a_campaign_out_of_which_everybody_is_taken_is_closed(desk: Desk) -> None:
    """They are in it at the vendor still, so that nothing may launch it."""
    journal = desk.journal
    first = await plan(journal, [1, 2])
    await send(journal, first, 0, LoadOutcome(stage=Stage.LOADED), reaches=False)

    await pass_on(journal, 1, 2)

    assert [one.closed for one in await journal.slices(KEY) if one.id == first] == [True]


@pytest.mark.asyncio
async def test_a_campaign_whose_refused_are_taken_over_goes_on(desk: Desk) -> None:
    """Whoever is loaded in it stays loaded, it is open, and batches of which nobody goes keep their time."""
    journal = desk.journal
    first = await plan(journal, [1], [2], [3])
    await send(journal, first, 0, LoadOutcome(stage=Stage.LOADED), reaches=False)
    for seq in (1, 2):
        await send(journal, first, seq, LoadOutcome(stage=Stage.REJECTED, reason="400"), reaches=False)

    await pass_on(journal, 2, at=T2 + timedelta(minutes=1))

    assert [one.closed for one in await journal.slices(KEY) if one.id == first] == [False]
    found = [(batch.stage, batch.reason, batch.updated_at) for batch in await all_batches(journal, first)]
    assert found == [
        (Stage.LOADED, "", T2),
        (Stage.PASSED, "400", T2 + timedelta(minutes=1)),
        (Stage.REJECTED, "400", T2),
    ]


@pytest.mark.asyncio
async def test_one_channel_of_a_refused_person_can_go_on_alone(desk: Desk) -> None:
    """The other channel stays refused where it was."""
    journal = desk.journal
    first = await plan(journal, [1, 2], channels=BOTH)
    await send(journal, first, 0, LoadOutcome(stage=Stage.REJECTED, reason="400"))

    await pass_on(journal, 2)

    assert await states(journal) == {
        ("voice", phone(1)): (State.REJECTED, "400"),
        ("sms", phone(1)): (State.REJECTED, "400"),
        ("sms", phone(2)): (State.REJECTED, "400"),
        ("voice", phone(2)): (State.PLANNED, f"{NOT_YET[Stage.PLANNED]}; before, tingting: 400"),
    }
    assert [turn async for turn in journal.turns(KEY)] == [
        Turn("tingting", BOTH, [phone(1)], Stage.REJECTED),
        Turn("tingting", VOICE, [phone(2)], Stage.PASSED),
        Turn("tingting", SMS, [phone(2)], Stage.REJECTED),
    ]
    assert [batch.reason for batch in await all_batches(journal, first)] == ["400", "400", "400"]


@pytest.mark.asyncio
async def test_one_channel_of_a_whole_refused_batch_can_go_on_alone(desk: Desk) -> None:
    """Nobody is left in the batch, and nobody stands there twice."""
    journal = desk.journal
    first = await plan(journal, [1, 2], channels=BOTH)
    await send(journal, first, 0, LoadOutcome(stage=Stage.REJECTED, reason="400"))

    await pass_on(journal, 1, 2)

    assert {each: state for each, (state, _) in (await states(journal)).items()} == {
        (channel, phone(n)): State.PLANNED if channel == "voice" else State.REJECTED for channel in BOTH for n in (1, 2)
    }


@pytest.mark.asyncio
async def test_whoever_was_not_tried_was_refused_by_nobody(desk: Desk) -> None:
    """Of people planned side by side and held, only the one who was tried before is told to have been refused."""
    journal = desk.journal
    first = await plan(journal, [1])
    await send(journal, first, 0, LoadOutcome(stage=Stage.PLANNED, reason="no connection"))
    first = await plan(journal, [1, 2])
    await journal.hold(first, reason="credit exhausted", at=T1)

    await pass_on(journal, 1, 2)

    told = {number: reason for (_, number), (_, reason) in (await states(journal)).items()}
    assert told == {
        phone(1): f"{NOT_YET[Stage.PLANNED]}; before, tingting: credit exhausted",
        phone(2): NOT_YET[Stage.PLANNED],
    }


@pytest.mark.asyncio
async def test_what_stays_with_the_first_provider_does_not_count_for_the_second(desk: Desk) -> None:
    """Somebody passed on out of a batch that was given up keeps the attempts at the provider that they stand with."""
    journal = desk.journal
    ids = await journal.replan(
        KEY,
        digest="d",
        rows={},
        slices=[other(), one_slice(1)],
        batches=[NewBatch(slice_number=0, people=people(9)), NewBatch(slice_number=1, people=people(1, 2))],
        skipped=[],
        at=T0,
    )
    some = LoadOutcome(stage=Stage.CANCELLED, reason="expired", exceptions={1: (Stage.REJECTED, "400")})
    await send(journal, ids[1], 0, some)
    assert await pass_on(journal, 2) == ids[0]
    (batch,) = await journal.batches(ids[0], [Stage.PLANNED])
    await send(journal, ids[0], batch.seq, LoadOutcome(stage=Stage.PLANNED))

    await pass_on(journal, 2)

    assert {row.phone: row.attempts for row in [row async for row in journal.deliveries(KEY)]}[phone(2)] == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("closed", [False, True])
async def test_whoever_is_in_an_open_campaign_at_the_vendor_has_a_turn_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    """Loading, loaded or lost on the way there, on every page; nobody in one that is closed."""
    monkeypatch.setattr("outreach.delivery.sqlite.reading.PAGE", 1)
    journal = desk.journal
    slice_id = await plan(journal, [1], [2], [3], [4], [5], [6])
    outcomes = [LOAD, LOST, LoadOutcome(stage=Stage.REJECTED), LoadOutcome(stage=Stage.ACCEPTED)]
    for seq, outcome in enumerate(outcomes):
        await send(journal, slice_id, seq, outcome, reaches=False)
    await journal.intend_load(slice_id, 4, digest="x", reaches=False, at=T1)
    if closed:
        await journal.cancel(slice_id, stages=[Stage.LOADED], reason="no", at=T2)

    aboard = [] if closed else [1, 2, 5]
    assert [(turn.phones, turn.stage) async for turn in journal.turns(KEY)] == [
        ([phone(n)], Stage.REJECTED if n == 3 else Stage.LOADED) for n in sorted((*aboard, 3))
    ]


@pytest.mark.asyncio
async def test_whoever_was_tried_so_often_is_told(desk: Desk) -> None:
    """Attempts count over batches and providers; nobody is told who was contacted."""
    journal = desk.journal
    first = await plan(journal, [1], [2])
    await send(journal, first, 0, LoadOutcome(stage=Stage.REJECTED))
    await send(journal, first, 1, LoadOutcome(stage=Stage.ACCEPTED))
    second = await pass_on(journal, 1)
    await send(journal, second, 0, LoadOutcome(stage=Stage.PLANNED))

    assert [phones async for _, phones in journal.tried(KEY, 2)] == [[phone(1)]]
    assert [phones async for _, phones in journal.tried(KEY, 3)] == []


@pytest.mark.asyncio
async def test_only_whoever_may_be_tried_again_is_told_to_have_been_tried(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Person by person, in every stage that a plan may take up, on every page; and no attempt too many or too few."""
    monkeypatch.setattr("outreach.delivery.sqlite.reading.PAGE", 1)
    journal = desk.journal
    first = await plan(journal, [1])
    await send(journal, first, 0, LoadOutcome(stage=Stage.PLANNED))
    first = await plan(journal, [1, 2], [3, 4], [5], [6])
    outcomes = [
        LoadOutcome(stage=Stage.CANCELLED, reason="expired"),
        LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.REJECTED, "400")}),
        LOAD,
        LoadOutcome(stage=Stage.PLANNED),
    ]
    for batch, outcome in zip(await journal.batches(first, [Stage.PLANNED]), outcomes, strict=True):
        await send(journal, first, batch.seq, outcome, reaches=False)

    async def told(most: int) -> list[str]:
        return [each async for _, phones in journal.tried(KEY, most) for each in phones]

    assert await told(1) == [phone(n) for n in (1, 2, 4, 5, 6)]
    assert await told(2) == [phone(1)]
    assert await told(3) == []


# Neighbours: slices and campaigns lie side by side in one file

OTHERS = (CampaignKey("a neighbour", 1), CampaignKey("the next neighbour", 1))
LOAD = LoadOutcome(stage=Stage.LOADED)
LOST = LoadOutcome(stage=Stage.LOAD_UNKNOWN, reason="lost")
HALF_LOST = LoadOutcome(stage=Stage.LOADED, exceptions={1: (Stage.LOAD_UNKNOWN, "lost")})


async def row_of_slices(journal: Journal, *outcomes: LoadOutcome | None) -> list[int]:
    """Plan a slice for each outcome, loaded with it (None: planned), two batches in each; give their ids."""
    numbers = range(len(outcomes))
    ids = await journal.replan(
        KEY,
        digest="d",
        rows={},
        slices=[one_slice(number, fingerprint=f"f{number}") for number in numbers],
        batches=[
            NewBatch(slice_number=number, people=people(*(100 * number + 10 * seq + i for i in range(2))))
            for number in numbers
            for seq in range(2)
        ],
        skipped=[],
        at=T0,
    )
    for number, outcome in zip(numbers, outcomes, strict=True):
        for seq in range(2 if outcome else 0):
            assert outcome
            await send(journal, ids[number], seq, outcome, reaches=False)
    return [ids[number] for number in numbers]


async def launch(journal: Journal, slice_id: int, state: StepState | None = None) -> None:
    """Begin a launch, and conclude it where a state is given."""
    await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T1)
    if state:
        await journal.conclude_step(slice_id, Step.LAUNCH, 0, state, at=T2, reason="why")


@pytest.mark.asyncio
@pytest.mark.parametrize("verb", ["launch", "conclude", "hold", "cancel"])
async def test_what_is_done_to_a_slice_leaves_its_neighbours_alone(desk: Desk, verb: str) -> None:
    """The slices before and behind stay as they were, to the last batch, the time and the reason."""
    journal = desk.journal
    before, middle, behind = await row_of_slices(journal, LOAD, LOAD, LOAD)
    if verb == "conclude":
        for each in (before, middle, behind):
            await launch(journal, each)
    known = [(await all_batches(journal, each), each) for each in (before, behind)]
    slices = [one for one in await journal.slices(KEY) if one.id != middle]

    if verb == "launch":
        await launch(journal, middle)
    elif verb == "conclude":
        await journal.conclude_step(middle, Step.LAUNCH, 0, StepState.ACCEPTED, at=T2, reason="why")
    elif verb == "hold":
        await journal.hold(middle, reason="later", at=T2)
    else:
        assert await journal.cancel(middle, stages=[Stage.LOADED], reason="no", at=T2) == 4

    assert [(await all_batches(journal, each), each) for each in (before, behind)] == known
    assert [one for one in await journal.slices(KEY) if one.id != middle] == slices
    stage = {"launch": Stage.IN_FLIGHT, "conclude": Stage.ACCEPTED, "hold": Stage.LOADED, "cancel": Stage.CANCELLED}
    assert [batch.stage for batch in await all_batches(journal, middle)] == [stage[verb]] * 2


@pytest.mark.asyncio
@pytest.mark.parametrize("outcome", [LOST, HALF_LOST], ids=["lost", "half lost"])
async def test_an_unsettled_load_keeps_only_its_own_slice_from_being_launched(desk: Desk, outcome: LoadOutcome) -> None:
    """The neighbours of a slice with an unsettled load are launched, it is not."""
    journal = desk.journal
    before, middle, behind = await row_of_slices(journal, LOAD, outcome, LOAD)

    with pytest.raises(JournalError):
        await launch(journal, middle)
    for each in (before, behind):
        await launch(journal, each, StepState.ACCEPTED)

    assert {batch.stage for each in (before, behind) for batch in await all_batches(journal, each)} == {Stage.ACCEPTED}


@pytest.mark.asyncio
async def test_giving_up_some_counts_them_and_nobody_else(desk: Desk) -> None:
    """People in these stages are given up and counted, by exception too; the others of the slice stay what they are."""
    journal = desk.journal
    outcome = LoadOutcome(stage=Stage.LOADED, exceptions={0: (Stage.REJECTED, "blocked")})
    _, middle, _ = await row_of_slices(journal, outcome, outcome, outcome)

    later = T2 + timedelta(minutes=1)

    assert await journal.cancel(middle, stages=[Stage.PLANNED, Stage.LOADED], reason="no", at=later) == 2
    assert await journal.cancel(middle, stages=[Stage.PLANNED], reason="no", at=later + timedelta(minutes=1)) == 0

    assert [fates(batch) for batch in await all_batches(journal, middle)] == [[Stage.REJECTED, Stage.CANCELLED]] * 2
    assert [batch.updated_at for batch in await all_batches(journal, middle)] == [later, later]


@pytest.mark.asyncio
async def test_a_request_is_concluded_by_itself(desk: Desk) -> None:
    """Of several requests of a stage, and of the same position in the other stage, only the one meant changes."""
    journal = desk.journal
    (slice_id,) = await row_of_slices(journal, None)
    which = [(Step.OPEN, 0), (Step.OPEN, 1), (Step.LAUNCH, 0)]
    for step, position in which:
        await journal.intend_step(slice_id, step, position, digest="x", reaches=False, at=T1)

    await journal.conclude_step(slice_id, Step.OPEN, 0, StepState.ACCEPTED, at=T2)

    found = {(row.step, row.position): row.state for row in await journal.steps(slice_id)}
    assert found == dict(zip(which, (StepState.ACCEPTED, StepState.IN_FLIGHT, StepState.IN_FLIGHT), strict=True))


@pytest.mark.asyncio
async def test_campaigns_do_not_see_each_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports, counts, skipped people and who is done with are those of one campaign, however small the pages are."""
    monkeypatch.setattr("outreach.delivery.sqlite.reading.PAGE", 1)
    journal = desk.journal
    first = 0
    for key in (OTHERS[0], KEY, OTHERS[1]):
        ids = await journal.replan(
            key,
            digest="d",
            rows={},
            slices=[one_slice(number, fingerprint=f"f{number}") for number in range(3)],
            batches=[
                NewBatch(slice_number=number, people=people(first + 10 * number + seq, first + 10 * number + seq + 5))
                for number in range(3)
                for seq in range(3)
            ],
            skipped=[
                Skipped(channel=channel, provider="tingting", reason=reason, people=people(first + 50 + index))
                for index, (channel, reason) in enumerate([(Channel.VOICE, "landline"), (None, "duplicate")])
            ],
            at=T0,
        )
        for number in range(3):
            for seq, exceptions in enumerate(({}, {}, {1: (Stage.UNKNOWN, "lost")})):
                await send(journal, ids[number], seq, LoadOutcome(stage=Stage.ACCEPTED, exceptions=exceptions))
        first += 1000

    for number, key in enumerate((OTHERS[0], KEY, OTHERS[1])):
        mine = [1000 * number + 10 * each + seq + 5 * i for each in range(3) for seq in range(3) for i in range(2)]
        told = [row async for row in journal.deliveries(key)]
        done = [each async for _, phones in journal.contacted(key) for each in phones]
        counts = await journal.counts(key)
        assert done == [phone(each) for each in mine]
        assert Counter(row.phone for row in told) == Counter(
            phone(each) for each in (*mine, 1000 * number + 50, 1000 * number + 51)
        )
        found = [counts.deliveries[state] for state in (State.ACCEPTED, State.UNKNOWN, State.SKIPPED)]
        assert found == [15, 3, 1]

    nobody = CampaignKey("nobody", 1)
    assert not any((await journal.counts(nobody)).deliveries.values())
    assert [row async for row in journal.deliveries(nobody)] == []
    assert [each async for each in journal.contacted(nobody)] == []
    await journal.replan(KEY, digest="d", rows={}, slices=[], batches=[], skipped=[], at=T1)
    assert [(await journal.counts(key)).deliveries[State.SKIPPED] for key in (*OTHERS, KEY)] == [1, 1, 0]


@pytest.mark.asyncio
async def test_people_left_out_later_stand_behind_those_of_the_plan(desk: Desk) -> None:
    """Nobody is put in the place of another, in this campaign or in the next one."""
    journal = desk.journal
    made = {}
    for key, first in ((KEY, 0), (OTHERS[0], 1000)):
        made[key] = await journal.replan(
            key,
            digest="d",
            rows={},
            slices=[one_slice()],
            batches=[NewBatch(slice_number=0, people=people(first + 1, first + 2, first + 3))],
            skipped=[Skipped(channel=Channel.VOICE, provider="tingting", reason="landline", people=people(first + 9))],
            at=T0,
        )
    for key, _ in product(made, range(2)):
        await journal.leave_out(made[key][0], 0, [0], reason="suppressed", at=T1)

    for key, first in ((KEY, 0), (OTHERS[0], 1000)):
        told = [(row.phone, row.reason) async for row in journal.deliveries(key) if row.state is State.SKIPPED]
        assert told == [
            (phone(first + 9), "landline"),
            (phone(first + 1), "suppressed"),
            (phone(first + 2), "suppressed"),
        ]


@pytest.mark.asyncio
async def test_whoever_is_loaded_flies_whatever_the_reason(desk: Desk) -> None:
    """People loaded for different reasons, one settled later than the other, are launched together."""
    journal = desk.journal
    loads = LoadOutcome(stage=Stage.LOADED, reason="found", exceptions={1: (Stage.LOADED, "settled later")})
    middle = (await row_of_slices(journal, LOAD, loads, LOAD))[1]

    await launch(journal, middle, StepState.ACCEPTED)

    assert [fates(batch) for batch in await all_batches(journal, middle)] == [[Stage.ACCEPTED] * 2] * 2


@pytest.mark.asyncio
async def test_what_belongs_to_a_person_stays_with_them_when_a_batch_is_divided(desk: Desk) -> None:
    """Attempts, receipts and fates move with whoever stays, and with whoever moves into a batch of their own."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2, 3, 4])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.PLANNED, reason="no connection"))
    await plan(journal, [1, 3], [2, 4])
    first, _ = await journal.batches(slice_id, [Stage.PLANNED])
    await send(journal, slice_id, first.seq, LoadOutcome(stage=Stage.PLANNED, reason="no connection"))
    await plan(journal, [2, 1, 4, 3])
    (batch,) = await journal.batches(slice_id, [Stage.PLANNED])
    assert dict(batch.earlier) == {0: 1, 1: 2, 2: 1, 3: 2}

    await journal.leave_out(slice_id, batch.seq, [0], reason="suppressed", at=T2)
    (left,) = await journal.batches(slice_id, [Stage.PLANNED])
    assert (list(left.people.phones), dict(left.earlier)) == ([phone(1), phone(4), phone(3)], {0: 2, 1: 1, 2: 2})

    outcome = LoadOutcome(
        stage=Stage.ACCEPTED,
        exceptions={0: (Stage.PLANNED, "absent")},
        receipts={1: Receipt(vendor_id="v4"), 2: Receipt(vendor_id="v3")},
    )
    await send(journal, slice_id, left.seq, outcome)
    stays, moved = (await all_batches(journal, slice_id))[-2:]
    assert (list(stays.people.phones), dict(stays.earlier)) == ([phone(4), phone(3)], {0: 1, 1: 2})
    assert {index: one.vendor_id for index, one in stays.receipts.items()} == {0: "v4", 1: "v3"}
    assert (list(moved.people.phones), sum(moved.earlier.values()) >= 2) == ([phone(1)], True)


@pytest.mark.asyncio
async def test_an_id_that_another_delivery_holds_is_claimed(desk: Desk) -> None:
    """Receipts of one person and of a whole batch count, of this provider only, but not those of the batch itself."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2, 3], [4])
    alone, each = Receipt(vendor_id="a"), {0: Receipt(vendor_id="b"), 1: Receipt(vendor_id="c")}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, receipt=alone))
    await send(journal, slice_id, 1, LoadOutcome(stage=Stage.ACCEPTED, receipts=each))

    asked = {"+1": "a", "+2": "c", "+3": "d", "+4": ""}
    assert set(await journal.claimed("tingting", asked, besides=(slice_id, 2))) == {"+1", "+2"}
    assert set(await journal.claimed("tingting", asked, besides=(slice_id, 0))) == {"+2"}
    assert set(await journal.claimed("tingting", asked, besides=(slice_id, 1))) == {"+1"}
    assert not await journal.claimed("other", asked, besides=(slice_id, 2))


@pytest.mark.asyncio
async def test_what_another_lost_delivery_to_the_number_may_have_made_is_claimed(desk: Desk) -> None:
    """Nobody can tell two lost requests to one number apart, nor one that a person said was sent; others are free."""
    journal = desk.journal
    slice_id = await plan(journal, [1], [2, 3], [4], [5])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.UNKNOWN, reason="lost"))
    held = {0: Receipt(vendor_id="v2")}
    some = LoadOutcome(stage=Stage.ACCEPTED, receipts=held, exceptions={1: (Stage.UNKNOWN, "lost")})
    await send(journal, slice_id, 1, some)
    await send(journal, slice_id, 3, LoadOutcome(stage=Stage.ACCEPTED))

    found = {phone(number): f"m{number}" for number in (1, 2, 3, 4, 5)}
    assert set(await journal.claimed("tingting", found, besides=(slice_id, 2))) == {phone(1), phone(3), phone(5)}
    assert set(await journal.claimed("tingting", found, besides=(slice_id, 0))) == {phone(3), phone(5)}
    assert not await journal.claimed("other", found, besides=(slice_id, 2))


@pytest.mark.asyncio
async def test_whoever_is_lost_among_the_refused_is_claimed(desk: Desk) -> None:
    """What the vendor made for the number may be theirs; of those whom it refused it made nothing."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    lost = {1: (Stage.UNKNOWN, "lost")}
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.REJECTED, reason="400", exceptions=lost))

    found = {phone(1): "m1", phone(2): "m2"}
    assert set(await journal.claimed("tingting", found, besides=(slice_id, 1))) == {phone(2)}


@pytest.mark.asyncio
async def test_people_of_a_batch_with_an_id_are_known_by_it_or_by_their_own(desk: Desk) -> None:
    """Both ids are held; what else is found for a number of the batch is not theirs."""
    journal = desk.journal
    slice_id = await plan(journal, [1, 2])
    outcome = LoadOutcome(stage=Stage.ACCEPTED, receipt=Receipt(vendor_id="all"), receipts={0: Receipt(vendor_id="v1")})
    await send(journal, slice_id, 0, outcome)

    found = {"+1": "v1", phone(1): "m1", phone(2): "m2"}
    assert set(await journal.claimed("tingting", found, besides=(slice_id, 1))) == {"+1"}
    assert set(await journal.claimed("tingting", {**found, "+2": "all"}, besides=(slice_id, 1))) == {"+1", "+2"}


@pytest.mark.asyncio
async def test_an_empty_id_is_held_by_nobody(desk: Desk) -> None:
    """A vendor that tells no ids may still be found to have reached somebody; only the number counts then."""
    journal = desk.journal
    slice_id = await plan(journal, [1])
    await send(journal, slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED, receipt=Receipt()))

    found = {phone(1): "", phone(2): ""}
    assert set(await journal.claimed("tingting", found, besides=(slice_id, 1))) == {phone(1)}


@pytest.mark.asyncio
async def test_what_another_provider_holds_beside_it_in_the_file_is_not_claimed(desk: Desk) -> None:
    """Every vendor counts its ids from one; the slices before and behind belong to another one."""
    journal = desk.journal
    numbers = range(3)
    ids = await journal.replan(
        KEY,
        digest="d",
        rows={},
        slices=[one_slice(0), other(1), one_slice(2, fingerprint="h")],
        batches=[NewBatch(slice_number=number, people=people(number)) for number in numbers],
        skipped=[],
        at=T0,
    )
    for number in numbers:
        receipt = Receipt(vendor_id=f"v{number}")
        await send(journal, ids[number], 0, LoadOutcome(stage=Stage.ACCEPTED, receipt=receipt))

    found = {f"+{number}": f"v{number}" for number in numbers}
    nothing = (ids[2] + 1, 0)
    assert set(await journal.claimed("second", found, besides=nothing)) == {"+1"}
    assert set(await journal.claimed("tingting", found, besides=nothing)) == {"+0", "+2"}
