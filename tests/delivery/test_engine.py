"""The engine's own decisions, over a journal in memory and accounts that answer what the test says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any, cast

import attrs
import pytest
from worlds import KEY, START, SteppedClock

from outreach.answers import Kind, Outcome, Roll
from outreach.delivery.clock import Clock
from outreach.delivery.donotcontact import Watchlist
from outreach.delivery.journal import LoadOutcome, NewBatch, NewSlice, People, Stage, Step, StepState
from outreach.delivery.lane import Attempt, Held, Lane, Stopped
from outreach.delivery.memory import MemoryJournal
from outreach.delivery.retry import MOST_ATTEMPTS
from outreach.delivery.run import MOST_ROUNDS, Ended, Engine, Place, _digest
from outreach.delivery.spool import Spool
from outreach.model import Campaign, Channel, Contacts, Limits, Route, Schedule, State, Template, Window
from outreach.provider import Batch
from outreach.wire import Reach, Request

PHONES = [f"+97796100{number:02d}011" for number in range(20)]
OPEN = Request(method="POST", path="create/", does="make the campaign")
SECOND = Request(method="POST", path="tags/", does="tag it")
LOAD = Request(method="POST", path="add/", does="add people")
RING = Request(method="POST", path="run/", does="ring the phones", reaches=Reach.EVERYONE)
HOUR = timedelta(hours=1)
BOTH = (Channel.VOICE, Channel.SMS)

ACCEPTED = Outcome(kind=Kind.ACCEPTED)
UNKNOWN = Outcome(kind=Kind.UNKNOWN, reason="no answer")
REFUSED = Outcome(kind=Kind.REJECTED, reason="no sender")


#: Of every campaign here, whatever it says: what a changed one means has its own tests.
FINGERPRINT = "f"


@pytest.fixture(autouse=True)
def unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every campaign be the one that its slices were made for."""
    monkeypatch.setattr("outreach.delivery.run.fingerprint", lambda *_: FINGERPRINT)


@attrs.frozen
class Begun:
    """As much of a campaign at a vendor as is asked for."""

    start: datetime
    scheduled: bool


@attrs.define
class Account:
    """An account that does what real ones do, without a network: look, write down, send, write down."""

    name: str
    answers: dict[str, list[Outcome | Exception]] = attrs.field(factory=dict)
    during: Callable[[Request], None] = attrs.field(default=lambda _request: None)
    roll: Callable[[], Roll | None] | None = None
    reaching: bool = False
    launches: bool = True
    opens: Sequence[Request] = (OPEN,)
    schedules: bool = False
    sent: list[str] = attrs.field(factory=list)
    attempts: list[Attempt] = attrs.field(factory=list)
    asking: list[Exception] = attrs.field(factory=list)
    proved: bool | None = None
    lag: float = 0.0
    found: Roll | None = None
    jobs: list[Any] = attrs.field(factory=list)

    @property
    def carrier(self) -> Any:
        """Give what the engine asks of an account."""
        provider = SimpleNamespace(
            open=lambda _job: self.opens,
            load=self._load,
            launch=lambda _job: (RING,) if self.launches else (),
            roll=lambda _job: "who?" if self.roll else None,
            settle=self._settle,
            seek=lambda _job, _phones: "whom?" if self.found else None,
            capabilities=SimpleNamespace(schedules=self.schedules),
        )
        settings = SimpleNamespace(settle_after=self.lag, concurrency=2)
        return SimpleNamespace(provider=provider, settings=settings, schedule=lambda campaign: campaign.schedule)

    def _settle(self, job: object, _request: object) -> str:
        self.jobs.append(job)
        return "what?"

    def _load(self, _job: object, batch: Batch) -> Request:
        return attrs.evolve(LOAD, body=list(batch.phones), reaches=Reach.BATCH if self.reaching else Reach.NOBODY)

    async def perform(self, attempt: Attempt) -> Outcome:
        """Do a request."""
        self.attempts.append(attempt)
        if why := attempt.still():
            raise Held(why)
        await attempt.intend()
        answers = self.answers.get(attempt.request.does, [])
        answer = answers.pop(0) if answers else ACCEPTED
        if isinstance(answer, Exception):
            raise answer
        self.sent.append(attempt.request.does)
        self.during(attempt.request)
        await attempt.conclude(answer)
        if answer.kind is Kind.UNSENT:
            raise Held(answer.reason)
        return answer

    async def answer(self, question: str, _refs: object) -> Any:
        """Answer a question."""
        if self.asking:
            raise self.asking.pop(0)
        if question == "whom?":
            return self.found
        if question == "who?":
            assert self.roll
            return self.roll()
        return SimpleNamespace(happened=self.proved, reason="", captures={})


