"""The stream: every row becomes a person or a dropped row, people are unique, columns are what was asked for."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.contacts import Chunk, ContactList, Dropped, Header, stream
from outreach.errors import SpecError
from outreach.model import Columns, Contacts

FIRST, SECOND, THIRD = "+9779610000001", "+9779610000002", "+9779610000003"


def rows(
    *items: object, country: str | None = "NP", columns: Columns | None = None, wanted: tuple[str, ...] = ()
) -> Chunk:
    """Stream rows given in place that fit into one chunk."""
    contacts = Contacts(sources=list(items), country=country, columns=columns or Columns())  # type: ignore[arg-type]  # also rows that are none
    (chunk,) = stream(contacts, base=Path(), wanted=wanted)
    return chunk


def reasons(chunk: Chunk) -> list[tuple[int, str]]:
    """Give the number and the reason of each dropped row."""
    return [(dropped.row, dropped.reason) for dropped in chunk.dropped]


def write(folder: Path, name: str, text: str) -> Contacts:
    """Write a contact list and give the contacts that name it."""
    (folder / name).write_bytes(text.encode())
    return Contacts(sources=(name,), country="NP")


def test_people_come_in_columns() -> None:
    """A row is a person with number, id, name, zone and the columns that were asked for, and no others."""
    chunk = rows(
        {"id": "c-1", "phone": "9610000001", "name": " सीता ", "zone": "Asia/Katmandu", "amount": 1250, "secret": "x"},
        {"id": 2, "phone": 9610000002, "amount": None},
        wanted=("amount", "missing"),
    )

    assert chunk == Chunk(
        phones=[FIRST, SECOND],
        ids=["c-1", "2"],
        names=["सीता", ""],
        zones=["Asia/Kathmandu", ""],
        rows=[1, 2],
        columns={"amount": ["1250", ""], "missing": ["", ""]},
        dropped=[],
    )


def test_dropped_row_says_where_why_and_whose(tmp_path: Path) -> None:
    """A dropped row names its file, row, line, reason, the cell as it was, and the contact's id."""
    contacts = write(tmp_path, "list.csv", "id,phone\n\nc-1,100\n")

    (chunk,) = stream(contacts, base=tmp_path)

    assert chunk.dropped == [
        Dropped(
            source="list.csv",
            row=1,
            line=3,
            reason="short",
            detail="too short: short codes and emergency numbers are not contacted; is a digit missing?",
            phone="100",
            id="c-1",
        )
    ]


def test_first_of_equal_numbers_counts(tmp_path: Path) -> None:
    """A number is given once over all sources, however it is spelled; the later rows are dropped as duplicates."""
    write(tmp_path, "a.csv", "phone,name\n9610000001,first\n+977-9610000001,second\n")
    write(tmp_path, "b.csv", "phone,name\n०९६१००००००१,third\n9610000002,other\n")

    chunks = list(stream(Contacts(sources=("a.csv", "b.csv"), country="NP"), base=tmp_path))

    assert [name for chunk in chunks for name in chunk.names] == ["first", "other"]
    assert [reasons(chunk) for chunk in chunks] == [[(2, "duplicate")], [(1, "duplicate")]]


def test_bad_row_does_not_stand_before_a_good_one() -> None:
    """A row that is dropped for another reason does not make the next row with its number a duplicate."""
    chunk = rows({"phone": FIRST, "zone": "Moon"}, {"phone": FIRST, "zone": "Asia/Kathmandu"})

    assert reasons(chunk) == [(1, "zone")]
    assert chunk.rows == [2]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(True, "true", id="bool"),
        pytest.param(5, "5", id="int"),
        pytest.param(5.0, "5", id="whole float"),
        pytest.param(5.25, "5.25", id="float"),
        pytest.param(float("nan"), "", id="nan"),
        pytest.param(Decimal("5.50"), "5.50", id="decimal"),
        pytest.param(date(2026, 12, 15), "2026-12-15", id="date"),
        pytest.param("  a\nb\t ", "a\nb", id="text"),
        pytest.param("क्\u200dष", "क्\u200dष", id="joiner"),
    ],
)
def test_values_become_text(value: object, text: str) -> None:
    """A value is given as text, untouched but for white space at its ends."""
    assert rows({"phone": FIRST, "value": value}, wanted=("value",)).columns == {"value": [text]}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(["a"], "not_text", id="list"),
        pytest.param({"a": 1}, "not_text", id="object"),
        pytest.param(object(), "not_text", id="thing"),
        pytest.param("a\x00b", "control_characters", id="nul"),
        pytest.param("a\x1b[2Jb", "control_characters", id="escape"),
        pytest.param("a\x85b", "control_characters", id="c1"),
        pytest.param("a\ud800", "control_characters", id="half character"),
    ],
)
@pytest.mark.parametrize("column", ["name", "amount"])
def test_value_that_cannot_be_said_drops_the_row(column: str, value: object, reason: str) -> None:
    """A value that is no text drops its row, and only its row."""
    chunk = rows({"phone": FIRST, column: value}, {"phone": SECOND, column: "b"}, wanted=("amount",))

    assert reasons(chunk) == [(1, reason)]
    assert chunk.phones == [SECOND]


