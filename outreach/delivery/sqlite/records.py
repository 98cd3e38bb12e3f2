"""Batches as rows of the file, and back."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import Any

import attrs

from outreach.answers import Receipt
from outreach.delivery.journal import BatchRow, People
from outreach.delivery.sqlite import packing
from outreach.delivery.sqlite.queries import queries
from outreach.errors import JournalError
from outreach.model import Channel, Status

SEQ_BITS = 32


@attrs.frozen
class Record:
    """A batch and which channels of its slice it is on: bit i is channel i; None means all of them."""

    id: int
    channels: int | None
    batch: BatchRow


def place(slice_id: int, seq: int) -> int:
    """Give the id of a batch."""
    return (slice_id << SEQ_BITS) + seq


def parts(key: int) -> tuple[int, int]:
    """Give slice and seq of a batch by its id."""
    return key >> SEQ_BITS, key & ((1 << SEQ_BITS) - 1)


def mask_of(channels: int | None, count: int) -> int:
    """Write "all of them" as bits."""
    return (1 << count) - 1 if channels is None else channels


@cache
def names(channels: str) -> tuple[Channel, ...]:
    """Read the channels of a slice."""
    return tuple(map(Channel, channels.split(",")))


def chosen(channels: tuple[Channel, ...], mask: int | None) -> tuple[Channel, ...]:
    """Give the channels of a slice that a batch is on."""
    return channels if mask is None else tuple(each for bit, each in enumerate(channels) if mask >> bit & 1)


def read(row: tuple[Any, ...]) -> Record:
    """Read the columns that every query for whole batches gives."""
    key, size, stage, reason, exceptions, vendor_id, status, word, attempts, intended, updated, channels = row[:12]
    phones, ids, rows, earlier, receipts, more = row[12:]
    told = packing.unpack_told(more)
    slice_id, seq = parts(key)
    tried, refused = packing.unpack_earlier(earlier)
    batch = BatchRow(
        slice_id=slice_id,
        seq=seq,
        people=packing.unpack_people(size, phones, ids, rows),
        stage=packing.STAGES[stage],
        reason=reason,
        exceptions=packing.unpack_exceptions(exceptions),
        receipt=None
        if status is None
        else Receipt(vendor_id=vendor_id, status=Status(status), word=word, **told.get(packing.EVERYBODY, {})),
        receipts=packing.unpack_receipts(receipts, told),
        attempts=attempts,
        intended_at=None if intended is None else packing.moment(intended),
        updated_at=packing.moment(updated),
        earlier=tried,
        refused=refused,
    )
    return Record(key, channels, batch)


def get(connection: sqlite3.Connection, slice_id: int, seq: int) -> Record:
    """Read one batch.

    Raises:
        JournalError: There is none.
    """
    row = connection.execute(queries()["batch_get"], {"id": place(slice_id, seq)}).fetchone()
    if row is None:
        msg = f"the journal has no batch {seq} of slice {slice_id}"
        raise JournalError(msg)
    return read(row)


def write(connection: sqlite3.Connection, record: Record) -> None:
    """Put a batch in place of what it was."""
    values = _values(record)
    connection.execute(queries()["batch_write"], values)
    connection.execute(queries()["people_write"], values)


def add(connection: sqlite3.Connection, slice_id: int, batch: BatchRow, channels: int | None = None) -> None:
    """Put a batch behind the others of its slice."""
    (seq,) = connection.execute(queries()["slice_next"], {"slice": slice_id}).fetchone()
    connection.execute(queries()["slice_grow"], {"slice": slice_id, "next_seq": seq + 1})
    insert(connection, _values(Record(place(slice_id, seq), channels, batch)))


def insert(connection: sqlite3.Connection, values: dict[str, Any]) -> None:
    """Write a new batch and its people."""
    connection.execute(queries()["batch_add"], values)
    connection.execute(queries()["people_add"], values)


def columns(people: People) -> dict[str, Any]:
    """Give people as the columns of a row."""
    return {
        "size": len(people),
        "phones": packing.pack_phones(people.phones),
        "ids": packing.pack_ids(people.ids),
        "row_numbers": packing.pack_rows(people.rows),
    }


def _values(record: Record) -> dict[str, Any]:
    batch, receipt = record.batch, record.batch.receipt
    return {
        "id": record.id,
        **columns(batch.people),
        "stage": packing.CODES[batch.stage],
        "tally": packing.tally(receipt, batch.receipts, len(batch.people)),
        "attempts": batch.attempts,
        "intended_at": None if batch.intended_at is None else packing.micros(batch.intended_at),
        "updated_at": packing.micros(batch.updated_at),
        "channels": record.channels,
        "reason": batch.reason,
        "vendor_id": receipt.vendor_id if receipt else None,
        "status": receipt.status if receipt else None,
        "word": receipt.word if receipt else None,
        "exceptions": packing.pack_exceptions(batch.exceptions),
        "earlier": packing.pack_earlier(batch.earlier, batch.refused),
        "receipts": packing.pack_receipts(batch.receipts),
        "told": packing.pack_told(receipt, batch.receipts),
    }
