"""Contacts from databases and Parquet files."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from outreach.contacts import Chunk, ContactList, stream
from outreach.contacts.sources import file_of
from outreach.errors import SpecError
from outreach.model import Contacts, Secret
from outreach.source import Origin

FIRST, SECOND = "+9779610000001", "+9779610000002"
QUERY = "select number as phone, name, amount from people order by id"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a database of a thousand people."""
    with sqlite3.connect(tmp_path / "people.db") as base:
        base.execute("create table people (id integer, number, name, amount)")
        base.executemany(
            "insert into people values (?, ?, ?, ?)",
            ((n, f"961{n:07}", None if n == 2 else "सीता", n / 2) for n in range(1, 1001)),
        )
    base.close()
    return tmp_path


def read(folder: Path, address: str | Secret, query: str | None = QUERY) -> list[Chunk]:
    """Read what a database answers."""
    return list(stream(Contacts(sources=(address,), country="NP", query=query), base=folder, wanted=("amount",)))


def mistake(folder: Path, address: str | Secret, query: str | None = QUERY) -> str:
    """Give the error of a database."""
    with pytest.raises(SpecError) as caught:
        read(folder, address, query)
    return str(caught.value)


@pytest.mark.parametrize("address", ["sqlite:///people.db", "sqlite+pysqlite:///{folder}/people.db"])
def test_a_query_gives_people(folder: Path, address: str) -> None:
    """SQLite is read by the standard library, every other database by SQLAlchemy; a thousand rows come in chunks."""
    chunks = read(folder, address.format(folder=folder))

    assert sum(map(len, chunks)) == 1000
    assert max(map(len, chunks)) == 250
    assert (chunks[0].phones[:2], chunks[0].names[:2]) == ([FIRST, SECOND], ["सीता", ""])
    assert chunks[0].columns["amount"][:2] == ["0.5", "1"]


@pytest.mark.parametrize("address", ["sqlite:///people.db", "sqlite+pysqlite:///{folder}/people.db"])
def test_nothing_is_written(folder: Path, address: str) -> None:
    """A statement that is no select is an error, also one that gives rows, and what it changed is taken back."""
    for statement in ("delete from people", "delete from people returning number as phone"):
        with pytest.raises(SpecError):
            list(stream(Contacts(sources=(address.format(folder=folder),), query=statement), base=folder))

    base = sqlite3.connect(folder / "people.db")
    assert base.execute("select count(*) from people").fetchone() == (1000,)
    base.close()


def test_a_sqlite_file_cannot_even_lose_a_table(folder: Path) -> None:
    """It is opened read-only, and no statement but a select is allowed."""
    assert "is only read" in mistake(folder, "sqlite:///people.db", "drop table people")


@pytest.mark.parametrize(
    "how", ["attach '{}' as e", "vacuum into '{}'", "pragma journal_mode = wal", "create temp table t (a)"]
)
def test_a_query_of_a_sqlite_file_makes_no_other_file(folder: Path, how: str) -> None:
    """What could write elsewhere is refused with the place in the campaign, and no file comes to be."""
    said = mistake(folder, "sqlite:///people.db", how.format(folder / "evil.db"))

    assert said == "contacts.query: sqlite:///people.db is only read: the query has to be one select"
    assert [one.name for one in folder.iterdir()] == ["people.db"]


@pytest.mark.parametrize("kind", ["fts4", "fts5"])
def test_an_index_of_full_text_can_be_searched(tmp_path: Path, kind: str) -> None:
    """Opening such an index asks for more than a plain table does."""
    base = sqlite3.connect(tmp_path / "people.db")
    base.executescript(
        f"create virtual table people using {kind}(phone, name); insert into people values ('{FIRST}', 'Ann Lee')"
    )
    base.close()

    (chunk,) = stream(
        Contacts(sources=("sqlite:///people.db",), query="select * from people where people match 'lee'"), base=tmp_path
    )

    assert chunk.names == ["Ann Lee"]


def test_a_recursive_query_with_functions_is_read(folder: Path) -> None:
    """Whatever a select can do is allowed: common tables, functions, subqueries."""
    query = (
        "with recursive r(n) as (select 1 union all select n + 1 from r where n < 3) "
        "select max(number) as phone, upper(min(name)) as name, count(*) as amount "
        "from people, r where id in (select 1)"
    )

    assert read(folder, "sqlite:///people.db", query)[0].columns["amount"] == ["3"]


