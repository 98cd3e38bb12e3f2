"""A route with two providers: whom the first refuses, the second contacts, and nobody is contacted by both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from second import SecondEmulator, second
from worlds import KEY, Crash, World

import outreach
from outreach.delivery.journal import DeliveryRow
from outreach.delivery.lane import Held
from outreach.delivery.retry import MOST_ATTEMPTS
from outreach.delivery.settle import Settler
from outreach.delivery.sqlite import SqliteJournal
from outreach.errors import EnvironmentProblem
from outreach.model import Channel, Contacts, Limits, Route, State, Template
from outreach.model.campaign import PerContact
from outreach.planning.reroute import rerouted
from outreach.plugins import Plugins, load_plugins

Make = Callable[..., World]

#: The provider that the vendor's account belongs to, and the order of the route.
ORDERS = {
    "tingting first": ("tingting", ("tingting", "second")),
    "tingting last": ("tingting", ("second", "tingting")),
    "toingg first": ("toingg", ("toingg", "second")),
    "toingg last": ("toingg", ("second", "toingg")),
    "contactswing first": ("contactswing", ("contactswing", "second")),
    "contactswing last": ("contactswing", ("second", "contactswing")),
}

ALL = pytest.mark.parametrize("case", ORDERS)

#: People where every point of a run is tried: as few as fill more than one request.
FEW = {"tingting": 11, "toingg": 2, "contactswing": 4}

#: The request of a vendor that brings people, by a part of its address.
LOADS = {"tingting": "add-contact", "toingg": "make_call", "contactswing": "create_with_touchpoint"}


def third(phone: str) -> bool:
    """Whether the second provider refuses a number."""
    return int(phone[-4:-2]) % 3 == 0


@pytest.fixture
def make_pair(tmp_path: Path, plugins: Plugins) -> Make:
    """Make worlds with a second provider, each in a folder of its own."""
    both = Plugins({**plugins.providers, "second": second()})
    made: list[World] = []

    def make(case: str, **more: Any) -> World:
        provider, order = ORDERS[case]
        folder = tmp_path / str(len(made))
        folder.mkdir()
        world = World(folder, both, provider, order=order, **{"people": 12, **more})
        emulator = world.emulators["second"]
        assert isinstance(emulator, SecondEmulator)
        emulator.refuses = third if order[0] == "second" else lambda _phone: False
        made.append(world)
        return world

    return make


async def finish(world: World, *, runs: int = 6) -> dict[State, int]:
    """Run until nothing changes any more, as an operator would, a while apart."""
    counts: dict[State, int] = {}
    for _ in range(runs):
        world.clock.moment += timedelta(minutes=5)
        counts = dict(await world.run())
        if not counts[State.PLANNED] + counts[State.CANCELLED]:
            break
    return counts


async def rows(world: World) -> Mapping[str, DeliveryRow]:
    """Give the report, and hold that every number stands in it once."""
    async with await SqliteJournal.open(world.folder / "journal.db", now=world.clock.now()) as journal:
        found = [row async for row in journal.deliveries(KEY)]
    assert len({row.phone for row in found}) == len(found)
    return {row.phone: row for row in found}


def nobody_twice_nobody_lost(world: World, counts: Mapping[State, int]) -> None:
    """Hold the two promises against what both vendors saw."""
    assert all(times == 1 for times in world.reached.values()), "somebody was contacted twice"
    assert sum(counts.values()) == world.people, "somebody is in no state, or in two"
    assert len(world.reached) <= counts[State.ACCEPTED] + counts[State.UNKNOWN], "contacted, but not on the books"
    assert counts[State.ACCEPTED] <= len(world.reached)


def refusing(case: str, **more: Any) -> dict[str, Any]:
    """Give what makes the first provider of a case refuse people; the second one refuses by itself."""
    provider, order = ORDERS[case]
    return more if order[0] == "second" else {**more, "always": {provider: (LOADS[provider], "400")}}


@ALL
@pytest.mark.asyncio
async def test_whom_one_refuses_the_next_one_contacts(make_pair: Make, case: str) -> None:
    """In one call everybody is contacted once, and the report names the provider that had them, and the refusal."""
    world = make_pair(case, **refusing(case))

    counts = await world.run()

    assert counts[State.ACCEPTED] == world.people
    nobody_twice_nobody_lost(world, counts)
    first, last = world.order
    passed = [row for row in (await rows(world)).values() if row.provider == last]
    assert passed
    assert all(row.attempts == 2 and row.reason.startswith(f"before, {first}: ") for row in passed)
    sent = world.sent
    assert (await world.run())[State.ACCEPTED] == world.people
    assert world.sent == sent


@ALL
@pytest.mark.asyncio
async def test_a_crash_anywhere_in_failover_neither_repeats_nor_loses(make_pair: Make, case: str) -> None:
    """Dying at any point of either pass, and running again, contacts nobody twice and loses nobody."""
    point = 0
    while True:
        point += 1
        world = make_pair(case, **refusing(case, crash_at=point, people=FEW[ORDERS[case][0]]))
        try:
            await world.run()
        except Crash:
            counts = await finish(world)
            nobody_twice_nobody_lost(world, counts)
            assert counts[State.ACCEPTED] + counts[State.UNKNOWN] == world.people
            assert counts[State.UNKNOWN] <= 12
            await rows(world)
            continue
        break
    assert point > 8


@ALL
@pytest.mark.parametrize("fault", ["lost before", "lost after", "500", "not sent", "429", "401", "400"])
@pytest.mark.asyncio
async def test_a_fault_at_any_request_of_either_neither_repeats_nor_loses(
    make_pair: Make, case: str, fault: str
) -> None:
    """Any fault at any request of either provider contacts nobody twice, and everybody stays on the books once."""
    number = 0
    while True:
        number += 1
        world = make_pair(case, **refusing(case, faults={number: fault}, people=FEW[ORDERS[case][0]]))
        counts = dict(await world.run())
        if world.faults:
            break
        nobody_twice_nobody_lost(world, counts)
        nobody_twice_nobody_lost(world, await finish(world))
        await rows(world)
    assert number > 2


@pytest.mark.parametrize("fault", ["lost before", "lost after", "500"])
@pytest.mark.parametrize("case", ["toingg first", "contactswing first", "tingting last"])
@pytest.mark.asyncio
async def test_what_is_unknown_never_goes_to_the_next_provider(make_pair: Make, case: str, fault: str) -> None:
    """A lost answer of the first is no refusal: those people wait for somebody who knows."""
    provider, order = ORDERS[case]
    place = LOADS[provider] if order[0] == provider else "send"
    world = make_pair(case, always={order[0]: (place, fault)})

    counts = await finish(world)

    assert counts[State.UNKNOWN] > 0
    assert not world.emulators[order[1]].reached
    nobody_twice_nobody_lost(world, counts)


@pytest.mark.parametrize("fault", ["401", "429", "not sent"])
@pytest.mark.parametrize("case", ["toingg first", "contactswing first", "tingting first", "tingting last"])
@pytest.mark.asyncio
async def test_a_provider_that_cannot_be_used_hands_over_whom_it_never_had(
    make_pair: Make, case: str, fault: str
) -> None:
    """An account that is refused, or a vendor that is away after all tries, loses its people to the next provider."""
    _, order = ORDERS[case]
    world = make_pair(case, always={order[0]: ("", fault)})

    counts = await world.run()

    assert counts[State.ACCEPTED] == world.people
    assert {row.provider for row in (await rows(world)).values()} == {order[1]}
    nobody_twice_nobody_lost(world, counts)


@pytest.mark.asyncio
async def test_a_campaign_that_the_first_refuses_to_make_goes_to_the_next(make_pair: Make) -> None:
    """A clear refusal of the request that makes the campaign is a refusal of everybody in it."""
    world = make_pair("tingting first", faults={1: "400"})

    counts = await world.run()

    assert counts[State.ACCEPTED] == world.people
    assert {row.provider for row in (await rows(world)).values()} == {"second"}


@pytest.mark.parametrize("fault", ["429", "401"])
@pytest.mark.asyncio
async def test_loaded_people_go_on_and_their_campaign_is_never_launched(make_pair: Make, fault: str) -> None:
    """When the launch is proved not to have happened, the next provider takes over and nobody launches it any more."""
    world = make_pair("tingting first", always={"tingting": ("run", fault)})

    counts = await world.run()
    assert counts[State.ACCEPTED] == world.people
    assert not world.emulators["tingting"].reached

    world.always, sent = {}, world.sent
    await finish(world)
    assert world.sent == sent
    assert set(world.reached.values()) == {1}
    async with await SqliteJournal.open(world.folder / "journal.db", now=world.clock.now()) as journal:
        assert [one.closed for one in await journal.slices(KEY) if one.provider == "tingting"] == [True]


@pytest.mark.asyncio
async def test_who_stays_behind_in_a_campaign_that_is_given_up_is_planned_again(make_pair: Make) -> None:
    """Whom the fallback cannot carry is not stranded in a closed campaign: the next call begins anew."""
    world = make_pair("tingting first", always={"tingting": ("run", "429")})
    narrow = second(capabilities=attrs.evolve(second().capabilities, needs_id=True))
    world.plugins = Plugins({**world.plugins.providers, "second": narrow})
    campaign = world.campaign()
    people = [{"phone": f"+9779610{index:04d}11", "id": "" if index < 4 else f"c{index}"} for index in range(12)]
    campaign = attrs.evolve(campaign, contacts=Contacts(sources=people))

    counts = await world.run(campaign)
    assert counts == {**counts, State.ACCEPTED: 8, State.CANCELLED: 4}

    world.always = {}
    counts = await world.run(campaign)
    assert counts[State.ACCEPTED] == 12
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_a_stop_between_two_providers_keeps_everybody_on_the_books(make_pair: Make) -> None:
    """After a stop in the first pass the refused stay refused; the next call brings them to the next provider."""
    world = make_pair("tingting last")
    stop = asyncio.Event()
    world.before = lambda _request: stop.set() if world.sent == 2 else None

    counts = await world.run(stop=stop)
    assert counts[State.REJECTED] > 0

    world.before = lambda _request: None
    counts = await finish(world)
    assert counts[State.ACCEPTED] == 12
    nobody_twice_nobody_lost(world, counts)


async def refused_and_stopped(world: World) -> None:
    """Let the first provider refuse some, and end before the second has its turn."""
    stop = asyncio.Event()
    world.before = lambda _request: stop.set() if world.sent == 2 else None
    counts = await world.run(stop=stop)
    world.before = lambda _request: None
    assert counts[State.REJECTED] == 4


@pytest.mark.asyncio
async def test_another_order_between_two_calls_asks_nobody_again_who_refused(make_pair: Make) -> None:
    """A refusal holds for its provider wherever the list has it later."""
    world = make_pair("tingting last")
    await refused_and_stopped(world)
    sent = len(world.seen)

    world.order = ("tingting", "second")
    counts = await finish(world)

    assert counts[State.ACCEPTED] == 12
    assert not any(one.target == "send" for one in world.seen[sent:])
    nobody_twice_nobody_lost(world, counts)


@pytest.mark.asyncio
async def test_a_provider_taken_off_the_list_leaves_its_refused_to_the_other(make_pair: Make) -> None:
    """A route that names the other provider alone goes on with whoever was refused, and with nobody else."""
    world = make_pair("tingting last")
    await refused_and_stopped(world)
    route = Route(channel=Channel.VOICE, providers=("tingting",))

    counts = await world.run(world.campaign(routes=(route,)))

    assert counts[State.ACCEPTED] == 12
    assert set(world.reached.values()) == {1}


@pytest.mark.asyncio
async def test_without_the_fallback_the_refused_stay_refused(make_pair: Make) -> None:
    """A route that names the first provider alone asks it no second time."""
    world = make_pair("tingting last")
    await refused_and_stopped(world)
    sent = world.sent
    route = Route(channel=Channel.VOICE, providers=("second",))

    counts = await world.run(world.campaign(routes=(route,)))

    assert (counts[State.ACCEPTED], counts[State.REJECTED]) == (8, 4)
    assert world.sent == sent


@pytest.mark.asyncio
async def test_when_all_refuse_the_last_refusal_stands_with_the_first_behind_it(make_pair: Make) -> None:
    """Somebody whom nobody takes is rejected once, with both reasons and all attempts."""
    world = make_pair("tingting last", always={"tingting": ("add-contact", "400")})

    counts = await world.run()

    assert counts[State.REJECTED] == 4
    refused = [row for row in (await rows(world)).values() if row.state is State.REJECTED]
    assert all(row.provider == "tingting" and row.attempts == 2 for row in refused)
    assert all("400" in row.reason and "before, second: no such number" in row.reason for row in refused)
    sent = world.sent
    await world.run()
    assert world.sent == sent


@pytest.mark.asyncio
async def test_the_attempts_of_a_person_have_one_budget(make_pair: Make) -> None:
    """Retries, runs and providers together try a person so many times and no more; then they wait, with the reason."""
    world = make_pair("toingg first", people=1, always={"toingg": ("make_call", "401"), "second": ("send", "401")})
    await world.run()
    world.always = {"toingg": ("make_call", "429"), "second": ("send", "429")}

    for _ in range(8):
        await world.run()

    (row,) = (await rows(world)).values()
    assert row.attempts == MOST_ATTEMPTS
    assert row.state is State.PLANNED
    assert "tried as often" in row.reason
    calls = [one for one in world.seen if one.target == "send" or "make_call" in one.target]
    assert len(calls) == MOST_ATTEMPTS
    world.always = {}
    await world.run()
    assert not world.reached


@pytest.mark.asyncio
async def test_contacts_of_a_person_are_counted_once_over_providers(make_pair: Make) -> None:
    """A refusal is no contact: with one contact allowed, the next provider may still have it."""
    world = make_pair("tingting last")
    limits = Limits(per_contact=PerContact(1, timedelta(days=7)))

    counts = await world.run(world.campaign(limits=limits))

    assert counts[State.ACCEPTED] == 12


def bought(folder: Path, **more: Any) -> outreach.Campaign:
    """Give a campaign through two providers, of which the sandbox's first refuses every third."""
    return outreach.Campaign(
        name="fees",
        base=folder,
        message=Template.parse("Fees are due."),
        contacts=Contacts(sources=[{"phone": f"+9779610{index:04d}11", "id": str(index)} for index in range(12)]),
        routes=(Route(channel=Channel.VOICE, providers=("second", "tingting")),),
        **more,
    )


