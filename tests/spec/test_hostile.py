"""Random, mutated and hostile texts: a campaign or a SpecError, soon, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.errors import Problem
from outreach.spec import Format

Mistakes = Callable[..., tuple[Problem, ...]]

QUICK = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
KINDS: list[Format] = ["yaml", "toml", "json"]

SEEDS = {
    "yaml": """\
outreach: 1
name: fees
message: |
  Hello {name|friend}
contacts: {from: [{phone: +9779610000000}], country: NP}
routes:
- voice: [tingting, toingg]
  when: {opt: "yes"}
schedule: {start: 2026-12-01T10:00:00+05:45, window: {from: 10:00, to: 21:30, days: [mon], zone: recipient}}
limits: {contacts: 5, per_contact: 2 per 7d}
providers:
  tingting: {token: {env: T}, pace: 0.5, extra: {a: 1, b: [1.5, x]}}
""",
    "toml": '''\
outreach = 1
name = "fees"
message = """Hello {name|friend}"""
contacts = {from = [{phone = "+9779610000000"}], country = "NP"}
[[routes]]
voice = ["tingting", 'toingg']
when.opt = "yes"
[schedule]
start = 2026-12-01T10:00:00+05:45
window = {from = 10:00:00, to = "21:30", days = ["mon"]}
[providers.tingting]
token.env = "T"
"pace" = 0.5
''',
    "json": """\
{"outreach": 1, "name": "fees", "message": "Hello {name|friend}",
 "contacts": {"from": [{"phone": "+9779610000000"}]}, "routes": [{"voice": ["tingting"], "when": {"opt": true}}],
 "schedule": {"start": "2026-12-01T10:00:00+05:45"}, "providers": {"toingg": {"pace": 0.5, "extra": {"a": null}}}}
""",
}

_BITS = st.sampled_from(
    ["{", "}", "[", "]", ":", ": ", ",", "\n", "\n  ", "- ", "? ", '"', "'", '"""', "&a ", "*a", "!!int ", "|",
    ">", "#", "%",
     "\\", "\\ud800", "\x00", "\u2028", "\ufeff", "\U0001f64f", "क", "~", "null", "1e999", "-", "=", ".", "[[",
     "---\n", "<<",
     "0", "9" * 30, "NaN", "T", "+05:45"]
)  # fmt: skip
_CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), _BITS | st.text(max_size=3)), min_size=1, max_size=6)


@pytest.mark.parametrize("kind", KINDS)
@QUICK
@given(text=st.text(max_size=80) | st.lists(_BITS, max_size=20).map("".join))
def test_random_texts_raise_nothing_but_spec_errors(kind: Format, text: str, mistakes: Mistakes) -> None:
    """Any text at all is refused with at least one mistake."""
    assert mistakes(text, kind)


@pytest.mark.parametrize("kind", KINDS)
@QUICK
@given(cuts=_CUTS)
def test_mutated_campaigns_raise_nothing_but_spec_errors(
    kind: Format, cuts: list[tuple[float, int, str]], mistakes: Mistakes
) -> None:
    """A campaign with pieces cut out and others put in is read, or refused with mistakes that have places."""
    text = SEEDS[kind]
    for at, length, piece in cuts:
        start = int(at * len(text))
        text = text[:start] + piece + text[start + length :]

    assert all(one.line >= 0 and one.message for one in mistakes(text, kind))


def _within(seconds: float, work: Callable[[], object]) -> bool:
    started = time.process_time()
    work()
    return time.process_time() - started < seconds


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("yaml", "a: &a [x, x]\n" + "\n".join(f"b{i}: &b{i} [*a, *a]" for i in range(2000))),
        ("yaml", "[" * 1_000_000),
        ("yaml", "? " * 500_000),
        ("yaml", "- " * 500_000),
        ("yaml", "{a: " * 250_000),
        ("yaml", "outreach: 1\n" + "\n".join(f"key{i}x: 1" for i in range(5_000))),
        ("yaml", "limits: {" + ", ".join(f"contact{i}: 1" for i in range(5_000)) + "}"),
        ("yaml", "routes: [" + "{voise: tingtin}," * 3_000 + "]"),
        ("yaml", f"schedule: {{zone: {'A' * 500_000}}}"),
        ("yaml", "message: '" + "{" * 900_000 + "'"),
        ("yaml", "routes: [{voice: " + "t" * 900_000 + "}]"),
        ("toml", "a = [" + "1," * 500_000 + "]"),
        ("toml", "\n".join("[[a]]" for _ in range(150_000))),
        ("toml", "x" * 1_000_000),
        ("toml", '"' * 1_000_000),
        ("toml", "a = {" * 200_000),
        ("toml", "[" + ".".join('"a"' for _ in range(200_000)) + "]"),
        ("json", "[" * 1_000_000),
        ("json", '{"a":' * 200_000),
        ("json", '{"round": ' + "9" * 1_000_000 + "}"),
        ("json", '{"a": "' + "\\" * 1_000_000),
        ("json", "{" + ", ".join(f'"key{i}": 1' for i in range(5_000)) + "}"),
    ],
    ids=range(22),
)
def test_bombs_are_refused_soon(kind: Format, text: str, mistakes: Mistakes) -> None:
    """What is made to keep a parser busy is refused within seconds of computing time."""
    assert _within(10, lambda: mistakes(text, kind))
