"""Files that hold people's numbers: readable by their owner alone, and whole or not there at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from outreach.errors import EnvironmentProblem


@contextmanager
def private_file(path: str | Path) -> Iterator[TextIO]:
    """Write a text file with mode 0600.

    It appears under its name when all of it is written, so that a reader never sees half a report, and what stood
    there before stays when anything fails. What is no regular file (a pipe, ``/dev/stdout``) is written to directly.

    Raises:
        EnvironmentProblem: It cannot be written.
    """
    target = Path(path)
    try:
        with _direct(target) if _special(target) else _replacing(target) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror or error}"
        raise EnvironmentProblem(msg) from error


def _special(target: Path) -> bool:
    return target.exists() and not target.is_file()


@contextmanager
def _direct(target: Path) -> Iterator[TextIO]:
    with target.open("w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def _replacing(target: Path) -> Iterator[TextIO]:
    # mkstemp makes the file with mode 0600, and replacing keeps it whatever mode the older file had.
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
