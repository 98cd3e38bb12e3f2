"""What the calls of the Python API answer, and what they tell while they work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from outreach.model import State, Status
from outreach.planning.values import Rows

if TYPE_CHECKING:
    from outreach.planning.reading import Seen


class Phase(StrEnum):
    """What is being done."""

    READING = "reading"
    SENDING = "sending"
    FOLLOWING = "following"


@attrs.frozen(kw_only=True)
class Progress:
    """How far a call has come.

    Attributes:
        phase: What is being done.

        done: Rows read, deliveries that are done with, or (following) deliveries whose status is final.

        total: Of how many; None while unknown.

        share: The share of the work that is done, 0 to 1, where it is known though the total is not: of a file, the
            bytes that were read.

        accepted: Deliveries that the vendors took in this call.

        rejected: Deliveries that they refused in this call.

        unknown: Deliveries in this call whose outcome is not known.

        note: What is going on, in a sentence; may be empty.
    """

    phase: Phase
    done: int
    total: int | None = None
    share: float | None = None
    accepted: int = 0
    rejected: int = 0
    unknown: int = 0
    note: str = ""


def reading(seen: Seen) -> Progress:
    """Tell how far the contacts were read."""
    return Progress(phase=Phase.READING, done=seen.rows, share=seen.share)


#: Called often and from the event loop's thread: it must return at once and not raise.
Watch = Callable[[Progress], None]


@attrs.frozen(kw_only=True)
class Summary:
    """A campaign by numbers, from its journal.

    Attributes:
        campaign: Its name.

        round: Its round.

        plan: Digest of the latest plan.

        rows: What became of the rows at the latest plan.

        deliveries: All deliveries of the campaign by present state; every state has an entry.

        skipped: Skipped deliveries by reason.

        statuses: Deliveries by what became of the person.

        routes: Deliveries by (channel, provider) and state.

        reasons: Deliveries that were not accepted, by state and reason.

        waiting: Planned deliveries that are not due yet.

        next: When to run ``send`` again; None when nothing waits.

        running: Whether a send is at work right now.

        interrupted: Whether this call was stopped before its end.

        stopped: Whether another process asked for that (``stop``); ``interrupted`` is false then.

        exit_code: What the command line exits with.
    """

    campaign: str
    round: int
    plan: str
    rows: Rows
    deliveries: Mapping[State, int]
    skipped: Mapping[str, int]
    statuses: Mapping[Status, int] = attrs.field(factory=dict)
    routes: Mapping[tuple[str, str], Mapping[State, int]] = attrs.field(factory=dict)
    reasons: Mapping[tuple[State, str], int] = attrs.field(factory=dict)
    waiting: int = 0
    next: datetime | None = None
    running: bool = False
    interrupted: bool = False
    stopped: bool = False
    exit_code: int = 0
