"""Prove the promise: put faults in, count at the receiving side, print one table.

Every proof is a module here with ``prove(*, long, seed) -> Tally``; they run in processes of their own, two at a time.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import attrs
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from tally import Tally

#: The longest first, so that the two processes end together.
PROOFS: tuple[str, ...] = ("mutants", "simulation", "kills", "runners", "machine", "network", "crashes", "powerloss")

COLUMNS = ("class", "injected", "twice", "lost", "overspent", "unknown", "control caught", "seconds")


def one(name: str, seed: int, *, long: bool) -> tuple[Tally, float]:
    """Run one proof; give what it counted, and its seconds."""
    began = time.monotonic()
    tally: Tally = importlib.import_module(name).prove(long=long, seed=seed)
    return tally, time.monotonic() - began


def main() -> int:
    """Run the proofs, print the table, and exit 0 only where all of them hold."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("only", nargs="*", metavar="PROOF", help=f"of {', '.join(PROOFS)}; all of them")
    asked.add_argument("--short", action="store_true", help="the form that the tests run")
    asked.add_argument("--seed", type=int, default=1, help="where the random faults begin")
    asked.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked.add_argument("--docs", type=Path, metavar="FILE", help="only put the figures of --json into this page")
    wish = asked.parse_args()
    if wish.docs:
        wish.docs.write_text(filled(wish.docs.read_text("utf-8"), json.loads(wish.json.read_bytes())), "utf-8")
        return 0
    names = wish.only or PROOFS
    with ProcessPoolExecutor(max_workers=2) as pool:
        runs = [pool.submit(one, name, wish.seed, long=not wish.short) for name in names]
        ended = [run.result() for run in runs]
    console = Console()
    console.print(table(ended))
    if wish.json:
        wish.json.write_text(json.dumps([attrs.asdict(tally) | {"seconds": took} for tally, took in ended], indent=1))
    return 0 if all(tally.holds for tally, _ in ended) else 1


BEGIN, END = "<!-- prove -->", "<!-- /prove -->"


def filled(page: str, figures: Sequence[Mapping[str, Any]]) -> str:
    """Put the figures between the marks of a page of Markdown."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    rule = "| --- " + "| ---: " * (len(COLUMNS) - 1) + "|"
    notes = [f"- {of['proof']}: {of['note']}." for of in figures if of["note"]]
    lines = [f"| {' | '.join(COLUMNS)} |", rule, *map(_line, figures), "", *notes]
    return f"{before}{BEGIN}\n{chr(10).join(lines)}\n{END}{after}"


def _line(of: Mapping[str, Any]) -> str:
    cells = [f"{of[name]:,}" for name in ("injected", "twice", "lost", "overspent", "unknown")]
    caught = f"{of['control']:,} of {of['controls']:,}"
    return f"| {of['proof']} | {' | '.join(cells)} | {caught} | {of['seconds']:,.0f} |"


def table(ended: list[tuple[Tally, float]]) -> Table:
    """Lay the figures out, a proof per line, within 80 columns."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(COLUMNS[0], no_wrap=True)
    for name in COLUMNS[1:]:
        table.add_column(name, justify="right")
    for tally, took in ended:
        figures = (tally.injected, tally.twice, tally.lost, tally.overspent, tally.unknown)
        caught = f"{tally.control:,} of {tally.controls:,}"
        table.add_row(tally.proof, *(f"{figure:,}" for figure in figures), caught, f"{took:,.0f}")
    return table


if __name__ == "__main__":
    sys.exit(main())
