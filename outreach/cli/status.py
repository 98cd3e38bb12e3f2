"""``outreach status``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click
from rich.console import Group
from rich.text import Text

from outreach import client
from outreach.cli import common
from outreach.cli.console import show, zone_of
from outreach.cli.interrupts import Interrupts
from outreach.cli.progress import shown
from outreach.cli.screen import print_json, say
from outreach.cli.target import Target, journal, spec
from outreach.model import Campaign
from outreach.reporting import shapes, summary_view
from outreach.reporting.words import clean, count

if TYPE_CHECKING:
    from outreach.following import Followed
    from outreach.results import Summary


@click.command("status")
@spec
@journal
@click.option("--follow", is_flag=True, help="Ask the vendors what became of everybody until all is final.")
@click.option("--every", type=click.FloatRange(min=1), metavar="SECONDS", help="Between two rounds [default: 30].")
@click.option("--within", type=click.FloatRange(min=0), metavar="SECONDS", help="Begin no round later than this.")
@common.as_json
def command(target: Target, *, follow: bool, every: float | None, within: float | None, as_json: bool) -> int:
    """Count the deliveries of SPEC by what became of them, from the journal; also while a send is at work."""
    if not follow and not (every is None and within is None):
        msg = "--every and --within go with --follow"
        raise click.UsageError(msg, click.get_current_context())
    campaign = target.load()
    if follow:
        followed = asyncio.run(_followed(target, campaign, every=30.0 if every is None else every, within=within))
        if as_json:
            print_json(shapes.follow(followed))
        else:
            _show(target, campaign, followed.summary)
            _tell(followed)
        return followed.exit_code
    summary = client.status(campaign, journal=target.journal, sandbox=target.sandbox)
    if as_json:
        print_json(shapes.status(summary))
    else:
        _show(target, campaign, summary)
    return 0


async def _followed(target: Target, campaign: Campaign, *, every: float, within: float | None) -> Followed:
    """Follow; the first signal ends it in good order."""
    stop = asyncio.Event()
    with Interrupts(stop, lambda _: say("Ending; what was learnt so far is kept."), lambda: True), shown() as display:
        return await client.afollow(
            campaign,
            journal=target.journal,
            sandbox=target.sandbox,
            every=every,
            within=within,
            watch=display,
            stop=stop,
        )


def _show(target: Target, campaign: Campaign, summary: Summary) -> None:
    parts = [summary_view.closing(summary), *summary_view.statuses(summary)]
    if summary.running:
        parts += ["", "A send is at work right now."]
    show(Group(*parts, *summary_view.next_steps(summary, zone_of(campaign))))
    for name in summary_view.next_commands(summary):
        click.echo(f"    {target.command(name)}")


def _tell(one: Followed) -> None:
    lines = [f"{one.final:,} final, {one.open:,} still open, after {count(one.polls, 'round')} of questions"]
    lines += [
        f"{count(each.deliveries, 'more', 'more')} at {clean(each.provider)}: {each.reason}" for each in one.ended
    ]
    show(Group("", *(Text(clean(line)) for line in lines)))
