"""What holds for the journal on SQLite alone: its file, its lock, its groups, and what happens when the disk fails."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from outreach.answers import Receipt
from outreach.delivery.journal import (
    CampaignKey,
    LoadOutcome,
    NewBatch,
    NewSlice,
    People,
    Skipped,
    Stage,
    Step,
    StepState,
)
from outreach.delivery.sqlite import SqliteJournal, opening, packing, queries, reading, replan, writer
from outreach.errors import EnvironmentProblem, JournalError, JournalInUse
from outreach.model import Channel, Status

KEY = CampaignKey("c", 1)
T0 = datetime(2026, 12, 1, tzinfo=UTC)


def batch(*numbers: int) -> NewBatch:
    """Give people to be planned."""
    phones = [f"+9779610{number:06}" for number in numbers]
    return NewBatch(slice_number=0, people=People(phones=phones, ids=[""] * len(phones), rows=list(numbers)))


async def plan(journal: SqliteJournal, *batches: NewBatch, at: datetime = T0) -> int:
    """Plan one slice; give its id."""
    voice = NewSlice(number=0, provider="t", channels=(Channel.VOICE,), zone="", fingerprint="f", title="t", marker="m")
    ids = await journal.replan(KEY, digest="d", rows={}, slices=[voice], batches=batches, skipped=[], at=at)
    return ids[0]


@asynccontextmanager
async def opened(path: Path, **how: Any) -> AsyncIterator[SqliteJournal]:
    """Open a journal and close it again."""
    async with await SqliteJournal.open(path, now=T0, **how) as journal:
        yield journal


def mode(path: Path) -> int:
    """Give the permissions of a file."""
    return path.stat().st_mode & 0o777


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python text in a process of its own."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


# Where it lies


@pytest.mark.asyncio
async def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    """The journal holds numbers: it and what SQLite puts beside it have mode 0600, its new folder 0700."""
    path = tmp_path / ".outreach" / "journal.db"
    async with opened(path) as journal:
        await plan(journal, batch(1))
        modes = {each.name: mode(each) for each in path.parent.iterdir()}

    assert modes == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db.generation": 0o600}
    assert mode(path.parent) == 0o700


@pytest.mark.asyncio
async def test_a_file_that_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    """Opening takes back rights that somebody gave."""
    path = tmp_path / "journal.db"
    async with opened(path):
        pass
    path.chmod(0o644)
    async with opened(path):
        pass

    assert mode(path) == 0o600


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("runs/j.db", "runs/j.db"),
        ("sqlite:///runs/j.db", "runs/j.db"),
        ("sqlite:////var/lib/j.db", "/var/lib/j.db"),
        ("sqlite:///a%20b.db", "a b.db"),
        (Path("x.db"), "x.db"),
    ],
)
def test_addresses(address: str | Path, path: str) -> None:
    """Three slashes begin a relative path, four an absolute one."""
    assert opening.path_of(address) == Path(path)


@pytest.mark.parametrize("address", ["postgresql://localhost/x", "postgresql:///x.db", "sqlite://x", "sqlite:///"])
def test_other_addresses_are_refused(address: str) -> None:
    """An address that is none of a file is an error, not the name of one."""
    with pytest.raises(JournalError, match="path"):
        opening.path_of(address)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/x", ""),
        ("/mnt/team/a b/c", "nfs4"),
        ("/mnt/team", ""),
        ("/mnt/team/a b/local/d", ""),
        ("/srv/share/x", "cifs"),
    ],
)
def test_network_file_systems_are_recognised(path: str, kind: str) -> None:
    """The innermost mount decides, the later one of two on one place; blanks are written in octal there."""
    mounts = (
        "/dev/vda / ext4 rw 0 0\n"
        "host:/x /mnt/team/a\\040b nfs4 rw 0 0\n"
        "/dev/vdb /mnt/team/a\\040b/local ext4 rw 0 0\n"
        "tmpfs /srv/share tmpfs rw 0 0\n"
        "//host/share /srv/share cifs rw 0 0\n"
    )

    assert opening.network_file_system(Path(path), mounts) == kind


@pytest.mark.parametrize(
    "kind",
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "fuse.s3fs"],
)
def test_every_network_file_system_is_known(kind: str) -> None:
    """Also where the root is mounted behind it."""
    mounts = f"host:/x /srv/x {kind} rw 0 0\n/dev/vda / ext4 rw 0 0\n"

    assert opening.network_file_system(Path("/srv/x/y"), mounts) == kind


@pytest.mark.asyncio
async def test_a_journal_on_a_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its locks do not keep a second runner out; nothing is made there."""
    mounts = tmp_path / "mounts"
    mounts.write_text(f"host:/x {tmp_path} nfs rw 0 0\n")
    monkeypatch.setattr(opening, "_MOUNTS", mounts)

    with pytest.raises(EnvironmentProblem, match="nfs"):
        await SqliteJournal.open(tmp_path / "sub" / "journal.db", now=T0)

    assert not (tmp_path / "sub").exists()