def shelf(refuses: Callable[[str], bool] = third) -> Plugins:
    """Give the installed providers, and one that refuses."""
    return Plugins({**load_plugins().providers, "second": second(emulate=lambda: SecondEmulator(refuses=refuses))})


def test_contacts_that_can_be_gone_through_once_serve_every_pass(tmp_path: Path) -> None:
    """An iterator is read once, and the next provider still learns whom to contact."""
    campaign = bought(tmp_path)
    once = attrs.evolve(campaign, contacts=Contacts(sources=iter(campaign.contacts.sources)))  # type: ignore[arg-type]  # as the client allows

    done = outreach.send(once, sandbox=True, plugins=shelf())

    assert done.exit_code == 0
    assert done.deliveries[State.ACCEPTED] == 12
    told = {row.phone: row for row in outreach.report(campaign, sandbox=True)}
    assert {row.provider for phone, row in told.items() if third(phone)} == {"tingting"}
    assert {row.provider for phone, row in told.items() if not third(phone)} == {"second"}


def test_a_limit_of_one_call_holds_over_both_providers(tmp_path: Path) -> None:
    """With ``--limit`` no more people are contacted than it says, the refused who went on included."""
    done = outreach.send(bought(tmp_path), sandbox=True, plugins=shelf(), limit=6)

    assert done.deliveries[State.ACCEPTED] == 6
    assert done.deliveries[State.PLANNED] == 6


