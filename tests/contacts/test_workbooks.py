"""Excel workbooks: what is read, what is said of it, and what is refused before it is parsed."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from outreach.contacts import Chunk, ContactList, archives, extents
from outreach.errors import SpecError
from outreach.model import Columns, Contacts

FIRST, SECOND = "+9779610000001", "+9779610000002"

#: What makes an archive a workbook of one sheet; ``{sheet}`` is its content.
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "xl/workbook.xml": (
        '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>'
    ),
}


def workbook(folder: Path, fill: Callable[[Any], None], name: str = "a.xlsx") -> Path:
    """Write a workbook with one sheet called People."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "People"  # type: ignore[union-attr]  # a new workbook has a sheet
    fill(sheet)
    made.save(folder / name)
    return folder / name


def rows(*given: tuple[object, ...]) -> Callable[[Any], None]:
    """Make what appends rows."""

    def fill(sheet: Any) -> None:
        for row in given:
            sheet.append(row)

    return fill


def read(folder: Path, *wanted: str, sheet: str | None = None) -> tuple[list[Chunk], list[str]]:
    """Read ``a.xlsx`` and what is said of it."""
    contacts = Contacts(sources=("a.xlsx",), country="NP", sheet=sheet)
    with ContactList.open(contacts, base=folder, wanted=wanted) as people:
        chunks = list(people)
        assert people.share == 1.0
        return chunks, [str(note) for note in people.notes]


def bare(folder: Path, sheet: str, **more: str) -> None:
    """Write a workbook by hand, as no spreadsheet would."""
    with zipfile.ZipFile(folder / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**PARTS, "xl/worksheets/sheet1.xml": sheet, **more}.items():
            archive.writestr(name, content)


def mistake(folder: Path, sheet: str | None = None) -> str:
    """Give the error of ``a.xlsx``."""
    with pytest.raises(SpecError) as caught:
        read(folder, sheet=sheet)
    return str(caught.value)


def test_a_workbook_is_read_as_people_see_it(tmp_path: Path) -> None:
    """Whole numbers have no fraction, dates are ISO dates, and rows keep their place below a blank one."""
    from datetime import date

    people = rows(
        ("Phone", "name", "amount", "due"),
        ("9610000001", "सीता", 1250.0, date(2026, 12, 1)),
        (),
        ("961 000 0002", 7, 0.5),
    )
    workbook(tmp_path, people)

    ((chunk,), notes) = read(tmp_path, "amount", "due")

    assert (chunk.phones, chunk.names, chunk.rows) == ([FIRST, SECOND], ["सीता", "7"], [1, 2])
    assert chunk.columns == {"amount": ["1250", "0.5"], "due": ["2026-12-01", ""]}
    assert notes == []


def test_lines_are_those_of_the_sheet(tmp_path: Path) -> None:
    """Also where the table begins further down and to the right, a dropped row is named by its row in the sheet."""

    def fill(sheet: Any) -> None:
        sheet["C4"], sheet["D4"], sheet["C5"], sheet["D5"], sheet["C7"] = "phone", "name", "9610000001", "Ann", "12"

    workbook(tmp_path, fill)

    ((chunk,), _) = read(tmp_path)

    assert (chunk.phones, chunk.names) == ([FIRST], ["Ann"])
    assert [(one.row, one.line, one.reason) for one in chunk.dropped] == [(2, 7, "short")]


def test_what_a_spreadsheet_lost_is_said_with_its_place(tmp_path: Path) -> None:
    """Numbers that are no text, formulas, merged cells and hidden sheets are noted, each with file, row and column."""

    def fill(sheet: Any) -> None:
        rows(("phone", "name"), (FIRST, "=A2&1"), (9610000002, "Bim"), (9779610000003, "Bim"))(sheet)
        sheet.merge_cells("B3:B4")
        sheet.parent.create_sheet("Old").sheet_state = "hidden"

    workbook(tmp_path, fill)

    chunks, notes = read(tmp_path)

    assert chunks[0].phones == [FIRST, SECOND, "+9779610000003"]
    assert [note.partition(" ")[0] for note in notes] == ["a.xlsx:", "a.xlsx:2:2:", "a.xlsx:3:2:", "a.xlsx:3:1:"]
    assert "sheet 'People' is read; hidden and not read: Old" in notes[0]
    assert "1 cell is a formula, B2 first" in notes[1]
    assert "B3:B4 is one merged cell" in notes[2]
    assert "2 phone numbers are numbers in the workbook and no text, A3 first: a leading 0 or + is lost" in notes[3]