@pytest.mark.parametrize(
    ("address", "query", "said"),
    [
        ("sqlite:///people.db", None, "contacts.query: sqlite:///people.db is a database; say what to ask it"),
        ("sqlite:///none.db", QUERY, "contacts.from: sqlite:///none.db cannot be read: there is no file none.db"),
        ("sqlite:///people.db", "selct", 'contacts.query: sqlite:///people.db does not answer the query: near "selct"'),
        (
            "sqlite:///people.db",
            "select 1 as phone, 2 as phone",
            "sqlite:///people.db: phone names more than one column",
        ),
        ("sqlite+pysqlite://", "selct", "contacts.from: sqlite+pysqlite:// does not answer: near"),
        ("nosuch+driver://h/db", QUERY, "SQLAlchemy knows no such database"),
        ("https://h/people.csv", None, "nothing here reads such an address"),
        ("people.csv", QUERY, "contacts.query: 'query' means nothing for these contacts"),
    ],
)
def test_mistakes_name_the_place(folder: Path, address: str, query: str | None, said: str) -> None:
    """What a database does not answer is told with the place in the campaign."""
    (folder / "people.csv").write_text("phone\n")

    assert said in mistake(folder, address, query)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+nodriver://ann:s3cr3t%2F@db.example/crm",
        "mysql://ann:s3cr3t%2F@db.example/crm",
        "postgresql+nodriver://db.example/crm?password=s3cr3t%2F&user=ann",
        "sqlite://ann:s3cr3t%2F@db.example/crm",
        "nosuch://ann:s3cr3t%2F@db.example/crm",
    ],
)
def test_a_password_is_never_shown(folder: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Neither errors nor the campaign's own text hold a password; of a reference not even the address is shown."""
    monkeypatch.setenv("PEOPLE_DB", address)

    for said in (mistake(folder, address), repr(Contacts(sources=(address,)))):
        assert "s3cr3t" not in said
    from_environment = mistake(folder, Secret(env="PEOPLE_DB"))
    assert "$PEOPLE_DB" in from_environment
    assert "db.example" not in from_environment


def test_an_address_comes_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is read when the contacts are; a missing one is an error that names it."""
    secret = Secret(env="PEOPLE_DB")
    monkeypatch.delenv("PEOPLE_DB", raising=False)
    assert mistake(folder, secret).startswith("contacts.from: environment variable PEOPLE_DB is not set")

    monkeypatch.setenv("PEOPLE_DB", "sqlite:///people.db")
    assert read(folder, secret)[0].phones[0] == FIRST


@pytest.mark.parametrize(
    ("module", "address", "name"), [("sqlalchemy", "mysql://h/db", "sql"), ("pyarrow.parquet", "a.parquet", "parquet")]
)
def test_without_the_extra_the_error_says_how_to_install_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, address: str, name: str
) -> None:
    """The remedy can be pasted."""
    monkeypatch.setitem(sys.modules, module, None)

    assert mistake(folder, address, QUERY if name == "sql" else None).endswith(f"pip install 'outreach[{name}]'")


def test_parquet_is_streamed(tmp_path: Path) -> None:
    """Row groups are read one after the other; what Arrow calls null is empty, and a list is no text."""
    table = pa.table(
        {
            "phone": [f"961{n:07}" for n in range(1, 10_001)],
            "name": [None if n % 2 else "सीता" for n in range(10_000)],
            "amount": list(range(10_000)),
            "tags": [["a"]] * 10_000,
        }
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=1_000)
    contacts = Contacts(sources=("a.parquet",), country="NP")

    with ContactList.open(contacts, base=tmp_path, wanted=("amount",)) as people:
        chunks = iter(people)
        first = next(chunks)
        second = next(chunks)
        assert people.share == len(first) / 10_000
        rest = [second, *chunks]

    assert (first.phones[0], first.names[:2], first.columns["amount"][:2]) == (FIRST, ["सीता", ""], ["0", "1"])
    assert len(first) + sum(map(len, rest)) == 10_000
    assert rest[-1].rows[-1] == 10_000
    assert next(iter(stream(contacts, base=tmp_path, wanted=("tags",)))).dropped[0].reason == "not_text"


#: Of each, 4,000 rows take more than 400 MB and the file some kilobytes.
BOMBS: dict[str, tuple[Callable[[], pa.Array], dict[str, Any], str]] = {
    "dictionary": (
        lambda: pa.DictionaryArray.from_arrays(pa.array([0] * 4_000, pa.int32()), pa.array(["x" * 2_000_000])),
        {},
        "a.parquet: 'name' holds a cell of 2,000,000 bytes in row group 1; write the file without this column",
    ),
    "dictionary of LZ4": (
        lambda: pa.DictionaryArray.from_arrays(pa.array([0] * 4_000, pa.int32()), pa.array(["x" * 2_000_000])),
        {"compression": "lz4"},
        "a.parquet: 'name' holds a cell of 2,000,000 bytes in row group 1; write the file without this column",
    ),
    "page": (
        lambda: pa.array(["x" * 70_000] * 4_000),
        {"use_dictionary": False, "data_page_size": 2**30, "write_batch_size": 4_000},
        "a.parquet: the largest pages of row group 1 unpack to 267 MB; write the file with smaller pages",
    ),
    "prefixes": (
        lambda: pa.array(["x" * 100_000] * 4_000),
        {"use_dictionary": False, "column_encoding": {"name": "DELTA_BYTE_ARRAY"}},
        "a.parquet: row 1: 'name' holds more than 65,536 characters; is this a contact list?",
    ),
}


@pytest.mark.parametrize(("column", "options", "said"), BOMBS.values(), ids=BOMBS)
def test_a_parquet_bomb_is_refused(
    tmp_path: Path, column: Callable[[], pa.Array], options: dict[str, Any], said: str
) -> None:
    """Pages are measured before they are unpacked, whatever the file says of itself; the place is named."""
    table = pa.table({"phone": [f"961{n:07}" for n in range(4_000)], "name": column()})
    pq.write_table(table, tmp_path / "a.parquet", **{"compression": "zstd", "store_schema": False, **options})
    usual, counted = pa.default_memory_pool(), pa.proxy_memory_pool(pa.system_memory_pool())
    pa.set_memory_pool(counted)
    try:
        assert (tmp_path / "a.parquet").stat().st_size < 200_000
        assert mistake(tmp_path, "a.parquet", None) == said
    finally:
        pa.set_memory_pool(usual)
    assert counted.max_memory() < 300_000_000


def test_large_parquet_cells_are_read_few_at_a_time(tmp_path: Path) -> None:
    """Texts that all rows share are legal up to their limit; a batch of them is as short as it has to be."""
    names = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), pa.array(["क" * 65_536]))
    table = pa.table({"phone": [f"961{n:07}" for n in range(1_000)], "name": names})
    pq.write_table(table, tmp_path / "a.parquet", store_schema=False)

    chunks = list(stream(Contacts(sources=("a.parquet",), country="NP"), base=tmp_path))

    assert sum(map(len, chunks)) == 1_000
    assert {len(name) for chunk in chunks for name in chunk.names} == {65_536}


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("sqlite:///people.db", "campaign/people.db"),
        ("sqlite+pysqlite:///people.db", "here/people.db"),
        ("sqlite+pysqlite:////srv/people.db", "/srv/people.db"),
        ("people.csv", "campaign/people.csv"),
        ("postgresql://host/people", None),
    ],
)
def test_the_file_of_a_source_is_the_one_that_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, place: str | None
) -> None:
    """A relative path begins in the campaign's folder; in an address of SQLAlchemy's, where the program runs."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    origin = Origin(name="people", address=address, base=tmp_path / "campaign", path="contacts.from")

    assert file_of(origin) == (None if place is None else tmp_path / place)


@pytest.mark.parametrize("full", [0, 2])
def test_an_empty_row_group_of_parquet_is_none_to_refuse(tmp_path: Path, full: int) -> None:
    """A table of nobody, and a group without rows among others, is read; writers make them."""
    nobody, somebody = (pa.table({"phone": pa.array(phones, pa.string())}) for phones in ([], ["9610000001"]))
    with pq.ParquetWriter(tmp_path / "a.parquet", nobody.schema) as writer:
        for table in (nobody, somebody, nobody, somebody)[: 1 if full == 0 else 4]:
            writer.write_table(table)

    chunks = list(stream(Contacts(sources=("a.parquet",), country="NP"), base=tmp_path))

    assert sum(len(chunk) + len(chunk.dropped) for chunk in chunks) == full


def test_nested_parquet_columns_are_not_unpacked(tmp_path: Path) -> None:
    """One row may stand for millions of values; no list can be said, so who asks for one is told of each row."""
    tags = pa.array([["a"] * 5, None], pa.list_(pa.string()))
    place = pa.array([{"city": "Pokhara"}, None])
    table = pa.table({"tags": tags, " place": place, "phone": [FIRST, SECOND]})
    pq.write_table(table, tmp_path / "a.parquet")
    contacts = Contacts(sources=("a.parquet",))

    (chunk,) = stream(contacts, base=tmp_path)
    assert chunk.phones == [FIRST, SECOND]
    for name in ("tags", "place"):
        (chunk,) = stream(contacts, base=tmp_path, wanted=(name,))
        assert [one.reason for one in chunk.dropped] == ["not_text", "not_text"]


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_every_kind_of_page_is_measured(tmp_path: Path, compression: str, version: str) -> None:
    """Pages of both versions and of every codec are gone through to the end of the file."""
    phones = [f"+977961{n:07}" for n in range(20_000)]
    table = pa.table({"phone": phones, "name": [f"नाम {n % 3_000}" for n in range(20_000)], "amount": [0.5] * 20_000})
    pq.write_table(
        table,
        tmp_path / "a.parquet",
        compression=compression,
        data_page_version=version,
        data_page_size=2_000,
        row_group_size=6_000,
        write_page_checksum=True,
    )

    chunks = list(stream(Contacts(sources=("a.parquet",)), base=tmp_path, wanted=("amount",)))

    assert [phone for chunk in chunks for phone in chunk.phones] == phones


@pytest.mark.parametrize("header", [b"\x1c" * 5_000, b"\x15" + b"\xff" * 40, b"\x19\x00", b"\x15\x00\x00"])
def test_a_page_without_a_header_is_an_error(tmp_path: Path, header: bytes) -> None:
    """Structs without end, numbers without end, and what stands in no page's header are damage."""
    pq.write_table(pa.table({"phone": [f"961{n:07}" for n in range(5_000)]}), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[:4] + header + whole[4 + len(header) :])

    said = mistake(tmp_path, "a.parquet", None)

    assert said == "a.parquet: the Parquet data cannot be read: a page has no header; write the file again"


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    """Damage is an error that names the file, wherever it is."""
    pq.write_table(
        pa.table({"phone": [f"961{n:07}" for n in range(5_000)]}), tmp_path / "a.parquet", compression="gzip"
    )
    whole = (tmp_path / "a.parquet").read_bytes()

    for content in (b"", whole[:-20], whole[:200] + b"\xff" * 2_000 + whole[2_200:]):
        (tmp_path / "a.parquet").write_bytes(content)
        assert mistake(tmp_path, "a.parquet", None).startswith("a.parquet: the Parquet data cannot be read")


#: A text that is no UTF-8; Arrow takes the bytes as they are.
NO_UTF_8 = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")])


@pytest.mark.parametrize(
    "cell",
    [
        pa.array([2**62 + 1], pa.timestamp("ns")),
        pa.array([2**62], pa.timestamp("us")),
        pa.array([0], pa.timestamp("us", tz="Mars/Olympus")),
        pa.array([99_999_999], pa.date32()),
        NO_UTF_8,
    ],
    ids=["nanoseconds", "far moment", "zone", "far date", "bytes"],
)
def test_a_parquet_cell_that_python_cannot_hold_is_named(tmp_path: Path, cell: pa.Array) -> None:
    """The error names file, row and column, and says to write the column as text."""
    amounts = pa.concat_arrays([pa.nulls(300, cell.type), cell])
    pq.write_table(pa.table({"phone": [f"961{n:07}" for n in range(301)], "amount": amounts}), tmp_path / "a.parquet")

    said = mistake(tmp_path, "a.parquet", None)

    assert said.startswith("a.parquet: row 301: 'amount' holds what is no value")
    assert "write the column as text" in said
