"""The engine against the three vendors' emulators, without sockets: crashes and faults at every point."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta

import attrs
import pytest
from worlds import START, Crash, World

from outreach.model import Channel, Contacts, Route, Schedule, State, Window
from outreach.provider import Emulator, Reached
from outreach.wire import Received, Request, Response
from outreach_tingting.magic import Number

Make = Callable[..., World]

ALL = pytest.mark.parametrize("provider", ["tingting", "toingg", "contactswing", "twilio"])

#: People in one request that reaches people: so many may a crash leave unknown.
MOST_AT_ONCE = {"tingting": 12, "toingg": 1, "contactswing": 4, "twilio": 1}


async def finish(world: World, *, runs: int = 6) -> dict[State, int]:
    """Run until nothing changes any more, as an operator would, a while apart."""
    counts: dict[State, int] = {}
    for _ in range(runs):
        world.clock.moment += timedelta(minutes=5)
        counts = dict(await world.run())
        if not counts[State.PLANNED]:
            break
    return counts


def nobody_twice_nobody_lost(world: World, counts: dict[State, int]) -> None:
    """Hold the two promises against what the vendor saw."""
    assert all(times == 1 for times in world.reached.values()), "somebody was contacted twice"
    assert sum(counts.values()) == world.people, "somebody is in no state"
    assert counts[State.ACCEPTED] <= len(world.reached)
    assert len(world.reached) <= counts[State.ACCEPTED] + counts[State.UNKNOWN], "contacted, but not on the books"


@ALL
@pytest.mark.asyncio
async def test_everybody_is_contacted_once(make_world: Make, provider: str) -> None:
    """A campaign without trouble reaches everybody once."""
    world = make_world(provider)

    counts = await world.run()

    assert counts[State.ACCEPTED] == world.people
    assert len(world.reached) == world.people
    assert set(world.reached.values()) == {1}


@ALL
@pytest.mark.asyncio
async def test_a_second_and_third_run_send_nothing(make_world: Make, provider: str) -> None:
    """Running again on a finished campaign makes no request at all."""
    world = make_world(provider)
    await world.run()
    sent = world.sent

    await world.run()
    counts = await world.run()

    assert world.sent == sent
    assert counts[State.ACCEPTED] == world.people


@ALL
@pytest.mark.asyncio
async def test_new_people_are_contacted_and_nobody_else(make_world: Make, provider: str) -> None:
    """People added to the contacts after a run are the only ones that the next run contacts."""
    world = make_world(provider)
    await world.run()

    world.people += 7
    counts = await world.run()

    assert counts[State.ACCEPTED] == world.people
    assert len(world.reached) == world.people
    assert set(world.reached.values()) == {1}


@ALL
@pytest.mark.asyncio
async def test_a_crash_anywhere_neither_repeats_nor_loses(make_world: Make, provider: str) -> None:
    """Dying at any point around any request, and running again, contacts nobody twice and loses nobody."""
    point = 0
    while True:
        point += 1
        world = make_world(provider, people=12, crash_at=point)
        try:
            await world.run()
        except Crash:
            counts = await finish(world)
            nobody_twice_nobody_lost(world, counts)
            assert counts[State.ACCEPTED] + counts[State.UNKNOWN] == world.people
            assert counts[State.UNKNOWN] <= MOST_AT_ONCE[provider]
            continue
        break
    assert point > 12


@ALL
@pytest.mark.parametrize("fault", ["lost before", "lost after", "500", "not sent", "429", "401", "400"])
@pytest.mark.asyncio
async def test_a_fault_at_any_request_neither_repeats_nor_loses(make_world: Make, provider: str, fault: str) -> None:
    """Any fault at any request contacts nobody twice, and everybody stays on the books."""
    number = 0
    while True:
        number += 1
        world = make_world(provider, people=12, faults={number: fault})
        counts = dict(await world.run())
        if world.faults:
            break
        nobody_twice_nobody_lost(world, counts)
        nobody_twice_nobody_lost(world, await finish(world))
    assert number > 2


@pytest.mark.parametrize("fault", ["lost before", "lost after", "not sent", "429", "401"])
@pytest.mark.asyncio
async def test_a_vendor_that_can_be_asked_leaves_nothing_unknown(make_world: Make, fault: str) -> None:
    """At TingTing every lost answer but the launch's is settled, and in the end everybody is contacted once."""
    clean = make_world("tingting", people=12)
    await clean.run()
    launches = [number for number, one in enumerate(clean.seen, 1) if one.reaches.value == "everyone"]
    for number in range(1, clean.sent + 1):
        world = make_world("tingting", people=12, faults={number: fault})
        await world.run()
        counts = await finish(world)
        if number in launches and fault == "lost before":
            assert counts[State.UNKNOWN] == 12
            continue
        assert counts[State.ACCEPTED] == 12, f"fault at request {number}"
        assert set(world.reached.values()) == {1}