def test_one_of_several_sheets_is_never_guessed(tmp_path: Path) -> None:
    """Two sheets that can be seen are an error that names both; ``sheet`` chooses one, also a hidden one."""

    def fill(sheet: Any) -> None:
        rows(("phone",), (FIRST,))(sheet)
        for name, state in (("Guests & co", "visible"), ("Old", "hidden")):
            other = sheet.parent.create_sheet(name)
            rows(("phone",), (SECOND,))(other)
            other.sheet_state = state

    workbook(tmp_path, fill)

    assert mistake(tmp_path).startswith("contacts.sheet: a.xlsx has not one sheet")
    assert "there are: People, Guests & co" in mistake(tmp_path)
    assert "has no sheet 'guests'" in mistake(tmp_path, sheet="guests")
    for name in ("Guests & co", "Old"):
        assert read(tmp_path, sheet=name)[0][0].phones == [SECOND]


def test_a_far_cell_is_refused_before_it_takes_the_memory(tmp_path: Path) -> None:
    """A parser that holds the sheet as a rectangle would ask for hundreds of gigabytes for two cells."""
    for far in ('r="XFD1048576"', "r = 'XFD1048576'", '\tr\n=\n"xfd1048576"', 'r="Z9999999"'):
        bare(
            tmp_path, f'<worksheet><sheetData><row r="1"><c r="A1"/><c {far}><v>1</v></c></row></sheetData></worksheet>'
        )

        assert "delete the cells far out" in mistake(tmp_path)


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="60000000"><c><v>1</v></c></row>',
        '<row r="1048577"><c r="A1"><v>1</v></c></row>',
        "<row><c r='AAAA900000'><v>1</v></c></row>",
        '<row r="1"><c r="A99999999999"><v>1</v></c></row>',
        '<row r="1"><c r="XFD00001048576"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1"><c r="C0"><v>1</v></c></row>',
        '<row r="1"><c r="99"><v>1</v></c></row>',
        '<row r="abc"><c><v>1</v></c></row>',
        '<row r="1"><c x=">" r="AAAA900000"><v>1</v></c></row>',
        '<row r="1"><x:c x="<" r="AAAA900000"><v>1</v></x:c></row>',
        '<row r="1048576"><c r="A1"/>' + "<c><v>1</v></c>" * 50 + "</row>",
        "<row>" + "<c><v>1</v></c>" * 16_385 + "</row>",
    ],
)
def test_a_place_that_excel_does_not_have_is_refused(tmp_path: Path, sheet: str) -> None:
    """Rows and cells beyond the last, of another form, or counted on from there never reach the parser, which dies."""
    bare(tmp_path, f"<worksheet><sheetData>{sheet}</sheetData></worksheet>")

    assert "delete the cells far out" in mistake(tmp_path) or "is no place of a row or a cell" in mistake(tmp_path)


def lines(first: int, last: int, column: str = "B") -> str:
    """Write rows with one cell each, as spreadsheets do."""
    return "".join(f'<row r="{n}"><c r="{column}{n}"><v>1</v></c></row>' for n in range(first, last))


