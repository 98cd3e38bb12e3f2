"""What is done with a vendor's answer about people and requests whose fate was lost; the vendor is made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import attrs
import pytest
from worlds import KEY, START

from outreach.answers import Receipt, Roll, Settled
from outreach.delivery.donotcontact import Nobody, Watchlist
from outreach.delivery.journal import (
    BatchRow,
    LoadOutcome,
    NewBatch,
    NewSlice,
    People,
    Slice,
    Stage,
    Step,
    StepState,
)
from outreach.delivery.lane import Held, Lane
from outreach.delivery.memory import MemoryJournal
from outreach.delivery.settle import ABSENT, CHANGED, NOT_LAUNCHED, NOT_TAKEN, SILENT, Settler
from outreach.model import Channel
from outreach.provider import Job
from outreach.wire import Reach, Request

ANN, BIM, CHI, DIL = (f"+9779610000{number}11" for number in range(4))
LAG = 60.0
JOB = cast("Job[Any]", None)
OPEN = Request(method="POST", path="create/", does="make the campaign")
LOOK = attrs.evolve(OPEN, method="GET", repeatable=True)
RING = attrs.evolve(OPEN, reaches=Reach.EVERYONE, repeatable=True)


@attrs.define
class Vendor:
    """Answers what it is told to; None: it cannot be read, or cannot be asked at all."""

    roll: Roll | None = None
    settled: Settled | None = None
    lists: bool = True
    asked: int = 0
    seeks: bool = True
    sought: list[str] = attrs.field(factory=list)

    @property
    def lane(self) -> Lane:
        """Give an account of it."""
        provider = SimpleNamespace(
            roll=lambda _job: "who?" if self.lists else None,
            settle=lambda _job, _request: "what?" if self.settled else None,
            seek=self.seek,
        )
        carrier = SimpleNamespace(provider=provider, settings=SimpleNamespace(settle_after=LAG))
        return cast("Lane", SimpleNamespace(carrier=carrier, answer=self.answer))

    def seek(self, job: Job[Any], phones: Sequence[str]) -> str | None:
        """Ask for the people of a load that itself reaches people."""
        assert job.start == START
        self.sought += phones
        return "who?" if self.seeks else None

    async def answer(self, question: str, _refs: object) -> Roll | Settled | None:
        """Answer."""
        self.asked += 1
        return self.roll if question == "who?" else self.settled


@attrs.define
class Desk:
    """A journal with one slice, and a vendor."""

    journal: MemoryJournal
    one: Slice
    vendor: Vendor

    def settler(self, after: float = 0.0, watchlist: Watchlist | None = None) -> Settler:
        """Settle so many seconds after the requests."""
        return Settler(self.journal, self.vendor.lane, START + timedelta(seconds=after), watchlist or Nobody())

    async def aboard(self, after: float = 0.0, watchlist: Watchlist | None = None) -> bool:
        """Compare with the vendor's list."""
        return await self.settler(after, watchlist).aboard(self.one, JOB)

    async def rows(self) -> Sequence[BatchRow]:
        """Give all batches."""
        return await self.journal.batches(self.one.id, list(Stage), limit=100)

    async def stands(self) -> dict[str, tuple[Stage, str]]:
        """Give stage and reason by number."""
        return {
            phone: row.exceptions.get(index, (row.stage, row.reason))
            for row in await self.rows()
            for index, phone in enumerate(row.people.phones)
        }


async def desk(*crowds: tuple[Sequence[str], LoadOutcome | None], vendor: Vendor | None = None) -> Desk:
    """Give a slice with a batch for each crowd, loaded with that outcome; None: still planned."""
    journal = MemoryJournal()
    made = await journal.replan(
        KEY,
        digest="d",
        rows={},
        slices=[
            NewSlice(
                number=0,
                provider="made-up",
                channels=(Channel.VOICE,),
                zone="UTC",
                fingerprint="f",
                title="Fees",
                marker="m",
            )
        ],
        batches=[
            NewBatch(
                slice_number=0,
                people=People(phones=list(phones), ids=[""] * len(phones), rows=list(range(len(phones)))),
            )
            for phones, _ in crowds
        ],
        skipped=[],
        at=START,
    )
    for seq, (_, outcome) in enumerate(crowds):
        if outcome:
            await journal.intend_load(made[0], seq, digest="d", reaches=False, at=START)
            await journal.conclude_load(made[0], seq, outcome, at=START)
    return Desk(journal, (await journal.slices(KEY))[0], vendor or Vendor())


