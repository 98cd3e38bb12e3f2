"""Whether a file that was read is still the same: it is not read again to find out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outreach.model import Campaign

#: Names of files, each with its size, its inode and the time of its last change.
Stamps = Mapping[str, tuple[int, int, int]]


def stamps(campaign: Campaign) -> Stamps:
    """Look at the contact lists and the do-not-contact lists of a campaign, as far as they are files."""
    sources: Any = campaign.contacts.sources  # a program may give one path alone
    named = [sources] if isinstance(sources, str) else sources if isinstance(sources, tuple | list) else []
    paths = [one for one in (*named, *campaign.suppress) if isinstance(one, str)]
    found = ((path, _stamp(campaign.base, path)) for path in paths)
    return {path: stamp for path, stamp in found if stamp is not None}


def changed(before: Stamps, now: Stamps) -> list[str]:
    """Name the files that are no longer what they were, or are gone."""
    return [path for path, stamp in before.items() if now.get(path) != stamp]


def _stamp(base: Path, path: str) -> tuple[int, int, int] | None:
    try:
        seen = (base / Path(path).expanduser()).stat()
    except (OSError, ValueError, RuntimeError):  # an address, standard input; a path may hold a NUL
        return None
    return seen.st_size, seen.st_ino, seen.st_mtime_ns
