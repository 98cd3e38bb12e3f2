"""One account at work, with a vendor that answers what the test says and a clock that only sleep moves."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import attrs
import pytest
from worlds import SteppedClock

from outreach.answers import Kind, Outcome, Question, Roll
from outreach.delivery.clock import Clock
from outreach.delivery.exchange import Lost, NotSent, Unsendable
from outreach.delivery.lane import MOST_DOUBTS, Attempt, Held, Lane, Stopped
from outreach.delivery.pace import Quota
from outreach.delivery.retry import Backoff
from outreach.errors import Unreadable
from outreach.planning.carrier import Carrier
from outreach.provider import Job
from outreach.wire import Reach, Request, Response

CALL = Request(method="POST", path="call/", does="call somebody", reaches=Reach.BATCH)
LOOK = Request(method="GET", path="list/", does="list", repeatable=True)
OK = Response.of({}, 200)
BUSY = Response(status=429, headers={"retry-after": "7"}, body=b"")
JOB = cast("Job[Any]", None)
MINUTE = 60.0


class Longest(random.Random):
    """Gives the longest of all waits."""

    def uniform(self, _a: float, b: float) -> float:
        """Give the end."""
        return b


@attrs.define
class Desk:
    """An account, what the vendor will answer, and what happened in which order."""

    answers: list[Response | Exception] = attrs.field(factory=list)
    clock: SteppedClock = attrs.field(factory=SteppedClock)
    stop: asyncio.Event = attrs.field(factory=asyncio.Event)
    log: list[str] = attrs.field(factory=list)
    times: list[float] = attrs.field(factory=list)
    outcome: Outcome | Exception = attrs.field(factory=lambda: Outcome(kind=Kind.ACCEPTED))
    #: What happens while there is no connection yet.
    connecting: Callable[[], None] = attrs.field(default=lambda: None)
    #: How long an answer takes.
    seconds: float = 0.0

    def lane(self, pace: float = 10.0, **more: Any) -> Lane:
        """Open the account: ten requests a second."""
        provider = SimpleNamespace(explain=lambda _response: "", interpret=self.interpret)
        carrier = SimpleNamespace(provider=provider, settings=SimpleNamespace(pace=pace))
        clock: Clock = self.clock
        return Lane(cast("Carrier", carrier), self, clock=clock, rng=Longest(), stop=self.stop, **more)

    async def send(self, request: Request, _settings: object, still: Callable[[], str] = str) -> Response:
        """Be the transport."""
        self.connecting()
        if why := still():
            raise NotSent(why)
        self.log.append(request.does)
        self.times.append(self.clock.monotonic())
        answer = self.answers.pop(0) if self.answers else OK
        if self.seconds:
            await self.clock.sleep(self.seconds)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def slow(self, seconds: float, *names: str) -> Callable[[str], None]:
        """Let time pass at points of a request."""

        def pass_time(name: str) -> None:
            if name in names:
                self.clock.moment += timedelta(seconds=seconds)

        return pass_time

    def interpret(self, job: object, request: object, response: object, batch: object) -> Outcome:
        """Be the adapter."""
        assert (job, type(request), type(response), batch) == (JOB, Request, Response, None)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def attempt(self, request: Request = CALL, still: Callable[[], str] = str, people: int = 1) -> Attempt:
        """Give a request on its way."""

        async def intend() -> None:
            self.log.append("intend")

        async def conclude(outcome: Outcome) -> None:
            self.log.append(outcome.kind)

        return Attempt(
            request=request, job=JOB, batch=None, intend=intend, conclude=conclude, still=still, people=people
        )


@pytest.mark.asyncio
async def test_the_journal_knows_before_and_after() -> None:
    """The intent is written, then the request goes out, then its outcome is written."""
    desk = Desk()

    assert (await desk.lane().perform(desk.attempt())).kind is Kind.ACCEPTED

    assert desk.log == ["intend", "call somebody", "accepted"]


@pytest.mark.asyncio
async def test_each_try_is_an_intent_of_its_own_and_waits_as_long_as_the_vendor_asks() -> None:
    """What is proved unsent is tried again, behind the vendor's pause, with everything written down again."""
    desk = Desk([BUSY, NotSent("no connection")])

    await desk.lane().perform(desk.attempt())

    assert desk.log == [
        *("intend", "call somebody", "unsent"),
        *("intend", "call somebody", "unsent"),
        *("intend", "call somebody", "accepted"),
    ]
    assert desk.times[1] - desk.times[0] >= 7


