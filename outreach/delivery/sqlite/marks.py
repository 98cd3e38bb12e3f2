"""What people said became of others, as functions of the connection; times in microseconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

import attrs

from outreach.delivery.journal import Mark, Stage, marked
from outreach.delivery.sqlite import packing, records, settling
from outreach.delivery.sqlite.queries import queries


def mark(  # keywords; what there is to say
    connection: sqlite3.Connection,
    *,
    slice_id: int,
    seq: int,
    indexes: Collection[int],
    sent: bool,
    by: str,
    reason: str,
    at: int,
) -> None:
    """Take a person's word; see ``Journal.mark``."""
    if not indexes:
        return
    record = records.get(connection, slice_id, seq)
    fate = (Stage.ACCEPTED if sent else Stage.PLANNED, marked(by, reason, sent=sent))
    here, *moved = settling.mark(record.batch, indexes, fate, packing.moment(at))
    records.write(connection, attrs.evolve(record, batch=here))
    for part in moved:
        records.add(connection, slice_id, part, record.channels)
    campaign, provider, channels = connection.execute(queries()["slice_whose"], {"slice": slice_id}).fetchone()
    on = records.chosen(records.names(channels), record.channels)
    of = {"campaign": campaign, "provider": provider, "channels": ",".join(on)}
    said = {"sent": sent, "by": by, "reason": reason, "at": at}
    phones = record.batch.people.phones
    rows = [{**of, **said, "phone": phones[index]} for index in sorted(set(indexes))]
    connection.executemany(queries()["mark_add"], rows)


def marks(connection: sqlite3.Connection, campaign: int) -> list[Mark]:
    """Read all of them; see ``Journal.marks``."""
    return [
        Mark(
            phone=phone,
            channels=records.names(channels),
            provider=provider,
            sent=bool(sent),
            by=by,
            reason=reason,
            at=packing.moment(at),
        )
        for phone, channels, provider, sent, by, reason, at in connection.execute(
            queries()["mark_list"], {"campaign": campaign}
        )
    ]
