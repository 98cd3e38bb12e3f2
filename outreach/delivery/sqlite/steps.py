"""The verbs of ``open`` and ``launch``, as functions of the connection; times in microseconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import attrs
import orjson

from outreach.delivery.journal import Slice, Stage, Step, StepRow, StepState
from outreach.delivery.sqlite import packing, records
from outreach.delivery.sqlite.queries import queries
from outreach.errors import JournalError

#: From these a request may be begun again. What reaches people must be proved not to have happened.
_AGAIN_REACHING = frozenset({StepState.UNSENT})
_AGAIN = frozenset({StepState.UNSENT, StepState.REJECTED, StepState.UNKNOWN})

#: What becomes of the batches in flight with a request that reaches everybody.
_STAGE_AFTER: Mapping[StepState, Stage] = {
    StepState.ACCEPTED: Stage.ACCEPTED,
    StepState.REJECTED: Stage.REJECTED,
    StepState.UNKNOWN: Stage.UNKNOWN,
    StepState.UNSENT: Stage.LOADED,
}
_UNSETTLED_LOADS = frozenset({Stage.LOADING, Stage.LOAD_UNKNOWN})


@attrs.frozen
class Which:
    """One request of ``open`` or ``launch``; says so in errors."""

    slice_id: int
    step: Step
    position: int

    def __str__(self) -> str:
        return f"request {self.position} of {self.step} of slice {self.slice_id}"

    def values(self) -> dict[str, Any]:
        """Give what the queries call it."""
        return {"slice": self.slice_id, "step": self.step, "position": self.position}


def slices(connection: sqlite3.Connection, campaign: int) -> list[Slice]:
    """Read every slice of a campaign."""
    rows = connection.execute(queries()["slice_list"], {"campaign": campaign})
    return [_slice(row) for row in rows]


def _slice(row: tuple[Any, ...]) -> Slice:
    key, provider, channels, zone, fingerprint, title, marker, closed, refs, start, reason, _ = row
    return Slice(
        id=key,
        provider=provider,
        channels=records.names(channels),
        zone=zone,
        fingerprint=fingerprint,
        title=title,
        marker=marker,
        closed=bool(closed),
        refs=orjson.loads(refs),
        start=None if start is None else packing.moment(start),
        reason=reason,
    )


def steps(connection: sqlite3.Connection, slice_id: int) -> list[StepRow]:
    """Read the requests that were ever begun."""
    rows = connection.execute(queries()["step_list"], {"slice": slice_id})
    return [
        StepRow(
            step=Step(step),
            position=position,
            state=StepState(state),
            reason=reason,
            intended_at=packing.moment(intended_at),
            updated_at=packing.moment(updated_at),
        )
        for step, position, state, reason, intended_at, updated_at in rows
    ]


def intend(connection: sqlite3.Connection, which: Which, *, digest: str, reaches: bool, at: int) -> None:
    """Write down that a request is about to be sent; see ``Journal.intend_step``."""
    closed = _slice_row(connection, which.slice_id)[1]
    known = connection.execute(queries()["step_get"], which.values()).fetchone()
    if known and StepState(known[0]) not in (_AGAIN_REACHING if reaches or known[1] else _AGAIN):
        msg = f"{which} is {known[0]}: it must not be sent again"
        raise JournalError(msg)
    connection.execute(queries()["step_intend"], {**which.values(), "digest": digest, "reaches": reaches, "at": at})
    connection.execute(queries()["slice_hold"], {"slice": which.slice_id, "reason": ""})
    if reaches:
        _launch(connection, which.slice_id, closed=bool(closed), at=at)


def _launch(connection: sqlite3.Connection, slice_id: int, *, closed: bool, at: int) -> None:
    if closed:
        msg = f"slice {slice_id} is closed: its launch was begun, or people in it were given up"
        raise JournalError(msg)
    if _anybody(connection, slice_id):
        msg = f"slice {slice_id} holds people of whom nobody knows whether they are loaded: settle them first"
        raise JournalError(msg)
    connection.execute(queries()["slice_close"], {"slice": slice_id, "closed": True})
    connection.execute(queries()["batch_launch"], {"slice": slice_id, "at": at})


def _anybody(connection: sqlite3.Connection, slice_id: int) -> bool:
    """Find out whether the load of anybody is unsettled."""
    of = {"slice": slice_id, "stages": packing.bits(_UNSETTLED_LOADS)}
    if connection.execute(queries()["batch_any"], of).fetchone():
        return True
    mixed = connection.execute(queries()["batch_mixed"], of)
    fates = (fate for _, _, packed in mixed for fate in packing.unpack_exceptions(packed).values())
    return any(stage in _UNSETTLED_LOADS for stage, _ in fates)


def conclude(
    connection: sqlite3.Connection,
    which: Which,
    state: StepState,
    *,
    at: int,
    reason: str,
    refs: Mapping[str, str],
    start: int | None,
) -> None:
    """Write down what became of it; see ``Journal.conclude_step``."""
    of = {**which.values(), "state": state, "reason": reason, "at": at}
    known = connection.execute(queries()["step_get"], of).fetchone()
    changed = connection.execute(queries()["step_conclude"], of).rowcount
    if changed != 1 or state is StepState.IN_FLIGHT:
        was = known[0] if known else "not begun"
        msg = f"{which} is {was}: it cannot become {state}"
        raise JournalError(msg)
    if refs or start is not None:
        _supply(connection, which.slice_id, refs, start)
    if known[1]:
        _launched(connection, which.slice_id, state, reason, at)


def _supply(connection: sqlite3.Connection, slice_id: int, refs: Mapping[str, str], start: int | None) -> None:
    supplied = orjson.loads(_slice_row(connection, slice_id)[0]) | dict(refs)
    values = {"slice": slice_id, "refs": orjson.dumps(supplied), "start": start}
    connection.execute(queries()["slice_supply"], values)


def _launched(connection: sqlite3.Connection, slice_id: int, state: StepState, reason: str, at: int) -> None:
    stage = packing.CODES[_STAGE_AFTER[state]]
    connection.execute(queries()["batch_launched"], {"slice": slice_id, "stage": stage, "reason": reason, "at": at})
    if state is StepState.UNSENT:
        connection.execute(queries()["slice_close"], {"slice": slice_id, "closed": False})


def _slice_row(connection: sqlite3.Connection, slice_id: int) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(queries()["slice_refs"], {"slice": slice_id}).fetchone()
    if row is None:
        msg = f"the journal has no slice {slice_id}"
        raise JournalError(msg)
    return row
