"""The hook for sources, what a Python program may give, and texts of every encoding, separator and packing."""

from __future__ import annotations

import gzip
import io
import sqlite3
import sys
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy
import zstandard

import outreach
from outreach.contacts import Chunk, ContactList, stream
from outreach.contacts.formats import KINDS
from outreach.errors import Problem, SpecError
from outreach.model import Contacts
from outreach.plugins import load_plugins
from outreach.source import Origin, SourceKind, hookimpl

FIRST, SECOND = "+9779610000001", "+9779610000002"
CSV = "phone,name\n9610000001,सीता\n9610000002,Ram\n".encode()
JSON = '{"phone": "9610000001", "name": "सीता"}\n{"phone": 9610000002, "name": "Ram"}\n'.encode()


def read(folder: Path, name: str, content: bytes, **options: Any) -> list[Chunk]:
    """Read a file."""
    (folder / name).write_bytes(content)
    return list(stream(Contacts(sources=(name,), country="NP", **options), base=folder))


def mistake(folder: Path, name: str, content: bytes, **options: Any) -> str:
    """Give the error of a file."""
    with pytest.raises(SpecError) as caught:
        read(folder, name, content, **options)
    return str(caught.value)


def stranger(*kinds: object, name: str = "stranger") -> ModuleType:
    """Make a plug-in that gives these."""
    made = ModuleType(name)

    @hookimpl
    def outreach_register_sources() -> Iterable[object]:
        return kinds

    made.outreach_register_sources = outreach_register_sources  # type: ignore[attr-defined]  # a module's functions
    return made


def address_book(closed: list[str]) -> SourceKind:
    """Make a stranger's kind of source, which needs nothing but ``outreach.source``."""

    def rows(origin: Origin) -> Iterator[dict[str, object]]:
        try:
            yield {"phone": FIRST, "name": origin.address, "group": origin.options.get("sheet", "")}
            yield from (dict[str, object](phone=f"+97796100{n:05}") for n in range(2, 1_000))
        finally:
            closed.append(origin.name)

    def opened(origin: Origin) -> Iterator[dict[str, object]]:
        if "nobody" in origin.address:
            raise SpecError([Problem(f"{origin.name} does not exist", path=origin.path)])
        return rows(origin)

    return SourceKind(name="book", open=opened, schemes=("book",), endings=(".vcf",), options=frozenset({"sheet"}))


def test_ours_come_in_through_the_same_hook() -> None:
    """What outreach reads is registered like a stranger's, and can be read without any other plug-in."""
    found = load_plugins()

    assert found.sources == KINDS
    assert {kind.name for kind in KINDS} == {"csv", "tsv", "jsonl", "stdin", "xlsx", "parquet", "sqlite", "sql"}


def test_a_strangers_source_is_planned(tmp_path: Path) -> None:
    """A plug-in's rows are people like any other, with the key that its kind knows; what it opened it may close."""
    closed: list[str] = []
    plugins = load_plugins(stranger(address_book(closed)))
    campaign = outreach.Campaign(
        name="x",
        base=tmp_path,
        message=outreach.Template.parse("Hello {name} of {group|none}"),
        contacts=Contacts(sources=("book://ann:secret@host/friends",), sheet="Family"),
        routes=(outreach.Route(channel=outreach.Channel.VOICE, providers=("tingting",)),),
    )

    plan = outreach.plan(campaign, plugins=plugins, sandbox=True)

    assert plan.rows.used == 999
    assert closed == ["book://ann:***@host/friends"]
    with ContactList.open(campaign.contacts, base=tmp_path, kinds=plugins.sources) as people:
        assert people.headers[0].columns == ("phone", "name", "group")
    assert len(closed) == 2
    nobody = attrs.evolve(campaign, contacts=Contacts(sources=("book://nobody",)))
    with pytest.raises(SpecError, match="book://nobody does not exist"):
        outreach.plan(nobody, plugins=plugins, sandbox=True)


def test_a_kind_that_is_none_or_twice_is_listed() -> None:
    """A plug-in that gives no kind, or an ending that somebody else reads, harms nobody else."""
    again = SourceKind(name="mine", open=lambda _: [], endings=(".csv",))
    found = load_plugins(stranger("no kind", name="a"), stranger(again, name="b"), stranger(address_book([])))

    assert [one.error for one in found.failed] == [
        "gave 'no kind', which is no SourceKind",
        "'.csv' is already provided by outreach.contacts.formats",
    ]
    assert [kind.name for kind in found.sources[len(KINDS) :]] == ["book"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "utf-32", "shift_jis", "cp1252"])
