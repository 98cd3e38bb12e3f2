"""A report as one HTML file that needs nothing else: no script, no network, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from html import escape
from importlib.resources import files
from typing import TextIO

from outreach.delivery.journal import DeliveryRow
from outreach.model import State
from outreach.reporting.summary_view import figures, heading
from outreach.reporting.words import count, moment
from outreach.results import Summary

#: A page with more rows than this is no longer looked at; the CSV has all of them.
MAX_ROWS = 2_000

#: A browser that keeps to this loads nothing from anywhere and runs no script.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_WIDTH = 1000

_ROW_HEADS = ("id", "phone", "channel", "provider", "state", "status", "reason")


class Remaining:
    """The deliveries that were not accepted: the first of them, and how many there are.

    Attributes:
        rows: At most ``MAX_ROWS``.

        number: Of all.
    """

    def __init__(self) -> None:
        self.rows: list[DeliveryRow] = []
        self.number = 0

    def add(self, row: DeliveryRow) -> None:
        """Take a delivery into account."""
        if row.state is State.ACCEPTED:
            return
        self.number += 1
        if len(self.rows) < MAX_ROWS:
            self.rows.append(row)


class PageForm(Remaining):
    """The page as one form of a report; ``render`` gives it once every delivery is known."""

    def __init__(self, file: TextIO, render: Callable[[Remaining], Iterable[str]]) -> None:
        super().__init__()
        self._file = file
        self._render = render

    def finish(self) -> None:
        """Write the page."""
        self._file.writelines(self._render(self))


def page(
    summary: Summary, remaining: Remaining, phone: Callable[[str], str], *, at: datetime, zone: tzinfo | None
) -> Iterator[str]:
    """Give the page piece by piece; every text of others is escaped, numbers are written by ``phone``."""
    title = f"{summary.campaign}, round {summary.round}"
    style = files("outreach.reporting").joinpath("page.css").read_text(encoding="utf-8")
    yield '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n"
    yield f"<h1>{escape(title)}</h1>\n<p>{moment(at, zone)} · plan {escape(summary.plan)}</p>\n"
    yield from _bar(figures(summary.deliveries))
    yield from _table("Routes", ("channel", "provider", *figures({})), _routes(summary), numbers=2)
    yield from _table("Why not", ("state", "reason", "count"), _reasons(summary), numbers=2)
    yield from _table(
        "Not accepted", _ROW_HEADS, (_cells(row, phone) for row in remaining.rows), numbers=len(_ROW_HEADS)
    )
    more = remaining.number - len(remaining.rows)
    if more:
        yield f"<p>and {more:,} more; the CSV report has them all</p>\n"
    yield f"<footer>{count(summary.rows.read, 'row')} read, {summary.rows.used:,} used</footer>\n</html>\n"


def _bar(shares: Mapping[str, int]) -> Iterator[str]:
    parts = {name: number for name, number in shares.items() if name != "planned"}
    whole = shares["planned"] or 1
    words = ", ".join(f"{name} {number:,}" for name, number in parts.items())
    yield f'<svg viewBox="0 0 {_WIDTH} 24" preserveAspectRatio="none" role="img"><title>{words}</title>'
    left = 0.0
    for name, number in parts.items():
        width = _WIDTH * number / whole
        if number:
            yield f'<rect class="{_css(name)}" x="{left:.2f}" y="0" width="{width:.2f}" height="24"/>'
        left += width
    yield "</svg>\n<ul>"
    yield from (f'<li><i class="{_css(name)}"></i>{name} {number:,}</li>' for name, number in parts.items())
    yield "</ul>\n"


def _css(name: str) -> str:
    return name.replace(" ", "-")


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int) -> Iterator[str]:
    lines = [_row("td", row, numbers) for row in rows]
    if lines:
        yield f"<h2>{title}</h2>\n<div><table>\n<thead>{_row('th', heads, numbers)}</thead>\n<tbody>\n"
        yield from lines
        yield "</tbody></table></div>\n"


def _row(tag: str, cells: Sequence[str], numbers: int) -> str:
    kinds = (' class="n"' if index >= numbers else "" for index in range(len(cells)))
    return (
        "<tr>"
        + "".join(f"<{tag}{kind}>{escape(cell)}</{tag}>" for kind, cell in zip(kinds, cells, strict=True))
        + "</tr>\n"
    )


def _routes(summary: Summary) -> Iterator[tuple[str, ...]]:
    for (channel, provider), states in summary.routes.items():
        yield (str(channel), provider, *(f"{number:,}" for number in figures(states).values()))


def _reasons(summary: Summary) -> Iterator[tuple[str, str, str]]:
    for (state, reason), number in summary.reasons.items():
        if state is not State.SKIPPED:
            yield (heading(state), reason, f"{number:,}")
    for reason, number in summary.skipped.items():
        yield ("skipped", reason, f"{number:,}")
    for reason, number in summary.rows.skipped.items():
        yield ("no contact", reason, f"{number:,}")


def _cells(row: DeliveryRow, phone: Callable[[str], str]) -> tuple[str, ...]:
    status = row.status.value if row.status else ""
    return (row.contact_id, phone(row.phone), row.channel, row.provider, row.state.value, status, row.reason)
