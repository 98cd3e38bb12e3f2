"""Prove the promise: put faults in, count at the receiving side, print one table.

Every proof is a module here with ``prove(*, long, seed) -> Tally``; they run in processes of their own, two at a time.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import attrs
from rich.console import Console
from rich.table import Table
from tally import Tally

#: The longest first, so that the two processes end together.
PROOFS: tuple[str, ...] = ("kills", "runners", "network", "powerloss")

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
    wish = asked.parse_args()
    names = wish.only or PROOFS
    with ProcessPoolExecutor(max_workers=2) as pool:
        runs = [pool.submit(one, name, wish.seed, long=not wish.short) for name in names]
        ended = [run.result() for run in runs]
    console = Console()
    console.print(table(ended))
    if wish.json:
        wish.json.write_text(json.dumps([attrs.asdict(tally) | {"seconds": took} for tally, took in ended], indent=1))
    return 0 if all(tally.holds for tally, _ in ended) else 1


def table(ended: list[tuple[Tally, float]]) -> Table:
    """Lay the figures out, a proof per line."""
    table = Table(*COLUMNS)
    for tally, took in ended:
        figures = (tally.injected, tally.twice, tally.lost, tally.overspent, tally.unknown)
        caught = f"{tally.control:,} of {tally.controls:,}"
        table.add_row(tally.proof, *(f"{figure:,}" for figure in figures), caught, f"{took:,.0f}")
    return table


if __name__ == "__main__":
    sys.exit(main())