def roll(*phones: str, **more: Any) -> Roll:
    """Give the vendor's list."""
    return Roll(present={phone: Receipt(vendor_id=phone[-3:]) for phone in phones}, **more)


LOADED = LoadOutcome(stage=Stage.LOADED)
LOST = LoadOutcome(stage=Stage.LOAD_UNKNOWN, reason="no answer")


@pytest.mark.asyncio
async def test_a_list_that_agrees_may_be_launched() -> None:
    """Everybody who was loaded is listed, nobody else: the campaign is launched."""
    at = await desk(([ANN, BIM], LOADED), ([CHI], LOADED), vendor=Vendor(roll(CHI, BIM, ANN)))

    assert await at.aboard() is True


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("listed", "why"),
    [
        (roll(ANN, BIM, CHI), "lists 1 people in 'Fees' who are not ours"),
        (roll(ANN), "1 people were loaded into 'Fees' but the vendor does not list them"),
        (roll(), "2 people were loaded into 'Fees' but the vendor does not list them"),
        (roll(ANN, BIM, doubled=frozenset({ANN})), "lists 1 numbers more than once in 'Fees'"),
        (roll(ANN, BIM, started=True), "'Fees' was already started at the vendor"),
        (None, "the vendor's list of the people in its campaign cannot be read"),
    ],
)
async def test_a_list_that_does_not_agree_keeps_the_launch_back(listed: Roll | None, why: str) -> None:
    """Strangers, missing people, doubles, a campaign that runs already: launching could contact the wrong people."""
    at = await desk(([ANN, BIM], LOADED), vendor=Vendor(listed))

    with pytest.raises(Held, match=why):
        await at.aboard(after=LAG)

    assert await at.stands() == {ANN: (Stage.LOADED, ""), BIM: (Stage.LOADED, "")}


@pytest.mark.asyncio
async def test_people_of_a_lost_load_are_ours_and_refused_ones_are_strangers() -> None:
    """Somebody we hold as refused must not be rung: another provider may have reached them since."""
    refused = LoadOutcome(stage=Stage.LOADED, exceptions={1: (Stage.REJECTED, "blocked")})
    at = await desk(([ANN, BIM], refused), ([CHI], LOST), vendor=Vendor(roll(ANN, BIM, CHI)))

    with pytest.raises(Held, match="1 people in 'Fees' who are not ours"):
        await at.aboard()

    assert (await at.stands())[CHI][0] is Stage.LOADED


@pytest.mark.asyncio
async def test_somebody_refused_is_not_missed() -> None:
    """Whom the vendor refused in its answer need not be listed."""
    refused = LoadOutcome(stage=Stage.LOADED, exceptions={1: (Stage.REJECTED, "blocked")})
    at = await desk(([ANN, BIM], refused), vendor=Vendor(roll(ANN)))

    assert await at.aboard() is True


@attrs.frozen
class Closed:
    """A list with these people on it."""

    phones: frozenset[str]
    broken: str = ""

    def closed(self, phones: Sequence[str], _channels: object) -> Sequence[int]:
        """Give who stands on it."""
        return [index for index, phone in enumerate(phones) if phone in self.phones]


@pytest.mark.asyncio
async def test_a_suppressed_person_who_was_deleted_at_the_vendor_is_left_out() -> None:
    """When the vendor's list has had time to show it, somebody deleted there counts as suppressed, not as missing."""
    at = await desk(([ANN, BIM], LOADED), vendor=Vendor(roll(ANN)))

    with pytest.raises(Held, match="does not list them"):
        await at.aboard(LAG - 1, Closed(frozenset({BIM})))
    with pytest.raises(Held, match="does not list them"):
        await at.aboard(LAG, Closed(frozenset({ANN})))
    assert await at.aboard(LAG, Closed(frozenset({BIM}))) is True

    assert list(await at.stands()) == [ANN]


@pytest.mark.asyncio
async def test_without_a_list_only_lost_loads_keep_the_launch_back() -> None:
    """A vendor that cannot be asked is launched when the answer of every load is known."""
    known = await desk(([ANN], LOADED), vendor=Vendor(lists=False))
    lost = await desk(([ANN], LOADED), ([BIM], LOST), vendor=Vendor(lists=False))

    assert await known.aboard() is True
    assert await lost.aboard(after=LAG) is False
    assert (known.vendor.asked, lost.vendor.asked) == (0, 0)