@attrs.define
class Desk:
    """A campaign with a slice for each account, two people in a batch."""

    journal: MemoryJournal
    accounts: Mapping[str, Account]
    ids: Sequence[int]
    spool: Spool
    clock: SteppedClock = attrs.field(factory=SteppedClock)
    stop: asyncio.Event = attrs.field(factory=asyncio.Event)
    told: list[tuple[Stage, int]] = attrs.field(factory=list)
    changes: dict[str, Any] = attrs.field(factory=dict)
    watchlist: Watchlist | None = None
    first: int = 0

    async def run(self, held: Mapping[int, str] | None = None) -> Ended:
        """Send."""
        places = {one: Place(number, self.first) for number, one in enumerate(self.ids)}
        return await self.engine().run(self.spool, places, held)

    async def plan_again(self) -> None:
        """Plan the first slice once more: its people stand in new batches behind the old ones."""
        [one] = await self.journal.slices(KEY)
        batches = await self.journal.batches(one.id, [Stage.PLANNED])
        slices = [
            NewSlice(
                number=0,
                provider=one.provider,
                channels=one.channels,
                zone=one.zone,
                fingerprint=one.fingerprint,
                title="t",
                marker="m",
            )
        ]
        await self.journal.replan(
            KEY,
            digest="d",
            rows={},
            slices=slices,
            batches=[NewBatch(slice_number=0, people=row.people) for row in batches],
            skipped=[],
            at=START,
        )
        self.first = len(batches)

    def engine(self) -> Engine:
        """Give the engine."""
        clock: Clock = self.clock
        campaign = Campaign(
            name=KEY.name,
            message=Template.parse("नमस्ते"),
            contacts=Contacts(sources=[]),
            routes=(Route(channel=Channel.VOICE, providers=("a",)),),
        )
        return Engine(
            attrs.evolve(campaign, **self.changes),
            KEY,
            self.journal,
            cast("Mapping[str, Lane]", self.accounts),
            clock=clock,
            stop=self.stop,
            tell=lambda stage, count: self.told.append((stage, count)) if count else None,
            watchlist=self.watchlist,
        )

    async def counts(self) -> dict[State, int]:
        """Count deliveries."""
        return {state: number for state, number in (await self.journal.counts(KEY)).deliveries.items() if number}

    async def reasons(self) -> list[str]:
        """Say why slices stand still."""
        return [one.reason for one in await self.journal.slices(KEY)]


