"""``outreach otp``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outreach import serving
from outreach.cli import common
from outreach.cli.account_options import asks, consent, of_account, table
from outreach.cli.console import show
from outreach.cli.screen import print_json, say
from outreach.contacts.masking import mask
from outreach.errors import EnvironmentProblem, Refused
from outreach.model import Secret
from outreach.reporting import service_shapes
from outreach.reporting.words import count

if TYPE_CHECKING:
    from outreach.services import OtpSent

_NEW = click.Path(dir_okay=False, path_type=Path)


@click.group("otp")
def command() -> None:
    """Send one-time codes. No code is ever printed, logged or journalled."""


@command.command("send")
@of_account
@click.argument("number")
@click.option("--text", default=serving.TEXT, show_default=True, help="With {code} where the code belongs.")
@click.option(
    "--by", type=click.Choice(["text", "voice"]), default="text", show_default=True, help="How it is brought."
)
@click.option("--voice", metavar="NAME", help="The vendor's name of the voice that speaks it.")
@click.option("--code-from", metavar="FILE", help="Your own code stands in this file; '-' is stdin.")
@click.option("--code-to", type=_NEW, metavar="FILE", help="Write the code into this new file, readable by you alone.")
@click.option("--length", type=click.IntRange(1, 12), help="Digits of a code that the vendor makes.")
@click.option("--country", metavar="CC", help="Two-letter country of a number without +.")
@common.show_numbers
@asks
def send(  # noqa: PLR0913  # the options of the command
    provider: str,
    number: str,
    where: dict[str, Any],
    *,
    code_from: str | None,
    code_to: Path | None,
    show_numbers: bool,
    yes: bool,
    again: bool,
    as_json: bool,
    **wish: Any,
) -> int:
    """Send a one-time code to NUMBER through PROVIDER: one that the vendor makes, or your own (--code-from).

    It reaches a person and costs, so it asks first and is journalled; the do-not-contact list holds for it too.
    """
    shown = number if show_numbers else mask(number)
    if not consent(f"Send a one-time code to {shown} through {provider}?", yes=yes, sandbox=where["sandbox"]):
        raise Refused(["you said no"])
    code = _own(code_from) if code_from else None
    file = _opened(code_to) if code_to else None
    try:
        sent = serving.otp_send(provider, number, code=code, again=again, **wish, **where)
        if file is not None:
            os.write(file, f"{sent.code.reveal()}\n".encode() if sent.code else b"")
    except BaseException:
        if code_to is not None:
            code_to.unlink(missing_ok=True)
        raise
    finally:
        if file is not None:
            os.close(file)
    if as_json:
        print_json(service_shapes.otp(sent))
    else:
        say(f"Sent to {shown}." if code_to is None else f"Sent to {shown}; the code is in {code_to}.")
    return 0


@command.command("list")
@of_account
@common.show_numbers
def listed(provider: str, where: dict[str, Any], *, show_numbers: bool, as_json: bool) -> int:
    """List the one-time codes that PROVIDER sent for the account, without the codes."""
    found = serving.otp_list(provider, **where)
    if as_json:
        print_json([service_shapes.otp(one) for one in found])
        return 0
    show(table(("number", "by", "", "at"), [_row(one, show_numbers=show_numbers) for one in found]))
    say(count(len(found), "code"))
    return 0


def _row(one: OtpSent, *, show_numbers: bool) -> tuple[object, ...]:
    whose = {True: "your own", False: "the vendor's", None: ""}
    return (one.number if show_numbers else mask(one.number), one.by, whose[one.own], one.at)


def _own(name: str) -> Secret:
    # Not as a word of the command line, which every process of the machine can read.
    return Secret(value=sys.stdin.readline().strip()) if name == "-" else Secret(file=name)


def _opened(path: Path) -> int:
    """Make the file before anything is sent, for the code comes only once."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        msg = f"cannot make {path}: {error.strerror}; --code-to needs a file that is not there yet"
        raise EnvironmentProblem(msg) from error
