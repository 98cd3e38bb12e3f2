"""A set of numbers small enough for ten million of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import Protocol, cast

import attrs
import orjson


class Integers(Protocol):
    """What ``set[int]`` and ``pyroaring.BitMap64`` have in common."""

    def add(self, value: int, /) -> None:
        """Put one in."""

    def discard(self, value: int, /) -> None:
        """Take one out, if it is there."""

    def update(self, values: Iterable[int], /) -> None:
        """Put many in."""

    def __contains__(self, value: object, /) -> bool: ...

    def __len__(self) -> int: ...


def smallest() -> Integers:
    """Give the set that takes the least memory: a compressed bitmap (extra ``fast``), else a set of ints."""
    try:
        make = cast("Callable[[], Integers]", importlib.import_module("pyroaring").BitMap64)
    except ImportError:
        return set[int]()
    return make()


def integers(phones: Sequence[str]) -> list[int]:
    """Give E.164 numbers as integers; the parser of JSON does it in a third of the time that ``int`` takes for each."""
    numbers: list[int] = orjson.loads(f"[{','.join(phones).replace('+', '')}]")
    return numbers


@attrs.define
class NumberSet:
    """E.164 numbers, kept as integers: about 6 bytes each with the extra ``fast``, about 60 without."""

    _numbers: Integers = attrs.field(factory=smallest)

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, phone: str) -> bool:
        return int(phone) in self._numbers

    def add(self, phone: str) -> bool:
        """Put a number in; say whether it was new."""
        return self._add(int(phone))

    def _add(self, number: int) -> bool:
        if number in self._numbers:
            return False
        self._numbers.add(number)
        return True

    def discard(self, phone: str) -> None:
        """Take a number out, if it is there."""
        self._numbers.discard(int(phone))

    def repeated(self, phones: Sequence[str]) -> list[int]:
        """Put a column in; give the index of each number that was there already, earlier in the column included."""
        numbers = integers(phones)
        if len(set(numbers)) < len(numbers):
            return [index for index, number in enumerate(numbers) if not self._add(number)]
        known = self._places(numbers)
        self._numbers.update(numbers)
        return known

    def found(self, phones: Sequence[str]) -> list[int]:
        """Give the index of each number that is in the set."""
        if not self._numbers:
            return []
        return self._places(integers(phones))

    def _places(self, numbers: Iterable[int]) -> list[int]:
        known = list(map(self._numbers.__contains__, numbers))
        return list(compress(range(len(known)), known)) if True in known else []
