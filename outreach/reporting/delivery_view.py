"""The first deliveries of a report as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import RenderableType

from outreach.delivery.journal import DeliveryRow
from outreach.model import State
from outreach.reporting.grid import columns


def deliveries(rows: Sequence[DeliveryRow], phone: Callable[[str], str]) -> RenderableType:
    """Show deliveries, with each number written by ``phone``."""
    return columns(("id", "phone", "route", "state", "reason"), [_cells(row, phone(row.phone)) for row in rows])


def _cells(row: DeliveryRow, phone: str) -> tuple[str, ...]:
    route = f"{row.channel} {row.provider}".strip() or "-"
    status = row.status.value if row.status and row.state is not State.PLANNED else ""
    state = f"{row.state.value} {status}".strip()
    return (row.contact_id, phone, route, state, row.reason)
