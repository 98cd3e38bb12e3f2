"""What a vendor's answer means, and how to read the shapes in which vendors answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Generic, TypeVar

import attrs

from outreach.errors import Unreadable
from outreach.model import Channel, Status
from outreach.wire import Reach, Request, Response, look_up


class Kind(StrEnum):
    """What an answer means for the request that it answers."""

    ACCEPTED = "accepted"
    #: Proved not to have taken effect, and doing it again would be refused again.
    REJECTED = "rejected"
    #: It may have taken effect.
    UNKNOWN = "unknown"
    #: Proved not to have taken effect; may be tried again after a while.
    UNSENT = "unsent"
    #: Proved not to have taken effect; the account is refused, so stop everything on it.
    HALT = "halt"


@attrs.frozen(kw_only=True)
class Receipt:
    """What the vendor said about one person.

    Attributes:
        vendor_id: The vendor's id of the call or message, empty when it gave none.

        status: What became of the person so far.

        word: The vendor's own word for the status.

        credits: What it cost, in the vendor's own unit, by channel.

        duration: Seconds of the call; None where the vendor did not say.

        answers: What the person said to the questions of ``ask``, by their keys.

        transcript: What was said in the call.

        playback: How much of the message was heard, in per cent; None where the vendor did not say.
    """

    vendor_id: str = ""
    status: Status = Status.QUEUED
    word: str = ""
    credits: Mapping[Channel, float] = attrs.field(factory=dict, hash=False)
    duration: float | None = None
    answers: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    transcript: str = attrs.field(default="", repr=False)
    playback: float | None = None


@attrs.frozen(kw_only=True)
class Outcome:
    """What an answer means.

    Attributes:
        kind: For the request as a whole.

        reason: Why, in words for people; no secrets, no numbers.

        captures: Values of the Refs that this answer supplies.

        receipt: Holds for every person of the batch that has no entry in ``receipts``.

        receipts: By E.164 number.

        refused: Of an accepted batch, the people that the vendor refused, by E.164 number, with its reason.

        doubtful: Of an accepted batch, the people of whom the answer does not speak.

        retry_after: Seconds that the vendor asks to be left alone.
    """

    kind: Kind
    reason: str = ""
    captures: Mapping[str, str] = attrs.field(factory=dict)
    receipt: Receipt = attrs.field(factory=Receipt)
    receipts: Mapping[str, Receipt] = attrs.field(factory=dict)
    refused: Mapping[str, str] = attrs.field(factory=dict)
    doubtful: frozenset[str] = frozenset()
    retry_after: float | None = None


@attrs.frozen(kw_only=True)
class Settled:
    """What became of a request whose answer was lost.

    Attributes:
        happened: True, False (proved absent; counts only after the account's ``settle_after``), None: nobody can tell.

        captures: Values of the Refs that the lost answer would have supplied.

        reason: What shows it, in words for people.
    """

    happened: bool | None
    captures: Mapping[str, str] = attrs.field(factory=dict)
    reason: str = ""


@attrs.frozen(kw_only=True)
class Roll:
    """Who is in the vendor's campaign, as the vendor lists it.

    Attributes:
        present: Receipt by E.164 number.

        doubled: Numbers listed more than once.

        started: Whether the vendor has begun to contact anybody.

        unsure: Numbers of which the list does not tell whether what it shows is what is asked for.
    """

    present: Mapping[str, Receipt]
    doubled: frozenset[str] = frozenset()
    started: bool = False
    unsure: frozenset[str] = frozenset()


@attrs.frozen(kw_only=True)
class Waiting:
    """People of whom a vendor is asked what became of them, as columns of equal length.

    Attributes:
        phones: E.164, with ``+``.

        vendor_ids: The vendor's id of the call or message, or the empty text.
    """

    phones: Sequence[str]
    vendor_ids: Sequence[str]

    def __len__(self) -> int:
        return len(self.phones)


@attrs.frozen(kw_only=True)
class News:
    """What a vendor tells about people after it took them.

    Attributes:
        receipts: By E.164 number; who is not named is as before.

        over: Nothing more will be told about any of those who were asked about; says why, in words for people.

        later: People whose status is final, but of whom more is expected (the answers of a call that just ended).
    """

    receipts: Mapping[str, Receipt]
    over: str = ""
    later: frozenset[str] = frozenset()


@attrs.frozen(kw_only=True)
class Sheet:
    """The vendor's own report of a campaign.

    Attributes:
        columns: Names of its columns, as the vendor writes them.

        rows: The cells of each person, by E.164 number.
    """

    columns: tuple[str, ...]
    rows: Mapping[str, Sequence[str]] = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Heard:
    """What a vendor told by itself about one person, such as a delivery report that it posts to a web server.

    Attributes:
        phone: E.164, with ``+``.

        channel: Which of the person's deliveries it is about.

        receipt: What became of it.

        marker: ``Job.marker`` of the campaign that it was sent for, where the vendor gives it back; empty where it does
            not. With it, a delivery of which nobody knew whether it went out is settled.
    """

    phone: str
    channel: Channel
    receipt: Receipt
    marker: str = ""


T = TypeVar("T", bound=Settled | Roll | News | Sheet)


@attrs.frozen
class Question(Generic[T]):
    """A harmless read-back: a request, and a pure function of its answer.

    Attributes:
        request: Reaches nobody and is repeatable.

        read: Gives the answer to the question, or the next question (the next page).
            It may raise Unreadable: then nobody can tell.

        otherwise: Stands in place of an answer that is refused or cannot be read; None: then nobody can tell.
    """

    request: Request
    read: Callable[[Response], Question[T] | T]
    otherwise: Question[T] | T | None = None


def accepted(request: Request, response: Response, **more: Any) -> Outcome:
    """Read a 2xx answer the usual way: JSON, no failure inside, and every capture of the request supplied.

    Unknown when a capture is missing: it took effect, but nobody knows what it is called. ``more`` goes into the
    Outcome.
    """
    document = response.json()
    failure = failure_inside(document)
    if failure:
        proved = request.reaches is Reach.NOBODY or _clear(document)
        return Outcome(kind=Kind.REJECTED if proved else Kind.UNKNOWN, reason=failure)
    captures = {name: look_up(document, places) for name, places in request.captures.items()}
    missing = [name for name, value in captures.items() if value is None]
    if missing:
        return Outcome(kind=Kind.UNKNOWN, reason=f"the answer does not say: {', '.join(missing)}")
    return Outcome(kind=Kind.ACCEPTED, captures={name: value for name, value in captures.items() if value}, **more)


def failure_inside(document: Any) -> str:
    """Find out whether a 2xx answer says "failed" inside: ``success: false`` or a ``status`` of 400 and more."""
    if not isinstance(document, Mapping):
        return ""
    status = document.get("status")
    failed = document.get("success") is False or status is False
    failed = failed or (isinstance(status, int) and not isinstance(status, bool) and status >= 400)
    return _words(document) or "the answer says that it failed" if failed else ""


#: Statuses inside an answer that prove that nothing took effect; a 5xx or a bare "failed" proves nothing.
_CLEAR = frozenset({400, 401, 402, 403, 404, 405, 410, 413, 415, 422})


def _clear(document: Any) -> bool:
    status = document.get("status") if isinstance(document, Mapping) else None
    return status is False or status in _CLEAR


#: More of a vendor's error text than this helps nobody.
MAX_ERROR_TEXT = 300


def error_text(response: Response) -> str:
    """Read the vendor's words in an error answer of any documented shape; bounded, on one line."""
    try:
        words = _words(response.json())
    except Unreadable:
        page = b"<" in response.body[:64]
        words = "" if page else response.body[:MAX_ERROR_TEXT].decode("utf-8", "replace")
    return " ".join(words.split())[:MAX_ERROR_TEXT]


def _words(document: Any) -> str:
    if isinstance(document, str | int | float):
        return str(document)
    if isinstance(document, list):
        return "; ".join(filter(None, map(_words, document)))
    if not isinstance(document, Mapping):
        return ""
    if "msg" in document:
        place = ".".join(str(part) for part in document.get("loc") or ())
        return f"{place}: {document['msg']}" if place else str(document["msg"])
    for key in ("message", "detail", "error", "errors", "error_list"):
        if document.get(key):
            return _words(document[key])
    fields = {key: _words(value) for key, value in document.items() if isinstance(value, list | Mapping)}
    return "; ".join(
        f"{key}: {words}" if key != "non_field_errors" else words for key, words in fields.items() if words
    )
