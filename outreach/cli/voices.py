"""``outreach voices``."""

from __future__ import annotations

from typing import Any

import click

from outreach import serving
from outreach.cli.account_options import of_account, table
from outreach.cli.console import show
from outreach.cli.screen import print_json
from outreach.reporting import service_shapes


@click.command("voices")
@of_account
def command(provider: str, where: dict[str, Any], *, as_json: bool) -> int:
    """List the voices of an account at PROVIDER. A campaign or an account names one by its id."""
    found = serving.voices(provider, **where)
    if as_json:
        print_json([service_shapes.voice(one) for one in found])
    else:
        rows = [(one.id, one.name, one.vendor_name, one.language, one.gender, _premium(one.premium)) for one in found]
        show(table(("id", "name", "the vendor's name", "language", "gender", ""), rows))
    return 0


def _premium(premium: bool | None) -> str:
    return "premium" if premium else ""