@attrs.define
class Garbled:
    """A vendor whose first answers to one request cannot be read; it does what it was asked."""

    honest: Emulator
    method: str
    path: str
    times: int

    reached: list[Reached] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.reached = self.honest.reached

    def answer(self, received: Received, now: datetime) -> Response:
        """Answer as the vendor would, or with rubbish."""
        answer = self.honest.answer(received, now)
        if not self.times or (received.method, received.path) != (self.method, self.path):
            return answer
        self.times -= 1
        return attrs.evolve(answer, body=b"\x00{")


@pytest.mark.parametrize("times", [1, 2, 30])
@pytest.mark.asyncio
async def test_a_step_that_cannot_be_read_is_done_again_before_anybody_is_loaded(make_world: Make, times: int) -> None:
    """Until the read-back of a TingTing campaign was read and agrees, nobody is put into it."""
    clean = make_world("tingting", people=12)
    await clean.run()
    (check,) = [one for one in clean.seen[:4] if one.method == "GET"]
    world = make_world("tingting", people=12)
    honest = world.emulators["tingting"]
    world.emulators["tingting"] = Garbled(honest, "GET", check.target, times)

    counts = dict(await world.run())

    loads = [one for one in world.seen if one.target.endswith("add-contact/")]
    readable = times < 3
    assert bool(loads) is readable
    assert counts[State.ACCEPTED if readable else State.PLANNED] == 12
    assert [one.target for one in world.seen].count(check.target) >= min(times + 1, 3)


@pytest.mark.parametrize("provider", ["tingting", "toingg"])
@pytest.mark.asyncio
async def test_a_create_that_is_at_once_proved_absent_is_done_again(make_world: Make, provider: str) -> None:
    """Where "not found" counts at once, a lost create is repeated before anything that needs its answer."""
    world = make_world(provider, people=12, faults={1: "lost before"})
    campaign = world.campaign()
    own = attrs.evolve(campaign.providers[provider], settle_after=0.0)

    counts = dict(await world.run(attrs.evolve(campaign, providers={provider: own})))

    assert counts[State.ACCEPTED] == 12
    assert set(world.reached.values()) == {1}


@pytest.mark.parametrize("provider", ["toingg", "contactswing"])
@pytest.mark.asyncio
async def test_a_lost_answer_that_nobody_can_settle_is_never_sent_again(make_world: Make, provider: str) -> None:
    """Where the vendor cannot be asked, those people stay unknown for good."""
    reaching = 2 if provider == "toingg" else 1
    world = make_world(provider, people=12, faults={reaching: "lost before"})

    counts = dict(await world.run())
    again = await finish(world)

    assert counts[State.UNKNOWN] > 0
    assert again[State.UNKNOWN] == counts[State.UNKNOWN]
    assert len(world.reached) == world.people - again[State.UNKNOWN]


@ALL
@pytest.mark.asyncio
async def test_a_refused_account_stops_everything_and_keeps_everybody(make_world: Make, provider: str) -> None:
    """A 401 in the middle stops the account; the others stay planned and go out after the token is mended."""
    world = make_world(provider, people=40, faults={3 if provider == "toingg" else 1: "401"})

    counts = await world.run()
    assert counts[State.PLANNED] > 0
    assert counts[State.REJECTED] == counts[State.UNKNOWN] == 0

    counts = await world.run()
    assert counts[State.ACCEPTED] == world.people
    assert set(world.reached.values()) == {1}


@ALL
@pytest.mark.asyncio
async def test_nothing_goes_out_before_its_time(make_world: Make, provider: str) -> None:
    """Before the start nobody is contacted; a vendor that can wait is given the start instead."""
    world = make_world(provider)
    later = world.campaign(schedule=Schedule(start=START + timedelta(hours=2)))

    counts = await world.run(later)

    waits = provider in {"toingg", "twilio"}
    assert counts[State.PLANNED if waits else State.ACCEPTED] == world.people
    world.clock.moment = START + timedelta(hours=3)
    counts = await world.run(later)
    assert counts[State.ACCEPTED] == world.people
    assert set(world.reached.values()) == {1}