def test_value_that_nobody_asked_for_does_no_harm() -> None:
    """A column that is not used may hold anything."""
    assert rows({"phone": FIRST, "notes": ["\x00"]}).phones == [FIRST]


def test_half_a_character_in_a_number_can_still_be_reported() -> None:
    """What a number's cell held can always be written to a file."""
    (dropped,) = rows({"phone": "96\ud800"}).dropped

    assert dropped.phone.encode() == b"96?"


def test_rows_of_an_application_are_gone_through_once() -> None:
    """A generator of rows is consumed lazily and only once."""
    asked = []

    def people() -> Iterator[dict[str, object]]:
        for number in range(1_000):
            asked.append(number)
            yield {"phone": f"961000{number:04}"}

    chunks = stream(Contacts(sources=people(), country="NP"), base=Path())

    assert len(next(chunks)) == 250
    assert len(asked) <= 500
    assert sum(map(len, chunks)) == 750
    assert asked == list(range(1_000))


def test_database_rows_are_mappings() -> None:
    """A row that has keys, as a database's has, is as good as a mapping; anything else is unreadable."""

    class Row:
        def keys(self) -> list[str]:
            return ["phone"]

        def __getitem__(self, key: str) -> str:
            return FIRST

    chunk = rows(Row(), b"9610000002", None)

    assert chunk.phones == [FIRST]
    assert reasons(chunk) == [(2, "unreadable"), (3, "unreadable")]


def test_no_rows_are_nobody() -> None:
    """An empty list of rows is no mistake of its form; its columns are unknown."""
    people = ContactList.open(Contacts(sources=[]), base=Path())

    assert people.headers == (Header(source="contacts", columns=None),)
    assert list(people) == []


def test_headers_are_there_before_the_rows(tmp_path: Path) -> None:
    """Names of columns and their line can be asked for first, of files, standard input and rows alike."""
    write(tmp_path, "a.csv", "\nphone, name ,\n9610000001,x\n")
    write(tmp_path, "b.jsonl", '{"phone": "1"}\n{"zone": "x", "phone": 2}\n')
    contacts = Contacts(sources=("a.csv", "b.jsonl", "-"), country="NP")

    with ContactList.open(contacts, base=tmp_path, stdin=io.BytesIO(b"mobile;city\n9610000002;x\n")) as people:
        assert people.headers == (
            Header(source="a.csv", columns=("phone", "name"), line=2),
            Header(source="b.jsonl", columns=("phone", "zone")),
            Header(source="-", columns=("mobile", "city"), line=1),
        )
        assert [phone for chunk in people for phone in chunk.phones] == [FIRST, SECOND]


def test_second_reading_is_refused() -> None:
    """Going through the list again is an error, since it would silently find nobody."""
    people = ContactList.open(Contacts(sources=[{"phone": FIRST}]), base=Path())
    list(people)

    with pytest.raises(RuntimeError, match="open it again"):
        iter(people)


def test_local_number_without_a_country_is_an_error_of_the_campaign(tmp_path: Path) -> None:
    """Where no country is stated, a local number stops everything and is shown masked."""
    contacts = Contacts(sources=[{"phone": FIRST}, {"phone": "9610000002"}])

    with pytest.raises(SpecError) as caught:
        list(stream(contacts, base=tmp_path))

    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == ("contacts", 0)
    assert problem.message == (
        "row 2 of contacts holds a local number (96••••••02); say which country it is of, for example country: NP"
    )


