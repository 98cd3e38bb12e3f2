"""The two consoles. A text of the user's or a vendor's is never read as markup."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from datetime import tzinfo
from zoneinfo import ZoneInfo

import click
from rich.console import Console, RenderableType

from outreach.model import RECIPIENT, Campaign


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the caller; the original would end the program, in the middle of a campaign."""
        raise  # noqa: PLE0704  # called while the error is being handled


def console(*, stderr: bool = False) -> Console:
    """Open a console: colours only on a terminal and not under NO_COLOR, 80 columns when piped."""
    return _Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def show(renderable: RenderableType, *, stderr: bool = False) -> None:
    """Print a table or text to stdout, or to stderr. Nobody reading stderr is no reason to stop."""
    screen = console(stderr=stderr)
    with suppress(OSError) if stderr else nullcontext():
        if screen.is_terminal:
            screen.print(renderable)
        else:
            click.echo(_unpadded(screen, renderable), err=stderr, nl=False)


def _unpadded(screen: Console, renderable: RenderableType) -> str:
    with screen.capture() as written:
        screen.print(renderable)
    return "".join(f"{line.rstrip()}\n" for line in written.get().splitlines())


def zone_of(campaign: Campaign) -> tzinfo | None:
    """Give the zone in which times are shown: the campaign's, its window's, that of its start, else this machine's."""
    schedule = campaign.schedule
    named = schedule.zone or (schedule.window.zone if schedule.window else None)
    if named and named != RECIPIENT:
        return ZoneInfo(named)
    return schedule.start.tzinfo if schedule.start else None
