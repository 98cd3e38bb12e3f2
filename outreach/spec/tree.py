"""Nodes that know where they stand, and the one builder that YAML, TOML and JSON share.

A scalar stays the text that the author wrote; what it means is for the model to say.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from pathlib import Path

import attrs

from outreach.errors import Problem

#: More than this is no campaign, and could be a trap for the parser.
MAX_BYTES = 1 << 20
MAX_DEPTH = 24
MAX_EVENTS = 50_000

_ELSEWHERE = "put the contacts into a file of their own (contacts: contacts.csv)"
TOO_MANY = f"holds more than {MAX_EVENTS:,} values: {_ELSEWHERE}"
TOO_LARGE = f"is larger than {MAX_BYTES >> 20} MiB: {_ELSEWHERE}"

#: What has no place in a text that is shown to people and sent to vendors: control characters but tab and line ends,
#: halves of surrogate pairs, and the two code points that are no characters.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

#: Place of a node: keys and indexes from the top.
Place = tuple[str | int, ...]


@attrs.frozen
class Source:
    """A file as the user named it, and the folder in which its relative paths start."""

    name: str
    folder: Path


@attrs.frozen
class Mark:
    """A place in a file; line and column are 1-based, 0 when unknown."""

    source: Source
    line: int = 0
    column: int = 0

    def problem(self, message: str, path: str = "") -> Problem:
        """Give a mistake at this place."""
        return Problem(message, path, self.source.name, self.line, self.column)


class Style(Enum):
    """How a scalar was written."""

    #: Without quotes, in YAML: it may be a number, a truth value or nothing.
    PLAIN = auto()
    #: As a text.
    QUOTED = auto()
    #: As a number, truth value, null or date of TOML or JSON.
    NATIVE = auto()


@attrs.frozen(eq=False)
class Scalar:
    """One value, as written. A spoilt one was reported already and is not judged again."""

    text: str
    at: Mark
    style: Style = Style.PLAIN
    spoilt: bool = False

    @property
    def null(self) -> bool:
        """Whether it says that there is no value."""
        return self.style is not Style.QUOTED and self.text in {"", "~", "null", "Null", "NULL"}


@attrs.frozen(eq=False)
class Items(Sequence["Node"]):
    """A list."""

    at: Mark
    nodes: list[Node] = attrs.field(factory=list)

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204  # Sequence's own overloads
        return self.nodes[index]


@attrs.frozen(eq=False)
class Table(Mapping[str, "Node"]):
    """A mapping, with the place of each key."""

    at: Mark
    nodes: dict[str, Node] = attrs.field(factory=dict)
    keys_at: dict[str, Mark] = attrs.field(factory=dict)

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes)

    def __getitem__(self, key: str) -> Node:
        return self.nodes[key]

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        node = self.nodes.get(key)
        return node is not None and not (isinstance(node, Scalar) and node.null and not node.spoilt)

    def without(self, *keys: str) -> Table:
        """Give the table less some keys."""
        return attrs.evolve(self, nodes={key: node for key, node in self.nodes.items() if key not in keys})


Node = Scalar | Items | Table


class Halt(Exception):
    """The file cannot be read any further."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


class Lines:
    """Turns an index into a text into a place."""

    def __init__(self, text: str, source: Source) -> None:
        self._source = source
        self._starts = [0, *(end.end() for end in re.finditer("\n", text))]

    def at(self, index: int) -> Mark:
        """Give the place of a character."""
        line = bisect_right(self._starts, index)
        return Mark(self._source, line, index - self._starts[line - 1] + 1)


class Builder:
    """Puts nodes together from a stream of events, and bounds how many and how deep they are.

    Attributes:
        source: The file.

        root: The finished node.

        problems: Mistakes that do not stop the reading.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[Items | Table] = []
        self._key: list[Scalar | None] = []
        self._events = 0

    def scalar(self, text: str, at: Mark, style: Style, *, spoilt: bool = False) -> None:
        """Take a value, or a key where the open mapping waits for one."""
        self._count(at)
        unfit = _UNFIT.search(text)
        if unfit:
            self.problems.append(at.problem(_unfit(unfit)))
        node = Scalar(_UNFIT.sub("�", text), at, style, spoilt or bool(unfit))
        if self._open and isinstance(self._open[-1], Table) and self._key[-1] is None:
            self._key[-1] = node
        else:
            self._add(node)

    def begin(self, node: Items | Table) -> None:
        """Open a list or a mapping."""
        self._count(node.at)
        if self._open and isinstance(self._open[-1], Table) and self._key[-1] is None:
            raise Halt(node.at.problem("a key must be one text, not a list or a mapping"))
        if len(self._open) == MAX_DEPTH:
            raise Halt(node.at.problem(f"nested deeper than {MAX_DEPTH} levels"))
        self._open.append(node)
        self._key.append(None)

    def end(self) -> None:
        """Close what was opened last."""
        self._key.pop()
        self._add(self._open.pop())

    def _count(self, at: Mark) -> None:
        self._events += 1
        if self._events > MAX_EVENTS:
            raise Halt(at.problem(TOO_MANY))

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Items):
            parent.nodes.append(node)
            return
        key, self._key[-1] = self._key[-1], None
        if key is None:  # pragma: no cover  # begin() and scalar() see to it
            return
        if key.text in parent.nodes:
            first = parent.keys_at[key.text].line
            self.problems.append(
                key.at.problem(f"key '{key.text[:64]}' stands here again; the first is in line {first}")
            )
            return
        parent.nodes[key.text] = node
        parent.keys_at[key.text] = key.at


def check_text(text: str, source: Source) -> None:
    """Refuse a text that is too large, or holds characters that each format would refuse in its own words.

    Raises:
        Halt: The reason, with the place.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise Halt(Mark(source).problem(TOO_LARGE))
    unfit = _UNFIT.search(text)
    if unfit:
        raise Halt(Lines(text, source).at(unfit.start()).problem(_unfit(unfit)))


def _unfit(found: re.Match[str]) -> str:
    return f"holds the character U+{ord(found[0]):04X}, which is no text; take it out"
