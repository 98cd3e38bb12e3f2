"""``outreach account``."""

from __future__ import annotations

from typing import Any

import click

from outreach import serving
from outreach.cli.account_options import of_account, table
from outreach.cli.console import show
from outreach.cli.screen import print_json
from outreach.reporting import service_shapes


@click.command("account")
@of_account
def command(provider: str, where: dict[str, Any], *, as_json: bool) -> int:
    """Show how an account at PROVIDER stands: what is left, what was used."""
    one = serving.account(provider, **where)
    if as_json:
        print_json(service_shapes.account(one))
        return 0
    known = {"name": one.name, "plan": one.plan, "left": one.balance, "used": one.used}
    rows = [(name, value, one.unit if name in {"left", "used"} else "") for name, value in known.items()]
    told = [row for row in rows if row[1] not in (None, "")]
    show(table(("account", provider, ""), [*told, *((name, value, "") for name, value in one.more.items())]))
    return 0
