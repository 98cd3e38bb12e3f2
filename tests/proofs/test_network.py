"""The short form of the proof by a chaos proxy."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import network
import pytest
from vendorside import VendorSide


def test_spoiling_the_network_contacts_nobody_twice() -> None:
    """Spoilt anywhere, nobody is contacted twice or lost; repeating what was lost is caught."""
    tally = network.prove(long=False, seed=1)

    assert tally.holds, tally
    assert tally.control == tally.controls


@pytest.fixture(scope="module")
def vendors() -> Iterator[VendorSide]:
    """Give the receiving side."""
    with VendorSide() as side:
        yield side


def _called(place: network.Place) -> str:
    lost = "".join(f" after {fault.kind}" for fault in place.first)
    return f"{place.provider}: {place.what}, {place.at}{lost}"


@pytest.mark.parametrize("place", network.PLACES, ids=_called)
def test_each_place_is_the_request_that_it_says(place: network.Place, tmp_path: Path, vendors: VendorSide) -> None:
    """What the table calls a request of a kind is one, so that the faults of the long form meet each kind."""
    method, part = place.what.split(" ")

    told = asyncio.run(network.run(tmp_path, vendors, network.Case(0, place.provider, place.first, place.route)))

    assert told.struck == len(place.first)
    assert told.seen[place.at].startswith(f"{method} /w/")
    assert part in told.seen[place.at]
