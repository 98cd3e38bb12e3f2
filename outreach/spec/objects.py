"""A ``Campaign`` that a program made passes the rules of the file: its types first, then the same readers."""

from __future__ import annotations

import enum
import json
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import attrs

from outreach.errors import Problem, SpecError
from outreach.model import Campaign, Contacts, PerContact, Route, Secret, Settings, Template
from outreach.spec.convert import converter
from outreach.spec.forms import ELSEWHERE
from outreach.spec.mistakes import problems, write
from outreach.spec.shapes import key_of
from outreach.spec.tree import Items, Mark, Node, Place, Scalar, Source, Style, Table

#: What to write instead of a value of another type.
_REMEDIES: Mapping[type, str] = {
    Campaign: "outreach.load(path) reads one",
    Contacts: "write outreach.Contacts(sources=…, country=…)",
    Secret: "write outreach.Secret(env=NAME)",
    Template: "write outreach.Template.parse(text)",
    datetime: "write an aware datetime",
    time: "write datetime.time(9, 30)",
}

#: Kept out of the type check: they hold whatever a program iterates, or are ours.
_ASIDE = {(Contacts, "sources"), (Campaign, "places"), (Campaign, "base")}

#: What can be gone through has one of these; an Arrow table and some cursors are no ``Iterable``.
_READABLE = ("__iter__", "to_batches", "fetchmany", "iter_rows", "itertuples")

#: What a program states beside the contacts themselves.
_BESIDE = [one.name for one in attrs.fields(Contacts) if one.name != "sources"]

