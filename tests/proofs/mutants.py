"""Mutants of the safety core: every small mistake in it must fail a test, or be judged in ``mutants.toml``.

``python mutants.py`` tries all of them and prints those that are neither; ``python mutants.py pace`` those of one part.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
from mutations import of_source, of_sql, one_of
from rich.console import Console
from tally import Tally

from outreach.delivery.sqlite.queries import queries

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

#: Seconds that the long form may take. What it cannot try by then it counts as left out; another seed draws others.
BUDGET = 600.0

#: Mutants that the short form draws, beside the controls.
DRAWN = 12


@attrs.frozen
class Part:
    """Files of the core, and the tests that speak of them.

    Attributes:
        name: What to call it.

        files: Paths.

        tests: Files of tests; each mutant meets those of their tests that run its line.
    """

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]


def _in(folder: str, names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}" for name in names.split())


#: What keeps people from being contacted twice, against their will, or not at all without a word. Left out are
#: delivery/memory.py (a journal for tests), delivery/transport.py (faults of the network have a proof of their own),
#: the adapters (each has a sandbox that every test of the engine runs against), and whatever only reads or reports.
#: The smallest part first.
CORE = (
    Part("pace", _in("outreach/delivery", "pace.py retry.py"), _in("tests/delivery", "test_pace.py test_retry.py")),
    Part(
        "settle",
        ("outreach/delivery/settle.py", "outreach/settling.py"),
        (*_in("tests/delivery", "test_settle.py test_seek.py"), *_in("tests", "test_settlement.py test_settling.py")),
    ),
    Part(
        "planning",
        _in("outreach/planning", "reading.py assign.py choose.py columns.py turns.py"),
        ("tests/planning",),
    ),
    Part(
        "numbers",
        _in("outreach/contacts", "numbers.py spelling.py plans.py sift.py numberset.py suppression.py"),
        ("tests/contacts",),
    ),
    Part(
        "lists",
        (
            *_in("outreach/delivery", "donotcontact.py listfiles.py ledger.py spool.py stopping.py beside.py"),
            "outreach/suppressing.py",
        ),
        (
            *_in("tests/delivery", "test_do_not_contact.py test_list_files.py test_ledger.py test_spool.py"),
            *_in("tests", "cli/test_suppress.py test_stopping.py"),
        ),
    ),
    Part(
        "engine",
        _in("outreach/delivery", "lane.py run.py failover.py"),
        _in(
            "tests/delivery",
            "test_lane.py test_engine.py test_passes.py test_outcomes.py test_settle.py test_do_not_contact.py",
        ),
    ),
    Part(
        "journal",
        (
            *_in(
                "outreach/delivery/sqlite", "calls.py generation.py journal.py loads.py marks.py opening.py packing.py"
            ),
            *_in("outreach/delivery/sqlite", "reading.py records.py replan.py settling.py steps.py writer.py"),
            "outreach/delivery/sqlite/sql/queries.sql",
            "outreach/delivery/journal.py",
        ),
        _in(
            "tests/delivery",
            "test_journal_contract.py test_journal_sqlite.py test_journal_groups.py test_call_journal.py",
        ),
    ),
)

#: What the short form draws from: files whose tests take a moment.
QUICK = Part(
    "quick",
    _in("outreach/delivery", "spool.py ledger.py"),
    _in("tests/delivery", "test_spool.py test_ledger.py"),
)

#: Vital guards: without one of them somebody is contacted twice, or against their will. Files, and the tests that see
#: it.
CONTROLS: tuple[Mapping[str, Sequence[str]], Sequence[str]] = (
    {
        "outreach/contacts/numberset.py": ["NumberSet.repeated: self._numbers.update(numbers) -> removed"],
        "outreach/delivery/lane.py": [
            "Lane.perform: await attempt.intend() -> removed",
            "Lane._once: reason -> not reason in if reason:",
        ],
        "outreach/delivery/run.py": ["Engine._load: closed -> not closed in if closed:"],
        "outreach/delivery/settle.py": ["_refuse: raise Held(msg) -> removed"],
    },
    [
        "tests/contacts/test_number_set.py",
        "tests/delivery/test_settle.py::test_a_list_that_does_not_agree_keeps_the_launch_back",
        "tests/delivery/test_do_not_contact.py::test_the_last_look_is_after_the_intent",
    ],
)


@attrs.frozen
class Outcome:
    """What became of one mutant.

    Attributes:
        key: File and mutation.

        fate: killed, hung (a test that never ended killed it), survived, uncovered (no test runs it), impossible, or
            left out (there was no time).

        by: The test that killed it.

        seconds: What it took.
    """

    key: str
    fate: str
    by: str
    seconds: float

    @property
    def killed(self) -> bool:
        """Say whether a test noticed."""
        return self.fate in {"killed", "hung"}


def attempt(
    files: Mapping[str, Sequence[str] | None],
    tests: Sequence[str],
    *,
    budget: float,
    seed: int,
    draw: int | None = None,
    say: bool = False,
) -> list[Outcome]:
    """Try mutants in a process of its own, those that are judged excepted.

    Args:
        files: Paths, and the mutations of each; None: all of them.

        tests: What to collect.

        budget: Seconds.

        seed: In which order.

        draw: Try so many; None: all.

        say: Tell of tests that are not asked.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "results.jsonl")
        asked = {"files": files, "tests": tests, "judged": [*judged()], "budget": budget, "seed": seed, "draw": draw}
        places = (ROOT, ROOT / "providers", ROOT / "tests/support", HERE)
        subprocess.run(
            [sys.executable, HERE / "mutant_runner.py"],
            input=json.dumps({**asked, "out": str(out)}),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places))},
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=None if say else subprocess.DEVNULL,
        )
        return [Outcome(**json.loads(line)) for line in out.read_text("utf-8").splitlines()]


