"""Contacts and routes to batches, slices and a plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from second import second

from outreach.errors import PluginError, SpecError
from outreach.model import (
    Campaign,
    Channel,
    Contacts,
    Limits,
    Messages,
    PerContact,
    Route,
    Schedule,
    Settings,
    SmsContent,
    Template,
    WhatsappContent,
)
from outreach.planning.build import Builder
from outreach.planning.carrier import carriers
from outreach.planning.reading import read
from outreach.planning.values import Plan
from outreach.plugins import Plugins, load_plugins
from outreach.provider import Batch

NOW = datetime(2026, 12, 1, 6, tzinfo=UTC)
PLUGINS = load_plugins()
VOICE = Route(channel=Channel.VOICE, providers=("tingting",))
SMS = Route(channel=Channel.SMS, providers=("tingting",))
AI = Route(channel=Channel.AI_CALL, providers=("toingg",))
WHATSAPP = Route(channel=Channel.WHATSAPP, providers=("contactswing",))

Rows = Sequence[Mapping[str, object]]


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, Batch, list[int]]] = []
        self.skipped: list[tuple[str | None, str, str, list[str]]] = []

    def add(self, slice_number: int, batch: Batch, rows: list[int]) -> None:
        """Keep a batch."""
        self.batches.append((slice_number, batch, rows))

    def skip(
        self, channel: Channel | None, provider: str, reason: str, phones: list[str], ids: list[str], rows: list[int]
    ) -> None:
        """Keep people left out."""
        self.skipped.append((channel, provider, reason, phones))


class Earlier:
    """What earlier runs did: these numbers; whoever is loaded is so for a call."""

    def __init__(
        self,
        handled: Collection[str] = (),
        pressed: Collection[str] = (),
        refused: Mapping[str, Collection[str]] | None = None,
        aboard: Mapping[str, Collection[str]] | None = None,
        spent: Collection[str] = (),
    ) -> None:
        self._handled = handled
        self._pressed = pressed
        self._refused = refused or {}
        self._aboard = aboard or {}
        self._spent = spent

    def handled(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Say who was handled."""
        loaded = self.aboard(phones, channel).values()
        return found(phones, self._handled) + [index for some in loaded for index in some]

    def refused(self, phones: Sequence[str], _channel: Channel) -> Mapping[str, Collection[int]]:
        """Say who was refused, by provider."""
        return {name: found(phones, some) for name, some in self._refused.items()}

    def rejected(self, phones: Sequence[str], _channel: Channel) -> Collection[int]:
        """Say who stands as refused."""
        return [index for some in self._refused.values() for index in found(phones, some)]

    def aboard(self, phones: Sequence[str], channel: Channel) -> Mapping[str, Collection[int]]:
        """Say who is loaded, by provider."""
        return {name: found(phones, some) for name, some in self._aboard.items() if channel is Channel.VOICE}

    def spent(self, phones: Sequence[str], _channel: Channel) -> Collection[int]:
        """Say who was tried too often."""
        return found(phones, self._spent)

    def wanted(self, phones: Sequence[str], channel: Channel) -> None:
        """Take no note."""

    def contacts(self, phones: Sequence[str]) -> Mapping[int, int]:
        """Say who was contacted once."""
        return dict.fromkeys(found(phones, self._pressed), 1)


def found(phones: Sequence[str], some: Collection[str]) -> list[int]:
    """Give the index of some of these numbers."""
    return [index for index, phone in enumerate(phones) if phone in some]


class Barred:
    """A do-not-contact list of one number on one channel."""

    def reasons(self, phones: Sequence[str], channel: Channel) -> Mapping[int, str]:
        """Say who is on it."""
        return {i: "suppressed" for i, phone in enumerate(phones) if channel is Channel.SMS and phone.endswith("1")}


def people(count: int, **more: Any) -> list[dict[str, object]]:
    """Make people whose numbers cannot ring."""
    return [{"phone": f"+97796100{index:05d}", "id": f"c{index}", "name": "सीता", **more} for index in range(count)]


