"""A lost load that itself reached people is settled where the vendor lists what went out to a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from worlds import World

from outreach.model import Campaign, Messages, SmsContent, State, Template

Make = Callable[..., World]


async def _later(world: World, campaign: Campaign | None = None) -> dict[State, int]:
    world.clock.moment += timedelta(minutes=5)
    return dict(await world.run(campaign))


@pytest.mark.asyncio
async def test_whoever_the_vendor_lists_was_reached(make_world: Make) -> None:
    """An answer lost after the effect is found in the vendor's list, and nothing is sent again."""
    world = make_world("twilio", people=3, faults={2: "lost after"})

    assert (await world.run())[State.UNKNOWN] == 1
    assert (await _later(world))[State.ACCEPTED] == 3
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_whoever_the_vendor_does_not_list_is_sent_once_more_after_the_settling_time(make_world: Make) -> None:
    """Before ``settle_after`` an empty list proves nothing; after it the person is planned again and reached once."""
    world = make_world("twilio", people=3, faults={2: "lost before"})

    assert (await world.run())[State.UNKNOWN] == 1
    world.clock.moment += timedelta(seconds=30)
    assert (await world.run())[State.UNKNOWN] == 1
    assert (await _later(world))[State.ACCEPTED] == 3
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_what_looks_like_it_leaves_the_person_unknown(make_world: Make) -> None:
    """Another text to the same number since then proves neither: the person waits for somebody's word."""
    world = make_world("twilio", people=3, faults={2: "lost after"})
    await world.run()
    other = world.campaign(messages=Messages(sms=SmsContent(text=Template.parse("something else"))))

    assert (await _later(world, other))[State.UNKNOWN] == 1
    assert set(world.reached.values()) == {1}


@pytest.mark.parametrize("fault", ["lost before", "lost after", "500", "not sent", "429"])
@pytest.mark.asyncio
async def test_every_lost_request_is_settled_in_the_end(make_world: Make, fault: str) -> None:
    """Whatever request is lost, before or after its effect, everybody is reached exactly once in the end."""
    for number in range(1, 5):
        world = make_world("twilio", people=4, faults={number: fault})
        await world.run()
        assert (await _later(world))[State.ACCEPTED] == 4
        assert set(world.reached.values()) == {1}
