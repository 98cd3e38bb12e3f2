"""The formats: what is read, and what is refused with its place and remedy."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import pytest

from outreach.contacts import Chunk, ContactList, stream
from outreach.errors import EnvironmentProblem, SpecError
from outreach.model import Contacts

FIRST, SECOND, THIRD = "+9779610000001", "+9779610000002", "+9779610000003"
CSV = "phone,name\n9610000001,सीता\n9610000002,Ram\n".encode()
JSON = '{"phone": "9610000001", "name": "सीता"}\n{"phone": 9610000002, "name": "Ram"}\n'.encode()


def read(folder: Path, name: str, content: bytes, *wanted: str) -> Chunk:
    """Stream a file that fits into one chunk."""
    (folder / name).write_bytes(content)
    (chunk,) = stream(Contacts(sources=(name,), country="NP"), base=folder, wanted=wanted)
    return chunk


def mistake(folder: Path, name: str, content: bytes) -> str:
    """Give the error of a file."""
    with pytest.raises(SpecError) as caught:
        read(folder, name, content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.csv", CSV, id="csv"),
        pytest.param("A.CSV", CSV, id="capitals"),
        pytest.param("a.csv", b"\xef\xbb\xbf" + CSV, id="bom"),
        pytest.param("a.csv", CSV.replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param("a.csv", CSV.rstrip(), id="no last line end"),
        pytest.param("a.csv", CSV.replace(b",", b";"), id="semicolon"),
        pytest.param("a.csv", CSV.replace(b",", b"\t"), id="tab"),
        pytest.param("a.csv", CSV.replace(b",", b" | "), id="bar"),
        pytest.param("a.tsv", CSV.replace(b",", b"\t"), id="tsv"),
        pytest.param("a.csv", CSV.replace(b"Ram", b'"Ram"'), id="quotes"),
        pytest.param("a.csv", CSV.replace(b"Ram", b' "Ram"'), id="space before a quote"),
        pytest.param("a.csv", CSV.replace(b"\n", b"\n\n , \n"), id="blank lines"),
        pytest.param("a.csv.gz", gzip.compress(CSV), id="csv.gz"),
        pytest.param("a.csv", gzip.compress(CSV), id="gzip by another name"),
        pytest.param("a.jsonl", JSON, id="jsonl"),
        pytest.param("a.ndjson", JSON, id="ndjson"),
        pytest.param("a.jsonl", b"\xef\xbb\xbf\n" + JSON.replace(b"\n", b"\r\n\r\n"), id="jsonl with blank lines"),
        pytest.param("a.jsonl.gz", gzip.compress(JSON), id="jsonl.gz"),
    ],
)
def test_format_is_read(tmp_path: Path, name: str, content: bytes) -> None:
    """Each format gives the same people."""
    chunk = read(tmp_path, name, content)

    assert (chunk.phones, chunk.names, chunk.rows) == ([FIRST, SECOND], ["सीता", "Ram"], [1, 2])


@pytest.mark.parametrize(
    "content",
    [CSV, JSON, gzip.compress(CSV), gzip.compress(JSON), b"\xef\xbb\xbf" + JSON],
    ids=["csv", "json", "csv.gz", "json.gz", "json with bom"],
)
def test_standard_input(tmp_path: Path, content: bytes) -> None:
    """Standard input tells its own format, and is left open."""
    stdin = io.BytesIO(content)

    (chunk,) = stream(Contacts(sources=("-",), country="NP"), base=tmp_path, stdin=stdin)

    assert chunk.names == ["सीता", "Ram"]
    assert not stdin.closed


def test_absolute_paths_and_folders(tmp_path: Path) -> None:
    """A path starts in the campaign's folder unless it is absolute."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.csv").write_bytes(CSV)
    for path in ("lists/a.csv", str(tmp_path / "lists" / "a.csv")):
        (chunk,) = stream(Contacts(sources=(path,), country="NP"), base=tmp_path)
        assert len(chunk) == 2


