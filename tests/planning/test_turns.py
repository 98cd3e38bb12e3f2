"""Whose turn it is: people by what earlier runs did with them, providers by what they can and whether they are up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import attrs
import pytest

from outreach.contacts.values import Chunk
from outreach.model import Campaign, Channel, Contacts, Limits, PerContact, Route, Template
from outreach.planning.carrier import Carrier
from outreach.planning.turns import PER_CONTACT, Chooser, Going, LeftOut

VOICE, SMS = Channel.VOICE, Channel.SMS
WEEK = timedelta(days=7)


def phone(number: int) -> str:
    """Give a number that reaches nobody."""
    return f"+97796100000{number:02d}"


def chunk(count: int, **columns: Sequence[str]) -> Chunk:
    """Give people by number; the last of them has no id."""
    return Chunk(
        phones=[phone(number) for number in range(count)],
        ids=[f"c{number}" for number in range(count - 1)] + [""],
        names=["सीता"] * count,
        zones=[""] * count,
        rows=list(range(count)),
        columns=columns,
    )


@attrs.define
class Past:
    """What earlier runs did, by channel and the last two digits of the numbers."""

    done: Collection[int] = ()
    refusals: Mapping[str, Collection[int]] = attrs.field(factory=dict)
    loaded: Mapping[str, Collection[int]] = attrs.field(factory=dict)
    tried: Collection[int] = ()
    often: Mapping[int, int] = attrs.field(factory=dict)
    on: Channel = VOICE
    noted: dict[Channel, list[str]] = attrs.field(factory=dict)

    def _found(self, phones: Sequence[str], some: Collection[int], channel: Channel) -> list[int]:
        return [i for i, one in enumerate(phones) if int(one[-2:]) in some and channel is self.on]

    def handled(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Give who was handled; whoever is loaded is."""
        return self._found(phones, {*self.done, *(one for some in self.loaded.values() for one in some)}, channel)

    def refused(self, phones: Sequence[str], channel: Channel) -> Mapping[str, Collection[int]]:
        """Give who was refused."""
        found = {name: self._found(phones, some, channel) for name, some in self.refusals.items()}
        return {name: some for name, some in found.items() if some}

    def rejected(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Give who stands as refused."""
        return self._found(phones, [one for some in self.refusals.values() for one in some], channel)

    def aboard(self, phones: Sequence[str], channel: Channel) -> Mapping[str, Collection[int]]:
        """Give who is loaded."""
        found = {name: self._found(phones, some, channel) for name, some in self.loaded.items()}
        return {name: some for name, some in found.items() if some}

    def spent(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Give who was tried too often."""
        return self._found(phones, self.tried, channel)

    def wanted(self, phones: Sequence[str], channel: Channel) -> None:
        """Take note."""
        self.noted.setdefault(channel, []).extend(phones)

    def contacts(self, phones: Sequence[str]) -> Mapping[int, int]:
        """Count contacts of other campaigns."""
        return {i: self.often[int(one[-2:])] for i, one in enumerate(phones) if int(one[-2:]) in self.often}


@attrs.frozen
class Barred:
    """A do-not-contact list."""

    numbers: Collection[int] = ()

    def reasons(self, phones: Sequence[str], _channel: Channel) -> Mapping[int, str]:
        """Give who is on it."""
        return {i: "suppressed" for i, one in enumerate(phones) if int(one[-2:]) in self.numbers}


def account(*, needs_id: bool = False, codes: tuple[str, ...] = (), by_zone: bool = False) -> Carrier:
    """Give an account that can do everything but what is said."""
    batching = SimpleNamespace(by_zone=by_zone)
    capabilities = SimpleNamespace(
        calling_codes=codes, needs_id=needs_id, batching=batching, schedules=False, default_window=None
    )
    return cast("Carrier", SimpleNamespace(provider=SimpleNamespace(capabilities=capabilities)))


def chooser(
    *routes: Route,
    past: Past | None = None,
    barred: Collection[int] = (),
    down: Collection[str] = (),
    accounts: Mapping[str, Carrier] | None = None,
    **more: Any,
) -> Chooser:
    """Give what chooses, for a route by voice through a, b and c where none is given."""
    campaign = Campaign(
        name="fees",
        message=Template.parse("नमस्ते"),
        contacts=Contacts(sources=[]),
        routes=routes or (Route(channel=VOICE, providers=("a", "b", "c")),),
        **more,
    )
    carriers = {name: account() for name in "abc"} | dict(accounts or {})
    return Chooser(campaign, carriers, Barred(barred), past or Past(), down)


def legs(going: Going) -> dict[str, list[int]]:
    """Give who goes where."""
    return {name: list(some) for name, some in going.legs.items() if some}


@pytest.mark.parametrize(
    ("past", "down", "expected", "passing"),
    [
        (Past(), "", {"a": [0, 1, 2]}, False),
        (Past(done=[1]), "", {"a": [0, 2]}, False),
        (Past(refusals={"a": [1]}), "", {"a": [0, 2], "b": [1]}, True),
        (Past(refusals={"a": [1, 2], "b": [1]}), "", {"a": [0], "b": [2], "c": [1]}, True),
        (Past(refusals={"a": [1], "b": [1], "c": [1]}), "", {"a": [0, 2]}, False),
        (Past(refusals={"b": [1]}), "", {"a": [0, 1, 2]}, True),
        (Past(refusals={"a": [1]}, tried=[1]), "", {"a": [0, 2]}, False),
        (Past(tried=[1]), "", {"a": [0, 1, 2]}, False),
        (Past(loaded={"a": [1]}), "", {"a": [0, 2]}, False),
        (Past(), "a", {"b": [0, 1, 2]}, False),
        (Past(), "ab", {"c": [0, 1, 2]}, False),
        (Past(), "abc", {"a": [0, 1, 2]}, False),
        (Past(refusals={"a": [1]}), "b", {"a": [0, 2], "c": [1]}, True),
        (Past(refusals={"a": [1], "b": [2]}), "a", {"b": [0, 1], "c": [2]}, True),
        (Past(loaded={"a": [1]}), "a", {"b": [0, 1, 2]}, True),
        (Past(loaded={"a": [1]}), "b", {"a": [0, 2]}, False),
        (Past(loaded={"a": [1]}, tried=[1]), "a", {"b": [0, 2]}, False),
        (Past(loaded={"a": [1]}), "abc", {"a": [0, 2]}, False),
        (Past(loaded={"b": [1]}), "b", {"a": [0, 1, 2]}, True),
        (Past(loaded={"b": [1]}, refusals={"a": [1]}), "b", {"a": [0, 2], "c": [1]}, True),
    ],
)
def test_the_next_provider_takes_whom_the_ones_before_cannot(
    past: Past, down: str, expected: Mapping[str, list[int]], passing: bool
) -> None:
    """Not whoever was handled or refused by all; whoever is loaded where nobody launches; nobody tried too often."""
    [going] = chooser(past=past, down=tuple(down)).choose(chunk(3))

    assert (legs(going), going.passing, going.left_out) == (expected, passing, [])
    assert list(going.kept) == [0, 1, 2]
    assert past.noted == {VOICE: [phone(0), phone(1), phone(2)]}


def test_who_cannot_be_carried_by_the_next_goes_to_the_one_after_or_waits() -> None:
    """The last has no id: b needs one, c does not; where c needs one as well, they wait at home, but not the loaded."""
    needs = account(needs_id=True)

    [to_c] = chooser(down="a", accounts={"b": needs}).choose(chunk(3))
    [waits] = chooser(down="a", accounts={"b": needs, "c": needs}).choose(chunk(3))
    [loaded] = chooser(past=Past(loaded={"a": [2]}), down="a", accounts={"b": needs, "c": needs}).choose(chunk(3))

    assert legs(to_c) == {"b": [0, 1], "c": [2]}
    assert legs(waits) == {"a": [2], "b": [0, 1]}
    assert legs(loaded) == {"b": [0, 1]}


def test_the_home_provider_says_who_is_left_out() -> None:
    """Each person with the first reason, at the provider whose turn it would have been; fresh are those not listed."""
    past = Past(refusals={"a": [1, 2]}, done=[3])
    needs = account(needs_id=True)

    [going] = chooser(past=past, barred=[0, 1, 3, 4], accounts={"a": needs, "b": needs}).choose(chunk(5))

    assert sorted(going.left_out, key=lambda one: one.provider) == [
        LeftOut("a", "suppressed", [0, 3, 4], [0, 4]),
        LeftOut("b", "suppressed", [1], []),
    ]
    assert (legs(going), list(going.kept)) == ({"b": [2]}, [2])


def test_reasons_that_lie_in_the_contacts() -> None:
    """A country that the provider does not reach; no id; no zone where the vendor asks for one."""
    for one, reason, out in (
        (account(codes=("1",)), "country", [0, 1]),
        (account(codes=("1", "977")), "", []),
        (account(needs_id=True), "no_id", [1]),
    ):
        [going] = chooser(accounts={"a": one}).choose(chunk(2))
        assert [(left.reason, list(left.people)) for left in going.left_out] == ([(reason, out)] if out else [])

    unknown = attrs.evolve(chunk(2), phones=[phone(0), "+870773111632"])
    [zoned] = chooser(accounts={"a": account(by_zone=True)}).choose(unknown)
    [free] = chooser(accounts={"a": account()}).choose(unknown)
    assert [(left.reason, list(left.people)) for left in zoned.left_out] == [("no_zone", [1])]
    assert free.left_out == []


def limited(count: int) -> dict[str, Any]:
    """Limit contacts per person and week."""
    return {"limits": Limits(per_contact=PerContact(count, WEEK))}


def test_contacts_of_all_campaigns_and_of_this_run_count() -> None:
    """Who has as many as allowed is left out, routes of this run included; who was handled before is just done."""
    past = Past(done=[3], often={0: 1, 1: 2, 3: 5})
    two = (Route(channel=VOICE, providers=("a",)), Route(channel=SMS, providers=("b",)))

    voice, sms = chooser(*two, past=past, **limited(2)).choose(chunk(4))

    assert (legs(voice), legs(sms)) == ({"a": [0, 2]}, {"b": [2]})
    assert voice.left_out == [LeftOut("a", PER_CONTACT, [1], [1])]
    assert [(one.reason, sorted(one.people)) for one in sms.left_out] == [(PER_CONTACT, [0, 1, 3])]
    assert (list(voice.kept), list(sms.kept)) == ([0, 2, 3], [2])


def test_without_a_limit_nobody_counts() -> None:
    """However often somebody was contacted."""
    [going] = chooser(past=Past(often={0: 99})).choose(chunk(2))

    assert legs(going) == {"a": [0, 1]}


def test_whoever_is_loaded_counts_as_contacted_in_this_run() -> None:
    """Their launch comes: another channel of this campaign has one contact less to give."""
    two = (Route(channel=VOICE, providers=("a",)), Route(channel=SMS, providers=("b",)))

    voice, sms = chooser(*two, past=Past(loaded={"a": [0]}), **limited(1)).choose(chunk(2))

    assert legs(voice) == {"a": [1]}
    assert legs(sms) == {}
    assert [sorted(one.people) for one in sms.left_out] == [[0, 1]]


def test_the_first_route_of_a_channel_takes_whom_it_lets_through() -> None:
    """The next one of that channel gets the others, one of another channel everybody."""
    far = Route(channel=VOICE, providers=("a",), when={"place": "far"})
    rest, all_ = Route(channel=VOICE, providers=("b",)), Route(channel=SMS, providers=("c",))

    first, second, third = chooser(far, rest, all_).choose(chunk(3, place=["far", "near", "far"]))

    assert [legs(one) for one in (first, second, third)] == [{"a": [0, 2]}, {"b": [1]}, {"c": [0, 1, 2]}]
