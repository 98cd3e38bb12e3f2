"""What ``settle`` counts and what a person's word changes, over a journal in memory and accounts that are made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import attrs
import pytest
from worlds import KEY, START, SteppedClock

from outreach.delivery.journal import LoadOutcome, NewBatch, NewSlice, People, Stage, Step, StepState
from outreach.delivery.memory import MemoryJournal
from outreach.errors import SpecError
from outreach.model import Channel, State
from outreach.sending import Sending
from outreach.settling import SettledSlice, Settlement, mark, mark_openings, settle

PHONES = [f"+9779610000{number}11" for number in range(6)]
LAG = 60.0
BOTH = (Channel.VOICE, Channel.SMS)
UNKNOWN = LoadOutcome(stage=Stage.UNKNOWN, reason="no answer")
LOST = LoadOutcome(stage=Stage.LOAD_UNKNOWN, reason="no answer")
WORD: dict[str, Any] = {"by": "sita", "reason": "rang them", "at": START}


@attrs.define
class Office:
    """A journal, accounts, and what happens when they are asked."""

    journal: MemoryJournal
    ids: Sequence[int]
    clock: SteppedClock = attrs.field(factory=SteppedClock)
    halted: dict[str, str] = attrs.field(factory=lambda: {"tingting": "", "toingg": ""})
    asked: list[float] = attrs.field(factory=list)
    answer: Callable[[], Any] = attrs.field(default=lambda: None)

    async def settle(self, *, wait: bool = False) -> Settlement:
        """Settle."""

        async def ask() -> None:
            self.asked.append(self.clock.monotonic())
            if told := self.answer():
                await told

        async def sleep(seconds: float) -> None:
            await self.clock.sleep(seconds)

        lanes = {
            name: SimpleNamespace(
                halted=why, wait=sleep, carrier=SimpleNamespace(settings=SimpleNamespace(settle_after=LAG))
            )
            for name, why in self.halted.items()
        }
        sending = SimpleNamespace(journal=self.journal, key=KEY, lanes=lanes, clock=self.clock, settle=ask)
        return await settle(cast("Sending", sending), wait=wait)

    async def lose(self, which: int, step: Step, position: int = 0) -> None:
        """Lose the answer to a request of a slice."""
        slice_id = self.ids[which]
        await self.journal.intend_step(slice_id, step, position, digest="d", reaches=False, at=START)
        await self.journal.conclude_step(slice_id, step, position, StepState.UNKNOWN, at=START, reason="no answer")


async def office(*crowds: tuple[str, tuple[Channel, ...], LoadOutcome | None], size: int = 2) -> Office:
    """Give a slice of two people for each crowd, loaded with that outcome or (None) planned; ``size``: of a batch."""
    journal = MemoryJournal()
    numbers = range(len(crowds))
    ids = await journal.replan(
        KEY,
        digest="d",
        rows={},
        slices=[
            NewSlice(
                number=number,
                provider=provider,
                channels=channels,
                zone="UTC",
                fingerprint=f"f{number}",
                title=f"Fees {number}",
                marker="m",
            )
            for number, (provider, channels, _) in enumerate(crowds)
        ],
        batches=[
            NewBatch(
                slice_number=number,
                people=People(phones=PHONES[first : first + size], ids=[""] * size, rows=list(range(size))),
            )
            for number in numbers
            for first in range(2 * number, 2 * number + 2, size)
        ],
        skipped=[],
        at=START,
    )
    for number, (_, _, outcome) in enumerate(crowds):
        for seq in range(2 // size if outcome else 0):
            assert outcome
            reaches = outcome.stage is Stage.UNKNOWN
            await journal.intend_load(ids[number], seq, digest="d", reaches=reaches, at=START)
            await journal.conclude_load(ids[number], seq, outcome, at=START + timedelta(seconds=20 * number))
    return Office(journal, [ids[number] for number in numbers])


@pytest.mark.asyncio
async def test_deliveries_and_slices_that_stay_open_count() -> None:
    """Each channel of a person is a delivery; a slice is open for a lost load and for a lost request that makes it."""
    at = await office(("toingg", BOTH, UNKNOWN), ("tingting", (Channel.VOICE,), LOST), ("tingting", BOTH, None))
    await at.lose(2, Step.OPEN)

    found = await at.settle()

    assert (found.unknown, found.unsettled, found.exit_code) == (4, 2, 7)
    assert found.slices == (
        SettledSlice(
            title="Fees 0", provider="toingg", channels=BOTH, found={State.UNKNOWN: 4}, opening=None, reason=""
        ),
        SettledSlice(
            title="Fees 1",
            provider="tingting",
            channels=(Channel.VOICE,),
            found={State.UNKNOWN: 2},
            opening=None,
            reason="",
        ),
        SettledSlice(
            title="Fees 2", provider="tingting", channels=BOTH, found={}, opening=StepState.UNKNOWN, reason=""
        ),
    )


@pytest.mark.asyncio
async def test_as_many_open_slices_as_unknown_people_are_not_nothing() -> None:
    """One does not make up for the other."""
    at = await office(("tingting", (Channel.VOICE,), UNKNOWN), ("toingg", (Channel.AI_CALL,), LOST))
    await at.lose(0, Step.OPEN)

    found = await at.settle()

    assert (found.unknown, found.unsettled, found.exit_code) == (2, 2, 7)


@pytest.mark.asyncio
async def test_nothing_open_is_told_in_so_many_words() -> None:
    """A campaign of which everything is known has nothing to settle."""
    at = await office(("tingting", (Channel.VOICE,), None))

    assert await at.settle() == Settlement(campaign="fees", round=1, slices=(), unknown=0, unsettled=0, exit_code=0)


@pytest.mark.asyncio
async def test_one_refused_account_is_told() -> None:
    """Where one of several vendors refuses the account, that is what there is to do first."""
    at = await office(("tingting", (Channel.VOICE,), LOST))
    at.halted["toingg"] = "token"

    assert (await at.settle()).exit_code == 4


@pytest.mark.asyncio
async def test_what_was_found_is_told_by_person() -> None:
    """Of a lost load some are found, some are refused, and whoever was proved absent waits elsewhere."""
    at = await office(("tingting", (Channel.VOICE,), UNKNOWN), ("tingting", BOTH, UNKNOWN))
    found = LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.PLANNED, "absent")})
    at.answer = lambda: at.journal.conclude_load(at.ids[0], 0, found, at=START)

    told = await at.settle()

    assert [dict(one.found) for one in told.slices] == [{State.ACCEPTED: 1, State.PLANNED: 1}, {State.UNKNOWN: 4}]
    assert (told.unknown, told.unsettled) == (4, 0)


@pytest.mark.asyncio
async def test_only_those_count_of_whom_nobody_knew() -> None:
    """The others of the same batch are no finding; a load that is half lost keeps its slice open."""
    half = attrs.evolve(UNKNOWN, exceptions={1: (Stage.REJECTED, "blocked")})
    half_lost = LoadOutcome(stage=Stage.LOADED, exceptions={1: (Stage.LOAD_UNKNOWN, "no answer")})
    at = await office(("tingting", (Channel.VOICE,), half), ("tingting", (Channel.VOICE,), half_lost))

    told = await at.settle()

    assert [dict(one.found) for one in told.slices] == [{State.UNKNOWN: 1}, {State.UNKNOWN: 1}]
    assert (told.unknown, told.unsettled) == (1, 1)


@pytest.mark.asyncio
@pytest.mark.parametrize("page", [1, 2])
async def test_every_page_is_read_once(monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    """People behind the first page are found, and nobody is counted twice."""
    monkeypatch.setattr("outreach.settling._PAGE", page)
    at = await office(*[("tingting", (Channel.VOICE,), UNKNOWN)] * 3, size=1)

    assert [dict(one.found) for one in (await at.settle()).slices] == [{State.UNKNOWN: 2}] * 3
    assert (await mark(at.journal, KEY, phones=None, channel=None, sent=True, **WORD)).deliveries == 6


@pytest.mark.asyncio
async def test_waiting_is_for_the_last_of_what_is_unknown() -> None:
    """Of two losses the later one says when it is worth asking again, and once is enough then."""
    at = await office(("tingting", (Channel.VOICE,), LOST), ("toingg", (Channel.AI_CALL,), LOST))
    at.clock.moment = START + timedelta(seconds=30)

    await at.settle(wait=True)

    assert at.asked == [30.0, 80.0]


@pytest.mark.asyncio
async def test_waiting_ends_when_not_found_proves_something() -> None:
    """It asks again when the last of what is unknown is ripe, and not for ever."""
    at = await office(("tingting", (Channel.VOICE,), LOST))
    at.clock.moment = START + timedelta(seconds=10)

    await at.settle()
    assert at.asked == [10.0]
    await at.settle(wait=True)

    assert at.asked == [10.0, 10.0, 60.0]


@pytest.mark.asyncio
async def test_waiting_is_of_no_use_where_nobody_can_be_asked() -> None:
    """A provider that the campaign no longer has cannot be asked later either."""
    at = await office(("gone", (Channel.VOICE,), LOST))

    await at.settle(wait=True)

    assert at.asked == [0.0]


@pytest.mark.asyncio
async def test_only_requests_that_make_a_campaign_are_openings() -> None:
    """A lost launch is a matter of people; the last of several lost requests of the opening says how it stands."""
    at = await office(("tingting", (Channel.VOICE,), None), ("tingting", (Channel.VOICE,), None))
    await at.lose(0, Step.LAUNCH)
    await at.lose(1, Step.OPEN, 0)
    await at.lose(1, Step.OPEN, 1)
    await at.lose(1, Step.LAUNCH, 1)
    at.answer = lambda: at.journal.conclude_step(at.ids[1], Step.OPEN, 1, StepState.ACCEPTED, at=START)

    told = await at.settle()

    assert [(one.title, one.opening) for one in told.slices] == [("Fees 1", StepState.ACCEPTED)]
    assert told.unsettled == 1


@pytest.mark.asyncio
async def test_a_persons_word_for_openings_is_written_with_who_and_why() -> None:
    """Every lost request that makes a campaign is unsent then; a lost launch stays what it is."""
    at = await office(("tingting", (Channel.VOICE,), None), ("tingting", (Channel.VOICE,), None))
    await at.lose(0, Step.OPEN)
    await at.lose(1, Step.LAUNCH)

    marked = await mark_openings(at.journal, KEY, **WORD)

    assert (marked.openings, marked.deliveries, marked.titles) == (1, 0, ())
    [opening], [launch] = [await at.journal.steps(one) for one in at.ids]
    assert (opening.state, launch.state) == (StepState.UNSENT, StepState.UNKNOWN)
    assert opening.reason == "marked unsent by sita: rang them"
    with pytest.raises(SpecError, match="no request that makes a campaign"):
        await mark_openings(at.journal, KEY, **WORD)


@pytest.mark.asyncio
@pytest.mark.parametrize("sent", [True, False])
async def test_a_persons_word_is_for_those_who_were_named(sent: bool) -> None:
    """The others stay unknown; titles name the vendors' campaigns that may still hold somebody marked unsent."""
    at = await office(("tingting", BOTH, UNKNOWN), ("toingg", (Channel.AI_CALL,), UNKNOWN))

    marked = await mark(at.journal, KEY, phones=[PHONES[1], PHONES[2]], channel=None, sent=sent, **WORD)

    assert (marked.deliveries, marked.openings) == (3, 0)
    assert marked.titles == (() if sent else ("Fees 0", "Fees 1"))
    stands = {(row.phone, row.state) async for row in at.journal.deliveries(KEY)}
    now = State.ACCEPTED if sent else State.PLANNED
    assert stands == {
        (PHONES[0], State.UNKNOWN),
        (PHONES[1], now),
        (PHONES[2], now),
        (PHONES[3], State.UNKNOWN),
    }


