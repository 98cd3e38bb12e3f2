"""``outreach report``."""

from __future__ import annotations

from collections.abc import Callable

import click
from rich.console import Group

from outreach import client
from outreach.cli import common
from outreach.cli.console import show
from outreach.cli.screen import say
from outreach.cli.target import Target, journal, spec
from outreach.cli.writing import STDOUT, write_reports
from outreach.contacts.masking import mask
from outreach.reporting.delivery_view import deliveries
from outreach.reporting.reports import ScreenForm
from outreach.reporting.words import count, tally

#: Rows on the screen.
SHOWN = 40


@click.command("report")
@spec
@journal
@click.option("--csv", "csv_file", metavar="FILE", help="Write CSV to this file; '-' is stdout.")
@click.option("--html", "html_file", metavar="FILE", help="Write a page to look at, in one file.")
@click.option("--details", is_flag=True, help="Add what --follow learnt to the CSV: credits, seconds, answers, ….")
@click.option(
    "--vendor", is_flag=True, help="Fetch the vendors' own reports too, and add them to CSV and JSON by number."
)
@common.show_numbers
@common.as_json
def command(
    target: Target,
    *,
    csv_file: str | None,
    html_file: str | None,
    details: bool,
    vendor: bool,
    show_numbers: bool,
    as_json: bool,
) -> int:
    """List every delivery of SPEC with its outcome, and every row that became none with its reason.

    CSV and JSON hold full numbers; the screen and the page mask them. Files are readable by you alone.
    """
    if [as_json, csv_file == STDOUT, html_file == STDOUT].count(True) > 1:
        msg = "only one of --json, --csv - and --html - can have stdout; give the others a file"
        raise click.UsageError(msg, click.get_current_context())
    if (details and not csv_file) or (vendor and not (csv_file or as_json)):
        msg = "--details goes with --csv, and --vendor with --csv or --json"
        raise click.UsageError(msg, click.get_current_context())
    campaign = target.load()
    fetched = client.vendor_report(campaign, journal=target.journal, sandbox=target.sandbox) if vendor else None
    for provider, why in fetched.missing.items() if fetched else ():
        say(f"{provider}: {why}")
    phone: Callable[[str], str] = str if show_numbers else mask
    screen = None if as_json or csv_file or html_file else ScreenForm(SHOWN)
    write_reports(
        target,
        campaign,
        csv_file=csv_file,
        html_file=html_file,
        as_json=as_json,
        details=details,
        vendor=fetched,
        phone=phone,
        more=[screen] if screen else [],
    )
    for name in (csv_file, html_file):
        if name and name != STDOUT:
            say(f"wrote {name}")
    if screen:
        _show(screen, phone)
    return 0


def _show(screen: ScreenForm, phone: Callable[[str], str]) -> None:
    number = sum(screen.states.values())
    more = number - len(screen.rows)
    lines = [f"{count(number, 'row')}: {tally(screen.states)}" if number else "Nothing was planned or sent yet."]
    if more:
        lines.append(f"and {more:,} more; --csv FILE, --html FILE or --json have them all")
    table = [deliveries(screen.rows, phone)] if screen.rows else []
    show(Group(*table, *reversed(lines)))