@pytest.mark.parametrize(
    ("sheet", "far"),
    [
        (lines(1, 8_000) + '<row r="8000"><c r="XFD8000"/></row>', True),
        ('<row r="1"><c r="XFD1"/></row>' + lines(2, 8_000), True),
        (lines(1, 8_000) + '<row r="1"><x:c r="XFD1"/></row>', True),
        (lines(1, 8_000) + "<row r='1'><c r='XFD1'/></row>", True),
        (lines(1, 8_000) + '<row r="8000">' + "<c/>" * 5_100 + "</row>", True),
        (lines(1, 8_000, "AL") + "<row>" + "<c/>" * 5_100 + "</row>", True),
        ("<row/>" * 8_000 + '<row r="1"><c r="XFD1"/></row>', True),
        ('<x y="<sheetData"/>' + lines(1, 8_000) + '<z y="</sheetData"/><row r="1"><c r="XFD1"/></row>', True),
        ('</sheetData><row r="1"><c r="XFD1"/></row><sheetData>' + lines(2, 8_000), True),
        (lines(1, 8_000) + '<row r="8000"><c r="AAA8000"/></row>', False),
        (lines(2_000, 9_000) + lines(1, 1_500) * 5 + '<row r="1"><c r="XFD1"/></row>', True),
        ('<row r="1"><c r="XFD1"/></row>' + lines(1, 1_500) * 5 + lines(2_000, 9_000), True),
        (lines(1, 8_000, "AL"), False),
        (lines(1, 8_000) + "<row>" + "<c/>" * 600 + "</row>", False),
    ],
)
def test_a_rectangle_is_measured_wherever_its_corners_stand(tmp_path: Path, sheet: str, far: bool) -> None:
    """A sheet is looked at in pieces, most by their bounds only; the pieces together are what counts."""
    bare(tmp_path, f"<worksheet><sheetData>{sheet}</sheetData></worksheet>")

    def looked_at() -> None:
        with (tmp_path / "a.xlsx").open("rb") as stream, archives.archive_of(stream, "a.xlsx") as archive:
            archives.inspect(archive, "a.xlsx", next(archives.sheets(archive)))

    if far:
        with pytest.raises(SpecError, match="delete the cells far out"):
            looked_at()
    else:
        looked_at()


@pytest.mark.parametrize(
    ("near", "next_cells"),
    [
        (lines(999_990, 999_999), "<row/>" * 50_000),
        ('<row r="999999">', '<row/><c r="A1"/>'),
        ('<row r="1"><c r="AK1"/>', "<c/><c/>"),
    ],
)
def test_what_has_no_place_is_counted_on_from_a_piece_before(near: str, next_cells: str) -> None:
    """Of a piece that is taken by its bounds the last place is remembered; beyond the bounds all is looked at again."""
    extent = extents.Extent("a.xlsx")
    extent.take(near.encode())

    with pytest.raises(extents.TooFarError):
        extent.take(next_cells.encode())


def by_hand(folder: Path, content: str) -> None:
    """Write a workbook whose sheet is written by hand."""
    made = workbook(folder, rows(("phone",)))
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    begin = b'<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    with zipfile.ZipFile(made, "w") as archive:
        for name, old in parts.items():
            new = re.sub(b"<sheetData.*</sheetData>", f"<sheetData>{content}</sheetData>".encode(), old)
            archive.writestr(name, new.replace(b"<worksheet ", begin) if "/sheet1" in name else old)


def test_numbers_in_error_are_left_out_and_other_cells_noted(tmp_path: Path) -> None:
    """``#N/A`` is not the same as empty: a row of which only that is left is still a row, and its number is none."""
    people = rows(
        ("tel", "name", "phone2"),
        ("#N/A", "Ann", "x"),
        (FIRST, "#REF!", "x"),
        ("#DIV/0!", None, None),
        (None, None, None),
        (SECOND, "Bim", "#N/A"),
        *((f"+97796100{n:05}", "x", "y") for n in range(10, 300)),
        ("#VALUE!", "Ann", "x"),
    )
    workbook(tmp_path, people)
    contacts = Contacts(sources=("a.xlsx",), columns=Columns(phone="tel"))

    with ContactList.open(contacts, base=tmp_path) as found:
        chunks = list(found)
        notes = [str(note) for note in found.notes]

    dropped = [(one.line, one.reason, one.phone) for chunk in chunks for one in chunk.dropped]
    assert dropped == [(line, "not_a_number", "#ERROR") for line in (2, 4, 297)]
    assert (chunks[0].phones[:2], chunks[0].names[:2]) == ([FIRST, SECOND], ["", "Bim"])
    assert notes == ["a.xlsx:3:2: 2 cells are in error (like #N/A), B3 first, and read as empty; mend the formulas"]