_NOWHERE = Mark(Source("", None))  # type: ignore[arg-type]  # no relative path is read from these trees
_UNITS = (("w", timedelta(weeks=1)), ("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)))


def check(campaign: object) -> None:
    """Hold a campaign against the rules that a file is held against.

    Raises:
        SpecError: With every mistake at once; the path of each is that of the file format, with a position where the
            campaign was read from a file.
    """
    if not isinstance(campaign, Campaign):
        raise SpecError([_wrong(campaign, Campaign, ())])
    found = [*_misfits(campaign, Campaign, ()), *_sources(campaign.contacts)] or [*_broken(campaign)]
    if found:
        raise SpecError([campaign.problem(one.path, one.message) for one in found])


def _broken(campaign: Campaign) -> Iterator[Problem]:
    yield from _read(campaign, ())
    for name, settings in campaign.providers.items():
        yield from _read(settings, ("providers", name))


def _read(value: Campaign | Settings, place: Place) -> Iterator[Problem]:
    try:
        root = _node(value)
    except TypeError as error:
        yield Problem(str(error), write(place))
        return
    try:
        converter().structure(root, type(value))
    except Exception as error:  # noqa: BLE001  # an adapter's settings class may raise anything
        yield from problems(error, root, place)


def _sources(contacts: Contacts) -> Iterator[Problem]:
    sources = getattr(contacts, "sources", ())
    if isinstance(sources, str | bytes) or not any(hasattr(sources, need) for need in _READABLE):
        yield Problem("must be a tuple of paths, such as ('people.csv',), or rows", "contacts.sources")


def _misfits(value: Any, form: Any, place: Place) -> Iterator[Problem]:
    """Give what is of another type than the model says."""
    origin, inner = typing.get_origin(form), typing.get_args(form)
    if form in {Any, object}:
        return
    if origin in {typing.Union, types.UnionType}:
        yield from _choice(value, inner, place)
    elif origin in {tuple, list, Sequence}:
        yield from _listed(value, inner[0], place)
    elif origin in {dict, Mapping}:
        yield from _mapped(value, inner, place)
    elif not _is(value, form):
        yield _wrong(value, form, place)
    elif attrs.has(type(value)):
        yield from _attributes(value, place)


def _attributes(value: Any, place: Place) -> Iterator[Problem]:
    kind = type(value)
    if kind in {Template, Secret, PerContact}:
        return
    attrs.resolve_types(kind)
    for one in attrs.fields(kind):
        if (kind, one.name) not in _ASIDE:
            yield from _misfits(getattr(value, one.name), one.type, (*place, one.name))


def _choice(value: Any, members: tuple[Any, ...], place: Place) -> Iterator[Problem]:
    found = [list(_misfits(value, member, place)) for member in members]
    if all(found):
        # The mistakes of a member whose outside fits are more telling than those of the others.
        inside = [one for one in found if all(mistake.path != write(place) for mistake in one)]
        yield from (inside or found)[0]


def _listed(value: Any, inner: Any, place: Place) -> Iterator[Problem]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        yield Problem(f"must be a tuple, not {_kind(value)}", write(place))
        return
    for index, one in enumerate(value):
        yield from _misfits(one, inner, (*place, index))


def _mapped(value: Any, inner: tuple[Any, ...], place: Place) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem(f"must be a mapping, not {_kind(value)}", write(place))
        return
    for key, one in value.items():
        yield from _misfits(one, inner[1], (*place, str(key)))


def _is(value: Any, form: Any) -> bool:
    if form in {int, float}:
        return isinstance(value, int if form is int else (int, float)) and not isinstance(value, bool)
    return value is None if form in {None, type(None)} else not isinstance(form, type) or isinstance(value, form)


def _wrong(value: Any, form: Any, place: Place) -> Problem:
    remedy = _REMEDIES.get(form, "")
    if issubclass(form, enum.Enum):
        remedy = f"write one of {', '.join(f'outreach.{form.__name__}.{one.name}' for one in form)}"
    if issubclass(form, Settings):
        remedy = "write the adapter's own Settings(…)"
    said = f"must be {_a(form)}, not {_kind(value)}"
    return Problem(f"{said}: {remedy}" if remedy else said, write(place) or "campaign")


def _kind(value: Any) -> str:
    return "None" if value is None else _a(type(value))


def _a(kind: type) -> str:
    return f"{'an' if kind.__name__[0] in 'aeioAEIO' else 'a'} {kind.__name__}"


def _node(value: Any) -> Node:
    """Write a value as the file would hold it; what is at its default is left out."""
    for kind, made in _WRITTEN.items():
        if isinstance(value, kind):
            return made(value)
    if attrs.has(type(value)):
        return _class(value)
    if isinstance(value, Mapping):
        return _table({str(key): _node(one) for key, one in value.items()})
    if isinstance(value, Sequence):
        return Items(_NOWHERE, [_node(one) for one in value])
    msg = f"{_kind(value)} cannot be sent: write texts, numbers, truth values, lists and mappings"
    raise TypeError(msg)


def _class(value: Any) -> Table:
    kind = type(value)
    aside = ELSEWHERE.get(kind, frozenset())
    given = {one.name: getattr(value, one.name) for one in attrs.fields(kind) if one.init and one.name not in aside}
    defaults = {one.name: _default(one) for one in attrs.fields(kind)}
    return _table(
        {key_of(kind, name): _node(one) for name, one in given.items() if one is not None and one != defaults[name]}
    )


def _default(attribute: attrs.Attribute[Any]) -> Any:
    made = getattr(attribute.default, "factory", None)
    return made() if made is not None else attribute.default


def _table(nodes: dict[str, Node]) -> Table:
    return Table(_NOWHERE, nodes, dict.fromkeys(nodes, _NOWHERE))


def _text(value: str) -> Scalar:
    return Scalar(value, _NOWHERE, Style.QUOTED)


def _native(value: object) -> Scalar:
    return Scalar(json.dumps(value), _NOWHERE, Style.NATIVE)


def _route(route: Route) -> Table:
    carried = Items(_NOWHERE, [_text(one) for one in route.providers])
    filters: dict[str, Node] = {"when": _node(route.when)} if route.when else {}
    return _table({route.channel.value: carried, **filters})


def _contacts(contacts: Contacts) -> Table:
    """Write all but rows: whatever a program iterates is gone through once, by the reading."""
    paths = contacts.sources
    named = isinstance(paths, tuple) and paths and all(isinstance(one, str | Secret) for one in paths)
    return _table(
        {
            "from": _node(paths) if named else _text("-"),
            **{name: _node(one) for name in _BESIDE if (one := getattr(contacts, name)) is not None},
        }
    )


def _pressure(limit: PerContact) -> Scalar:
    unit, length = next((one for one in _UNITS if not limit.period % one[1]), ("s", timedelta(seconds=1)))
    return _text(f"{limit.count} per {limit.period // length}{unit}")


#: How a value is written; the first that fits.
_WRITTEN: Mapping[type, Callable[[Any], Node]] = {
    Template: lambda text: _text(text.source),
    Secret: lambda _secret: _table({"env": _text("SECRET")}),
    PerContact: _pressure,
    Route: _route,
    Contacts: _contacts,
    enum.Enum: lambda word: _text(word.value),
    str: _text,
    bool: _native,
    int: _native,
    float: _native,
    datetime: lambda moment: _text(moment.isoformat()),
    time: lambda clock: _text(clock.isoformat("auto" if clock.second or clock.microsecond else "minutes")),
    type(None): lambda _none: _native(None),
}
