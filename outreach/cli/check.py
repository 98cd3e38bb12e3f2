"""``outreach check``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import attrs
import click

from outreach.cli import common
from outreach.cli.failures import describe, nothing_sent, shape
from outreach.cli.plan import planned, verdict
from outreach.cli.screen import print_json, say
from outreach.cli.target import Target, journal_only, spec
from outreach.errors import SpecError
from outreach.homes import home
from outreach.model import Campaign, Secret
from outreach.planning.values import Plan
from outreach.reporting import shapes
from outreach.reporting.words import clean, count, tally


@click.command("check")
@spec
@journal_only
@common.strict
@common.rejects
@common.as_json
def command(target: Target, *, strict: bool, rejects_file: Path | None, as_json: bool) -> int:
    """Report every mistake in SPEC, its accounts and its contacts. Nothing touches the network."""
    try:
        campaign = target.load()
        plan = planned(target, campaign, rejects_file=rejects_file)
    except SpecError as error:
        return _mistaken(error, as_json=as_json)
    warnings = list(unreadable_secrets(campaign))
    for warning in warnings:
        say(f"warning: {clean(warning)}")
    if as_json:
        _print_json(plan, warnings)
    else:
        _print(plan)
    return verdict(plan, strict=strict)


def _mistaken(error: SpecError, *, as_json: bool) -> int:
    # Mistakes are this command's result, so they go to stdout; everywhere else they are an error on stderr.
    if as_json:
        print_json(shape(describe(error)))
    for one in error.problems:
        click.echo(clean(str(one)), err=as_json)
    say(nothing_sent(len(error.problems)))
    return error.exit_code


def _print_json(plan: Plan, warnings: list[str]) -> None:
    problems = [shapes.problem(one) for one in plan.problems]
    extra = {"rows": shapes.rows(plan.rows), "refusals": list(plan.refusals), "warnings": warnings}
    print_json({"problems": problems, **extra})


def _print(plan: Plan) -> None:
    for problem in plan.problems:
        click.echo(clean(str(problem)))
    rows = plan.rows
    out = sum(rows.skipped.values())
    left = f", {out:,} left out: {tally(rows.skipped)}" if out else ""
    click.echo(f"{plan.campaign}: {count(rows.read, 'row')} read, {rows.used:,} used{left}")


def unreadable_secrets(campaign: Campaign) -> Iterator[str]:
    """Name the environment variables and files of the accounts that hold no secret; none is read."""
    for name, account in campaign.providers.items():
        for field in attrs.fields(type(account)):
            secret = getattr(account, field.name)
            if not isinstance(secret, Secret):
                continue
            place = f"providers.{name}.{field.name}"
            if secret.env and not os.environ.get(secret.env):
                yield f"{place}: environment variable {secret.env} is not set"
            if secret.file and not _is_readable(secret.file):
                yield f"{place}: file {secret.file} cannot be read"


def _is_readable(file: str) -> bool:
    try:
        return os.access(home(file), os.R_OK)
    except ValueError:  # nobody has that home; a path may hold a NUL
        return False
