"""Stand-ins for what an adapter meets in life: a clock that only its owner moves, and a vendor without a network."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from outreach.answers import Kind, Outcome, Question
from outreach.delivery.retry import classify
from outreach.errors import Unreadable
from outreach.model import Channel, Secret, Settings
from outreach.provider import Batch, Emulator, Job, Provider
from outreach.wire import Received, Request, Response

#: When everything happens: a working day, in the morning of Kathmandu.
NOW = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)

#: What a look at a stand-in finds out by then has happened; later than every start in the kit.
LATER = NOW + timedelta(days=60)

#: The account's credential while the kit is at work; it must turn up nowhere but in the headers of ``auth``.
TOKEN = "conformance-canary-8c1f"  # noqa: S105  # it opens nothing

#: More pages than any list of the kit has.
MAX_PAGES = 1_000


class SteppedClock:
    """Time that stands still but for ``sleep``; serves wherever outreach wants a clock."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment
        self._began = moment

    def now(self) -> datetime:
        """Give the moment, aware."""
        return self.moment

    def monotonic(self) -> float:
        """Give seconds since the beginning."""
        return (self.moment - self._began).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Jump."""
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def known(settings: Settings) -> Settings:
    """Put the kit's own secret into every place of an account that holds one."""
    secrets: dict[str, Any] = {
        field.name: Secret(value=TOKEN)
        for field in attrs.fields(type(settings))
        if field.name == "token" or isinstance(getattr(settings, field.name), Secret)
    }
    return attrs.evolve(settings, **secrets)


@attrs.define
class Vendor:
    """A vendor's stand-in without a network, asked as the engine would ask it.

    Attributes:
        provider: The adapter.

        settings: The account; its secrets are the kit's.

        emulator: Its stand-in; a fresh one unless given.

        now: Moves only when it is set.

        refs: What answers have supplied so far.

        asked: Every request as it went out, Refs filled, with its answer.
    """

    provider: Provider[Any]
    settings: Settings = attrs.field()
    emulator: Emulator = attrs.field()
    now: datetime = NOW
    refs: dict[str, str] = attrs.field(factory=dict)
    asked: list[tuple[Request, Response]] = attrs.field(factory=list)

    @settings.default
    def _sandbox(self) -> Settings:
        return known(self.provider.sandbox)

    @emulator.default
    def _fresh(self) -> Emulator:
        return self.provider.emulate()

    @property
    def credential(self) -> Mapping[str, str]:
        """What ``auth`` makes of the kit's own secret."""
        return self.provider.auth(TOKEN, self.settings)

    def send(self, request: Request) -> Response:
        """Put one request before the stand-in, with the account's credential."""
        filled = request.fill(self.refs) if request.refs else request
        response = self.emulator.answer(received(filled, self.credential), self.now)
        self.asked.append((filled, response))
        return response

    def perform(self, job: Job[Any], request: Request, batch: Batch | None = None) -> Outcome:
        """Send a request and say what the answer means, as the engine would; what it supplies is remembered."""
        filled = request.fill(self.refs) if request.refs else request
        outcome = meaning(self.provider, job, filled, self.send(filled), batch)
        self.refs |= outcome.captures
        return outcome

    def ask(self, question: Question[Any]) -> Any:
        """Follow a question to its end; None when nobody can tell."""
        step: Any = question
        for _ in range(MAX_PAGES):
            if not isinstance(step, Question):
                return step
            response = self.send(step.request)
            try:
                step = step.read(response) if response.ok else step.otherwise
            except Unreadable:
                step = step.otherwise
        return None

    def reached(self) -> Counter[tuple[str, Channel]]:
        """Count who was contacted on which channel, once everything that was scheduled has happened."""
        self.look(LATER)
        return Counter((one.phone, one.channel) for one in self.emulator.reached)

    def look(self, moment: datetime) -> None:
        """Let a stand-in that acts when it is asked find out what time it is; what it answers does not matter."""
        asked = Received(method="GET", path="", headers=lowered(self.credential))
        self.emulator.answer(asked, moment)


def received(request: Request, auth: Mapping[str, str]) -> Received:
    """Give a request as a stand-in gets it; its Refs are filled."""
    kind, body = request.payload()
    typed = {"content-type": kind} if kind else {}
    return Received(
        method=request.method,
        path=request.target,
        query=dict(request.query),
        headers={**lowered(auth), **lowered(request.headers), **typed},
        body=body or b"",
    )


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Write the names of headers in lower case."""
    return {name.lower(): value for name, value in headers.items()}


def meaning(
    provider: Provider[Any], job: Job[Any], request: Request, response: Response, batch: Batch | None = None
) -> Outcome:
    """Say what an answer means, as the engine does: statuses by its own table, a 2xx by the adapter."""
    found = classify(request, response, explain=provider.explain, now=NOW)
    if found is not None:
        return found
    try:
        return provider.interpret(job, request, response, batch)
    except Unreadable as error:
        return Outcome(kind=Kind.UNKNOWN, reason=str(error))
