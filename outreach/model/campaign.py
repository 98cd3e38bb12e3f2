"""What the author wrote."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

import attrs

from outreach.errors import Problem
from outreach.model.content import CONTENT_OF, Content, Messages
from outreach.model.settings import Secret, Settings
from outreach.model.template import Template
from outreach.model.words import Channel, Day, Purpose

#: A contact list given as Python values instead of a file: anything that yields mappings of column to value.
ContactRows = Iterable[Mapping[str, object]]

#: A contact list as a program may name it.
_Named = str | os.PathLike[str] | Secret

#: What a program may give: paths, or rows.
Sources = os.PathLike[str] | Sequence[_Named] | ContactRows

#: ``Window.zone`` when each contact's own zone counts.
RECIPIENT = "recipient"


def _as_text(sources: Sources) -> tuple[str | Secret, ...] | ContactRows:
    """Give paths as text, and rows as they are."""
    if isinstance(sources, os.PathLike):
        return (os.fsdecode(sources),)
    if not isinstance(sources, tuple | list) or not isinstance(next(iter(sources), None), os.PathLike | str | Secret):
        return cast("ContactRows", sources)
    return tuple(os.fsdecode(one) if isinstance(one, os.PathLike) else one for one in sources)


@attrs.frozen(kw_only=True)
class Columns:
    """Which column holds what. None: look for the usual names (phone, number, mobile; id; name; zone)."""

    phone: str | None = None
    id: str | None = None
    name: str | None = None
    zone: str | None = None


@attrs.frozen(kw_only=True)
class Contacts:
    """Where the contacts come from.

    Attributes:
        sources: ``from`` in the file: paths (``-`` for standard input) or addresses of databases, in order, each as it
            is or as a reference to a secret; or rows given in place, a data frame or a database cursor. A program may
            give a path as ``pathlib.Path``; it becomes text.

        country: Two-letter country of numbers without ``+``, for example ``NP``. Never guessed.

        columns: Which column holds what.

        sheet: Sheet of the workbooks; needed where one has several that can be seen.

        query: What a database is asked.

        delimiter: Separator of cells in text files; taken from the header line when it is not stated.

        encoding: Encoding of text files; UTF-8 when it is not stated.
    """

    sources: tuple[str | Secret, ...] | ContactRows = attrs.field(repr=False, converter=_as_text)
    country: str | None = None
    columns: Columns = attrs.field(factory=Columns)
    sheet: str | None = None
    query: str | None = None
    delimiter: str | None = None
    encoding: str | None = None


@attrs.frozen(kw_only=True)
class Route:
    """One channel and who carries it.

    Attributes:
        channel: The channel.

        providers: Account names in failover order.

        when: Only contacts with these column values go down this route.
    """

    channel: Channel
    providers: tuple[str, ...]
    when: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Window:
    """Hours in which people may be contacted: from ``start`` up to, not including, ``end``.

    Attributes:
        start: ``from`` in the file.

        end: ``to`` in the file; later than ``start``.

        days: Days of the week; all when empty.

        zone: ``recipient`` (each contact's own zone) or an IANA zone.
    """

    start: time
    end: time
    days: tuple[Day, ...] = ()
    zone: str = RECIPIENT


@attrs.frozen(kw_only=True)
class Schedule:
    """When the campaign goes out.

    Attributes:
        start: Aware; None means now.

        expires: Aware; nothing goes out at or after it.

        window: Hours and days; None means any.

        zone: IANA zone of the campaign, for naive times beside it and for people whose zone is not known.
    """

    start: datetime | None = None
    expires: datetime | None = None
    window: Window | None = None
    zone: str | None = None


@attrs.frozen
class PerContact:
    """At most ``count`` contacts with one person within ``period``, over all campaigns of the journal."""

    count: int
    period: timedelta


@attrs.frozen(kw_only=True)
class Limits:
    """Bounds that hold whatever the files say.

    Attributes:
        contacts: Refuse to begin with more people than this.

        segments: Refuse to begin with more SMS segments than this.

        per_hour: Reach at most so many people in any hour.

        per_contact: Contact pressure over all campaigns.
    """

    contacts: int | None = None
    segments: int | None = None
    per_hour: int | None = None
    per_contact: PerContact | None = None


@attrs.frozen(kw_only=True)
class Campaign:
    """A campaign: contents, contacts, routes, schedule, limits.

    Attributes:
        name: Identity of the campaign; people contacted under one name and round are not contacted again.

        round: Raise it to contact the same people again under the same name.

        description: For people, and for vendors that show one.

        purpose: Why people are contacted.

        message: Neutral text: serves every channel that has no entry in ``messages``.

        messages: What one channel says instead.

        contacts: Where the contacts come from.

        suppress: Paths of lists of numbers that must not be contacted.

        routes: Each contact goes down every route.

        schedule: When.

        limits: How much.

        accept: Codes of the degradations that the author has read and agrees to.

        providers: Accounts by provider name.

        base: Folder in which relative paths start.

        places: Where each path of the file stands (file, line, column), for messages; empty for Python objects.
    """

    name: str
    contacts: Contacts
    routes: tuple[Route, ...]
    round: int = 1
    description: str = ""
    purpose: Purpose = Purpose.PROMOTIONAL
    message: Template | None = None
    messages: Messages = attrs.field(factory=Messages)
    suppress: tuple[str, ...] = ()
    schedule: Schedule = attrs.field(factory=Schedule)
    limits: Limits = attrs.field(factory=Limits)
    accept: tuple[str, ...] = ()
    providers: Mapping[str, Settings] = attrs.field(factory=dict)
    base: Path = attrs.field(factory=Path, eq=False)
    places: Mapping[str, tuple[str, int, int]] = attrs.field(factory=dict, eq=False, repr=False)

    def content(self, channel: Channel) -> Content | None:
        """Say what goes out on a channel: its own entry, else the neutral message, else None."""
        own: Content | None = getattr(self.messages, channel.value)
        kind: Any = CONTENT_OF[channel]
        if own is not None:
            return own
        return kind(text=self.message) if self.message is not None else None

    def problem(self, path: str, message: str) -> Problem:
        """Make a Problem at a path, with the position of the path or of the nearest thing around it."""
        around = path
        while around and around not in self.places:
            around = around.rstrip("]").rpartition("[" if around.endswith("]") else ".")[0]
        file, line, column = self.places.get(around, ("", 0, 0))
        return Problem(message, path, file, line, column)
