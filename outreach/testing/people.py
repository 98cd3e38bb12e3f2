"""Contacts that exist nowhere, by the thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice, repeat

from outreach.model import Placeholder
from outreach.provider import Batch, Provider

#: What the people of a sample have in the column ``city``; the third has nothing there.
CITIES = ("Pokhara", "Biratnagar", "")


def nepali(index: int) -> str:
    """Give a number of a range that was taken back from its operator; all end in 11, to which stand-ins are kind."""
    return f"+977961{index % 100_000:05d}11"


def american(index: int) -> str:
    """Give a number that is kept for fiction: 555-0110 to 555-0179 of many area codes."""
    area = 201 + index // 70 % 799
    return f"+1{area}5550{110 + index % 70}"


def numbers(provider: Provider[object]) -> Callable[[int], str] | None:  # type: ignore[type-var]  # any settings do
    """Find numbers that a provider can reach; None where its samples must name them."""
    codes = provider.capabilities.calling_codes
    if provider.samples.numbers is not None:
        return provider.samples.numbers
    if not codes or "977" in codes:
        return nepali
    return american if "1" in codes else None


def rows(number: Callable[[int], str], count: int, **columns: str) -> Iterator[dict[str, str]]:
    """Give people as rows of a contact list; ``columns`` are alike for all, the city goes round."""
    cities = chain.from_iterable(repeat(CITIES))
    for index, city in enumerate(islice(cities, count)):
        yield {"phone": number(index), "id": f"00{index}", "name": f"Sita {index}", "city": city, **columns}


def batch(number: Callable[[int], str], count: int, values: dict[Placeholder, list[str]] | None = None) -> Batch:
    """Give a batch without a plan; for tests of a single function."""
    people = range(count)
    return Batch(
        phones=[number(index) for index in people],
        ids=[f"00{index}" for index in people],
        names=[f"Sita {index}" for index in people],
        values=values or {},
    )