@pytest.mark.parametrize(
    "row",
    [
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>',
        "<row r='2'><c t = 'e' r='A2'><v>#N/A</v></c></row>",
        '<row><c t="e"><v>#N/A</v></c></row>',
        '<row r="2"><c r="A2" s="1" t=\'e\' ><v>#N/A</v></c></row>',
        '<x:row r="2"><x:c r="A2" t="e"><x:v>#N/A</x:v></x:c></x:row>',
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="AAA2"/></row>',
    ],
)
def test_an_error_is_found_however_its_cell_is_written(tmp_path: Path, row: str) -> None:
    """Programs write the same cell in many ways."""
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row>'
    by_hand(tmp_path, head + row)

    ((chunk,), _) = read(tmp_path)

    assert [(one.line, one.phone) for one in chunk.dropped] == [(2, "#ERROR")]


def told(*cells: str) -> str:
    """Write a row, and cells with a text or in error, without a place."""
    error, text = '<c t="e"><v>#N/A</v></c>', '<c t="inlineStr"><is><t>{}</t></is></c>'
    return f"<row>{''.join(error if cell == '#N/A' else text.format(cell) for cell in cells)}</row>"


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_an_error_is_found_where_nothing_has_a_place(tmp_path: Path, prefix: str) -> None:
    """It is that of its own row, and no number behind it is lost, also where each tag has a prefix."""
    people = (("phone", "name"), ("#N/A", "Ann"), (FIRST, "Bim"), (SECOND, "Chi"))
    by_hand(tmp_path, re.sub(r"<(/?)(?=[a-z])", rf"<\1{prefix}", "".join(told(*one) for one in people)))

    ((chunk,), _) = read(tmp_path)

    assert [(one.line, one.phone) for one in chunk.dropped] == [(2, "#ERROR")]
    assert chunk.phones == [FIRST, SECOND]


def test_a_long_sheet_whose_tags_have_a_prefix_is_read(tmp_path: Path) -> None:
    """Rows end there too, so that columns are not counted on and on."""
    people = "".join(told(f"96100{row:05}", "Ann") for row in range(6_000))
    by_hand(tmp_path, re.sub(r"<(/?)(?=[a-z])", r"<\1x:", told("phone", "name") + people))

    chunks, _ = read(tmp_path)

    assert sum(len(chunk) for chunk in chunks) == 6_000


def test_a_formula_with_a_prefix_is_noted(tmp_path: Path) -> None:
    """Whatever its tag is called, a formula's value is that of the last calculation."""
    cell = '<x:row r="{0}"><x:c r="A{0}" t="str">{1}<x:v>{2}</x:v></x:c></x:row>'
    by_hand(tmp_path, cell.format(1, "", "phone") + cell.format(2, "<x:f>B2</x:f>", FIRST))

    (_, notes) = read(tmp_path)

    assert any("1 cell is a formula, A2 first" in note for note in notes)


@pytest.mark.parametrize(
    ("row", "hidden"),
    [
        ('<row r="2" spans="1:2" hidden="1">{}</row>', True),
        ("<row r='2' hidden='true'>{}</row>", True),
        ('<row hidden = "1">{}</row>', True),
        ('<row r="2" hidden="0">{}</row>', False),
        ('<row r="2">{}</row><row r="9" hidden="1"/>', False),
        ('<row r="2" x="hidden=1">{}</row>', False),
    ],
)
def test_hidden_rows_are_noted(tmp_path: Path, row: str, hidden: bool) -> None:
    """A filter hides rows and deletes none: they are contacted, and the plan says so."""
    cell = '<c r="A{}" t="inlineStr"><is><t>{}</t></is></c>'
    head = f'<row r="1">{cell.format(1, "phone")}</row>'
    by_hand(tmp_path, head + row.format(cell.format(2, FIRST)))

    ((chunk,), notes) = read(tmp_path)

    assert chunk.phones == [FIRST]
    said = (
        "a.xlsx:2: 1 hidden row is read like all others, row 2 first; delete rows that nobody shall be contacted from"
    )
    assert notes == [said] * hidden


