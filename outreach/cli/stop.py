"""``outreach stop``."""

from __future__ import annotations

import click

from outreach import client
from outreach.cli import common
from outreach.cli.screen import print_json, say
from outreach.cli.target import Target, journal, spec
from outreach.halting import Stopping
from outreach.reporting import shapes
from outreach.reporting.words import clean, count

#: Exit code while a send is still finishing: the figures are not known yet.
STILL_RUNNING = 6


@click.command("stop")
@spec
@journal
@click.option("--vendor", is_flag=True, help="Ask the vendors too to stop what was launched there; best effort.")
@click.option("--clear", is_flag=True, help="Take the stop back, so that send may go on.")
@common.as_json
def command(target: Target, *, vendor: bool, clear: bool, as_json: bool) -> int:
    """Stop SPEC: no further request, also of a send that is at work. Says how many slipped through.

    The next send refuses until --clear.
    """
    if vendor and clear:
        msg = "--clear takes a stop back; it asks no vendor"
        raise click.UsageError(msg, click.get_current_context())
    campaign = target.load()
    if clear:
        was = client.unstop(campaign, journal=target.journal, sandbox=target.sandbox)
        say(f"The stop is taken back. To go on: {target.send_command()}" if was else "It was not stopped.")
        if as_json:
            print_json({"cleared": was})
        return 0
    stopping = client.stop(campaign, journal=target.journal, sandbox=target.sandbox, vendor=vendor)
    if as_json:
        print_json(shapes.stop(stopping))
    else:
        _tell(target, stopping, vendor=vendor)
    return STILL_RUNNING if stopping.running else 0


def _tell(target: Target, one: Stopping, *, vendor: bool) -> None:
    if one.running:
        click.echo("Asked to stop; the send is still finishing the requests under way. Run this again for the figures.")
        return
    slipped = count(one.slipped, "delivery", "deliveries")
    click.echo(f"Stopped. {slipped} slipped through: accepted after the stop was asked for.")
    if one.unknown:
        click.echo(f"{one.unknown:,} unknown since then: outreach settle says what became of them.")
    click.echo(f"{one.left:,} not attempted. To go on: {target.command('stop', '--clear')}")
    for title, provider in one.launched if not vendor else ():
        click.echo(f"'{clean(title)}' goes on at {clean(provider)}: stop it there, or try --vendor")
    for asked in one.vendors:
        word = {True: "asked", False: "not stopped", None: "cannot be asked"}[asked.stopped]
        click.echo(f"'{clean(asked.title)}' at {clean(asked.provider)}: {word}: {clean(asked.reason)}")