# One runner


@pytest.mark.asyncio
async def test_a_second_runner_of_the_same_process_is_refused(tmp_path: Path) -> None:
    """It is refused at once, and the first one still keeps others out afterwards."""
    path = tmp_path / "journal.db"
    async with opened(path) as journal:
        for _ in range(2):
            with pytest.raises(JournalInUse, match=r"journal\.db: another process"):
                await SqliteJournal.open(path, now=T0)
        other = run(OPEN, path)
        await plan(journal, batch(1))

    assert other.stdout.strip() == "JournalInUse 6"


OPEN = """
import asyncio, sys
from datetime import UTC, datetime
from outreach.delivery.sqlite import SqliteJournal
from outreach.errors import OutreachError
async def main():
    try:
        await SqliteJournal.open(sys.argv[1], now=datetime(2026, 12, 1, tzinfo=UTC))
    except OutreachError as error:
        print(type(error).__name__, error.exit_code)
    else:
        print("opened")
asyncio.run(main())
"""


@pytest.mark.asyncio
async def test_the_lock_ends_with_the_runner(tmp_path: Path) -> None:
    """After closing, and after a process that ended without closing, the journal can be opened."""
    path = tmp_path / "journal.db"
    async with opened(path):
        pass

    assert [run(OPEN, path).stdout.strip() for _ in range(2)] == ["opened", "opened"]
    async with opened(path):
        pass


@pytest.mark.asyncio
async def test_a_closed_journal_does_nothing(tmp_path: Path) -> None:
    """Closing twice is harmless; a verb afterwards is an error, and does not hang."""
    journal = await SqliteJournal.open(tmp_path / "journal.db", now=T0)
    await journal.close()
    await journal.close()

    with pytest.raises(JournalError, match="closed"):
        await plan(journal, batch(1))


# What is no journal, or not this one


@pytest.mark.asyncio
async def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    """A file of something else is named, and not touched."""
    path = tmp_path / "journal.db"
    path.write_bytes(b"phone,name\n" * 500)

    with pytest.raises(JournalError, match=r"journal\.db: the journal is damaged"):
        await SqliteJournal.open(path, now=T0)

    assert path.read_bytes() == b"phone,name\n" * 500


@pytest.mark.asyncio
async def test_another_database_is_refused(tmp_path: Path) -> None:
    """A database of something else is not made into a journal."""
    path = tmp_path / "crm.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER)")
    before = path.read_bytes()

    with pytest.raises(JournalError, match="something else"):
        await SqliteJournal.open(path, now=T0)

    assert path.read_bytes() == before


@pytest.mark.asyncio
async def test_two_that_make_the_journal_at_once_do_not_stumble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes second by a moment is told that another works on it, never that it cannot be made."""
    path = tmp_path / "journal.db"
    async with opened(path):
        monkeypatch.setattr(Path, "exists", lambda _path: False)

        with pytest.raises(JournalInUse):
            await SqliteJournal.open(path, now=T0)


@pytest.mark.asyncio
async def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder is no journal, and keeps its mode."""
    before = mode(tmp_path)

    with pytest.raises(JournalError, match="folder"):
        await SqliteJournal.open(tmp_path, now=T0)

    assert mode(tmp_path) == before


@pytest.mark.asyncio
async def test_a_path_through_a_file_is_an_error_of_the_surroundings(tmp_path: Path) -> None:
    """Where the folder cannot be made, the error says so."""
    (tmp_path / "file").write_text("x")

    with pytest.raises(EnvironmentProblem, match="cannot be made"):
        await SqliteJournal.open(tmp_path / "file" / "sub" / "journal.db", now=T0)


@pytest.mark.asyncio
async def test_a_newer_journal_is_refused(tmp_path: Path) -> None:
    """An older program does not write into a journal that it does not understand."""
    path = tmp_path / "journal.db"
    async with opened(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(JournalError, match="newer version"):
        await SqliteJournal.open(path, now=T0)


@pytest.mark.asyncio
async def test_a_damaged_journal_is_refused(tmp_path: Path) -> None:
    """Torn pages in the middle are noticed on opening, before anything is planned from them."""
    path = tmp_path / "journal.db"
    async with opened(path) as journal:
        await plan(journal, *[batch(*range(n, n + 50)) for n in range(0, 20_000, 50)])
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = bytes(range(256)) * 32
    path.write_bytes(content)

    with pytest.raises(JournalError, match="damaged"):
        await SqliteJournal.open(path, now=T0)


@pytest.mark.asyncio
@pytest.mark.parametrize("what", ["application_id", "user_version"])
async def test_an_empty_database_of_something_else_is_refused(tmp_path: Path, what: str) -> None:
    """It has no tables yet, but says that it is another application's, or of another schema."""
    path = tmp_path / "crm.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA {what} = 7")

    with pytest.raises(JournalError, match="something else"):
        await SqliteJournal.open(path, now=T0)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (sqlite3.SQLITE_BUSY, JournalInUse),
        (sqlite3.SQLITE_LOCKED, JournalInUse),
        (sqlite3.SQLITE_BUSY_RECOVERY, JournalInUse),
        (sqlite3.SQLITE_NOTADB, JournalError),
        (sqlite3.SQLITE_CORRUPT, JournalError),
        (sqlite3.SQLITE_CORRUPT_VTAB, JournalError),
        (sqlite3.SQLITE_CANTOPEN, EnvironmentProblem),
        (None, EnvironmentProblem),
    ],
)
def test_what_sqlite_says_is_told_as_what_to_do(code: int | None, error: type[Exception]) -> None:
    """In use, damaged, or trouble of the surroundings; the finer codes of SQLite count as their kind."""
    said = sqlite3.OperationalError("x")
    if code is not None:
        said.sqlite_errorcode = code

    with pytest.raises(error), opening._explained(Path("j.db")):
        raise said


