"""One account at work: its pace, its one retry loop, and the rule that nothing is awaited between intent and write.

Adapters never retry, and neither does the transport: this is the only place where a request is tried again, and only
when it is proved that the earlier try had no effect.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import attrs

from outreach.answers import Kind, News, Outcome, Question, Roll, Settled, Sheet
from outreach.delivery.clock import Clock
from outreach.delivery.exchange import Lost, NotSent, Transport
from outreach.delivery.pace import Pace, Quota
from outreach.delivery.retry import MOST_ATTEMPTS, Backoff, classify, unanswered
from outreach.errors import Unreadable
from outreach.masking import masked
from outreach.planning.carrier import Carrier
from outreach.provider import Batch, Job
from outreach.wire import Reach, Request, Response

T = TypeVar("T", bound=Settled | Roll | News | Sheet)

#: Called at every point where a crash would matter; a test raises or kills here.
Hook = Callable[[str], None]

#: After so many requests to people in a row whose outcome is unknown, the account is left alone for this run.
MOST_DOUBTS = 3

#: A listing of more pages than this is a loop.
MAX_PAGES = 100_000

#: Seconds for which a turn is good. A process that stood still for longer between its turn and the write (SIGSTOP, a
#: closed lid) sends nothing when it wakes, but takes another turn: pace and hour have gone on without it.
TURN_LASTS = 10.0

STOPPED = "stopped before it was sent"

STOOD_STILL = "the process stood still before it was sent"

#: Seconds of a long wait after which it is looked whether another process asked for the end.
LOOK_EVERY = 1.0


#: A sleep of so many seconds is too short to be woken from.
SHORT = 0.05


class Stopped(Exception):  # not an error: somebody asked for it
    """No further request is to be sent."""


class Held(Exception):  # not an error: work is left over, with a reason
    """This cannot go on now; what is left stays planned, with the reason."""


@attrs.frozen(kw_only=True)
class Attempt:
    """One request on its way, and how the journal learns of it.

    Attributes:
        intend: Writes down that it is about to be sent; durable when it returns.

        conclude: Writes down what became of it.

        still: Says why it may no longer go out (the window closed), empty when it may; asked last.

        people: How many it reaches.

        tries: How often it may be tried at most.
    """

    request: Request
    job: Job[Any]
    batch: Batch | None
    intend: Callable[[], Awaitable[None]]
    conclude: Callable[[Outcome], Awaitable[None]]
    still: Callable[[], str] = str
    people: int = 0
    tries: int = MOST_ATTEMPTS


class Lane:
    """The requests of one account.

    Attributes:
        halted: Why the account is refused; empty while it is not.

        doubtful: Why the account is left alone for this run: too many outcomes in a row are unknown.

        given_up: Why the account is left alone for the rest of the call: another provider takes over.

        unavailable: Why the vendor could not be used after all tries; empty while it could.
    """

    def __init__(  # noqa: PLR0913  # keywords; what an account works with
        self,
        carrier: Carrier,
        transport: Transport,
        *,
        clock: Clock,
        rng: random.Random,
        stop: asyncio.Event,
        quota: Quota | None = None,
        backoff: Backoff | None = None,
        hook: Hook = lambda _name: None,
        asked: Callable[[], bool] | None = None,
    ) -> None:
        self.carrier = carrier
        self.halted = ""
        self.unavailable = ""
        self.given_up = ""
        self.doubtful = ""
        self._doubts = 0
        self._transport = transport
        self._clock = clock
        self._rng = rng
        self._stop = stop
        self._quota = quota
        self._backoff = backoff or Backoff()
        self._hook = hook
        self._asked = asked or (lambda: False)
        self._look = math.inf if asked is None else LOOK_EVERY
        self._pace = Pace(carrier.settings.pace)

    async def perform(self, attempt: Attempt) -> Outcome:
        """Send a request at most once for certain, and say what became of it; the journal knows before and after.

        Raises:
            Stopped: Before anything was sent.

            Held: Before anything was sent, or after it was proved that no try took effect.
        """
        people = attempt.people if attempt.request.reaches is not Reach.NOBODY else 0
        for number in range(1, self._backoff.attempts + 1):
            turn = await self._turn(people)
            self._may(attempt)
            self._hook("before intent")
            await attempt.intend()
            self._hook("after intent")
            outcome = await self._once(attempt, turn)
            self._share(outcome, turn, people)
            self._hook("before outcome")
            await attempt.conclude(outcome)
            self._hook("after outcome")
            self._count(attempt.request, outcome)
            if outcome.kind is not Kind.UNSENT:
                return self._note(outcome)
            self._may(attempt)
            await self._pause(number, outcome, attempt.tries)
        raise Held(outcome.reason)

    async def answer(self, question: Question[T], refs: Mapping[str, str]) -> T | None:
        """Ask the vendor something harmless, page by page; None when nobody can tell.

        Args:
            question: The first page.

            refs: What earlier answers supplied, for the Refs of every page.

        Raises:
            Stopped: The run is stopped.

            Held: The vendor cannot be reached, or refuses the account.
        """
        for _ in range(MAX_PAGES):
            response = await self._read(question.request.fill(refs))
            step = question.otherwise if response is None else _read_by(question, response)
            if not isinstance(step, Question):
                return step
            question = step
        return None

    async def wait(self, seconds: float) -> None:
        """Sleep, but wake when the run is stopped.

        Raises:
            Stopped: It was.
        """
        self._go_on()
        while seconds > 0:
            await self._sleep(min(seconds, self._look))
            seconds -= self._look
            self._go_on()

    async def _sleep(self, seconds: float) -> None:
        if seconds <= SHORT:
            await self._clock.sleep(seconds)
            return
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((sleeping, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()

    def _stopped(self) -> bool:
        """Look whether somebody asked for the end, in this process or in another one; then all lanes end."""
        if not self._stop.is_set() and self._asked():
            self._stop.set()
        return self._stop.is_set()

    def _go_on(self) -> None:
        if self._stopped():
            raise Stopped

    def _usable(self) -> None:
        reason = self.halted or self.doubtful or self.given_up
        if reason:
            raise Held(reason)

    async def _turn(self, people: int) -> float:
        """Take the rate token, and the people's share of the hour; give the moment at which both were had."""
        self._usable()
        await self._room(people)
        await self._token()
        # Others may have taken the share meanwhile; it counts from the moment at which the people may be reached.
        while not self._fits(people):
            await self._room(people)
            await self._token()
        now = self._clock.monotonic()
        if self._quota is not None and people:
            self._quota.spend(now, people)
        return now

    async def _token(self) -> None:
        await self.wait(self._pace.reserve(self._clock.monotonic()))
        while (seconds := self._pace.held(self._clock.monotonic())) > 0:
            await self.wait(seconds)

    async def _room(self, people: int) -> None:
        """Wait until the hour has room for so many people."""
        while not self._fits(people):
            seconds = self._quota.wait(self._clock.monotonic(), people) if self._quota else 0.0
            if math.isinf(seconds):
                msg = f"{people} people at once are more than limits.per_hour"
                raise Held(msg)
            await self.wait(seconds)

    def _fits(self, people: int) -> bool:
        return self._quota is None or not people or self._quota.wait(self._clock.monotonic(), people) <= 0

    def _share(self, outcome: Outcome, turn: float, people: int) -> None:
        """Count people from the answer on, for they were reached by then; whoever was not counts for nothing."""
        if self._quota is None or not people:
            return
        if outcome.kind is Kind.UNSENT:
            self._quota.give_back(turn, people)
        else:
            self._quota.delay(turn, self._clock.monotonic(), people)

    def _may(self, attempt: Attempt) -> None:
        self._go_on()
        self._usable()
        reason = attempt.still()
        if reason:
            raise Held(reason)

    async def _once(self, attempt: Attempt, turn: float) -> Outcome:
        """Send, now: between the durable intent and the write nothing is awaited but the transport itself."""
        carrier, request = self.carrier, attempt.request

        def still() -> str:
            return STOPPED if self._stopped() else attempt.still()

        reason = still()
        if self._clock.monotonic() - turn > TURN_LASTS:
            reason = reason or STOOD_STILL
        if reason:
            return Outcome(kind=Kind.UNSENT, reason=reason)
        try:
            # A connection may take its time; what changes meanwhile is seen at the first byte.
            response = await self._transport.send(request, carrier.settings, still)
        except (NotSent, Lost) as failure:
            return unanswered(request, failure)
        self._hook("after answer")
        verdict = classify(request, response, explain=carrier.provider.explain, now=self._clock.now())
        return verdict or self._interpret(attempt, response)

    def _interpret(self, attempt: Attempt, response: Response) -> Outcome:
        try:
            outcome = self.carrier.provider.interpret(attempt.job, attempt.request, response, attempt.batch)
        except Unreadable as error:
            return Outcome(kind=Kind.UNKNOWN, reason=masked(str(error)))
        except Exception as error:  # noqa: BLE001  # an adapter that stumbles must not lose what the vendor did
            return Outcome(kind=Kind.UNKNOWN, reason=f"the adapter stumbled over the answer: {type(error).__name__}")
        if not (outcome.reason or outcome.refused):
            return outcome
        refused = {phone: masked(reason) for phone, reason in outcome.refused.items()}
        return attrs.evolve(outcome, reason=masked(outcome.reason), refused=refused)

    def _note(self, outcome: Outcome) -> Outcome:
        if outcome.kind is Kind.HALT:
            self.halted = outcome.reason
            raise Held(outcome.reason)
        return outcome

    def _count(self, request: Request, outcome: Outcome) -> None:
        """Stop the account after a row of requests to people of which nobody knows what they did."""
        if request.reaches is Reach.NOBODY:
            return
        self._doubts = self._doubts + 1 if outcome.kind is Kind.UNKNOWN else 0
        if self._doubts >= MOST_DOUBTS:
            self.doubtful = f"{self._doubts} requests in a row have an unknown outcome; look at the vendor first"

    async def _pause(self, number: int, outcome: Outcome, tries: int = MOST_ATTEMPTS) -> None:
        seconds = self._backoff.next_wait(number, outcome.retry_after, self._rng) if number < tries else None
        self._go_on()
        if seconds is None:
            self.unavailable = outcome.reason
            raise Held(outcome.reason)
        if outcome.retry_after is not None:
            self._pace.penalise(self._clock.monotonic() + outcome.retry_after)
        await self.wait(seconds)

    async def _read(self, request: Request) -> Response | None:
        """Ask something harmless; it may be repeated whatever became of it."""
        for number in range(1, self._backoff.attempts + 1):
            await self._turn(0)
            try:
                response = await self._transport.send(request, self.carrier.settings)
            except (NotSent, Lost) as failure:
                outcome: Outcome | None = unanswered(request, failure)
            else:
                outcome = classify(request, response, explain=self.carrier.provider.explain, now=self._clock.now())
                if outcome is None:
                    return response
            if outcome is None or outcome.kind not in {Kind.UNSENT, Kind.HALT}:
                return None
            self._note(outcome)
            await self._pause(number, outcome)
        return None


def _read_by(question: Question[T], response: Response) -> Question[T] | T | None:
    try:
        return question.read(response)
    except Unreadable:
        return question.otherwise
