"""The campaign that a command is about, from its argument and options."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import click

from outreach import client
from outreach.cli.common import Session, plugin, verbose
from outreach.model import Campaign

Command = Callable[..., int]


@attrs.frozen(kw_only=True)
class Target:
    """The campaign that a command is about.

    Attributes:
        path: The campaign file.

        accounts: A file of accounts.

        via: The provider that carries every route instead.

        journal: Which journal; None is the usual one.

        sandbox: The stand-ins on this machine, and their own journal.

        plugins: Files of plug-ins that were named.
    """

    path: Path
    accounts: Path | None = None
    via: str | None = None
    journal: str | None = None
    sandbox: bool = False
    plugins: tuple[Path, ...] = ()

    def load(self) -> Campaign:
        """Read the campaign.

        Raises:
            SpecError: It is wrong; all mistakes at once.
        """
        return client.load(self.path, accounts=self.accounts, via=self.via)

    def send_command(self, *more: str) -> str:
        """Write the command that sends this campaign, or goes on sending it, for people to copy."""
        return self.command("send", *more)

    def command(self, name: str, *more: str) -> str:
        """Write a command about this campaign, for people to copy."""
        options = {"--accounts": self.accounts, "--via": self.via, "--journal": self.journal}
        plugins = [part for file in self.plugins for part in ("--plugin", str(file))]
        given = [part for name, value in options.items() if value is not None for part in (name, str(value))] + plugins
        sandbox = ["--sandbox"] if self.sandbox else []
        return shlex.join(["outreach", name, str(self.path), *given, *sandbox, *more])


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def spec(function: Command) -> Command:
    """Add SPEC and the options that say how to read it; the function gets them as a ``Target``. Outermost."""

    @functools.wraps(function)
    def command(path: Path, accounts: Path | None, via: str | None, **options: Any) -> int:
        journal, sandbox = options.pop("journal", None), options.pop("sandbox", False)
        session = click.get_current_context().ensure_object(Session)
        target = Target(
            path=path, accounts=accounts, via=via, journal=journal, sandbox=sandbox, plugins=session.plugins
        )
        return function(target, **options)

    accounts_help = "Read the accounts from this file; they go before those in SPEC."
    for decorate in (
        click.option("--via", metavar="PROVIDER", help="Use this provider on every route instead."),
        click.option("--accounts", type=_FILE, envvar="OUTREACH_ACCOUNTS", show_envvar=True, help=accounts_help),
        click.argument("path", metavar="SPEC", type=_FILE),
        plugin,
        verbose,
    ):
        command = decorate(command)
    return command


def sandbox(function: Command) -> Command:
    """Add ``--sandbox``."""
    text = "Use the stand-ins on this machine, and their own journal."
    return click.option("--sandbox", is_flag=True, help=text)(function)


def journal_only(function: Command) -> Command:
    """Add ``--journal``."""
    text = "The record of what was done [default: $OUTREACH_JOURNAL, else .outreach/journal.db beside SPEC]."
    return click.option("--journal", metavar="URL", help=text)(function)


def journal(function: Command) -> Command:
    """Add the options that say which journal is meant."""
    return sandbox(journal_only(function))
