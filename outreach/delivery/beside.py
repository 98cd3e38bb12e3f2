"""Files beside the journal that several processes change: mode 0600, one writer at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows has no such locks; there two writers at the same moment are not kept apart
    fcntl = None  # type: ignore[assignment]  # as it is there


@contextmanager
def alone(path: Path) -> Iterator[BinaryIO]:
    """Open a file, made with mode 0600 where it is missing, for reading and writing while nobody else has it so.

    Raises:
        OSError: It cannot be made or opened.
    """
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "r+b") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            path.chmod(0o600)
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file
