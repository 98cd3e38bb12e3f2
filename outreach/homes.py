"""Paths that begin with ``~``."""

from __future__ import annotations

from pathlib import Path


def home(path: str | Path) -> Path:
    """Give a path with ``~`` and ``~name`` at its beginning replaced.

    Raises:
        ValueError: Nobody has that name; the message says what to write.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        name = str(path).partition("/")[0]
        msg = f"there is no home folder of {name}; write the whole path"
        raise ValueError(msg) from None