@pytest.mark.asyncio
async def test_a_persons_word_can_be_for_a_channel() -> None:
    """Everybody who is unknown on it is meant, nobody on another."""
    at = await office(("tingting", (Channel.VOICE,), UNKNOWN), ("toingg", (Channel.AI_CALL,), UNKNOWN))

    marked = await mark(at.journal, KEY, phones=None, channel=Channel.AI_CALL, sent=True, **WORD)

    assert marked.deliveries == 2
    assert [row.phone async for row in at.journal.deliveries(KEY) if row.state is State.ACCEPTED] == PHONES[2:4]


@pytest.mark.asyncio
async def test_all_numbers_that_cannot_be_marked_are_named_and_nothing_changes() -> None:
    """Those that are known, those that nobody has, and those that are unknown twice, each with what it is."""
    at = await office(("tingting", (Channel.VOICE,), UNKNOWN), ("toingg", (Channel.AI_CALL,), None))

    with pytest.raises(SpecError) as caught:
        await mark(at.journal, KEY, phones=[PHONES[0], PHONES[2], PHONES[5]], channel=None, sent=True, **WORD)

    assert [str(one.message) for one in caught.value.problems] == [
        "is planned on ai_call, not unknown; only what nobody knows can be marked",
        "is in no delivery of this campaign; only what nobody knows can be marked",
    ]
    assert {row.state async for row in at.journal.deliveries(KEY) if row.phone == PHONES[0]} == {State.UNKNOWN}
