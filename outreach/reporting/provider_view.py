"""Providers for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from outreach.negotiation import Support
from outreach.plugins import Failure, Plugins
from outreach.provider import Provider
from outreach.reporting.grid import columns, labelled
from outreach.reporting.plan_view import VERDICTS, section
from outreach.reporting.shapes import features
from outreach.reporting.words import clean


def overview(plugins: Plugins) -> RenderableType:
    """Show every provider, and what could not be loaded."""
    rows = [
        (one.name, one.title, one.version, ", ".join(channel.value for channel in one.capabilities.channels))
        for one in plugins.providers.values()
    ]
    table = columns(("name", "vendor", "version", "channels"), rows) if rows else Text("no providers are installed")
    return Group(table, *failures(plugins.failed))


def failures(failed: tuple[Failure, ...]) -> Iterator[RenderableType]:
    """Show the plug-ins that could not be loaded."""
    yield from section("Could not be loaded", [f"{one.name}: {one.error}" for one in failed])


def details(one: Provider[Any]) -> RenderableType:
    """Show what one provider does with every field of every channel, with the page that says so."""
    capabilities = one.capabilities
    about = [
        ("docs", one.docs),
        ("batches", f"at most {capabilities.batching.size:,} people in one request"),
        ("reaches", ", ".join(f"+{code}" for code in capabilities.calling_codes) or "all countries"),
        ("schedules", "the vendor waits for the start" if capabilities.schedules else "outreach waits for the start"),
    ]
    if capabilities.needs_id:
        about.append(("needs", "an id for every contact"))
    parts: list[RenderableType] = [Text(f"{one.name}: {one.title}, adapter {one.version}", style="bold")]
    parts.append(labelled(about, indent=1))
    for channel in capabilities.channels:
        lines = [
            (VERDICTS[support.verdict], name, _sentence(support)) for name, support in features(capabilities, channel)
        ]
        parts += [Text(""), Text(channel.value, style="bold"), columns(("", "field", "how"), lines)]
    return Group(*parts)


def _sentence(support: Support) -> Text:
    code = f"accept: {support.code}" if support.code else ""
    return Text("\n".join(clean(line) for line in (support.detail, code, support.doc) if line))
