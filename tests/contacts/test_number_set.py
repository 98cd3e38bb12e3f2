"""The set of numbers, over both ways to keep it."""

from __future__ import annotations

import importlib.util

import pytest

from outreach.contacts import NumberSet
from outreach.contacts.numberset import Integers, bitmap

FAST = importlib.util.find_spec("pyroaring") is not None


def packed() -> Integers:
    """Give the compressed bitmap of the extra ``fast``."""
    make = bitmap()
    if make is None:
        pytest.skip("the extra 'fast' (pyroaring) is not installed")
    return make(())


@pytest.fixture(params=[set, packed], ids=["set", "bitmap"])
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


def test_a_column_may_repeat_itself_and_others_at_once(numbers: NumberSet) -> None:
    """Each row that stands earlier anywhere is named once, in order."""
    numbers.add("+9779610000003")
    column = [f"+977961000000{last}" for last in "1312331"]

    assert numbers.repeated(column) == [1, 2, 4, 5, 6]
    assert len(numbers) == 3


def test_what_was_taken_out_is_new_again(numbers: NumberSet) -> None:
    """Taking out a number that is not there is no mistake."""
    numbers.add("+9779610000001")
    numbers.discard("+9779610000001")
    numbers.discard("+9779610000002")

    assert numbers.found(["+9779610000001"]) == []
    assert numbers.add("+9779610000001")


@pytest.mark.parametrize("by", ["column", "number"])
def test_many_numbers_are_packed(by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set that has grown becomes a bitmap that holds the same numbers, however they came."""
    if not FAST:
        pytest.skip("the extra 'fast' (pyroaring) is not installed")
    monkeypatch.setattr("outreach.contacts.numberset.FEW", 3)
    phones = [f"+977961000000{last}" for last in range(5)]
    numbers = NumberSet()

    packed_at = []
    for phone in phones:
        assert numbers.repeated([phone]) == [] if by == "column" else numbers.add(phone)
        packed_at.append(not isinstance(numbers._numbers, set))

    assert packed_at == [False, False, False, True, True]
    assert numbers.found(["+9779610000009", *phones]) == [1, 2, 3, 4, 5]


def test_falls_back_to_a_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra a plain set does the work, however many numbers there are."""
    monkeypatch.setitem(importlib.import_module("sys").modules, "pyroaring", None)
    monkeypatch.setattr("outreach.contacts.numberset.FEW", 0)
    bitmap.cache_clear()
    try:
        numbers = NumberSet()
        assert numbers.add("+9779610000001")
        assert isinstance(numbers._numbers, set)
    finally:
        bitmap.cache_clear()
