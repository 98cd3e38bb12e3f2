"""A set of numbers small enough for ten million of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
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


#: Up to so many numbers a set of ints takes a few megabytes and answers several times as fast as a bitmap.
FEW = 50_000


@cache
def bitmap() -> Callable[[Iterable[int]], Integers] | None:
    """Give what makes a compressed bitmap (extra ``fast``); None where it is not installed."""
    try:
        return cast("Callable[[Iterable[int]], Integers]", importlib.import_module("pyroaring").BitMap64)
    except ImportError:
        return None


def integers(phones: Sequence[str]) -> list[int]:
    """Give E.164 numbers as integers; the parser of JSON does it in a third of the time that ``int`` takes for each."""
    numbers: list[int] = orjson.loads(f"[{''.join(phones).replace('+', ',')[1:]}]")
    return numbers


@attrs.define
class NumberSet:
    """E.164 numbers, kept as integers: about 6 bytes each with the extra ``fast``, about 60 without."""

    _numbers: Integers = attrs.field(factory=set[int])

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, phone: str) -> bool:
        return int(phone) in self._numbers

    def add(self, phone: str) -> bool:
        """Put a number in; say whether it was new."""
        number = int(phone)
        if number in self._numbers:
            return False
        self._numbers.add(number)
        self._pack()
        return True

    def discard(self, phone: str) -> None:
        """Take a number out, if it is there."""
        self._numbers.discard(int(phone))

    def repeated(self, phones: Sequence[str]) -> list[int]:
        """Put a column in; give the index of each number that was there already, earlier in the column included."""
        numbers = integers(phones)
        again = self._places(numbers)
        if len(set(numbers)) < len(numbers):
            again = sorted({*again, *_later(numbers)})
        self._numbers.update(numbers)
        self._pack()
        return again

    def found(self, phones: Sequence[str]) -> list[int]:
        """Give the index of each number that is in the set."""
        if not self._numbers:
            return []
        return self._places(integers(phones))

    def _places(self, numbers: Sequence[int]) -> list[int]:
        held = self._numbers
        if isinstance(held, set) and held.isdisjoint(numbers):
            return []
        known = [number in held for number in numbers]
        return list(compress(range(len(known)), known)) if True in known else []

    def _pack(self) -> None:
        if isinstance(self._numbers, set) and len(self._numbers) > FEW and (pack := bitmap()):
            self._numbers = pack(self._numbers)


def _later(numbers: Sequence[int]) -> Iterator[int]:
    """Give the index of each number that stands earlier in the column."""
    first: dict[int, int] = {}
    return (index for index, number in enumerate(numbers) if first.setdefault(number, index) != index)
