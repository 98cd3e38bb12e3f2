"""YAML, TOML and JSON: places, texts, bounds and syntax errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from outreach.errors import Problem
from outreach.model import Campaign
from outreach.spec import Format, yaml_tree
from outreach.spec.toml_places import find_places
from outreach.spec.tree import MAX_BYTES, Source

Read = Callable[..., Campaign]
Mistakes = Callable[..., tuple[Problem, ...]]
Write = Callable[..., str]

CAMPAIGNS: Mapping[Format, str] = {
    "yaml": """\
# fees
outreach: 1
name: fees
round: "2"
message: |
  नमस्कार {name}
  \U0001f64f
contacts: {from: [{phone: +9779610000000, pin: 0123}]}
routes:
- voice: [tingting]
  when: {opt: yes}
schedule: {start: 2026-12-01T10:00:00+05:45, window: {from: 10:00, to: 21:30}}
limits: {contacts: 5}
providers:
  tingting: {token: {env: T}, strict: true, pace: 0.5, extra: {a: 1, b: [1.5, x]}}
""",
    "toml": '''\
# fees
outreach = 1
name = "fees"
round = "2"
message = """
नमस्कार {name}
\U0001f64f
"""
contacts.from = [{phone = "+9779610000000", pin = "0123"}]
[[routes]]
voice = ["tingting"]
when.opt = "yes"
[schedule]
start = 2026-12-01T10:00:00+05:45
window = {from = 10:00:00, to = "21:30"}
[limits]
contacts = 5
[providers.tingting]
token.env = "T"
strict = true
pace = 0.5
extra = {a = 1, b = [1.5, "x"]}
''',
    "json": """\
{"outreach": 1, "name": "fees", "round": "2", "message": "नमस्कार {name}\\n\\ud83d\\ude4f\\n",
 "contacts": {"from": [{"phone": "+9779610000000", "pin": "0123"}]},
 "routes": [{"voice": ["tingting"], "when": {"opt": "yes"}}],
 "schedule": {"start": "2026-12-01T10:00:00+05:45", "window": {"from": "10:00", "to": "21:30"}},
 "limits": {"contacts": 5},
 "providers": {"tingting": {"token": {"env": "T"}, "strict": true, "pace": 0.5, "extra": {"a": 1, "b": [1.5, "x"]}}}}
""",
}


def test_the_three_formats_say_the_same(read: Read) -> None:
    """One campaign in YAML, TOML and JSON is one and the same value."""
    first, *others = (read(text, kind) for kind, text in CAMPAIGNS.items())

    assert [first, first] == others
    assert first.providers["tingting"].extra == {"a": 1, "b": [1.5, "x"]}


TEN: Mapping[Format, tuple[str, set[str]]] = {
    "yaml": (
        """\
outreach: 1
name: [fees]
pourpose: service
message: "Hello {name"
contacts: {from: contacts.csv, country: NEPAL}
routes:
  - voice: tingtin
  - voise: tingting
schedule:
  start: 2026-12-01
  window: {from: 18:00, to: 09:00}
limits: {contacts: none}
limits: {contacts: 3}
providers: {tingting: {token: sesame}}
""",
        {"2:7", "3:1", "4:10", "5:41", "7:12", "8:5", "10:10", "11:29", "12:20", "13:1", "14:31"},
    ),
    "toml": (
        """\
outreach = 1
name = ["fees"]
pourpose = "service"
message = "Hello {name"
[contacts]
from = "contacts.csv"
country = "NEPAL"
[[routes]]
voice = "tingtin"
[[routes]]
voise = "tingting"
[schedule]
start = 2026-12-01
window = {from = "18:00", to = "09:00"}
[limits]
contacts = "none"
[providers.tingting]
token = "sesame"
""",
        {"2:8", "3:1", "4:11", "7:11", "9:9", "11:1", "13:9", "14:32", "16:12", "18:9"},
    ),
    "json": (
        """\
{"outreach": 1,
 "name": ["fees"],
 "pourpose": "service",
 "message": "Hello {name",
 "contacts": {"from": "contacts.csv", "country": "NEPAL"},
 "routes": [{"voice": "tingtin"}, {"voise": "tingting"}],
 "schedule": {"start": "2026-12-01", "window": {"from": "18:00", "to": "09:00"}},
 "limits": {"contacts": "none"},
 "limits": {"contacts": 3},
 "providers": {"tingting": {"token": "sesame"}}}
