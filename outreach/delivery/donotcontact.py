"""The organisation's own do-not-contact list: a file beside the journal, so that it can grow while a send runs.

One JSON object per line, only ever appended to, so that it also tells who closed or opened a number, when and why. A
line counts from the moment its line break is on the disk; what stands behind the last one is still being written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import attrs
import orjson

from outreach.contacts import Suppression
from outreach.contacts.suppression import SUPPRESSED
from outreach.delivery.beside import alone
from outreach.errors import EnvironmentProblem
from outreach.model import Channel
from outreach.planning.choose import Suppressed

#: All journals of a folder share it: the sandbox's too.
NAME = "suppressed.jsonl"


@attrs.frozen(kw_only=True)
class Entry:
    """One line.

    Attributes:
        phone: E.164 with ``+``.

        channel: The only channel that it is about; None: all of them.

        closed: Must not be contacted; False takes an earlier entry back.

        reason: For people; may be empty.

        by: Who said so.

        at: When, aware.
    """

    phone: str
    channel: Channel | None
    closed: bool
    reason: str
    by: str
    at: datetime

    def line(self) -> bytes:
        """Write it down."""
        return orjson.dumps(attrs.asdict(self)) + b"\n"


#: What an entry closes.
Place = tuple[str, Channel | None]


def beside(journal: Path) -> Path:
    """Give the list that belongs to a journal."""
    return journal.with_name(NAME)


def history(path: Path) -> Iterator[Entry]:
    """Give every line, in order; none where there is no list.

    Raises:
        EnvironmentProblem: It cannot be read. Nobody may act on half a list.
    """
    with suppress(FileNotFoundError):
        yield from _entries(path, _read(path, 0), 1)


def standing(path: Path) -> Mapping[Place, Entry]:
    """Give what is closed by now, the latest entry of each.

    Raises:
        EnvironmentProblem: It cannot be read.
    """
    found: dict[Place, Entry] = {}
    for entry in history(path):
        found.pop((entry.phone, entry.channel), None)
        if entry.closed:
            found[entry.phone, entry.channel] = entry
    return found


def change(path: Path, decide: Callable[[Mapping[Place, Entry]], Sequence[Entry]]) -> int:
    """Append what ``decide`` makes of what is closed by now; on the disk when this returns. Gives the number of lines.

    Raises:
        EnvironmentProblem: It cannot be read or written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(path) as file:
            entries = decide(standing(path))
            content = path.read_bytes()
            # What a dead process began to write is no entry: it was never told that it is.
            file.truncate(content.rfind(b"\n") + 1)
            file.seek(0, os.SEEK_END)
            file.write(b"".join(entry.line() for entry in entries))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise EnvironmentProblem(_unreadable(path, error)) from error
    return len(entries)


class Watchlist(Protocol):
    """What the engine asks before every request that brings or reaches people."""

    def closed(self, phones: Sequence[str], channels: Collection[Channel]) -> Collection[int]:
        """Give the index of those who must not be contacted by now, on one of the channels or more."""

    @property
    def broken(self) -> str:
        """Say why nobody can tell; empty where it can be told."""


@attrs.frozen
class Nobody:
    """No list."""

    broken: str = ""

    def closed(self, _phones: Sequence[str], _channels: Collection[Channel]) -> Collection[int]:
        """Nobody is closed."""
        return ()


