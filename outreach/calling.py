"""One request to any endpoint of a vendor, with the account's token and pace; what is dangerous is journalled first.

The rules are those of a campaign: what may have taken effect is never sent again by itself, and what reaches people
or spends is written down durably before it leaves.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Self

import attrs
import orjson

from outreach.answers import Kind, Outcome, failure_inside
from outreach.contacts import mask, normalise
from outreach.delivery.brief import open_soon
from outreach.delivery.clock import Clock
from outreach.delivery.donotcontact import Watchlist, own
from outreach.delivery.exchange import Lost, NotSent, Transport
from outreach.delivery.journal import CallJournal, StepState
from outreach.delivery.pace import Pace
from outreach.delivery.retry import Backoff, classify, harmless, unanswered
from outreach.delivery.transport import HttpTransport
from outreach.endpoints import Danger, Endpoint, Paging, find
from outreach.errors import CredentialError, Problem, Refused, SpecError, Unreadable
from outreach.masking import MASK, masked
from outreach.model import Channel, Settings
from outreach.multipart import Upload
from outreach.planning.carrier import Carrier
from outreach.planning.digest import digest_of
from outreach.plugins import Plugins
from outreach.provider import Provider
from outreach.sending import in_sandbox
from outreach.wire import Request, Response

#: A list of more pages than this is a loop.
MAX_PAGES = 10_000

#: What asks first, and is journalled.
GRAVE = frozenset({Danger.SPENDS, Danger.REACHES})

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

_SCHEME = re.compile(r"[A-Za-z]+:")

#: What may be a one-time code: four digits or more of any script, also spelled out or in groups.
_CODE = re.compile(r"\d(?:[\s.,_\u2010-\u2015-]{0,2}\d){3,}")

#: Fields of the answers about codes that hold no code: digits in them are shown where they are of the kind.
_NO_CODES: Mapping[str, re.Pattern[str]] = {
    "id": re.compile(r"\w+"),
    "number": re.compile(r"\+?\d{10,15}"),
    "count": re.compile(r"\d+"),
    **dict.fromkeys(("created_at", "updated_at"), re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.]+)?(Z|[+-]\d\d:\d\d)?")),
}

_STATES: Mapping[Kind, StepState] = {
    Kind.ACCEPTED: StepState.ACCEPTED,
    Kind.REJECTED: StepState.REJECTED,
    Kind.UNKNOWN: StepState.UNKNOWN,
    Kind.UNSENT: StepState.UNSENT,
    Kind.HALT: StepState.REJECTED,
}


@attrs.frozen(kw_only=True)
class Called:
    """What became of a call.

    Attributes:
        endpoint: As the account has it.

        kind: For the request as a whole; of several pages, for the last.

        reason: Why, in words for people; no secrets, no numbers.

        response: The vendor's answer, the last of several; None when there was none. It may hold secrets.

        value: The answer as documented, read by the endpoint's decoder; of several pages, all rows. None where it
            cannot be read.

        odd: In what the answer differs from its page; empty where it does not.
    """

    endpoint: Endpoint
    kind: Kind
    reason: str = ""
    response: Response | None = attrs.field(default=None, repr=False)
    value: Any = attrs.field(default=None, repr=False)
    odd: str = ""

    _CODES: ClassVar[Mapping[Kind, int]] = {
        Kind.ACCEPTED: 0,
        Kind.REJECTED: 1,
        Kind.HALT: 4,
        Kind.UNSENT: 5,
        Kind.UNKNOWN: 7,
    }

    @property
    def exit_code(self) -> int:
        """The exit code of a command that made this call."""
        return self._CODES[self.kind]


@attrs.frozen(kw_only=True)
class Wanted:
    """A call that was checked and is ready to be made.

    Attributes:
        arguments: By the vendor's names.

        all_pages: Read every page of a list.
    """

    provider: Provider[Any]
    endpoint: Endpoint
    arguments: Mapping[str, Any] = attrs.field(repr=False)
    request: Request
    all_pages: bool = False

    @classmethod
    def of(
        cls,
        provider: Provider[Any],
        name: str,
        arguments: Mapping[str, Any],
        settings: Settings,
        *,
        all_pages: bool = False,
    ) -> Self:
        """Check the arguments.

        Raises:
            SpecError: With every mistake.
        """
        endpoint = find(provider.endpoints, name).of(settings)
        request = endpoint.request(**arguments)
        named = {one.name: value for name, value in arguments.items() if (one := endpoint.parameter(name)) is not None}
        doubtful = list(_doubtful(endpoint, named)) if endpoint.danger in GRAVE else []
        if doubtful:
            raise SpecError(doubtful)
        if all_pages and endpoint.paging is None:
            raise SpecError([Problem(f"'{endpoint.name}' is no list in pages; leave out --all-pages")])
        return cls(provider=provider, endpoint=endpoint, arguments=named, request=request, all_pages=all_pages)

    @property
    def grave(self) -> bool:
        """Whether it reaches people or spends."""
        return self.endpoint.danger in GRAVE

    @property
    def people(self) -> Sequence[tuple[str, ...]]:
        """Everybody whom the arguments name: each number in E.164, in every way in which it may be meant."""
        return [_spellings(raw, self.endpoint.country) for _, raw in _raws(self.endpoint, self.arguments)]

    @property
    def unlisted(self) -> bool:
        """Whether it reaches people whom the vendor alone knows, so that no do-not-contact list can be asked."""
        return self.endpoint.danger is Danger.REACHES and not self.endpoint.people

    @property
    def digest(self) -> str:
        """Equal for equal requests, however numbers are written; the secrets in them play no part.

        Of one-time codes only the person counts: in another wording it would be a second code all the same.
        """
        if self.endpoint.codes and self.people:
            return digest_of(self.provider.name, self.endpoint.name, sorted(each[0] for each in self.people))
        secret = {one.name for one in self.endpoint.arguments if one.secret}
        plain = {
            name: sha256(value.content).hexdigest() if isinstance(value, Upload) else value
            for name, value in self.arguments.items()
            if name not in secret
        }
        for place in self.endpoint.people:
            plain = _mapped(plain, place.split("."), self._phone)
        return digest_of(self.provider.name, self.endpoint.name, plain)

    def _phone(self, raw: Any) -> Any:
        return next(iter(_spellings(raw, self.endpoint.country)), raw)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must not be shown: arguments that are secrets, also as a vendor spells a code out."""
        named = {one.name for one in self.endpoint.arguments if one.secret}
        values = [str(value) for name, value in self.arguments.items() if name in named and str(value)]
        return tuple(text for value in values for text in (value, " ".join(value)))


