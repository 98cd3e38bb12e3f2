"""Times of day, moments, zones and periods."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from outreach.model import RECIPIENT, PerContact
from outreach.spec.kinds import Kind, Wrong, likely, matching, scalar
from outreach.spec.tree import Node

_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DATE = "2[01][0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_DATE_ALONE = re.compile(_DATE)
_OFFSET = "Z|z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9]"

#: ``24:00`` is no time that Python or the vendors can hold.
CLOCK = matching(
    rf"{_CLOCK}(?::00)?",
    "is not a time of day: write HH:MM from 00:00 to 23:59, such as 09:30",
    time.fromisoformat,
)

_MOMENT = matching(
    rf"{_DATE}[Tt ]{_CLOCK}(?::[0-5][0-9](?:\.[0-9]{{1,6}})?)?(?:{_OFFSET})?",
    "is not a date and time: write it like 2026-12-01T10:00:00+05:45",
    lambda text: datetime.fromisoformat(text.upper()),
)


def _moment(node: Node) -> datetime:
    """Read a moment; it is naive when the author gave no offset."""
    text = scalar(node).text
    if _DATE_ALONE.fullmatch(text):
        msg = f"is a date alone, which would start at midnight: write {text}T10:00:00+05:45"
        raise Wrong(msg, text)
    moment: datetime = _MOMENT.read(node)
    return moment


MOMENT = Kind(_moment, _MOMENT.schema)

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _per_contact(text: str) -> PerContact:
    count, _, period = text.partition("per")
    return PerContact(int(count), timedelta(**{_UNITS[period[-1]]: int(period[:-1])}))


PER_CONTACT = matching(
    r"0*[1-9][0-9]{0,5} +per +0*[1-9][0-9]{0,3} ?[mhdw]",
    "is no such limit: write COUNT per PERIOD, such as 2 per 7d (m minutes, h hours, d days, w weeks)",
    _per_contact,
)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(text: str) -> str:
    if text not in _zones():
        msg = f"is not a time zone; {_near(text, ())}"
        raise Wrong(msg, text)
    return text


def _window_zone(text: str) -> str:
    if text != RECIPIENT and text not in _zones():
        msg = f"is neither '{RECIPIENT}' nor a time zone; {_near(text, (RECIPIENT,))}"
        raise Wrong(msg, text)
    return text


def _near(text: str, more: tuple[str, ...]) -> str:
    """Guess the zone; many people know its city only."""
    names = sorted(_zones())
    known = {name.rpartition("/")[2].lower(): name for name in names} | {name.lower(): name for name in (*names, *more)}
    found = likely(text, known)
    return f"did you mean '{known[found]}'?" if found else "write one such as Asia/Kathmandu"


_ZONE = "[A-Za-z][A-Za-z0-9_+/-]{1,63}"
ZONE = matching(_ZONE, "is not a time zone; write one such as Asia/Kathmandu", _zone)
WINDOW_ZONE = matching(
    _ZONE,
    "is neither 'recipient' nor a time zone such as Asia/Kathmandu",
    _window_zone,
)


def settle_moment(moment: datetime, zone: str | None) -> datetime:
    """Give a moment its zone.

    Raises:
        Wrong: It has neither an offset nor a zone beside it, or the clocks of the zone skip or repeat it.
    """
    if moment.tzinfo is not None:
        return moment
    written = moment.isoformat()
    if zone is None:
        msg = f"has no offset: write {written}+05:45, or zone: beside it"
        raise Wrong(msg, written)
    first, second = (moment.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(first.tzinfo).replace(tzinfo=None) != moment:
        msg = f"does not exist in {zone}, where the clocks are put forward over it: write another time"
        raise Wrong(msg, written)
    msg = f"comes twice in {zone}, where the clocks are put back: write {first.isoformat()} or {second.isoformat()}"
    raise Wrong(msg, written)
