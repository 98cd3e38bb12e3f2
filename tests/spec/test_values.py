"""What each key accepts and refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from outreach.errors import Problem
from outreach.model import (
    Campaign,
    Channel,
    Columns,
    Day,
    PerContact,
    Purpose,
    Route,
    Template,
    Window,
)

Read = Callable[..., Campaign]
Mistakes = Callable[..., tuple[Problem, ...]]
Write = Callable[..., str]

KATHMANDU = timezone(timedelta(hours=5, minutes=45))

RIGHT: Mapping[str, tuple[str, Callable[[Campaign], Any], Any]] = {
    "plain words stay text": ("name: NO", lambda c: c.name, "NO"),
    "leading zeros stay": ("name: 0123", lambda c: c.name, "0123"),
    "a plus stays": ("name: +97796100", lambda c: c.name, "+97796100"),
    "a quoted null is a word": ('name: "null"', lambda c: c.name, "null"),
    "Devanagari": ("name: शुल्क", lambda c: c.name, "शुल्क"),
    "round": ("round: 2", lambda c: c.round, 2),
    "round in quotes": ('round: "2"', lambda c: c.round, 2),
    "round as a whole float": ("round: 2.0", lambda c: c.round, 2),
    "description over lines": ("description: |\n  a\n  b", lambda c: c.description, "a\nb\n"),
    "description left empty": ('description: ""', lambda c: c.description, ""),
    "purpose": ("purpose: collections", lambda c: c.purpose, Purpose.COLLECTIONS),
    "message": ("message: '{name|यहाँ}'", lambda c: str(c.message), "{name|यहाँ}"),
    "one contact list": ("contacts: a.csv", lambda c: c.contacts.sources, ("a.csv",)),
    "standard input": ("contacts: '-'", lambda c: c.contacts.sources, ("-",)),
    "several contact lists": ("contacts: [a.csv, b.csv]", lambda c: c.contacts.sources, ("a.csv", "b.csv")),
    "contacts as a mapping": ("contacts: {from: a.csv}", lambda c: c.contacts.sources, ("a.csv",)),
    "rows in place": (
        "contacts: {from: [{phone: +9779610000000, pin: 0123, name: Null, opt: yes, zone: }]}",
        lambda c: c.contacts.sources,
        ({"phone": "+9779610000000", "pin": "0123", "name": "Null", "opt": "yes", "zone": ""},),
    ),
    "country NO is Norway": ("contacts: {from: a, country: NO}", lambda c: c.contacts.country, "NO"),
    "country in small letters": ("contacts: {from: a, country: np}", lambda c: c.contacts.country, "NP"),
    "country left empty": ("contacts: {from: a, country: }", lambda c: c.contacts.country, None),
    "columns": (
        "contacts: {from: a, columns: {phone: मोबाइल, id: ~}}",
        lambda c: c.contacts.columns,
        Columns(phone="मोबाइल"),
    ),
    "one suppression list": ("suppress: a.csv", lambda c: c.suppress, ("a.csv",)),
    "suppression lists": ("suppress: [a.csv, b.csv]", lambda c: c.suppress, ("a.csv", "b.csv")),
    "no suppression list": ("suppress: []", lambda c: c.suppress, ()),
    "failover": (
        "routes: [{sms: [tingting, toingg], when: {sms: yes, x: 010}}]",
        lambda c: c.routes,
        (Route(channel=Channel.SMS, providers=("tingting", "toingg"), when={"sms": "yes", "x": "010"}),),
    ),
    "one channel twice for other people": (
        "routes: [{sms: tingting, when: {a: 1}}, {sms: tingting, when: {a: 2}}]",
        lambda c: [route.when["a"] for route in c.routes],
        ["1", "2"],
    ),
    "start with an offset": (
        "schedule: {start: 2026-12-01T10:00:00+05:45}",
        lambda c: c.schedule.start,
        datetime(2026, 12, 1, 10, tzinfo=KATHMANDU),
    ),
    "start in UTC": (
        "schedule: {start: 2026-12-01 10:00Z}",
        lambda c: c.schedule.start,
        datetime(2026, 12, 1, 10, tzinfo=UTC),
    ),
    "start with a zone beside it": (
        "schedule: {start: 2026-12-01T10:00, zone: Asia/Kathmandu}",
        lambda c: c.schedule.start and c.schedule.start.isoformat(),
        "2026-12-01T10:00:00+05:45",
    ),
    "a twice-told hour with its offset": (
        "schedule: {start: 2026-10-25T02:30:00+01:00, zone: Europe/Berlin}",
        lambda c: c.schedule.start and c.schedule.start.isoformat(),
        "2026-10-25T02:30:00+01:00",
    ),
    "window": (
        "schedule: {window: {from: 09:30, to: 21:30, days: [sun, fri]}}",
        lambda c: c.schedule.window,
        Window(start=time(9, 30), end=time(21, 30), days=(Day.SUN, Day.FRI)),
    ),
    "window in a zone": (
        "schedule: {window: {from: '09:00', to: 10:00, zone: Asia/Kathmandu}}",
        lambda c: c.schedule.window and c.schedule.window.zone,
        "Asia/Kathmandu",
    ),
    "limits": (
        "limits: {contacts: 5000, per_hour: ~, per_contact: 2 per 7d}",
        lambda c: (c.limits.contacts, c.limits.per_hour, c.limits.per_contact),
        (5000, None, PerContact(2, timedelta(days=7))),
    ),
    "limit per week": (
        "limits: {per_contact: 1 per 2 w}",
        lambda c: c.limits.per_contact,
        PerContact(1, timedelta(weeks=2)),
    ),
    "accept": ("accept: [toingg.placeholders]", lambda c: c.accept, ("toingg.placeholders",)),
    "speed": ("messages: {voice: {text: a, speed: 1.5}}", lambda c: c.messages.voice and c.messages.voice.speed, 1.5),
    "audio": (
        "messages: {voice: {audio: a.mp3}}",
        lambda c: c.messages.voice and (c.messages.voice.audio, c.messages.voice.text),
        ("a.mp3", None),
    ),
    "an entry without a text says the message": (
        "messages: {voice: {voice: rija}}",
        lambda c: c.messages.voice and str(c.messages.voice.text),
        "Hello",
    ),
    "an AI call without a script has the message to go by": (
        "messages: {ai_call: {language: hindi}}",
        lambda c: c.messages.ai_call and (c.messages.ai_call.script, str(c.messages.ai_call.text)),
        (None, "Hello"),
    ),
    "an entry left empty": ("messages: {sms: ~}", lambda c: c.messages.sms, None),
    "ask": (
        "messages: {ai_call: {script: a, ask: {will_pay: 'Will they?'}}}",
        lambda c: c.messages.ai_call and c.messages.ai_call.ask,
        {"will_pay": "Will they?"},
    ),
    "whatsapp parameters": (
        "messages: {whatsapp: {template: t, body: ['{a}', {n: 1, t: no, q: '1', b: true, z: , l: [007, 1e2]}]}}",
        lambda c: c.messages.whatsapp and c.messages.whatsapp.body,
        (
            Template.parse("{a}"),
            {"n": 1, "t": "no", "q": "1", "b": True, "z": None, "l": ["007", 100.0]},
        ),
    ),
    "whatsapp without parameters": (
        "messages: {whatsapp: {text: hi, body: []}}",
        lambda c: c.messages.whatsapp and c.messages.whatsapp.body,
        (),
    ),
    "base": ("round: 1", lambda c: c.base, Path("folder")),
}


@pytest.mark.parametrize("case", RIGHT.values(), ids=RIGHT)
def test_right_values_are_typed_by_the_model(case: tuple[str, Any, Any], read: Read, smallest: Write) -> None:
    """Every value becomes what the model says, whatever YAML would make of it."""
    lines, look, expected = case

    assert expected == look(read(smallest(**{lines.partition(":")[0]: lines})))


WRONG: Mapping[str, tuple[str, str, str]] = {
    "name: ''": ("name", "1:7", "1 to 200 characters"),
    "name:": ("name", "1:6", "has no value"),
    "name: null": ("name", "1:7", 'for the word itself: "null"'),
    "name: [a]": ("name", "1:7", "not a list"),
    'name: "a\\nb"': ("name", "1:7", "one line"),
    "name: |\n  a": ("name", "1:7", "one line"),
    f"name: {'x' * 201}": ("name", "1:7", "…"),
    "name: ' a'": ("name", "1:7", "without blanks around it"),
    "round: 0": ("round", "1:8", "'0' is not a whole number of 1 or more"),
    "round: 1.5": ("round", "1:8", "whole number"),
    "round: '1e1'": ("round", "1:8", "whole number"),
    "round: 9999999999999999": ("round", "1:8", "whole number"),
    "round: ३": ("round", "1:8", "whole number"),
    "purpose: sevice": ("purpose", "1:10", "did you mean 'service'?"),
    "purpose: x": ("purpose", "1:10", "allowed: promotional, service, transactional, collections"),
    "message: ''": ("message", "1:10", "is empty"),
    "message: '{name'": ("message", "1:10", "character 1 is never closed"),
    "message: {text: a}": ("message", "1:10", "not a mapping"),
    "messages: []": ("messages", "1:11", "must be a mapping"),
    "messages: {sms: hi}": ("messages.sms", "1:17", "must be a mapping"),
    "messages: {smss: {}}": ("messages.smss", "1:12", "did you mean 'sms'?"),
    "messages: {voice: {text: a, audio: b}}": ("messages.voice.audio", "1:29", "goes out instead of 'text'"),
    "messages: {voice: {text: a, speed: 0}}": ("messages.voice.speed", "1:36", "above 0"),
    "messages: {voice: {text: a, speed: .inf}}": ("messages.voice.speed", "1:36", "above 0"),
    "messages: {voice: {text: a, speed: 1e999}}": ("messages.voice.speed", "1:36", "above 0"),
    "messages: {ai_call: {script: a, text: b}}": ("messages.ai_call.text", "1:33", "instead of 'script'"),
    "messages: {ai_call: {ask: {a: ''}}}": ("messages.ai_call.ask.a", "1:31", "is empty"),
    "messages: {whatsapp: {template: a, text: b}}": ("messages.whatsapp.text", "1:36", "instead of 'template'"),
    "messages: {whatsapp: {text: b, language: en}}": ("messages.whatsapp.language", "1:32", "without 'template'"),
    "messages: {whatsapp: {text: b, body: [x]}}": ("messages.whatsapp.body", "1:32", "without 'template'"),
    "messages: {whatsapp: {template: b, body: [[x]]}}": ("messages.whatsapp.body[0]", "1:43", "not a list"),
    "messages: {whatsapp: {template: b, body: [{a: 1e400}]}}": ("messages.whatsapp.body[0].a", "1:47", "too large"),
    "messages: {whatsapp: {template: b, language: English}}": ("messages.whatsapp.language", "1:46", "en_US"),
    "messages: {whatsapp: {text: b, attachment: 'http://a.b/c'}}": ("messages.whatsapp.attachment", "1:44", "https"),
    "contacts:": ("contacts", "1:10", "has no value"),
    "contacts: []": ("contacts", "1:11", "empty list"),
    "contacts: {country: NP}": ("contacts.from", "1:11", "is missing"),
    "contacts: {from: {a: b}}": ("contacts.from", "1:18", "a list of paths, a list of rows, or a reference"),
    "contacts: {from: [a, {b: c}]}": ("contacts.from[0]", "1:19", "must be a mapping"),
    "contacts: {from: [{b: [c]}]}": ("contacts.from[0].b", "1:23", "not a list"),
    "contacts: {from: a, country: NEPAL}": ("contacts.country", "1:30", "NP for Nepal"),
    "contacts: {from: a, country: XX}": ("contacts.country", "1:30", "NP for Nepal"),
    "contacts: {from: a, columns: {fone: b}}": ("contacts.columns.fone", "1:31", "did you mean"),
    "contacts: {from: a, columns: {phone: ''}}": ("contacts.columns.phone", "1:38", "one line"),
    "suppress: {a: b}": ("suppress", "1:11", "not a mapping"),
    "suppress: [a, [b]]": ("suppress[1]", "1:15", "not a list"),
    "accept: toingg.x": ("accept", "1:9", "must be a list"),
    "accept:": ("accept", "1:8", "leave the key out"),
    "accept: [placeholders]": ("accept[0]", "1:10", "toingg.placeholders"),
    "routes: []": ("routes", "1:9", "empty list"),
    "routes: {voice: tingting}": ("routes", "1:9", "must be a list"),
    "routes: [tingting]": ("routes[0]", "1:10", "must be a mapping"),
    "routes: [{}]": ("routes[0]", "1:10", "names no channel"),
    "routes: [{when: {a: b}}]": ("routes[0]", "1:10", "names no channel"),
    "routes: [{voise: tingting}]": ("routes[0].voise", "1:11", "did you mean 'voice'?"),
    "routes: [{voice: tingting, sms: toingg}]": ("routes[0].sms", "1:28", "a route of its own"),
    "routes: [{voice: }]": ("routes[0].voice", "1:18", "has no value"),
    "routes: [{voice: []}]": ("routes[0].voice", "1:18", "empty list"),
    "routes: [{voice: tingtin}]": ("routes[0].voice", "1:18", "did you mean 'tingting'?"),
    "routes: [{voice: xyz}]": ("routes[0].voice", "1:18", "installed: contactswing, strange, tingting, toingg"),
    "routes: [{voice: broken}]": ("routes[0].voice", "1:18", "no module named nowhere"),
    "routes: [{voice: [toingg, tingtin]}]": ("routes[0].voice[1]", "1:27", "did you mean 'tingting'?"),
    "routes: [{voice: [toingg, toingg]}]": ("routes[0].voice[1]", "1:27", "twice"),
    "routes: [{voice: tingting, when: a}]": ("routes[0].when", "1:34", "must be a mapping"),
    "routes: [{voice: tingting, when: {a: [b]}}]": ("routes[0].when.a", "1:38", "not a list"),
    "routes: [{sms: tingting}, {sms: toingg}]": ("routes[1].sms", "1:28", "sms: [one, other]"),
    "schedule: {start: tomorrow}": ("schedule.start", "1:19", "2026-12-01T10:00:00+05:45"),
    "schedule: {start: 2026-12-01}": ("schedule.start", "1:19", "a date alone, which would start at midnight"),
    "schedule: {start: 2026-02-30T10:00:00Z}": ("schedule.start", "1:19", "is not a date and time"),
    "schedule: {start: 2026-12-01T10:00}": ("schedule.start", "1:19", "or zone: beside it"),
    "schedule: {start: 2026-03-29T02:30, zone: Europe/Berlin}": ("schedule.start", "1:19", "does not exist"),
    "schedule: {expires: 2026-10-25T02:30, zone: Europe/Berlin}": (
        "schedule.expires",
        "1:21",
        "write 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00",
    ),
    "schedule: {start: 2026-12-02T10:00Z, expires: 2026-12-02T15:45:00+05:45}": (
        "schedule.expires",
        "1:47",
        "is not after start",
    ),
    "schedule: {zone: Asia/Kathmando}": ("schedule.zone", "1:18", "did you mean 'Asia/Kathmandu'?"),
    "schedule: {start: 2026-12-01T10:00, zone: Nowhere}": ("schedule.zone", "1:43", "is not a time zone"),
    "schedule: {zone: kathmandu}": ("schedule.zone", "1:18", "did you mean 'Asia/Kathmandu'?"),
    "schedule: {zone: ../etc/passwd}": ("schedule.zone", "1:18", "is not a time zone"),
    "schedule: {zone: recipient}": ("schedule.zone", "1:18", "is not a time zone"),
    "schedule: {window: {from: 9am, to: 10:00}}": ("schedule.window.from", "1:27", "HH:MM"),
    "schedule: {window: {from: 9:00, to: 10:00}}": ("schedule.window.from", "1:27", "such as 09:30"),
    "schedule: {window: {from: 09:00, to: 24:00}}": ("schedule.window.to", "1:38", "00:00 to 23:59"),
    "schedule: {window: {from: 09:00}}": ("schedule.window.to", "1:20", "is missing"),
    "schedule: {window: {from: 18:00, to: 08:00}}": ("schedule.window.to", "1:38", "split the campaign in two"),
    "schedule: {window: {from: 18:00, to: 18:00}}": ("schedule.window.to", "1:38", "empty"),
    "schedule: {window: {from: 08:00, to: 18:00, days: [monday]}}": (
        "schedule.window.days[0]",
        "1:52",
        "did you mean 'mon'?",
    ),
    "schedule: {window: {from: 08:00, to: 18:00, days: [mon, mon]}}": ("schedule.window.days[1]", "1:57", "twice"),
    "schedule: {window: {from: 08:00, to: 18:00, days: []}}": ("schedule.window.days", "1:51", "empty list"),
    "schedule: {window: {from: 08:00, to: 18:00, zone: recipent}}": (
        "schedule.window.zone",
        "1:51",
        "did you mean 'recipient'?",
    ),
    "limits: {contacts: 0}": ("limits.contacts", "1:20", "1 or more"),
    "limits: {per_contact: often}": ("limits.per_contact", "1:23", "2 per 7d"),
    "limits: {per_contact: 0 per 7d}": ("limits.per_contact", "1:23", "2 per 7d"),
    "limits: {per_contact: 2 per 7y}": ("limits.per_contact", "1:23", "w weeks"),
    "outreach: 2": ("outreach", "1:11", "'2' is no version of this format"),
    "outreach: one": ("outreach", "1:11", "write outreach: 1"),
    "outreach: [1]": ("outreach", "1:11", "write outreach: 1"),
    "pourpose: x": ("pourpose", "1:1", "unknown key 'pourpose'; did you mean 'purpose'?"),
    "zzz: x": ("zzz", "1:1", "allowed: outreach, providers, name, contacts"),
    '"a b": x': ('["a b"]', "1:1", "unknown key"),
}


@pytest.mark.parametrize("lines", WRONG)
def test_wrong_values_are_named_with_place_and_remedy(lines: str, mistakes: Mistakes, smallest: Write) -> None:
    """A wrong value is one mistake, at its own line and column, that says what to write."""
    path, place, said = WRONG[lines]
    key = lines.partition(":")[0]
    text = "\n".join([lines, *smallest(**{key: None}).splitlines()])

    (found,) = mistakes(text)

    assert (path, f"c:{place}: ") == (found.path, str(found)[: len(place) + 4])
    assert said in found.message


@pytest.mark.parametrize("key", ["outreach", "name", "contacts", "routes"])
def test_required_keys_are_missed(key: str, mistakes: Mistakes, smallest: Write) -> None:
    """A missing key is named, at the beginning of the mapping that misses it."""
    (found,) = mistakes(smallest(**{key: None}))

    assert (key, 1, 1) == (found.path, found.line, found.column)
    assert "is missing" in found.message


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ("{voice: {voice: rija}}", "write text or audio here, or a message"),
        ("{ai_call: {goal: x}, voice: {text: a}}", "write script or text here"),
        ("{whatsapp: {}, voice: {text: a}}", "write template or text here"),
        ("{sms: {text: a}}", "write messages.voice, or a message"),
        ("{voice: null}", "write messages.voice, or a message"),
    ],
)
def test_a_channel_with_nothing_to_say_is_refused(
    messages: str, said: str, mistakes: Mistakes, smallest: Write
) -> None:
    """A routed channel, and an entry of its own, need a text of their own or the campaign's message."""
    (found,) = mistakes(smallest(message=f"messages: {messages}"))

    assert said in found.message


def test_a_wrong_message_is_one_mistake(mistakes: Mistakes, smallest: Write) -> None:
    """What a mistake keeps from being read is not reported as missing as well."""
    assert [one.path for one in mistakes(smallest(message="message: '{a'"))] == ["message"]


def test_mistakes_of_the_whole_stand_beside_those_of_the_parts(mistakes: Mistakes, smallest: Write) -> None:
    """Rules over several keys are checked even where a single key is wrong."""
    found = mistakes(smallest(more="schedule: {start: 2026-12-01T10:00, window: {from: 9am, to: 10:00}}"))

    assert [one.path for one in found] == ["schedule.start", "schedule.window.from"]


def test_a_path_keeps_its_spelling(read: Read, smallest: Write) -> None:
    """Paths are neither resolved nor looked for here."""
    campaign = read(smallest(contacts="contacts: ../no/such dir/क.csv"))

    assert campaign.contacts.sources == ("../no/such dir/क.csv",)