def hide(text: str, secrets: Sequence[str]) -> str:
    """Take secrets out of a text."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def without_codes(text: str) -> str:
    """Take whatever may be a one-time code out of a text."""
    return _CODE.sub(MASK, text)


@attrs.frozen(kw_only=True)
class Caller:
    """Everything that a call works with."""

    settings: Settings
    transport: Transport
    clock: Clock
    rng: random.Random
    journal: CallJournal | None = None
    backoff: Backoff = attrs.field(factory=Backoff)

    async def call(self, wanted: Wanted) -> Called:
        """Make the call, or read every page."""
        pace = Pace(self.settings.pace)
        if wanted.all_pages and wanted.endpoint.paging is not None:
            return await self._pages(wanted, wanted.endpoint.paging, pace)
        return await self._one(wanted, wanted.request, pace)

    async def refuse_repeated(self, wanted: Wanted) -> None:
        """Refuse what was sent before with an outcome that nobody knows.

        Raises:
            Refused: It was.
        """
        known = await self.journal.calls() if self.journal and wanted.grave else ()
        lost = [one for one in known if one.digest == wanted.digest and one.state is StepState.UNKNOWN]
        if lost:
            msg = (
                f"the same request was sent at {lost[-1].intended_at:%Y-%m-%d %H:%M} UTC and nobody knows what it did; "
                f"look at {wanted.provider.title}'s dashboard, then send it with --again if it did nothing"
            )
            raise Refused([msg])

    async def _pages(self, wanted: Wanted, paging: Paging, pace: Pace) -> Called:
        rows: dict[bytes, Any] = {}
        begin = wanted.arguments.get(paging.offset, 1 if paging.by_page else 0)
        size = wanted.arguments.get(paging.limit, paging.size)
        position, seen = begin, 0
        for _ in range(MAX_PAGES):
            arguments = {**wanted.arguments, paging.offset: position, paging.limit: size}
            called = await self._one(wanted, wanted.endpoint.request(**arguments), pace)
            if called.kind is not Kind.ACCEPTED or called.response is None:
                return called
            try:
                page, total = read_page(paging, called.response)
            except Unreadable as error:
                return attrs.evolve(called, kind=Kind.REJECTED, reason=str(error), value=None)
            fresh = {orjson.dumps(row, option=orjson.OPT_SORT_KEYS): row for row in page}
            new = fresh.keys() - rows.keys()
            rows |= fresh
            seen += len(page)
            position += 1 if paging.by_page else len(page)
            passed = (begin - 1) * size if paging.by_page else begin
            if not new or (total is not None and passed + seen >= total):
                return attrs.evolve(called, value=list(rows.values()))
        return attrs.evolve(called, kind=Kind.REJECTED, reason="the vendor's list does not come to an end", value=None)

    async def _one(self, wanted: Wanted, request: Request, pace: Pace) -> Called:
        """Send once for certain; again only after it is proved that no try took effect."""
        called = Called(endpoint=wanted.endpoint, kind=Kind.UNSENT)
        for number in range(1, self.backoff.attempts + 1):
            await self.clock.sleep(pace.reserve(self.clock.monotonic()))
            called, outcome = await self._try(wanted, request)
            if called.kind is not Kind.UNSENT:
                return called
            seconds = self.backoff.next_wait(number, outcome.retry_after, self.rng)
            if seconds is not None:
                await self.clock.sleep(seconds)
        return called

    async def _try(self, wanted: Wanted, request: Request) -> tuple[Called, Outcome]:
        journal, now = self.journal if wanted.grave else None, self.clock.now
        intended = 0
        if journal:
            names = wanted.provider.name, wanted.endpoint.name
            intended = await journal.intend_call(*names, digest=wanted.digest, at=now())
        response: Response | None = None
        try:
            response = await self.transport.send(request, self.settings)
        except (NotSent, Lost) as failure:
            outcome = unanswered(request, failure)
        else:
            explain = wanted.provider.explain
            outcome = classify(request, response, explain=explain, now=now()) or _meaning(request, response)
        reason = hide(outcome.reason, wanted.secrets)
        if wanted.endpoint.codes and response is not None:
            reason = without_codes(reason)
        if journal:
            await journal.conclude_call(intended, _STATES[outcome.kind], reason=reason, at=now())
        called = Called(endpoint=wanted.endpoint, kind=outcome.kind, reason=reason, response=response)
        return _decoded(called), outcome


@attrs.frozen(kw_only=True)
class World:
    """Where calls are made: the journal, the account, and whether all of it is the sandbox."""

    plugins: Plugins
    path: Path
    clock: Clock
    rng: random.Random
    sandbox: bool = False

    async def open(self, stack: AsyncExitStack, wanted: Wanted, settings: Settings) -> Caller:
        """Open what a call needs; the stack closes it. Nothing is sent.

        Raises:
            CredentialError: The account has no token, or it cannot be read.

            JournalError: The journal is in use, damaged or was copied.
        """
        journal = None
        if self.sandbox or wanted.grave:
            journal = await stack.enter_async_context(await open_soon(self.path, self.clock))
        provider = wanted.provider
        if self.sandbox:
            accounts = {provider.name: Carrier(provider, settings)}
            moved = await in_sandbox(stack, accounts, self.plugins, self.path, self.clock)
            settings = moved[provider.name].settings
        if wanted.endpoint.anonymous:
            settings = attrs.evolve(settings, token=None)
        elif settings.token is None:
            remedy = f"write  token: {{env: {provider.name.upper()}_TOKEN}}"
            msg = f"providers.{provider.name}.token: '{wanted.endpoint.name}' needs the account's token; {remedy}"
            raise CredentialError(msg)
        transport = await stack.enter_async_context(HttpTransport(settings, provider.auth))
        return Caller(settings=settings, transport=transport, clock=self.clock, rng=self.rng, journal=journal)


async def call(
    world: World, wanted: Wanted, settings: Settings, *, confirm: Callable[[Wanted], bool], again: bool = False
) -> Called:
    """Ask, where it reaches people or spends, and make the call.

    Raises:
        Refused: Somebody whom it would reach is on the do-not-contact list, the answer was no, or the same call was
            made before and nobody knows what it did.

        CredentialError: The account has no token, or it cannot be read.

        JournalError: The journal is in use, damaged or was copied.

        EnvironmentProblem: The do-not-contact list cannot be read.
    """
    if wanted.grave:
        refuse_suppressed(own(world.path), wanted)
    async with AsyncExitStack() as stack:
        caller = await world.open(stack, wanted, settings)
        if not again:
            await caller.refuse_repeated(wanted)
        if wanted.grave and not confirm(wanted):
            raise Refused(["you said no"])
        if wanted.grave:
            # Whoever was asked may have taken long to answer.
            refuse_suppressed(own(world.path), wanted)
        return await caller.call(wanted)


def refuse_suppressed(watchlist: Watchlist, wanted: Wanted) -> None:
    """Refuse to reach people who are on the organisation's own do-not-contact list, on whatever channel.

    Raises:
        Refused: Somebody is.
    """
    closed = [spellings for spellings in wanted.people if watchlist.closed(spellings, list(Channel))]
    if closed:
        shown = ", ".join(mask(spellings[0]) for spellings in closed[:5])
        msg = (
            f"on the do-not-contact list: {shown}{' and others' if len(closed) > 5 else ''}; leave them out, or take "
            "them off the list ('outreach suppress remove') if it is wrong. Nothing was sent"
        )
        raise Refused([msg])


def _raws(endpoint: Endpoint, arguments: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Give every number among the arguments with its place, as it is written."""
    return [(place, raw) for place in endpoint.people for raw in found_at(arguments, place.split("."))]


