"""The JSON Schema and the loader accept and refuse the same files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from outreach.errors import Problem
from outreach.model import Campaign, Settings
from outreach.plugins import Plugins
from outreach.spec import schema

Mistakes = Callable[..., tuple[Problem, ...]]

CAMPAIGN: Mapping[str, Any] = {
    "outreach": 1,
    "name": "fees",
    "message": "Hello",
    "contacts": "contacts.csv",
    "routes": [{"voice": "tingting"}],
}


@pytest.fixture(scope="module")
def validator(plugins: Plugins) -> Draft202012Validator:
    """Give a validator of the schema."""
    return Draft202012Validator(schema(plugins))


def test_the_schema_is_a_schema(plugins: Plugins) -> None:
    """It is valid against its own dialect, and survives JSON."""
    made = schema(plugins)

    Draft202012Validator.check_schema(made)

    assert made == json.loads(json.dumps(made))
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_describes_every_key_of_the_model(plugins: Plugins) -> None:
    """Every key carries the sentence of the model's docstring, for editors to show."""
    made = schema(plugins)
    tables = [made, *made["$defs"].values(), made["properties"]["providers"]["properties"]["toingg"]]
    bare = {key for one in tables for key, kind in one.get("properties", {}).items() if "description" not in kind}

    # Classes whose fields one sentence says together.
    assert {"phone", "id", "name", "zone", "voice", "sms", "ai_call", "whatsapp", "text"} >= bare
    assert "Credential" in tables[-1]["properties"]["token"]["description"]
    assert {one.name for one in attrs.fields(Settings)} == set(tables[-1]["properties"])
    assert {"providers"} == {one.name for one in attrs.fields(Campaign) if one.name not in {"base", "places"}} - (
        set(made["properties"]) - {"providers"}
    )


#: What may stand at a place, right or wrong; the two must agree on all of them.
SAMPLES: list[Any] = [
    None, True, False, 0, 1, 2, -1, 1.5, 2.0, 1e16, 10**15, 0.0, "", " ", "a", "a b", "a\n", "true", "no", "1",
    "0", "01",
    "+1", "-1", "1.0", "1.5", "1e3", ".5", "null", "NP", "np", "np\n", "voice", "service", "mon", "tingting", "toingg",
    "10:00", "10:00:00", "24:00", "9:00", "2026-12-01", "2026-12-01T10:00:00+05:45", "2026-12-01 10:00Z",
    "{a}", "x" * 200,
    "x" * 201, "https://example.org/", "http://example.org/", "http://localhost:80", "https://a@b.c",
    "toingg.placeholders",
    "2 per 7d", "0 per 7d", "recipient", "Asia/Kathmandu", "en_US", [], ["a"], ["a", "a"], [1], [None],
    [["a"]], ["mon"],
    ["mon", "mon"], ["tingting", "toingg"], ["tingting", "tingting"], [{}], [{"a": "b"}], [{"a": ["b"]}], ["a",
    {"a": "b"}],
    {}, {"a": "b"}, {"a": None}, {"": "b"}, {"a": ["b"]}, {"a": {"b": 1}}, {"env": "A"}, {"env": "a b"}, {"file": "a"},
    {"env": "A", "file": "a"}, {"value": "A"}, {"from": "a"}, {"from": []}, {"from": [{"a": 1}], "country": "NP"},
    {"text": "a"}, {"text": "a", "audio": "b"}, {"text": None, "audio": "b"}, {"script": "a", "text": "b"},
    {"template": "a", "language": "en", "body": ["a", {"b": 1}]}, {"text": "a", "language": "en"},
    {"text": "a", "body": []}, {"text": "a", "language": None}, {"from": "10:00", "to": "11:00"}, {"from": "10:00"},
    {"voice": "tingting"}, {"voice": "tingting", "sms": "toingg"}, [{"voice": "tingting"}], [{"voice": "nobody"}],
    [{"voice": None}], [{"when": {"a": "b"}}], [{"sms": ["tingting"], "when": {"a": True, "b": None}}], {"id": 1},
    [{"id": 1}], [{"id": "1", "pitch": "0.5"}], [{"pitch": 1}], {"a": 1.5}, {"a": "1.5"}, {"a": "x"},
]  # fmt: skip