@pytest.mark.asyncio
async def test_a_lost_load_that_is_listed_is_loaded() -> None:
    """Whoever of it is listed is loaded, with the vendor's id; who is not is refused once the list had its time."""
    at = await desk(([ANN, BIM], LOST), vendor=Vendor(roll(BIM)))

    assert await at.aboard(LAG - 1) is False
    assert {stage for stage, _ in (await at.stands()).values()} == {Stage.LOAD_UNKNOWN}
    assert await at.aboard(LAG) is True

    assert await at.stands() == {ANN: (Stage.REJECTED, NOT_TAKEN), BIM: (Stage.LOADED, NOT_LAUNCHED)}
    [row] = await at.rows()
    assert row.receipts == {1: Receipt(vendor_id=BIM[-3:])}


@pytest.mark.asyncio
async def test_a_lost_load_that_is_absent_is_planned_again_when_the_list_had_its_time() -> None:
    """Nothing of it is listed: before the time is over that proves nothing, afterwards it is loaded again."""
    at = await desk(([ANN], LOADED), ([BIM, CHI], LOST), vendor=Vendor(roll(ANN)))

    assert await at.aboard(LAG - 1) is False
    assert (await at.stands())[BIM] == (Stage.LOAD_UNKNOWN, "no answer")
    assert await at.aboard(LAG) is False

    assert (await at.stands())[CHI] == (Stage.PLANNED, "proved not to be at the vendor")


@pytest.mark.asyncio
async def test_a_refusal_that_the_list_bears_out_needs_no_time() -> None:
    """Whom the answer refused and the list lacks is refused with the vendor's reason; the others are loaded."""
    partly = LoadOutcome(stage=Stage.LOAD_UNKNOWN, exceptions={0: (Stage.LOAD_UNKNOWN, "blocked")})
    at = await desk(([ANN, BIM], partly), vendor=Vendor(roll(BIM)))

    assert await at.aboard() is True

    assert await at.stands() == {ANN: (Stage.REJECTED, "blocked"), BIM: (Stage.LOADED, NOT_LAUNCHED)}


@pytest.mark.asyncio
async def test_a_load_of_which_everybody_was_refused_is_refused() -> None:
    """When the answer refused all of them and the list lacks all, nobody is loaded again."""
    refused = dict.fromkeys((0, 1), (Stage.LOAD_UNKNOWN, "blocked"))
    all_ = LoadOutcome(stage=Stage.LOAD_UNKNOWN, exceptions=refused)
    at = await desk(([ANN, BIM], all_), vendor=Vendor(roll()))

    assert await at.aboard() is True

    assert await at.stands() == {ANN: (Stage.REJECTED, "blocked"), BIM: (Stage.REJECTED, "blocked")}


@pytest.mark.asyncio
async def test_silence_about_somebody_is_no_refusal() -> None:
    """Whom the answer did not mention is refused only when the list had its time, and then as not taken."""
    silent = LoadOutcome(stage=Stage.LOAD_UNKNOWN, exceptions={0: (Stage.LOAD_UNKNOWN, SILENT)})
    at = await desk(([ANN, BIM], silent), vendor=Vendor(roll(BIM)))

    assert await at.aboard(LAG - 1) is False
    assert await at.aboard(LAG) is True

    assert await at.stands() == {ANN: (Stage.REJECTED, NOT_TAKEN), BIM: (Stage.LOADED, NOT_LAUNCHED)}


@pytest.mark.asyncio
async def test_many_batches_are_compared_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """People behind the first page count like those on it; one unsettled load there keeps the launch back."""
    monkeypatch.setattr("outreach.delivery.settle.PAGE", 2)
    at = await desk(([ANN], LOST), ([BIM], LOADED), ([CHI], LOADED), vendor=Vendor(roll(BIM, CHI)))

    assert await at.aboard() is False

    at.vendor.roll = roll(ANN, BIM, CHI, DIL)
    with pytest.raises(Held, match="1 people in 'Fees' who are not ours"):
        await at.aboard()
    at.vendor.roll = roll(ANN, BIM, CHI)
    assert await at.aboard() is True


@pytest.mark.asyncio
async def test_one_unsettled_load_keeps_the_launch_back() -> None:
    """A load that is found later in the list does not make up for an earlier one of which nobody knows."""
    at = await desk(([ANN], LOST), ([BIM], LOST), vendor=Vendor(roll(BIM)))

    assert await at.aboard() is False