@pytest.mark.asyncio
async def test_the_tries_end() -> None:
    """After the last try it is left for a later run, and the account counts as unavailable."""
    desk = Desk([NotSent("no connection")] * 9)
    lane = desk.lane(backoff=Backoff(attempts=3))
    assert lane.unavailable == ""

    with pytest.raises(Held, match="no connection"):
        await lane.perform(desk.attempt())

    assert desk.log.count("call somebody") == 3
    assert lane.unavailable == "no connection"


@pytest.mark.asyncio
async def test_a_refused_account_sends_nothing_more() -> None:
    """After 401 nothing is sent, neither requests nor questions, whatever waits."""
    desk = Desk([Response.of({}, 401)])
    lane = desk.lane()
    with pytest.raises(Held, match="token is not accepted"):
        await lane.perform(desk.attempt())
    assert desk.log == ["intend", "call somebody", "halt"]

    with pytest.raises(Held, match="token is not accepted"):
        await lane.perform(desk.attempt())
    with pytest.raises(Held, match="token is not accepted"):
        await lane.answer(question(), {})

    assert len(desk.log) == 3


@pytest.mark.asyncio
async def test_an_account_that_is_refused_while_a_request_waits_keeps_it_back() -> None:
    """Of two requests at once the second does not go out when the first learns that the account is refused."""
    desk = Desk([OK, Response.of({}, 402), OK])
    lane = desk.lane()
    await lane.answer(question(), {})

    ended = await asyncio.gather(*(lane.perform(desk.attempt()) for _ in range(2)), return_exceptions=True)

    assert [type(one) for one in ended] == [Held, Held]
    assert desk.log.count("call somebody") == 1


@pytest.mark.asyncio
async def test_three_unknown_outcomes_from_the_begin_on_are_a_row() -> None:
    """The first request of an account counts like any other."""
    desk = Desk([Lost("?")] * 3)
    lane = desk.lane()

    for _ in range(MOST_DOUBTS):
        await lane.perform(desk.attempt())

    assert lane.doubtful


@pytest.mark.asyncio
async def test_a_row_of_unknown_outcomes_leaves_the_account_alone() -> None:
    """Three in a row are enough; a known one in between begins the count anew; what reaches nobody does not count."""
    desk = Desk([Lost("?"), Lost("?"), OK, Lost("?"), Lost("?"), Lost("?")])
    lane = desk.lane()
    harmless = attrs.evolve(CALL, reaches=Reach.NOBODY)

    for _ in range(5):
        await lane.perform(desk.attempt())
    assert not lane.doubtful
    desk.answers.insert(0, Lost("?"))
    await lane.perform(desk.attempt(harmless))
    assert not lane.doubtful
    await lane.perform(desk.attempt())
    assert lane.doubtful.startswith(f"{MOST_DOUBTS} requests in a row")
    with pytest.raises(Held, match="in a row"):
        await lane.perform(desk.attempt())

    assert desk.log.count("call somebody") == 7


@pytest.mark.asyncio
async def test_the_last_look_keeps_a_request_back_after_its_intent() -> None:
    """Who must not be reached by now is not, even when the intent is on the disk already; that is written, too."""
    desk = Desk()
    says = iter(["", "suppressed", "suppressed"])

    with pytest.raises(Held, match="suppressed"):
        await desk.lane().perform(desk.attempt(still=lambda: next(says)))

    assert desk.log == ["intend", "unsent"]