def moved_home(journal: Path, **changes: str) -> None:
    """Write another home into a closed journal."""
    with closing(sqlite3.connect(journal)) as connection, connection:
        for name, value in changes.items():
            connection.execute(f"UPDATE home SET {name} = ?", (value,))


@pytest.mark.asyncio
async def test_the_number_of_a_device_may_change_and_a_path_may_change_but_not_both(tmp_path: Path) -> None:
    """A restart renumbers devices, and a file can be renamed; on another disk at another place it is a copy."""
    path = tmp_path / "journal.db"
    async with opened(path):
        pass

    for changes in ({"device": "another"}, {"path": "/gone/journal.db"}):
        moved_home(path, **changes)
        async with opened(path):
            pass
    moved_home(path, device="another", path="/gone/journal.db")
    with pytest.raises(JournalError, match=r"copy of /gone/journal\.db"):
        await SqliteJournal.open(path, now=T0)


@pytest.mark.asyncio
async def test_a_copy_of_a_journal_at_work_is_noticed(tmp_path: Path) -> None:
    """What makes it a journal, and at home elsewhere, is in the file itself as soon as it is open."""
    path, copy = tmp_path / "journal.db", tmp_path / "copy.db"
    async with opened(path):
        shutil.copy(path, copy)

    with pytest.raises(JournalError, match=r"copy of .*journal\.db"):
        await SqliteJournal.open(copy, now=T0)


@pytest.mark.asyncio
async def test_the_count_beside_a_journal_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It outlives a power cut; what a killed process began is replaced; where it cannot be written, that is said."""
    path, sizes = tmp_path / "a" / "b" / "journal.db", []
    monkeypatch.setattr("os.fsync", lambda file: sizes.append(os.fstat(file).st_size))
    async with opened(path):
        pass
    assert sizes == [1]

    path.with_name("journal.db.generation.new").write_text("half")
    async with opened(path):
        pass
    assert path.with_name("journal.db.generation").read_text() == "2"

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(EnvironmentProblem, match="generation: cannot be written"):
        await SqliteJournal.open(path, now=T0)


@pytest.mark.asyncio
async def test_what_lies_beside_the_former_name_counts_where_the_journal_has_left_it(tmp_path: Path) -> None:
    """A log with entries beside the former name keeps a renamed journal from being opened, an empty one does not."""
    path = tmp_path / "journal.db"
    async with opened(path):
        pass
    renamed, log = path.rename(tmp_path / "other.db"), tmp_path / "journal.db-wal"

    log.write_bytes(b"entries")
    with pytest.raises(JournalError, match="renamed without its latest entries"):
        await SqliteJournal.open(renamed, now=T0)
    log.write_bytes(b"")
    async with opened(renamed):
        pass


@pytest.mark.asyncio
async def test_a_copy_is_refused_until_it_is_adopted(tmp_path: Path) -> None:
    """A copy does not know whom the original has reached since; adopting it is a decision, made once."""
    path, copy = tmp_path / "journal.db", tmp_path / "copy.db"
    async with opened(path):
        pass
    shutil.copy(path, copy)

    with pytest.raises(JournalError, match=r"copy of .*journal\.db"):
        await SqliteJournal.open(copy, now=T0)
    async with opened(copy, adopt=True):
        pass
    for each in (copy, path):
        async with opened(each):
            pass


@pytest.mark.asyncio
async def test_a_journal_put_back_in_its_place_is_a_copy(tmp_path: Path) -> None:
    """A backup written over the original's path is noticed too."""
    path, backup = tmp_path / "journal.db", tmp_path / "backup.db"
    async with opened(path):
        pass
    shutil.copy(path, backup)
    shutil.copy(backup, tmp_path / "restored.db")
    (tmp_path / "restored.db").replace(path)

    with pytest.raises(JournalError, match="copy"):
        await SqliteJournal.open(path, now=T0)