async def step(settled: Settled | None, request: Request, after: float) -> tuple[StepState, StepState, Desk]:
    """Settle a request whose answer was lost; give what is said, and what the journal has."""
    at = await desk(([ANN], None), vendor=Vendor(settled=settled))
    await at.journal.intend_step(at.one.id, Step.OPEN, 0, digest="d", reaches=False, at=START)
    await at.journal.conclude_step(at.one.id, Step.OPEN, 0, StepState.UNKNOWN, at=START, reason="no answer")
    [row] = await at.journal.steps(at.one.id)
    said = await at.settler(after).step(at.one, JOB, row, request)
    [row] = await at.journal.steps(at.one.id)
    return said, row.state, at


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("settled", "request_", "after", "state"),
    [
        (Settled(happened=True, captures={"id": "7"}), OPEN, 0.0, StepState.ACCEPTED),
        (Settled(happened=False), OPEN, LAG - 1, StepState.UNKNOWN),
        (Settled(happened=False), OPEN, LAG, StepState.UNSENT),
        (Settled(happened=False), RING, LAG - 1, StepState.UNKNOWN),
        (Settled(happened=None), OPEN, LAG, StepState.UNKNOWN),
        (None, OPEN, LAG, StepState.UNKNOWN),
        (None, LOOK, 0.0, StepState.UNSENT),
    ],
)
async def test_what_a_vendor_says_of_a_lost_request_counts_in_its_time(
    settled: Settled | None, request_: Request, after: float, state: StepState
) -> None:
    """Found counts at once; not found only in time; nobody can tell stays unknown; the harmless is done again."""
    said, written, at = await step(settled, request_, after)

    assert (said, written) == (state, state)
    assert at.vendor.asked == (settled is not None)
    refs = (await at.journal.slices(KEY))[0].refs
    assert dict(refs) == (dict(settled.captures) if settled and state is StepState.ACCEPTED else {})


@attrs.frozen
class Begun:
    """As much of a campaign as is asked for."""

    start: Any = None


async def sought(outcome: LoadOutcome, vendor: Vendor, after: float = 0.0, *, same: bool = True) -> Desk:
    """Settle a load of three that itself reaches people."""
    at = await desk(([ANN, BIM, CHI], None), vendor=vendor)
    await at.journal.intend_load(at.one.id, 0, digest="d", reaches=True, at=START)
    await at.journal.conclude_load(at.one.id, 0, outcome, at=START)
    [row] = await at.rows()
    await attrs.evolve(at.settler(after), same=same).sought(at.one, cast("Job[Any]", Begun()), row)
    return at


UNKNOWN = LoadOutcome(stage=Stage.UNKNOWN, reason="no answer")
NOBODY_KNOWS = (Stage.UNKNOWN, "no answer")


@pytest.mark.asyncio
async def test_whoever_a_lost_load_reached_is_accepted_with_the_vendors_word() -> None:
    """All were found: they are contacted, each with the vendor's id."""
    at = await sought(UNKNOWN, Vendor(roll(ANN, BIM, CHI)))

    assert {stage for stage, _ in (await at.stands()).values()} == {Stage.ACCEPTED}
    [row] = await at.rows()
    assert row.receipts == {index: Receipt(vendor_id=phone[-3:]) for index, phone in enumerate((ANN, BIM, CHI))}


@pytest.mark.asyncio
async def test_whoever_is_not_found_is_planned_again_in_time() -> None:
    """Before the time is over only those who were found are settled; who is in doubt stays so for good."""
    told = roll(ANN, unsure=frozenset({BIM}))

    early = await sought(UNKNOWN, Vendor(told), after=LAG - 1)
    late = await sought(UNKNOWN, Vendor(told), after=LAG)

    assert await early.stands() == {ANN: (Stage.ACCEPTED, ""), BIM: NOBODY_KNOWS, CHI: NOBODY_KNOWS}
    assert await late.stands() == {ANN: (Stage.ACCEPTED, ""), BIM: NOBODY_KNOWS, CHI: (Stage.PLANNED, ABSENT)}


@pytest.mark.asyncio
async def test_reasons_of_their_own_are_kept() -> None:
    """Whoever stays unknown keeps the reason for which nobody knows."""
    own = attrs.evolve(UNKNOWN, exceptions={1: (Stage.UNKNOWN, SILENT)})

    at = await sought(own, Vendor(roll(ANN)), after=LAG - 1)

    assert await at.stands() == {ANN: (Stage.ACCEPTED, ""), BIM: (Stage.UNKNOWN, SILENT), CHI: NOBODY_KNOWS}


