"""The set of numbers, over both ways to keep it."""

from __future__ import annotations

import importlib.util

import pytest

from outreach.contacts import NumberSet
from outreach.contacts.numberset import Integers, smallest

FAST = importlib.util.find_spec("pyroaring") is not None


def bitmap() -> Integers:
    """Give the compressed bitmap of the extra ``fast``."""
    if not FAST:
        pytest.skip("the extra 'fast' (pyroaring) is not installed")
    return smallest()


@pytest.fixture(params=[set, bitmap], ids=["set", "bitmap"])
def numbers(request: pytest.FixtureRequest) -> NumberSet:
    """Give an empty set."""
    return NumberSet(request.param())


def test_add_says_whether_it_was_new(numbers: NumberSet) -> None:
    """A number is new once."""
    assert [numbers.add(phone) for phone in ("+9779610000001", "+9779610000002", "+9779610000001")] == [
        True,
        True,
        False,
    ]
    assert len(numbers) == 2


def test_repeated_counts_the_column_itself(numbers: NumberSet) -> None:
    """A column's repetitions are found within the column and against all columns before it."""
    assert numbers.repeated(["+9779610000001", "+9779610000002", "+9779610000001"]) == [2]
    assert numbers.repeated(["+9779610000003", "+9779610000002"]) == [1]
    assert numbers.repeated(["+9779610000003"]) == [0]


def test_found_gives_indexes(numbers: NumberSet) -> None:
    """A look-up by column answers with indexes, and changes nothing."""
    numbers.add("+9779610000002")

    assert numbers.found(["+9779610000001", "+9779610000002"]) == [1]
    assert "+9779610000002" in numbers
    assert "+9779610000001" not in numbers
    assert len(numbers) == 1


def test_longest_number_fits(numbers: NumberSet) -> None:
    """Fifteen digits, the most that E.164 allows, are kept whole."""
    numbers.add("+999999999999999")

    assert numbers.found(["+999999999999999", "+999999999999998"]) == [0]


def test_falls_back_to_a_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra a plain set does the work."""
    monkeypatch.setitem(importlib.import_module("sys").modules, "pyroaring", None)

    assert isinstance(smallest(), set)
