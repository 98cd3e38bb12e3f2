"""Hold the fast reading of numbers against the library, a few million times: ``make numbers``.

Every round takes fresh seeds, so the cells differ from those of the test suite. Ends with 1 on the first disagreement.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from spellings import COUNTRIES, spellings

from outreach.contacts import normalise, normalise_column

_COLUMN = 250


def main() -> int:
    """Compare, country by country, until enough cells were read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cells", type=int, nargs="?", default=5_000_000)
    parser.add_argument("--seed", default="numbers")
    options = parser.parse_args()
    countries = (*COUNTRIES, None)
    each = -(-options.cells // len(countries))
    good, started = 0, time.perf_counter()
    for done, country in enumerate(countries, 1):
        good += _agreed(f"{options.seed} {country}", country, each)
        spent = time.perf_counter() - started
        sys.stdout.write(
            f"{country or 'none'}: {done * each:,} cells, {good:,} numbers, no disagreement, {spent:.0f} s\n"
        )
        sys.stdout.flush()
    return 0


def _agreed(seed: str, country: str | None, count: int) -> int:
    """Give how many cells held a number."""
    cells = spellings(seed, country or "NP", count)
    good = 0
    for _ in range(0, count, _COLUMN):
        column = [cell for cell, _ in zip(cells, range(_COLUMN), strict=False)]
        for cell, fast in zip(column, normalise_column(column, country), strict=True):
            exact = normalise(cell, country)
            if fast != exact:
                sys.exit(f"{country}: {cell!r} is {exact}, but in a column {fast}")
            good += isinstance(exact, str)
    return good


if __name__ == "__main__":
    sys.exit(main())
