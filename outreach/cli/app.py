"""The group of all commands, and what every command ends with: an exit code and a text, never a bare traceback."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import click

from outreach.cli.common import Session, verbose

#: Every command with its line in ``--help``, so that help needs none of their modules. The module of a command is
#: ``outreach.cli.<name>``, and its function is called ``command``.
COMMANDS: Mapping[str, str] = {
    "check": "Report every mistake in a campaign, its accounts and contacts.",
    "plan": "Show what would happen; nothing is sent.",
    "compare": "Show what changes through another provider.",
    "send": "Send a campaign, or go on with it.",
    "stop": "Stop a campaign, also one that is being sent.",
    "status": "Count a campaign's deliveries by what became of them.",
    "report": "List every delivery with its outcome.",
    "explain": "Tell one person's story.",
    "settle": "Find out what became of everything unknown.",
    "suppress": "Keep the organisation's own do-not-contact list.",
    "providers": "List what is installed and what it can do.",
    "voices": "List the voices of an account.",
    "senders": "List the numbers that an account contacts people from.",
    "account": "Show how an account stands.",
    "otp": "Send a one-time code, and list those that were sent.",
    "numbers": "List, buy and give back an account's numbers.",
    "api": "Call any endpoint of a vendor.",
    "sandbox": "Serve stand-ins for the vendors on this machine.",
    "conform": "Show how far an adapter of a vendor has come.",
    "schema": "Print the JSON Schema of the campaign file.",
    "demo": "Try everything on a sample campaign, in the sandbox.",
}


class Commands(click.Group):
    """Commands by name, each imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Give the names in the order of a campaign's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as above
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"outreach.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name, or say which one may be meant."""
        name = args[0]
        if name in COMMANDS or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        import difflib  # noqa: PLC0415  # nobody needs it who spells right

        close = difflib.get_close_matches(name, COMMANDS, n=1)
        hint = f"Did you mean '{close[0]}'?" if close else f"There are: {', '.join(COMMANDS)}."
        msg = f"No such command '{name}'. {hint}"
        raise click.UsageError(msg, ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as above
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a reader of its output that has seen enough is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _let_go(sys.stdout)
            return 0

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line; ends with the exit code of what happened."""
        words = list(sys.argv[1:] if args is None else args)
        session = Session(as_json="--json" in words)
        try:
            done = super().main(args, prog_name, complete_var, standalone_mode=False, obj=session, **extra)
            code = done if isinstance(done, int) else 0
        except Exception as error:  # noqa: BLE001  # the last line of defence: everything ends with a code and a text
            from outreach.cli.failures import tell  # noqa: PLC0415  # half of what --help takes, which needs none of it

            code = tell(error, session)
        code = _flushed(code)
        if standalone_mode:
            sys.exit(code)
        return code


def _flushed(code: int) -> int:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            _let_go(stream)
    return code


def _let_go(stream: Any) -> None:
    # The interpreter flushes the streams once more when it ends, and would complain then.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="outreach", prog_name="outreach")
@verbose
def cli() -> None:
    """One campaign file, any vendor: voice calls, SMS, AI calls, WhatsApp.

    Nobody is contacted twice, nobody is lost, nothing is dropped in silence. Begin with `outreach demo`.
    """


def main() -> None:
    """Run the command line of this process."""
    cli.main(prog_name="outreach")
