"""``outreach schema``."""

from __future__ import annotations

import click

from outreach import spec
from outreach.cli import common
from outreach.cli.screen import print_json


@click.command("schema")
@common.plugin
@common.verbose
def command() -> int:
    """Print the JSON Schema of the campaign file; editors complete and check with it."""
    print_json(spec.schema())
    return 0