@pytest.fixture(autouse=True)
def plain_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job is when it begins, and whether that lies ahead."""

    def job(*_: object, start: datetime, now: datetime, **__: object) -> Any:
        return Begun(start, start > now)

    monkeypatch.setattr("outreach.delivery.run.job", job)


@pytest.fixture
def spool() -> Iterator[Spool]:
    """Give an empty one."""
    with Spool() as made:
        yield made


async def desk(
    spool: Spool,
    *accounts: Account,
    batches: int = 2,
    channels: tuple[Channel, ...] = (Channel.VOICE,),
    zones: Sequence[str] = ("UTC", "UTC"),
) -> Desk:
    """Plan a campaign."""
    journal = MemoryJournal()
    crowds = [
        (number, PHONES[first : first + 2])
        for number in range(len(accounts))
        for first in range(2 * batches * number, 2 * batches * (number + 1), 2)
    ]
    for number, phones in crowds:
        spool.add(number, Batch(phones=phones, ids=["", ""], names=["", ""], values={}), [0, 1])
    ids = await journal.replan(
        KEY,
        digest="d",
        rows={},
        slices=[
            NewSlice(
                number=number,
                provider=one.name,
                channels=channels,
                zone=zones[number],
                fingerprint=FINGERPRINT,
                title="t",
                marker="m",
            )
            for number, one in enumerate(accounts)
        ],
        batches=[
            NewBatch(slice_number=number, people=People(phones=phones, ids=["", ""], rows=[0, 1]))
            for number, phones in crowds
        ],
        skipped=[],
        at=START,
    )
    return Desk(journal, {one.name: one for one in accounts}, [ids[number] for number in range(len(accounts))], spool)


@pytest.mark.asyncio
async def test_a_campaign_is_made_loaded_and_launched(spool: Spool) -> None:
    """In this order; every delivery is told once, on each channel."""
    at = await desk(spool, Account("a"), channels=BOTH)

    ended = await at.run()

    assert at.accounts["a"].sent == [OPEN.does, LOAD.does, LOAD.does, RING.does]
    assert [one.people for one in at.accounts["a"].attempts] == [0, 2, 2, 4]
    assert await at.counts() == {State.ACCEPTED: 8}
    assert at.told == [(Stage.ACCEPTED, 8)]
    assert (ended.failure, ended.interrupted, ended.unsettled, ended.waiting) == (None, False, 0, 0)


@pytest.mark.asyncio
async def test_slices_that_are_held_stay_planned_with_the_reason(spool: Spool) -> None:
    """The others are sent."""
    at = await desk(spool, Account("a"), Account("b"))

    await at.run({at.ids[1]: "left for later"})

    assert at.accounts["b"].sent == []
    assert await at.counts() == {State.ACCEPTED: 4, State.PLANNED: 4}
    assert await at.reasons() == ["", "left for later"]


@pytest.mark.asyncio
async def test_an_account_that_the_campaign_no_longer_has_is_said(spool: Spool) -> None:
    """Its people stay where they are."""
    at = await desk(spool, Account("a"), Account("gone"))
    at.accounts = {"a": at.accounts["a"]}

    ended = await at.run()

    assert ended.failure is None
    assert await at.reasons() == ["", "the campaign no longer has a route through gone"]
    assert await at.counts() == {State.ACCEPTED: 4, State.PLANNED: 4}


@pytest.mark.asyncio
async def test_a_failure_of_the_journal_ends_every_account(spool: Spool) -> None:
    """What broke it off is kept, the first of several; the run is to end, and does not count as interrupted."""
    first, second = OSError("disk full"), OSError("later")
    at = await desk(spool, Account("a", {OPEN.does: [first]}), Account("b", {OPEN.does: [second]}))

    ended = await at.run()

    assert ended.failure is first
    assert at.stop.is_set()
    assert not ended.interrupted


@pytest.mark.asyncio
async def test_a_stopped_run_is_interrupted(spool: Spool) -> None:
    """What is left says that it was stopped."""
    at = await desk(spool, Account("a", {LOAD.does: [Stopped()]}))
    at.stop.set()

    ended = await at.run()

    assert (ended.interrupted, await at.reasons()) == (True, ["stopped"])


@pytest.mark.asyncio
async def test_one_failing_load_ends_the_others_and_is_raised_as_it_was(spool: Spool) -> None:
    """Two at a time: the other one finishes, the third does not begin."""
    at = await desk(spool, Account("a", {LOAD.does: [Held("credit used up")]}), batches=4)

    await at.run()

    assert at.accounts["a"].sent.count(LOAD.does) <= 1
    assert RING.does not in at.accounts["a"].sent
    assert await at.reasons() == ["credit used up"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("after", "state", "reason"), [(HOUR, State.CANCELLED, "expired"), (-HOUR, State.ACCEPTED, "")]
)
async def test_what_expires_between_two_loads_goes_no_further(
    spool: Spool, after: timedelta, state: State, reason: str
) -> None:
    """Where a load reaches people the end of the campaign is looked at before each."""
    at = await desk(spool, Account("a", reaching=True, launches=False))
    at.changes = {"schedule": Schedule(expires=START + 2 * HOUR)}
    at.accounts["a"].during = lambda _request: setattr(at.clock, "moment", START + 2 * HOUR + after)

    await at.run()

    assert (await at.counts())[state] > 0
    rows = [row async for row in at.journal.deliveries(KEY)]
    assert {row.reason for row in rows if row.state is state} == {reason}


@pytest.mark.asyncio
async def test_what_expired_is_cancelled_before_anything_is_sent(spool: Spool) -> None:
    """Nothing is made at the vendor for people who cannot be reached any more."""
    at = await desk(spool, Account("a"))
    at.changes = {"schedule": Schedule(expires=START)}

    await at.run()

    assert (await at.counts(), at.accounts["a"].sent) == ({State.CANCELLED: 4}, [])


@pytest.mark.asyncio
async def test_what_is_not_due_waits_and_says_until_when(spool: Spool) -> None:
    """All deliveries of both slices wait; the first moment of all is told."""
    at = await desk(spool, Account("a"), Account("b"), channels=BOTH)
    at.changes = {"schedule": Schedule(start=START + HOUR)}

    ended = await at.run()

    assert (ended.waiting, ended.next) == (16, START + HOUR)
    assert await at.reasons() == ["waiting", "waiting"]
    assert at.accounts["a"].sent == []


@pytest.mark.asyncio
async def test_a_vendor_that_can_wait_is_told_when_to_begin(spool: Spool) -> None:
    """It is made, loaded and launched now, with its begin; that is kept for the next run."""
    at = await desk(spool, Account("a", schedules=True))
    at.changes = {"schedule": Schedule(start=START + HOUR)}

    await at.run()

    assert at.accounts["a"].sent[-1] == RING.does
    [one] = await at.journal.slices(KEY)
    assert one.start == START + HOUR


@pytest.mark.asyncio
async def test_people_per_hour_are_not_left_to_a_vendor(spool: Spool) -> None:
    """Who waits by itself does not keep to the pace that the campaign asks for."""
    at = await desk(spool, Account("a", schedules=True))
    at.changes = {"schedule": Schedule(start=START + HOUR), "limits": Limits(per_hour=10)}

    await at.run()

    assert at.accounts["a"].sent == []


@pytest.mark.asyncio
async def test_a_begin_that_was_told_stays(spool: Spool) -> None:
    """A slice whose vendor was told a begin ahead is finished at once, with that begin; a past one counts no more."""
    ahead = START + HOUR
    for begin, told, sent in (
        (ahead, START + 2 * HOUR, True),
        (ahead, START - HOUR, False),
        (None, START - HOUR, True),
    ):
        with Spool() as own:
            at = await desk(own, Account("a", schedules=True))
            at.changes = {"schedule": Schedule(start=begin)}
            await at.journal.intend_step(at.ids[0], Step.OPEN, 0, digest="d", reaches=False, at=START)
            await at.journal.conclude_step(at.ids[0], Step.OPEN, 0, StepState.ACCEPTED, at=START, start=told)

            await at.run()

            assert (RING.does in at.accounts["a"].sent) is sent
            assert OPEN.does not in at.accounts["a"].sent
            starts = {one.job.start for one in at.accounts["a"].attempts}
            assert starts == ({max(told, START)} if sent else set())


@pytest.mark.asyncio
async def test_the_window_is_looked_at_once_more_before_phones_ring(spool: Spool) -> None:
    """It expired while people were loaded: they are cancelled, not rung."""
    at = await desk(spool, Account("a"))
    at.changes = {"schedule": Schedule(expires=START + HOUR)}
    at.accounts["a"].during = lambda _request: setattr(at.clock, "moment", START + HOUR)

    await at.run()

    assert RING.does not in at.accounts["a"].sent
    assert await at.counts() == {State.CANCELLED: 4}


@pytest.mark.asyncio
@pytest.mark.parametrize("reaching", [True, False])
async def test_a_begin_that_was_to_be_told_and_has_passed_is_no_leave_to_contact(spool: Spool, reaching: bool) -> None:
    """Who stood still for a day lets the vendor contact nobody after the end: it would not wait for a past moment."""
    at = await desk(spool, Account("a", schedules=True, reaching=reaching, launches=not reaching))
    at.changes = {"schedule": Schedule(start=START + HOUR, expires=START + 2 * HOUR)}
    at.accounts["a"].during = lambda _request: setattr(at.clock, "moment", START + 24 * HOUR)

    await at.run()

    assert not {RING.does, LOAD.does if reaching else ""} & set(at.accounts["a"].sent)
    assert await at.counts() == {State.CANCELLED: 4}


@attrs.define
class Slip:
    """A list with these numbers."""

    phones: Sequence[str]
    broken: str = ""

    def closed(self, phones: Sequence[str], _channels: object) -> Sequence[int]:
        """Give who stands on it."""
        return [index for index, phone in enumerate(phones) if phone in self.phones]


@pytest.mark.asyncio
async def test_only_those_who_would_be_rung_bar_a_launch(spool: Spool) -> None:
    """A person whom the vendor refused may stand on a list without keeping the others from being rung."""
    at = await desk(spool, Account("a"), batches=1, channels=BOTH)
    refused = Outcome(kind=Kind.ACCEPTED, refused={PHONES[1]: "blocked"})
    at.accounts["a"].answers = {LOAD.does: [refused]}
    slip = Slip([])
    at.watchlist = slip
    at.accounts["a"].during = lambda one: setattr(slip, "phones", [PHONES[1]] if one.does == LOAD.does else [])

    await at.run()

    assert await at.counts() == {State.ACCEPTED: 2, State.REJECTED: 2}
    assert at.told == [(Stage.ACCEPTED, 2), (Stage.REJECTED, 2)]


@pytest.mark.asyncio
async def test_a_broken_list_stops_loads_and_launches(spool: Spool) -> None:
    """Nobody can tell who is on it."""
    at = await desk(spool, Account("a"))
    at.watchlist = Slip([], broken="the list cannot be read")

    await at.run()

    assert at.accounts["a"].sent == [OPEN.does]
    assert await at.reasons() == ["the list cannot be read"]


@pytest.mark.asyncio
async def test_a_list_that_breaks_while_people_are_loaded_stops_the_launch(spool: Spool) -> None:
    """The last look is at the list as it is then."""
    at = await desk(spool, Account("a"), batches=1)
    at.watchlist = slip = Slip([])
    at.accounts["a"].during = lambda one: setattr(slip, "broken", "it cannot be read" if one.does == LOAD.does else "")

    await at.run()

    assert at.accounts["a"].sent == [OPEN.does, LOAD.does]
    assert await at.reasons() == ["it cannot be read"]


@pytest.mark.asyncio
async def test_a_lost_second_step_is_the_one_that_is_asked_about(spool: Spool) -> None:
    """The first, which is done, stays as it is."""
    at = await desk(spool, Account("a", {SECOND.does: [UNKNOWN]}, opens=(OPEN, SECOND), proved=True))

    await at.run()

    assert at.accounts["a"].sent == [OPEN.does, SECOND.does, LOAD.does, LOAD.does, RING.does]


@pytest.mark.asyncio
async def test_a_lost_launch_that_is_proved_at_once_is_the_step_that_is_written_down(spool: Spool) -> None:
    """The first step of another stage, which is done, stays as it is."""
    at = await desk(spool, Account("a", {RING.does: [UNKNOWN]}, proved=True))

    await at.run()

    assert await at.counts() == {State.ACCEPTED: 4}


@pytest.mark.asyncio
async def test_people_whose_load_is_lost_are_told_as_unknown(spool: Spool) -> None:
    """Where the load itself reaches people, that is the end of them in this run."""
    at = await desk(spool, Account("a", {LOAD.does: [UNKNOWN]}, reaching=True, launches=False), batches=1)

    await at.run()

    assert at.told == [(Stage.UNKNOWN, 2)]


@pytest.mark.asyncio
async def test_who_was_planned_again_since_waits_for_the_next_plan(spool: Spool) -> None:
    """Such a batch stands behind those of the plan, and the spool knows nothing of it."""
    at = await desk(spool, Account("a", reaching=True, launches=False))
    partly = LoadOutcome(stage=Stage.ACCEPTED, exceptions={1: (Stage.PLANNED, "absent")})
    await at.journal.intend_load(at.ids[0], 0, digest="d", reaches=True, at=START)
    await at.journal.conclude_load(at.ids[0], 0, partly, at=START)

    assert (await at.run()).failure is None

    assert await at.counts() == {State.ACCEPTED: 3, State.PLANNED: 1}


@pytest.mark.asyncio
async def test_a_batch_is_tried_as_often_as_the_one_who_was_tried_most_may_be(spool: Spool) -> None:
    """Attempts count per person: who was tried almost as often as anybody may be is tried once more, not afresh."""
    at = await desk(spool, Account("a", reaching=True, launches=False), batches=1)
    for person, tries in zip(at.journal._slices[at.ids[0]].batches[0].people, (1, MOST_ATTEMPTS - 1), strict=True):
        person.earlier = tries

    await at.run()

    assert at.accounts["a"].attempts[-1].tries == 1


@pytest.mark.asyncio
async def test_steps_are_done_in_order_and_not_twice(spool: Spool) -> None:
    """A run that was broken off after the first of two goes on with the second."""
    at = await desk(
        spool, Account("a", {SECOND.does: [Outcome(kind=Kind.UNSENT, reason="later")]}, opens=(OPEN, SECOND))
    )

    await at.run()
    await at.run()

    assert at.accounts["a"].sent == [OPEN.does, SECOND.does, SECOND.does, LOAD.does, LOAD.does, RING.does]


@pytest.mark.asyncio
async def test_an_answer_that_is_lost_is_asked_about_at_once(spool: Spool) -> None:
    """Proved, it goes on; proved absent, it is done again, three times at most; else it is not settled."""
    for proved, sent, unsettled in ((True, 1, 0), (False, 3, 0), (None, 1, 1)):
        with Spool() as own:
            at = await desk(own, Account("a", {OPEN.does: [UNKNOWN] * 9}, proved=proved))

            ended = await at.run()

            assert at.accounts["a"].sent.count(OPEN.does) == sent
            assert ended.unsettled == unsettled
            assert (RING.does in at.accounts["a"].sent) is (proved is True)


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [Held("busy"), Stopped()])
async def test_a_vendor_that_cannot_be_asked_leaves_it_unsettled(spool: Spool, error: Exception) -> None:
    """Nothing is done again before somebody knows."""
    at = await desk(spool, Account("a", {OPEN.does: [UNKNOWN]}, asking=[error]))

    ended = await at.run()

    assert (at.accounts["a"].sent, ended.unsettled) == ([OPEN.does], 1)


@pytest.mark.asyncio
async def test_a_lost_launch_is_told_as_what_it_proves_to_be(spool: Spool) -> None:
    """Unknown people are told as such, and stay so."""
    at = await desk(spool, Account("a", {RING.does: [UNKNOWN]}))

    ended = await at.run()

    assert await at.counts() == {State.UNKNOWN: 4}
    assert (at.told, ended.unsettled) == ([(Stage.UNKNOWN, 4)], 1)


@pytest.mark.asyncio
async def test_a_refused_campaign_turns_people_down_and_a_refused_launch_rejects_them(spool: Spool) -> None:
    """Another provider may take over the first; the second is the end of these people here."""
    at = await desk(spool, Account("a", {OPEN.does: [REFUSED]}), Account("b", {RING.does: [REFUSED]}))

    ended = await at.run()

    assert (await at.journal.slices(KEY))[0].start is None
    assert ended.refused == {"a": f"{OPEN.does}: no sender"}
    assert await at.counts() == {State.PLANNED: 4, State.REJECTED: 4}
    assert await at.reasons() == [f"{OPEN.does}: no sender", f"{RING.does}: no sender"]


@pytest.mark.asyncio
async def test_what_is_loaded_at_a_vendor_without_a_launch_is_done(spool: Spool) -> None:
    """Where the load itself reaches people there is nothing to launch; each outcome is told."""
    partly = Outcome(kind=Kind.ACCEPTED, refused={PHONES[0]: "blocked"})
    at = await desk(spool, Account("a", {LOAD.does: [partly]}, reaching=True, launches=False), channels=BOTH)

    await at.run()

    assert await at.counts() == {State.ACCEPTED: 6, State.REJECTED: 2}
    assert sorted(at.told) == [(Stage.ACCEPTED, 2), (Stage.ACCEPTED, 4), (Stage.REJECTED, 2)]


@pytest.mark.asyncio
async def test_a_load_that_proves_absent_is_loaded_by_the_next_plan(spool: Spool) -> None:
    """The vendor's list does not have them: they are planned, and nothing is launched without them being known."""
    account = Account(
        "a", {LOAD.does: [Outcome(kind=Kind.UNKNOWN, reason="no answer")] * 9}, roll=lambda: Roll(present={})
    )
    at = await desk(spool, account, batches=1)

    ended = await at.run()

    assert RING.does not in account.sent
    assert ended.unsettled == 1
    assert account.sent.count(LOAD.does) == MOST_ROUNDS


