"""The twins of async calls."""

from __future__ import annotations

import inspect

import pytest

import outreach
from outreach.blocking import blocking

PAIRS = [name for name in outreach.__all__ if f"a{name}" in outreach.__all__]


async def aadd(first: int, *, second: int = 1) -> int:
    """Add."""
    return first + second


add = blocking(aadd)


def test_the_twin_gives_what_the_call_gives() -> None:
    """It takes the same arguments and runs the call to its end."""
    assert add(2, second=3) == 5


def test_the_twin_has_the_name_without_the_a_and_says_whose_twin_it_is() -> None:
    """Whoever asks for help reads what the call does."""
    assert (add.__name__, add.__doc__) == ("add", "Add.\n\nThis is ``aadd`` for a program without an event loop.")


@pytest.mark.asyncio
async def test_the_twin_is_refused_where_a_loop_runs() -> None:
    """Nothing is begun; the call to await is named."""
    with pytest.raises(RuntimeError, match=r"write  await outreach\.aadd\(…\)  instead of add\(…\)"):
        add(1)


@pytest.mark.parametrize("name", PAIRS)
def test_every_call_and_its_twin_take_the_same(name: str) -> None:
    """An editor shows the same parameters for both."""
    ours, theirs = getattr(outreach, name), getattr(outreach, f"a{name}")

    assert list(inspect.signature(ours).parameters.values()) == list(inspect.signature(theirs).parameters.values())


def test_there_are_such_pairs() -> None:
    """What reaches people is among them."""
    assert {"send", "settle", "stop", "otp_send", "numbers_buy"} <= set(PAIRS)
