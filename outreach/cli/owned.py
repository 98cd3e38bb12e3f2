"""The files that a campaign is made of, which no command may write over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from outreach import client
from outreach.cli.target import Target
from outreach.cli.writing import STDOUT
from outreach.contacts.sources import file_of, origins
from outreach.contacts.suppression import list_origins
from outreach.model import Campaign


def refuse_owned(option: str, file: Path | None, target: Target, campaign: Campaign) -> None:
    """Make sure that a file to be written is none that the campaign is read from.

    Raises:
        UsageError: It is one, or standard output, where the result of the command stands.

        SpecError: A secret that holds the address of a source cannot be read.
    """
    if file is None:
        return
    if str(file) == STDOUT:
        msg = f"{option} -: standard output holds the result of this command; name a file"
        raise click.UsageError(msg, click.get_current_context())
    what = next((what for what, own in _owned(target, campaign) if _same(file, own)), None)
    if what:
        msg = f"{option} {file}: this is {what} and would be lost; name another file"
        raise click.UsageError(msg, click.get_current_context())


def _owned(target: Target, campaign: Campaign) -> Iterator[tuple[str, Path]]:
    yield "the campaign file", target.path
    if target.accounts is not None:
        yield "the file of accounts", target.accounts
    yield from (("a plug-in", plugin) for plugin in target.plugins)
    yield "the journal", client.journal_path(campaign, target.journal, sandbox=target.sandbox)
    sources = origins(campaign.contacts, base=campaign.base, stdin=None) or ()
    lists = list_origins(campaign.suppress, base=campaign.base)
    for what, found in (("a contact list", sources), ("a do-not-contact list", lists)):
        yield from ((f"{what} of the campaign", file) for one in found if (file := file_of(one)) is not None)


def _same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, by whatever links; a missing file is told by its path."""
    with suppress(OSError, ValueError):
        return one.samefile(other)
    with suppress(OSError, ValueError):
        return one.resolve() == other.resolve()
    return False