class OwnList:
    """The list as it is at this moment: what was appended is read when it is asked. Never raises.

    Attributes:
        broken: Why it cannot be read; whoever asks must contact nobody then.
    """

    def __init__(self, path: Path) -> None:
        self.broken = ""
        self._path = path
        self._name = os.fspath(path)
        self._closed = Suppression()
        self._anybody = False
        self._file = 0
        self._end = 0
        self._lines = 0
        self._refresh()

    def reasons(self, phones: Sequence[str], channel: Channel) -> Mapping[int, str]:
        """Give the reason by index of those who must not be contacted on a channel."""
        self._refresh()
        return self._closed.reasons(phones, channel)

    def closed(self, phones: Sequence[str], channels: Collection[Channel]) -> Collection[int]:
        """Give the index of those who must not be contacted by now, on one of the channels or more."""
        self._refresh()
        if not self._anybody:
            return ()
        return self._closed.closed(phones, channels)

    def _refresh(self) -> None:
        """Read what is new. A list that vanishes in the middle of a send stays in force for that send."""
        try:
            stat = os.stat(self._name)  # noqa: PTH116  # asked three times for every request; a Path takes twice as long
            if (stat.st_ino, stat.st_size) != (self._file, self._end):
                self._take(stat)
            self.broken = ""
        except FileNotFoundError:
            return
        except (OSError, EnvironmentProblem) as error:
            self.broken = _unreadable(self._path, error) if isinstance(error, OSError) else str(error)

    def _take(self, stat: os.stat_result) -> None:
        if stat.st_ino != self._file or stat.st_size < self._end:
            self._closed, self._file, self._end, self._lines = Suppression(), stat.st_ino, 0, 0
        content = _read(self._path, self._end)
        for entry in _entries(self._path, content, self._lines + 1):
            (self._closed.add if entry.closed else self._closed.remove)(entry.phone, entry.channel)
        self._anybody = len(self._closed) > 0
        self._end += len(content)
        self._lines += content.count(b"\n")


@attrs.frozen
class Lists:
    """Several lists as one."""

    lists: Sequence[Suppressed]

    def reasons(self, phones: Sequence[str], channel: Channel) -> Mapping[int, str]:
        """Give the reason by index of those who stand on one of them."""
        return {index: why for one in self.lists for index, why in one.reasons(phones, channel).items()}


@attrs.frozen
class Watchlists:
    """Several watchlists as one."""

    lists: Sequence[Watchlist]

    def closed(self, phones: Sequence[str], channels: Collection[Channel]) -> Collection[int]:
        """Give the index of those whom one of them closes."""
        return set().union(*(one.closed(phones, channels) for one in self.lists))

    @property
    def broken(self) -> str:
        """Say why one of them cannot be read."""
        return next((one.broken for one in self.lists if one.broken), "")


def own(journal: Path) -> OwnList:
    """Open the list that belongs to a journal.

    Raises:
        EnvironmentProblem: It cannot be read. Nobody was contacted.
    """
    found = OwnList(beside(journal))
    if found.broken:
        raise EnvironmentProblem(found.broken)
    return found


def _read(path: Path, offset: int) -> bytes:
    """Read whole lines."""
    with path.open("rb") as file:
        file.seek(offset)
        content = file.read()
    return content[: content.rfind(b"\n") + 1]


def _entries(path: Path, content: bytes, first: int) -> Iterator[Entry]:
    for number, line in enumerate(content.splitlines(), first):
        try:
            yield _entry(orjson.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            msg = (
                f"{path}:{number}: this line of the do-not-contact list cannot be read; mend it, or take it out if you "
                "know what it said"
            )
            raise EnvironmentProblem(msg) from error


def _entry(told: Mapping[str, Any]) -> Entry:
    phone, channel = str(told["phone"]), told["channel"]
    if not (phone.startswith("+") and phone[1:].isdecimal() and phone.isascii() and isinstance(told["closed"], bool)):
        raise ValueError(phone)
    return Entry(
        phone=phone,
        channel=None if channel is None else Channel(channel),
        closed=told["closed"],
        reason=str(told["reason"]),
        by=str(told["by"]),
        at=datetime.fromisoformat(told["at"]),
    )


def _unreadable(path: Path, error: OSError) -> str:
    why = error.strerror or error
    return f"{path}: the do-not-contact list cannot be read or written ({why}); nobody is contacted until it can"


__all__ = ["SUPPRESSED", "Entry", "Lists", "Nobody", "OwnList", "Watchlist", "beside", "change", "history", "own"]