def plan(rows: Rows, *routes: Route, sink: Kept | None = None, **fields: Any) -> tuple[Plan, Builder]:
    """Plan a campaign."""
    known = {name: fields.pop(name) for name in ("ledger", "suppressed", "limit") if name in fields}
    sandbox: dict[str, Settings] = {name: one.sandbox for name, one in PLUGINS.providers.items()}
    campaign = Campaign(
        name="fees",
        contacts=Contacts(sources=rows),
        routes=routes,
        providers=sandbox,
        message=Template.parse("नमस्कार {name|ग्राहक}"),
        accept=("toingg.placeholders",),
    )
    campaign = attrs.evolve(campaign, **fields)
    builder = Builder(campaign, carriers(campaign, PLUGINS, sandbox=False), now=NOW, sink=sink, **known)
    for _ in read(campaign, builder, None):
        pass
    return builder.finish(), builder


def test_rows_are_used_or_left_out_and_both_are_counted() -> None:
    """Read is used plus the skipped, each with a reason."""
    bad: list[dict[str, object]] = [{"phone": "+9779610000000"}, {"phone": "abc"}, {"phone": ""}]
    rows = [*people(3), *bad]

    made, _ = plan(rows, VOICE)

    assert made.rows.read == 6
    assert made.rows.used + sum(made.rows.skipped.values()) == 6
    assert set(made.rows.skipped) >= {"duplicate", "no_number"}
    assert len(made.problems) == 3


def test_batches_are_full_and_keep_the_order() -> None:
    """People travel in the order of the contacts, in batches of the account's size."""
    sink = Kept()

    made, _ = plan(people(250), VOICE, sink=sink)

    assert [len(batch) for _, batch, _ in sink.batches] == [100, 100, 50]
    assert [row for _, _, rows in sink.batches for row in rows] == list(range(1, 251))
    assert made.routes[0].requests == 3 + len(PLUGINS.provider("tingting").open(_job())) + 1


def _job() -> Any:
    from outreach.planning.carrier import Carrier, job

    provider = PLUGINS.provider("tingting")
    campaign = Campaign(name="x", contacts=Contacts(sources=()), routes=(VOICE,), message=Template.parse("x"))
    return job(
        campaign,
        Carrier(provider, provider.sandbox),
        (Channel.VOICE,),
        zone="UTC",
        title="x",
        marker="",
        start=NOW,
        now=NOW,
    )


def test_voice_and_sms_of_one_account_share_a_campaign_at_the_vendor() -> None:
    """Two channels that the vendor carries together are one slice; its deliveries are counted on each route."""
    sink = Kept()

    made, builder = plan(people(10), VOICE, SMS, sink=sink)

    assert [one.channels for one in builder.slices] == [(Channel.VOICE, Channel.SMS)]
    assert [one.planned for one in made.routes] == [10, 10]
    assert len(sink.batches) == 1
    assert made.routes[1].requests == 0


def test_who_is_barred_on_one_channel_goes_on_the_other_alone() -> None:
    """A person suppressed for SMS is still called, in a campaign at the vendor that sends no SMS."""
    sink = Kept()

    made, builder = plan(people(10), VOICE, SMS, sink=sink, suppressed=Barred())

    assert made.routes[1].skipped == {"suppressed": 1}
    alone = next(one for one in builder.slices if one.channels == (Channel.VOICE,))
    (batch,) = [batch for number, batch, _ in sink.batches if number == alone.number]
    assert batch.phones == ["+9779610000001"]


def test_only_people_with_equal_values_share_a_whatsapp_request() -> None:
    """Where the vendor takes one text a request, people are gathered by their values."""
    rows = [{**one, "amount": str(number % 3)} for number, one in enumerate(people(9))]
    template = WhatsappContent(template="fee", language="en", body=(Template.parse("{amount}"),))
    sink = Kept()

    made, _ = plan(rows, WHATSAPP, sink=sink, messages=Messages(whatsapp=template))
    counted, _ = plan(rows, WHATSAPP, messages=Messages(whatsapp=template))

    values = [set(column) for _, batch, _ in sink.batches for column in batch.values.values()]
    assert values == [{"0"}, {"1"}, {"2"}]
    assert made == counted


