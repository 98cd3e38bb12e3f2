"""Change and read the organisation's own do-not-contact list."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import attrs

from outreach.contacts import BadNumber, mask, normalise, read_suppressed
from outreach.contacts.numbers import NO_COUNTRY, region
from outreach.delivery import donotcontact
from outreach.delivery.donotcontact import Entry, Place
from outreach.errors import Problem, SpecError
from outreach.model import Channel


@attrs.frozen(kw_only=True)
class Changed:
    """What a change of the list did.

    Attributes:
        path: The list.

        changed: Entries that are new, or were taken back.

        already: Entries that stood there before.
    """

    path: Path
    changed: int
    already: int


def who() -> str:
    """Give the name of whoever runs this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def numbers_of(raws: Iterable[str], country: str | None) -> Sequence[str]:
    """Read numbers in any spelling; each once.

    Raises:
        SpecError: One of them is none; all mistakes at once, numbers masked.
    """
    country = region(country)
    read = [(raw, normalise(raw, country)) for raw in raws]
    problems = [Problem(_why(phone), mask(raw)) for raw, phone in read if isinstance(phone, BadNumber)]
    if problems:
        raise SpecError(problems)
    return list(dict.fromkeys(str(phone) for _, phone in read))


def _why(bad: BadNumber) -> str:
    return "the number has no country code; write it with +, or give --country NP" if bad is NO_COUNTRY else bad.detail


def add(path: Path, entries: Sequence[Entry]) -> Changed:
    """Close numbers.

    Raises:
        EnvironmentProblem: The list cannot be read or written.
    """

    def new(closed: Mapping[Place, Entry]) -> Sequence[Entry]:
        fresh = {(one.phone, one.channel): one for one in entries}
        return [one for place, one in fresh.items() if place not in closed]

    changed = donotcontact.change(path, new)
    return Changed(path=path, changed=changed, already=len(entries) - changed)


def remove(path: Path, entries: Sequence[Entry]) -> Changed:
    """Open numbers again: without a channel whatever closes them, with one that entry alone.

    Raises:
        SpecError: A number is not closed like that; nothing was changed.

        EnvironmentProblem: The list cannot be read or written.
    """

    def back(closed: Mapping[Place, Entry]) -> Sequence[Entry]:
        problems = [Problem(why, mask(one.phone)) for one in entries if (why := _not_closed(one, closed))]
        if problems:
            raise SpecError(problems)
        channels = (None, *Channel)
        return [
            attrs.evolve(one, channel=channel)
            for one in entries
            for channel in (channels if one.channel is None else (one.channel,))
            if (one.phone, channel) in closed
        ]

    return Changed(path=path, changed=donotcontact.change(path, back), already=0)


def _not_closed(one: Entry, closed: Mapping[Place, Entry]) -> str:
    if one.channel is None:
        anywhere = any((one.phone, channel) in closed for channel in (None, *Channel))
        return "" if anywhere else "this number is not on the list"
    if (one.phone, one.channel) in closed:
        return ""
    if (one.phone, None) in closed:
        return "it is closed on every channel: remove it without a channel, then add those that are to stay closed"
    return f"this number is not on the list for {one.channel}"


def entries_of(  # keywords; the columns of the list
    numbers: Iterable[str],
    *,
    channel: Channel | None,
    closed: bool,
    reason: str,
    country: str | None,
    by: str | None,
    at: datetime,
) -> Sequence[Entry]:
    """Make a line for each number.

    Raises:
        SpecError: One of them is no number.
    """
    read = numbers_of(numbers, country)
    by = by or who()
    return [Entry(phone=phone, channel=channel, closed=closed, reason=reason, by=by, at=at) for phone in read]


def entries_in(file: str, *, country: str | None, by: str | None, at: datetime) -> Sequence[Entry]:
    """Make a line for each entry of a list that a campaign's ``suppress`` could name.

    Raises:
        SpecError: It cannot be read, or an entry in it cannot; all or nothing.
    """
    by = by or who()
    return [
        Entry(phone=one.phone, channel=one.channel, closed=True, reason=one.reason, by=by, at=at)
        for one in read_suppressed([file], base=Path.cwd(), country=country)
    ]
