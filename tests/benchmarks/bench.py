"""Measure against something measured in the same run: ``make bench``, or ``bench.py FILE.json [--figures 1 2]``.

Each round runs the base and the case one after the other, in turns of who goes first, each in a process of its own. A
figure is the median of the rounds' ratios, so that what the machine does besides touches both alike. Prints a table and
writes all ratios as JSON. Nothing here fails because a machine is slow.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import people

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]


@attrs.frozen(kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        number: As docs/performance.md numbers it.

        title: What is measured, against what.

        base: Case that it is measured against; empty where the case itself gives a ratio.

        case: What is measured.

        goal: For the reader.

        rows: Contacts or numbers; (base, case) where they differ.

        faster: The ratio is base / case: how many times as fast.

        measure: ``seconds``, ``peak``, or what else the case gives.

        once: One round is enough: what is compared is no time.
    """

    number: str
    title: str
    base: str
    case: str
    goal: str
    rows: tuple[int, int]
    faster: bool = False
    measure: str = "seconds"
    once: bool = False


def full() -> Sequence[Figure]:
    """Give figure 5 at its whole length: ten million rows against a hundred thousand."""
    rows = 100_000, 10_000_000
    return tuple(
        Figure(
            number=number,
            title=f"peak of {case}, ten million / 100,000 rows",
            base=case,
            case=case,
            goal=goal,
            rows=rows,
            measure="peak",
            once=True,
        )
        for number, case, goal in (("5a", "plan", "+32 MB"), ("5b", "send", "<= 2.2"))
    )


