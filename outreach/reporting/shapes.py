"""The JSON shapes of the command line: plain dicts and lists, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from outreach.delivery.donotcontact import Entry
from outreach.delivery.journal import DeliveryRow
from outreach.errors import Problem
from outreach.explaining import Event, Story
from outreach.halting import Stopping
from outreach.model import Channel, State
from outreach.negotiation import Capabilities, Features, Finding, Support
from outreach.planning.compare import Change, Comparison
from outreach.planning.values import Plan, PlannedRequest, RoutePlan, Rows
from outreach.plugins import Plugins
from outreach.provider import Provider
from outreach.reporting.words import clean
from outreach.results import Summary
from outreach.settling import Marked, Settlement

if TYPE_CHECKING:
    from outreach.following import Followed

Shape = dict[str, Any]

#: The order in which the states of deliveries are shown.
STATES = (
    State.PLANNED,
    State.SKIPPED,
    State.ACCEPTED,
    State.REJECTED,
    State.UNKNOWN,
    State.IN_FLIGHT,
    State.CANCELLED,
)


def problem(one: Problem) -> Shape:
    """Give ``{file, line, column, path, message}``; the message without what a terminal would obey."""
    return {"file": one.file, "line": one.line, "column": one.column, "path": one.path, "message": clean(one.message)}


def rows(counted: Rows) -> Shape:
    """Give ``{read, used, skipped: {reason: n}}``."""
    return {"read": counted.read, "used": counted.used, "skipped": dict(counted.skipped)}


def plan(planned: Plan) -> Shape:
    """Give the shape of ``plan --json``."""
    return {
        "campaign": planned.campaign,
        "round": planned.round,
        "digest": planned.digest,
        "rows": rows(planned.rows),
        "routes": [_route(route) for route in planned.routes],
        "problems": [problem(one) for one in planned.problems],
        "refusals": list(planned.refusals),
        "notes": list(planned.notes),
    }


def _route(route: RoutePlan) -> Shape:
    return {
        "channel": route.channel.value,
        "provider": route.provider,
        "planned": route.planned,
        "skipped": dict(route.skipped),
        "requests": route.requests,
        "segments": route.segments,
        "earliest": _time(route.earliest),
        "latest": _time(route.latest),
        "findings": [_finding(one) for one in route.findings],
        "fallbacks": [
            {"provider": one.provider, "findings": [_finding(found) for found in one.findings]}
            for one in route.fallbacks
        ],
    }


def _finding(one: Finding) -> Shape:
    return {"field": one.field, "verdict": one.verdict.value, "code": one.code, "detail": one.detail}


def compare(one: Comparison) -> Shape:
    """Give the shape of ``compare --json``."""
    return {
        "from": ", ".join(one.sources),
        "to": one.target,
        "fields": [_change(change) for change in one.changes],
        "unreachable": [{"reason": reason, "count": number} for reason, number in one.unreachable.items()],
        "planned": _pair(one.planned),
        "requests": _pair(one.requests),
        "segments": _pair(one.segments),
    }


def _change(one: Change) -> Shape:
    return {
        "channel": one.channel.value,
        "carried_as": one.carried_as.value,
        "field": one.field,
        "verdict": one.fate.value,
        "code": one.code,
        "was": one.was and one.was.value,
        "becomes": one.becomes and one.becomes.value,
        "detail": one.detail,
    }


def _pair(figures: tuple[int, int]) -> Shape:
    return {"from": figures[0], "to": figures[1]}


def request(one: PlannedRequest) -> Shape:
    """Give one line of ``plan --requests --json``."""
    return attrs.asdict(one)


def send(summary: Summary) -> Shape:
    """Give the shape of ``send --json``."""
    return {
        "campaign": summary.campaign,
        "round": summary.round,
        "plan": summary.plan,
        "rows": rows(summary.rows),
        "deliveries": _states(summary.deliveries),
        "skipped": dict(summary.skipped),
        "waiting": summary.waiting,
        "next": _time(summary.next),
        "interrupted": summary.interrupted,
        "stopped": summary.stopped,
        "routes": [_carried(route, states) for route, states in summary.routes.items()],
        "reasons": [
            {"state": state.value, "reason": reason, "count": number}
            for (state, reason), number in summary.reasons.items()
        ],
    }


def status(summary: Summary) -> Shape:
    """Give the shape of ``status --json``."""
    statuses = {status.value: number for status, number in summary.statuses.items()}
    return {**send(summary), "statuses": statuses, "running": summary.running}


def follow(one: Followed) -> Shape:
    """Give the shape of ``status --follow --json``."""
    figures = {name: getattr(one, name) for name in ("polls", "changed", "final", "open", "interrupted")}
    return {**status(one.summary), "follow": {**figures, "ended": [attrs.asdict(each) for each in one.ended]}}


def _carried(route: tuple[str, str], states: Mapping[State, int]) -> Shape:
    return {"channel": str(route[0]), "provider": route[1], "deliveries": _states(states)}


def _states(counts: Mapping[State, int]) -> dict[str, int]:
    return {state.value: counts.get(state, 0) for state in STATES}


def explain(one: Story, phone: str) -> Shape:
    """Give the shape of ``explain --json``, with the number written as ``phone``."""
    return {
        "campaign": one.campaign,
        "round": one.round,
        "phone": phone,
        "rows": [attrs.asdict(row) for row in one.rows],
        "routes": [attrs.asdict(going) for going in one.going],
        "problem": one.problem,
        "suppressed": [{**entry(each), "phone": phone, "closed": each.closed} for each in one.suppressed],
        "deliveries": [_event(each) for each in one.events],
        "marks": [{**attrs.asdict(each), "phone": phone, "at": _time(each.at)} for each in one.marks],
    }


def _event(one: Event) -> Shape:
    times = {"intended_at": _time(one.intended_at), "updated_at": _time(one.updated_at)}
    steps = [{"step": step, "state": state, "at": _time(at)} for step, state, at in one.steps]
    return {**attrs.asdict(one), **times, "steps": steps}


def stop(one: Stopping) -> Shape:
    """Give the shape of ``stop --json``."""
    figures = {name: getattr(one, name) for name in ("running", "slipped", "unknown", "left")}
    return {
        "campaign": one.campaign,
        "round": one.round,
        "by": one.wish.by,
        "at": _time(one.wish.at),
        **figures,
        "launched": [{"title": title, "provider": provider} for title, provider in one.launched],
        "vendors": [attrs.asdict(asked) for asked in one.vendors],
    }


def settle(one: Settlement) -> Shape:
    """Give the shape of ``settle --json``."""
    return {
        "campaign": one.campaign,
        "round": one.round,
        "slices": [
            {
                "title": each.title,
                "provider": each.provider,
                "channels": list(each.channels),
                "found": {state.value: number for state, number in each.found.items()},
                "opening": each.opening and each.opening.value,
                "reason": each.reason,
            }
            for each in one.slices
        ],
        "unknown": one.unknown,
        "unsettled": one.unsettled,
    }


def marked(one: Marked) -> Shape:
    """Give the shape of ``settle --mark --json``."""
    return {"marked": one.deliveries, "openings": one.openings, "titles": list(one.titles)}


def entry(one: Entry) -> Shape:
    """Give one element of ``suppress list --json``."""
    return {
        "phone": one.phone,
        "channel": one.channel and one.channel.value,
        "reason": one.reason,
        "by": one.by,
        "at": _time(one.at),
    }


def delivery(row: DeliveryRow, phone: str) -> Shape:
    """Give one element of ``report --json``, with the number written as ``phone``."""
    return {
        "contact_id": row.contact_id,
        "phone": phone,
        "channel": row.channel,
        "provider": row.provider,
        "state": row.state.value,
        "status": row.status.value if row.status else None,
        "reason": row.reason,
        "vendor_id": row.vendor_id,
        "attempts": row.attempts,
        "updated_at": row.updated_at.isoformat(timespec="seconds"),
        "credits": row.credits,
        "duration": row.duration,
        "answers": dict(row.answers),
        "transcript": row.transcript or None,
        "playback": row.playback,
    }


def providers(plugins: Plugins, chosen: Sequence[Provider[Any]], *, details: bool) -> Shape:
    """Give the shape of ``providers --json``; with ``details`` each feature's sentence, code and page too."""
    return {
        "providers": [_provider(one, details=details) for one in chosen],
        "failed": [{"name": failure.name, "error": failure.error} for failure in plugins.failed],
    }


def _provider(one: Provider[Any], *, details: bool) -> Shape:
    shape: Shape = {
        "name": one.name,
        "title": one.title,
        "version": one.version,
        "docs": one.docs,
        "channels": {
            channel.value: {name: support.verdict.value for name, support in features(one.capabilities, channel)}
            for channel in one.capabilities.channels
        },
    }
    if details:
        shape["details"] = {
            channel.value: {name: attrs.asdict(support) for name, support in features(one.capabilities, channel)}
            for channel in one.capabilities.channels
        }
    return shape


def features(capabilities: Capabilities, channel: Channel) -> list[tuple[str, Support]]:
    """Give every feature of a channel with what the provider does with it, in the order of ``Features``."""
    carried = capabilities.channels[channel]
    return [(field.name, getattr(carried, field.name)) for field in attrs.fields(Features)]


def _time(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None
