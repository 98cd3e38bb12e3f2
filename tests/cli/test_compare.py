"""``outreach compare``: what another provider keeps, imitates, weakens and loses, and whom it does not reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest

import outreach
from outreach.model import Channel
from outreach.planning.compare import Comparison, Fate, compared
from outreach.planning.reroute import rerouted
from outreach.plugins import load_plugins
from outreach.provider import degraded

PEOPLE = [
    {"phone": "+9779610000111", "id": "c1", "name": "सीता"},
    {"phone": "+9779610000211", "id": "", "name": "राम 🙏"},
    {"phone": "+97714123456", "id": "c3", "name": ""},
    {"phone": "+447700900123", "id": "c4", "name": "Ann"},
    {"phone": "+9779610000111", "id": "again", "name": "सीता"},
]


def campaign(channel: Channel, provider: str, **changes: Any) -> outreach.Campaign:
    """Give a campaign with a neutral message to everybody in PEOPLE."""
    one = outreach.Campaign(
        name="fees",
        message=outreach.Template.parse("नमस्कार {name|ग्राहक}"),
        contacts=outreach.Contacts(sources=PEOPLE),
        routes=(outreach.Route(channel=channel, providers=(provider,)),),
    )
    return attrs.evolve(one, **changes)


def fates(one: Comparison) -> dict[str, Fate]:
    """Give what becomes of each field."""
    return {change.field: change.fate for change in one.changes}


def test_a_channel_that_is_not_carried_loses_every_field_and_everybody() -> None:
    """Where the other provider lacks the channel and has several others, nothing is guessed: all is lost."""
    one = outreach.compare(campaign(Channel.WHATSAPP, "contactswing"), "tingting")

    assert (one.sources, one.target) == (("contactswing",), "tingting")
    assert set(fates(one).values()) == {Fate.LOST}
    assert {"message", "routes"} <= set(fates(one))
    assert set(one.unreachable) == {"channel"}
    assert (one.planned[1], one.requests[1]) == (0, 0)


def test_a_channel_becomes_the_only_one_that_the_other_provider_carries() -> None:
    """A voice message goes to a vendor of AI calls as an AI call: one word changes, and nobody is lost."""
    one = outreach.compare(campaign(Channel.VOICE, "tingting"), "toingg")

    assert {(change.channel, change.carried_as) for change in one.changes} == {(Channel.VOICE, Channel.AI_CALL)}
    assert Fate.LOST not in fates(one).values()
    assert dict(one.unreachable) == {}
    assert one.planned == (3, 3)


def test_what_one_channel_said_is_said_on_the_other() -> None:
    """Where the author wrote words for the old channel alone, the new one says them."""
    words = outreach.Messages(voice=outreach.VoiceContent(text=outreach.Template.parse("only by voice")))
    one = campaign(Channel.VOICE, "tingting", message=None, messages=words)

    switched = rerouted(one, load_plugins().provider("toingg"))

    assert switched.content(Channel.AI_CALL) == outreach.AiCallContent(text=outreach.Template.parse("only by voice"))
    assert [route.channel for route in switched.routes] == [Channel.AI_CALL]


@pytest.fixture
def plugins() -> Any:
    """Give the installed providers, and one that carries TingTing's channels worse and only for people with an id."""
    found = load_plugins()
    tingting = found.provider("tingting")
    weak = degraded("other.text", "cut at 40 characters")
    voice = attrs.evolve(tingting.capabilities.channels[Channel.VOICE], text=weak)
    able = attrs.evolve(
        tingting.capabilities,
        channels={Channel.VOICE: voice},
        needs_id=True,
        batching=attrs.evolve(tingting.capabilities.batching, size=1),
    )
    other = attrs.evolve(tingting, name="other", capabilities=able, check=lambda _job: ())
    return attrs.evolve(found, providers={**found.providers, "other": other})


def test_people_are_unreachable_by_reason(plugins: Any) -> None:
    """Whoever is planned now and left out there is counted by reason; who is left out on both sides is not."""
    one = outreach.compare(campaign(Channel.VOICE, "tingting"), "other", plugins=plugins)

    assert dict(one.unreachable) == {"no_id": 1}
    assert one.planned == (3, 2)


