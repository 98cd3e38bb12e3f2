"""The verbs of batches, as functions of the connection; times in microseconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import attrs

from outreach.answers import Receipt
from outreach.delivery.journal import ABOARD, BEGUN, STATE_OF, BatchRow, LoadOutcome, Stage
from outreach.delivery.sqlite import packing, records, settling
from outreach.delivery.sqlite.queries import queries
from outreach.errors import JournalError
from outreach.model import State

#: Whoever is in one of these is, or may be, in the vendor's campaign.
_AT_VENDOR = frozenset({Stage.LOADING, Stage.LOADED, Stage.LOAD_UNKNOWN})

#: Batches that are changed in one go.
_PAGE = 200


def batches(
    connection: sqlite3.Connection, slice_id: int, stages: Collection[Stage], *, after: int, limit: int, mixed: bool
) -> list[BatchRow]:
    """Read batches in these stages; see ``Journal.batches``."""
    of = {
        "slice": slice_id,
        "after": records.place(slice_id, after),
        "stages": packing.bits(stages),
        "mixed": mixed,
    }
    found: list[BatchRow] = []
    for row in connection.execute(queries()["batch_list"], of):
        if len(found) >= limit:
            break
        batch = records.read(row).batch
        if batch.stage in stages or any(stage in stages for stage, _ in batch.exceptions.values()):
            found.append(batch)
    return found


@attrs.frozen
class Intent:
    """A batch that is about to be sent; see ``Journal.intend_load``."""

    slice_id: int
    seq: int
    digest: str
    reaches: bool
    at: int

    def row(self) -> dict[str, object]:
        """Give it as the values of a query."""
        stage = packing.CODES[Stage.IN_FLIGHT if self.reaches else Stage.LOADING]
        key = records.place(self.slice_id, self.seq)
        return {"slice": self.slice_id, "id": key, "stage": stage, "digest": self.digest, "at": self.at}


@attrs.frozen
class End:
    """What became of a batch; see ``Journal.conclude_load``."""

    slice_id: int
    seq: int
    outcome: LoadOutcome
    at: int

    @property
    def key(self) -> int:
        """The id of the batch."""
        return records.place(self.slice_id, self.seq)

    def row(self, size: int = 1) -> dict[str, object]:
        """Give it as the values of a query; ``size`` counts where people have receipts of their own."""
        receipt, receipts = self.outcome.receipt, self.outcome.receipts
        return {
            "id": self.key,
            "stage": packing.CODES[self.outcome.stage],
            "reason": self.outcome.reason,
            "at": self.at,
            "tally": packing.tally(receipt, receipts, size),
            "vendor_id": receipt.vendor_id if receipt else None,
            "status": receipt.status if receipt else None,
            "word": receipt.word if receipt else None,
            "receipts": packing.pack_receipts(receipts),
            "told": packing.pack_told(receipt, receipts),
        }


def intend(connection: sqlite3.Connection, what: Intent) -> None:
    """Write down that a batch is about to be sent."""
    of = what.row()
    if connection.execute(queries()["batch_intend"], of).rowcount != 1:
        row = connection.execute(queries()["batch_stage"], of).fetchone()
        was = packing.STAGES[row[0]] if row else "unknown to the journal"
        why = f"its slice {what.slice_id} is closed" if was is Stage.PLANNED else f"it is {was}"
        msg = f"batch {what.seq} of slice {what.slice_id} must not be sent: {why}"
        raise JournalError(msg)
    connection.execute(queries()["slice_hold"], {"slice": what.slice_id, "reason": ""})


def intend_all(connection: sqlite3.Connection, what: Sequence[Intent]) -> bool:
    """Write down that batches are about to be sent; False where one of them must not be."""
    if connection.executemany(queries()["batch_intend"], [one.row() for one in what]).rowcount != len(what):
        return False
    for slice_id in {one.slice_id for one in what}:
        connection.execute(queries()["slice_hold"], {"slice": slice_id, "reason": ""})
    return True


def conclude(connection: sqlite3.Connection, what: End) -> None:
    """Write down what became of a batch."""
    outcome = what.outcome
    fates = {outcome.stage, *(stage for stage, _ in outcome.exceptions.values())}
    if fates & settling.NO_OUTCOME:
        no_outcome = ", ".join(sorted(fates & settling.NO_OUTCOME))
        msg = f"batch {what.seq} of slice {what.slice_id}: no outcome is {no_outcome}"
        raise JournalError(msg)
    if _conclude_alike(connection, [what]):
        return
    record = records.get(connection, what.slice_id, what.seq)
    here, *moved = settling.conclude(record.batch, outcome, packing.moment(what.at))
    records.write(connection, attrs.evolve(record, batch=here))
    for part in moved:
        records.add(connection, what.slice_id, part, record.channels)


def conclude_all(connection: sqlite3.Connection, what: Sequence[End]) -> bool:
    """Write down what became of batches; False where that is not as simple for one of them."""
    return not any(one.outcome.stage in settling.NO_OUTCOME for one in what) and _conclude_alike(connection, what)


def _conclude_alike(connection: sqlite3.Connection, what: Sequence[End]) -> bool:
    """Take the short way, which need not read the people; False where it is not open to all of these."""
    rows = []
    for one in what:
        size = _size(connection, one.key) if one.outcome.receipts else 1
        if one.outcome.exceptions or (one.outcome.receipts and not _replaces(one.outcome, size)):
            return False
        rows.append(one.row(size))
    if connection.executemany(queries()["batch_conclude"], rows).rowcount != len(rows):
        return False
    told = [row for row, one in zip(rows, what, strict=True) if one.outcome.receipt or one.outcome.receipts]
    if told:
        connection.executemany(queries()["receipts_put"], told)
    return True


def _size(connection: sqlite3.Connection, key: int) -> int:
    found = connection.execute(queries()["batch_length"], {"id": key}).fetchone()
    return int(found[0]) if found else 0


def _replaces(outcome: LoadOutcome, size: int) -> bool:
    """Find out whether the receipts of an outcome stand in place of all that was known, and are of people there."""
    known = min(outcome.receipts) >= 0 and max(outcome.receipts) < size
    return known and (outcome.receipt is not None or len(outcome.receipts) == size)


def note(connection: sqlite3.Connection, slice_id: int, seq: int, receipts: Mapping[int, Receipt], *, at: int) -> None:
    """Write down what became of people since; see ``Journal.note``."""
    record = records.get(connection, slice_id, seq)
    batch = settling.note(record.batch, receipts, packing.moment(at))
    records.write(connection, attrs.evolve(record, batch=batch))


def witness(
    connection: sqlite3.Connection, slice_id: int, seq: int, receipts: Mapping[int, Receipt], *, reason: str, at: int
) -> None:
    """Write down that people were reached; see ``Journal.witness``."""
    if not receipts:
        return
    record = records.get(connection, slice_id, seq)
    here, *moved = settling.witness(record.batch, receipts, reason, packing.moment(at))
    records.write(connection, attrs.evolve(record, batch=here))
    for part in moved:
        records.add(connection, slice_id, part, record.channels)
    before = settling.fates_of(record.batch)
    if any(before[index][0] in ABOARD for index in receipts):
        _begun(connection, slice_id, packing.moment(at))


def _begun(connection: sqlite3.Connection, slice_id: int, at: datetime) -> None:
    """Keep a campaign that reached somebody from being launched."""
    connection.execute(queries()["slice_close"], {"slice": slice_id, "closed": True})
    while found := batches(connection, slice_id, ABOARD, after=-1, limit=_PAGE, mixed=True):
        for batch in found:
            record = records.get(connection, slice_id, batch.seq)
            now, _ = settling.turn(record.batch, ABOARD, (Stage.UNKNOWN, BEGUN), at)
            records.write(connection, attrs.evolve(record, batch=now))


def cancel(connection: sqlite3.Connection, slice_id: int, *, stages: Collection[Stage], reason: str, at: int) -> int:
    """Give up everybody in these stages; see ``Journal.cancel``."""
    begun = [stage for stage in stages if STATE_OF[stage] is not State.PLANNED]
    if begun:
        msg = f"people who are {', '.join(begun)} cannot be given up: they were, or may have been, contacted"
        raise JournalError(msg)
    of = {"slice": slice_id, "reason": reason, "at": at}
    at_vendor = _give_up(connection, of, _AT_VENDOR & frozenset(stages), packing.moment(at))
    if at_vendor:
        connection.execute(queries()["slice_close"], {"slice": slice_id, "closed": True})
    return at_vendor + _give_up(connection, of, frozenset(stages) - _AT_VENDOR, packing.moment(at))


def _give_up(connection: sqlite3.Connection, of: Mapping[str, object], stages: Collection[Stage], at: datetime) -> int:
    if not stages:
        return 0
    values = {**of, "stages": packing.bits(stages)}
    (count,) = connection.execute(queries()["batch_size"], values).fetchone()
    connection.execute(queries()["batch_cancel"], values)
    for key, *_ in connection.execute(queries()["batch_mixed"], values).fetchall():
        record = records.get(connection, *records.parts(key))
        batch, more = settling.cancel(record.batch, stages, str(of["reason"]), at)
        if more:
            records.write(connection, attrs.evolve(record, batch=batch))
        count += more
    return int(count)


def leave_out(
    connection: sqlite3.Connection, slice_id: int, seq: int, indexes: Collection[int], *, reason: str, at: int
) -> None:
    """Take people out of a batch; see ``Journal.leave_out``."""
    record = records.get(connection, slice_id, seq)
    here, gone = settling.leave_out(record.batch, indexes)
    if not len(gone.people):
        return
    if len(here.people):
        records.write(connection, attrs.evolve(record, batch=here))
    else:
        connection.execute(queries()["batch_drop"], {"id": record.id})
    campaign, provider, channels = connection.execute(queries()["slice_whose"], {"slice": slice_id}).fetchone()
    for channel in records.chosen(records.names(channels), record.channels):
        values = {"campaign": campaign, "channel": channel, "provider": provider, "reason": reason, "updated_at": at}
        connection.execute(queries()["skipped_append"], {**values, **records.columns(gone.people)})


def hold(connection: sqlite3.Connection, slice_id: int, *, reason: str, at: int) -> None:
    """Write why a slice and its batches stand still; see ``Journal.hold``."""
    of = {"slice": slice_id, "reason": reason, "at": at}
    connection.execute(queries()["slice_hold"], of)
    connection.execute(queries()["batch_hold"], of)