def test_a_stated_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    """Texts of other encodings give the same people, across the borders of what is read at once."""
    name = {"shift_jis": "日本", "cp1252": "Renée"}.get(encoding, "सीता 🙂")
    text = "phone,name\n" + "".join(f"961{n:07},{name}\n" for n in range(1, 8_000))

    chunks = read(tmp_path, "a.csv", text.encode(encoding), encoding=encoding)

    assert sum(map(len, chunks)) == 7_999
    assert {one for chunk in chunks for one in chunk.names} == {name}


def test_a_wrong_encoding_is_an_error_with_its_byte(tmp_path: Path) -> None:
    """The line and the byte are named, also far into the file."""
    text = ("phone,name\n" + "9610000001,x\n" * 20_000).encode("cp1252") + b"1,\x81\n"

    said = mistake(tmp_path, "a.csv", text, encoding="cp1252")

    assert said.startswith("a.csv:20002: byte 260,014 is no cp1252")
    assert mistake(tmp_path, "a.csv", b"phone\n\xff\xfe1", encoding="utf-8").startswith(
        "a.csv:2:1: the byte 0xff is no UTF-8"
    )


def test_an_encoding_that_decodes_nothing_is_an_error(tmp_path: Path) -> None:
    """Python knows encodings that always fail; the error names file and encoding."""
    said = mistake(tmp_path, "a.csv", CSV, encoding="undefined")

    assert said.startswith("a.csv:1: this is no undefined")


@pytest.mark.parametrize("address", ["~nobody-of-this-name/a.csv", "sqlite:///~nobody-of-this-name/a.db"])
def test_the_home_of_nobody_is_an_error(tmp_path: Path, address: str) -> None:
    """A path that begins with the name of nobody is told with the place in the campaign."""
    query = "select 1" if "sqlite" in address else None
    with pytest.raises(SpecError, match=r"^contacts\.from: .*there is no home folder of ~nobody-of-this-name"):
        list(stream(Contacts(sources=(address,), query=query), base=tmp_path))


@pytest.mark.parametrize("delimiter", [":", "#", "~", "\t"])
def test_a_stated_delimiter_is_read(tmp_path: Path, delimiter: str) -> None:
    """Any sign may separate cells where it is stated, also in a file called .tsv."""
    for name in ("a.csv", "a.tsv"):
        (chunk,) = read(tmp_path, name, CSV.replace(b",", delimiter.encode()), delimiter=delimiter)
        assert chunk.names == ["सीता", "Ram"]


@pytest.mark.parametrize("content", [CSV, JSON], ids=["csv", "jsonl"])
def test_zstd_is_unpacked(tmp_path: Path, content: bytes) -> None:
    """One frame or several, from a file or from standard input."""
    name = "a.csv" if content is CSV else "a.jsonl"
    pack = zstandard.ZstdCompressor().compress
    for packed in (pack(content), pack(content[:20]) + pack(content[20:])):
        assert read(tmp_path, f"{name}.zst", packed)[0].names == ["सीता", "Ram"]
        (chunk,) = stream(Contacts(sources=("-",), country="NP"), base=tmp_path, stdin=io.BytesIO(packed))
        assert chunk.phones == [FIRST, SECOND]


