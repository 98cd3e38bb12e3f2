"""What a vendor's pages show, as data of its adapter.

The conformance kit (``outreach.testing``) proves the adapter by it; nothing at run time reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import attrs

from outreach.answers import Kind
from outreach.model import Channel, Status
from outreach.wire import Response


class Stage(StrEnum):
    """Which of an adapter's functions made a request."""

    OPEN = "open"
    LOAD = "load"
    LAUNCH = "launch"


@attrs.frozen(kw_only=True)
class ErrorSample:
    """An answer that says "no", as a page of the vendor shows it.

    Attributes:
        doc: Address of the page.

        response: Status and body. A vendor may say "failed" inside a 200.

        means: The class of the answer, and with it whether the engine tries again: ``UNSENT`` is tried again,
            ``REJECTED`` is not, ``HALT`` stops the account, ``UNKNOWN`` is never repeated.

        to: The stages whose requests can be answered so; all when empty.

        says: A piece of the vendor's words, which the reason must keep.
    """

    doc: str
    response: Response
    means: Kind
    to: tuple[Stage, ...] = ()
    says: str = ""


@attrs.frozen(kw_only=True)
class Exchange:
    """A request and its answer, as a page of the vendor prints them.

    Attributes:
        doc: Address of the page.

        method: In capitals.

        path: As it went out, below the account's ``base_url``.

        query: Query parameters.

        body: JSON value, or the fields of a form; None where there is none.

        form: The body goes as a form, see ``Request``.

        at: When it was done, aware, where the sample holds a date; None for any time.

        answer: As printed; None where the page shows none.

        means: What the answer means to the request of the campaign that it belongs to, if it does.

        captures: Values of the Refs that the answer supplies.

        people: E.164 numbers of the people in the request, where the answer names them.
    """

    doc: str
    method: str
    path: str
    query: Mapping[str, str] = attrs.field(factory=dict)
    body: Any = None
    form: bool = False
    at: datetime | None = None
    answer: Response | None = None
    means: Kind = Kind.ACCEPTED
    captures: Mapping[str, str] = attrs.field(factory=dict)
    people: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Samples:
    """What a vendor's pages show, and what its stand-in needs to be told.

    Attributes:
        errors: Every documented shape of an error.

        words: Every documented status word, per channel, and what it means in our words.

        reads: The adapter's own reading of a status word; it gives ``Status.UNKNOWN`` for a word that it does not know.

        exchanges: Requests and answers that the pages print, in an order in which they can be done.

        values: For a field of a message whose values the vendor restricts: two that it takes, by the field's name.

        numbers: Gives a number that the stand-in takes for an ordinary one, for 0, 1, 2 and so on; None: the kit's own.

        silent: Of ``errors``, ``words``, ``exchanges`` and ``answers`` (how success looks), those about which the
            pages say nothing, with a sentence on it. Without one, what is missing is a failure.
    """

    errors: tuple[ErrorSample, ...] = ()
    words: Mapping[Channel, Mapping[str, Status]] = attrs.field(factory=dict)
    reads: Callable[[Channel, str], Status] | None = None
    exchanges: tuple[Exchange, ...] = ()
    values: Mapping[str, Sequence[Any]] = attrs.field(factory=dict)
    numbers: Callable[[int], str] | None = None
    silent: Mapping[str, str] = attrs.field(factory=dict)