@pytest.mark.asyncio
async def test_a_renamed_journal_is_the_same(tmp_path: Path) -> None:
    """Renaming a folder does not make a copy; and from then on the new place is its home."""
    path = tmp_path / "journal.db"
    async with opened(path):
        pass
    renamed = path.rename(tmp_path / "renamed.db")
    async with opened(renamed) as journal:
        await plan(journal, batch(1))
    shutil.copy(renamed, tmp_path / "copy.db")

    with pytest.raises(JournalError, match=r"copy of .*renamed\.db"):
        await SqliteJournal.open(tmp_path / "copy.db", now=T0)


# Schema


@pytest.mark.asyncio
async def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    """Application id, version and safe settings are in force."""
    async with opened(tmp_path / "journal.db") as journal:
        found = await journal._read(
            lambda connection: {
                name: connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in (
                    "application_id",
                    "user_version",
                    "journal_mode",
                    "synchronous",
                    "locking_mode",
                    "busy_timeout",
                )
            }
        )

    assert found == {
        "application_id": opening.APPLICATION_ID,
        "user_version": len(queries.migrations()),
        "journal_mode": "wal",
        "synchronous": 2,
        "locking_mode": "exclusive",
        "busy_timeout": 0,
    }


@pytest.mark.asyncio
async def test_an_older_journal_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps that a file has not seen are done once, in order, with what it holds kept."""
    path = tmp_path / "journal.db"
    async with opened(path) as journal:
        await plan(journal, batch(1))
    steps = (*queries.migrations(), "CREATE TABLE extra (x);\nINSERT INTO extra VALUES (';');\n")
    monkeypatch.setattr(opening, "migrations", lambda: steps)
    for _ in range(2):
        async with opened(path) as journal:
            extra = await journal._read(lambda connection: connection.execute("SELECT x FROM extra").fetchall())

    assert extra == [(";",)]


@pytest.mark.asyncio
async def test_a_journal_from_before_anybody_followed_is_read_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of version 4, which has no place for what vendors tell, gets one, and keeps its people."""
    path = tmp_path / "journal.db"
    with monkeypatch.context() as older:
        older.setattr(opening, "migrations", lambda: queries.migrations()[:4])
        with closing(opening.connect(path, now=T0)) as connection:
            connection.execute(
                "INSERT INTO campaign (name, round, digest, row_counts, planned_at) VALUES ('c', 1, '', '{}', 0)"
            )
            connection.execute(
                "INSERT INTO slice (campaign, provider, channels, zone, fingerprint, title, marker)"
                " VALUES (1, 't', 'voice', '', '', '', '')"
            )
            key = 1 << 32
            connection.execute(
                "INSERT INTO batch (id, size, stage, updated_at, vendor_id, status, word)"
                " VALUES (?, 1, 5, 0, 'v', 'queued', '')",
                (key,),
            )
            phones = packing.pack_phones(["+9779610000011"])
            connection.execute("INSERT INTO people (batch, phones) VALUES (?, ?)", (key, phones))

    async with opened(path) as journal:
        await journal.note(1, 0, {0: Receipt(vendor_id="v", duration=12.0)}, at=T0)
        rows = [row async for row in journal.deliveries(CampaignKey("c", 1))]

    assert [(row.phone, row.duration) for row in rows] == [("+9779610000011", 12.0)]


@pytest.mark.asyncio
async def test_a_step_that_fails_leaves_the_old_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal is never left between two versions."""
    path = tmp_path / "journal.db"
    async with opened(path):
        pass
    with monkeypatch.context() as patched:
        patched.setattr(opening, "migrations", lambda: (*queries.migrations(), "CREATE TABLE a (x);\nNONSENSE;\n"))
        with pytest.raises(EnvironmentProblem, match="NONSENSE"):
            await SqliteJournal.open(path, now=T0)
    async with opened(path) as journal:
        tables = await journal._read(lambda c: c.execute("SELECT name FROM sqlite_master WHERE name = 'a'").fetchall())

    assert tables == []


def test_every_query_is_described_and_is_sql() -> None:
    """Each query has a name of its own, a description, and names only tables and columns that exist."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for script in queries.migrations():
            connection.executescript(script)
        for name, text in queries.queries().items():
            assert text.startswith("-- "), name
            connection.execute(f"EXPLAIN {text}", _Anything() if "?" not in text else (1,) * text.count("?"))


class _Anything(dict[str, int]):
    def __missing__(self, key: str) -> int:
        return 1


# Times


@pytest.mark.asyncio
async def test_times_are_kept_to_the_microsecond(tmp_path: Path) -> None:
    """A time comes back as the same moment, in UTC."""
    at = datetime(2026, 12, 1, 10, 0, 0, 7, tzinfo=ZoneInfo("Asia/Kathmandu"))
    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, batch(1), at=at)
        (row,) = await journal.batches(slice_id, [Stage.PLANNED])

    assert row.updated_at == at
    assert row.updated_at.utcoffset() == timedelta(0)


