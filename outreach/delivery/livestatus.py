"""How a send stands, in a small file beside the journal: while it runs, nobody else can open the journal itself.

It is a picture, not a record: it may be a second old, and what counts is in the journal.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson


def beside(journal: Path) -> Path:
    """Give the file that belongs to a journal: ``journal.db.live.json``."""
    return journal.with_name(f"{journal.name}.live.json")


def write(path: Path, status: Mapping[str, Any], *, durable: bool = False) -> None:
    """Put a new picture in place of the old one at once, so that a reader sees one or the other; mode 0600.

    Args:
        path: See ``beside``.

        status: What to show.

        durable: Whether it must outlive a power cut.

    Raises:
        OSError: The disk does not take it.

        TypeError: It holds something that is no JSON.
    """
    fresh = path.with_name(f"{path.name}.new")
    content = orjson.dumps(dict(status))
    # What a killed process left behind may be of another mode.
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    fresh.replace(path)


def read(path: Path) -> dict[str, Any] | None:
    """Give the latest picture; None where there is none, or none that can be read."""
    with suppress(OSError, orjson.JSONDecodeError):
        found = orjson.loads(path.read_bytes())
        return found if isinstance(found, dict) else None
    return None


def remove(path: Path) -> None:
    """Take the picture away: nothing runs any more."""
    path.unlink(missing_ok=True)