def test_numbers_of_a_stated_column_are_watched(tmp_path: Path) -> None:
    """What a number lost is noted also where the column has a name of its own."""
    workbook(tmp_path, rows(("name", "tel"), ("Ann", 9610000001)))
    contacts = Contacts(sources=("a.xlsx",), country="NP", columns=Columns(phone="tel"))

    with ContactList.open(contacts, base=tmp_path) as people:
        assert [chunk.phones for chunk in people] == [[FIRST]]
        notes = [note.message for note in people.notes]

    assert notes[0].startswith("1 phone number is a number in the workbook and no text, B2 first")


def test_a_length_of_time_that_python_cannot_hold_is_an_error(tmp_path: Path) -> None:
    """The error names the row; a date beyond the calendar is the number that the cell holds."""

    def fill(sheet: Any) -> None:
        rows(("phone", "name"), (FIRST, 99_999_999), (SECOND, 1e15))(sheet)
        sheet["B2"].number_format, sheet["B3"].number_format = "yyyy-mm-dd", "[h]:mm"

    workbook(tmp_path, fill)

    assert mistake(tmp_path).startswith("a.xlsx:3: a date or a length of time in this row is beyond all calendars")


def test_cells_without_references_are_read(tmp_path: Path) -> None:
    """What some programs write: the place of a cell is that of the one before it, and one more."""
    made = workbook(tmp_path, rows(("phone", "name"), (FIRST, 'r="Z"')))
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, re.sub(rb'<(row|c) r="\w+"', rb"<\1", content) if "/sheet1" in name else content)

    ((chunk,), _) = read(tmp_path)

    assert (chunk.phones, chunk.names) == ([FIRST], ['r="Z"'])


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_bomb_is_refused_before_it_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """A part that unpacks to more than two hundred times its size is left, whatever the directory says of its size."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)  # would not be asked anyway
    bare(tmp_path, "<worksheet/>", **{part: "<row>" + "<v/>" * 7_500_000 + "</row>"})
    data = (tmp_path / "a.xlsx").read_bytes().replace((30_000_011).to_bytes(4, "little"), (500).to_bytes(4, "little"))

    with archives.archive_of(io.BytesIO(data), "a.xlsx") as archive, pytest.raises(SpecError, match="no contact list"):
        archives.inspect(archive, "a.xlsx", next(archives.sheets(archive)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"phone\n1\n", "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0....", "has a password or is of an old kind"),
        (b"PK\x03\x04....", "damaged or locked"),
        (b"", "no Excel workbook"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """The name alone makes no workbook."""
    (tmp_path / "a.xlsx").write_bytes(content)

    assert mistake(tmp_path).startswith("a.xlsx: ")
    assert said in mistake(tmp_path)


def test_a_cut_off_workbook_is_refused(tmp_path: Path) -> None:
    """Damage anywhere in the file is an error that names it."""
    whole = workbook(tmp_path, rows(("phone",), (FIRST,))).read_bytes()
    for end in range(10, len(whole), len(whole) // 20):
        (tmp_path / "a.xlsx").write_bytes(whole[:end])

        assert mistake(tmp_path).startswith("a.xlsx: the workbook is damaged")


def test_an_empty_sheet_is_an_error(tmp_path: Path) -> None:
    """Nothing is never taken for a list without people."""
    workbook(tmp_path, rows())

    assert "the sheet is empty" in mistake(tmp_path)


def test_without_the_extra_the_error_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy can be pasted."""
    workbook(tmp_path, rows(("phone",)))
    monkeypatch.setitem(sys.modules, "python_calamine", None)

    assert mistake(tmp_path).endswith("pip install 'outreach[xlsx]'")