@pytest.mark.asyncio
async def test_a_naive_time_is_refused(tmp_path: Path) -> None:
    """A time without a zone is a mistake of the program, not one in UTC."""
    async with opened(tmp_path / "journal.db") as journal:
        with pytest.raises(ValueError, match="no time zone"):
            await plan(journal, batch(1), at=datetime(2026, 12, 1))  # noqa: DTZ001 # that is the point


# Groups


@pytest.mark.asyncio
async def test_verbs_that_wait_share_a_commit(tmp_path: Path) -> None:
    """A hundred verbs asked for at once take a few commits; one after the other, one each."""
    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, *[batch(n) for n in range(110)])
        commits = await _traced(journal)
        await asyncio.gather(*(journal.intend_load(slice_id, n, digest="x", reaches=True, at=T0) for n in range(100)))
        together = len(commits)
        commits.clear()
        for n in range(100, 110):
            await journal.intend_load(slice_id, n, digest="x", reaches=True, at=T0)
        flying = await journal.batches(slice_id, [Stage.IN_FLIGHT], limit=200)

    assert len(flying) == 110
    assert together <= 5
    # The last commit is that of the question.
    assert len(commits) == 11


async def _traced(journal: SqliteJournal) -> list[str]:
    found: list[str] = []

    def trace(statement: str) -> None:
        if statement == "COMMIT":
            found.append(statement)

    await journal._read(lambda connection: connection.set_trace_callback(trace))
    found.clear()
    return found


@pytest.mark.asyncio
async def test_a_group_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No verb waits for more than so many others."""
    monkeypatch.setattr(writer, "MAX_GROUP", 10)
    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, *[batch(n) for n in range(100)])
        commits = await _traced(journal)
        await asyncio.gather(*(journal.intend_load(slice_id, n, digest="x", reaches=True, at=T0) for n in range(100)))

    assert len(commits) >= 10


@pytest.mark.asyncio
async def test_a_verb_that_fails_fails_alone(tmp_path: Path) -> None:
    """Of verbs in one group, the one that is refused leaves nothing behind, and the others are done."""
    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, *[batch(n) for n in range(3)])

        def half(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE batch SET stage = 5")
            connection.execute("INSERT INTO people (batch, phones) VALUES (1, '[]')")

        with _stalled(journal):
            answers = asyncio.gather(
                journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T0),
                journal._write(half),
                journal.intend_load(slice_id, 77, digest="x", reaches=True, at=T0),
                journal.intend_load(slice_id, 1, digest="x", reaches=True, at=T0),
                return_exceptions=True,
            )
            await asyncio.sleep(0)
        first, own_mistake, refused, last = await answers
        flying = await journal.batches(slice_id, [Stage.IN_FLIGHT])

    assert (first, last) == (None, None)
    assert isinstance(own_mistake, sqlite3.IntegrityError)
    assert isinstance(refused, JournalError)
    assert [row.seq for row in flying] == [0, 1]


class _stalled:  # noqa: N801 # reads as a statement
    """Hold the writer thread, so that what is asked for in between comes in one group."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._gate = threading.Event()
        self._waiting = asyncio.ensure_future(journal._read(lambda _: self._gate.wait(30)))

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._gate.set()


@pytest.mark.asyncio
async def test_whoever_must_not_be_sent_is_told_why_by_its_own_stage(tmp_path: Path) -> None:
    """The error names the stage of the batch, whatever the others of its slice are in."""
    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, batch(1), batch(2), batch(3))
        await journal.intend_load(slice_id, 1, digest="x", reaches=True, at=T0)

        with pytest.raises(JournalError, match="it is in_flight"):
            await journal.intend_load(slice_id, 1, digest="x", reaches=True, at=T0)


@pytest.mark.asyncio
async def test_a_verb_is_done_though_its_caller_gave_up(tmp_path: Path) -> None:
    """An outcome is written down even if the task that reports it is cancelled while it waits."""
    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, batch(1))
        await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T0)
        with _stalled(journal):
            outcome = LoadOutcome(stage=Stage.ACCEPTED)
            task = asyncio.ensure_future(journal.conclude_load(slice_id, 0, outcome, at=T0))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        (row,) = await journal.batches(slice_id, list(Stage))

    assert row.stage is Stage.ACCEPTED


@pytest.mark.asyncio
async def test_closing_does_what_waits(tmp_path: Path) -> None:
    """Verbs that were asked for before closing are done and answered."""
    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, batch(1))
        waiting = asyncio.ensure_future(journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T0))
        await asyncio.sleep(0)
    await waiting
    async with opened(tmp_path / "journal.db") as journal:
        (row,) = await journal.batches(slice_id, list(Stage))

    assert row.stage is Stage.UNKNOWN