@pytest.mark.asyncio
async def test_the_first_look_keeps_a_request_back_before_its_intent() -> None:
    """Nothing is written where nothing may be sent."""
    desk = Desk()

    with pytest.raises(Held, match="closed"):
        await desk.lane().perform(desk.attempt(still=lambda: "closed"))

    assert desk.log == []


@pytest.mark.asyncio
async def test_what_changes_while_it_connects_keeps_a_request_back() -> None:
    """Somebody was suppressed, or the campaign stopped, while the connection was made: nothing leaves."""
    why: list[str] = []
    desk = Desk(connecting=lambda: why.append("suppressed"))
    with pytest.raises(Held, match="suppressed"):
        await desk.lane().perform(desk.attempt(still=lambda: why[-1] if why else ""))
    assert desk.log == ["intend", "unsent"]

    desk = Desk()
    desk.connecting = desk.stop.set
    with pytest.raises(Stopped):
        await desk.lane().perform(desk.attempt())
    assert desk.log == ["intend", "unsent"]


@pytest.mark.asyncio
async def test_people_take_their_share_of_the_hour_once() -> None:
    """The quota counts people, once for all tries; what reaches nobody takes nothing, and everybody waits in turn."""
    desk = Desk([OK, OK, NotSent("x"), OK, OK])
    quota = Quota(10, MINUTE)
    lane = desk.lane(quota=quota)

    await lane.perform(desk.attempt(people=6))
    await lane.perform(desk.attempt(attrs.evolve(CALL, reaches=Reach.NOBODY), people=9))
    await lane.perform(desk.attempt(people=4))
    assert desk.times[-1] < MINUTE
    assert quota.wait(desk.clock.monotonic(), 1) > 0
    await lane.perform(desk.attempt(people=6))

    assert desk.times[-1] >= MINUTE


@pytest.mark.asyncio
async def test_more_people_than_the_hour_allows_never_go() -> None:
    """Such a request is held with the reason; it would wait for ever."""
    desk = Desk()

    with pytest.raises(Held, match=r"11 people at once are more than limits\.per_hour"):
        await desk.lane(quota=Quota(10, MINUTE)).perform(desk.attempt(people=11))

    assert desk.log == []


@pytest.mark.asyncio
async def test_requests_keep_the_pace_of_the_account() -> None:
    """Ten a second are sent a tenth of a second apart, questions included."""
    desk = Desk()
    lane = desk.lane()

    for _ in range(3):
        await lane.perform(desk.attempt())
    await lane.answer(question(), {})

    assert desk.times == pytest.approx([0.0, 0.1, 0.2, 0.3])


@pytest.mark.asyncio
async def test_a_pause_that_a_vendor_asks_for_holds_everybody() -> None:
    """After 429 the other requests of the account wait as well, also those that had their turn already."""
    desk = Desk([BUSY])
    lane = desk.lane()

    await asyncio.gather(*(lane.perform(desk.attempt()) for _ in range(3)))

    assert all(time >= 7 for time in desk.times[1:])


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "kind"),
    [(Lost("?"), Kind.UNKNOWN), (Response.of({}, 500), Kind.UNKNOWN), (Response.of({}, 400), Kind.REJECTED)],
)
async def test_what_proves_nothing_is_not_tried_again(answer: Response | Exception, kind: Kind) -> None:
    """A request that reaches people and whose answer is lost stays unknown; one that is refused stays refused."""
    desk = Desk([answer])

    assert (await desk.lane().perform(desk.attempt())).kind is kind

    assert desk.log == ["intend", "call somebody", kind]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unreadable("no id for +977 9610000011"), "no id for"),
        (KeyError("id"), "the adapter stumbled over the answer: KeyError"),
    ],
)
async def test_an_answer_that_nobody_can_read_is_unknown(error: Exception, reason: str) -> None:
    """The vendor did something and nobody can tell what; the reason shows no number."""
    desk = Desk(outcome=error)

    outcome = await desk.lane().perform(desk.attempt())

    assert (outcome.kind, reason in outcome.reason, "9610000011" in outcome.reason) == (Kind.UNKNOWN, True, False)