def test_lines_are_right_behind_quoted_line_ends(tmp_path: Path) -> None:
    """A row's line is where it begins, whatever stood before it: quoted line ends, blank lines, several lines."""
    text = b'\nphone,"two\nlines"\n9610000001,"a\r\nb\n\nc"\n\n100,\n,,\n"\n9610000003",x\n101,\n'

    chunk = read(tmp_path, "a.csv", text, "two\nlines")

    assert chunk.columns == {"two\nlines": ["a\r\nb\n\nc", "x"]}
    assert (chunk.phones, chunk.rows) == ([FIRST, THIRD], [1, 3])
    assert [(dropped.row, dropped.line) for dropped in chunk.dropped] == [(2, 9), (4, 13)]


def test_lines_are_right_over_many_blocks(tmp_path: Path) -> None:
    """Rows and lines go on counting from chunk to chunk and from read to read."""
    text = "phone,note\n" + "".join(f"961{n:07},{'ना' * 40}\n" if n % 700 else "x,\n\n" for n in range(2_000))
    (tmp_path / "a.csv").write_bytes(text.encode())

    chunks = list(stream(Contacts(sources=("a.csv",), country="NP"), base=tmp_path))

    dropped = [(row.row, row.line) for chunk in chunks for row in chunk.dropped]
    assert dropped == [(1, 2), (701, 703), (1401, 1404)]
    assert sum(map(len, chunks)) == 1_997


def test_rows_of_another_width(tmp_path: Path) -> None:
    """Missing cells are empty; more cells than the header has drop the row, unless they are blank."""
    chunk = read(tmp_path, "a.csv", b"phone,name,city\n9610000001\n9610000002,a,b, ,\n9610000003,a,b,c\n", "city")

    assert (chunk.phones, chunk.columns) == ([FIRST, SECOND], {"city": ["", "b"]})
    assert [(dropped.reason, dropped.phone) for dropped in chunk.dropped] == [("too_many_cells", "9610000003")]


def test_header_may_name_a_separator_in_quotes(tmp_path: Path) -> None:
    """A separator inside quotes does not count."""
    chunk = read(tmp_path, "a.csv", b'phone;"name, full"\n9610000001;x\n', "name, full")

    assert chunk.columns == {"name, full": ["x"]}


@pytest.mark.parametrize(
    "content",
    [
        b'"full\nname";phone;name\nx;9610000001;Ann\n',
        b'"full\nname, first";phone;name\nx;9610000001;Ann\n',
        b'5" disk;phone;name\nx;9610000001;Ann\n',
        b'phone;name;note\n9610000001;Ann;5" disk\n',
    ],
)
def test_a_header_may_hold_quotes_of_any_kind(tmp_path: Path, content: bytes) -> None:
    """A name may go on in the next line; a quote within what has none around it is a sign like others."""
    chunk = read(tmp_path, "a.csv", content)

    assert (chunk.phones, chunk.names) == ([FIRST], ["Ann"])


def test_numbers_in_json_keep_their_digits(tmp_path: Path) -> None:
    """Numbers are said as they are written; a number with a fraction is no phone number."""
    text = b'{"phone": 9610000001, "a": 1250.50, "b": 12345678901234567890123, "c": true, "d": null}\n'

    chunk = read(tmp_path, "a.jsonl", text + b'{"phone": 9610000002.0}\n{"phone": 9.61e9}\n', "a", "b", "c", "d")

    assert [column[0] for column in chunk.columns.values()] == ["1250.50", "12345678901234567890123", "true", ""]
    assert [dropped.reason for dropped in chunk.dropped] == ["float", "exponent"]


def test_number_of_any_length_in_json_is_text(tmp_path: Path) -> None:
    """A number that is too long for Python's integers is said as it stands."""
    chunk = read(tmp_path, "a.jsonl", b'{"phone": 9610000001, "a": ' + b"7" * 5_000 + b"}", "a")

    assert chunk.columns == {"a": ["7" * 5_000]}


