"""The receiving side: the emulated vendors, what they did to people, and the faulty way to them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import attrs
from virtual import Process, VirtualClock

from outreach.delivery.exchange import Lost, NotSent
from outreach.model import Channel, Settings
from outreach.provider import Emulator, Reached
from outreach.wire import Reach, Received, Request, Response
from outreach_tingting.world import CHANNELS

_HEADERS = {"authorization": "Bearer x", "content-type": "application/json"}
_TWILIO = {"authorization": "Basic QUMwOng=", "content-type": "application/x-www-form-urlencoded"}


@attrs.frozen(kw_only=True)
class Contact:
    """A contact that a vendor made with a person.

    Attributes:
        round: Of the campaign whose request did it.

        asked: When the engine handed that request to the network: its last look at clock, lists and wishes.

        at: When the phone rang.

        later: Whether the vendor was told to wait until then.
    """

    phone: str
    channel: Channel
    round: int
    asked: datetime
    at: datetime
    later: bool


@attrs.define
class Vendors:
    """The emulators, whose lists show nothing that is younger than ``lag`` seconds."""

    emulators: Mapping[str, Emulator]
    contacts: list[Contact] = attrs.field(factory=list)
    #: Requests that may change something, from the moment they are on their way.
    asked: int = 0
    lag: float = 0.0
    #: Add everybody twice.
    doubles: bool = False
    #: When each campaign was made and launched at the vendor, by provider and id.
    _made: dict[tuple[str, Any], datetime] = attrs.field(factory=dict)
    _begun: dict[tuple[str, Any], datetime] = attrs.field(factory=dict)

    def answer(self, provider: str, request: Request, *, round_: int, asked: datetime, now: datetime) -> Response:
        """Do what a request asks for, and keep account of whom it reached."""
        emulator: Any = self.emulators[provider]
        received = Received(
            method=request.method,
            path=request.target,
            query=request.query,
            headers=_TWILIO if provider == "twilio" else _HEADERS,
            body=request.encode() or b"",
        )
        if request.method == "GET":
            with self._lagging(provider, emulator, request, now - timedelta(seconds=self.lag)):
                return emulator.answer(received, now)  # type: ignore[no-any-return]  # an Emulator, spoken to as what it is
        launched = {key for key, one in _campaigns(emulator).items() if getattr(one, "begins", None)}
        known = len(emulator.reached)
        if self.doubles and request.target.endswith("add-contact/"):
            emulator.answer(received, now)
        response: Response = emulator.answer(received, now)
        for key, one in _campaigns(emulator).items():
            self._made.setdefault((provider, key), now)
            if key not in launched and getattr(one, "begins", None):
                self._begun[provider, key] = now
                self._note(_rung(one), round_, asked, now)
        if not hasattr(emulator, "legacy"):
            self._note(emulator.reached[known:], round_, asked, now)
        return response

    def _note(self, reached: Sequence[Reached], round_: int, asked: datetime, now: datetime) -> None:
        self.contacts += [
            Contact(phone=one.phone, channel=one.channel, round=round_, asked=asked, at=one.at, later=one.at > now)
            for one in reached
        ]

    @contextmanager
    def _lagging(self, provider: str, emulator: Any, request: Request, until: datetime) -> Iterator[None]:
        """Hide from a list what is younger than its lag."""
        campaigns = _campaigns(emulator)
        kept, undo = dict(campaigns), list[Callable[[], None]]()
        for key, one in kept.items():
            if self._made[provider, key] > until and request.target in {"campaign/", "get_campaigns"}:
                del campaigns[key]
            if provider == "tingting":
                undo.append(_hide(one, until, begun=self._begun.get((provider, key))))
        if provider == "twilio":
            undo.append(_unlisted(emulator, until))
        try:
            yield
        finally:
            for back in undo:
                back()
            campaigns.clear()
            campaigns.update(kept)


def _hide(one: Any, until: datetime, *, begun: datetime | None) -> Callable[[], None]:
    contacts, begins = one.contacts, one.begins
    one.contacts = [each for each in contacts if each.added <= until]
    if begun is not None and begun > until:
        one.begins = None

    def back() -> None:
        one.contacts, one.begins = contacts, begins

    return back


def _unlisted(twilio: Any, until: datetime) -> Callable[[], None]:
    made = twilio.made
    twilio.made = {sid: one for sid, one in made.items() if one.at <= until}

    def back() -> None:
        twilio.made = made

    return back


def _campaigns(emulator: Any) -> dict[Any, Any]:
    """Give the campaigns at a vendor by id; ContactSwing and Twilio have none that can be asked about."""
    campaigns = getattr(emulator, "campaigns", None)
    return campaigns if isinstance(campaigns, dict) else {}


def _rung(campaign: Any) -> list[Reached]:
    return [
        Reached(phone=f"+977{contact.number}", channel=channel, at=campaign.begins)
        for contact in campaign.contacts
        for channel in CHANNELS[campaign.fields["services"]]
    ]


@attrs.frozen
class Fault:
    """What goes wrong with one request.

    Attributes:
        effect: Whether the vendor does what it was asked, at once; or only after the caller gave up.

        answer: What comes back in the place of the vendor's own answer; None: that one.

        lost: Nothing comes back.

        unsent: It is proved that nothing left.
    """

    name: str
    effect: bool = True
    late: bool = False
    lost: bool = False
    unsent: bool = False
    answer: Callable[[Response, datetime], Response] | None = None


def _says(status: int, body: object = "made up", **headers: str) -> Callable[[Response, datetime], Response]:
    return lambda _response, _now: attrs.evolve(Response.of({"detail": body}, status), headers=headers)


def _page(_response: Response, _now: datetime) -> Response:
    return Response(status=200, headers={"content-type": "text/html"}, body=b"<html>Welcome to the portal</html>")


def _others(response: Response, _now: datetime) -> Response:
    """Name other numbers than the request did."""
    document = response.json() if response.ok and response.body else {}
    if isinstance(document, dict) and isinstance(document.get("contacts"), list):
        rows = [{**row, "number": "9800000000"} for row in document["contacts"]]
        return Response.of({**document, "contacts": rows}, response.status)
    return response


def _cut(response: Response, _now: datetime) -> Response:
    return attrs.evolve(response, body=response.body[: len(response.body) // 2])


def _doubled(response: Response, _now: datetime) -> Response:
    """Give every row of a list twice."""
    document = response.json() if response.ok and response.body else {}
    if isinstance(document, dict) and isinstance(document.get("results"), list):
        return Response.of({**document, "results": [row for row in document["results"] for _ in range(2)]})
    return response


def _dated(_response: Response, now: datetime) -> Response:
    later = format_datetime(now + timedelta(seconds=45), usegmt=True)
    return attrs.evolve(Response.of({"detail": "slow down"}, 429), headers={"retry-after": later})


FAULTS: tuple[Fault, ...] = (
    Fault("not sent", effect=False, unsent=True),
    Fault("lost before the effect", effect=False, lost=True),
    Fault("lost after the effect", lost=True),
    Fault("lost, and the effect came late", late=True, lost=True),
    Fault("500 without effect", effect=False, answer=_says(500)),
    Fault("500 after the effect", answer=_says(500)),
    Fault("503 with Retry-After, without effect", effect=False, answer=_says(503, **{"retry-after": "2"})),
    Fault("502 after the effect", answer=_says(502)),
    Fault("408 without effect", effect=False, answer=_says(408)),
    Fault("409 after the effect", answer=_says(409)),
    Fault("429", effect=False, answer=_says(429)),
    Fault("429 with seconds", effect=False, answer=_says(429, **{"retry-after": "7"})),
    Fault("429 with a date", effect=False, answer=_dated),
    Fault("302", effect=False, answer=_says(302, location="https://example.com/")),
    Fault("400", effect=False, answer=_says(400)),
    Fault("422", effect=False, answer=_says(422)),
    Fault("a page in the place of an answer, without effect", effect=False, answer=_page),
    Fault("a page in the place of an answer, after the effect", answer=_page),
    Fault("half an answer", answer=_cut),
    Fault("an answer that names other numbers", answer=_others),
    Fault("every row of a list twice", answer=_doubled),
)

REFUSED = (Fault("401", effect=False, answer=_says(401)), Fault("402", effect=False, answer=_says(402)))


@attrs.define
class Weather:
    """How bad the way to the vendors is.

    Attributes:
        faulty: Share of the requests that meet a fault.

        faults: Those that there are.

        refused: Until when each account is refused.

        met: Faults that took effect.
    """

    faulty: float = 0.0
    faults: Sequence[Fault] = FAULTS
    refused: dict[str, datetime] = attrs.field(factory=dict)
    met: int = 0

    def draw(self, provider: str, now: datetime, rng: random.Random) -> Fault | None:
        """Choose what goes wrong with a request."""
        if self.refused.get(provider, now) > now:
            found: Fault | None = REFUSED[0]
        else:
            found = rng.choice(self.faults) if rng.random() < self.faulty else None
        self.met += found is not None
        return found


@attrs.frozen
class Network:
    """The transport of one process. What was written reaches the vendor whatever becomes of the process."""

    provider: str
    process: Process
    vendors: Vendors
    weather: Weather
    clock: VirtualClock
    rng: random.Random
    round: int
    note: Callable[[str], None]

    async def send(self, request: Request, settings: Settings, still: Callable[[], str] = str) -> Response:
        """Be the transport.

        Raises:
            NotSent: By a fault.

            Lost: By a fault.
        """
        assert not request.refs, f"{request.does} goes out with open Refs"
        self.process.point("while it connects")
        await asyncio.sleep(self.rng.choice((0.0, 0.0, 0.0, 4.0)))
        await self.process.gate()
        if why := still():
            raise NotSent(why)
        asked = self.clock.now()
        self.process.point("before the write")
        await self.process.gate()
        fault = self.weather.draw(self.provider, asked, self.rng)
        self.note(f"{request.method} {request.target}: {fault.name if fault else 'well'}")
        answer = asyncio.get_running_loop().create_future()
        self._travel(request, settings, fault, asked, answer)
        try:
            response: Response = await answer
        finally:
            await self.process.gate()
        return response

    def _travel(
        self, request: Request, settings: Settings, fault: Fault | None, asked: datetime, answer: asyncio.Future[Any]
    ) -> None:
        loop = asyncio.get_running_loop()
        self.vendors.asked += request.method != "GET"
        takes = self.rng.choice((0.01, 0.05, 0.3, 2.0, 9.0))

        def effect() -> Response:
            return self.vendors.answer(self.provider, request, round_=self.round, asked=asked, now=self.clock.now())

        def arrive() -> None:
            done = effect() if fault is None or (fault.effect and not fault.late) else Response.of({})
            if fault is None or not (fault.lost or fault.unsent):
                told = fault.answer(done, self.clock.now()) if fault and fault.answer else done
                loop.call_later(takes, _tell, answer, told)

        if fault is not None and fault.unsent:
            loop.call_later(takes, _tell, answer, NotSent("nothing left"))
            return
        loop.call_later(takes / 2, arrive)
        if fault is not None and fault.lost:
            loop.call_later(settings.timeout, _tell, answer, Lost("no answer"))
        if fault is not None and fault.late:
            loop.call_later(settings.timeout + takes, effect)


def _tell(answer: asyncio.Future[Any], what: Response | Exception) -> None:
    if answer.done():
        return
    if isinstance(what, Exception):
        answer.set_exception(what)
    else:
        answer.set_result(what)


def reaching(request: Request) -> bool:
    """Say whether a request reaches people."""
    return request.reaches is not Reach.NOBODY