def judged() -> Mapping[str, str]:
    """Read why some mutants may live, by their names; ``*`` in a name stands for anything."""
    told = tomllib.loads((HERE / "mutants.toml").read_text("utf-8"))
    return {f"{path}: {name}": why for path, names in told.items() for name, why in names.items()}


def pointless() -> list[str]:
    """Give the judgements that speak of no mutant."""
    found = {f"{path}: {name}" for part in CORE for path in part.files for name in _names(path)}
    return [one for one in judged() if not any(map(one_of([one]), found))]


def _names(path: str) -> list[str]:
    if path.endswith(".sql"):
        return [name for name, _, _ in of_sql(queries())]
    return [one.name for one in of_source(ast.parse((ROOT / path).read_text("utf-8")))]


def every(seed: int, parts: Sequence[Part] = CORE, *, budget: float = BUDGET, say: bool = False) -> list[Outcome]:
    """Try all mutants, as far as the time goes."""
    until = time.monotonic() + budget
    found = []
    for left, part in zip(range(len(parts), 0, -1), parts, strict=True):
        # The parts stand in the order of their size, so what a small one leaves over falls to the larger ones.
        share = (until - time.monotonic()) / left
        found += attempt(dict.fromkeys(part.files), part.tests, budget=share, seed=seed, say=say)
    return found


def prove(*, long: bool, seed: int) -> Tally:
    """Count mutants that nobody notices."""
    few = dict.fromkeys(QUICK.files)
    tried = every(seed) if long else attempt(few, QUICK.tests, budget=60.0, seed=seed, draw=DRAWN)
    return tally(tried, attempt(*CONTROLS, budget=60.0, seed=seed))


def tally(tried: Sequence[Outcome], broken: Sequence[Outcome]) -> Tally:
    """Count."""
    fates = Counter("killed" if one.killed else one.fate for one in tried)
    told = [f"{number:,} {fate}" for fate, number in sorted(fates.items())]
    return Tally(
        proof="mutants",
        injected=len(tried) - fates["left out"],
        lost=len(unnoticed(tried)),
        control=sum(one.killed for one in broken),
        controls=len(broken),
        note=", ".join(told),
    )


def unnoticed(tried: Sequence[Outcome]) -> list[Outcome]:
    """Give the mutants that were neither killed nor judged."""
    return [one for one in tried if not one.killed and one.fate not in {"judged", "left out"}]


def main() -> int:
    """Try the mutants of the parts asked for, without a limit of time, and print those that live."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("only", nargs="*", metavar="PART", help=f"of {', '.join(part.name for part in CORE)}; all")
    asked.add_argument("--seed", type=int, default=1, help="in which order")
    wish = asked.parse_args()
    console = Console(markup=False, highlight=False)
    alive = []
    for part in CORE:
        if part.name in (wish.only or [part.name]):
            tried = every(wish.seed, [part], budget=math.inf, say=True)
            console.print(f"{part.name}: {tally(tried, ()).note}; {sum(one.seconds for one in tried):,.0f} seconds")
            alive += [f"{one.fate}: {one.key}" for one in unnoticed(tried)]
    alive += [f"judged, but not there: {name}" for name in pointless()]
    console.print(*alive, sep="\n", soft_wrap=True)
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
