"""``outreach compare``."""

from __future__ import annotations

import attrs
import click

from outreach import client
from outreach.cli import common
from outreach.cli.console import show
from outreach.cli.progress import shown
from outreach.cli.screen import print_json
from outreach.cli.target import Target, journal_only, spec
from outreach.reporting import compare_view, shapes


@click.command("compare")
@spec
@journal_only
@common.as_json
def command(target: Target, *, as_json: bool) -> int:
    """Show what would change if PROVIDER (--via) carried every route of SPEC. Nothing touches the network.

    What is kept, imitated, weakened or lost, who could not be reached any more, and what it takes on both sides.
    """
    if target.via is None:
        msg = "name the other provider with --via PROVIDER"
        raise click.UsageError(msg, click.get_current_context())
    campaign = attrs.evolve(target, via=None).load()
    with shown() as display:
        compared = client.compare(campaign, target.via, journal=target.journal, watch=display)
    if as_json:
        print_json(shapes.compare(compared))
    else:
        show(compare_view.switch(compared))
    return 0
