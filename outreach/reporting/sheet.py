"""Reports as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from typing import TextIO

import orjson

from outreach.contacts.values import Dropped
from outreach.delivery.journal import DeliveryRow

#: The columns of ``report --csv``.
COLUMNS = (
    "contact_id",
    "phone",
    "channel",
    "provider",
    "state",
    "status",
    "reason",
    "vendor_id",
    "attempts",
    "updated_at",
)

#: The further columns of ``report --csv --details``.
DETAILS = ("credits", "duration", "playback", "answers", "transcript")

#: The columns of ``--rejects``.
REJECTS = ("source", "row", "line", "reason", "detail", "phone", "id")

#: A spreadsheet reads a cell that begins like this as a formula. The last four are the full-width forms.
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")

#: A number as we write it. A spreadsheet can make nothing but a number of it, so it needs no guard.
_E164 = re.compile(r"\+[0-9]{4,15}")


def guard(text: str) -> str:
    """Put ``'`` before a text that a spreadsheet would take for a formula; line breaks become spaces."""
    text = text.replace("\0", "")
    guarded = f"'{text}" if text.startswith(FORMULA) else text
    return guarded.replace("\r", " ").replace("\n", " ")


def phone_cell(phone: str) -> str:
    """Write a number as it is; what a row without a valid number held is guarded like any text."""
    return phone if _E164.fullmatch(phone) else guard(phone)


def delivery_cells(row: DeliveryRow, phone: Callable[[str], str] = phone_cell) -> tuple[object, ...]:
    """Give the cells of one delivery, in the order of ``COLUMNS``."""
    return (
        guard(row.contact_id),
        phone(row.phone),
        row.channel,
        guard(row.provider),
        row.state.value,
        row.status.value if row.status else "",
        guard(row.reason),
        guard(row.vendor_id),
        row.attempts,
        row.updated_at.isoformat(timespec="seconds"),
    )


def detail_cells(row: DeliveryRow) -> tuple[object, ...]:
    """Give the cells of what a vendor told beside the status, in the order of ``DETAILS``; answers as JSON."""
    figures = (row.credits, row.duration, row.playback)
    answers = orjson.dumps(dict(row.answers)).decode() if row.answers else ""
    return (*("" if one is None else one for one in figures), guard(answers), guard(row.transcript))


def reject_cells(row: Dropped) -> tuple[object, ...]:
    """Give the cells of one row that was left out, in the order of ``REJECTS``."""
    return (
        guard(row.source),
        row.row,
        row.line or "",
        row.reason,
        guard(row.detail),
        phone_cell(row.phone),
        guard(row.id),
    )


def table(file: TextIO, columns: Iterable[str]) -> Callable[[Iterable[object]], object]:
    """Write the header of a CSV table; gives what writes a row."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    return writer.writerow
