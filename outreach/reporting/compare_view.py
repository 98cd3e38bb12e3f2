"""The switch report for people to read."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from outreach.planning.compare import Change, Comparison, Fate
from outreach.reporting.grid import columns, labelled
from outreach.reporting.plan_view import VERDICTS
from outreach.reporting.words import clean, count, tally


def switch(one: Comparison) -> RenderableType:
    """Show what becomes of every field, who can no longer be reached, and the figures on both sides."""
    return Group(
        Text(f"from {clean(', '.join(one.sources))} to {clean(one.target)}", style="bold"),
        *_fields(one),
        Text(""),
        columns(("", "now", "then"), _figures(one), numbers=1),
        *_people(one),
    )


def _fields(one: Comparison) -> Iterator[RenderableType]:
    for channel, carried_as in dict.fromkeys((change.channel, change.carried_as) for change in one.changes):
        yield Text("")
        heading = channel.value if carried_as is channel else f"{channel.value}, which becomes {carried_as.value}"
        yield Text(heading, style="bold")
        yield labelled(_lines([change for change in one.changes if change.channel is channel]))


def _lines(changes: list[Change]) -> Iterator[tuple[str, str]]:
    """Give the worst news first; fields of which the same is to be said share a line."""
    for fate in reversed(Fate):
        said: dict[str, list[str]] = {}
        for change in changes:
            if change.fate is fate:
                said.setdefault(_detail(change), []).append(_field(change))
        lines = [f"{', '.join(fields)}{detail}" for detail, fields in said.items()]
        yield from zip([fate.value, *[""] * len(lines)], lines, strict=False)


def _field(change: Change) -> str:
    if change.was is change.becomes:
        return change.field
    return f"{change.field} (was {VERDICTS[change.was]})" if change.was else f"{change.field} (new)"


def _detail(change: Change) -> str:
    consent = f"; to agree, write  accept: [{change.code}]" if change.code else ""
    return f": {change.detail}{consent}" if change.detail else consent


def _figures(one: Comparison) -> Iterator[tuple[str, ...]]:
    for name in ("planned", "requests", "segments"):
        now, then = getattr(one, name)
        yield ("deliveries" if name == "planned" else name, f"{now:,}", f"{then:,}")


def _people(one: Comparison) -> Iterator[RenderableType]:
    if one.unreachable:
        number = count(sum(one.unreachable.values()), "delivery", "deliveries")
        yield Text("")
        yield Text(f"{number} could not be made through {clean(one.target)}: {tally(one.unreachable)}")