@pytest.mark.parametrize(
    "line",
    [
        b'{"phone": "9610000002"',
        b"9610000002",
        b'["9610000002"]',
        b'{"phone": NaN}',
        b'{"phone": "9610000002", "phone": "9610000003"}',
        b"[" * 20_000,
        b'{"phone": "9610000002"} {"phone": "9610000003"}',
    ],
    ids=["cut off", "number", "array", "nan", "key twice", "deep", "two objects"],
)
def test_line_that_is_no_object_is_dropped(tmp_path: Path, line: bytes) -> None:
    """A bad line of JSON is one dropped row with its line, and harms no other."""
    chunk = read(tmp_path, "a.jsonl", b'{"phone": "9610000001"}\n\n' + line + b'\n{"phone": "9610000003"}\n')

    assert chunk.phones == [FIRST, THIRD]
    assert [(dropped.row, dropped.line, dropped.reason) for dropped in chunk.dropped] == [(2, 3, "unreadable")]


@pytest.mark.parametrize(
    ("name", "content", "place", "remedy"),
    [
        pytest.param("a.csv", b"", "a.csv: ", "the file is empty", id="empty"),
        pytest.param("a.csv", b"\n \n", "a.csv: ", "the file is empty", id="blank"),
        pytest.param("a.csv", b"phone,name,name\n", "a.csv:1: ", "name twice", id="column twice"),
        pytest.param("a.csv", b"tel,name\n", "a.csv:1: ", "there are: tel, name", id="no phone"),
        pytest.param("a.csv", b"+977 961-0000001,x\n", "a.csv:1: ", "add a line like", id="no header"),
        pytest.param("a.csv", b"phone,name;city\n", "a.csv:1: ", "',' and ';'", id="two separators"),
        pytest.param("a.csv", CSV + b"9610000003,Ren\xe9\n", "a.csv:4:15: ", "0xe9 is no UTF-8", id="latin-1"),
        pytest.param(
            "a.csv", CSV.decode().encode("utf-16"), "a.csv:1:1: ", "UTF-16; save it as CSV UTF-8", id="utf-16"
        ),
        pytest.param("a.csv", CSV + b"961\x000000003\n", "a.csv:4:4: ", "NUL", id="nul"),
        pytest.param("a.csv", b"phone,name\r961,x\r", "a.csv:1:11: ", "carriage return", id="mac line ends"),
        pytest.param("a.csv", CSV + b"9610000003,a\rb\n", "a.csv:4:13: ", "carriage return", id="lone return"),
        pytest.param("a.csv", CSV + b'1,"open\n2,x\n', "a.csv:4: ", "quotation mark", id="open quote"),
        pytest.param("a.csv", CSV + b'1,"a"b\n', "a.csv:4: ", "quotation mark", id="stray quote"),
        pytest.param(
            "a.csv", CSV + b'1,"x\n\ny"\n2,"a"b\n', "a.csv:7: ", "quotation mark", id="stray quote further down"
        ),
        pytest.param("a.csv", CSV + b'1,"' + b"x\n" * 70_000, "a.csv:4: ", "quotation mark", id="endless quote"),
        pytest.param("a.csv", CSV + b"x" * 65_537, "a.csv:4: ", "65,536 characters", id="endless line"),
        pytest.param("a.csv", CSV + b"x" * 600_000, "a.csv:4: ", "65,536 characters", id="very endless line"),
        pytest.param("a.csv", b'"phone\n', "a.csv:1: ", "quotation mark", id="open quote in the header"),
        pytest.param("a.csv.gz", gzip.compress(CSV)[:-9], "a.csv.gz: ", "damaged", id="cut off gzip"),
        pytest.param("a.csv.gz", gzip.compress(CSV)[:6], "a.csv.gz: ", "damaged", id="stub of a gzip"),
        pytest.param("a.csv", b"PK\x03\x04....", "a.csv: ", "Excel workbook", id="workbook by another name"),
        pytest.param("a.csv", b"PAR1....", "a.csv: ", "Parquet", id="parquet by another name"),
        pytest.param("a.xls", b"", "contacts.from: a.xls: ", "save the sheet as .xlsx or as CSV UTF-8", id="xls"),
        pytest.param("a.json", b"[]", "contacts.from: a.json: ", "call the file .jsonl", id="json"),
        pytest.param("a.doc", b"", "contacts.from: a.doc: ", ".csv, .tsv, .jsonl, .ndjson", id="unknown"),
        pytest.param("list", b"", "contacts.from: list: ", ".csv, .tsv, .jsonl, .ndjson", id="no ending"),
        pytest.param("a.jsonl", b'[{"phone": 1}]', "a.jsonl:1: ", "one object a line", id="array"),
        pytest.param("a.jsonl", b'{"tel": "9610000001"}', "a.jsonl: ", "there are: tel", id="no phone in json"),
    ],
)
def test_file_is_refused(tmp_path: Path, name: str, content: bytes, place: str, remedy: str) -> None:
    """What cannot be read rightly is an error that names the place and the remedy."""
    message = mistake(tmp_path, name, content)

    assert message.startswith(place)
    assert remedy in message


