"""Every provider beside every other, as a page: what each can do, and how far its adapter has come.

``python -m outreach.testing.matrix NAME… > docs/providers/matrix.md`` (``make matrix``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from outreach.model import Channel
from outreach.negotiation import Features, Verdict
from outreach.plugins import load_plugins
from outreach.provider import Provider
from outreach.testing import contents
from outreach.testing.levels import Report, conform, home_of
from outreach.testing.suite import Conformance

HEAD = """\
# What each provider can do

Made by `make matrix` from the adapters' capabilities and from a run of the [conformance tests](../write-a-provider.md)
on each; a test fails when this page is stale. A link leads to the vendor's page that says so.
"""

LEVELS = """\
## How far an adapter has come

| level | is shown by |
|---|---|
| compiles | it can be loaded, and its provider is a whole value |
| simulated | every conformance test passes against the adapter's own stand-in |
| recorded | besides, what the vendor's pages print (requests, answers) replays |
| live-verified | besides, a dated file says that all live checks of this version passed with a real account |
"""

VERDICTS = """\
*native*: the vendor does it. *emulated*: the adapter or outreach does it. *degraded*: it comes out weaker, and needs
the author's consent. *refused*: a campaign that uses it is not sent.
"""


def page(providers: Sequence[Provider[Any]], suite: type[Conformance] = Conformance) -> str:
    """Write the page."""
    reports = [conform(one, home_of(one), suite) for one in providers]
    parts = [HEAD, _table(_overview(providers, reports)), LEVELS, f"## Field by field\n\n{VERDICTS}"]
    for channel in Channel:
        able = [one for one in providers if channel in one.capabilities.channels]
        if able:
            parts += [f"### {channel}\n", _table(_fields(channel, able))]
    return "\n".join(parts)


def _overview(providers: Sequence[Provider[Any]], reports: Sequence[Report]) -> Iterator[Sequence[str]]:
    yield ("", *(f"[{one.title}]({one.name}.md)" for one in providers))
    yield ("adapter", *(f"`{one.name}` {one.version}" for one in providers))
    yield ("level", *(f"**{one.level}**" for one in reports))
    yield ("tests passed", *(str(one.counts["passed"]) for one in reports))
    yield ("tests failed", *(str(one.counts["failed"]) for one in reports))
    yield ("channels", *(", ".join(one.capabilities.channels) for one in providers))
    yield ("countries", *(_countries(one) for one in providers))
    yield ("people in a request", *(f"{one.capabilities.batching.size:,}" for one in providers))
    yield ("waits for a start itself", *(_yes(one.capabilities.schedules) for one in providers))
    yield ("needs ids", *(_yes(one.capabilities.needs_id) for one in providers))
    yield ("can be asked after a lost answer", *(_asked(one) for one in providers))


def _fields(channel: Channel, providers: Sequence[Provider[Any]]) -> Iterator[Sequence[str]]:
    yield ("field", *(one.title for one in providers))
    for field in attrs.fields(Features):
        if contents.belongs(channel, field.name):
            yield (f"`{field.name}`", *(_cell(one.capabilities.channels[channel], field.name) for one in providers))


def _cell(features: Features, name: str) -> str:
    support = getattr(features, name)
    word = f"[{support.verdict}]({support.doc})" if support.doc else str(support.verdict)
    return f"{word} (`{support.code}`)" if support.verdict is Verdict.DEGRADED else word


def _countries(one: Provider[Any]) -> str:
    return ", ".join(f"+{code}" for code in one.capabilities.calling_codes) or "all"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _asked(one: Provider[Any]) -> str:
    """Say about which requests the vendor can be asked."""
    fields = attrs.fields(Provider)
    asked = {"settle": "campaigns", "roll": "people", "seek": "people"}
    known = [word for name, word in asked.items() if getattr(one, name) is not getattr(fields, name).default]
    return " and ".join(dict.fromkeys(known)) or "no"


def _table(rows: Iterator[Sequence[str]]) -> str:
    head, *others = rows
    lines = [head, ["---"] * len(head), *others]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main(names: Sequence[str]) -> int:
    """Print the page about these providers, or about all that are installed."""
    plugins = load_plugins()
    sys.stdout.write(page([plugins.provider(name) for name in names or sorted(plugins.providers)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
