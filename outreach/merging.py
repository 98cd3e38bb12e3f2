"""Put together what a vendor told at different times, in whatever order it came. Pure.

What is known only ever grows: statuses have ranks, the higher one stays; costs, seconds and texts grow likewise. So
``merge`` is commutative, associative and idempotent, and an answer that is late or comes twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from outreach.answers import Receipt
from outreach.model import Status

#: How much a status says about whether the person was reached; whoever was reached stays reached. A word of the
#: vendor that we have none for says more than that something is on its way, and less than any end that we know.
RANKS: Mapping[Status, int] = {
    Status.QUEUED: 1,
    Status.SENT: 2,
    Status.UNKNOWN: 3,
    Status.CANCELLED: 4,
    Status.FAILED: 5,
    Status.BUSY: 6,
    Status.NO_ANSWER: 7,
    Status.VOICEMAIL: 8,
    Status.DELIVERED: 9,
    Status.READ: 10,
    Status.ANSWERED: 11,
    Status.OPTED_OUT: 12,
}

#: From here on nothing more is waited for.
FINAL = frozenset(status for status, rank in RANKS.items() if rank >= RANKS[Status.CANCELLED])

K = TypeVar("K")
V = TypeVar("V")


def rank(receipt: Receipt) -> int:
    """Give the rank of a receipt's status; "nothing at all" is the lowest."""
    return 0 if receipt.status is Status.UNKNOWN and not receipt.word else RANKS[receipt.status]


def final(receipt: Receipt | None) -> bool:
    """Say whether nothing more is waited for."""
    return receipt is not None and receipt.status in FINAL


def merge(known: Receipt | None, told: Receipt) -> Receipt:
    """Add what was told to what is known."""
    if known is None:
        return told
    ahead = max(known, told, key=lambda one: (rank(one), one.word))
    return attrs.evolve(
        ahead,
        vendor_id=max(known.vendor_id, told.vendor_id),
        credits=_joined(known.credits, told.credits),
        duration=_more(known.duration, told.duration),
        answers=_joined(known.answers, told.answers),
        transcript=max(known.transcript, told.transcript, key=_length),
        playback=_more(known.playback, told.playback),
    )


def _joined(one: Mapping[K, V], other: Mapping[K, V]) -> dict[K, V]:
    both = {key: max(one[key], other[key], key=_length) for key in one if key in other}
    return {**one, **other, **both}


def _more(one: float | None, other: float | None) -> float | None:
    return max((each for each in (one, other) if each is not None), default=None)


def _length(value: Any) -> tuple[int, Any]:
    """Order texts by how much they say; numbers by their size."""
    return (len(value), value) if isinstance(value, str) else (0, value)
