"""Exception groups → problems with places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cattrs.errors import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)

from outreach.errors import Problem
from outreach.spec.forms import BESIDE
from outreach.spec.kinds import Wrong, guess
from outreach.spec.shapes import fields, key_of
from outreach.spec.tree import Mark, Node, Place, Scalar, Table

#: Longest part of a value that a message quotes.
MAX_SHOWN = 60

#: A shorter value hides nothing, and might be part of any word.
MIN_HIDDEN = 4

#: Nothing below these keys is ever quoted: a secret may stand where it should not.
_WITHHELD = frozenset({"providers"})


def problems(error: Exception, root: Node, above: Place = ()) -> Iterator[Problem]:
    """Give every mistake in an exception as a problem with its place.

    Args:
        error: What structuring raised.

        root: The tree that was structured.

        above: Where the tree stands in the file.
    """
    for place, one in _leaves(error, ()):
        found = _problem(place, one, root, above)
        if found is not None:
            yield found


def _leaves(error: Exception, place: Place) -> Iterator[tuple[Place, Exception]]:
    if isinstance(error, ExceptionGroup):
        kind = error.cl if isinstance(error, ClassValidationError) else None
        for one in error.exceptions:
            yield from _leaves(one, (*place, *_step(one, kind)))
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [*BESIDE.get(error.cl, ()), *(key_of(error.cl, name) for name in fields(error.cl))]
        for key in error.extra_fields:
            yield place, Wrong(f"unknown key '{_short(key)}'; {guess(key, known)}", place=(key,), key=True)
    else:
        yield place, error


def _step(error: Exception, kind: type | None) -> Place:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, IterableValidationNote):
            return (note.index,)
        if isinstance(note, AttributeValidationNote) and kind is not None:
            return (key_of(kind, note.name),)
    return ()


def _problem(place: Place, error: Exception, root: Node, above: Place) -> Problem | None:
    place = (*place, *(error.place if isinstance(error, Wrong) else ()))
    at, node = locate(root, place, key=isinstance(error, Wrong) and error.key)
    if isinstance(node, Scalar) and node.spoilt and not getattr(error, "key", False):
        return None
    whole = (*above, *place)
    message = _withheld(error, node) if _WITHHELD & set(whole[:1]) else _shown(error)
    return at.problem(message, write(whole))


def _shown(error: Exception) -> str:
    if isinstance(error, KeyError):
        return "is missing and must be there"
    shown = error.shown if isinstance(error, Wrong) else None
    return str(error) if shown is None else f"'{_short(shown)}' {error}"


def _withheld(error: Exception, node: Node) -> str:
    """Write the message without any value of the account; an adapter's own checks may quote some."""
    if isinstance(error, Wrong):
        return str(error) if error.shown is None else f"the value {error}"
    message = _shown(error)
    for text in _texts(node):
        message = message.replace(text, "…")
    return message


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield from (node.text,) if len(node.text) >= MIN_HIDDEN else ()
    else:
        for below in node.values() if isinstance(node, Table) else node:
            yield from _texts(below)


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def locate(root: Node, place: Sequence[str | int], *, key: bool = False) -> tuple[Mark, Node]:
    """Find a place in a tree, or the nearest place above it."""
    node: Any = root
    at = root.at
    for index, part in enumerate(place):
        parent = node
        try:
            node = parent[part]
        except (KeyError, IndexError, TypeError):
            return at, parent
        last = key and index == len(place) - 1 and isinstance(parent, Table)
        at = parent.keys_at[part] if last else node.at
    return at, node


def write(place: Iterable[str | int]) -> str:
    """Write a place as people read it: ``routes[0].when``."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("-", "_").isidentifier():
            text += f".{part}" if text else part
        else:
            text += f'["{_short(part)}"]'
    return text