def _doubtful(endpoint: Endpoint, arguments: Mapping[str, Any]) -> Iterator[Problem]:
    """Name the numbers that cannot be read: nobody can look them up in a do-not-contact list."""
    raws = _raws(endpoint, arguments)
    remedy = "write one number in E.164, such as +9779610000011"
    if endpoint.people and not raws:
        yield Problem(
            f"no number stands here, so that no do-not-contact list can be asked; {remedy}", endpoint.people[0]
        )
    for place, raw in raws:
        if not _spellings(raw, endpoint.country):
            yield Problem(f"{mask(str(raw))} cannot be read as the number of one person; {remedy}", place)


def found_at(value: Any, place: Sequence[str]) -> list[Any]:
    """Give everything at a dotted place, in every element of the lists on the way."""
    if isinstance(value, list | tuple):
        return [one for each in value for one in found_at(each, place)]
    if not place:
        return [] if value in (None, "") else [value]
    return found_at(value.get(place[0]), place[1:]) if isinstance(value, Mapping) else []


def _mapped(value: Any, place: Sequence[str], change: Callable[[Any], Any]) -> Any:
    """Give the same with everything at a dotted place changed."""
    if isinstance(value, list | tuple):
        return [_mapped(each, place, change) for each in value]
    if not place:
        return change(value)
    if not isinstance(value, Mapping) or place[0] not in value:
        return value
    return {**value, place[0]: _mapped(value[place[0]], place[1:], change)}


