"""Sets of rows of digits, as tries whose equal branches are one: what numbering plans say, put together exactly.

An expression made of a set tries no digit twice, where the patterns that it was made of, and the refusals between them,
would each be tried from the beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import and_, gt, or_

import attrs

#: No number and no part of one is longer; a set holds no longer row.
LONGEST = 20

_DIGITS = "0123456789"
_TOKEN = re.compile(r"\\d|\[[0-9-]+\]|[0-9]|\(\?:|\(|\)|\||\?|\{(\d+)(?:,(\d+))?\}")


@attrs.frozen(eq=False)
class Trie:
    """A set: whether the row that led here is in it, and what may follow by digit. Equal sets are one object."""

    ends: bool
    after: tuple[Trie, ...]


class Tries:
    """Makes sets, each once."""

    def __init__(self) -> None:
        self._made: dict[tuple[bool, tuple[Trie, ...]], Trie] = {}
        self._known: dict[tuple[object, Trie, Trie], Trie] = {}
        self.nothing = Trie(ends=False, after=())
        self.empty = self._make(True, (self.nothing,) * 10)
        self.all = self.empty
        for _ in range(LONGEST):
            self.all = self._make(True, (self.all,) * 10)

    def read(self, pattern: str) -> Trie:
        """Give the rows that a pattern of the metadata matches as a whole.

        Raises:
            ValueError: It holds more than digits, classes of them, groups, alternatives and numbers of times.
        """
        return _Reader(self, pattern).whole()

    def lengths(self, lengths: Iterable[int]) -> Trie:
        """Give every row of these lengths."""
        return self.union(self.times(self.digits(_DIGITS), length, length) for length in lengths)

    def digits(self, digits: str) -> Trie:
        """Give each of some digits as a row."""
        return self._make(False, tuple(self.empty if digit in digits else self.nothing for digit in _DIGITS))

    def union(self, sets: Iterable[Trie]) -> Trie:
        """Give what is in any of them."""
        return reduce(self.either, sets, self.nothing)

    def either(self, one: Trie, other: Trie) -> Trie:
        """Give what is in one or the other."""
        if one is other or other is self.nothing:
            return one
        return other if one is self.nothing else self._joined(self.either, or_, one, other)

    def both(self, one: Trie, other: Trie) -> Trie:
        """Give what is in both."""
        if one is other or one is self.nothing:
            return one
        return other if other is self.nothing else self._joined(self.both, and_, one, other)

    def without(self, one: Trie, other: Trie) -> Trie:
        """Give what is in the one and not in the other."""
        if one is self.nothing or other is self.nothing:
            return one
        return self.nothing if one is other else self._joined(self.without, gt, one, other)

    def chain(self, one: Trie, other: Trie) -> Trie:
        """Give each row of the one with each of the other behind it, as far as it is not too long."""
        if other is self.empty or one is self.nothing:
            return one
        if one is self.empty or other is self.nothing:
            return other
        if (known := self._known.get((None, one, other))) is None:
            known = self._make(False, tuple(self.chain(after, other) for after in one.after))
            known = self._known[None, one, other] = self.either(known, other) if one.ends else known
        return known

    def times(self, one: Trie, least: int, most: int) -> Trie:
        """Give rows of one set behind each other, so many at least and so many at most."""
        rest = self.empty
        for _ in range(least, most):
            rest = self.either(self.empty, self.chain(one, rest))
        for _ in range(least):
            rest = self.chain(one, rest)
        return rest

    def _joined(
        self, join: Callable[[Trie, Trie], Trie], ends: Callable[[bool, bool], bool], one: Trie, other: Trie
    ) -> Trie:
        if (known := self._known.get((ends, one, other))) is None:
            after = tuple(map(join, one.after, other.after))
            known = self._known[ends, one, other] = self._make(ends(one.ends, other.ends), after)
        return known

    def _make(self, ends: bool, after: tuple[Trie, ...]) -> Trie:  # the two parts of a trie
        if not ends and set(after) == {self.nothing}:
            return self.nothing
        return self._made.setdefault((ends, after), Trie(ends, after))


class _Reader:
    """Reads one pattern."""

    def __init__(self, tries: Tries, pattern: str) -> None:
        self._tries = tries
        self._tokens = list(_tokens(pattern))

    def whole(self) -> Trie:
        found = self._alternatives()
        if self._tokens:
            msg = "a parenthesis too many"
            raise ValueError(msg)
        return found

    def _alternatives(self) -> Trie:
        found = self._sequence()
        while self._tokens and self._tokens[0][0] == "|":
            self._tokens.pop(0)
            found = self._tries.either(found, self._sequence())
        return found

    def _sequence(self) -> Trie:
        parts: list[Trie] = []
        while self._tokens and self._tokens[0][0] not in "|)":
            parts.append(self._part())
        return reduce(lambda rest, part: self._tries.chain(part, rest), reversed(parts), self._tries.empty)

    def _part(self) -> Trie:
        token = self._tokens.pop(0)
        if token[0].startswith("("):
            found = self._alternatives()
            if not self._tokens:
                msg = "a parenthesis too few"
                raise ValueError(msg)
            self._tokens.pop(0)
        else:
            found = self._tries.digits(_class(token))
        if self._tokens and self._tokens[0][0][0] in "?{":
            times = self._tokens.pop(0)
            least = int(times[1] or 0)
            return self._tries.times(found, least, int(times[2] or times[1] or 1))
        return found


def _tokens(pattern: str) -> Iterator[re.Match[str]]:
    place = 0
    while place < len(pattern):
        if not (token := _TOKEN.match(pattern, place)):
            msg = f"nothing known: {pattern[place:]}"
            raise ValueError(msg)
        yield token
        place = token.end()


def _class(token: re.Match[str]) -> str:
    """Give the digits that a token stands for."""
    if token[0] == r"\d":
        return _DIGITS
    return "".join(re.findall(f"{token[0]}", _DIGITS))


def expression(trie: Trie) -> str:
    """Write a set as a regular expression, which is right where nothing but the end of the digits follows."""
    length = 0
    while not trie.ends and len(set(trie.after)) == 1:
        trie, length = trie.after[0], length + 1
    if length:
        return f"[0-9]{{{length}}}{expression(trie)}"
    ways = [f"{_written(digits)}{expression(after)}" for after, digits in _ways(trie)]
    if not ways:
        return "" if trie.ends else "(?!)"
    if trie.ends:
        ways.append("")
    return f"(?:{'|'.join(ways)})" if len(ways) > 1 else ways[0]


def _ways(trie: Trie) -> Iterator[tuple[Trie, str]]:
    """Give what may follow, each with the digits that lead there."""
    found: dict[Trie, str] = {}
    for digit, after in zip(_DIGITS, trie.after, strict=False):
        if after.ends or after.after:
            found[after] = found.get(after, "") + digit
    yield from found.items()


def _written(digits: str) -> str:
    return digits if len(digits) == 1 else "[0-9]" if digits == _DIGITS else f"[{digits}]"