@ALL
@pytest.mark.asyncio
async def test_what_is_past_its_time_is_cancelled_with_the_reason(make_world: Make, provider: str) -> None:
    """After ``expires`` nobody is contacted, and everybody is on the books as cancelled."""
    world = make_world(provider)
    over = world.campaign(schedule=Schedule(expires=START - timedelta(minutes=1)))

    counts = await world.run(over)

    assert counts[State.CANCELLED] == world.people
    assert not world.reached


@ALL
@pytest.mark.asyncio
async def test_stopping_finishes_what_is_in_flight_and_sends_nothing_more(make_world: Make, provider: str) -> None:
    """After stop is set nobody new is contacted, nothing is unknown, and the next run finishes the rest."""
    world = make_world(provider, people=40)
    stop = asyncio.Event()
    world.before = lambda _request: stop.set() if world.sent == 3 else None

    counts = await world.run(stop=stop)
    assert counts[State.UNKNOWN] == counts[State.IN_FLIGHT] == 0
    assert counts[State.PLANNED] > 0

    counts = await world.run()
    assert counts[State.ACCEPTED] == world.people
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_a_doubled_number_at_the_vendor_keeps_the_launch_back(make_world: Make) -> None:
    """When the vendor lists somebody twice, nothing is launched: it would ring them twice."""
    world = make_world("tingting", people=12, doubles="add-contact")

    counts = await world.run()

    assert counts[State.PLANNED] == world.people
    assert not world.reached


@pytest.mark.asyncio
async def test_somebody_loaded_whom_the_vendor_does_not_list_keeps_the_launch_back(make_world: Make) -> None:
    """The vendor took everybody but lists one fewer: nobody knows whom it would call, so it is not launched yet."""
    world = make_world("tingting", people=12, hides=True)

    counts = await world.run()
    assert counts[State.PLANNED] == world.people
    assert not world.reached

    world.hides = False
    counts = await world.run()
    assert counts[State.ACCEPTED] == world.people
    assert set(world.reached.values()) == {1}


@ALL
@pytest.mark.asyncio
async def test_stop_is_looked_at_once_more_between_the_intent_and_the_write(make_world: Make, provider: str) -> None:
    """A stop that comes while the intent is written keeps that request back, and its people stay planned."""
    world = make_world(provider, people=12)
    stop = asyncio.Event()
    world.notice = lambda name: stop.set() if name == "after intent" else None

    counts = await world.run(stop=stop)

    assert world.sent == 0
    assert counts[State.PLANNED] == world.people
    world.notice = lambda _name: None
    assert (await world.run())[State.ACCEPTED] == world.people


@pytest.mark.asyncio
async def test_a_campaign_at_the_vendor_holds_no_more_people_than_stated(make_world: Make) -> None:
    """A campaign's people are split into as many campaigns at the vendor as its size asks for."""
    world = make_world("tingting", people=25)
    campaign = world.campaign()
    small = attrs.evolve(campaign.providers["tingting"], campaign_size=10)

    counts = await world.run(attrs.evolve(campaign, providers={"tingting": small}))

    assert counts[State.ACCEPTED] == world.people
    assert sum(one.reaches.value == "everyone" for one in world.seen) == 3


@pytest.mark.asyncio
async def test_a_list_of_several_pages_is_read_to_its_end(make_world: Make) -> None:
    """More people than the vendor lists on one page are compared all the same before the launch."""
    world = make_world("tingting", people=230)

    counts = await world.run()

    assert counts[State.ACCEPTED] == world.people
    assert sum("campaign-detail" in one.target for one in world.seen) > 1


async def loaded_and_interrupted(world: World) -> None:
    """Load everybody into the vendor's campaign, and stop before the launch."""
    stop = asyncio.Event()
    world.before = lambda request: stop.set() if "campaign-detail" in request.target else None
    counts = await world.run(stop=stop)
    world.before = lambda _request: None
    assert counts[State.PLANNED] == world.people
    assert not world.reached


