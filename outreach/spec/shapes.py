"""Says of what parts a form is made: a class, a choice, a list, a mapping, or a leaf that is read as one."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal

import attrs

from outreach.model import Param, Settings
from outreach.spec.forms import ELSEWHERE, FORMS, KEYS
from outreach.spec.kinds import Kind, words, words_of
from outreach.spec.leaves import LEAVES
from outreach.spec.rules import BASE_URL


@cache
def fields(kind: type) -> Mapping[str, Any]:
    """Give the attributes of a class that a file may set, each with its form."""
    attrs.resolve_types(kind)
    aside = ELSEWHERE.get(kind, frozenset())
    return {one.name: _form(kind, one) for one in attrs.fields(kind) if one.init and one.name not in aside}


def _form(kind: type, attribute: attrs.Attribute[Any]) -> Any:
    told = (FORMS.get((one, attribute.name)) for one in kind.__mro__)
    if issubclass(kind, Settings) and attribute.name.endswith("base_url") and attribute.type is str:
        return Annotated[str, BASE_URL]
    return next((form for form in told if form is not None), attribute.type)


def key_of(kind: type, attribute: str) -> str:
    """Give the word that a file uses for an attribute."""
    return KEYS.get((kind, attribute), attribute)


def leaf(form: Any) -> Kind | None:
    """Give the kind of a form that is read as one; None for a form with parts."""
    if typing.get_origin(form) is Annotated:
        return next((one for one in form.__metadata__ if isinstance(one, Kind)), None)
    if typing.get_origin(form) is Literal:
        return words({str(value): value for value in typing.get_args(form)})
    if isinstance(form, type) and issubclass(form, enum.Enum):
        return words_of(form)
    return LEAVES.get(form)


def choices(form: Any) -> tuple[Any, ...]:
    """Give the members of a union, ``None`` left out; nothing for what is no union."""
    if form == Param or typing.get_origin(form) not in {typing.Union, types.UnionType}:
        return ()
    # A whole number is a number, and everything is a text: the narrow ones are tried first.
    order = {bool: 0, int: 1, float: 2, str: 9}
    members = (one for one in typing.get_args(form) if one is not type(None))
    return tuple(sorted(members, key=lambda one: order.get(one, 5)))


def optional(form: Any) -> bool:
    """Tell whether a union has ``None``."""
    return bool(choices(form)) and type(None) in typing.get_args(form)


def element(form: Any) -> Any | None:
    """Give the type of a list's elements; None for what is no list."""
    if typing.get_origin(form) is Annotated and not leaf(form):
        return element(form.__origin__)
    inner = typing.get_args(form)
    return inner[0] if typing.get_origin(form) in {tuple, list, set, frozenset, Sequence} and inner else None


def entry(form: Any) -> tuple[Any, Any] | None:
    """Give the types of a mapping's keys and values; None for what is no mapping."""
    return typing.get_args(form) or None if typing.get_origin(form) in {dict, Mapping} else None
