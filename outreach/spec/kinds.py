"""Kinds of values: how each is read, and what JSON Schema says of it, side by side so that the two agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any, TypeVar

import attrs
from cattrs.errors import IterableValidationError, IterableValidationNote

from outreach.spec.tree import Items, Node, Place, Scalar, Table

K = TypeVar("K", int, str)
T = TypeVar("T")
V = TypeVar("V")

#: A JSON Schema.
Schema = Mapping[str, Any]

#: Longest text of one line: a name, a voice, a path.
MAX_LINE = 200

#: Longest word that is compared with others for a likely misspelling.
MAX_GUESS = 64


class Wrong(ValueError):
    """A value that breaks a rule.

    Attributes:
        says: What is wrong, and what to write. Follows the value, or stands alone when there is none to show.

        shown: The value, to be quoted in the message where it can be no secret.

        place: Where, below the node that was being read.

        key: The mistake is the key, not its value.
    """

    def __init__(self, says: str, shown: str | None = None, *, place: Place = (), key: bool = False) -> None:
        self.says = says
        self.shown = shown
        self.place = place
        self.key = key
        super().__init__(says)


@attrs.frozen(eq=False)
class Kind:
    """A kind of value.

    Attributes:
        read: Turns a node into the value, or raises ``Wrong``.

        schema: What a JSON document may hold there.
    """

    read: Callable[[Node], Any]
    schema: Schema


def likely(word: str, known: Iterable[str]) -> str | None:
    """Find the word that was probably meant."""
    close = get_close_matches(word.strip().lower(), known, n=1) if len(word) <= MAX_GUESS else []
    return close[0] if close else None


def guess(word: str, known: Collection[str]) -> str:
    """Say which word was probably meant, else which there are."""
    close = likely(word, known)
    return f"did you mean '{close}'?" if close else f"allowed: {', '.join(known)}"


def whole(pattern: str) -> str:
    """Anchor a pattern at both ends, for Python (whose ``$`` also matches before a last line end) and JavaScript."""
    return rf"^(?:{pattern})$(?!\n)"


def scalar(node: Node) -> Scalar:
    """Ask for one value, not a list, a mapping or nothing."""
    if not isinstance(node, Scalar):
        msg = f"must be one value, not a {'list' if isinstance(node, Items) else 'mapping'}"
        raise Wrong(msg)
    if node.null:
        msg = "has no value: write one or leave the key out" + (' (for the word itself: "null")' if node.text else "")
        raise Wrong(msg)
    return node


def table(node: Node) -> Table:
    """Ask for a mapping."""
    if not isinstance(node, Table):
        msg = "must be a mapping, that is, keys with values" + _or_none(node)
        raise Wrong(msg)
    return node


def items(node: Node) -> Items:
    """Ask for a list."""
    if not isinstance(node, Items):
        msg = "must be a list, such as [one, two]" + _or_none(node)
        raise Wrong(msg)
    return node


def _or_none(node: Node) -> str:
    return "; leave the key out for none" if isinstance(node, Scalar) and node.null else ""


def each(pairs: Iterable[tuple[K, T]], read: Callable[[T], V]) -> dict[K, V]:
    """Read every element, and raise all that is wrong together."""
    values: dict[K, V] = {}
    errors: list[Exception] = []
    for place, node in pairs:
        try:
            values[place] = read(node)
        except Exception as error:  # noqa: BLE001  # all are reported; a stranger's settings may raise anything
            error.add_note(IterableValidationNote(str(place), place, None))
            errors.append(error)
    if errors:
        msg = "elements"
        raise IterableValidationError(msg, errors, dict)
    return values


def matching(pattern: str, says: str, convert: Callable[[str], Any] = str) -> Kind:
    """Make the kind of texts that match a pattern; ``convert`` may raise ``Wrong`` or ``ValueError`` beyond it."""
    compiled = re.compile(whole(pattern))

    def read(node: Node) -> Any:
        text = scalar(node).text
        if not compiled.search(text):
            raise Wrong(says, text)
        try:
            return convert(text)
        except Wrong:
            raise
        except ValueError:
            raise Wrong(says, text) from None

    natives = {"boolean": ("true", "false"), "number": ("1", "-1.5", "1e+16")}
    fitting = [name for name, samples in natives.items() if all(map(compiled.search, samples))]
    return Kind(read, {"type": ["string", *fitting] if fitting else "string", "pattern": compiled.pattern})


def words(known: Mapping[str, Any]) -> Kind:
    """Make the kind of texts that are one of a few words."""

    def read(node: Node) -> Any:
        text = scalar(node).text
        if text not in known:
            msg = f"is not one of the words for this; {guess(text, known)}"
            raise Wrong(msg, text)
        return known[text]

    return Kind(read, {"enum": list(known)})


def words_of(kind: type[Enum]) -> Kind:
    """Make the kind of an enumeration."""
    return words({str(member.value): member for member in kind})


def some(node: Node) -> Items:
    """Ask for a list that holds something."""
    if not items(node):
        msg = "is an empty list: write at least one"
        raise Wrong(msg)
    return items(node)


def several(kind: Kind, ask: Callable[[Node], Items] = items) -> Kind:
    """Make the kind of lists; ``some`` asks for at least one element."""

    def read(node: Node) -> Any:
        return tuple(each(enumerate(ask(node)), kind.read).values())

    return Kind(read, {"type": "array", "items": kind.schema, "minItems": int(ask is some)})


def distinct(kind: Kind) -> Kind:
    """Make the kind of lists that hold something, and nothing twice."""
    listed = several(kind, some)

    def read(node: Node) -> Any:
        values = listed.read(node)
        for index, value in enumerate(values):
            if value in values[:index]:
                msg = "stands here twice"
                raise Wrong(msg, str(value), place=(index,))
        return values

    return Kind(read, {**listed.schema, "uniqueItems": True})


def one_or(kind: Kind, listed: Kind) -> Kind:
    """Make the kind of one value, or a list; either gives a tuple."""

    def read(node: Node) -> Any:
        return listed.read(node) if isinstance(node, Items) else (kind.read(node),)

    return Kind(read, {"anyOf": [kind.schema, listed.schema]})