""",
        {"2:10", "3:2", "4:13", "5:50", "6:23", "6:36", "7:24", "7:72", "8:25", "9:2", "10:38"},
    ),
}


@pytest.mark.parametrize("kind", TEN)
def test_ten_mistakes_are_ten_problems(kind: Format, mistakes: Mistakes) -> None:
    """Every mistake of a file is reported at once, in the order of the file, each at its own place."""
    text, places = TEN[kind]

    found = mistakes(text, kind)

    assert places == {f"{one.line}:{one.column}" for one in found}
    assert len(places) == len(found) >= 10
    assert sorted(found, key=lambda one: (one.line, one.column)) == list(found)
    assert "sesame" not in "".join(map(str, found))


SYNTAX: list[tuple[Format, str, str]] = [
    ("yaml", "a: [1,\nb: 2\n", "c:3:1: this is not YAML: while parsing a flow sequence"),
    ("yaml", 'a: "x', "c:1:6: this is not YAML: while scanning a quoted scalar"),
    ("yaml", "a: b: c", "c:1:5: this is not YAML: mapping values are not allowed here"),
    ("yaml", "a:\n\tb: 1", "c:2:1: this is not YAML"),
    ("yaml", "a: 1\n---\nb: 2\n", "c:2:1: a second document starts here"),
    ("yaml", "", "c:1:1: must be a mapping, beginning with outreach: 1"),
    ("yaml", "# nothing\n", "c:1:1: must be a mapping"),
    ("yaml", "- a", "c:1:1: must be a mapping"),
    ("yaml", "? [a]\n: b", "c:1:3: a key must be one text"),
    ("yaml", "a: " + "[" * 24 + "]" * 24, "c:1:27: nested deeper than 24 levels"),
    ("yaml", "[" * 5000, "c:1:25: nested deeper than 24 levels"),
    ("yaml", "a: [" + "1," * 50_000 + "]", "more than 50,000 values"),
    ("yaml", "a: b\x07", "c:1:5: holds the character U+0007"),
    ("toml", "a = ", "c:1:5: this is not TOML: Invalid value"),
    ("toml", "a = 1\na = 2", "c:2:6: this is not TOML: Cannot overwrite a value"),
    ("toml", 'a = "\x00"', "c:1:6: holds the character U+0000"),
    ("toml", "a = " + "[" * 5000, "nested too deep"),
    ("toml", "a = " + "[" * 24 + "]" * 24, "c:1:28: nested deeper than 24 levels"),
    ("toml", "a = [" + "1," * 50_000 + "]", "c: holds more than 50,000 values"),
    ("toml", "a." * 500_000 + "a = 1", "c:1:1: a key of more than 24 dotted parts"),
    ("toml", "a = '''", "this is not TOML"),
    ("json", "", "c:1:1: this is not JSON: Expecting value"),
    ("json", "{'a': 1}", "c:1:2: this is not JSON"),
    ("json", "[1]", "c:1:1: must be a mapping"),
    ("json", '{"a": 1,}', "this is not JSON"),
    ("json", '{"a": ' + "[" * 100_000, "nested too deep"),
    ("json", '{"a": ' + "[" * 24 + "]" * 24 + "}", "c:1:30: nested deeper than 24 levels"),
    ("json", '{"a":\n "\t"}', "this is not JSON"),
]


@pytest.mark.parametrize(("kind", "text", "said"), SYNTAX, ids=range(len(SYNTAX)))
def test_what_cannot_be_read_says_where_and_why(kind: Format, text: str, said: str, mistakes: Mistakes) -> None:
    """A syntax error, a bomb or a stray character is one problem with its place."""
    (found,) = mistakes(text, kind)

    assert said in str(found)


@pytest.mark.parametrize("kind", CAMPAIGNS)
def test_a_text_may_not_be_larger_than_a_mebibyte(kind: Format, mistakes: Mistakes) -> None:
    """Size is bounded before anything is parsed."""
    (found,) = mistakes(" " * (MAX_BYTES + 1), kind)

    assert "is larger than 1 MiB" in found.message


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("name: &n fees", "1:7: anchor '&n' is not allowed"),
        ("name: *n", "1:7: alias '*n' is not allowed"),
        ("name: !!str fees", "1:7: tag 'tag:yaml.org,2002:str' is not allowed"),
        ("name: !!python/object/apply:os.system [ls]", "1:7: tag"),
        ("<<: {name: fees}", "1:1: <<: unknown key"),
        ('name: "\\a"', "1:7: holds the character U+0007"),
        ("name: fees\nname: dues", "2:1: key 'name' stands here again; the first is in line 1"),
    ],
)
def test_yaml_is_plain(lines: str, said: str, mistakes: Mistakes, smallest: Write) -> None:
    """Anchors, aliases, tags, merge keys, control characters and double keys are mistakes."""
    found = mistakes(lines + "\n" + smallest(name=None))

    assert said in "\n".join(str(one).replace('["<<"]', "<<") for one in found)


@pytest.mark.parametrize("line", ["round: *x", 'description: "\\a"', "schedule: {start: *x}", "messages: {sms: *x}"])
def test_what_was_reported_is_not_judged_again(line: str, mistakes: Mistakes, smallest: Write) -> None:
    """A value that is no value at all, such as an alias, is one mistake and not a second one of its key."""
    (found,) = mistakes(line + "\n" + smallest())

    assert "is not allowed" in found.message or "U+0007" in found.message


def test_columns_count_characters(mistakes: Mistakes) -> None:
    """A place in a line of Devanagari and emoji is counted in characters, in every format."""
    texts: Mapping[Format, str] = {
        "yaml": '{outreach: 1, name: "क्षत्रिय \U0001f64f", x: 1}',
        "json": '{"outreach": 1, "name": "क्षत्रिय \U0001f64f", "x": 1}',
        "toml": 'messages = {sms = {text = "क्षत्रिय \U0001f64f", "x" = 1}}',
    }
    for kind, text in texts.items():
        found = next(one for one in mistakes(text, kind) if one.path.endswith("x"))

        assert text.rindex("x") - (kind != "yaml") + 1 == found.column


def test_a_byte_order_mark_is_no_mistake(read: Read, mistakes: Mistakes, smallest: Write) -> None:
    """Editors on Windows write one; places are counted without it."""
    assert read("\ufeff" + smallest()).name == "fees"
    assert mistakes("\ufeff" + smallest(outreach="outreach: 2"))[0].line == 1


def test_the_slower_yaml_parser_gives_the_same(read: Read, mistakes: Mistakes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where libyaml is missing, campaigns and mistakes are the same."""
    texts = [text for kind, text, _ in SYNTAX if kind == "yaml"] + [TEN["yaml"][0]]
    fast = (read(CAMPAIGNS["yaml"]), [mistakes(text) for text in texts])

    monkeypatch.setattr(yaml_tree, "_LOADER", yaml.SafeLoader)

    assert fast == (read(CAMPAIGNS["yaml"]), [mistakes(text) for text in texts])


