"""``outreach senders``."""

from __future__ import annotations

from typing import Any

import click

from outreach import serving
from outreach.cli.account_options import of_account, table
from outreach.cli.console import show
from outreach.cli.screen import print_json
from outreach.reporting import service_shapes


@click.command("senders")
@of_account
def command(provider: str, where: dict[str, Any], *, as_json: bool) -> int:
    """List the numbers that an account at PROVIDER contacts people from, the vendor's shared ones first."""
    found = serving.senders(provider, **where)
    if as_json:
        print_json([service_shapes.sender(one) for one in found])
    else:
        whose = {True: "shared", False: "your own", None: ""}
        show(table(("id", "number", ""), [(one.id, one.number, whose[one.shared]) for one in found]))
    return 0
