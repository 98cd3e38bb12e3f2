"""The door for authors of adapters: everything an adapter needs comes from this one import.

An adapter is a frozen value made of data and pure functions: no sockets, no clock, no state, no retries.
It answers six questions:

* what can you do?  ``capabilities``
* what do I send?  ``open``, ``load``, ``launch``
* what did they say?  ``interpret``, ``explain``
* did it happen?  ``settle``, ``roll``, ``seek``
* what became of them?  ``follow``, ``hear``
* how would they answer?  ``emulate``

And ``endpoints`` is the vendor's whole API as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import attrs

from outreach import decoding
from outreach.answers import (
    Heard,
    Kind,
    News,
    Outcome,
    Question,
    Receipt,
    Roll,
    Settled,
    Sheet,
    Waiting,
    accepted,
    error_text,
)
from outreach.endpoints import Danger, Endpoint, Evidence, Paging
from outreach.errors import Problem, SpecError, Unreadable
from outreach.hookspecs import hookimpl
from outreach.model import (
    AiCallContent,
    Channel,
    Content,
    Day,
    Param,
    Placeholder,
    Secret,
    Settings,
    SmsContent,
    Status,
    Template,
    VoiceContent,
    WhatsappContent,
    Window,
)
from outreach.multipart import Upload
from outreach.negotiation import (
    Batching,
    Capabilities,
    Features,
    Finding,
    Support,
    Verdict,
    degraded,
    emulated,
    native,
    refused,
)
from outreach.parameters import Parameter, Type, Where
from outreach.samples import ErrorSample, Exchange, Samples, Stage
from outreach.services import (
    CODE,
    AccountNumber,
    AccountState,
    By,
    Offer,
    OtpSent,
    OtpWish,
    Sender,
    Service,
    Services,
    Voice,
)
from outreach.wire import Reach, Received, Ref, Request, Response, look_up

__all__ = [
    "CODE",
    "AccountNumber",
    "AccountState",
    "AiCallContent",
    "Batch",
    "Batching",
    "By",
    "Capabilities",
    "Channel",
    "Content",
    "Danger",
    "Day",
    "Emulator",
    "Endpoint",
    "ErrorSample",
    "Evidence",
    "Exchange",
    "Features",
    "Finding",
    "Heard",
    "Job",
    "Kind",
    "News",
    "Offer",
    "OtpSent",
    "OtpWish",
    "Outcome",
    "Paging",
    "Param",
    "Parameter",
    "Placeholder",
    "Problem",
    "Provider",
    "Question",
    "Reach",
    "Reached",
    "Receipt",
    "Received",
    "Ref",
    "Request",
    "Response",
    "Roll",
    "Samples",
    "Secret",
    "Sender",
    "Service",
    "Services",
    "Settings",
    "Settled",
    "Sheet",
    "SmsContent",
    "SpecError",
    "Stage",
    "Status",
    "Support",
    "Template",
    "Type",
    "Unreadable",
    "Upload",
    "Verdict",
    "Voice",
    "VoiceContent",
    "Waiting",
    "WhatsappContent",
    "Where",
    "Window",
    "accepted",
    "decoding",
    "degraded",
    "emulated",
    "error_text",
    "hookimpl",
    "look_up",
    "merge",
    "native",
    "refused",
]

S = TypeVar("S", bound=Settings)


@attrs.frozen(kw_only=True)
class Job(Generic[S]):
    """One campaign to be made at the vendor: what all its people have in common.

    Attributes:
        title: Name for the vendor: the campaign's, and the marker where the account wants one.

        marker: By this the vendor's campaign is found again; empty when the account wants none.

        description: As the author wrote it.

        contents: What is said, per channel; more than one channel only where the vendor can carry them together.

        start: When people may first be contacted, aware; never in the past when the request is made.

        scheduled: Whether ``start`` lies in the future, so that a vendor that can wait is asked to.

        window: Hours and days, None for any.

        zone: IANA zone of the window and of these people.

        settings: The account.
    """

    title: str
    marker: str
    description: str
    contents: Mapping[Channel, Content]
    start: datetime
    scheduled: bool
    window: Window | None
    zone: str
    settings: S


@attrs.frozen(kw_only=True)
class Batch:
    """People who travel in one request, as columns of equal length; no object per person.

    Attributes:
        phones: E.164, with ``+``.

        ids: The contact's id, or the empty text.

        names: The contact's name, or the empty text.

        values: For every placeholder of the contents, each person's value, fallbacks filled in.
    """

    phones: Sequence[str]
    ids: Sequence[str]
    names: Sequence[str]
    values: Mapping[Placeholder, Sequence[str]] = attrs.field(factory=dict)

    def __len__(self) -> int:
        return len(self.phones)

    def render(self, template: Template) -> list[str]:
        """Give each person's text."""
        return template.render(self.values, len(self.phones))


@attrs.frozen(kw_only=True)
class Reached:
    """One contact that an emulator would have made with a real person."""

    phone: str
    channel: Channel
    at: datetime


class Emulator(Protocol):
    """The vendor as a small state machine: strict about what its page calls required, deterministic, no I/O.

    Attributes:
        reached: Every contact with a person, in order; a test counts whom the campaign reached, and how often.
    """

    reached: list[Reached]

    def answer(self, received: Received, now: datetime) -> Response:
        """Answer one request, as the vendor would."""


def _no_requests(_job: Job[Any]) -> Sequence[Request]:
    return ()