def test_json_numbers_and_words_that_are_none(mistakes: Mistakes) -> None:
    """NaN and infinities are no JSON, and a doubled key is told at its second place."""
    text = '{"outreach": 1, "name": "a", "message": "m", "contacts": "c", "round": 1, "round": 2,\n'
    text += ' "routes": [{"sms": "toingg"}], "limits": {"contacts": NaN, "segments": -Infinity}}'

    found = mistakes(text, "json")

    assert [str(one).partition(": ")[0] for one in found] == ["c:1:75", "c:2:56", "c:2:73"]


def test_half_a_surrogate_pair_is_refused(mistakes: Mistakes) -> None:
    """What cannot be encoded could not be sent."""
    (found,) = mistakes(CAMPAIGNS["json"].replace("\\ude4f", ""), "json")

    assert "U+D83D" in found.message


def test_toml_values_are_read_as_text(read: Read, mistakes: Mistakes) -> None:
    """Numbers, dates and truth values of TOML become the text that the model types."""
    text = """
outreach = 1
name = 2026
message = "m"
round = 1_0
contacts = [{phone = 9610000000, rate = +1_0.50, on = true, day = 2026-12-01, at = 10:00:00}]
[[routes]]
sms = "toingg"
"""
    campaign = read(text, "toml")

    assert (campaign.name, campaign.round) == ("2026", 10)
    assert campaign.contacts.sources == (
        {"phone": "9610000000", "rate": "10.50", "on": "true", "day": "2026-12-01", "at": "10:00:00"},
    )
    assert [one.message[:8] for one in mistakes(text + "[limits]\ncontacts = 'inf'\nsegments = 3", "toml")] == [
        "'inf' is"
    ]
    assert [one.message[:16] for one in mistakes(text + "[limits]\ncontacts = inf\nsegments = 3", "toml")] == [
        "inf is no number"
    ]


PLACES = '''
"q.x" . b = 1
[a.b] # c
c = [1, [2,
  3], {d = 4, e.f = """x
]""" , g = 'y'}]
[[a.l]]
x = 2026-12-01 10:00:00
[a.l.deep]
y = "\\"]"
[[a.l]]
x = """
"""
'''


def test_toml_places_are_found_for_every_key_and_value() -> None:
    """The walk knows headers, dotted and quoted keys, nested arrays, inline tables and texts over lines."""
    places = find_places(PLACES, Source("c", Path()))
    keys = {place: f"{at.line}:{at.column}" for place, at in places.keys.items()}
    values = {place: f"{at.line}:{at.column}" for place, at in places.values.items()}

    assert (keys["q.x",], keys["q.x", "b"]) == ("2:1", "2:9")
    assert values["q.x", "b"] == "2:13"
    assert (keys["a",], keys["a", "b"]) == ("3:2", "3:4")
    assert (values["a", "b", "c", 0], values["a", "b", "c", 1, 0]) == ("4:6", "4:10")
    assert values["a", "b", "c", 1, 1] == "5:3"
    assert (
        keys["a", "b", "c", 2, "d"],
        keys["a", "b", "c", 2, "e"],
        values["a", "b", "c", 2, "e", "f"],
    ) == ("5:8", "5:15", "5:21")
    assert (keys["a", "b", "c", 2, "g"], values["a", "b", "c", 2, "g"]) == ("6:8", "6:12")
    assert (
        values["a", "l", 0, "x"],
        keys["a", "l", 0, "deep"],
        values["a", "l", 0, "deep", "y"],
    ) == ("8:5", "9:6", "10:5")
    assert (values["a", "l", 1], values["a", "l", 1, "x"]) == ("11:5", "12:5")
