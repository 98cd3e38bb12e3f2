"""``outreach status``."""

from __future__ import annotations

import click
from rich.console import Group

from outreach import client
from outreach.cli import common
from outreach.cli.console import show, zone_of
from outreach.cli.screen import print_json
from outreach.cli.target import Target, journal, spec
from outreach.reporting import shapes, summary_view


@click.command("status")
@spec
@journal
@common.as_json
def command(target: Target, *, as_json: bool) -> int:
    """Count the deliveries of SPEC by what became of them, from the journal; also while a send is at work."""
    campaign = target.load()
    summary = client.status(campaign, journal=target.journal, sandbox=target.sandbox)
    if as_json:
        print_json(shapes.status(summary))
        return 0
    parts = [summary_view.closing(summary), *summary_view.statuses(summary)]
    if summary.running:
        parts += ["", "A send is at work right now."]
    show(Group(*parts, *summary_view.next_steps(summary, zone_of(campaign))))
    if summary_view.goes_on(summary):
        click.echo(f"    {target.send_command()}")
    return 0