def test_a_journal_outlives_an_event_loop(tmp_path: Path) -> None:
    """It can be used from several loops, one after the other; one that ended early harms nobody."""

    async def leave(journal: SqliteJournal, gate: threading.Event) -> None:
        journal_task = asyncio.ensure_future(journal._read(lambda _: gate.wait(30)))
        await asyncio.sleep(0)
        journal_task.cancel()

    gate = threading.Event()
    journal = asyncio.run(SqliteJournal.open(tmp_path / "journal.db", now=T0))
    asyncio.run(leave(journal, gate))
    gate.set()
    slice_id = asyncio.run(plan(journal, batch(1)))
    rows = asyncio.run(journal.batches(slice_id, [Stage.PLANNED]))
    asyncio.run(journal.close())

    assert len(rows) == 1


# Disks that fail


async def _fill(journal: SqliteJournal) -> None:
    """Leave the database no room to grow."""

    def limit(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    await journal._read(limit)


@pytest.mark.asyncio
async def test_a_full_disk_stops_everything(tmp_path: Path) -> None:
    """What cannot be committed fails for all of its group; nothing that writes is done any more, questions are."""
    path = tmp_path / "journal.db"
    async with opened(path) as journal:
        slice_id = await plan(journal, batch(1), batch(2))
        await _fill(journal)
        with _stalled(journal):
            answers = asyncio.gather(
                journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T0),
                plan(journal, *[batch(*range(n, n + 500)) for n in range(0, 50_000, 500)]),
                return_exceptions=True,
            )
            await asyncio.sleep(0)
        together = await answers
        with pytest.raises(EnvironmentProblem, match="nothing further is sent"):
            await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T0)
        with pytest.raises(EnvironmentProblem, match="nothing further is sent"):
            await journal.hold(slice_id, reason="later", at=T0)
        rows = await journal.batches(slice_id, list(Stage))

    assert [type(each) for each in together] == [EnvironmentProblem, EnvironmentProblem]
    assert [row.stage for row in rows] == [Stage.PLANNED, Stage.PLANNED]
    async with opened(path) as journal:
        await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T0)


@pytest.mark.asyncio
async def test_a_refusal_says_what_stands_in_the_way(tmp_path: Path) -> None:
    """The stage, the closed slice, the state of the request, or what is no outcome, each by its name."""
    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, batch(1), batch(2))
        await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T0)
        with pytest.raises(JournalError, match=r"no outcome is loading$"):
            await journal.conclude_load(slice_id, 0, LoadOutcome(stage=Stage.LOADING), at=T0)
        await journal.conclude_load(slice_id, 0, LoadOutcome(stage=Stage.ACCEPTED), at=T0)
        with pytest.raises(JournalError, match=r"must not be sent: it is accepted$"):
            await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T0)
        with pytest.raises(JournalError, match=r"is not begun: it cannot become accepted$"):
            await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.ACCEPTED, at=T0)
        await journal.intend_step(slice_id, Step.LAUNCH, 0, digest="x", reaches=True, at=T0)
        await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.ACCEPTED, at=T0)
        with pytest.raises(JournalError, match=r"is accepted: it cannot become unknown$"):
            await journal.conclude_step(slice_id, Step.LAUNCH, 0, StepState.UNKNOWN, at=T0)
        with pytest.raises(JournalError, match=rf"must not be sent: its slice {slice_id} is closed$"):
            await journal.intend_load(slice_id, 1, digest="x", reaches=True, at=T0)


@pytest.mark.asyncio
async def test_an_error_of_the_disk_stops_everything(tmp_path: Path) -> None:
    """An I/O error in one verb fails its whole group: what SQLite holds then cannot be relied on."""

    def torn(connection: sqlite3.Connection) -> None:
        msg = "disk I/O error"
        raise sqlite3.OperationalError(msg)

    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, batch(1))
        with pytest.raises(EnvironmentProblem, match="disk I/O error"):
            await journal._write(torn)
        with pytest.raises(EnvironmentProblem, match="disk I/O error"):
            await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T0)


@pytest.mark.asyncio
async def test_a_commit_that_fails_is_no_commit(tmp_path: Path) -> None:
    """When the last step fails, the verb fails, though its own statements went well."""
    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, batch(1))
        journal._writer._connection = _Failing(journal._writer._connection)  # type: ignore[assignment] # a stand-in

        with pytest.raises(EnvironmentProblem, match="disk I/O error"):
            await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=T0)

        rows = await journal.batches(slice_id, list(Stage))
    assert [row.stage for row in rows] == [Stage.PLANNED]


