"""The verbs of single calls, as functions of the connection; times in microseconds."""

from __future__ import annotations

import sqlite3

from outreach.delivery.journal import CallRow, StepState
from outreach.delivery.sqlite import packing
from outreach.delivery.sqlite.queries import queries
from outreach.errors import JournalError


def intend(connection: sqlite3.Connection, *, provider: str, endpoint: str, digest: str, at: int) -> int:
    """Write down that a request is about to be sent; give its id."""
    values = {"provider": provider, "endpoint": endpoint, "digest": digest, "at": at}
    return connection.execute(queries()["call_intend"], values).lastrowid or 0


def conclude(connection: sqlite3.Connection, *, call_id: int, state: StepState, reason: str, at: int) -> None:
    """Write down what became of it; see ``CallJournal.conclude_call``."""
    values = {"id": call_id, "state": state, "reason": reason, "at": at}
    changed = connection.execute(queries()["call_conclude"], values).rowcount
    if changed != 1 or state is StepState.IN_FLIGHT:
        msg = f"call {call_id} is not in flight: it cannot become {state}"
        raise JournalError(msg)


def listed(connection: sqlite3.Connection) -> list[CallRow]:
    """Read every call."""
    return [
        CallRow(
            id=key,
            provider=provider,
            endpoint=endpoint,
            digest=digest,
            state=StepState(state),
            reason=reason,
            intended_at=packing.moment(intended_at),
        )
        for key, provider, endpoint, digest, state, reason, intended_at in connection.execute(queries()["call_list"])
    ]