def test_a_field_that_is_weakened_comes_with_its_code(plugins: Any) -> None:
    """A weakened field says what was, what becomes of it and what to write under accept."""
    one = outreach.compare(campaign(Channel.VOICE, "tingting"), "other", plugins=plugins)

    (change,) = [each for each in one.changes if each.field == "message"]
    assert change.fate is Fate.WEAKENED
    assert (change.was.value if change.was else None, change.code) == ("native", "other.text")


def test_requests_are_counted_without_consent(plugins: Any) -> None:
    """The requests there are counted although nobody agreed to what is weaker; a person each, so there are more."""
    one = outreach.compare(campaign(Channel.VOICE, "tingting"), "other", plugins=plugins)

    assert one.requests[1] == one.requests[0] + 1


def test_the_contacts_are_gone_through_once() -> None:
    """A generator is enough: both sides are planned in one pass."""
    one = campaign(Channel.VOICE, "tingting")
    once = attrs.evolve(one, contacts=outreach.Contacts(sources=(row for row in PEOPLE)))

    assert outreach.compare(once, "tingting").planned == (3, 3)


def test_a_channel_that_is_gained_makes_nobody_unreachable() -> None:
    """Where the present provider does not carry the channel, nobody is reached now, so nobody is lost."""
    plain = campaign(Channel.WHATSAPP, "tingting", message=outreach.Template.parse("नमस्कार"))

    one = outreach.compare(plain, "contactswing")

    assert dict(one.unreachable) == {}
    assert one.planned[0] == 0


def test_a_field_of_which_the_other_side_says_nothing_is_kept() -> None:
    """A finding that only the present provider has ends with it."""
    now = outreach.plan(campaign(Channel.VOICE, "tingting"), sandbox=True)
    silent = attrs.evolve(now, routes=(attrs.evolve(now.routes[0], findings=()),))

    one = compared(now, silent, "other", {})

    assert {(change.fate, change.becomes) for change in one.changes} == {(Fate.KEPT, None)}


def spec(folder: Path) -> str:
    """Write a campaign and its contacts."""
    (folder / "contacts.csv").write_text("phone,id,name\n9610000111,c1,सीता\n", encoding="utf-8")
    text = (
        "outreach: 1\nname: fees\nmessage: 'नमस्कार {name|ग्राहक}'\nroutes: [voice: tingting]\n"
        "contacts: {from: contacts.csv, country: NP}\nproviders: {tingting: {senders: [3], voice: 3}}\n"
    )
    path = folder / "campaign.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_report_as_json(run: Any, tmp_path: Path) -> None:
    """``--json`` prints the shape that scripts rely on; exit 0 whatever it finds."""
    done = run("compare", spec(tmp_path), "--via", "toingg", "--json")

    shape = orjson.loads(done.stdout)
    assert done.exit_code == 0
    assert (shape["from"], shape["to"]) == ("tingting", "toingg")
    keys = {"channel", "carried_as", "field", "verdict", "code", "was", "becomes", "detail"}
    assert set(shape["fields"][0]) == keys
    weaker = next(field for field in shape["fields"] if field["code"])
    assert weaker | {"detail": ""} == {
        "channel": "voice",
        "carried_as": "ai_call",
        "field": "message placeholders",
        "verdict": "weakened",
        "code": "toingg.placeholders",
        "was": "native",
        "becomes": "degraded",
        "detail": "",
    }
    assert shape["unreachable"] == []
    assert shape["requests"] == {"from": 5, "to": 2}
    assert shape["segments"] == {"from": 0, "to": 0}


def test_the_report_for_people(run: Any, tmp_path: Path) -> None:
    """The worst comes first; what the same is said of stands together; the figures of both sides are below."""
    done = run("compare", spec(tmp_path), "--via", "toingg")

    shown = " ".join(done.stdout.split())
    assert shown.startswith(
        "from tingting to toingg voice, which becomes ai_call weakened message placeholders (was kept)"
    )
    assert "write accept: [toingg.placeholders]" in shown
    assert "deliveries 1 1" in shown


def test_without_another_provider_there_is_nothing_to_compare(run: Any, tmp_path: Path) -> None:
    """``--via`` is needed, and an unknown provider is an error; neither is a bug."""
    assert run("compare", spec(tmp_path)).exit_code == 2
    assert "no provider 'tingtong'" in run("compare", spec(tmp_path), "--via", "tingtong").stderr