def _spellings(raw: Any, country: str | None) -> tuple[str, ...]:
    """Read a number in every way in which it may be meant: local, or with the country's code but without the plus.

    None where it cannot be read; what a vendor writes before it, as in ``whatsapp:+12025550111``, is passed over.
    """
    text = _SCHEME.sub("", str(raw).strip())
    read = (normalise(text, country), normalise(f"+{text.lstrip('+')}", None))
    return tuple(dict.fromkeys(one for one in read if isinstance(one, str)))


def read_page(paging: Paging, response: Response) -> tuple[list[Any], int | None]:
    """Give the rows of a page, and how many there are on all pages where the vendor tells.

    Raises:
        Unreadable: The answer is no page.
    """
    document = response.json()
    rows = _at(document, paging.rows)
    if isinstance(rows, Mapping):  # some vendors answer with a map by id
        rows = [{"id": key, **value} if isinstance(value, Mapping) else {key: value} for key, value in rows.items()]
    if not isinstance(rows, list):
        msg = f"the vendor's answer is no page of a list: nothing at {paging.rows}"
        raise Unreadable(msg)
    total = _at(document, paging.total) if paging.total else None
    return rows, total if isinstance(total, int) and not isinstance(total, bool) else None


def _at(document: Any, place: str) -> Any:
    for key in place.split("."):
        document = document.get(key) if isinstance(document, Mapping) else None
    return document