def test_a_cut_off_zstd_file_is_an_error(tmp_path: Path) -> None:
    """People who are missing at the end are never left out in silence; the byte is named."""
    packed = zstandard.ZstdCompressor().compress(CSV + b"".join(b"961%07d,x\n" % n for n in range(100_000)))

    for end in (5, len(packed) // 2, len(packed) - 1):
        assert "damaged or cut off near byte" in mistake(tmp_path, "a.csv.zst", packed[:end])
    assert "near byte" in mistake(tmp_path, "a.csv.gz", gzip.compress(packed)[:-9])


def test_without_the_extra_zstd_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy can be pasted."""
    packed = zstandard.ZstdCompressor().compress(CSV)
    monkeypatch.setitem(sys.modules, "zstandard", None)

    assert mistake(tmp_path, "a.csv.zst", packed).endswith("pip install 'outreach[zstd]'")


@attrs.frozen
class PolarsFrame:
    """What polars documents: ``columns`` is a list of names, ``iter_rows`` gives tuples unless ``named``."""

    data: dict[str, list[object]]

    @property
    def columns(self) -> list[str]:
        """Names."""
        return list(self.data)

    def iter_rows(self, *, named: bool = False, buffer_size: int = 512) -> Iterator[Any]:
        """Rows as tuples, or as dicts."""
        rows = zip(*self.data.values(), strict=True)
        return (dict(zip(self.data, row, strict=True)) for row in rows) if named else rows

    def __iter__(self) -> Iterator[list[object]]:
        """Go through the columns, not the rows, as polars does."""
        return iter(self.data.values())


class NAType:
    """What pandas says for missing; it is neither true nor false."""

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")


@attrs.frozen
class PandasFrame:
    """What pandas documents: ``columns`` is an index of labels, ``itertuples`` gives tuples where ``name`` is None."""

    data: dict[str, list[object]]

    @property
    def columns(self) -> tuple[str, ...]:
        """Labels."""
        return tuple(self.data)

    def itertuples(self, index: bool = True, name: str | None = "Pandas") -> Iterator[tuple[object, ...]]:
        """Rows, the index first unless it is not wanted."""
        assert name is None
        for number, row in enumerate(zip(*self.data.values(), strict=True)):
            yield (number, *row) if index else row

    def __iter__(self) -> Iterator[str]:
        """Go through the labels, as pandas does."""
        return iter(self.data)


COLUMNS: dict[str, list[object]] = {
    "phone": ["9610000001", 9610000002],
    "name": ["सीता", None],
    "age": [30.0, float("nan")],
}


def cursor() -> sqlite3.Cursor:
    """Give a cursor as PEP 249 has it."""
    return sqlite3.connect(":memory:").execute(
        "select '9610000001' as phone, 'सीता' as name, 30.0 as age union all select 9610000002, null, null"
    )


def dict_cursor() -> sqlite3.Cursor:
    """Give a cursor whose rows are dicts, as some drivers have it."""
    base = sqlite3.connect(":memory:")
    base.row_factory = lambda made, row: {one[0]: cell for one, cell in zip(made.description, row, strict=True)}
    return base.execute(
        "select '9610000001' as phone, 'सीता' as name, 30.0 as age union all select 9610000002, null, null"
    )


def result() -> Any:
    """Give a result of SQLAlchemy."""
    query = "select '9610000001' as phone, 'सीता' as name, 30.0 as age union all select 9610000002, null, null"
    return (
        sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.StaticPool).connect().execute(sqlalchemy.text(query))
    )


Person = namedtuple("Person", ["phone", "name", "age"])  # noqa: PYI024  # what a cursor's row may be

GIVEN: dict[str, Callable[[], object]] = {
    "polars": lambda: PolarsFrame(COLUMNS),
    "polars by rows": lambda: PolarsFrame(COLUMNS).iter_rows(named=True),
    "pandas": lambda: PandasFrame(COLUMNS | {"name": ["सीता", NAType()]}),
    "arrow": lambda: pa.table({**COLUMNS, "phone": ["9610000001", "9610000002"]}),
    "cursor": cursor,
    "cursor of dicts": dict_cursor,
    "sqlalchemy result": result,
    "sqlalchemy mappings": lambda: result().mappings(),
    "sqlalchemy rows": lambda: (row for row in result().mappings()),
    "named tuples": lambda: (Person(*row) for row in zip(*COLUMNS.values(), strict=True)),
    "records": lambda: [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)],
}


@pytest.mark.parametrize("give", GIVEN.values(), ids=GIVEN)
def test_what_a_program_has_is_read_as_it_is(give: Callable[[], Any]) -> None:
    """Data frames, cursors and results need no conversion; what is missing there is empty here."""
    (chunk,) = stream(Contacts(sources=give(), country="NP"), base=Path(), wanted=("age",))

    assert (chunk.phones, chunk.names, chunk.columns) == ([FIRST, SECOND], ["सीता", ""], {"age": ["30", ""]})


@pytest.mark.parametrize("give", GIVEN.values(), ids=GIVEN)
def test_what_a_program_has_can_be_planned(give: Callable[[], Any]) -> None:
    """The public call takes it as it is too, an Arrow table among them, which cannot be iterated."""
    campaign = outreach.Campaign(
        name="x",
        message=outreach.Template.parse("Hello {name|friend}"),
        contacts=Contacts(sources=give(), country="NP"),
        routes=(outreach.Route(channel=outreach.Channel.VOICE, providers=("tingting",)),),
    )

    assert outreach.plan(campaign, sandbox=True).rows.used == 2


PHONES: list[object] = [9610000001.0, float("nan"), 9610000002.0]


def parquet_of(folder: Path, phones: list[object], form: Any) -> Contacts:
    """Write numbers into a Parquet file."""
    pq.write_table(pa.table({"phone": pa.array(phones, form)}), folder / "a.parquet")
    return Contacts(sources=("a.parquet",), country="NP")


def reals(folder: Path, phones: list[object]) -> Contacts:
    """Write numbers into a SQLite file as floats, NaN as null, as SQLite does it."""
    with closing(sqlite3.connect(folder / "a.db")) as base:
        base.execute("create table p (phone real)")
        base.executemany("insert into p values (?)", [(one,) for one in phones])
        base.commit()
    return Contacts(sources=("sqlite:///a.db",), query="select phone from p", country="NP")


def with_gaps(frame: Any) -> Contacts:
    """Make contacts of a frame."""
    return Contacts(sources=frame, country="NP")


FLOATS: dict[str, Callable[[Path, list[object]], Contacts]] = {
    "pandas": lambda _, phones: with_gaps(PandasFrame({"x": [1, 1, 1], "phone": phones})),
    "records": lambda _, phones: Contacts(sources=[{"phone": one} for one in phones], country="NP"),
    "arrow": lambda _, phones: Contacts(sources=pa.table({"phone": pa.array(phones, pa.float64())}), country="NP"),
    "parquet": lambda folder, phones: parquet_of(folder, phones, pa.float64()),
    "sqlite": reals,
}


@pytest.mark.parametrize("contacts", FLOATS.values(), ids=FLOATS)
def test_numbers_of_a_column_with_gaps_are_read(
    tmp_path: Path, contacts: Callable[[Path, list[object]], Contacts]
) -> None:
    """A frame makes floats of whole numbers where one is missing; they are read as in a workbook, and noted."""
    with ContactList.open(contacts(tmp_path, PHONES), base=tmp_path) as people:
        chunks = list(people)
        notes = [note.message for note in people.notes]

    phones = [phone for chunk in chunks for phone in chunk.phones]
    assert phones == [FIRST, SECOND]
    assert {one.reason for chunk in chunks for one in chunk.dropped} <= {"no_number"}
    assert len(notes) == 1
    assert notes[0].startswith(
        "2 phone numbers are numbers with a fraction of zero and no text, row 1 first: a leading 0"
    )


@pytest.mark.parametrize("contacts", FLOATS.values(), ids=FLOATS)
@pytest.mark.parametrize(
    "phones",
    [[9610000001.5], [2.0**53], [1e300], [float("inf")], [9610000384.0, 9610001408.0]],
    ids=["fraction", "large", "larger", "endless", "of 32 bits"],
)
def test_floats_whose_digits_are_not_certain_are_left_out(
    tmp_path: Path, contacts: Callable[[Path, list[object]], Contacts], phones: list[object]
) -> None:
    """Nobody is rung on a number that was rounded; the row says what is wrong with it."""
    given = [*phones, *[None] * (3 - len(phones))]
    (chunk,) = stream(contacts(tmp_path, given), base=tmp_path)

    dropped = [one for one in chunk.dropped if one.reason != "no_number"]
    assert len(chunk) == 0
    assert [one.reason for one in dropped] == ["float"] * len(phones)
    assert "a float with a fraction, or may have lost digits" in dropped[0].detail


def test_floats_of_a_cursor_are_left_out() -> None:
    """A driver may have made them of text that the database had rounded; a cast in the query helps."""
    given = sqlite3.connect(":memory:").execute("select 9610000001.0 as phone")

    (chunk,) = stream(Contacts(sources=given, country="NP"), base=Path())

    assert [(one.reason, one.phone) for one in chunk.dropped] == [("float", "9610000001.0")]


@pytest.mark.parametrize("role", ["phone", "id", "name", "zone", "amount"])
@pytest.mark.parametrize(
    ("cell", "reasons"),
    [
        (Decimal("NaN"), ("no_number", None)),
        (Decimal("sNaN"), ("no_number", None)),
        (Decimal("Infinity"), ("float", None)),
        (Decimal("1E+999999"), ("float", None)),
        (10**5000, ("not_a_number", "not_text")),
        (Fraction(10**5000), ("float", "not_text")),
        (-(10**5000), ("not_a_number", "not_text")),
    ],
    ids=["NaN", "sNaN", "infinity", "large decimal", "large", "large fraction", "small"],
)
def test_strange_numbers_leave_out_their_row_and_no_other(
    role: str, cell: object, reasons: tuple[str, str | None]
) -> None:
    """A cell that Python cannot even write is a reason like any other, in whatever column it stands."""
    strange = {"phone": FIRST, "id": "7", role: cell}
    people: list[dict[str, object]] = [strange, {"phone": SECOND}]
    contacts = Contacts(sources=people, country="NP")

    (chunk,) = stream(contacts, base=Path(), wanted=("amount",))

    assert SECOND in chunk.phones
    said = isinstance(cell, Decimal) and not cell.is_nan()
    expected = reasons[0] if role == "phone" else "zone" if role == "zone" and said else reasons[1]
    assert [one.reason for one in chunk.dropped] == [expected] * (expected is not None)
    if role == "phone" and not isinstance(cell, Decimal):
        assert [one.phone for one in chunk.dropped] == [f"({type(cell).__name__})"]


def test_decimals_without_a_fraction_are_numbers() -> None:
    """A database gives ``numeric(15, 2)`` like this; nothing of it was rounded."""
    cells = ("9610000001.00", "9610000002.50", "9.61E+9")
    contacts = Contacts(sources=[{"phone": Decimal(cell)} for cell in cells], country="NP")

    (chunk,) = stream(contacts, base=Path())

    assert chunk.phones == [FIRST]
    assert [one.reason for one in chunk.dropped] == ["float", "float"]  # of 9.61E+9 the last digits are not known


def test_a_frame_whose_first_column_has_gaps_is_read() -> None:
    """What pandas says for missing cannot be compared with anything."""

    class Gap(NAType):
        def __eq__(self, other: object) -> Any:
            return self

        def __hash__(self) -> int:
            return 0

    Gap.__name__ = "NAType"
    frame: Any = PandasFrame({"x": [Gap()], "phone": [FIRST]})
    (chunk,) = stream(Contacts(sources=frame), base=Path())

    assert chunk.phones == [FIRST]


def test_an_arrow_cell_that_python_cannot_hold_is_named() -> None:
    """The error names row and column, as for a Parquet file."""
    table = pa.table({"phone": [FIRST, SECOND], "age": pa.array([None, 99_999_999], pa.date32())})

    with pytest.raises(SpecError, match=r"^contacts: row 2: 'age' holds what is no value of its type date32"):
        list(stream(Contacts(sources=table), base=Path()))


@pytest.mark.parametrize(
    "what", [42, {"phone": FIRST}, type("LazyFrame", (), {"collect": None})()], ids=["number", "dict", "lazy"]
)
def test_what_cannot_be_gone_through_is_an_error(what: Any) -> None:
    """The message says what to give instead."""
    with pytest.raises(SpecError, match=r"^contacts: .*give"):
        list(stream(Contacts(sources=what), base=Path()))


def test_a_key_that_means_nothing_is_an_error(tmp_path: Path) -> None:
    """Nothing that the author wrote is passed over: every such key is named at its place."""
    said = mistake(tmp_path, "a.csv", CSV, sheet="People", query="select 1", delimiter=",")
    assert said.splitlines() == [
        f"contacts.{key}: '{key}' means nothing for these contacts: leave the key out" for key in ("sheet", "query")
    ]

    with pytest.raises(SpecError, match=r"^contacts\.encoding: 'encoding' means nothing"):
        list(stream(Contacts(sources=[{"phone": FIRST}], encoding="utf-16"), base=tmp_path))


def test_the_share_that_was_read_is_known_of_files(tmp_path: Path) -> None:
    """It grows from 0 to 1 with the bytes, packed or not; of standard input and of iterators nobody can tell."""
    text = b"phone,note\n" + b"".join(b"961%07d,%s\n" % (n, b"x" * 100) for n in range(10_000))
    (tmp_path / "a.csv").write_bytes(text)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text, compresslevel=0))

    for sources in (("a.csv",), ("b.csv.gz",), ("a.csv", "b.csv.gz")):
        with ContactList.open(Contacts(sources=sources, country="NP"), base=tmp_path) as people:
            shares = [people.share or 0.0 for _ in people]
            assert shares == sorted(shares)
            assert shares[0] < 0.3
            assert shares[-1] == 1.0
    for given, stdin in ((("-",), io.BytesIO(text)), (iter([{"phone": FIRST}]), None)):
        with ContactList.open(Contacts(sources=given, country="NP"), base=tmp_path, stdin=stdin) as people:
            list(people)
            assert people.share is None
