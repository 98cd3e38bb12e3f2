"""``outreach settle``."""

from __future__ import annotations

from typing import Any

import click

from outreach import client
from outreach.cli import common
from outreach.cli.console import show
from outreach.cli.screen import print_json, say
from outreach.cli.target import Target, journal, spec
from outreach.model import Campaign, Channel
from outreach.reporting import settle_view, shapes
from outreach.reporting.words import clean, count
from outreach.settling import Marked, Settlement

SENT, UNSENT = "sent", "unsent"


@click.command("settle")
@spec
@journal
@click.option("--wait", is_flag=True, help="Sleep until 'not found' proves something, and ask again.")
@click.option("--mark", "word", type=click.Choice([SENT, UNSENT]), help="Take your word for what nobody can ask.")
@click.option("--phone", "phones", metavar="N", multiple=True, help="Whom --mark is about; may be given several times.")
@click.option("--all", "everybody", is_flag=True, help="--mark is about everybody who is unknown.")
@click.option("--channel", type=click.Choice([one.value for one in Channel]), help="On which channel --mark is meant.")
@click.option("--reason", metavar="TEXT", default="", help="How you know.")
@common.as_json
def command(  # click gives each option as an argument
    target: Target,
    *,
    wait: bool,
    word: str | None,
    phones: tuple[str, ...],
    everybody: bool,
    channel: str | None,
    reason: str,
    as_json: bool,
) -> int:
    """Ask the vendors what became of everything in SPEC that is unknown. Nobody is contacted.

    With --mark it takes your word instead: sent, or unsent so that the next send contacts them.
    """
    about, both = bool(phones) or everybody, bool(phones) and everybody
    _check(word, about=about, both=both, how=bool(channel or reason), wait=wait)
    campaign = target.load()
    where: dict[str, Any] = {"journal": target.journal, "sandbox": target.sandbox}
    if word is None:
        settlement = client.settle(campaign, wait=wait, **where)
        _show(target, settlement, as_json=as_json)
        return settlement.exit_code
    if not phones and not everybody:
        marked = client.mark_openings(campaign, reason=reason, **where)
    else:
        on = Channel(channel) if channel else None
        numbers = None if everybody else phones
        marked = client.mark(campaign, numbers, sent=word == SENT, channel=on, reason=reason, **where)
    _tell(campaign, marked, word, as_json=as_json)
    return 0


def _check(word: str | None, *, about: bool, both: bool, how: bool, wait: bool) -> None:
    """Refuse options that do not go together."""
    alone = "--phone, --all, --channel and --reason belong to --mark"
    sent = (
        "--mark sent needs --phone or --all: a campaign whose name at the vendor only the lost answer tells cannot be "
        "marked as made; delete it there, and use --mark unsent"
    )
    mistakes = (
        (alone, word is None and (about or how)),
        ("--mark asks nobody, so there is nothing to --wait for", word is not None and wait),
        ("give --phone or --all, not both", both),
        (sent, word == SENT and not about),
    )
    for message, made in mistakes:
        if made:
            raise click.UsageError(message, click.get_current_context())


def _show(target: Target, settlement: Settlement, *, as_json: bool) -> None:
    if as_json:
        print_json(shapes.settle(settlement))
        return
    show(settle_view.settlement(settlement))
    if settlement.unknown:
        say("Look them up at the vendor (outreach report lists them), then say what you found:")
        say(f"    {target.command('settle', '--mark', 'sent', '--phone', 'NUMBER')}")


def _tell(campaign: Campaign, marked: Marked, word: str, *, as_json: bool) -> None:
    if as_json:
        print_json(shapes.marked(marked))
        return
    what = count(marked.deliveries, "delivery", "deliveries")
    if marked.openings:
        what = f"{count(marked.openings, 'request')} to make a campaign"
    say(f"{what} of '{clean(campaign.name)}' marked {word}")
    for title in marked.titles:
        say(f"Before the next send: make sure that '{clean(title)}' cannot run at the vendor any more")
