"""``outreach providers``."""

from __future__ import annotations

import click

from outreach.cli import common
from outreach.cli.console import show
from outreach.cli.screen import print_json
from outreach.plugins import load_plugins
from outreach.reporting import provider_view, shapes


@click.command("providers")
@click.argument("name", required=False)
@common.plugin
@common.verbose
@common.as_json
def command(*, name: str | None, as_json: bool) -> int:
    """List what is installed and what could not be loaded; with NAME, what that provider does with every field."""
    plugins = load_plugins()
    chosen = [plugins.provider(name)] if name else list(plugins.providers.values())
    if as_json:
        print_json(shapes.providers(plugins, chosen, details=name is not None))
    else:
        show(provider_view.details(chosen[0]) if name else provider_view.overview(plugins))
    return 0
