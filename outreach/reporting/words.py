"""How numbers, times and other people's texts are written for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo

#: What a terminal would obey instead of showing: control characters, and marks that turn the reading direction.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")


#: Why a person is left out of a route, by the first word of the reason.
_WHY = {
    "country": "the provider does not reach that country",
    "landline": "a fixed line takes no messages",
    "no_id": "the provider wants an id of each contact; contacts.columns.id names its column",
    "no_value": "nothing stands there for them; fill it in, or give the placeholder a fallback: {name|friend}",
    "no_zone": "nobody can tell their time zone; add a column for it, or state schedule.zone",
    "per_contact": "contacted as often as limits.per_contact allows",
    "suppressed": "on a do-not-contact list",
}


def clean(text: str) -> str:
    """Take out of a text what a terminal would obey; line breaks become spaces."""
    return _OBEYED.sub(" ", text)


def count(number: int, noun: str, plural: str = "") -> str:
    """Write ``1 request``, ``4,781 requests``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def tally(counts: Mapping[str, int]) -> str:
    """Write counts by reason, the greatest first: ``duplicate 4, suppressed 2``."""
    return ", ".join(f"{clean(word)} {number:,}" for word, number in greatest(counts))


def greatest(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Give counts by reason, the greatest first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def left_out(reason: str) -> str:
    """Write why a person is left out, with what it means: ``suppressed (on a do-not-contact list)``."""
    why = _WHY.get(reason.partition(":")[0])
    return f"{clean(reason)} ({why})" if why else clean(reason)


def moment(time: datetime, zone: tzinfo | None = None) -> str:
    """Write a time in a zone: ``2026-12-01 10:00 +05:45``; in its own zone when none is given."""
    there = time.astimezone(zone) if zone else time
    return f"{there:%Y-%m-%d %H:%M} {there.isoformat()[-6:]}"


def span(seconds: float) -> str:
    """Write a length of time: ``0:05``, ``12:40``, ``3:07:12``."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def short(number: int) -> str:
    """Write a count in at most five characters: ``9,999``, ``123k``, ``9.9M``."""
    if number < 10_000:
        return f"{number:,}"
    return f"{number // 1000}k" if number < 1_000_000 else f"{number // 100_000 / 10:.1f}M"
