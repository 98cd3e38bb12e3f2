"""A plan for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from rich.console import Group, RenderableType
from rich.text import Text

from outreach.negotiation import Finding, Verdict
from outreach.planning.values import Fallback, Plan, RoutePlan
from outreach.reporting.grid import labelled
from outreach.reporting.words import clean, count, greatest, left_out, moment, tally

#: What people call the verdicts.
VERDICTS = {
    Verdict.NATIVE: "kept",
    Verdict.EMULATED: "imitated",
    Verdict.DEGRADED: "weakened",
    Verdict.REFUSED: "refused",
}


def full(plan: Plan, zone: tzinfo | None) -> RenderableType:
    """Show a plan: rows, each route with its findings, rows that were left out, notes and refusals."""
    return Group(
        *_head(plan),
        *(part for route in plan.routes for part in _route(route, _title(route, plan), zone)),
        *section("Rows left out", tuple(map(str, plan.problems)), _left_out(plan)),
        *section("Notes", plan.notes),
        *section("Refused: this must not go out as it is", plan.refusals),
    )


def brief(plan: Plan, zone: tzinfo | None) -> RenderableType:
    """Show a plan in a line or two per route: what a person needs to say yes or no."""
    return Group(
        *_head(plan),
        *(Text(f"{_title(route, plan)}; {_due(route, zone)}") for route in plan.routes),
        *_weakened(plan.routes),
        *section("Notes", plan.notes),
    )


def section(title: str, lines: Sequence[str], more: str = "") -> Iterator[RenderableType]:
    """Give a heading and a list under it; nothing when the list is empty."""
    if not lines:
        return
    yield Text("")
    yield Text(title, style="bold")
    yield labelled((("-", line) for line in lines), indent=1, width=1)
    if more:
        yield Text(f"   {more}")


def _head(plan: Plan) -> Iterator[RenderableType]:
    yield Text(f"{clean(plan.campaign)}, round {plan.round}", style="bold")
    rows = plan.rows
    out = sum(rows.skipped.values())
    left = f", {out:,} left out: {tally(rows.skipped)}" if out else ""
    yield labelled(
        (("contacts", f"{count(rows.read, 'row')} read, {rows.used:,} used{left}"), ("plan", plan.digest)), indent=1
    )


def _left_out(plan: Plan) -> str:
    more = sum(plan.rows.skipped.values()) - len(plan.problems)
    return f"and {more:,} more; --rejects FILE writes them all" if more > 0 else ""


def _title(route: RoutePlan, plan: Plan) -> str:
    deliveries = count(route.planned, "delivery", "deliveries")
    segments = f", {count(route.segments, 'segment')}" if route.segments else ""
    others = "".join(f", then {clean(one.provider)}" for one in route.fallbacks)
    return f"{route.channel.value} through {clean(route.provider)}{others}: {deliveries}{_by(route, plan)}{segments}"


def _by(route: RoutePlan, plan: Plan) -> str:
    """Say by how many requests; a vendor's campaign for two channels is counted at the first of them."""
    if route.requests:
        return f" in {count(route.requests, 'request')}"
    return " in the same requests" if route.planned > route.earlier and not plan.refusals else ""


def _route(route: RoutePlan, title: str, zone: tzinfo | None) -> Iterator[RenderableType]:
    yield Text("")
    yield Text(title, style="bold")
    yield labelled([("when", _due(route, zone)), *_skipped(route), *_findings(route.findings)])
    for fallback in route.fallbacks:
        yield Text(f"if refused, through {clean(fallback.provider)}:")
        yield labelled([*_findings(_different(route, fallback))] or [("kept", "the same")])


def _skipped(route: RoutePlan) -> Iterator[tuple[str, str]]:
    lines = [f"{number:,} {left_out(reason)}" for reason, number in greatest(route.skipped)]
    yield from zip(["skipped", *[""] * len(lines)], lines, strict=False)


def _different(route: RoutePlan, fallback: Fallback) -> Sequence[Finding]:
    """Give the fields of which something else becomes at a fallback than at the first provider."""
    first = {one.field: (one.verdict, one.detail) for one in route.findings}
    return [one for one in fallback.findings if first.get(one.field) != (one.verdict, one.detail)]


def _due(route: RoutePlan, zone: tzinfo | None) -> str:
    begin = f"from {moment(route.earliest, zone)}" if route.earliest else _nobody(route)
    end = f" to {moment(route.latest, zone)}" if route.latest else ""
    return begin + end


def _nobody(route: RoutePlan) -> str:
    return "all of them were handled by earlier runs" if 0 < route.planned == route.earlier else "nobody is due"


def _findings(findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    for verdict, word in VERDICTS.items():
        group = [one for one in findings if one.verdict is verdict]
        bare = ", ".join(one.field for one in group if not one.detail and not one.code)
        lines = ([bare] if bare else []) + [_finding(one) for one in group if one.detail or one.code]
        yield from zip([word, *[""] * len(lines)], lines, strict=False)


def _finding(one: Finding) -> str:
    consent = f" ({one.code})" if one.code else ""
    return f"{one.field}: {one.detail}{consent}" if one.detail else f"{one.field}{consent}"


def _weakened(routes: Sequence[RoutePlan]) -> Iterator[RenderableType]:
    lines = [
        f"{one.provider}: {_finding(one)}"
        for route in routes
        for one in route.judged
        if one.verdict is Verdict.DEGRADED
    ]
    yield from section("Weakened, as agreed under accept", lines)
