"""Numbers and names at which TingTing's stand-in misbehaves, so that every outcome can be rehearsed.

Numbers count by their last four digits, names of campaigns by a word that they hold. All of this is the stand-in's
own; the vendor has nothing like it. docs/providers/tingting.md shows the same tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

#: Last word about a person; everybody else ends as ``completed``.
FINAL_WORD: Mapping[str, str] = {
    "9901": "unanswered",
    "9902": "hungup",
    "9903": "failed",
    "9904": "terminated",
    "9905": "ringing",
    "9906": "number changed",
}


class Number(StrEnum):
    """Last four digits of a number that troubles add-contact or the list of contacts."""

    #: Left out, and counted as skipped.
    SKIPPED = "9990"
    #: Left out, and named under ``errors``.
    REFUSED = "9991"
    #: Added, but the answer names another number, as the vendor's own sample does.
    MISNAMED = "9992"
    #: Listed as a whole number with 977 before it.
    PREFIXED = "9993"
    #: The first request that holds it is answered 500 and adds nobody.
    NOT_DONE = "9997"
    #: The first request that holds it is answered 500, although it added everybody.
    ANSWER_LOST = "9998"
    #: The first request that holds it is answered 429, with ``Retry-After: 1``.
    LIMITED = "9999"


class Name(StrEnum):
    """A word in the name of a campaign that troubles create or run."""

    #: Made, but answered 500.
    CREATE_LOST = "sandbox-create-lost"
    #: Run, but answered 500.
    RUN_LOST = "sandbox-run-lost"
    #: Run, but answered 404, as a client in the field saw.
    RUN_NOT_FOUND = "sandbox-run-not-found"
    #: Not run, and answered 500.
    RUN_STUCK = "sandbox-run-stuck"
    #: Not run, for want of credits (the vendor does not say with which status): 400.
    NO_CREDIT = "sandbox-no-credit"


#: A token that is refused with 401; every other one is accepted.
EXPIRED_TOKEN = "expired"  # noqa: S105  # a word that stands for a bad token, no credential


def ending(number: str) -> str:
    """Give the part of a number that decides."""
    return number[-4:]