def _no_findings(_job: Job[Any]) -> Iterable[Finding]:
    return ()


def _cannot_ask(_job: Job[Any], _request: Request) -> Question[Settled] | None:
    return None


def _cannot_list(_job: Job[Any]) -> Question[Roll] | None:
    return None


def _cannot_stop(_job: Job[Any]) -> Question[Settled] | None:
    return None


def _tells_nothing(_job: Job[Any], _waiting: Waiting) -> str:
    return "nothing is told about people after the hand-over"


def _no_report(_job: Job[Any]) -> Question[Sheet] | None:
    return None


def _cannot_seek(_job: Job[Any], _phones: Sequence[str]) -> Question[Roll] | None:
    return None


def _posts_nothing(_received: Received) -> Sequence[Heard]:
    return ()


def _signs_nothing(_received: Received, _settings: Settings, _token: str) -> bool:
    return False


def bearer(token: str, _settings: Settings | None = None) -> Mapping[str, str]:
    """``Authorization: Bearer <token>``; a prefix that was typed with the token is taken off first."""
    return {"Authorization": f"Bearer {token.removeprefix('Bearer ').strip()}"}


@attrs.frozen(kw_only=True)
class Provider(Generic[S]):
    """A vendor as we see it. All functions are pure.

    Attributes:
        name: The word that a campaign's routes use; the import name is ``outreach_<name>``.

        title: The vendor's own name.

        docs: Address of the vendor's documentation.

        version: Of the adapter; part of the plan's digest.

        settings: Class of the account.

        capabilities: What it can do.

        open: Requests that make the campaign at the vendor, once, in order; they reach nobody.

        load: The request that brings one batch of people.

        launch: Requests after all people are loaded, once, in order.

        interpret: Meaning of a 2xx answer.

        explain: The vendor's own words in an error answer.

        check: Findings beyond the capabilities, such as the vendor's limits; no person is named in them.

        settle: How to find out what became of an ``open`` or ``launch`` request whose answer was lost;
            None when the vendor cannot be asked.

        roll: How to list who is loaded. With it, loads that were lost are settled, and everybody is compared
            before ``launch``. None when the vendor cannot be asked.

        seek: How to list what went out to the people of one batch since ``job.start``, for a load that itself reaches
            people and whose answer was lost. Whoever the vendor lists was reached; whoever it does not list was not,
            once ``settle_after`` has passed. A process that stood still sends long after ``job.start``: whatever came
            later and may be ours is ``unsure``. None when the vendor cannot be asked.

        halt: How to ask the vendor to stop a campaign that was launched, best effort; asked only when a person wants it
            (``outreach stop --vendor``). None when the vendor cannot be asked.

        follow: How to ask what became of people, or a sentence that says why nobody can. Asked again and again until
            every status is final; what comes is merged, so that it may come in any order.

        follow_size: People whom one question of ``follow`` asks about; 0: everybody in the campaign at the vendor, and
            then it is given nobody.

        report: How to fetch the vendor's own report of a campaign; None when it has none.

        hear: Read what the vendor posts to the account owner's own web server (a webhook); nothing when it is about no
            person, or the vendor posts nothing.

            Raises Unreadable: it is none of the vendor's documented shapes.

        genuine: Whether such a post is signed by the vendor, by the account and its token.

        auth: Headers from the token and the account.

        emulate: A fresh stand-in for the vendor.

        sandbox: Settings under which the stand-in works without an account.

        endpoints: Every endpoint of the vendor that is known, for ``outreach api``; names are unique.

        services: What the account offers besides campaigns, by rows that name endpoints of this table.

        samples: What the vendor's pages show, for the conformance kit (``outreach.testing``).
    """

    name: str
    title: str
    docs: str
    version: str
    settings: type[S]
    capabilities: Capabilities
    load: Callable[[Job[S], Batch], Request]
    interpret: Callable[[Job[S], Request, Response, Batch | None], Outcome]
    emulate: Callable[[], Emulator]
    sandbox: S
    open: Callable[[Job[S]], Sequence[Request]] = _no_requests
    launch: Callable[[Job[S]], Sequence[Request]] = _no_requests
    check: Callable[[Job[S]], Iterable[Finding]] = _no_findings
    settle: Callable[[Job[S], Request], Question[Settled] | None] = _cannot_ask
    roll: Callable[[Job[S]], Question[Roll] | None] = _cannot_list
    seek: Callable[[Job[S], Sequence[str]], Question[Roll] | None] = _cannot_seek
    halt: Callable[[Job[S]], Question[Settled] | None] = _cannot_stop
    follow: Callable[[Job[S], Waiting], Question[News] | str] = _tells_nothing
    follow_size: int = 0
    report: Callable[[Job[S]], Question[Sheet] | None] = _no_report
    explain: Callable[[Response], str] = attrs.field(default=error_text)
    hear: Callable[[Received], Sequence[Heard]] = _posts_nothing
    genuine: Callable[[Received, S, str], bool] = _signs_nothing
    auth: Callable[[str, S], Mapping[str, str]] = bearer
    endpoints: tuple[Endpoint, ...] = ()
    services: Services = attrs.field(factory=dict)
    samples: Samples = attrs.field(factory=Samples)


def merge(body: Mapping[str, Any], extra: Mapping[str, object]) -> dict[str, Any]:
    """Lay the account's ``extra`` over a body, mapping by mapping."""
    merged: dict[str, Any] = dict(body)
    for key, value in extra.items():
        below = merged.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]  # both are mappings here
    return merged
