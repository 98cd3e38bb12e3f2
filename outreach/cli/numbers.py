"""``outreach numbers``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from outreach import serving
from outreach.cli.account_options import asks, consent, of_account, table
from outreach.cli.console import show
from outreach.cli.screen import print_json, say
from outreach.errors import Refused
from outreach.reporting import service_shapes

if TYPE_CHECKING:
    from outreach.services import AccountNumber


@click.group("numbers")
def command() -> None:
    """List, buy and give back the numbers of an account."""


@command.command("list")
@of_account
def numbers_list(provider: str, where: dict[str, Any], *, as_json: bool) -> int:
    """List the numbers that the account at PROVIDER has."""
    return _show(serving.numbers_list(provider, **where), as_json=as_json)


@command.command("available")
@of_account
def numbers_available(provider: str, where: dict[str, Any], *, as_json: bool) -> int:
    """List the numbers that can be bought at PROVIDER."""
    return _show(serving.numbers_available(provider, **where), as_json=as_json)


@command.command("buy")
@of_account
@click.argument("number_id", metavar="ID")
@asks
def numbers_buy(provider: str, number_id: str, where: dict[str, Any], *, yes: bool, again: bool, as_json: bool) -> int:
    """Buy the number with this ID at PROVIDER. It spends money, so it asks first and is journalled."""
    _ask(f"Buy number {number_id} at {provider}? It spends money.", where, yes=yes)
    found = serving.numbers_buy(provider, number_id, again=again, **where)
    return _show(found, as_json=as_json)


@command.command("release")
@of_account
@click.argument("number_id", metavar="ID")
@asks
def numbers_release(
    provider: str, number_id: str, where: dict[str, Any], *, yes: bool, again: bool, as_json: bool
) -> int:
    """Give the number with this ID back to PROVIDER; others may have it then, so it asks first."""
    _ask(f"Give number {number_id} back to {provider}? Others may have it then.", where, yes=yes)
    serving.numbers_release(provider, number_id, again=again, **where)
    if as_json:
        print_json({"released": number_id})
    else:
        say(f"Given back: {number_id}")
    return 0


def _ask(question: str, where: dict[str, Any], *, yes: bool) -> None:
    if not consent(question, yes=yes, sandbox=where["sandbox"]):
        raise Refused(["you said no"])


def _show(found: Sequence[AccountNumber], *, as_json: bool) -> int:
    if as_json:
        print_json([service_shapes.number(one) for one in found])
    else:
        rows = [(one.id, one.number, one.price, ", ".join(one.carries)) for one in found]
        show(table(("id", "number", "price", "carries"), rows))
    return 0