@pytest.mark.asyncio
async def test_reasons_show_no_number() -> None:
    """What a vendor says of a request and of each person is masked before it is written."""
    said = "9610000011 is blocked"
    desk = Desk(outcome=Outcome(kind=Kind.ACCEPTED, reason=said, refused={"+9779610000011": said}))

    outcome = await desk.lane().perform(desk.attempt())

    assert outcome.reason == "•••11 is blocked"
    assert outcome.refused == {"+9779610000011": "•••11 is blocked"}


def question(pages: int = 1) -> Question[Roll]:
    """Ask for a list of so many pages."""

    def read(_response: Response) -> Roll | Question[Roll]:
        return question(pages - 1) if pages > 1 else Roll(present={})

    return Question(LOOK, read)


@pytest.mark.asyncio
async def test_an_answer_that_cannot_be_read_is_what_the_question_says_of_it() -> None:
    """The adapter says what then holds, or nobody knows."""

    def read(_response: Response) -> Roll:
        raise Unreadable

    known = Roll(present={}, unsure=frozenset({"+1"}))
    assert await Desk().lane().answer(Question(LOOK, read, otherwise=known), {}) == known
    assert await Desk().lane().answer(Question(LOOK, read), {}) is None


@pytest.mark.asyncio
async def test_a_question_goes_page_by_page_and_is_asked_again() -> None:
    """A harmless question is repeated whatever became of it, with a pause, until all pages are there."""
    desk = Desk([Lost("?"), Response.of({}, 503), BUSY, OK, NotSent("x"), OK])

    assert await desk.lane().answer(question(2), {}) == Roll(present={})

    assert len(desk.times) == 6
    assert desk.times[3] - desk.times[2] >= 7


@pytest.mark.asyncio
@pytest.mark.parametrize("answers", [[Response.of({}, 404)], [Response.of({}, 302)], [Response.of({}, 999)]])
async def test_a_question_that_is_refused_has_no_answer(answers: Sequence[Response]) -> None:
    """Nobody can tell then; it is not asked again and again."""
    desk = Desk([*answers])

    assert await desk.lane().answer(question(), {}) is None

    assert len(desk.times) == 1


