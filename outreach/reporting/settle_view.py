"""What was found out about unknown deliveries, for people to read."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from outreach.delivery.journal import StepState
from outreach.model import State
from outreach.reporting.grid import labelled
from outreach.reporting.words import clean, count
from outreach.settling import SettledSlice, Settlement

#: What each state means for whoever was unknown before.
MEANING = {
    State.ACCEPTED: "the vendor took it",
    State.REJECTED: "the vendor did not take it",
    State.PLANNED: "not contacted so far; send goes on with it",
    State.UNKNOWN: "nobody can tell",
}


def settlement(one: Settlement) -> RenderableType:
    """Show per campaign at a vendor what was found, and what is left."""
    if not one.slices:
        return Text("Nothing was unknown." if not one.unknown else _left(one))
    return Group(*(part for each in one.slices for part in _slice(each)), Text(""), Text(_left(one)))


def _slice(one: SettledSlice) -> Iterator[RenderableType]:
    yield Text(f"'{clean(one.title)}' through {clean(one.provider)}", style="bold")
    lines = [(str(state), f"{number:,}  {MEANING.get(state, '')}") for state, number in one.found.items()]
    if one.opening:
        made = {StepState.ACCEPTED: "it was made", StepState.UNSENT: "it was not made; send makes it"}
        lines.append(("campaign", made.get(one.opening, "nobody can tell whether it was made")))
    if one.reason:
        lines.append(("stands still", one.reason))
    yield labelled(lines)


def _left(one: Settlement) -> str:
    if not one.unknown + one.unsettled:
        return "Nothing is unknown any more."
    people = f"{count(one.unknown, 'delivery', 'deliveries')} unknown" if one.unknown else ""
    waiting = f"{count(one.unsettled, 'campaign')} kept waiting by a lost answer" if one.unsettled else ""
    return f"Left: {', '.join(filter(None, (people, waiting)))}."
