"""Finds where each key and value of a TOML text stands, which ``tomllib`` does not tell.

It walks over a text that ``tomllib`` has accepted, so it needs no grammar for what is wrong.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress

import attrs

from outreach.spec.tree import Lines, Mark, Place, Source

_TOKEN = re.compile(
    r'''(?P<skip>[ \t\r]+|\#[^\n]*)|(?P<line>\n)|(?P<many>"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5})'''
    r"""|(?P<quoted>"(?:[^"\\]++|\\.)*+"|'[^']*+')|(?P<sign>[\[\]{}=,.])|(?P<bare>[^\s\#"'\[\]{}=,.]++)""",
    re.DOTALL,
)


@attrs.frozen
class Places:
    """Where keys and values stand, by their place in the structure."""

    keys: dict[Place, Mark] = attrs.field(factory=dict)
    values: dict[Place, Mark] = attrs.field(factory=dict)


def find_places(text: str, source: Source) -> Places:
    """Find the places in a TOML text that ``tomllib`` has accepted."""
    walk = _Walk(text, source)
    with suppress(IndexError):  # should a newer TOML surprise the walk, what is not found takes the place above it
        walk.statements()
    return walk.places


class _Walk:
    def __init__(self, text: str, source: Source) -> None:
        lines = Lines(text, source)
        found = ((one.lastgroup, one[0], one.start()) for one in _TOKEN.finditer(text))
        self._tokens = [(kind, sign, lines.at(start)) for kind, sign, start in found if kind != "skip"]
        self._tokens.append(("line", "\n", lines.at(len(text))))
        self._next = 0
        self._counts: dict[Place, int] = {}
        self.places = Places({}, {(): lines.at(0)})

    def statements(self) -> None:
        table: Place = ()
        while self._next < len(self._tokens):
            kind, sign, _ = self._tokens[self._next]
            if kind == "line":
                self._next += 1
            elif sign == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Place:
        double = self._tokens[self._next + 1][1] == "["
        self._next += 2 if double else 1
        parts = self._key()
        self._next += 2 if double else 1
        place: Place = ()
        for index, (part, at) in enumerate(parts):
            place = (*place, part)
            self._seen(place, at)
            if double and index == len(parts) - 1:
                self._counts[place] = self._counts.get(place, 0) + 1
            if place in self._counts:
                place = (*place, self._counts[place] - 1)
                self.places.values.setdefault(place, at)
        return place

    def _pair(self, table: Place) -> None:
        place = table
        for part, at in self._key():
            place = (*place, part)
            self._seen(place, at)
        self._next += 1  # the equals sign
        self._value(place)

    def _seen(self, place: Place, at: Mark) -> None:
        self.places.keys.setdefault(place, at)
        self.places.values.setdefault(place, at)

    def _key(self) -> list[tuple[str, Mark]]:
        parts = []
        while True:
            kind, sign, at = self._tokens[self._next]
            self._next += 1
            if kind == "quoted":
                parts.append((next(iter(tomllib.loads(f"{sign}=0"))), at))
            elif kind == "bare":
                parts.append((sign, at))
            elif sign != ".":
                self._next -= 1
                return parts

    def _value(self, place: Place) -> None:
        _, sign, at = self._tokens[self._next]
        self.places.values[place] = at
        if sign == "[":
            self._array(place)
        elif sign == "{":
            self._inline(place)
        else:
            while self._tokens[self._next][1] not in {"\n", ",", "]", "}"}:
                self._next += 1

    def _array(self, place: Place) -> None:
        index = 0
        self._next += 1
        while (sign := self._tokens[self._next][1]) != "]":
            if sign in {"\n", ","}:
                self._next += 1
                continue
            self._value((*place, index))
            index += 1
        self._next += 1

    def _inline(self, place: Place) -> None:
        self._next += 1
        while (sign := self._tokens[self._next][1]) != "}":
            if sign in {"\n", ","}:
                self._next += 1
            else:
                self._pair(place)
        self._next += 1
