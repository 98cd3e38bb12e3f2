"""``outreach suppress``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from rich.console import Group

from outreach import client
from outreach.cli import common
from outreach.cli.console import show
from outreach.cli.screen import print_json, say
from outreach.contacts.masking import mask
from outreach.model import Channel
from outreach.reporting import shapes
from outreach.reporting.grid import columns
from outreach.reporting.words import count
from outreach.suppressing import Changed

F = TypeVar("F", bound=Callable[..., Any])


def _options(*decorators: Callable[[Any], Any]) -> Callable[[F], F]:
    def add(function: Any) -> Any:
        for decorate in reversed(decorators):
            function = decorate(function)
        return function

    return add


_JOURNAL = click.option(
    "--journal",
    metavar="URL",
    help="The list beside this journal [default: $OUTREACH_JOURNAL, else .outreach in this folder].",
)
_COUNTRY = click.option("--country", metavar="CC", help="Two-letter country of numbers without +, for example NP.")
_CHANNELS = click.Choice([channel.value for channel in Channel])
_ENTRY = _options(
    click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True),
    click.option("--channel", type=_CHANNELS, help="This channel only; otherwise all."),
    click.option("--reason", default="", metavar="TEXT", help="Why, for people."),
    _COUNTRY,
    _JOURNAL,
    common.as_json,
    common.verbose,
)


@click.group("suppress")
@common.verbose
def command() -> None:
    """Keep the organisation's own do-not-contact list: it holds for every campaign, also for a send that runs."""


@command.command("add")
@_ENTRY
def add(*, numbers: tuple[str, ...], as_json: bool, **options: Any) -> int:
    """Close NUMBERs."""
    _tell(client.suppress(numbers, **_of(options)), "added", as_json=as_json)
    return 0


@command.command("remove")
@_ENTRY
def remove(*, numbers: tuple[str, ...], as_json: bool, **options: Any) -> int:
    """Open NUMBERs again."""
    _tell(client.unsuppress(numbers, **_of(options)), "taken back", as_json=as_json)
    return 0


@command.command("import")
@_options(click.argument("file", type=click.Path(exists=True, dir_okay=False)), _COUNTRY, _JOURNAL)
@common.as_json
@common.verbose
def import_(*, file: str, country: str | None, journal: str | None, as_json: bool) -> int:
    """Close every number of FILE (CSV, TSV, JSON Lines or a number a line), all or none."""
    _tell(client.suppress_file(file, journal=journal, country=country), "added", as_json=as_json)
    return 0


@command.command("list")
@_JOURNAL
@common.show_numbers
@common.as_json
@common.verbose
def list_(*, journal: str | None, show_numbers: bool, as_json: bool) -> int:
    """List what is closed, with who said so, when and why. JSON holds full numbers."""
    entries = client.suppressions(journal=journal)
    if as_json:
        print_json([shapes.entry(one) for one in entries])
        return 0
    phone: Callable[[str], str] = str if show_numbers else mask
    rows = [(phone(one.phone), one.channel or "all", f"{one.at:%Y-%m-%d}", one.by, one.reason) for one in entries]
    table = [columns(("phone", "channel", "since", "by", "reason"), rows)] if rows else []
    show(Group(*table, f"{count(len(rows), 'entry', 'entries')}"))
    return 0


def _of(options: dict[str, Any]) -> dict[str, Any]:
    channel = options.pop("channel")
    return {**options, "channel": Channel(channel) if channel else None}


def _tell(changed: Changed, verb: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"list": str(changed.path), "changed": changed.changed, "already": changed.already})
        return
    already = f", {changed.already:,} stood there before" if changed.already else ""
    say(f"{count(changed.changed, 'entry', 'entries')} {verb}{already}: {changed.path}")
