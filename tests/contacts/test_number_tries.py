"""Sets of rows of digits, and the expressions that are made of them."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from phonenumbers import PhoneMetadata

from outreach.contacts import home, plans
from outreach.contacts.tries import Trie, Tries, expression

PATTERNS = (
    "9(?:00|6[0-3]|7[0-24-6]|8[0-24-68])\\d{7}",
    "[1289]\\d{3}|50\\d{2}(?:\\d{2,3})?|2(?:1\\d|75)\\d",
    "1(?:66001|800\\d\\d)\\d{2}",
    "(12)?3|45{2}",
    "",
)


@pytest.fixture
def tries() -> Tries:
    """Give what makes sets."""
    return Tries()


def rows(seed: int, count: int = 3000) -> list[str]:
    """Give rows of digits, short ones more often."""
    chance = random.Random(seed)
    return ["".join(chance.choices("0123456789", k=chance.choice([*range(9), *range(3, 13)]))) for _ in range(count)]


def known(trie: Trie) -> list[bool]:
    """Say of many rows whether they are in a set."""
    match = re.compile(expression(trie)).fullmatch
    return [match(row) is not None for row in [*rows(1), "123", "4", "455", "1280", "9840000000"]]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_set_holds_what_its_pattern_matches(pattern: str, tries: Tries) -> None:
    """Classes, groups, alternatives and numbers of times mean what they mean to ``re``."""
    found = known(tries.read(pattern))

    match = re.compile(pattern, re.ASCII).fullmatch
    assert found == [match(row) is not None for row in [*rows(1), "123", "4", "455", "1280", "9840000000"]]


def test_sets_are_joined_and_taken_apart(tries: Tries) -> None:
    """Either, both, the one without the other, and one behind the other."""
    one, other = tries.read("[1-5]\\d{2,3}"), tries.read("[4-8]\\d{1,2}|1")
    left, right = known(one), known(other)

    assert known(tries.either(one, other)) == [a or b for a, b in zip(left, right, strict=True)]
    assert known(tries.both(one, other)) == [a and b for a, b in zip(left, right, strict=True)]
    assert known(tries.without(one, other)) == [a and not b for a, b in zip(left, right, strict=True)]
    assert known(tries.chain(one, other)) == known(tries.read("[1-5]\\d{2,3}(?:[4-8]\\d{1,2}|1)"))
    assert known(tries.lengths([2, 4])) == known(tries.read("\\d{2}|\\d{4}"))


def test_equal_sets_are_one(tries: Tries) -> None:
    """However they came about, so that comparing them costs nothing; what is in none is nothing."""
    assert tries.read("1[0-9]|2\\d") is tries.read("[12]\\d")
    assert tries.without(tries.read("12"), tries.read("\\d{2}")) is tries.nothing
    assert tries.both(tries.read("12"), tries.all) is tries.read("12")


@pytest.mark.parametrize("pattern", ["1+", "1*", "(?!1)2", "[^1]", "a", "1)", "(1"])
def test_a_pattern_of_another_sort_is_refused(pattern: str, tries: Tries) -> None:
    """It is not guessed at."""
    with pytest.raises(ValueError, match=r"."):
        tries.read(pattern)


@pytest.mark.parametrize("code", ["1", "44", "7", "39", "61", "64", "54", "880", "977", "212", "358", "599", "870"])
def test_numbers_are_those_of_the_patterns(code: str) -> None:
    """Put together digit by digit, a country's numbers are what its patterns and refusals say one after the other."""
    chance = random.Random(code)
    numbers = rows(3, 4000)
    for region in home.regions(code):
        plan: Any = PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
        kinds = (getattr(plan, kind) for kind in (*home.PEOPLE, *home.NEVER))
        for example in (one.example_number for one in kinds if one and one.example_number):
            for size in (0, 1, 2, 4, 6):
                numbers.append(example[: len(example) - size] + "".join(chance.choices("0123456789", k=size)))
                numbers.append(numbers[-1] + "1")

    for quick, told in ((home.people, plans._contactable), (home.mobiles, plans._mobile)):
        fast = re.compile(quick(code)).fullmatch
        slow = re.compile(plans._first(code, told), re.ASCII).fullmatch
        assert [fast(one) is not None for one in numbers] == [slow(one) is not None for one in numbers]


def test_metadata_of_a_new_sort_is_read_by_its_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A country whose patterns cannot be put together is read as fast as before."""

    def refuse(_code: str) -> str:
        raise ValueError

    monkeypatch.setattr(home, "people", refuse)

    assert plans.local_plan.__wrapped__("NP").lines.findall("9610000001\n12\n") == ["9610000001", ""]
