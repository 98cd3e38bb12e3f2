"""Whether a file that was read is still the same: it is not read again to find out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from outreach.contacts.sources import file_of, origins
from outreach.contacts.suppression import list_origins
from outreach.errors import SpecError
from outreach.model import Campaign
from outreach.source import Origin

#: Size, inode and time of the last change of a file.
Stamp = tuple[int, int, int]

#: By the place of a source among the others and its name: its address, its file, and what SQLite keeps beside that.
Stamps = Mapping[tuple[int, str], tuple[str, Stamp | None, Stamp | None]]


def stamps(campaign: Campaign) -> Stamps:
    """Look at the contact lists and the do-not-contact lists of a campaign, as far as they are files."""
    return _stamped((*list_origins(campaign.suppress, base=campaign.base), *_contacts(campaign)))


def stamps_of_lists(campaign: Campaign) -> Stamps:
    """Look at the do-not-contact lists of a campaign."""
    return _stamped(list_origins(campaign.suppress, base=campaign.base))


def changed(before: Stamps, now: Stamps) -> list[str]:
    """Name the sources that are no longer what they were, or are gone."""
    return [name for (number, name), stamp in before.items() if now.get((number, name)) != stamp]


def _stamped(sources: Iterable[Origin]) -> Stamps:
    found = ((number, one, file_of(one)) for number, one in enumerate(sources))
    return {(number, one.name): (one.address, *_stamps(file)) for number, one, file in found if file is not None}


def _contacts(campaign: Campaign) -> Sequence[Origin]:
    try:
        return origins(campaign.contacts, base=campaign.base, stdin=None) or ()
    except SpecError:  # a secret that cannot be read; the reading says so
        return ()


def _stamps(file: Path) -> tuple[Stamp | None, Stamp | None]:
    """Stamp a file, and SQLite's log beside it, where changes stand first; reading makes an empty one, that is none."""
    log = _stamp(Path(f"{file}-wal"))
    return _stamp(file), log if log and log[0] else None


def _stamp(file: Path) -> Stamp | None:
    try:
        seen = file.stat()
    except (OSError, ValueError):  # a path may hold a NUL
        return None
    return seen.st_size, seen.st_ino, seen.st_mtime_ns