@pytest.mark.asyncio
async def test_tries_before_count(spool: Spool) -> None:
    """The tries that are left are those of the person who was tried most, and never fewer than one."""
    for earlier, left in ((0, MOST_ATTEMPTS), (3, MOST_ATTEMPTS - 3), (MOST_ATTEMPTS + 5, 1)):
        with Spool() as own:
            at = await desk(own, Account("a"), batches=1)
            for seq in (0, 1):
                for _ in range(earlier // 2 if seq else earlier - earlier // 2):
                    await at.journal.intend_load(at.ids[0], seq, digest="d", reaches=False, at=START)
                    planned = LoadOutcome(stage=Stage.PLANNED)
                    await at.journal.conclude_load(at.ids[0], seq, planned, at=START)
                if not seq:
                    await at.plan_again()

            await at.run()

            [load] = [one for one in at.accounts["a"].attempts if one.request.does == LOAD.does]
            assert load.tries == left


@pytest.mark.asyncio
async def test_settling_asks_about_what_is_unknown_and_sends_nothing(spool: Spool) -> None:
    """Steps, loads that may be aboard: each is asked about; what the account no longer does is passed over."""
    at = await desk(spool, Account("a", proved=True))
    for position in (0, 1):
        await at.journal.intend_step(at.ids[0], Step.OPEN, position, digest="d", reaches=False, at=START)
        unknown = StepState.UNKNOWN
        await at.journal.conclude_step(at.ids[0], Step.OPEN, position, unknown, at=START, reason="no answer")

    engine = at.engine()
    await engine.settle()

    states = [row.state for row in await at.journal.steps(at.ids[0])]
    assert (states, at.accounts["a"].sent) == ([StepState.ACCEPTED, StepState.UNKNOWN], [])
    assert engine.ended.failure is None


@pytest.mark.asyncio
async def test_settling_a_lost_load_compares_it(spool: Spool) -> None:
    """Whoever the vendor lists is loaded."""
    at = await desk(spool, Account("a", roll=lambda: Roll(present={PHONES[0]: ACCEPTED.receipt})), batches=1)
    await at.journal.intend_load(at.ids[0], 0, digest="d", reaches=False, at=START)
    await at.journal.conclude_load(at.ids[0], 0, LoadOutcome(stage=Stage.LOAD_UNKNOWN), at=START)

    await at.engine().settle()

    [row] = await at.journal.batches(at.ids[0], [Stage.LOADED])
    assert row.exceptions.keys() == {1}
    assert at.accounts["a"].sent == []


@pytest.mark.asyncio
async def test_settling_asks_with_the_begin_that_the_vendor_was_told(spool: Spool) -> None:
    """A campaign that was made for tomorrow is looked for as that."""
    at = await desk(spool, Account("a", proved=True, opens=(OPEN, SECOND)))
    await at.journal.intend_step(at.ids[0], Step.OPEN, 0, digest="d", reaches=False, at=START)
    await at.journal.conclude_step(at.ids[0], Step.OPEN, 0, StepState.ACCEPTED, at=START, start=START + HOUR)
    await at.journal.intend_step(at.ids[0], Step.OPEN, 1, digest="d", reaches=False, at=START)
    await at.journal.conclude_step(at.ids[0], Step.OPEN, 1, StepState.UNKNOWN, at=START, reason="no answer")

    await at.engine().settle()

    assert [one.start for one in at.accounts["a"].jobs] == [START + HOUR]


@pytest.mark.asyncio
async def test_settling_asks_whom_a_lost_load_reached(spool: Spool) -> None:
    """Where the load itself reaches people and the vendor lists them."""
    listed = Roll(present={PHONES[0]: ACCEPTED.receipt, PHONES[1]: ACCEPTED.receipt})
    at = await desk(spool, Account("a", found=listed, reaching=True), batches=1)
    await at.journal.intend_load(at.ids[0], 0, digest="d", reaches=True, at=START)
    await at.journal.conclude_load(at.ids[0], 0, LoadOutcome(stage=Stage.UNKNOWN), at=START)

    await at.engine().settle()

    assert await at.counts() == {State.ACCEPTED: 2}


@pytest.mark.asyncio
async def test_a_load_of_which_nobody_knows_yet_keeps_its_slice_unsettled(spool: Spool) -> None:
    """Before the vendor's list has had its time nothing is loaded again or launched, in this run or the next."""
    lost = Outcome(kind=Kind.UNKNOWN, reason="no answer")
    account = Account("a", {LOAD.does: [lost]}, roll=lambda: Roll(present={}), lag=60.0)
    at = await desk(spool, account, batches=1)

    first, second = await at.run(), await at.run()

    assert (first.unsettled, second.unsettled) == (1, 1)
    assert account.sent == [OPEN.does, LOAD.does]


@pytest.mark.asyncio
async def test_batches_of_an_earlier_plan_are_left_alone(spool: Spool) -> None:
    """People are loaded with what this plan knows of them, where the slice has batches of an earlier plan before."""
    at = await desk(spool, Account("a"))
    await at.plan_again()

    await at.run()

    loads = [one for one in at.accounts["a"].attempts if one.request.does == LOAD.does]
    assert sorted(phone for one in loads for phone in one.request.body) == PHONES[:4]
    assert await at.counts() == {State.ACCEPTED: 4}


@pytest.mark.asyncio
async def test_the_begin_is_what_the_vendor_was_told_when_the_campaign_was_made(spool: Spool) -> None:
    """A launch an hour later does not change it."""
    at = await desk(spool, Account("a", {RING.does: [Outcome(kind=Kind.UNSENT, reason="later")]}))
    await at.run()
    at.clock.moment = START + HOUR

    await at.run()

    [one] = await at.journal.slices(KEY)
    assert (one.start, await at.counts()) == (START, {State.ACCEPTED: 4})


def test_the_journal_knows_requests_by_their_content() -> None:
    """Method, place and body each make a difference; a request without a body has a digest as well."""
    loads = [attrs.evolve(LOAD, body=body) for body in (None, PHONES[:1], PHONES[1:2])]

    digests = {_digest(one) for one in (*loads, attrs.evolve(LOAD, method="PUT"), attrs.evolve(LOAD, path="other/"))}

    assert len(digests) == 5


@pytest.mark.asyncio
async def test_the_first_of_all_moments_is_told(spool: Spool) -> None:
    """Kathmandu opens before London does, whichever comes first in the plan."""
    for zones in (("UTC", "Asia/Kathmandu"), ("Asia/Kathmandu", "UTC")):
        with Spool() as own:
            at = await desk(own, Account("a"), Account("b"), zones=zones)
            at.clock.moment = START.replace(hour=2)
            at.changes = {"schedule": Schedule(window=Window(start=time(10), end=time(18), zone="recipient"))}

            ended = await at.run()

            assert ended.next == START.replace(hour=4, minute=15)
            assert ended.waiting == 8


@pytest.mark.asyncio
async def test_a_window_that_closes_between_two_loads_leaves_the_rest_waiting(spool: Spool) -> None:
    """Whoever is not reached by then waits for the next opening."""
    at = await desk(spool, Account("a", reaching=True, launches=False), batches=4)
    at.changes = {"schedule": Schedule(window=Window(start=time(5), end=time(7), zone="UTC"))}
    at.accounts["a"].during = lambda _request: setattr(at.clock, "moment", START + HOUR)

    ended = await at.run()

    counts = await at.counts()
    assert counts[State.PLANNED] == ended.waiting > 0
    assert ended.next == START + timedelta(hours=23)
    assert await at.reasons() == ["waiting"]


@pytest.mark.asyncio
@pytest.mark.parametrize(("proved", "sent"), [(True, True), (False, True), (None, False)])
@pytest.mark.parametrize("lost", [True, False], ids=["unknown", "in flight"])
async def test_a_request_of_an_earlier_run_is_asked_about_first(
    spool: Spool, proved: bool | None, sent: bool, lost: bool
) -> None:
    """Proved, it is not done again; proved absent, it is; while nobody knows nothing goes on."""
    at = await desk(spool, Account("a", proved=proved))
    await at.journal.intend_step(at.ids[0], Step.OPEN, 0, digest="d", reaches=False, at=START)
    if lost:
        await at.journal.conclude_step(at.ids[0], Step.OPEN, 0, StepState.UNKNOWN, at=START, reason="no answer")

    ended = await at.run()

    assert at.accounts["a"].sent.count(OPEN.does) == (proved is False)
    assert (RING.does in at.accounts["a"].sent) is sent
    assert ended.unsettled == (proved is None)
    assert ended.failure is None


@pytest.mark.asyncio
async def test_a_lost_launch_that_cannot_be_asked_about_is_told_as_unknown(spool: Spool) -> None:
    """The account is stopped just then."""
    at = await desk(spool, Account("a", {RING.does: [UNKNOWN]}, asking=[Stopped()]))

    ended = await at.run()

    assert ended.failure is None
    assert (at.told, ended.unsettled) == ([(Stage.UNKNOWN, 4)], 1)


@pytest.mark.asyncio
async def test_a_refused_load_is_told(spool: Spool) -> None:
    """All of its people are rejected with the reason."""
    at = await desk(spool, Account("a", {LOAD.does: [REFUSED]}), batches=1)

    await at.run()

    assert at.told == [(Stage.REJECTED, 2)]
    assert await at.counts() == {State.REJECTED: 2}


@pytest.mark.asyncio
async def test_a_slice_that_is_done_is_left_alone(spool: Spool) -> None:
    """Nothing is made at the vendor for people of whom all are done."""
    at = await desk(spool, Account("a", {OPEN.does: [REFUSED]}))
    await at.journal.cancel(at.ids[0], stages=[Stage.PLANNED], reason="no", at=START)

    await at.run()

    assert at.accounts["a"].sent == []


@pytest.mark.asyncio
async def test_the_person_who_was_tried_most_counts(spool: Spool) -> None:
    """Two who were tried differently often share a request now."""
    at = await desk(spool, Account("a"))
    for _ in range(3):
        await at.journal.intend_load(at.ids[0], 0, digest="d", reaches=False, at=START)
        await at.journal.conclude_load(at.ids[0], 0, LoadOutcome(stage=Stage.PLANNED), at=START)
    at.first = 2
    one = (await at.journal.slices(KEY))[0]
    again = NewSlice(
        number=0, provider="a", channels=one.channels, zone=one.zone, fingerprint=one.fingerprint, title="t", marker="m"
    )
    mixed = NewBatch(slice_number=0, people=People(phones=PHONES[1:3], ids=["", ""], rows=[0, 1]))
    await at.journal.replan(KEY, digest="d", rows={}, slices=[again], batches=[mixed], skipped=[], at=START)

    await at.run()

    [load] = [one for one in at.accounts["a"].attempts if one.request.does == LOAD.does]
    assert load.tries == MOST_ATTEMPTS - 3
