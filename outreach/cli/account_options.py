"""What the commands about an account share: which account, and the question before what spends or reaches people."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.table import Table

from outreach.cli import common
from outreach.cli.target import journal
from outreach.reporting.words import clean

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def of_account(function: Callable[..., int]) -> Callable[..., int]:
    """Add PROVIDER and the options that say which account is meant; the function gets them as ``where``. Outermost."""

    @functools.wraps(function)
    def command(accounts: Path | None, journal: str | None, *, sandbox: bool, **options: Any) -> int:
        return function(where={"accounts": accounts, "journal": journal, "sandbox": sandbox}, **options)

    text = "Read the account from this file."
    made: Callable[..., int] = journal(command)
    for decorate in (
        click.option("--accounts", type=_FILE, envvar="OUTREACH_ACCOUNTS", show_envvar=True, help=text),
        click.argument("provider"),
        common.plugin,
        common.verbose,
        common.as_json,
    ):
        made = decorate(made)
    return made


def asks(function: F) -> F:
    """Add ``--yes`` and ``--again``."""
    again = click.option("--again", is_flag=True, help="Do it although nobody knows what the same request did before.")
    return click.option("--yes", is_flag=True, help="Do not ask first.")(again(function))


def consent(question: str, *, yes: bool, sandbox: bool) -> bool:
    """Ask a person.

    Raises:
        UsageError: Nobody is there.
    """
    if yes or sandbox:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        msg = f"{question} Nobody is there to ask: give --yes; nothing was sent"
        raise click.UsageError(msg, click.get_current_context())
    return click.confirm(question, err=True)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Lay rows out; what a vendor says is shown, never obeyed."""
    made = Table(box=None, pad_edge=False)
    for head in heads:
        made.add_column(head)
    for row in rows:
        made.add_row(*(clean("" if cell is None else str(cell)) for cell in row))
    return made