def test_a_fallback_fills_in_and_a_missing_value_leaves_out() -> None:
    """Without a value and without a fallback nobody is contacted with a hole in the text."""
    rows = [{**one, "amount": "" if number == 1 else "5"} for number, one in enumerate(people(3))]
    rows[2]["name"] = ""
    sink = Kept()

    made, _ = plan(rows, VOICE, sink=sink, message=Template.parse("{name|ग्राहक}: {amount}"))

    assert made.routes[0].skipped == {"no_value:amount": 1}
    ((_, batch, _),) = sink.batches
    assert batch.render(Template.parse("{name|ग्राहक}: {amount}")) == ["सीता: 5", "ग्राहक: 5"]


@pytest.mark.parametrize(
    ("route", "row", "reason"),
    [
        (VOICE, {"phone": "+12025550123", "id": "1"}, "country"),
        (WHATSAPP, {"phone": "+9779610000000", "id": ""}, "no_id"),
        (SMS, {"phone": "+97714412345", "id": "1"}, "landline"),
    ],
)
def test_who_the_vendor_cannot_reach_is_left_out_with_the_reason(
    route: Route, row: Mapping[str, object], reason: str
) -> None:
    """A contact leaves a route only with a reason."""
    sink = Kept()

    made, _ = plan([row], route, sink=sink, message=Template.parse("x"))

    assert made.routes[0].skipped == {reason: 1}
    assert sink.skipped == [(route.channel, route.providers[0], reason, [row["phone"]])]


def test_when_lets_through_what_equals_its_value() -> None:
    """Who does not match is no delivery of that route, and is not counted as skipped."""
    rows = [{**one, "wa": "yes" if number % 2 else "no"} for number, one in enumerate(people(10))]

    made, _ = plan(rows, attrs.evolve(WHATSAPP, when={"wa": "yes"}), VOICE)

    assert [one.planned for one in made.routes] == [5, 10]
    assert not made.routes[0].skipped


def test_two_routes_on_one_channel_never_contact_somebody_twice() -> None:
    """Who matches two routes of a channel goes down the first."""
    rows = [{**one, "vip": "1" if number < 3 else "0"} for number, one in enumerate(people(10))]
    sink = Kept()

    made, _ = plan(rows, attrs.evolve(VOICE, when={"vip": "1"}), VOICE, sink=sink)

    assert [one.planned for one in made.routes] == [3, 7]
    assert sorted(phone for _, batch, _ in sink.batches for phone in batch.phones) == [one["phone"] for one in rows]


def test_who_was_handled_before_is_counted_but_not_sent() -> None:
    """Earlier runs do not change the plan or its digest, only what is left to do."""
    sink = Kept()
    before, _ = plan(people(10), VOICE)

    after, _ = plan(people(10), VOICE, sink=sink, ledger=Earlier(handled=["+9779610000003"]))

    assert after.digest == before.digest
    assert (after.routes[0].planned, after.routes[0].earlier) == (10, 1)
    assert "+9779610000003" not in [phone for _, batch, _ in sink.batches for phone in batch.phones]


def test_contact_pressure_leaves_out_new_people_only() -> None:
    """Who was contacted as often as the limit allows is skipped; who this campaign reached before is just done."""
    ledger = Earlier(handled=["+9779610000001"], pressed=["+9779610000001", "+9779610000002"])
    limits = Limits(per_contact=PerContact(1, timedelta(days=7)))

    made, _ = plan(people(5), VOICE, ledger=ledger, limits=limits)

    assert made.routes[0].skipped == {"per_contact": 1}


def test_a_limit_on_this_call_holds_the_rest_for_later() -> None:
    """The first people go now; the others stand in slices that are held."""
    sink = Kept()

    _, builder = plan(people(25), VOICE, sink=sink, limit=7)

    now = {one.number for one in builder.slices if not one.held}
    assert sum(len(batch) for number, batch, _ in sink.batches if number in now) == 7
    assert sum(len(batch) for _, batch, _ in sink.batches) == 25


