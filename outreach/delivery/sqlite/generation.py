"""Notice an older copy of a journal in its place: it would not know whom its successor has reached.

A backup that is copied over the journal keeps its path and its inode. So the journal counts how often it was opened,
and a small file beside it counts along: a journal that lags behind that file is not the latest.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from outreach.errors import EnvironmentProblem, JournalError


def beside(journal: Path) -> Path:
    """Give the file that counts along: ``journal.db.generation``."""
    return journal.with_name(f"{journal.name}.generation")


def check(journal: Path, generation: int) -> None:
    """Compare a journal with the file beside it; without the file there is nothing to compare.

    Raises:
        JournalError: The journal is older than what was last written here.
    """
    known = 0
    with suppress(OSError, ValueError):
        known = int(beside(journal).read_text("ascii"))
    if generation < known:
        msg = (
            f"{journal}: this is an older copy of the journal: it does not know whom the later one has reached since. "
            f"Bring the latest back; if it is lost, look at the vendors for whom they reached, then delete "
            f"{beside(journal)}"
        )
        raise JournalError(msg)


def left_behind(journal: Path, former: str) -> None:
    """Refuse a journal that was renamed without what SQLite had written beside it.

    Raises:
        JournalError: The latest entries are still in the file beside the former name.
    """
    wal = Path(f"{former}-wal")
    if os.path.realpath(journal) != former and wal.exists() and wal.stat().st_size:
        msg = f"{journal}: this journal was renamed without its latest entries, {wal}; rename it back to {former}"
        raise JournalError(msg)


def write(journal: Path, generation: int) -> None:
    """Count along, durably; mode 0600.

    Raises:
        EnvironmentProblem: The disk does not take it.
    """
    fresh = beside(journal).with_name(f"{beside(journal).name}.new")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(str(generation))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(beside(journal))
    except OSError as error:
        msg = f"{beside(journal)}: cannot be written ({error.strerror})"
        raise EnvironmentProblem(msg) from error
