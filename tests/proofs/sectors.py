"""A disk that keeps a log of what is done to it, and any state it may be in after the power failed.

The log comes from a VFS of apsw; the journal's own code, schema and pragmas drive it through a connection that looks
like one of sqlite3. What was not synced by the cut may be there or not, sector by sector and in any order.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import apsw
import attrs

from outreach.delivery.sqlite import opening

SECTOR = 512

#: Pages of the log after which SQLite carries it over into the database; small, so that cuts fall into that too.
CHECKPOINT = 12


@attrs.frozen
class Write:
    """Bytes at a place of a file."""

    file: str
    offset: int
    data: bytes


@attrs.frozen
class Truncate:
    """A file is given a size."""

    file: str
    size: int


@attrs.frozen
class Sync:
    """What was done to a file before is on the disk."""

    file: str


@attrs.frozen
class Delete:
    """A file is gone; SQLite syncs the folder with it."""

    file: str


@attrs.frozen
class Note:
    """Something outside the disk: a request arrived, a verb returned."""

    what: Any


Entry = Write | Truncate | Sync | Delete | Note


@attrs.define
class Log:
    """What was done, in order.

    Attributes:
        fails_at: Number of the change from which on the disk fails; 0: never.

        failure: How it fails then.
    """

    entries: list[Entry] = attrs.field(factory=list)
    fails_at: int = 0
    failure: type[apsw.Error] = apsw.IOError
    changes: int = 0

    def change(self) -> None:
        """Count a change that is about to be made, or fail."""
        self.changes += 1
        if 0 < self.fails_at <= self.changes:
            raise self.failure

    def note(self, what: Any) -> None:
        """Write down something from outside the disk."""
        self.entries.append(Note(what))


class _File(apsw.VFSFile):
    """A file that tells the log."""

    def __init__(self, log: Log, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._log, self._name = log, Path(path).name

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # SQLite's name
        self._log.change()
        super().xWrite(data, offset)
        self._log.entries.append(Write(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  # as above
        self._log.change()
        super().xTruncate(newsize)
        self._log.entries.append(Truncate(self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802  # as above
        self._log.change()
        super().xSync(flags)
        self._log.entries.append(Sync(self._name))


class _Disk(apsw.VFS):
    """A VFS whose files tell the log."""

    def __init__(self, log: Log) -> None:
        self.name = f"sectors{id(self)}"
        self._log = log
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> _File:  # noqa: N802  # SQLite's name
        return _File(self._log, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802  # as above
        super().xDelete(filename, syncdir)
        self._log.entries.append(Delete(Path(filename).name))


class _Cursor:
    """A result that looks like sqlite3's: read whole, so that the connection's counts are those of this statement."""

    def __init__(self, connection: apsw.Connection, rows: Iterable[tuple[Any, ...]]) -> None:
        self._rows = iter(list(rows))
        self.rowcount = connection.changes()
        self.lastrowid = connection.last_insert_rowid()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows

    def fetchone(self) -> tuple[Any, ...] | None:
        """Give the next row."""
        return next(self._rows, None)

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        """Give some rows."""
        return [row for row, _ in zip(self._rows, range(size), strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Give the rows that are left."""
        return list(self._rows)


@attrs.frozen
class _Many:
    """What a statement for many rows did."""

    rowcount: int


class _Connection:
    """A connection that looks like sqlite3's."""

    def __init__(self, path: Path, vfs: str, instead: Mapping[str, str]) -> None:
        self._own = apsw.Connection(str(path), vfs=vfs)
        self._instead = instead
        self.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")

    def execute(self, sql: str, values: Any = ()) -> _Cursor:
        """Do one statement."""
        sql = self._instead.get(sql, sql)
        if isinstance(values, Mapping):
            values = dict(values)
        try:
            return _Cursor(self._own, self._own.execute(sql, values))
        except apsw.ConstraintError as error:
            raise sqlite3.IntegrityError(str(error)) from error
        except apsw.Error as error:
            raise sqlite3.OperationalError(str(error)) from error

    def executemany(self, sql: str, rows: Iterable[Any]) -> _Many:
        """Do a statement for each row."""
        return _Many(sum(self.execute(sql, row).rowcount for row in rows))

    def close(self) -> None:
        """Let go of the file, as sqlite3 does, whatever the disk says to it."""
        with suppress(apsw.Error):
            self._own.close()


@attrs.frozen
class _Sqlite3:
    """The module sqlite3 with a ``connect`` of ours."""

    connect: Callable[..., Any]

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)


@contextmanager
def recorded(log: Log, instead: Mapping[str, str]) -> Iterator[None]:
    """Let journals be opened on the disk that tells; ``instead``: other statements in the place of some."""
    disk = _Disk(log)

    def connect(path: Path, **_: Any) -> _Connection:
        return _Connection(path, disk.name, instead)

    seam: Any = opening
    honest = seam.sqlite3
    seam.sqlite3 = _Sqlite3(connect)
    try:
        yield
    finally:
        seam.sqlite3 = honest
        with suppress(apsw.Error):
            disk.unregister()


@attrs.define
class Image:
    """What is on the disk: what is sure to be there by file, and what was done since without a sync."""

    sure: dict[str, bytearray] = attrs.field(factory=dict)
    loose: dict[str, list[Write | Truncate]] = attrs.field(factory=dict)

    def take(self, entry: Entry) -> Self:
        """Go on by one entry."""
        if isinstance(entry, Write | Truncate):
            self.sure.setdefault(entry.file, bytearray())
            self.loose.setdefault(entry.file, []).append(entry)
        elif isinstance(entry, Sync):
            content = self.sure.setdefault(entry.file, bytearray())
            for change in self.loose.pop(entry.file, ()):
                _apply(content, change)
        elif isinstance(entry, Delete):
            self.sure.pop(entry.file, None)
            self.loose.pop(entry.file, None)
        return self

    def cut(self, rng: random.Random) -> dict[str, bytes]:
        """Give the files as they may be when the power fails now."""
        return {name: _torn(content, self.loose.get(name, ()), rng) for name, content in self.sure.items()}


def _torn(sure: bytearray, loose: Sequence[Write | Truncate], rng: random.Random) -> bytes:
    """Keep an arbitrary part of the loose changes, sector by sector, in an arbitrary order."""
    content = bytearray(sure)
    kept = rng.choice((0.0, 0.2, 0.5, 0.8, 1.0))
    changes = [piece for change in loose for piece in _pieces(change) if rng.random() < kept]
    if rng.random() < 0.7:
        rng.shuffle(changes)
    for change in changes:
        _apply(content, change)
    return bytes(content)


def _pieces(change: Write | Truncate) -> Iterator[Write | Truncate]:
    if isinstance(change, Truncate):
        yield change
        return
    at, end = change.offset, change.offset + len(change.data)
    while at < end:
        border = min(end, (at // SECTOR + 1) * SECTOR)
        yield Write(change.file, at, change.data[at - change.offset : border - change.offset])
        at = border


def _apply(content: bytearray, change: Write | Truncate) -> None:
    size = change.size if isinstance(change, Truncate) else max(len(content), change.offset + len(change.data))
    content.extend(bytes(max(0, size - len(content))))
    if isinstance(change, Truncate):
        del content[size:]
    else:
        content[change.offset : change.offset + len(change.data)] = change.data
