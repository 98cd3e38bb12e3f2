"""Rules over several keys. They look at the tree, so that they report beside what is wrong with single values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from outreach.model import Campaign, Channel, Schedule, Window
from outreach.model.content import CONTENT_OF
from outreach.spec.forms import NEEDS, SAYING, WrittenRoute
from outreach.spec.kinds import Kind, Wrong
from outreach.spec.leaves import CELL
from outreach.spec.moments import CLOCK, MOMENT, ZONE, settle_moment
from outreach.spec.tree import Items, Table


def peek(node: Table, key: str, kind: Kind) -> Any:
    """Read a value that is judged elsewhere; None where it is missing or wrong."""
    try:
        return kind.read(node[key]) if node.has(key) else None
    except (ValueError, ExceptionGroup):
        return None


def _content(kind: type) -> Callable[[Table], Iterator[Wrong]]:
    def check(node: Table) -> Iterator[Wrong]:
        given = [key for key in SAYING.get(kind, ()) if node.has(key)]
        if len(given) > 1:
            yield Wrong(
                f"goes out instead of '{given[0]}', not beside it: keep one of the two", key=True, place=(given[1],)
            )
        for key, needed in NEEDS.get(kind, {}).items():
            if _means_something(node, key) and not node.has(needed):
                yield Wrong(f"means nothing without '{needed}': write both or neither", key=True, place=(key,))

    return check


def _means_something(node: Table, key: str) -> bool:
    return node.has(key) and not (isinstance(node[key], Items) and not len(node[key]))  # type: ignore[arg-type]  # a list


def _route(node: Table) -> Iterator[Wrong]:
    channels = [channel.value for channel in Channel if channel.value in node]
    if len(channels) > 1:
        yield Wrong(
            f"is a second channel beside '{channels[0]}': write a route of its own", key=True, place=(channels[1],)
        )
    if not channels and set(node) <= {"when"}:
        yield Wrong(f"the route names no channel: write one of {', '.join(Channel)}, and who carries it")


def _window(node: Table) -> Iterator[Wrong]:
    start, end = peek(node, "from", CLOCK), peek(node, "to", CLOCK)
    if start is None or end is None or start < end:
        return
    empty = "is the same as 'from': the window is empty"
    night = "comes before 'from': a window does not run over midnight; split the campaign in two, each with its window"
    yield Wrong(empty if start == end else night, f"{end:%H:%M}", place=("to",))


def _schedule(node: Table) -> Iterator[Wrong]:
    zone = peek(node, "zone", ZONE)
    moments: list[datetime] = []
    for key in ("start", "expires"):
        moment = peek(node, key, MOMENT)
        if moment is None or (moment.tzinfo is None and zone is None and node.has("zone")):
            continue
        try:
            moments.append(settle_moment(moment, zone))
        except Wrong as error:
            yield Wrong(error.says, error.shown, place=(key,))
    if len(moments) == 2 and moments[0] >= moments[1]:
        yield Wrong("is not after start: nothing would go out", node["expires"].text, place=("expires",))  # type: ignore[union-attr]  # it was read


def _campaign(node: Table) -> Iterator[Wrong]:
    messages = node.get("messages")
    if messages is None or isinstance(messages, Table):
        entries = messages or Table(node.at)
        yield from _silent(entries, neutral=node.has("message"))
        yield from _speechless(node, entries)
    yield from _twins(node)


def _silent(entries: Table, *, neutral: bool) -> Iterator[Wrong]:
    for channel, kind in CONTENT_OF.items():
        entry = entries.get(channel.value)
        if isinstance(entry, Table) and not neutral and not any(entry.has(key) for key in SAYING[kind]):
            msg = f"says nothing: write {' or '.join(SAYING[kind])} here, or a message for the whole campaign"
            yield Wrong(msg, place=("messages", channel.value))


def _speechless(node: Table, entries: Table) -> Iterator[Wrong]:
    for index, channel, _ in _routes(node):
        if not node.has("message") and not entries.has(channel):
            msg = f"nothing is there to say on it: write messages.{channel}, or a message for the whole campaign"
            yield Wrong(msg, place=("routes", index, channel), key=True)


def _twins(node: Table) -> Iterator[Wrong]:
    seen: dict[object, int] = {}
    for index, channel, route in _routes(node):
        first = seen.setdefault((channel, _filter(route)), index)
        if first != index:
            msg = f"is the same channel for the same people as routes[{first}]: nobody is contacted twice; "
            hint = f"for failover write {channel}: [one, other]"
            yield Wrong(msg + hint, place=("routes", index, channel), key=True)


def _filter(route: Table) -> object:
    when = route.get("when")
    if not isinstance(when, Table):
        return frozenset()
    return frozenset((key, peek(when, key, CELL)) for key in when)


def _routes(node: Table) -> Iterator[tuple[int, str, Table]]:
    routes = node.get("routes")
    for index, route in enumerate(routes if isinstance(routes, Items) else ()):
        if isinstance(route, Table):
            yield from ((index, channel.value, route) for channel in Channel if channel.value in route)


#: What is asked of a class as a whole.
CHECKS: Mapping[type, Callable[[Table], Iterator[Wrong]]] = {
    Campaign: _campaign,
    Schedule: _schedule,
    Window: _window,
    WrittenRoute: _route,
    **{kind: _content(kind) for kind in CONTENT_OF.values()},
}


def _settled(schedule: Schedule) -> Schedule:
    def settled(moment: datetime | None) -> datetime | None:
        return moment and settle_moment(moment, schedule.zone)

    return attrs.evolve(schedule, start=settled(schedule.start), expires=settled(schedule.expires))


def _spoken(campaign: Campaign) -> Campaign:
    """Let an entry that says nothing of its own say the campaign's message."""
    own = attrs.asdict(campaign.messages, recurse=False)
    said = {
        channel: attrs.evolve(content, text=campaign.message)
        for channel, content in own.items()
        if content is not None and not any(getattr(content, key) for key in SAYING[type(content)])
    }
    return attrs.evolve(campaign, messages=attrs.evolve(campaign.messages, **said))


#: What is done to a class once all of it is right.
FINISH: Mapping[type, Callable[[Any], Any]] = {Schedule: _settled, Campaign: _spoken}
