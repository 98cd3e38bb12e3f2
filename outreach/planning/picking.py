"""Some people out of a column."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import TypeVar

T = TypeVar("T")


def some(column: Sequence[T], people: Sequence[int]) -> list[T]:
    """Give the values of some people, each once at most, as a column of its own."""
    if len(people) == len(column):
        return list(column)
    if len(people) == 1:
        return [column[people[0]]]
    return list(itemgetter(*people)(column)) if people else []