def _meaning(request: Request, response: Response) -> Outcome:
    """Say what a 2xx means: a failure may be told inside it, and what cannot be read proves nothing."""
    if not response.body.strip():
        return Outcome(kind=Kind.ACCEPTED)
    try:
        failure = failure_inside(response.json())
    except Unreadable as error:
        told = harmless(request) or not _claims_json(response)
        return Outcome(kind=Kind.ACCEPTED if told else Kind.UNKNOWN, reason="" if told else masked(str(error)))
    if failure:
        return Outcome(kind=Kind.UNKNOWN if request.unclear else Kind.REJECTED, reason=masked(failure))
    return Outcome(kind=Kind.ACCEPTED)


def _claims_json(response: Response) -> bool:
    return "json" in response.headers.get("content-type", "json")


def _decoded(called: Called) -> Called:
    if called.kind is not Kind.ACCEPTED or called.response is None:
        return called
    try:
        return attrs.evolve(called, value=called.endpoint.decode(called.response))
    except Unreadable as error:
        odd = masked(str(error))
        return attrs.evolve(called, odd=without_codes(odd) if called.endpoint.codes else odd)
    except Exception as error:  # noqa: BLE001  # a stranger's decoder must not hide what the vendor did
        return attrs.evolve(called, odd=f"the adapter stumbled over the answer: {type(error).__name__}")


def concealed(called: Called, secrets: Sequence[str]) -> Any:
    """Give the vendor's answer for people's eyes: what the endpoint hides is masked, at any depth.

    All rows where there were several pages; the document as it came otherwise; text where it is no JSON, None where
    it is neither. Of an endpoint with one-time codes, whatever may be one is masked wherever it stands.
    """
    veil = _Veil(called.endpoint, secrets)
    if isinstance(called.value, list) and called.endpoint.paging is not None:
        return veil.over(called.value, ("results",))
    if called.response is None or not called.response.body.strip():
        return None
    try:
        return veil.over(called.response.json(), ())
    except Unreadable:
        pass
    try:
        text = called.response.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    # A sound may pass for text; and a vendor must not move somebody's cursor.
    return None if _CONTROL.search(text) else veil.text(text)


@attrs.frozen
class _Veil:
    """What hides parts of an endpoint's answer."""

    endpoint: Endpoint
    secrets: Sequence[str] = attrs.field(repr=False)

    def text(self, text: str) -> str:
        """Hide what stands in a text."""
        text = hide(text, self.secrets)
        return without_codes(text) if self.endpoint.codes else text

    def over(self, value: Any, place: tuple[str, ...]) -> Any:
        """Hide what stands in a value and below it."""
        if isinstance(value, Mapping):
            return {self._key(key): self._below(below, (*place, key)) for key, below in value.items()}
        if isinstance(value, list):
            return [self.over(below, place) for below in value]
        if isinstance(value, str):
            return value if self._plain(value, place) else self.text(value)
        code = isinstance(value, int | float) and not isinstance(value, bool) and self.endpoint.codes
        return MASK if code and not self._plain(value, place) and _CODE.search(str(value)) else value

    def _below(self, value: Any, place: tuple[str, ...]) -> Any:
        hidden = _hidden(place, self.endpoint.hides) and value not in (None, "")
        return MASK if hidden else self.over(value, place)

    def _key(self, key: str) -> str:
        return without_codes(key) if self.endpoint.codes else key

    def _plain(self, value: Any, place: tuple[str, ...]) -> bool:
        """Whether it is a field that is documented to hold no code, and looks like it."""
        known = _NO_CODES.get(place[-1]) if place and self.endpoint.codes else None
        return known is not None and known.fullmatch(str(value)) is not None


def _hidden(place: tuple[str, ...], hides: Sequence[str]) -> bool:
    return any(place[-len(parts) :] == parts for parts in map(_parts, hides))


def _parts(place: str) -> tuple[str, ...]:
    return tuple(place.split("."))