def test_limits_refuse_to_begin() -> None:
    """More people or more SMS segments than stated are refused, with both figures."""
    made, _ = plan(people(5), VOICE, SMS, limits=Limits(contacts=4, segments=4))

    assert any("limits.contacts: 5 people, but at most 4" in one for one in made.refusals)
    assert any("limits.segments: 5 SMS segments" in one for one in made.refusals)


def test_segments_are_counted_after_rendering() -> None:
    """Each person's own text counts: Devanagari takes more than its letters suggest."""
    rows = people(2)
    rows[1]["name"] = "क" * 70
    text = SmsContent(text=Template.parse("{name} " + "a" * 60))

    made, _ = plan(rows, SMS, messages=Messages(sms=text))

    assert made.routes[0].segments == 1 + 2


def test_people_of_different_zones_do_not_share_a_campaign_with_hours() -> None:
    """Each zone has a slice of its own, and the earliest moment is the first of them."""
    rows = [{"phone": "+9779610000000", "id": "1"}, {"phone": "+919810000000", "id": "2"}]

    _, builder = plan(rows, WHATSAPP, message=Template.parse("x"))

    assert [one.zone for one in builder.slices] == ["Asia/Kathmandu", "Asia/Kolkata"]


def test_the_earliest_moment_is_given_in_the_peoples_zone() -> None:
    """A start in another offset is told as the people's clock shows it."""
    start = datetime(2026, 12, 2, 4, 15, tzinfo=UTC)

    made, _ = plan(people(1), VOICE, schedule=Schedule(start=start, zone="Asia/Kathmandu"))

    assert made.routes[0].earliest == start
    assert made.routes[0].earliest.utcoffset() == timezone(timedelta(hours=5, minutes=45)).utcoffset(None)


@pytest.mark.parametrize(
    "change",
    [
        {"message": Template.parse("other {name|x}")},
        {"round": 2},
        {"limits": Limits(contacts=100)},
        {"contacts": Contacts(sources=people(4))},
    ],
)
def test_the_digest_changes_with_everything_that_matters(change: dict[str, Any]) -> None:
    """Text, identity, limits and contacts are in the digest."""
    before, _ = plan(people(3), VOICE)

    after, _ = plan(people(3), VOICE, **change)

    assert after.digest != before.digest


def test_the_digest_does_not_hang_on_the_clock_or_on_chance() -> None:
    """The same campaign has the same digest tomorrow."""
    assert plan(people(3), VOICE)[0].digest == plan(people(3), VOICE)[0].digest


def test_a_column_that_is_missing_is_named_with_a_guess() -> None:
    """The problem says which column, of which list, and what was probably meant."""
    with pytest.raises(SpecError, match="did you mean 'amount'") as caught:
        plan(people(1, amount="5"), VOICE, message=Template.parse("{amunt}"))

    assert caught.value.problems[0].path == "message"


def test_a_provider_that_is_not_installed_is_named_with_a_guess() -> None:
    """The error says what was probably meant."""
    with pytest.raises(PluginError, match="did you mean 'tingting'"):
        plan(people(1), attrs.evolve(VOICE, providers=("tingtin",)))


def test_a_fallback_that_cannot_carry_the_channel_is_refused() -> None:
    """A list holds what it promises: every provider on it can take the campaign, or the plan says which cannot."""
    made, _ = plan(people(1), attrs.evolve(VOICE, providers=("tingting", "toingg")))

    assert any("toingg" in one for one in made.refusals)
    assert made.routes[0].requests == 0


def test_a_fallbacks_degradation_needs_consent_before_anything_is_sent() -> None:
    """What would be weaker at the second provider is shown under it, and asked for, although it may never be used."""
    both = Route(channel=Channel.AI_CALL, providers=("second", "toingg"))
    asked = plan_through(both, accept=())
    agreed = plan_through(both, accept=("toingg.placeholders",))

    assert any("toingg.placeholders" in one for one in asked.refusals)
    assert not agreed.refusals
    (fallback,) = agreed.routes[0].fallbacks
    assert fallback.provider == "toingg"
    assert "toingg.placeholders" in {one.code for one in fallback.findings}
    assert agreed.routes[0].provider == "second"


