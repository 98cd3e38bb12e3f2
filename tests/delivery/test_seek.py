"""A lost load that itself reached people is settled where the vendor lists what went out to a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest
import worlds
from worlds import KEY, World

from outreach.delivery.journal import CampaignKey
from outreach.delivery.settle import CHANGED
from outreach.delivery.sqlite import SqliteJournal
from outreach.model import Campaign, Messages, SmsContent, State, Template
from outreach_twilio import TwilioSettings

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
async def test_changed_contents_leave_the_person_unknown(make_world: Make) -> None:
    """With another text nobody can tell what was sent: the person waits for the old text or for somebody's word."""
    world = make_world("twilio", people=3, faults={2: "lost after"})
    await world.run()
    other = world.campaign(messages=Messages(sms=SmsContent(text=Template.parse("something else"))))

    assert (await _later(world, other))[State.UNKNOWN] == 1
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_another_accounts_list_proves_nothing(make_world: Make) -> None:
    """Where the account changed, nobody is proved absent, and the reason says so; put back, all is settled."""
    world = make_world("twilio", people=3, faults={2: "lost after"})
    await world.run()
    account, own = world.campaign().providers["twilio"], world.emulators["twilio"]
    assert isinstance(account, TwilioSettings)
    other = attrs.evolve(account, account_sid="AC" + "b" * 32)
    world.emulators["twilio"] = world.plugins.providers["twilio"].emulate()

    for _ in range(2):
        assert (await _later(world, world.campaign(providers={"twilio": other})))[State.UNKNOWN] == 1
    assert not world.reached
    async with await SqliteJournal.open(world.folder / "journal.db", now=world.clock.now()) as journal:
        told = [row.reason async for row in journal.deliveries(KEY) if row.state is State.UNKNOWN]
    assert told == [CHANGED]

    world.emulators["twilio"] = own
    assert (await _later(world))[State.ACCEPTED] == 3
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_another_rounds_message_is_not_taken_for_ours(make_world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same text went to the same number a minute before, and the journal holds it: nobody can tell."""
    world = make_world("twilio", people=3)
    await world.run()
    monkeypatch.setattr(worlds, "KEY", CampaignKey("fees", 2))
    world.clock.moment += timedelta(minutes=1)
    world.faults = {world.sent + 2: "lost before"}

    assert (await world.run())[State.UNKNOWN] == 1
    assert (await _later(world))[State.UNKNOWN] == 1


@pytest.mark.asyncio
async def test_a_later_rounds_message_is_not_taken_for_ours(make_world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """It neither stands for the lost one nor proves that nothing came: that one stays unknown, and nobody gets two."""
    world = make_world("twilio", people=3, faults={2: "lost before"})
    await world.run()
    monkeypatch.setattr(worlds, "KEY", CampaignKey("fees", 2))
    world.clock.moment += timedelta(minutes=30)
    assert (await world.run())[State.ACCEPTED] == 3
    monkeypatch.setattr(worlds, "KEY", KEY)

    counts = await _later(world)
    assert (counts[State.ACCEPTED], counts[State.UNKNOWN]) == (2, 1)
    assert sorted(world.reached.values()) == [1, 2, 2]


@pytest.mark.parametrize("fault", ["lost before", "lost after", "500", "not sent", "429"])
@pytest.mark.asyncio
async def test_every_lost_request_is_settled_in_the_end(make_world: Make, fault: str) -> None:
    """Whatever request is lost, before or after its effect, everybody is reached exactly once in the end."""
    for number in range(1, 5):
        world = make_world("twilio", people=4, faults={number: fault})
        await world.run()
        assert (await _later(world))[State.ACCEPTED] == 4
        assert set(world.reached.values()) == {1}