@pytest.mark.asyncio
async def test_who_left_the_contacts_after_being_loaded_keeps_the_launch_back(make_world: Make) -> None:
    """The launch would ring them: it waits until they are deleted at the vendor or put back."""
    world = make_world("tingting", people=12)
    await loaded_and_interrupted(world)

    world.people = 11
    await world.run()
    assert not world.reached

    world.people = 12
    counts = await world.run()
    assert counts[State.ACCEPTED] == 12
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_a_route_that_changed_its_channel_does_not_launch_the_old_one(make_world: Make) -> None:
    """People loaded for a call are not called when the campaign sends them SMS instead."""
    world = make_world("tingting", people=12)
    await loaded_and_interrupted(world)

    sms = world.campaign(routes=(Route(channel=Channel.SMS, providers=("tingting",)),))
    await world.run(sms)

    emulator = world.emulators["tingting"]
    assert {one.channel for one in emulator.reached} == {Channel.SMS}


@pytest.mark.asyncio
async def test_a_launch_that_comes_late_keeps_to_the_window(make_world: Make) -> None:
    """What was loaded before, with a start that has passed, is launched when the window is open and not before."""
    world = make_world("tingting", people=12)
    hours = Window(start=time(10), end=time(18))
    campaign = world.campaign(schedule=Schedule(window=hours))
    world.clock.moment = datetime.fromisoformat("2026-12-01T17:00:00+05:45")
    stop = asyncio.Event()
    world.before = lambda request: stop.set() if "campaign-detail" in request.target else None
    await world.run(campaign, stop=stop)
    world.before = lambda _request: None

    world.clock.moment = datetime.fromisoformat("2026-12-01T23:00:00+05:45")
    counts = await world.run(campaign)
    assert counts[State.PLANNED] == 12
    assert not any(one.reaches.value == "everyone" for one in world.seen)

    world.clock.moment = datetime.fromisoformat("2026-12-02T10:30:00+05:45")
    counts = await world.run(campaign)
    assert counts[State.ACCEPTED] == 12
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_people_planned_later_do_not_join_a_campaign_that_is_already_loaded(make_world: Make) -> None:
    """A campaign at the vendor never outgrows its size: the rest has one of its own."""
    world = make_world("tingting", people=12)
    await loaded_and_interrupted(world)

    world.people = 20
    counts = await world.run()

    assert counts[State.ACCEPTED] == 20
    assert sum(one.reaches.value == "everyone" for one in world.seen) == 2
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_a_row_of_unknown_outcomes_stops_the_account(make_world: Make) -> None:
    """When nobody knows what three requests in a row did, the others stay planned for another day."""
    world = make_world("toingg", people=40, faults=dict.fromkeys(range(2, 60), "500"))

    counts = await world.run()

    at_once = world.campaign().providers["toingg"].concurrency
    assert 3 <= counts[State.UNKNOWN] < 3 + at_once
    assert counts[State.PLANNED] == 40 - counts[State.UNKNOWN]


@pytest.mark.asyncio
@pytest.mark.parametrize("people", [1, 2], ids=["alone", "together"])
async def test_a_load_of_which_the_vendor_refuses_everybody_ends(make_world: Make, people: int) -> None:
    """Whom the answer refuses and the vendor's list lacks is rejected at once, not loaded again and again."""
    world = make_world("tingting")
    refused = [{"phone": f"+9779610{index:02d}{Number.REFUSED}", "id": f"r{index}"} for index in range(people)]
    campaign = world.campaign(contacts=Contacts(sources=refused))

    counts = await world.run(campaign)

    assert counts[State.REJECTED] == people
    assert sum("add-contact" in request.target for request in world.seen) == 1


@pytest.mark.parametrize(("provider", "creates"), [("tingting", (1, 4, 7)), ("toingg", (1, 3, 5))])
@pytest.mark.asyncio
async def test_a_campaign_that_proves_not_to_have_been_made_is_made_by_the_next_run(
    make_world: Make, provider: str, creates: tuple[int, ...]
) -> None:
    """Lost again and again, and never found, it is made no more in this run, and nothing further is asked of it."""
    world = make_world(provider, people=12, faults=dict.fromkeys(creates, "lost before"))
    campaign = world.campaign()
    at_once = {provider: attrs.evolve(campaign.providers[provider], settle_after=0.0)}

    counts = await world.run(attrs.evolve(campaign, providers=at_once))
    assert counts[State.PLANNED] == world.people
    assert not world.reached

    counts = await world.run(campaign)
    assert counts[State.ACCEPTED] == world.people
    assert set(world.reached.values()) == {1}


