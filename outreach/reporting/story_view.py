"""One person's story for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from rich.console import Group, RenderableType
from rich.text import Text

from outreach.explaining import Event, Going, Row, Story
from outreach.masking import masked
from outreach.reporting.grid import labelled
from outreach.reporting.words import clean, count, left_out, moment

Lines = Iterator[tuple[str, str]]


def story(one: Story, phone: str, zone: tzinfo | None) -> RenderableType:
    """Show where the person stands in the contacts, who said what of the number, and what was done."""
    return Group(
        Text(f"{phone} in {clean(one.campaign)}, round {one.round}", style="bold"),
        labelled(_contacts(one)),
        labelled(_suppressed(one, zone)),
        *(part for event in one.events for part in _event(event, zone)),
        labelled(_marks(one, zone)),
        *([] if one.events else [Text("The journal knows nothing of this number in this campaign.")]),
    )


def _contacts(one: Story) -> Lines:
    if one.problem:
        yield "contacts", f"cannot be read: {one.problem}"
    elif not one.rows:
        yield "contacts", "this number is in no row"
    for row in one.rows:
        yield "contacts", _row(row)
    for going in one.going:
        yield "a plan now", _going(going)


def _row(row: Row) -> str:
    where = f"row {row.row}" + (f" of {row.source}" if row.source else "") + (f", id {row.id}" if row.id else "")
    return f"{where}: {row.reason}: {row.detail}" if row.reason else where


def _going(going: Going) -> str:
    what = (
        "not this route (when)" if going.other else f"skipped: {left_out(going.reason)}" if going.reason else "planned"
    )
    return f"{going.channel} through {going.provider}: {what}"


def _suppressed(one: Story, zone: tzinfo | None) -> Lines:
    for entry in one.suppressed:
        what = "closed" if entry.closed else "opened again"
        why = f": {entry.reason}" if entry.reason else ""
        yield "our list", f"{moment(entry.at, zone)} {what} on {entry.channel or 'every channel'} by {entry.by}{why}"


def _event(one: Event, zone: tzinfo | None) -> Iterator[RenderableType]:
    route = f"{', '.join(one.channels)} through {clean(one.provider)}" if one.channels else "no delivery"
    yield Text("")
    yield Text(route, style="bold")
    yield labelled(_facts(one, zone))


def _facts(one: Event, zone: tzinfo | None) -> Lines:
    why = f": {masked(one.reason)}" if one.reason else ""
    finer = f" ({one.stage})" if one.stage and one.stage != one.state else ""
    yield "state", f"{one.state}{finer}{why}"
    if one.batch is not None:
        yield "at vendor", f"'{one.title}', batch {one.batch} of {count(one.together, 'person', 'people')}"
    for step, state, at in one.steps:
        yield step, f"{state} since {moment(at, zone)}"
    yield "requests", f"{one.attempts}{_since(one.intended_at, zone)}"
    if one.status is not None:
        word = f" (vendor's word: {one.word})" if one.word else ""
        number = f", vendor's id {one.vendor_id}" if one.vendor_id else ""
        yield "status", f"{one.status}{word}{number}"
    yield "written", moment(one.updated_at, zone)


def _since(at: datetime | None, zone: tzinfo | None) -> str:
    return f", the latest written down {moment(at, zone)}" if at else ""


def _marks(one: Story, zone: tzinfo | None) -> Lines:
    for mark in one.marks:
        why = f": {mark.reason}" if mark.reason else ""
        what = f"{'sent' if mark.sent else 'unsent'} on {', '.join(mark.channels)} by {mark.by}{why}"
        yield "marked", f"{moment(mark.at, zone)} {what}"
