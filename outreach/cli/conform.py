"""``outreach conform``."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from outreach import loose
from outreach.cli import common
from outreach.cli.screen import print_json
from outreach.errors import PluginError
from outreach.plugins import load_plugins
from outreach.provider import Provider
from outreach.testing.levels import Report, Result, conform, home_of


@click.command("conform")
@click.argument("package", metavar="PACKAGE")
@common.plugin
@common.verbose
@common.as_json
def command(*, package: str, as_json: bool) -> int:
    """Run the conformance tests on the adapter in PACKAGE: an import name, a provider's name, or a FILE.py.

    Prints how far it has come: compiles, simulated, recorded or live-verified. Nothing touches the network.
    """
    reports = [conform(one, home_of(one)) for one in found(package)]
    if as_json:
        print_json([shape(one) for one in reports])
    for one in () if as_json else reports:
        _print(one)
    return 0 if all(one.passed for one in reports) else 1


def found(package: str) -> Sequence[Provider[Any]]:
    """Find the providers of a package.

    Raises:
        PluginError: There is no such package, or it gives no provider.
    """
    if package.endswith(".py"):
        return _given(loose.module(Path(package)))
    plugins = load_plugins()
    if package in plugins.providers:
        return [plugins.providers[package]]
    try:
        module = importlib.import_module(package.replace("-", "_"))
    except ImportError as error:
        msg = f"cannot import '{package}' ({error}); name an installed package, a FILE.py, or one of: "
        raise PluginError(msg + ", ".join(plugins.providers)) from error
    return _given(module)


def _given(module: ModuleType) -> Sequence[Provider[Any]]:
    hook = getattr(module, "outreach_register_providers", None)
    given = list(hook()) if hook is not None else []
    if not given or not all(isinstance(one, Provider) for one in given):
        msg = f"{module.__name__} gives no provider; write outreach_register_providers under @hookimpl"
        raise PluginError(msg)
    return given


def shape(one: Report) -> dict[str, Any]:
    """Give a report as JSON."""
    return {
        "provider": one.provider,
        "version": one.version,
        "level": one.level.value,
        "next": one.next,
        "results": [_result(each) for each in one.results],
    }


def _result(one: Result) -> dict[str, str]:
    return {"test": one.test, "case": one.case, "shows": one.sentence, "ending": one.ending.value, "detail": one.detail}


def _print(one: Report) -> None:
    for failure in one.failures:
        click.echo(f"FAILED {failure.test}{f' [{failure.case}]' if failure.case else ''}: {failure.detail}")
    counts = ", ".join(f"{count:,} {word}" for word, count in one.counts.items() if count)
    click.echo(f"{one.provider} {one.version}: {one.level} ({counts})")
    if one.next:
        click.echo(f"For the next level: {one.next}.")
