"""The switch report: the same campaign and the same people, planned through two providers side by side. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

import attrs

from outreach.contacts.values import Chunk
from outreach.errors import Problem
from outreach.model import Channel
from outreach.negotiation import Finding, Verdict
from outreach.planning.build import Builder
from outreach.planning.values import Plan, RoutePlan
from outreach.provider import Batch

#: Reason of people on a channel that the other provider does not carry at all.
NO_CHANNEL = "channel"


class Fate(StrEnum):
    """What a switch does to a field."""

    KEPT = "kept"
    IMITATED = "imitated"
    WEAKENED = "weakened"
    LOST = "lost"


FATES: Mapping[Verdict | None, Fate] = {
    # No finding: the new provider has no say in this field, so nothing of it changes.
    None: Fate.KEPT,
    Verdict.NATIVE: Fate.KEPT,
    Verdict.EMULATED: Fate.IMITATED,
    Verdict.DEGRADED: Fate.WEAKENED,
    Verdict.REFUSED: Fate.LOST,
}


@attrs.frozen(kw_only=True)
class Change:
    """What the switch does to one field on one channel.

    Attributes:
        channel: The channel it is about.

        carried_as: The channel that takes its place at the other provider, mostly the same.

        field: Place in the campaign file.

        fate: What becomes of it.

        was: What the present provider does; None where it has no say.

        becomes: What the other one does; None where it has no say.

        code: What an author puts under ``accept`` where it is weakened, else empty.

        detail: How it is done there, or what is lost, for people.
    """

    channel: Channel
    carried_as: Channel
    field: str
    fate: Fate
    was: Verdict | None
    becomes: Verdict | None
    code: str = ""
    detail: str = ""


@attrs.frozen(kw_only=True)
class Comparison:
    """What changes when a campaign goes out through another provider; pairs are (now, then).

    Attributes:
        sources: Providers of the campaign's routes, in order, each once.

        target: The provider that would carry every route instead.

        changes: Every field on every route, in the order of the campaign.

        unreachable: Deliveries (a person on a channel) that are planned now and would not be then, by reason.

        planned: Deliveries.

        requests: HTTP requests.

        segments: SMS segments.
    """

    sources: tuple[str, ...]
    target: str
    changes: tuple[Change, ...]
    unreachable: Mapping[str, int]
    planned: tuple[int, int]
    requests: tuple[int, int]
    segments: tuple[int, int]


@attrs.define
class LeftOut:
    """A sink that keeps for one chunk of people who is left out on which channel, and why.

    ``back``: the campaign's own channel, by the channel that takes its place.
    """

    back: Mapping[Channel, Channel] = attrs.field(factory=dict)
    reasons: dict[tuple[Channel, str], str] = attrs.field(factory=dict)

    def add(self, slice_number: int, batch: Batch, rows: list[int]) -> None:
        """Take a batch: nothing to keep."""

    def skip(
        self,
        channel: Channel | None,
        provider: str,  # noqa: ARG002  # a sink's signature
        reason: str,
        phones: list[str],
        ids: list[str],  # noqa: ARG002  # as above
        rows: list[int],  # noqa: ARG002  # as above
    ) -> None:
        """Keep who is left out; rows that are no delivery are the same on both sides."""
        if channel is not None:
            own = self.back.get(channel, channel)
            self.reasons.update(((own, phone), reason) for phone in phones)


class Comparer:
    """Takes the contacts once and plans them twice, in flat memory.

    Args:
        now: The plan as it is, with the sink that it was given.

        then: The plan through the other provider, with the sink that it was given.
    """

    def __init__(self, now: tuple[Builder, LeftOut], then: tuple[Builder, LeftOut]) -> None:
        self._sides = (now, then)
        self._lost: Counter[tuple[Channel, str]] = Counter()

    def add(self, chunk: Chunk) -> None:
        """Take one chunk of people."""
        for builder, left_out in self._sides:
            left_out.reasons.clear()
            builder.add(chunk)
        (_, now), (_, then) = self._sides
        self._lost.update((on[0], why) for on, why in then.reasons.items() if on not in now.reasons)

    def note(self, found: Sequence[Problem]) -> None:
        """Take what is to be known about the sources: it is the same on both sides, and belongs into the plan."""

    def finish(self, target: str) -> Comparison:
        """Give the report."""
        now, then = (builder.finish() for builder, _ in self._sides)
        return compared(now, then, target, self._lost)


def compared(now: Plan, then: Plan, target: str, lost: Mapping[tuple[Channel, str], int]) -> Comparison:
    """Put two plans of one campaign side by side.

    Args:
        now: The campaign as it is.

        then: The same through ``target``; its routes stand in the same order.

        target: Name of the other provider.

        lost: People who are planned now and left out then, by channel and reason.
    """
    pairs = list(zip(now.routes, then.routes, strict=True))
    return Comparison(
        sources=tuple(dict.fromkeys(route.provider for route in now.routes)),
        target=target,
        changes=tuple(change for before, after in pairs for change in _changes(before, after)),
        unreachable=_unreachable(now, then, lost),
        planned=(_sum(now, "planned"), _sum(then, "planned")),
        requests=(_sum(now, "requests"), _sum(then, "requests")),
        segments=(_sum(now, "segments"), _sum(then, "segments")),
    )


def _unreachable(now: Plan, then: Plan, lost: Mapping[tuple[Channel, str], int]) -> Mapping[str, int]:
    unreachable: Counter[str] = Counter()
    carried = {route.channel for route in now.routes if not _not_carried(route)}
    gone = carried & {route.channel for route in then.routes if _not_carried(route)}
    for (channel, reason), count in lost.items():
        unreachable[reason] += count * (channel in carried)
    for route in now.routes:
        unreachable[NO_CHANNEL] += route.planned * (route.channel in gone)
    unreachable[NO_CHANNEL] -= sum(count for (channel, _), count in lost.items() if channel in gone)
    return {reason: count for reason, count in sorted(unreachable.items()) if count}


def _changes(before: RoutePlan, after: RoutePlan) -> Sequence[Change]:
    """Give every field of either side; where the channel is not carried, all of them are lost."""
    were = {one.field: one for one in before.findings}
    will = {one.field: one for one in after.findings}
    whole = _not_carried(after)
    return [
        _change(before.channel, after.channel, field, were.get(field), will.get(field, whole))
        for field in dict.fromkeys((*were, *will))
    ]


def _change(channel: Channel, carried_as: Channel, field: str, was: Finding | None, will: Finding | None) -> Change:
    becomes = will.verdict if will else None
    return Change(
        channel=channel,
        carried_as=carried_as,
        field=field,
        fate=FATES[becomes],
        was=was.verdict if was else None,
        becomes=becomes,
        code=will.code if will else "",
        detail=will.detail if will else "",
    )


def _not_carried(route: RoutePlan) -> Finding | None:
    return next((one for one in route.findings if one.field == "routes" and one.verdict is Verdict.REFUSED), None)


def _sum(plan: Plan, figure: str) -> int:
    return sum(getattr(route, figure) for route in plan.routes if not _not_carried(route))