def test_stream_without_line_ends_is_given_up(tmp_path: Path) -> None:
    """Standard input that never ends its line is left after a few hundred kilobytes."""

    class Endless(io.BytesIO):
        given = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.given += size or 0
            assert self.given < 2_000_000
            return b"x" * (size or 0)

    with pytest.raises(SpecError, match=r"^-:1: the line is longer"):
        list(stream(Contacts(sources=("-",)), base=tmp_path, stdin=Endless()))


@pytest.mark.parametrize("after", [0, 1])
def test_failing_disk_is_no_mistake_of_the_list(tmp_path: Path, after: int) -> None:
    """An error of the disk, with the first byte or later, is told as one, so that the same command may be run again."""

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= after:
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(EnvironmentProblem, match="Input/output error"):
        list(stream(Contacts(sources=("-",)), base=tmp_path, stdin=Failing(CSV)))


def test_longest_line_is_read(tmp_path: Path) -> None:
    """A line of 65,536 characters is still a line."""
    row = "9610000001," + "ना" * 32_762
    chunk = read(tmp_path, "a.csv", f"phone,name\n{row}\n".encode())

    assert len(row) + 1 == 65_536
    assert len(chunk.names[0]) == 65_524


def test_path_that_no_disk_can_hold(tmp_path: Path) -> None:
    """A path with a NUL is a mistake of the campaign like any missing file."""
    with pytest.raises(SpecError, match="cannot be read: embedded null byte"):
        list(stream(Contacts(sources=("a\0.csv",)), base=tmp_path))


def open_files() -> list[str]:
    """List what this process has open below the temporary folder."""
    targets = [os.path.realpath(place) for place in Path("/proc/self/fd").iterdir()]
    return [target for target in targets if target.endswith((".csv", ".jsonl"))]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted by way of /proc")
def test_no_file_stays_open(tmp_path: Path) -> None:
    """Files are closed when a mistake is found in any of them, and when the list is left early."""
    (tmp_path / "a.csv").write_bytes(CSV * 1_000)
    (tmp_path / "b.jsonl").write_bytes(JSON * 1_000)

    with pytest.raises(SpecError) as caught:
        ContactList.open(Contacts(sources=("a.csv", "b.jsonl", "c.csv"), country="NP"), base=tmp_path)
    assert (len(caught.value.problems), open_files()) == (1, [])

    with ContactList.open(Contacts(sources=("a.csv", "b.jsonl"), country="NP"), base=tmp_path) as people:
        assert len(open_files()) == 2
        next(iter(people))
    assert open_files() == []


def test_only_regular_files(tmp_path: Path) -> None:
    """A folder and a pipe are refused at once instead of hanging."""
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")

    for name, what in (("folder.csv", "a folder"), ("pipe.csv", "a pipe or a device")):
        with pytest.raises(SpecError, match=what):
            list(stream(Contacts(sources=(name,), country="NP"), base=tmp_path))
