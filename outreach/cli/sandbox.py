"""``outreach sandbox``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import attrs
import click

from outreach import sandbox
from outreach.cli import common
from outreach.cli.screen import say
from outreach.model import Secret, Settings, moved
from outreach.plugins import load_plugins
from outreach.provider import Provider

#: Variable that stands for every token of the sandbox; the stand-ins take any.
TOKEN = "OUTREACH_SANDBOX_TOKEN"  # noqa: S105  # the name of a variable


@click.command("sandbox")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Port on 127.0.0.1 [default: a free one].")
@common.plugin
@common.verbose
def command(*, port: int) -> int:
    """Serve stand-ins for the vendors on 127.0.0.1 until Ctrl-C.

    Prints an accounts file for them; a campaign goes there with --accounts. `send --sandbox` needs none of this.
    """
    providers = load_plugins().providers
    say(f"The stand-ins take any token: export {TOKEN}=any. Ctrl-C ends them.")
    click.echo("providers:")
    clock = partial(datetime.now, UTC)
    asyncio.run(sandbox.run_forever(providers, port=port, clock=clock, echo=partial(_announce, providers)))
    return 0


def _announce(providers: Mapping[str, Provider[Any]], line: str) -> None:
    name, base_url = line.split()
    click.echo(f"  {name}: {account(providers[name].sandbox, base_url)}")


def account(settings: Settings, base_url: str) -> str:
    """Write an account as one line of YAML: what differs from the defaults, with the token from a variable."""
    entries: dict[str, Any] = {**moved(settings, base_url), "token": {"env": TOKEN}}
    for field in attrs.fields(type(settings)):
        value = getattr(settings, field.name)
        if field.name not in entries and value != _default(field) and not isinstance(value, Secret):
            entries[field.name] = value
    return json.dumps(entries, ensure_ascii=False, default=str)


def _default(field: attrs.Attribute[Any]) -> Any:
    factory = getattr(field.default, "factory", None)
    return factory() if factory else field.default
