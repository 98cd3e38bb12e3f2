"""A campaign by numbers, for people to read, with what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from rich.console import Group, RenderableType
from rich.text import Text

from outreach.model import State
from outreach.reporting.grid import columns, labelled
from outreach.reporting.plan_view import section
from outreach.reporting.words import clean, count, left_out, moment, tally
from outreach.results import Summary

#: Headings of the closing table, and the states that each of them adds up.
FIGURES: Mapping[str, tuple[State, ...]] = {
    "planned": tuple(State),
    "accepted": (State.ACCEPTED,),
    "rejected": (State.REJECTED,),
    "unknown": (State.UNKNOWN, State.IN_FLIGHT),
    "skipped": (State.SKIPPED,),
    "not attempted": (State.PLANNED, State.CANCELLED),
}


def figures(states: Mapping[State, int]) -> dict[str, int]:
    """Add up states under the headings of the closing table: planned is the sum of all the others."""
    return {name: sum(states.get(state, 0) for state in among) for name, among in FIGURES.items()}


def closing(summary: Summary) -> RenderableType:
    """Show per route what became of everybody, and why not of some."""
    return Group(
        Text(f"{clean(summary.campaign)}, round {summary.round}", style="bold"),
        columns(("channel", "through", *(name.replace(" ", "\n") for name in FIGURES)), _routes(summary), numbers=2),
        *_why(summary),
    )


def _routes(summary: Summary) -> Iterator[tuple[str, ...]]:
    for (channel, provider), states in summary.routes.items():
        yield (str(channel), provider, *(f"{number:,}" for number in figures(states).values()))
    if len(summary.routes) != 1:
        yield ("all", "", *(f"{number:,}" for number in figures(summary.deliveries).values()))


def _why(summary: Summary) -> Iterator[RenderableType]:
    lines = [
        (heading(state), f"{number:,}  {reason or 'no reason given'}")
        for (state, reason), number in summary.reasons.items()
        if state is not State.SKIPPED
    ]
    lines += [("skipped", f"{number:,}  {left_out(reason)}") for reason, number in summary.skipped.items()]
    if summary.rows.skipped:
        lines.append(
            ("no contact", f"{count(sum(summary.rows.skipped.values()), 'row')}: {tally(summary.rows.skipped)}")
        )
    if lines:
        yield Text("")
        yield labelled(lines, indent=0)


def heading(state: State) -> str:
    """Give the heading under which the closing table counts a state."""
    return next(name for name, among in FIGURES.items() if name != "planned" and state in among)


def statuses(summary: Summary) -> Iterator[RenderableType]:
    """Show what became of the people, as far as the vendors said."""
    told = {status.value: number for status, number in summary.statuses.items() if number}
    if told:
        yield Text("")
        yield Text(f"people: {tally(told)}")


def next_commands(summary: Summary) -> Iterator[str]:
    """Name the commands that have anything to do; while a send is at work only for what waits."""
    if figures(summary.deliveries)["unknown"] and not summary.running:
        yield "settle"
    if summary.waiting or (summary.deliveries.get(State.PLANNED, 0) and not summary.running):
        yield "send"


def next_steps(summary: Summary, zone: tzinfo | None) -> Iterator[RenderableType]:
    """Say what is left to do."""
    unknown = figures(summary.deliveries)["unknown"]
    left = summary.deliveries.get(State.PLANNED, 0)
    due = f" from {moment(summary.next, zone)} on" if summary.next else ""
    lines = []
    if unknown and not summary.running:
        lines.append(
            f"{count(unknown, 'person', 'people')} may have been reached: the answer was lost, so they are not "
            "contacted again. 'outreach settle' asks the vendor once more where that is possible; otherwise look them "
            "up in the vendor's dashboard (the report lists them) and say what you found with --mark."
        )
    if summary.deliveries.get(State.REJECTED, 0):
        lines.append("Rejected people were not contacted; the report says why for each of them.")
    if summary.waiting:
        lines.append(f"{count(summary.waiting, 'delivery', 'deliveries')} wait: run send again{due}.")
    elif left and not summary.running:
        lines.append(f"{count(left, 'delivery', 'deliveries')} left to send: run send again to go on.")
    yield from section("Next", lines)
