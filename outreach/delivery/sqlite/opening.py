"""Open the file of a journal: for one runner alone, checked, at home, and at the newest version."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from outreach.delivery.sqlite import generation
from outreach.delivery.sqlite.packing import micros
from outreach.delivery.sqlite.queries import migrations, queries
from outreach.errors import EnvironmentProblem, JournalError, JournalInUse

#: Marks the file as ours ("outr").
APPLICATION_ID = 0x6F757472

INTERRUPTED = "interrupted: the process ended before the answer"

#: Their locks do not keep a second runner out, or their writes are not on a disk when they say so.
NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "fuse.s3fs"}
)

_MOUNTS = Path("/proc/mounts")
#: SQLite leaves a WAL file as large as it ever was; a big plan should not be paid for twice.
_WAL_LIMIT = 64 * 1024 * 1024


def path_of(address: str | Path) -> Path:
    """Read ``sqlite:///relative/path``, ``sqlite:////absolute/path`` or a plain path.

    Raises:
        JournalError: It is the address of something else.
    """
    text = str(address)
    scheme, separator, rest = text.partition("://")
    if not separator:
        return Path(text)
    if scheme != "sqlite" or not rest.startswith("/") or rest == "/":
        msg = f"{scheme}:// is no journal that can be opened here; write a path, or sqlite:///path"
        raise JournalError(msg)
    return Path(unquote(rest[1:]))


def connect(path: Path, *, now: datetime, adopt: bool = False) -> sqlite3.Connection:
    """Open or make the journal, and turn what was in flight into unknown.

    Args:
        path: The file; its folder is made where it is missing.

        now: Written on what is unknown from now on.

        adopt: Accept a journal that was copied here from somewhere else.

    Raises:
        JournalInUse: Somebody else works on it.

        JournalError: It is damaged, a copy, of a newer version, or no journal.

        EnvironmentProblem: The file cannot be made, read or written.
    """
    _make(path)
    with _explained(path):
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        with _explained(path):
            _prepare(connection, path, now=now, adopt=adopt)
    except BaseException:
        connection.close()
        raise
    return connection


def network_file_system(path: Path, mounts: str) -> str:
    """Give the type of the network file system that holds a path, or the empty text; ``mounts``: /proc/mounts."""
    best, found = -1, ""
    for line in mounts.splitlines():
        _, mounted, kind, *_ = line.split(" ")
        place = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), mounted))
        # Of two mounts on one place, the later one is seen.
        if path.is_relative_to(place) and len(place.parts) >= best:
            best, found = len(place.parts), kind
    return found if found in NETWORK_FILE_SYSTEMS else ""


def _make(path: Path) -> None:
    """Make the file with mode 0600; SQLite gives the same mode to the files that it puts beside it.

    A file that exists is not opened here: closing it again would give up the locks that this process holds on it.
    """
    kind = network_file_system(path.parent.resolve(), _MOUNTS.read_text("utf-8") if _MOUNTS.exists() else "")
    if kind:
        msg = f"{path}: a journal must not be on a network file system ({kind}): its locks cannot be relied on"
        raise EnvironmentProblem(msg)
    if path.is_dir():
        msg = f"{path}: this is a folder; name a file"
        raise JournalError(msg)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        msg = f"{path}: the journal cannot be made or read ({error.strerror})"
        raise EnvironmentProblem(msg) from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says into what the reader can do."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            msg = f"{path}: another process works on this journal; wait for it or stop it"
            raise JournalInUse(msg) from error
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise _damaged(path, str(error)) from error
        msg = f"{path}: the journal cannot be opened ({error})"
        raise EnvironmentProblem(msg) from error


def _prepare(connection: sqlite3.Connection, path: Path, *, now: datetime, adopt: bool) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN IMMEDIATE")
    version = _recognise(connection, path)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA mmap_size = 0")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT}")
    # The lock is taken at the first write, and kept until the end.
    connection.execute("BEGIN IMMEDIATE")
    if version:
        _check_whole(connection, path)
    _migrate(connection, version)
    count = _check_home(connection, path, adopt=adopt)
    _interrupt(connection, now)
    connection.execute("COMMIT")
    # What makes a copy or a rename noticed must be in the file itself, not only in the log beside it.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    generation.write(path, count)


def _recognise(connection: sqlite3.Connection, path: Path) -> int:
    """Give the version of the journal, 0 for a new file."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and (application or version or tables):
        msg = f"{path}: this is a database of something else, not a journal; name another file with --journal"
        raise JournalError(msg)
    if version > len(migrations()):
        msg = f"{path}: this journal was made by a newer version of outreach; install that version, or a newer one"
        raise JournalError(msg)
    return int(version)


def _check_whole(connection: sqlite3.Connection, path: Path) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _damaged(path, verdict)


def _damaged(path: Path, why: str) -> JournalError:
    return JournalError(
        f"{path}: the journal is damaged ({why}). It knows who was contacted, so do not begin a new one for the same "
        "campaign: put it aside and bring back the latest copy from before the damage"
    )


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    steps = migrations()
    for script in steps[version:]:
        for statement in _statements(script):
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(steps)}")


def _statements(script: str) -> Iterator[str]:
    """Divide a script, for ``executescript`` would commit before it."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _check_home(connection: sqlite3.Connection, path: Path, *, adopt: bool) -> int:
    """Notice a copy; give how often the journal was opened.

    A file that was renamed is the same file; the number of a device may change with a restart.
    """
    stat = path.stat()
    here = {"path": os.path.realpath(path), "device": str(stat.st_dev), "inode": str(stat.st_ino)}
    row = connection.execute(queries()["home_get"]).fetchone()
    home = dict(zip(("path", "device", "inode"), row, strict=False)) if row else here
    count = row[3] if row else 0
    same = home["inode"] == here["inode"] and (home["path"] == here["path"] or home["device"] == here["device"])
    if not same and not adopt:
        msg = (
            f"{path}: this journal is a copy of {home['path']}: it does not know whom the original has reached since. "
            "Work with the original; if there is none any more, adopt this one (SqliteJournal.open(…, adopt=True))"
        )
        raise JournalError(msg)
    if not adopt:
        generation.left_behind(path, home["path"])
        generation.check(path, count)
    connection.execute(queries()["home_put"], {**here, "generation": count + 1})
    return count + 1


def _interrupt(connection: sqlite3.Connection, now: datetime) -> None:
    values = {"reason": INTERRUPTED, "at": micros(now)}
    connection.execute(queries()["batch_interrupted"], values)
    connection.execute(queries()["step_interrupted"], values)
    connection.execute(queries()["call_interrupted"], values)
