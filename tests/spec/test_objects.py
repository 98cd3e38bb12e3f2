"""Campaigns that a program makes are held against the rules of the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

import outreach
import outreach_tingting
from outreach import Channel, Contacts, Limits, Route, Schedule, Secret, SpecError, Template, spec
from outreach.model import Messages, PerContact, VoiceContent, WhatsappContent, Window

_VOICE = Route(channel=Channel.VOICE, providers=("tingting",))
_ACCOUNT = outreach_tingting.Settings(token=Secret(value="tok-1234567"), senders=(3,), voice=3)
_RIGHT: Mapping[str, Any] = {
    "name": "fees",
    "message": Template.parse("नमस्ते {name}"),
    "contacts": Contacts(sources=[{"name": "सीता", "number": "+9779610000011"}]),
    "routes": (_VOICE,),
    "providers": {"tingting": _ACCOUNT},
}


def _any(value: object) -> Any:
    """Hide from the type checker what is wrong on purpose."""
    return value


def _mistakes(**changes: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        outreach.plan(outreach.Campaign(**{**_RIGHT, **changes}))
    return [str(one) for one in caught.value.problems]


def test_a_right_campaign_passes() -> None:
    """A campaign with every shape of content, limit and time passes, and its rows are not gone through for that."""
    rows = iter([{"number": "+9779610000011"}])
    spec.check(
        outreach.Campaign(
            **{
                **_RIGHT,
                "contacts": Contacts(sources=rows, country="NP"),
                "messages": Messages(
                    voice=VoiceContent(text=Template.parse("{{ {name|आमा} 🙂"), speed=1.5),
                    whatsapp=WhatsappContent(template="fee", body=(Template.parse("{name}"), {"type": "x", "n": 1.5})),
                ),
                "limits": Limits(contacts=5, per_contact=PerContact(2, timedelta(days=7))),
                "schedule": Schedule(window=Window(start=time(10), end=time(18, 30), zone="Asia/Kathmandu")),
                "providers": {"tingting": attrs.evolve(_ACCOUNT, extra={"deep": [{"a": None, "b": True}]})},
            }
        )
    )
    assert list(rows)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"message": "hi"}, "message: must be a Template, not a str: write outreach.Template.parse(text)"),
        ({"contacts": ["+977"]}, "contacts: must be a Contacts, not a list"),
        ({"contacts": Contacts(sources=_any("people.csv"))}, "contacts.sources: must be a tuple of paths"),
        ({"contacts": Contacts(sources=[], country="ZZ")}, "contacts.country: 'ZZ' is no country"),
        ({"contacts": Contacts(sources=_any(7))}, "contacts.sources: must be a tuple of paths"),
        ({"routes": ()}, "routes: is an empty list"),
        ({"routes": _VOICE}, "routes: must be a tuple, not a Route"),
        ({"routes": (attrs.evolve(_VOICE, channel=_any("voice")),)}, "write one of outreach.Channel.VOICE"),
        ({"routes": (_VOICE, _VOICE)}, "routes[1].voice: is the same channel for the same people"),
        ({"providers": {"tingting": {"token": "tok-1234567"}}}, "providers.tingting: must be a Settings, not a dict"),
        ({"providers": {"tingting": attrs.evolve(_ACCOUNT, pace=-1)}}, "providers.tingting.pace: the value is not"),
        (
            {"providers": {"tingting": attrs.evolve(_ACCOUNT, senders=_any(("a",)))}},
            "senders[0]: must be an int, not",
        ),
        ({"providers": {"tingting": attrs.evolve(_ACCOUNT, extra={"a": object()})}}, "an object cannot be sent"),
        ({"providers": {"tingting": attrs.evolve(_ACCOUNT, base_url="http://example.com")}}, "is not an https address"),
        (
            {"schedule": Schedule(start=datetime.fromisoformat("2026-12-01T10:00:00"))},
            "schedule.start: '2026-12-01T10:00:00' has no offset",
        ),
        ({"schedule": Schedule(window=Window(start=time(9), end=time(8)))}, "schedule.window.to: '08:00' comes before"),
        ({"limits": Limits(contacts=True)}, "limits.contacts: must be an int, not a bool"),
        ({"limits": Limits(per_contact=PerContact(2, timedelta(seconds=5)))}, "limits.per_contact: '2 per 5s' is no"),
        (
            {"messages": Messages(voice=VoiceContent(speed=_any("fast")))},
            "messages.voice.speed: must be a float, not a str",
        ),
        ({"message": None}, "routes[0].voice: nothing is there to say on it"),
        ({"accept": "tingting.x"}, "accept: must be a tuple, not a str"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_remedy(changes: Mapping[str, Any], said: str) -> None:
    """A value that the file could not hold is refused before anything is planned, at its path, with what to write."""
    assert said in "\n".join(_mistakes(**changes))


def test_all_mistakes_are_told_at_once() -> None:
    """Several broken rules come in one error."""
    found = _mistakes(name="", round=0, limits=Limits(contacts=-3))
    assert [one.partition(":")[0] for one in found] == ["name", "round", "limits.contacts"]


def test_an_account_is_never_quoted() -> None:
    """A wrong value of an account is not shown: it might be the secret in a wrong place."""
    found = _mistakes(providers={"tingting": attrs.evolve(_ACCOUNT, base_url="https://u:tok-1234567@example.com")})
    assert not any("tok-1234567" in one for one in found)


def test_what_is_no_campaign_is_told_so() -> None:
    """A mapping in the place of a campaign is refused with how to read a file."""
    with pytest.raises(SpecError, match=r"must be a Campaign, not a dict: outreach\.load"):
        outreach.plan({"name": "fees"})  # type: ignore[arg-type]  # the mistake


def test_a_mistake_in_a_changed_file_keeps_its_position(tmp_path: Path) -> None:
    """A program that changes a campaign of a file is told the line of what it changed."""
    path = tmp_path / "fees.yaml"
    path.write_text(
        "outreach: 1\nname: fees\nmessage: hi\ncontacts: [{number: '+9779610000011'}]\n"
        "routes: [{voice: tingting}]\nproviders: {tingting: {token: {env: T}, senders: [3], voice: 3}}\n",
        encoding="utf-8",
    )
    changed = attrs.evolve(outreach.load(path), name=" fees")
    with pytest.raises(SpecError) as caught:
        outreach.plan(changed)
    assert str(caught.value).startswith(f"{path}:2:7: name:")


def test_every_door_that_plans_asks() -> None:
    """Compare, requests and send hold a campaign against the rules as plan does."""
    wrong = outreach.Campaign(**{**_RIGHT, "message": "hi"})
    for door in (
        lambda: outreach.compare(wrong, "toingg"),
        lambda: list(outreach.requests(wrong)),
        lambda: outreach.send(wrong, sandbox=True),
    ):
        with pytest.raises(SpecError, match="must be a Template"):
            door()


@pytest.mark.asyncio
async def test_a_call_inside_a_running_loop_names_its_twin() -> None:
    """Whoever calls send where an event loop runs is told to await asend."""
    with pytest.raises(RuntimeError, match=r"await outreach\.asend\(…\)"):
        outreach.send(outreach.Campaign(**_RIGHT), sandbox=True)
