"""``outreach send``."""

from __future__ import annotations

import sys

import click

from outreach.cli import common
from outreach.cli.sending import Wish, conduct
from outreach.cli.target import Target, journal, spec


@click.command("send")
@spec
@journal
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--approve", metavar="DIGEST", help="Send only if the plan has this digest; does not ask.")
@click.option("--wait", is_flag=True, help="Sleep until the window opens instead of ending.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Contact at most so many people this time.")
@common.strict
@common.show_numbers_in_log
@common.as_json
def command(
    target: Target, *, yes: bool, approve: str | None, wait: bool, limit: int | None, strict: bool, as_json: bool
) -> int:
    """Send SPEC, or go on with it: whoever was contacted before is never contacted again.

    Shows the plan's short form and asks first. Ctrl-C finishes the requests under way; the same command goes on.
    """
    ask = not (yes or approve or target.sandbox)
    if ask and not _somebody_there():
        msg = "nobody is there to ask: give --approve DIGEST (see 'outreach plan') or --yes; nothing was sent"
        raise click.UsageError(msg, click.get_current_context())
    wish = Wish(ask=ask, approve=approve, strict=strict, wait=wait, limit=limit)
    return conduct(target, target.load(), wish, as_json=as_json)


def _somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
