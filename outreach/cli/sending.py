"""Send a campaign from a command: ask, show how far it has come, and end in good order when stopped."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import attrs
import click
from rich.console import Group

from outreach import client
from outreach.cli.console import show, zone_of
from outreach.cli.failures import INTERRUPTED, Interrupted
from outreach.cli.interrupts import Interrupts
from outreach.cli.progress import Display, shown
from outreach.cli.screen import print_json, say
from outreach.cli.target import Target
from outreach.errors import Refused
from outreach.model import Campaign
from outreach.planning.values import Plan
from outreach.reporting import plan_view, shapes, summary_view
from outreach.reporting.words import count
from outreach.results import Phase, Progress, Summary


@attrs.frozen(kw_only=True)
class Wish:
    """What the command line asked for.

    Attributes:
        ask: Put a question before anything is sent.
    """

    approve: str | None = None
    strict: bool = False
    wait: bool = False
    limit: int | None = None
    ask: bool = False


def conduct(target: Target, campaign: Campaign, wish: Wish, *, as_json: bool = False) -> int:
    """Send, and print the result. Gives the exit code.

    Raises:
        Refused: The person said no.

        Interrupted: Before anything was sent.
    """
    try:
        summary = carry_out(target, campaign, wish)
    except Interrupted as interrupted:
        if not interrupted.begun:
            raise
        summary = client.status(campaign, journal=target.journal, sandbox=target.sandbox)
        summary = attrs.evolve(summary, interrupted=True)
    if summary.interrupted:
        say(f"Interrupted. To go on: {target.send_command()}")
    if summary.stopped:
        say(f"Stopped by 'outreach stop'. To go on: {target.command('stop', '--clear')}, then {target.send_command()}")
    with suppress(BrokenPipeError):  # the exit code holds whether or not anybody reads the result
        if as_json:
            print_json(shapes.send(summary))
        else:
            _show(target, campaign, summary)
    return INTERRUPTED if summary.interrupted else summary.exit_code


def carry_out(target: Target, campaign: Campaign, wish: Wish) -> Summary:
    """Send.

    Raises:
        Refused: The person said no.

        Interrupted: Before anything was sent, or so that what was under way is unknown.
    """
    with shown() as display:
        sending = _Sending(target, campaign, wish, display)
        try:
            return asyncio.run(sending.run())
        except (KeyboardInterrupt, click.Abort):
            raise Interrupted(begun=sending.begun) from None


class _Sending:
    """One run: the question before it, and the signals during it."""

    def __init__(self, target: Target, campaign: Campaign, wish: Wish, display: Display) -> None:
        self.begun = False
        self._target = target
        self._campaign = campaign
        self._wish = wish
        self._display = display

    async def run(self) -> Summary:
        stop = asyncio.Event()
        target, wish = self._target, self._wish
        with Interrupts(stop, say, lambda: self.begun) as interrupts:
            try:
                return await client.asend(
                    self._campaign,
                    journal=target.journal,
                    sandbox=target.sandbox,
                    approve=wish.approve,
                    confirm=self._confirm,
                    strict=wish.strict,
                    wait=wish.wait,
                    limit=wish.limit,
                    watch=self._watch,
                    stop=stop,
                )
            except asyncio.CancelledError:
                if interrupts.given_up:
                    raise Interrupted(begun=True) from None
                raise

    def _watch(self, seen: Progress) -> None:
        self.begun = self.begun or seen.phase is Phase.SENDING
        self._display(seen)

    def _confirm(self, plan: Plan) -> bool:
        self._display.close()
        show(plan_view.brief(plan, zone_of(self._campaign)), stderr=True)
        needed = self._wish.ask and any(route.planned for route in plan.routes)
        if needed and not click.confirm(question(plan, sandbox=self._target.sandbox), err=True):
            raise Refused(["you said no"])
        self.begun = True
        return True


def question(plan: Plan, *, sandbox: bool) -> str:
    """Ask for consent, with the number of deliveries, the campaign and who carries them."""
    names = list(dict.fromkeys(route.provider for route in plan.routes if route.planned))
    carriers = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    deliveries = count(sum(route.planned for route in plan.routes), "delivery", "deliveries")
    return f"Send {deliveries} of '{plan.campaign}' through {carriers} ({'sandbox' if sandbox else 'live'})?"


def _show(target: Target, campaign: Campaign, summary: Summary) -> None:
    steps = summary_view.next_steps(summary, zone_of(campaign))
    show(Group("", summary_view.closing(summary), *steps))
    for name in summary_view.next_commands(summary):
        click.echo(f"    {target.command(name)}")