class _Failing:
    """A connection that cannot commit once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._fails = True

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement == "COMMIT" and self._fails:
            self._fails = False
            msg = "disk I/O error"
            raise sqlite3.OperationalError(msg)
        return self._connection.execute(statement, *values)

    def close(self) -> None:
        self._connection.close()


@pytest.mark.asyncio
async def test_an_error_of_a_source_is_none_of_the_journal(tmp_path: Path) -> None:
    """When the contacts come from a database that fails, the plan fails and the journal goes on."""

    def broken() -> Iterator[NewBatch]:
        yield batch(1)
        with closing(sqlite3.connect(":memory:")) as crm:
            crm.execute("SELECT phone FROM customer")

    async with opened(tmp_path / "journal.db") as journal:
        with pytest.raises(EnvironmentProblem, match="contacts cannot be read"):
            await journal.replan(KEY, digest="d", rows={}, slices=[_SLICE], batches=broken(), skipped=[], at=T0)
        slice_id = await plan(journal, batch(2))
        rows = await journal.batches(slice_id, list(Stage))

    assert len(rows) == 1


_SLICE = NewSlice(number=0, provider="t", channels=(Channel.VOICE,), zone="", fingerprint="f", title="t", marker="m")


# A process that is killed

KILLED = """
import asyncio, sys
from datetime import UTC, datetime
from outreach.delivery.journal import *
from outreach.delivery.sqlite import SqliteJournal
from outreach.model import Channel
now = datetime(2026, 12, 1, tzinfo=UTC)
async def one(journal, slice_id, seq):
    await journal.intend_load(slice_id, seq, digest="x", reaches=True, at=now)
    print("intended", seq, flush=True)
    await journal.conclude_load(slice_id, seq, LoadOutcome(stage=Stage.ACCEPTED), at=now)
    print("accepted", seq, flush=True)
async def main():
    journal = await SqliteJournal.open(sys.argv[1], now=now)
    (each,) = await journal.slices(CampaignKey("c", 1))
    while batches := await journal.batches(each.id, [Stage.PLANNED], limit=8):
        await asyncio.gather(*(one(journal, each.id, batch.seq) for batch in batches))
asyncio.run(main())
"""


def kill_after(lines: int, command: list[str]) -> list[str]:
    """Start a process, kill it after so many lines, and give all that it said."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        return told + process.stdout.read().splitlines(keepends=True)


@pytest.mark.asyncio
@pytest.mark.parametrize("lines", [1, 10, 33, 100])
async def test_a_killed_process_loses_nothing_it_was_told(tmp_path: Path, lines: int) -> None:
    """Every verb that had returned before ``kill -9`` is in the journal; every other intent is unknown or planned."""
    path = tmp_path / "journal.db"
    async with opened(path) as journal:
        slice_id = await plan(journal, *[batch(n) for n in range(5000)])
    told = kill_after(lines, [sys.executable, "-c", KILLED, str(path)])
    async with opened(path) as journal:
        stages = {row.seq: row.stage for row in await journal.batches(slice_id, list(Stage), limit=5000)}

    # A line may be torn by the kill.
    words = [line.split() for line in told if line.endswith("\n")]
    accepted = {int(seq) for word, seq in words if word == "accepted"}
    intended = {int(seq) for word, seq in words if word == "intended"}
    assert len(words) >= lines
    assert {seq for seq in accepted if stages[seq] is not Stage.ACCEPTED} == set()
    assert {seq for seq in intended if stages[seq] not in {Stage.ACCEPTED, Stage.UNKNOWN}} == set()
    assert set(stages.values()) <= {Stage.ACCEPTED, Stage.UNKNOWN, Stage.PLANNED}
    assert len(stages) == 5000


# Large campaigns


@pytest.mark.asyncio
async def test_a_page_is_bounded_by_its_people(tmp_path: Path) -> None:
    """However large a campaign, what is read in one go is a page and at most one batch more."""
    async with opened(tmp_path / "journal.db") as journal:
        await plan(journal, *[batch(*range(n, n + 1000)) for n in range(0, 20_000, 1000)])
        lots = await journal._read(lambda connection: reading.deliveries(connection, KEY, -1))
        tried = await journal._read(lambda connection: reading.tried(connection, KEY, 0, -1))
        await journal._write(lambda connection: connection.execute("UPDATE batch SET stage = 2, intended_at = 1"))
        turns = await journal._read(lambda connection: reading.turns(connection, KEY, -1))
        await journal._write(lambda connection: connection.execute("UPDATE batch SET stage = 5"))
        crowds = await journal._read(lambda connection: reading.contacted(connection, KEY, -1))

    assert sum(len(lot.record.batch.people) for lot in lots) <= reading.PAGE + 1000
    assert sum(len(turn.phones) for each in turns for turn in each.turns) <= reading.PAGE + 1000
    for found in (tried, crowds):
        assert sum(len(crowd.phones) for crowd in found) <= reading.PAGE + 1000