@pytest.mark.parametrize(("second_limit", "accepted"), [(6, 6), (8, 8), (4, 4)])
def test_who_was_loaded_by_an_earlier_call_counts_under_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second_limit: int, accepted: int
) -> None:
    """A launch that the last call owed, and the new people, are together no more than ``--limit`` says."""
    campaign = rerouted(bought(tmp_path), load_plugins().provider("tingting"))

    async def held(*_: object) -> bool:
        msg = "the list cannot be read; run send again"
        raise Held(msg)

    with monkeypatch.context() as patch:
        patch.setattr(Settler, "aboard", held)
        first = outreach.send(campaign, sandbox=True, limit=6)
    assert first.deliveries[State.ACCEPTED] == 0

    done = outreach.send(campaign, sandbox=True, limit=second_limit)

    assert done.deliveries[State.ACCEPTED] == accepted
    assert done.deliveries[State.PLANNED] == 12 - accepted
    assert outreach.send(campaign, sandbox=True).deliveries[State.ACCEPTED] == 12


@pytest.mark.parametrize("gone", [False, True])
def test_a_list_that_breaks_between_two_passes_does_not_say_that_nobody_was_contacted(
    tmp_path: Path, gone: bool
) -> None:
    """Exit codes 2, 3 and 6 promise that; the same command ends the campaign when the list is whole again."""
    told = tmp_path / "dnc.csv"
    told.write_text("phone\n+9779619999999\n")
    campaign = attrs.evolve(bought(tmp_path), suppress=(str(told),))

    def breaks(phone: str) -> bool:
        told.unlink(missing_ok=True) if gone else told.write_text("phone\nnot a number\n")
        return third(phone)

    with pytest.raises(EnvironmentProblem, match="people were contacted") as caught:
        outreach.send(campaign, sandbox=True, plugins=shelf(breaks))

    assert caught.value.exit_code == 4
    states = [row.state for row in outreach.report(campaign, sandbox=True)]
    assert (states.count(State.ACCEPTED), states.count(State.REJECTED)) == (8, 4)
    told.write_text("phone\n+9779619999999\n")
    done = outreach.send(campaign, sandbox=True, plugins=shelf())
    assert (done.exit_code, done.deliveries[State.ACCEPTED]) == (0, 12)


def test_explain_tells_both_turns(tmp_path: Path) -> None:
    """The story of somebody who was passed on holds the refusal and what became of them after it."""
    campaign = bought(tmp_path)
    outreach.send(campaign, sandbox=True, plugins=shelf())

    story = outreach.explain(campaign, "+9779610000011", sandbox=True, plugins=shelf())

    assert [(event.provider, event.stage) for event in story.events] == [
        ("second", "passed"),
        ("tingting", "accepted"),
    ]
    assert story.events[0].reason == "no such number"


def test_via_puts_one_provider_in_place_of_the_list(tmp_path: Path) -> None:
    """A switch names one provider: whoever it refuses stays refused."""
    plugins = shelf()
    via = rerouted(bought(tmp_path), plugins.provider("second"))

    done = outreach.send(via, sandbox=True, plugins=plugins)

    assert (done.deliveries[State.ACCEPTED], done.deliveries[State.REJECTED]) == (8, 4)
    assert done.exit_code == 1