def test_who_was_refused_and_tried_too_often_goes_to_nobody_else() -> None:
    """The budget of attempts goes before the list: they stay refused where they are."""
    both = Route(channel=Channel.VOICE, providers=("tingting", "second"))
    one = str(people(1)[0]["phone"])

    goes_on = plan_through(both, ledger=Earlier(refused={"tingting": [one]}))
    stays = plan_through(both, ledger=Earlier(refused={"tingting": [one]}, spent=[one]))

    assert (goes_on.routes[0].planned, goes_on.routes[0].earlier) == (1, 0)
    assert (stays.routes[0].planned, stays.routes[0].earlier) == (1, 1)


def plan_through(route: Route, *, ledger: Earlier | None = None, **fields: Any) -> Plan:
    """Plan a campaign with the second provider installed."""
    plugins = Plugins({**PLUGINS.providers, "second": second()})
    campaign = Campaign(
        name="fees",
        contacts=Contacts(sources=people(1)),
        routes=(route,),
        message=Template.parse("नमस्कार {name|ग्राहक}"),
    )
    campaign = attrs.evolve(campaign, **fields)
    builder = Builder(campaign, carriers(campaign, plugins, sandbox=True), now=NOW, ledger=ledger)
    for _ in read(campaign, builder, None):
        pass
    return builder.finish()


def test_routes_of_one_run_count_as_contacts_the_earlier_route_first() -> None:
    """With one contact allowed, the second route of the same run leaves everybody out, with the reason."""
    limits = Limits(per_contact=PerContact(1, timedelta(days=7)))

    made, _ = plan(people(3), VOICE, SMS, limits=limits)

    assert [route.planned for route in made.routes] == [3, 0]
    assert made.routes[1].skipped == {"per_contact": 3}


def test_two_contacts_allowed_are_used_up_by_one_campaign_before_and_one_route() -> None:
    """Earlier campaigns and earlier routes count together."""
    limits = Limits(per_contact=PerContact(2, timedelta(days=7)))
    rows = people(2)

    made, _ = plan(rows, VOICE, SMS, limits=limits, ledger=Earlier(pressed=[str(rows[0]["phone"])]))

    assert [route.planned for route in made.routes] == [2, 1]


def test_who_is_loaded_and_not_yet_contacted_counts_as_a_contact_of_this_run() -> None:
    """The launch to come is a contact: a later route does not add one beyond the limit."""
    limits = Limits(per_contact=PerContact(1, timedelta(days=7)))
    rows = people(1)
    loaded = Earlier(aboard={"tingting": [str(rows[0]["phone"])]})

    made, _ = plan(rows, SMS, VOICE, limits=limits, ledger=loaded)

    assert made.routes[0].skipped == {"per_contact": 1}
    assert made.routes[1].planned == made.routes[1].earlier == 1


def test_hours_that_a_vendor_keeps_to_by_itself_are_in_the_plan() -> None:
    """ContactSwing without a window begins at 9: what expires before is said to reach nobody."""
    evening = datetime(2026, 12, 1, 20, 0, tzinfo=ZoneInfo("Asia/Kathmandu"))
    text = Template.parse("x")

    open_end, _ = plan(people(1), WHATSAPP, message=text, schedule=Schedule(start=evening))
    night = Schedule(start=evening, expires=evening + timedelta(hours=10))
    over, _ = plan(people(1), WHATSAPP, message=text, schedule=night)

    assert open_end.routes[0].earliest == evening + timedelta(hours=13)
    assert over.routes[0].earliest is None
    assert any("expires before" in one for one in over.notes)


def test_an_account_that_cannot_do_without_settings_is_asked_for() -> None:
    """Without an account the problem names what it needs."""
    with pytest.raises(SpecError, match="assistant_id, from_numbers"):
        plan(people(1), WHATSAPP, providers={})
