"""``outreach explain``."""

from __future__ import annotations

import click

from outreach import client
from outreach.cli import common
from outreach.cli.console import show, zone_of
from outreach.cli.screen import print_json
from outreach.cli.target import Target, journal, spec
from outreach.contacts.masking import mask
from outreach.reporting import shapes, story_view


@click.command("explain")
@spec
@click.argument("phone")
@journal
@common.show_numbers
@common.as_json
def command(target: Target, *, phone: str, show_numbers: bool, as_json: bool) -> int:
    """Tell the whole story of PHONE in SPEC, from the row of the contacts to the vendor's answer.

    The number is masked unless --show-numbers is given, in JSON too: a story is made to be passed on.
    """
    campaign = target.load()
    story = client.explain(campaign, phone, journal=target.journal, sandbox=target.sandbox)
    shown = story.phone if show_numbers else mask(story.phone)
    if as_json:
        print_json(shapes.explain(story, shown))
    else:
        show(story_view.story(story, shown, zone_of(campaign)))
    return 0