@ALL
@pytest.mark.asyncio
async def test_a_process_that_stood_still_sends_nothing_when_it_wakes(make_world: Make, provider: str) -> None:
    """Stopped for an hour between intent and write, it writes another intent before it sends."""
    world = make_world(provider, people=12, at_once=1)
    heard: list[str] = []

    def stand_still(name: str) -> None:
        heard.append(name)
        if heard.count("after intent") == 1 and name == "after intent":
            world.clock.moment += timedelta(hours=1)

    world.notice = stand_still
    counts = await world.run()

    assert "after answer" not in heard[: heard.index("after outcome")]
    assert counts[State.ACCEPTED] == world.people
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_not_found_proves_nothing_until_a_while_after_the_loss(make_world: Make) -> None:
    """A request may have been on its way for long: the time after which absence is proved begins when it was lost."""
    world = make_world("tingting", people=5, timeout=120.0)
    clean = make_world("tingting", people=5)
    await clean.run()
    load = next(number for number, one in enumerate(clean.seen, 1) if "add-contact" in one.target)
    world.faults = {load: "lost before"}

    counts = await world.run()
    assert counts[State.PLANNED] == 5
    assert sum("add-contact" in one.target for one in world.seen) == 1

    world.clock.moment += timedelta(seconds=60)
    counts = await world.run()
    assert counts[State.ACCEPTED] == 5


def die_at(place: str) -> Callable[[Request], None]:
    """Give what ends the process when a request to a place goes out."""

    def before(request: Request) -> None:
        if place in request.target:
            raise Crash

    return before


@pytest.mark.asyncio
async def test_after_a_crash_the_while_begins_at_the_restart(make_world: Make) -> None:
    """Nobody knows when the dead process lost the answer; the first that is certain is when the next one looked."""
    world = make_world("tingting", people=5)
    world.before = die_at("add-contact")
    with pytest.raises(Crash):
        await world.run()
    world.before = lambda _request: None
    loads = [one for one in world.seen if "add-contact" in one.target]

    world.clock.moment += timedelta(minutes=10)
    counts = await world.run()
    assert counts[State.PLANNED] == 5
    assert [one for one in world.seen if "add-contact" in one.target] == loads

    world.clock.moment += timedelta(seconds=60)
    assert (await world.run())[State.ACCEPTED] == 5


@pytest.mark.asyncio
async def test_whom_the_vendor_would_contact_after_the_end_is_not_handed_over(make_world: Make) -> None:
    """ContactSwing waits for 9 o'clock by itself: what expires before is cancelled, and nothing is handed over."""
    world = make_world("contactswing", people=4)
    world.clock.moment = datetime.fromisoformat("2026-12-01T20:00:00+05:45")
    night = Schedule(expires=world.clock.moment + timedelta(hours=12))

    counts = await world.run(world.campaign(schedule=night))

    assert counts[State.CANCELLED] == 4
    assert world.sent == 0


@pytest.mark.asyncio
async def test_somebody_refused_whom_the_vendor_lists_after_all_keeps_the_launch_back(make_world: Make) -> None:
    """On the books they were not contacted, so that another provider may have done it: the launch would do it again."""
    clean = make_world("tingting", people=5)
    await clean.run()
    load = next(number for number, one in enumerate(clean.seen, 1) if "add-contact" in one.target)
    world = make_world("tingting", people=5, faults={load: "lost after"}, hides=True)
    await world.run()
    world.clock.moment += timedelta(minutes=2)
    stop = asyncio.Event()
    world.before = lambda request: stop.set() if "campaign-detail" in request.target else None
    counts = await world.run(stop=stop)
    assert (counts[State.PLANNED], counts[State.REJECTED]) == (4, 1)
    world.before, world.hides = lambda _request: None, False

    counts = await world.run()

    assert counts[State.PLANNED] == 4
    assert not world.reached


@pytest.mark.asyncio
@pytest.mark.parametrize("provider", ["toingg", "contactswing"])
async def test_a_campaign_that_expires_in_the_middle_reaches_nobody_else(make_world: Make, provider: str) -> None:
    """Whoever is not called by then is cancelled with the reason, whatever waits for its turn."""
    world = make_world(provider, people=25)
    world.before = lambda _request: setattr(world.clock, "moment", START + timedelta(hours=2))

    counts = await world.run(world.campaign(schedule=Schedule(expires=START + timedelta(hours=1))))

    assert counts[State.CANCELLED] > 0
    assert counts[State.ACCEPTED] == len(world.reached)
    assert counts[State.CANCELLED] + counts[State.ACCEPTED] == world.people
