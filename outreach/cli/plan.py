"""``outreach plan``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from outreach import client
from outreach.cli import common
from outreach.cli.console import show, zone_of
from outreach.cli.failures import describe
from outreach.cli.owned import refuse_owned
from outreach.cli.progress import shown
from outreach.cli.screen import print_json, print_line, say
from outreach.cli.target import Target, journal, spec
from outreach.errors import Refused, SpecError
from outreach.model import Campaign
from outreach.planning.values import Plan, PlannedRequest
from outreach.reporting import plan_view, shapes, sheet
from outreach.reporting.files import private_file
from outreach.reporting.words import clean, count


@click.command("plan")
@spec
@journal
@click.option("--requests", "as_requests", is_flag=True, help="Print every request; secrets and numbers are masked.")
@common.show_numbers
@common.strict
@common.rejects
@common.as_json
def command(
    target: Target, *, as_requests: bool, show_numbers: bool, strict: bool, rejects_file: Path | None, as_json: bool
) -> int:
    """Show what sending SPEC would do, and to whom it would not. Nothing touches the network.

    With --requests --json, one request per line.
    """
    campaign = target.load()
    if as_requests:
        found = client.requests(campaign, journal=target.journal, sandbox=target.sandbox, show_numbers=show_numbers)
        _print_requests(found, as_json=as_json)
        return 0
    plan = planned(target, campaign, rejects_file=rejects_file)
    if as_json:
        print_json(shapes.plan(plan))
    else:
        show(plan_view.full(plan, zone_of(campaign)))
    code = verdict(plan, strict=strict, aloud=as_json)
    if code == 0 and not as_json:
        click.echo(f"\nNext:\n{target.send_command('--approve', plan.digest)}")
    return code


def planned(target: Target, campaign: Campaign, *, rejects_file: Path | None) -> Plan:
    """Plan a campaign, showing how far it has come; rows that are left out go to ``rejects_file``.

    Raises:
        SpecError: The contacts are wrong.

        UsageError: The file is one of the campaign's own.

        EnvironmentProblem: The file cannot be written.
    """
    refuse_owned("--rejects", rejects_file, target, campaign)
    with shown() as display:
        if rejects_file is None:
            return client.plan(campaign, journal=target.journal, sandbox=target.sandbox, watch=display)
        with private_file(rejects_file) as file:
            write = sheet.table(file, sheet.REJECTS)
            return client.plan(
                campaign,
                journal=target.journal,
                sandbox=target.sandbox,
                watch=display,
                rejects=lambda row: (write(sheet.reject_cells(row)), None)[1],
            )


def verdict(plan: Plan, *, strict: bool, aloud: bool = True) -> int:
    """Say on stderr why a plan must not be sent, ``aloud`` with every reason; gives the exit code."""
    if plan.refusals:
        for line in describe(Refused(plan.refusals if aloud else ())).lines:
            say(line)
        return Refused.exit_code
    left_out = sum(plan.rows.skipped.values())
    if strict and left_out:
        say(f"{count(left_out, 'row')} left out of the contacts; with --strict that is an error")
        return SpecError.exit_code
    return 0


def _print_requests(requests: Iterable[PlannedRequest], *, as_json: bool) -> None:
    for request in requests:
        if as_json:
            print_line(shapes.request(request))
            continue
        people = f", {count(request.people, 'person', 'people')}" if request.people else ""
        click.echo(f"# {clean(request.provider)}: {clean(request.does)} (reaches {clean(request.reaches)}{people})")
        click.echo(f"{request.method} {request.url}")
        if request.body is not None:
            click.echo(json.dumps(request.body, ensure_ascii=False, indent=2, default=str))
        click.echo()