@pytest.mark.asyncio
@pytest.mark.parametrize("vendor", [Vendor(None), Vendor(roll(ANN), seeks=False), Vendor(roll())])
async def test_what_proves_nothing_changes_nothing(vendor: Vendor) -> None:
    """Nobody can be asked, the answer cannot be read, or nobody is listed yet: all stay unknown, with their time."""
    at = await sought(UNKNOWN, vendor, after=LAG - 1)

    assert set((await at.stands()).values()) == {NOBODY_KNOWS}
    assert {row.updated_at for row in await at.rows()} == {START}


@pytest.mark.asyncio
async def test_only_those_are_asked_for_of_whom_nobody_knows() -> None:
    """Whoever is settled is not asked for; where all are, the vendor is not asked."""
    some = attrs.evolve(UNKNOWN, exceptions={0: (Stage.ACCEPTED, ""), 2: (Stage.REJECTED, "blocked")})

    half = await sought(some, Vendor(roll(BIM)))
    none = await sought(LoadOutcome(stage=Stage.ACCEPTED), Vendor(roll(BIM)))

    assert (half.vendor.sought, half.vendor.asked) == ([BIM], 1)
    assert (none.vendor.sought, none.vendor.asked) == ([], 0)
    assert (await half.stands())[BIM] == (Stage.ACCEPTED, "")


@pytest.mark.asyncio
async def test_the_time_begins_when_the_answer_was_lost() -> None:
    """A request may have been on its way for long; neither its intent nor anything earlier counts."""
    lost = START + timedelta(seconds=30)
    at = await desk(([ANN], None), vendor=Vendor(settled=Settled(happened=False)))
    await at.journal.intend_step(at.one.id, Step.OPEN, 0, digest="d", reaches=False, at=START)
    await at.journal.conclude_step(at.one.id, Step.OPEN, 0, StepState.UNKNOWN, at=lost, reason="no answer")
    [row] = await at.journal.steps(at.one.id)

    assert await at.settler(LAG + 29).step(at.one, JOB, row, OPEN) is StepState.UNKNOWN
    assert await at.settler(LAG + 30).step(at.one, JOB, row, OPEN) is StepState.UNSENT


@pytest.mark.asyncio
async def test_a_changed_account_proves_no_request_undone() -> None:
    """A launch that another account does not know may have happened; one that is found did."""
    for settled, state in (
        (Settled(happened=False), StepState.UNKNOWN),
        (Settled(happened=True), StepState.ACCEPTED),
    ):
        at = await desk(([ANN], LOADED), vendor=Vendor(settled=settled))
        await at.journal.intend_step(at.one.id, Step.LAUNCH, 0, digest="d", reaches=True, at=START)
        await at.journal.conclude_step(at.one.id, Step.LAUNCH, 0, StepState.UNKNOWN, at=START, reason="no answer")
        [row] = await at.journal.steps(at.one.id)

        assert await attrs.evolve(at.settler(LAG), same=False).step(at.one, JOB, row, RING) is state


@pytest.mark.asyncio
async def test_a_changed_account_is_not_compared_with() -> None:
    """The people of a lost load are neither found nor absent in the list of an account that may be another one."""
    at = await desk(([ANN], LOST), vendor=Vendor(roll()))

    with pytest.raises(Held, match="the account or the contents changed"):
        await attrs.evolve(at.settler(LAG), same=False).aboard(at.one, JOB)

    assert (await at.stands(), at.vendor.asked) == ({ANN: (Stage.LOAD_UNKNOWN, "no answer")}, 0)


@pytest.mark.asyncio
async def test_whoever_a_changed_account_would_be_asked_for_stays_unknown_with_the_reason() -> None:
    """The vendor is not asked, and the reason is written once, so that the time counts from there."""
    at = await sought(UNKNOWN, vendor := Vendor(roll(ANN)), same=False)
    [row] = await at.rows()
    settler = attrs.evolve(at.settler(LAG), same=False)
    await settler.sought(at.one, cast("Job[Any]", Begun()), row)

    assert set((await at.stands()).values()) == {(Stage.UNKNOWN, CHANGED)}
    assert (vendor.asked, [row.updated_at for row in await at.rows()]) == (0, [START])
