"""CSV that a spreadsheet can be trusted with."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.journal import DeliveryRow
from outreach.model import State
from outreach.reporting.sheet import COLUMNS, FORMULA, delivery_cells, guard, phone_cell, table


def row(**more: str) -> DeliveryRow:
    """Give a delivery with these texts."""
    given: dict[str, Any] = {
        "contact_id": "1",
        "phone": "+9779610003731",
        "provider": "tingting",
        "reason": "",
        "vendor_id": "",
        **more,
    }
    at = datetime(2026, 12, 1, tzinfo=UTC)
    return DeliveryRow(
        **given, channel="voice", state=State.REJECTED, status=None, word="", attempts=0, updated_at=at, row=1
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM", "\tx", "\rx", "\nx", "\uff1d1", "\0=1"])
def test_a_formula_becomes_text(text: str) -> None:
    """What a spreadsheet would run gets an apostrophe in front."""
    assert guard(text).startswith("'")


@pytest.mark.parametrize("text", ["", "HH-1001", "a=b", "नमस्कार", " =1"])
def test_other_text_is_left_alone(text: str) -> None:
    """Text that is no formula stays as it is."""
    assert guard(text) == text


@pytest.mark.parametrize(
    ("phone", "cell"),
    [
        ("+9779610003731", "+9779610003731"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("+977961000373112345", "'+977961000373112345"),
        ("=9880012345", "'=9880012345"),
        ("+९७७९६१", "'+९७७९६१"),
        ("9880012345", "9880012345"),
    ],
)
def test_numbers_stay_usable(phone: str, cell: str) -> None:
    """An E.164 number is written as it is; what a row without a number held is guarded like any text."""
    assert phone_cell(phone) == cell


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_no_cell_of_a_report_is_a_formula(contact_id: str, phone: str, provider: str, reason: str, vendor: str) -> None:
    """Whatever a contact list or a vendor holds, read back from the CSV no cell begins like a formula."""
    file = io.StringIO(newline="")
    one = row(contact_id=contact_id, phone=phone, provider=provider, reason=reason, vendor_id=vendor)

    table(file, COLUMNS)(delivery_cells(one))

    _, cells = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert len(cells) == len(COLUMNS)
    assert not any(cell.startswith(FORMULA) for index, cell in enumerate(cells) if index != COLUMNS.index("phone"))
    assert cells[1] == phone_cell(phone)