def figures(scale: float) -> Sequence[Figure]:
    """Give every figure; ``scale`` shortens the long ones."""
    million, column, single = int(1_000_000 * scale), int(200_000 * scale), int(50_000 * scale)
    return (
        Figure(
            number="1a",
            title="plan, two variables / csv + dict + orjson",
            base="bare_plan",
            case="plan",
            goal="<= 2.0",
            rows=(million, million),
        ),
        Figure(
            number="1b",
            title="the same, SMS rendered and segments counted",
            base="bare_plan",
            case="plan_texts",
            goal="<= 2.6",
            rows=(million, million),
        ),
        Figure(
            number="2a",
            title="phonenumbers / column, 13 spellings",
            base="library",
            case="column",
            goal=">= 40",
            rows=(column, column),
            faster=True,
        ),
        Figure(
            number="2b",
            title="phonenumbers / column, all regions",
            base="library_regions",
            case="column_regions",
            goal=">= 100",
            rows=(column, column),
            faster=True,
        ),
        Figure(
            number="3",
            title="send by hundreds / csv + aiohttp",
            base="bare_send",
            case="send",
            goal="<= 3.0",
            rows=(million, million),
        ),
        Figure(
            number="4",
            title="send one by one / csv + aiohttp",
            base="bare_send_single",
            case="send_single",
            goal="<= 1.5",
            rows=(single, single),
        ),
        Figure(
            number="5a",
            title="peak of plan, whole / tenth of the rows",
            base="plan",
            case="plan",
            goal="+32 MB",
            rows=(million // 10, million),
            measure="peak",
        ),
        Figure(
            number="5b",
            title="peak of send, whole / tenth of the rows",
            base="send",
            case="send",
            goal="<= 2.2",
            rows=(million // 10, million),
            measure="peak",
        ),
        Figure(
            number="7a",
            title="rate / pace of 1,000 a second",
            base="",
            case="paced",
            goal=">= 0.995",
            rows=(0, 3_000),
            measure="rate",
        ),
        Figure(
            number="7b",
            title="fullest second / pace of 1,000 a second",
            base="",
            case="paced",
            goal="<= 1.005",
            rows=(0, 3_000),
            measure="window",
        ),
        Figure(
            number="6a",
            title="anymail, merged / send, by hundreds",
            base="anymail",
            case="send_processor",
            goal=">= 20",
            rows=(million // 10, million // 10),
            faster=True,
        ),
        Figure(
            number="6b",
            title="Apprise / send, one by one",
            base="apprise",
            case="send_single_processor",
            goal=">= 10",
            rows=(single // 5, single // 5),
            faster=True,
        ),
        Figure(
            number="6c",
            title="vendors' sample / send, by hundreds",
            base="sample",
            case="send_processor",
            goal=">= 25",
            rows=(million // 10, million // 10),
            faster=True,
        ),
        *_ceilings(million // 10, single // 5),
        Figure(
            number="9",
            title="plan of a workbook / calamine alone",
            base="calamine",
            case="plan_workbook",
            goal="<= 1.3",
            rows=(million // 10, million // 10),
        ),
        Figure(
            number="8",
            title="outreach --help / python -c pass",
            base="nothing",
            case="help",
            goal="<= 6",
            rows=(0, 0),
        ),
    )


def _ceilings(hundreds: int, singles: int) -> Iterator[Figure]:
    """Give what a bare loop would reach in the place of ``send`` in figure 6: no client of aiohttp's comes further."""
    for number, rival, case, rows in (
        ("6d", "anymail", "bare_processor", hundreds),
        ("6e", "apprise", "bare_single_processor", singles),
        ("6f", "sample", "bare_processor", hundreds),
    ):
        title = f"{rival} / csv + aiohttp, which check nothing"
        yield Figure(number=number, title=title, base=rival, case=case, goal="", rows=(rows, rows), faster=True)


#: Commands of which the whole process counts, start included.
_COMMANDS = {"nothing": ("-c", "pass"), "help": ("-m", "outreach", "--help")}


def measured(case: str, folder: Path, rows: int) -> dict[str, float]:
    """Run one case in a process of its own."""
    environment = _environment(folder)
    if case in _COMMANDS:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *_COMMANDS[case]], check=True, capture_output=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {"seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, "peak": 0.0}
    command = [sys.executable, str(_HERE / "cases.py"), case, str(folder), str(rows)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    result: dict[str, float] = json.loads(answer.stdout)
    return result


def _environment(folder: Path) -> dict[str, str]:
    """Have modules compiled once, as an installed package is, whatever this shell says about that."""
    paths = os.pathsep.join(map(str, (_ROOT, _ROOT / "providers", _HERE)))
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    return os.environ | compiled | {"PYTHONPATH": paths, "PYTHONHASHSEED": "0"}


def rounds(figure: Figure, folder: Path, count: int) -> Iterator[dict[str, Any]]:
    """Give each round: base, case and their ratio."""
    for number in range(1 if figure.once else count):
        if not figure.base:
            ratio = measured(figure.case, folder, figure.rows[1])[figure.measure]
            yield {"base": 1.0, "case": ratio, "ratio": ratio}
            continue
        runs = [(figure.base, figure.rows[0]), (figure.case, figure.rows[1])]
        order = (0, 1) if number % 2 == 0 else (1, 0)
        results = {which: measured(runs[which][0], folder, runs[which][1]) for which in order}
        base, case = (results[which][figure.measure] for which in (0, 1))
        yield {"base": base, "case": case, "ratio": base / case if figure.faster else case / base}


def line(figure: Figure, found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Sum a figure up."""
    ratios = [one["ratio"] for one in found]
    return {
        "figure": figure.number,
        "title": figure.title,
        "rows": figure.rows,
        "goal": figure.goal,
        "measure": figure.measure,
        "ratio": round(statistics.median(ratios), 2),
        "lowest": round(min(ratios), 2),
        "highest": round(max(ratios), 2),
        "base": statistics.median(one["base"] for one in found),
        "case": statistics.median(one["case"] for one in found),
        "rounds": found,
    }


def _made_by() -> str:
    """Name the folder of the contact lists by what makes them: another generator, other lists."""
    return f"outreach-bench-{hashlib.sha256(Path(people.__file__).read_bytes()).hexdigest()[:8]}"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="where the JSON goes")
    parser.add_argument("--figures", nargs="*", default=None, help="numbers of figures; all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="0.1 measures a tenth of the rows")
    parser.add_argument("--full", action="store_true", help="figure 5 with ten million rows; about 20 minutes")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / _made_by())
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    lines = []
    sys.stdout.write(f"{'':4}{'':44}{'ratio':>8}{'from':>8}{'to':>8}  goal\n")
    for figure in full() if options.full else figures(options.scale):
        if options.figures and figure.number not in options.figures:
            continue
        for rows in filter(None, figure.rows):
            people.write(options.folder / f"{rows}.csv", rows)
        made = line(figure, list(rounds(figure, options.folder, options.rounds)))
        lines.append(made)
        shown = "".join(f"{made[name]:8.2f}" for name in ("ratio", "lowest", "highest"))
        sys.stdout.write(f"{figure.number:4}{figure.title:44}{shown}  {figure.goal}\n")
        sys.stdout.flush()
    about = {"at": datetime.now(UTC).isoformat(), "python": sys.version.split()[0], "cores": os.cpu_count()}
    options.file.write_text(json.dumps({**about, "figures": lines}, indent=1))


if __name__ == "__main__":
    main()