@pytest.mark.asyncio
async def test_an_answer_that_cannot_be_read_and_a_list_without_end_are_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody can tell; a vendor whose list never ends is not asked for ever."""
    monkeypatch.setattr("outreach.delivery.lane.MAX_PAGES", 3)

    def stumble(_response: Response) -> Roll:
        raise Unreadable("no list")

    desk = Desk()

    assert await desk.lane().answer(Question(LOOK, stumble), {}) is None
    assert await desk.lane().answer(question(3), {}) is not None
    assert await desk.lane().answer(question(4), {}) is None


@pytest.mark.asyncio
async def test_a_vendor_that_is_not_there_ends_the_questions() -> None:
    """After all tries the question is held, and the account counts as unavailable."""
    desk = Desk([Lost("silence")] * 9)
    lane = desk.lane(backoff=Backoff(attempts=3))

    with pytest.raises(Held, match="silence"):
        await lane.answer(question(), {})

    assert (len(desk.times), lane.unavailable) == (3, "silence")


@pytest.mark.asyncio
async def test_what_cannot_leave_halts_the_account() -> None:
    """A request that cannot be made, for instance for want of a usable token, stops everything on the account."""
    desk = Desk([Unsendable("no token")])
    lane = desk.lane()

    with pytest.raises(Held, match="no token"):
        await lane.perform(desk.attempt())

    assert lane.halted == "no token"


@pytest.mark.asyncio
async def test_a_stop_ends_waits_and_requests() -> None:
    """Once stopped nothing goes out: not what begins, not what waits, not what was intended."""
    desk = Desk()
    lane = desk.lane()
    desk.stop.set()

    with pytest.raises(Stopped):
        await lane.wait(0)
    with pytest.raises(Stopped):
        await lane.perform(desk.attempt())

    assert desk.log == []


@pytest.mark.asyncio
async def test_a_stop_after_the_intent_is_written_as_unsent() -> None:
    """The intent is on the disk, the request is not sent, and the journal learns that."""
    desk = Desk()

    with pytest.raises(Stopped):
        await desk.lane(hook=lambda name: desk.stop.set() if name == "after intent" else None).perform(desk.attempt())

    assert desk.log == ["intend", "unsent"]


@pytest.mark.asyncio
async def test_another_process_can_ask_for_the_end_in_the_middle_of_a_wait() -> None:
    """A long wait looks every second; then all accounts of the run end."""
    desk = Desk()
    lane = desk.lane(asked=lambda: desk.clock.monotonic() >= 2.5)

    with pytest.raises(Stopped):
        await lane.wait(100.0)

    assert desk.clock.monotonic() == 3.0
    assert desk.stop.is_set()


@pytest.mark.asyncio
async def test_a_wait_is_as_long_as_it_was_asked_for() -> None:
    """With and without somebody to look for, and nothing for nothing."""
    for asked in (None, lambda: False):
        desk = Desk()
        lane = desk.lane(asked=asked)

        await lane.wait(2.5)
        await lane.wait(0.0)
        await lane.wait(-1.0)

        assert desk.clock.monotonic() == 2.5


@pytest.mark.asyncio
async def test_tries_are_spaced_further_and_further() -> None:
    """What could not be sent is tried again after a second, two, four."""
    desk = Desk([NotSent("x"), NotSent("x"), NotSent("x")])

    await desk.lane().perform(desk.attempt())

    assert desk.times == pytest.approx([0.0, 1.0, 3.0, 7.0])


@pytest.mark.asyncio
async def test_a_vendor_that_asks_for_a_pause_is_asked_more_slowly_then() -> None:
    """After 429 the account goes on at half its pace, and recovers."""
    desk = Desk([BUSY])
    lane = desk.lane()

    for _ in range(3):
        await lane.perform(desk.attempt())

    assert desk.times[1] >= 7
    assert desk.times[3] - desk.times[2] == pytest.approx(0.2, abs=0.03)


@pytest.mark.asyncio
@pytest.mark.parametrize("pause", [0.5, 5.0])
async def test_a_request_that_waits_its_turn_hears_of_a_pause(pause: float) -> None:
    """While it waited for its token the vendor asked for a pause: it waits on, and is not sent in between."""
    desk = Desk()
    lane = desk.lane()
    await lane.perform(desk.attempt())
    slept = desk.clock.sleep

    async def pause_comes(seconds: float) -> None:
        desk.clock.sleep = slept  # type: ignore[method-assign]  # once
        await slept(seconds)
        lane._pace.penalise(desk.clock.monotonic() + pause)

    desk.clock.sleep = pause_comes  # type: ignore[method-assign]  # the moment at which another request is answered
    await lane.perform(desk.attempt())

    assert desk.times[1] == pytest.approx(pause + 0.1)


@pytest.mark.asyncio
async def test_a_share_that_others_took_meanwhile_is_waited_for() -> None:
    """Two requests at once, and room for one of them: the other waits for the next stretch, not only for its token."""
    desk = Desk()
    lane = desk.lane(quota=Quota(10, MINUTE))

    await asyncio.gather(*(lane.perform(desk.attempt(people=6)) for _ in range(2)))

    assert desk.times[1] - desk.times[0] >= MINUTE


@pytest.mark.asyncio
async def test_a_share_is_taken_before_the_answer_is_there() -> None:
    """Two requests at once, and the first still under way: the other does not go out on the same share."""
    desk = Desk(seconds=5.0)
    lane = desk.lane(quota=Quota(10, MINUTE))

    await asyncio.gather(*(lane.perform(desk.attempt(people=6)) for _ in range(2)))

    assert desk.times[1] - desk.times[0] >= MINUTE


@pytest.mark.asyncio
async def test_a_pause_that_the_vendor_asks_for_holds_the_whole_account() -> None:
    """Whoever has a turn already waits too, not only the request that was told."""
    desk = Desk([BUSY])
    lane = desk.lane(asked=lambda: held() > 0)

    def held() -> float:
        return lane._pace.held(desk.clock.monotonic())

    with pytest.raises(Stopped):
        await lane.perform(desk.attempt())

    assert held() == pytest.approx(7)


@pytest.mark.asyncio
async def test_what_was_proved_unsent_gives_its_share_back() -> None:
    """The hour counts people who may have been reached: a try that did not leave takes nothing of it."""
    desk = Desk([NotSent("x"), OK])
    quota = Quota(10, MINUTE)

    await desk.lane(quota=quota).perform(desk.attempt(people=6))

    assert desk.times[1] < MINUTE
    assert quota.wait(desk.clock.monotonic(), 4) == 0
    assert quota.wait(desk.clock.monotonic(), 5) > 0


@pytest.mark.asyncio
async def test_people_count_from_the_answer_on() -> None:
    """They may be reached as late as that: whoever follows keeps the whole stretch from there, not from the turn."""
    desk = Desk()
    lane = desk.lane(quota=Quota(1, MINUTE), hook=desk.slow(9.0, "after intent", "after answer"))

    await lane.perform(desk.attempt())
    await lane.perform(desk.attempt())

    assert desk.times[1] - desk.times[0] >= MINUTE + 9.0


@pytest.mark.asyncio
async def test_questions_take_nothing_of_the_hour() -> None:
    """However many people were reached, the vendor can be asked, and asking leaves the share as it is."""
    desk = Desk()
    quota = Quota(1, MINUTE)
    lane = desk.lane(quota=quota)

    await lane.answer(question(), {})
    await lane.perform(desk.attempt())
    await lane.answer(question(), {})

    assert desk.times[-1] < 1
    assert quota.wait(desk.clock.monotonic(), 1) > 0
    full = desk.lane(quota=Quota(1, MINUTE, [(desk.clock.monotonic(), 5)]))
    await full.answer(question(), {})
    assert desk.times[-1] < 1


@pytest.mark.asyncio
async def test_a_process_that_stood_still_takes_another_turn() -> None:
    """Stopped for long between its turn and the write it sends nothing and begins again; a short while is no matter."""
    for seconds, log in ((10.0, ["intend", "call somebody", "accepted"]), (10.5, ["intend", "unsent"])):
        desk = Desk()
        heard: list[str] = []

        def stand_still(name: str, desk: Desk = desk, heard: list[str] = heard, seconds: float = seconds) -> None:
            heard.append(name)
            if heard.count("after intent") == 1 and name == "after intent":
                desk.clock.moment += timedelta(seconds=seconds)

        await desk.lane(hook=stand_still).perform(desk.attempt())

        assert desk.log[: len(log)] == log
        assert desk.log[-1] == "accepted"


@pytest.mark.asyncio
async def test_a_question_can_learn_that_the_account_is_refused() -> None:
    """401 to a question stops the account like 401 to a request, and is not asked again."""
    desk = Desk([Response.of({}, 401)])
    lane = desk.lane()

    with pytest.raises(Held, match="token is not accepted"):
        await lane.answer(question(), {})

    assert len(desk.times) == 1
    with pytest.raises(Held):
        await lane.perform(desk.attempt())
    assert desk.log == ["list"]


@pytest.mark.asyncio
async def test_a_stop_during_the_last_question_is_no_fault_of_the_vendor() -> None:
    """Whoever stops a run does not make a vendor unavailable."""
    desk = Desk([Lost("silence")])
    lane = desk.lane(backoff=Backoff(attempts=1), asked=lambda: bool(desk.times))

    with pytest.raises(Stopped):
        await lane.answer(question(), {})

    assert lane.unavailable == ""


@pytest.mark.asyncio
async def test_an_account_that_was_given_up_sends_nothing() -> None:
    """Another provider has taken over: nothing goes out here in this call."""
    desk = Desk()
    lane = desk.lane()
    lane.given_up = "refused to make a campaign"

    with pytest.raises(Held, match="refused to make"):
        await lane.perform(desk.attempt())

    assert desk.log == []


@pytest.mark.asyncio
async def test_waiting_leaves_nothing_behind() -> None:
    """No task stays behind a wait, whether it came to its end or was stopped."""
    desk = Desk()
    lane = desk.lane()

    await lane.wait(1.0)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}

    sleeping = asyncio.get_running_loop().create_future()
    desk.clock.sleep = lambda _seconds: sleeping  # type: ignore[method-assign,assignment,return-value]  # never ends
    asyncio.get_running_loop().call_soon(desk.stop.set)
    with pytest.raises(Stopped):
        await lane.wait(1.0)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.asyncio
async def test_fewer_tries_may_be_left() -> None:
    """Whoever was tried before has fewer tries left, whatever the account allows."""
    desk = Desk([NotSent("x")] * 9)

    with pytest.raises(Held):
        await desk.lane().perform(attrs.evolve(desk.attempt(), tries=2))

    assert desk.log.count("call somebody") == 2


@pytest.mark.asyncio
async def test_a_share_that_is_gone_when_the_token_comes_is_waited_for() -> None:
    """Two found room, and one took it while the other waited for its token: that one takes another turn in its time."""
    desk = Desk()
    lane = desk.lane(quota=Quota(10, MINUTE))
    await lane.answer(question(), {})

    await asyncio.gather(*(lane.perform(desk.attempt(people=6)) for _ in range(2)))

    assert desk.times[2] - desk.times[1] >= MINUTE
    assert desk.log.count("accepted") == 2


@pytest.mark.asyncio
async def test_the_last_second_of_the_hour_counts() -> None:
    """Half a second too early is too early."""
    desk = Desk()
    lane = desk.lane(quota=Quota(10, MINUTE))
    await lane.perform(desk.attempt(people=10))
    desk.clock.moment += timedelta(seconds=59.5)

    await lane.perform(desk.attempt(people=10))

    assert desk.times[1] == pytest.approx(60.0)


@pytest.mark.asyncio
async def test_reasons_of_people_are_masked_by_themselves() -> None:
    """Also where the answer as a whole has no reason."""
    desk = Desk(outcome=Outcome(kind=Kind.ACCEPTED, refused={"+9779610000011": "9610000011 is blocked"}))

    outcome = await desk.lane().perform(desk.attempt())

    assert outcome.refused == {"+9779610000011": "•••11 is blocked"}


@pytest.mark.asyncio
async def test_a_reason_for_all_is_masked_by_itself() -> None:
    """Also where nobody is refused."""
    desk = Desk(outcome=Outcome(kind=Kind.ACCEPTED, reason="9610000011 is blocked"))

    assert (await desk.lane().perform(desk.attempt())).reason == "•••11 is blocked"


@pytest.mark.asyncio
async def test_a_fast_account_keeps_its_pace() -> None:
    """A hundred a second are sent a hundredth apart."""
    desk = Desk()
    lane = desk.lane(pace=100.0)

    for _ in range(3):
        await lane.perform(desk.attempt())

    assert desk.times == pytest.approx([0.0, 0.01, 0.02])
