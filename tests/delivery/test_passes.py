"""When a campaign is planned once more in the same call, and what such a pass sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import attrs
import pytest

from outreach.contacts.values import Chunk, Dropped
from outreach.delivery.failover import Both, Reel, give_up, goes_on, has_lists
from outreach.delivery.journal import Counts
from outreach.delivery.lane import Lane
from outreach.delivery.run import Ended
from outreach.errors import Problem
from outreach.model import Campaign, Channel, Contacts, Route, State, Template


def campaign(*routes: tuple[str, ...]) -> Campaign:
    """Give a campaign with a route by voice for each list of providers."""
    return Campaign(
        name="fees",
        message=Template.parse("नमस्ते"),
        contacts=Contacts(sources=[]),
        routes=tuple(Route(channel=Channel.VOICE, providers=names) for names in routes),
    )


def counts(of: Mapping[tuple[str, State], int]) -> Counts:
    """Count deliveries by voice."""
    routes: dict[tuple[str, str], Counter[State]] = {}
    for (name, state), number in of.items():
        routes.setdefault(("voice", name), Counter())[state] = number
    return Counts(deliveries={}, skipped={}, statuses={}, routes=routes, reasons={})


def test_only_a_route_with_several_providers_is_a_list() -> None:
    """One of them is enough."""
    assert not has_lists(campaign(("a",), ("b",)))
    assert has_lists(campaign(("a",), ("b", "c")))


@attrs.define
class Account:
    """As much of an account as is asked for."""

    halted: str = ""
    unavailable: str = ""
    given_up: str = ""


def test_who_cannot_be_used_is_given_up_where_another_takes_over() -> None:
    """For a refused account, a vendor that is not there, or one that refused to make a campaign; with the reason."""
    accounts = {name: Account() for name in "abcdef"}
    accounts["a"].halted, accounts["b"].unavailable, accounts["f"].halted = "401", "silence", "402"
    accounts["d"].given_up = "earlier"
    lanes = cast("Mapping[str, Lane]", accounts)

    found = give_up(campaign(("a", "b"), ("c", "d", "e"), ("f",)), lanes, Ended(refused={"c": "no sender"}))

    assert found == {"a", "b", "c", "d"}
    assert [one.given_up for one in accounts.values()] == ["401", "silence", "no sender", "earlier", "", ""]


@pytest.mark.parametrize(
    ("after", "fresh", "down", "again"),
    [
        ({}, "", "", False),
        ({("a", State.REJECTED): 1}, "", "", False),
        ({("a", State.REJECTED): 2}, "", "", True),
        ({("a", State.REJECTED): 2}, "", "b", True),
        ({("a", State.REJECTED): 2}, "", "bc", False),
        ({("b", State.REJECTED): 1}, "", "", True),
        ({("b", State.REJECTED): 1}, "", "c", False),
        ({("c", State.REJECTED): 1}, "", "", False),
        ({("a", State.PLANNED): 1}, "", "", False),
        ({("a", State.PLANNED): 1}, "a", "a", True),
        ({("c", State.PLANNED): 1}, "c", "c", True),
        ({("b", State.PLANNED): 1}, "a", "a", False),
        ({("a", State.PLANNED): 1}, "a", "abc", False),
        ({("x", State.PLANNED): 1}, "x", "x", False),
    ],
)
def test_a_further_pass_is_for_somebody_who_may_have_a_next_provider(
    after: Mapping[tuple[str, State], int], fresh: str, down: str, again: bool
) -> None:
    """Somebody was refused in this pass and another stands behind, or waits at one that was given up just now."""
    before = counts({("a", State.REJECTED): 1})
    now = counts({("a", State.REJECTED): 1, **after})

    assert goes_on(campaign(("a", "b", "c")), before, now, frozenset(fresh), frozenset(down)) is again


def chunk(first: int) -> Chunk:
    """Give two people and a row that is none."""
    return Chunk(
        phones=[f"+97796100000{first}", f"+97796100000{first + 1}"],
        ids=["क", ""],
        names=["सीता", ""],
        zones=["", "Asia/Kathmandu"],
        rows=[first, first + 2],
        columns={"amount": ["5", "7"]},
        dropped=[
            Dropped(source="a.csv", row=first + 1, line=first + 3, reason="short", detail="too short", phone="1", id="")
        ],
    )


@attrs.define
class Kept:
    """Keeps what it is given."""

    chunks: list[Chunk] = attrs.field(factory=list)
    notes: list[Problem] = attrs.field(factory=list)

    def add(self, chunk: Chunk) -> None:
        """Keep people."""
        self.chunks.append(chunk)

    def note(self, found: object) -> None:
        """Keep notes."""
        self.notes += cast("list[Problem]", found)


def test_every_pass_sees_the_same_rows(tmp_path: Path) -> None:
    """What was read once comes again, as often as it is asked for, with the rows that are no people."""
    with Reel(tmp_path) as reel:
        for first in (0, 3):
            reel.add(chunk(first))
        reel.note([Problem("x")])
        for _ in range(2):
            taker = Kept()
            assert [seen.rows for seen in reel.replay(taker)] == [3, 6]
            assert taker.chunks == [chunk(0), chunk(3)]


def test_two_takers_get_what_one_is_given() -> None:
    """Both hear of people and of notes."""
    first, second = Kept(), Kept()
    both = Both(first, second)

    both.add(chunk(0))
    both.note([Problem("x")])

    assert first == second == Kept([chunk(0)], [Problem("x")])
