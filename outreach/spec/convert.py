"""Tree → model, by cattrs. Value rules live in the hooks: attrs validators would report one mistake only."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import attrs
from cattrs import Converter
from cattrs.errors import StructureHandlerNotFoundError
from cattrs.gen import make_dict_structure_fn, override

from outreach.model import Contacts, Route
from outreach.spec.checks import CHECKS, FINISH
from outreach.spec.forms import ELSEWHERE, FILLED, WrittenRoute
from outreach.spec.kinds import Wrong, each, items, some, table
from outreach.spec.rules import SOURCES, refers
from outreach.spec.shapes import choices, element, entry, fields, key_of, leaf, optional
from outreach.spec.tree import Scalar, Style, Table

Hook = Callable[[Any, Any], Any]


@cache
def converter() -> Converter:
    """Make the one converter. Later registrations are asked first."""
    made = Converter(detailed_validation=True, forbid_extra_keys=True)
    made.register_structure_hook_factory(lambda form: entry(form) is not None, lambda form: _mapping(form, made))
    made.register_structure_hook_factory(lambda form: element(form) is not None, lambda form: _list(form, made))
    made.register_structure_hook_factory(lambda form: bool(choices(form)), lambda form: _choice(form, made))
    made.register_structure_hook_factory(attrs.has, lambda form: _class(form, made))
    made.register_structure_hook(Route, lambda node, _: made.structure(node, WrittenRoute).route())
    made.register_structure_hook(Contacts, _contacts(made))
    return made


def _hook(made: Converter, form: Any) -> Hook:
    """Find what reads a form. Leaves are ours: cattrs has its own mind about texts, numbers and enumerations."""
    kind = leaf(form)
    if kind is not None:
        return lambda node, _: kind.read(node)
    try:
        return made.get_structure_hook(form)
    except StructureHandlerNotFoundError:
        return lambda _node, _: _no_hook(form)


def _no_hook(form: Any) -> Any:
    msg = f"no file can hold the {form!r} that the adapter asks for here: leave the key out"
    raise Wrong(msg)


def _class(kind: type, made: Converter) -> Hook:
    overrides: dict[str, Any] = {
        name: override(rename=key_of(kind, name), struct_hook=_hook(made, form)) for name, form in fields(kind).items()
    }
    overrides |= {name: override(omit=True) for name in ELSEWHERE.get(kind, ())}
    structure: Hook = make_dict_structure_fn(kind, made, _cattrs_forbid_extra_keys=True, **overrides)
    check, finish = CHECKS.get(kind, _nothing), FINISH.get(kind, _itself)

    def hook(node: Any, form: Any) -> Any:
        wrong: list[Exception] = list(check(table(node)))
        try:
            value = structure(node, form)
        except Exception as error:  # noqa: BLE001  # a stranger's settings class may raise anything
            raise ExceptionGroup(kind.__name__, [error, *wrong]) from None
        if wrong:
            raise ExceptionGroup(kind.__name__, wrong)
        return finish(value)

    return hook


def _nothing(_node: Table) -> Iterable[Wrong]:
    return ()


def _itself(value: Any) -> Any:
    return value


def _mapping(form: Any, made: Converter) -> Hook:
    key, value = entry(form) or (str, str)
    read = _hook(made, value)
    read_key = _hook(made, key)

    def hook(node: Any, _: Any) -> Any:
        found = table(node)
        each(((one, Scalar(one, found.keys_at[one], Style.QUOTED)) for one in found), lambda one: read_key(one, key))
        return each(found.items(), lambda one: read(one, value))

    return hook


def _list(form: Any, made: Converter) -> Hook:
    inner = element(form)
    read = _hook(made, inner)
    ask = some if FILLED in getattr(form, "__metadata__", ()) else items
    gather = typing.get_origin(form) if typing.get_origin(form) in {list, set, frozenset} else tuple
    return lambda node, _: gather(each(enumerate(ask(node)), lambda one: read(one, inner)).values())


def _choice(form: Any, made: Converter) -> Hook:
    members = [(one, _hook(made, one)) for one in choices(form)]
    nothing = optional(form)

    def hook(node: Any, _: Any) -> Any:
        if nothing and isinstance(node, Scalar) and node.null:
            return None
        first: Exception | None = None
        for member, read in members:
            try:
                return read(node, member)
            except Exception as error:  # noqa: BLE001  # the next member may fit
                first = error if first is None else first
        raise first or Wrong("has no value")

    return hook


def _contacts(made: Converter) -> Hook:
    whole = _class(Contacts, made)

    def hook(node: Any, form: Any) -> Any:
        short = refers(node) or not isinstance(node, Table)
        return Contacts(sources=SOURCES.read(node)) if short else whole(node, form)

    return hook
