"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from outreach.masking import masked

F = TypeVar("F", bound=Callable[..., Any])


class Session:
    """What the end of a command needs to know of its beginning; a plain class, for ``--help`` needs no attrs.

    Attributes:
        as_json: The command line holds ``--json``: errors become an object on stdout too.

        verbose: How often ``-v`` was given, before or behind the command.

        show_numbers: Numbers are not masked.

        plugins: Files of plug-ins that were named.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.verbose = 0
        self.show_numbers = False
        self.plugins: tuple[Path, ...] = ()


def _louder(ctx: click.Context, _parameter: click.Parameter, times: int) -> None:
    session = ctx.ensure_object(Session)
    session.verbose += times
    if session.verbose:
        from outreach.cli import logs  # noqa: PLC0415  # logging is a tenth of what --help takes

        logs.to_stderr(session.verbose, lambda text: text if session.show_numbers else masked(text))


def verbose(function: F) -> F:
    """Add ``-v``."""
    text = "Say more on stderr; twice for everything, with the traceback of an unexpected error."
    return click.option("-v", "--verbose", count=True, expose_value=False, callback=_louder, help=text)(function)


def as_json(function: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(function)


def strict(function: F) -> F:
    """Add ``--strict``."""
    text = "Make a row that is left out of the contacts an error."
    return click.option("--strict", is_flag=True, help=text)(function)


def show_numbers(function: F) -> F:
    """Add ``--show-numbers``, which holds for what ``-v`` says too."""
    return _show_numbers(expose_value=True)(function)


def show_numbers_in_log(function: F) -> F:
    """Add ``--show-numbers`` to a command whose results name nobody."""
    return _show_numbers(expose_value=False)(function)


def _show_numbers(*, expose_value: bool) -> Callable[[F], F]:
    text = "Write telephone numbers in full, also in what -v says."
    return click.option("--show-numbers", is_flag=True, callback=_unmasked, expose_value=expose_value, help=text)


def _unmasked(ctx: click.Context, _parameter: click.Parameter, given: bool) -> bool:
    ctx.ensure_object(Session).show_numbers = given
    return given


def plugin(function: F) -> F:
    """Add ``--plugin``, which holds for everything that the command does."""
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    text = "Load a provider from this file of Python too; may be given several times."
    option = click.option(
        "--plugin",
        "plugin_files",
        metavar="FILE.py",
        type=kind,
        multiple=True,
        is_eager=True,
        expose_value=False,
        callback=_beside,
        help=text,
    )
    return option(function)


def _beside(ctx: click.Context, _parameter: click.Parameter, files: tuple[Path, ...]) -> tuple[Path, ...]:
    if not files:
        return files
    from outreach import loose, plugins  # noqa: PLC0415  # help needs neither
    from outreach.errors import PluginError  # noqa: PLC0415  # as above

    ctx.with_resource(loose.beside(*files))
    names = {name for file in files for name in (str(file), file.stem)}
    broken = [failure.error for failure in plugins.load_plugins().failed if failure.name in names]
    if broken:
        raise PluginError("; ".join(broken))
    ctx.ensure_object(Session).plugins = files
    return files


def rejects(function: F) -> F:
    """Add ``--rejects``."""
    text = "Write every row that is left out, with its reason, as CSV."
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option("--rejects", "rejects_file", metavar="FILE", type=kind, help=text)(function)