def test_international_numbers_need_no_country() -> None:
    """Where all numbers carry their country, none has to be stated."""
    assert rows({"phone": FIRST}, {"phone": "+12025550123"}, country=None).phones == [FIRST, "+12025550123"]


@pytest.mark.parametrize("name", ["phone", "Number", " MOBILE "])
def test_usual_phone_columns(name: str) -> None:
    """The column of numbers is found by its usual names, whatever their case."""
    assert rows({"city": "x", name: FIRST}).phones == [FIRST]


def test_stated_columns_go_before_usual_ones() -> None:
    """Columns that the campaign states are taken, whatever else there is."""
    columns = Columns(phone="tel", id="customer", name="full name", zone="tz")

    chunk = rows(
        {"tel": FIRST, "phone": "100", "customer": "7", "full name": "Ram", "name": "-", "tz": "Asia/Kolkata"},
        columns=columns,
    )

    assert (chunk.phones, chunk.ids, chunk.names, chunk.zones) == ([FIRST], ["7"], ["Ram"], ["Asia/Kolkata"])


def test_two_phone_columns_need_a_word(tmp_path: Path) -> None:
    """Two columns that could each hold the number are an error, never a choice of ours."""
    contacts = write(tmp_path, "list.csv", "phone,mobile\n9610000001,9610000002\n")

    with pytest.raises(SpecError, match=r"list\.csv:1: phone and mobile could each be the phone"):
        ContactList.open(contacts, base=tmp_path)


def test_every_mistake_of_every_source_at_once(tmp_path: Path) -> None:
    """Missing files, missing columns and misspelt columns are told in one go, each with its place and remedy."""
    write(tmp_path, "a.csv", "phone,full_name,idd\n")
    write(tmp_path, "b.csv", "9610000001,Ram\n")
    contacts = Contacts(sources=("a.csv", "none.csv", "b.csv"), columns=Columns(name="fullname", id="id_"))

    with pytest.raises(SpecError) as caught:
        ContactList.open(contacts, base=tmp_path)

    assert list(map(str, caught.value.problems)) == [
        "a.csv:1: there is no column 'id_' (contacts.columns.id); did you mean 'idd'?",
        "a.csv:1: there is no column 'fullname' (contacts.columns.name); did you mean 'full_name'?",
        "contacts.from: none.csv cannot be read: No such file or directory",
        "b.csv:1: the first line holds a number, not names of columns; add a line like phone,name in front",
        "b.csv:1: there is no column 'id_' (contacts.columns.id); there are: 9610000001, Ram",
        "b.csv:1: there is no column 'fullname' (contacts.columns.name); there are: 9610000001, Ram",
    ]


def test_standard_input_is_named_once(tmp_path: Path) -> None:
    """Standard input cannot be two sources."""
    contacts = Contacts(sources=("-", "-"), country="NP")

    with pytest.raises(SpecError, match="can be read once"):
        ContactList.open(contacts, base=tmp_path, stdin=io.BytesIO(b"phone\n"))


_CELLS = st.sampled_from(
    ["9610000001", "9610000002", "+9779610000001", "100", "", "x", "9610000003.0", "9610000001/02", "+12025550123"]
)
_ZONES = st.sampled_from(["", "Asia/Kathmandu", "Moon"])


@settings(deadline=None)  # the first number of a country makes its plan
@given(st.lists(st.tuples(_CELLS, _ZONES, st.sampled_from(["", ",surplus", ",,"])), max_size=600))
def test_no_row_is_lost_and_nobody_comes_twice(table: list[tuple[str, str, str]]) -> None:
    """Each row that is not blank is found exactly once, as a person or with a reason, and no number comes twice."""
    text = "phone,zone\n" + "".join(f"{phone},{zone}{more}\n" for phone, zone, more in table)
    expected = sum(1 for phone, zone, more in table if phone or zone or more == ",surplus")

    chunks = list(stream(Contacts(sources=("-",), country="NP"), base=Path(), stdin=io.BytesIO(text.encode())))

    found = [row for chunk in chunks for row in (*chunk.rows, *(dropped.row for dropped in chunk.dropped))]
    people = Counter(phone for chunk in chunks for phone in chunk.phones)
    assert sorted(found) == list(range(1, expected + 1))
    assert set(people.values()) <= {1}
