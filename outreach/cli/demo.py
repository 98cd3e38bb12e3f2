"""``outreach demo``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from outreach import demo
from outreach.cli import common
from outreach.cli.screen import say
from outreach.cli.sending import Wish, conduct
from outreach.cli.target import Target
from outreach.cli.writing import write_reports

CSV = "report.csv"
HTML = "report.html"

#: What lies in the folder afterwards, and what it is for.
FILES = {
    demo.SPEC: "the campaign: edit it, and plan it again",
    demo.CONTACTS: "300 made-up people, some with bad numbers",
    demo.SUPPRESSED: "who must not be contacted",
    CSV: "every delivery, and every row that became none",
    HTML: "the same to look at in a browser",
}


@click.command("demo")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("outreach-demo"),
    show_default=True,
    help="Folder for the sample.",
)
@common.verbose
def command(*, folder: Path) -> int:
    """Send a sample campaign by voice, AI call and WhatsApp to stand-ins on this machine. Nobody is contacted.

    Leaves the campaign, its contacts and the report in a folder. Run it twice: the second time nobody is left to
    contact.
    """
    written = demo.write(folder)
    say(f"Wrote {', '.join(written)} to {folder}" if written else f"{folder} exists; its files are used as they are")
    target = Target(path=folder / demo.SPEC, sandbox=True)
    campaign = target.load()
    code = conduct(target, campaign, Wish())
    write_reports(target, campaign, csv_file=str(folder / CSV), html_file=str(folder / HTML))
    width = max(len(str(folder / name)) for name in FILES)
    click.echo("\nLook at:")
    for name, purpose in FILES.items():
        click.echo(f"  {folder / name!s:{width}}  {purpose}")
    click.echo(f"\nThen:\n  outreach plan {target.path}\n  {target.send_command()}")
    if shutil.which("outreach") is None:
        click.echo(f"\noutreach is in {Path(sys.argv[0]).parent}; put that on the PATH first.")
    return code