@pytest.mark.asyncio
async def test_a_plan_of_many_batches_is_replaced_to_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many batches are looked at in one go, everybody who is not in the new plan is given up."""
    monkeypatch.setattr(replan, "_PAGE", 2)
    async with opened(tmp_path / "journal.db") as journal:
        slice_id = await plan(journal, *[batch(n) for n in range(7)])
        await plan(journal)
        found = await journal.batches(slice_id, list(Stage))

    assert [(one.seq, one.stage) for one in found] == [(n, Stage.CANCELLED) for n in range(7)]


@pytest.mark.parametrize(
    ("rows", "packed"), [([4, 5, 6], 4), ([0, 0], None), ([0, 5], bytes), ([0, 1], 0), ([7, 3], bytes)]
)
def test_rows_take_little_room_and_come_back(rows: list[int], packed: object) -> None:
    """One integer for rows behind one another, nothing where none is known, and the rows where only some are."""
    found = packing.pack_rows(rows)

    assert (type(found) if packed is bytes else found) == packed
    assert list(packing.unpack_rows(found, len(rows))) == rows


@pytest.mark.parametrize("tried", [({0: 2}, {}), ({}, {1: "why"}), ({0: 1, 2: 3}, {0: "why", 1: "and why"})])
def test_who_was_tried_and_refused_before_comes_back(tried: tuple[dict[int, int], dict[int, str]]) -> None:
    """Also whoever was only tried, or only refused."""
    assert packing.unpack_earlier(packing.pack_earlier(*tried)) == tried


def test_what_is_told_of_everybody_stands_at_minus_one_in_the_file() -> None:
    """Older files hold it there; it is nobody's own."""
    packed = packing.pack_told(Receipt(duration=1.0), {1: Receipt(duration=2.0)})

    assert packed == b'{"1":{"duration":2.0},"-1":{"duration":1.0}}'


def test_a_batch_of_one_status_is_counted_as_a_whole() -> None:
    """Only where people differ, or somebody has no status yet, must the receipts be read to count them."""
    sent, queued = Receipt(status=Status.SENT), Receipt(status=Status.QUEUED)

    assert packing.tally(None, {0: sent, 1: sent}, 2) == Status.SENT
    assert packing.tally(queued, {0: sent, 1: sent}, 2) == Status.SENT
    assert packing.tally(sent, {0: sent}, 2) == Status.SENT
    assert packing.tally(queued, {0: sent}, 2) == packing.tally(None, {0: sent}, 2) == packing.MIXED
    assert packing.tally(None, {}, 2) is None


@pytest.mark.asyncio
async def test_skipped_people_are_kept_in_chunks(tmp_path: Path) -> None:
    """Ten thousand people left out one by one take a handful of rows."""

    def one_by_one() -> Iterator[Skipped]:
        for n in range(10_000):
            who = People(phones=[f"+9779610{n:06}"], ids=[""], rows=[n])
            yield Skipped(channel=Channel.SMS if n % 4 else None, provider="t", reason="suppressed", people=who)

    async with opened(tmp_path / "journal.db") as journal:
        await journal.replan(KEY, digest="d", rows={}, slices=[], batches=[], skipped=one_by_one(), at=T0)
        rows = await journal._read(lambda c: c.execute("SELECT count(*), sum(size) FROM skipped").fetchone())
        page = await journal._read(lambda c: reading.left_out(c, KEY, -1, deliveries=True))
        phones = sorted([row.phone async for row in journal.deliveries(KEY)])

    assert rows == (20, 10_000)
    assert sum(len(lot.record.batch.people) for lot in page) <= reading.PAGE
    assert phones == [f"+9779610{n:06}" for n in range(10_000)]


@pytest.mark.asyncio
async def test_an_older_copy_in_its_place_is_refused(tmp_path: Path) -> None:
    """A backup copied over the journal keeps path and inode, but does not know whom the later one has reached."""
    path = tmp_path / "journal.db"
    async with opened(path):
        pass
    backup = path.read_bytes()
    async with opened(path) as journal:
        await plan(journal, batch(1))
    path.write_bytes(backup)

    with pytest.raises(JournalError, match="older copy of the journal"):
        await SqliteJournal.open(path, now=T0)

    async with opened(path, adopt=True) as journal:
        assert await journal.campaigns() == []


_KILLED = """
import asyncio, os, sys
from datetime import UTC, datetime
from outreach.delivery.journal import CampaignKey
from outreach.delivery.sqlite import SqliteJournal
async def main():
    journal = await SqliteJournal.open(sys.argv[1], now=datetime(2026, 12, 1, tzinfo=UTC))
    key = CampaignKey("c", 1)
    at = datetime(2026, 12, 1, tzinfo=UTC)
    await journal.replan(key, digest="d", rows={}, slices=[], batches=[], skipped=[], at=at)
    os._exit(9)
asyncio.run(main())
"""


@pytest.mark.asyncio
async def test_a_journal_renamed_without_its_latest_entries_is_refused(tmp_path: Path) -> None:
    """After a kill the latest entries stand beside the old name; without them people would be forgotten."""
    path = tmp_path / "journal.db"
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False)  # noqa: ASYNC221  # nothing else runs
    assert killed.returncode == 9
    renamed = path.rename(tmp_path / "other.db")

    with pytest.raises(JournalError, match="renamed without its latest entries"):
        await SqliteJournal.open(renamed, now=T0)

    renamed.rename(path)
    async with opened(path) as journal:
        assert await journal.campaigns() == [KEY]