PLACES: list[tuple[str, ...]] = [
    (key,) for key in ("outreach", "name", "round", "description", "purpose", "message", "messages",
    "contacts", "suppress",
                       "routes", "schedule", "limits", "accept", "providers", "unknown")
]  # fmt: skip
PLACES += [("contacts", key) for key in ("from", "country", "columns", "unknown")]
PLACES += [("contacts", "columns", key) for key in ("phone", "id", "name", "zone")]
PLACES += [("messages", key) for key in ("voice", "sms", "ai_call", "whatsapp")]
PLACES += [("messages", "voice", key) for key in ("text", "audio", "voice", "speed")]
PLACES += [
    ("messages", "ai_call", key)
    for key in ("script", "text", "first_line", "language", "voice", "tone", "goal", "knowledge", "ask")
]
PLACES += [
    ("messages", "whatsapp", key) for key in ("template", "language", "header", "body", "buttons", "text", "attachment")
]
PLACES += [("schedule", key) for key in ("start", "expires", "window", "zone")]
PLACES += [("schedule", "window", key) for key in ("from", "to", "days", "zone")]
PLACES += [("limits", key) for key in ("contacts", "segments", "per_hour", "per_contact")]
PLACES += [("providers", key) for key in ("tingting", "toingg", "strange", "nobody")]
PLACES += [("providers", "toingg", one.name) for one in attrs.fields(Settings)]
PLACES += [
    ("providers", "tingting", key)
    for key in (
        "senders",
        "voice",
        "legacy_base_url",
        "retype",
        "channel",
        "parts",
        "named",
        "tags",
        "strict",
        "needed",
    )
]

#: What must stand beside a key for the rest of the file to be right.
BESIDE: Mapping[tuple[str, ...], Mapping[str, Any]] = {
    ("contacts",): {"from": "a.csv"},
    ("schedule", "window"): {"from": "00:00", "to": "23:59"},
    ("schedule",): {"zone": "UTC"},
}


def planted(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Put a value into the smallest campaign."""
    campaign: dict[str, Any] = json.loads(json.dumps(CAMPAIGN))
    table = campaign
    for depth, key in enumerate(place[:-1], 1):
        if not isinstance(table.get(key), dict):
            table[key] = dict(BESIDE.get(place[:depth], {}))
        table = table[key]
    table[place[-1]] = value
    return campaign


def beyond_schema(found: tuple[Problem, ...]) -> bool:
    """Tell whether all mistakes are of the kinds that the docstring of the schema leaves to the loader."""
    known = (
        "is no country",
        "is not a time zone",
        "nor a time zone",
        "no offset",
        "is not after start",
        "comes before 'from'",
        "is the same as 'from'",
        "is there to say on it",
        "says nothing",
        "for the same people",
        "is no placeholder",
        "is never closed",
        "too large",
        "even must be even",
        "no good word",
    )
    return all(any(words in one.message for words in known) for one in found)


def agree(campaign: Any, validator: Draft202012Validator, mistakes: Mistakes, kind: str) -> None:
    """Assert that schema and loader say the same of a document."""
    text = json.dumps(campaign) if kind == "json" else yaml.safe_dump(campaign, sort_keys=False)
    found = mistakes(text, kind)
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(campaign)]

    if errors:
        assert found, errors
    else:
        assert beyond_schema(found), found


@pytest.mark.parametrize("place", PLACES, ids=".".join)
def test_schema_and_loader_agree_on_every_key(
    place: tuple[str, ...], validator: Draft202012Validator, mistakes: Mistakes
) -> None:
    """Whatever stands at a key, both accept it or both refuse it, in JSON and in YAML."""
    for value in SAMPLES:
        agree(planted(place, value), validator, mistakes, "json")
    for value in SAMPLES[::7]:
        agree(planted(place, value), validator, mistakes, "yaml")


@pytest.mark.parametrize("key", CAMPAIGN)
def test_schema_and_loader_agree_on_missing_keys(key: str, validator: Draft202012Validator, mistakes: Mistakes) -> None:
    """A key that one of them misses the other misses as well."""
    agree({name: value for name, value in CAMPAIGN.items() if name != key}, validator, mistakes, "json")


_TEXTS = st.text(max_size=12) | st.sampled_from([one for one in SAMPLES if isinstance(one, str)])
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(-1e12, 1e12, allow_subnormal=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(planting=st.lists(st.tuples(st.sampled_from(PLACES), _ANY | st.sampled_from(SAMPLES)), min_size=1, max_size=4))
@example(planting=[(("name",), "null")])
@example(planting=[(("limits", "contacts"), 1e-7)])
def test_schema_and_loader_agree_on_anything(
    planting: list[tuple[tuple[str, ...], Any]], validator: Draft202012Validator, mistakes: Mistakes
) -> None:
    """Any values at any keys are accepted by both or refused by both."""
    campaign: dict[str, Any] = planted(("round",), 1)
    for place, value in planting:
        part = planted(place, value)
        campaign[place[0]] = part[place[0]]

    found = mistakes(json.dumps(campaign), "json")
    refused = not validator.is_valid(campaign)

    assert bool(found) if refused else not [one for one in found if not (beyond_schema((one,)) or _control(one))]


def _control(problem: Problem) -> bool:
    return "which is no text" in problem.message or "named more than once" in problem.message
