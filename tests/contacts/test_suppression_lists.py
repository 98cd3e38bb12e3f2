"""Do-not-contact lists: what they close, and that no entry is passed over."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from outreach.contacts import BadNumber, Suppressed, Suppression, read_suppressed
from outreach.contacts.numbers import sorted_out
from outreach.errors import SpecError
from outreach.model import Channel

FIRST, SECOND, THIRD = "+9779610000001", "+9779610000002", "+9779610000003"


def load(folder: Path, name: str, content: str | bytes, country: str | None = "NP") -> Suppression:
    """Write a list and read it."""
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return Suppression.load([name], base=folder, country=country)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "phone\n9610000001\n+977 961-0000002\n"),
        ("a.tsv", "name\tNumber\nx\t9610000001\ny\t९६१००००००२\n"),
        ("a.jsonl", '{"mobile": "9610000001"}\n{"mobile": 9610000002}\n'),
        ("a.txt", "# asked on 1 December\n9610000001\n\n  961 000 0002 \n"),
        pytest.param("a.txt.gz", gzip.compress(b"9610000001\n9610000002"), id="txt.gz"),
    ],
)
def test_every_format(tmp_path: Path, name: str, content: str | bytes) -> None:
    """A list may be CSV, TSV, JSON Lines or a number a line, in any spelling."""
    suppression = load(tmp_path, name, content)

    assert suppression.reasons([THIRD, SECOND, FIRST], Channel.SMS) == {1: "suppressed", 2: "suppressed"}
    assert len(suppression) == 2


def test_entry_may_close_one_channel(tmp_path: Path) -> None:
    """An entry with a channel closes that channel only, one without closes all."""
    suppression = load(tmp_path, "a.csv", "phone,channel,reason\n9610000001,SMS,asked\n9610000002,,\n")

    assert suppression.reasons([FIRST, SECOND], Channel.SMS) == {0: "suppressed", 1: "suppressed"}
    assert suppression.reasons([FIRST, SECOND], Channel.VOICE) == {1: "suppressed"}


def test_no_lists_close_nothing(tmp_path: Path) -> None:
    """Without a list nobody is left out."""
    assert Suppression.load([], base=tmp_path, country=None).reasons([FIRST], Channel.VOICE) == {}


def test_numbers_can_be_added() -> None:
    """An application closes numbers by itself, for all channels or for one."""
    suppression = Suppression()
    suppression.add(FIRST)
    suppression.add(SECOND, Channel.WHATSAPP)
    assert len(suppression) == 2

    suppression.remove(SECOND, Channel.SMS)
    suppression.remove(SECOND)
    suppression.remove(FIRST, Channel.WHATSAPP)
    assert len(suppression) == 2
    suppression.remove(FIRST)
    suppression.remove(SECOND, Channel.WHATSAPP)
    assert len(suppression) == 0

    suppression.add(FIRST)
    suppression.add(SECOND, Channel.WHATSAPP)

    assert suppression.reasons([FIRST, SECOND], Channel.WHATSAPP) == {0: "suppressed", 1: "suppressed"}
    assert suppression.reasons([FIRST, SECOND], Channel.AI_CALL) == {0: "suppressed"}


def test_entries_keep_channel_and_reason(tmp_path: Path) -> None:
    """The entries themselves can be read, for example to take them into another list."""
    (tmp_path / "a.csv").write_text("phone,channel,reason\n9610000001,sms,asked us\n9610000002,,\n")

    assert list(read_suppressed(["a.csv"], base=tmp_path, country="NP")) == [
        Suppressed(phone=FIRST, channel=Channel.SMS, reason="asked us"),
        Suppressed(phone=SECOND, channel=None, reason=""),
    ]


def test_unreadable_entries_are_errors(tmp_path: Path) -> None:
    """Every entry that cannot be read is an error with its line: passing over it could contact somebody."""
    content = "phone,channel\n961000000,\n9610000001/02,\n9610000003,fax\n,sms\n9610000004,sms,x,y\n9610000005\n"

    with pytest.raises(SpecError) as caught:
        load(tmp_path, "a.csv", content)

    assert [(problem.file, problem.line) for problem in caught.value.problems] == [
        ("a.csv", line) for line in (2, 3, 4, 5, 6)
    ]
    assert "'fax' is no channel; there are: voice, sms, ai_call, whatsapp" in str(caught.value)


@pytest.mark.parametrize("column", ["channel", "reason"])
def test_a_word_that_is_no_text_is_an_error(tmp_path: Path, column: str) -> None:
    """An entry whose channel or reason is no text is not passed over, and closes nothing by half."""
    with pytest.raises(SpecError, match=r"a\.jsonl:1"):
        load(tmp_path, "a.jsonl", f'{{"phone": "9610000001", "{column}": ["sms"]}}\n')


def test_local_number_needs_a_country(tmp_path: Path) -> None:
    """A local number is an error where the campaign states no country."""
    with pytest.raises(SpecError, match=r"a\.txt:2: .*say which country"):
        load(tmp_path, "a.txt", "+9779610000001\n9610000002\n", None)


def test_mistakes_of_all_lists_at_once(tmp_path: Path) -> None:
    """A missing list and a bad entry of another are told together."""
    (tmp_path / "b.txt").write_text("x\n")

    with pytest.raises(SpecError) as caught:
        Suppression.load(["a.csv", "b.txt", "-", "c.pdf"], base=tmp_path, country="NP")

    assert [str(problem).split(": ")[0] for problem in caught.value.problems] == [
        "suppress[0]",
        "b.txt:1",
        "suppress[2]",
        "suppress[3]",
    ]


def test_who_is_closed_on_one_channel_or_more() -> None:
    """Each index comes once, in order, however many of the channels are closed."""
    found = Suppression()
    found.add("+9779610000003")
    found.add("+9779610000001", Channel.SMS)
    phones = [f"+977961000000{n}" for n in (1, 2, 3)]

    assert list(found.closed(phones, (Channel.VOICE, Channel.SMS))) == [0, 2]
    assert list(found.closed(phones, (Channel.VOICE,))) == [2]


def test_wrong_file_is_given_up_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list full of mistakes tells twenty of them, and is not read to its end."""
    columns: list[Sequence[object]] = []

    def counted(cells: Sequence[object], country: str | None) -> tuple[list[str], dict[int, BadNumber]]:
        columns.append(cells)
        return sorted_out(cells, country)

    monkeypatch.setattr("outreach.contacts.suppression.sorted_out", counted)

    with pytest.raises(SpecError) as caught:
        load(tmp_path, "a.txt", "no number\n" * 5_000)

    assert len(caught.value.problems) == 20
    assert len(columns) == 1


def test_a_workbook_lists_numbers_and_no_errors(tmp_path: Path) -> None:
    """A number that Excel keeps as one closes; a cell in error, is an entry that cannot be read."""
    made = openpyxl.Workbook()
    sheet: Any = made.active
    for cell in ("phone", 9610000001, "#N/A"):
        sheet.append([cell])
    made.save(tmp_path / "a.xlsx")

    with pytest.raises(SpecError, match=r"^a\.xlsx:3: this entry of a do-not-contact list cannot be read"):
        Suppression.load(["a.xlsx"], base=tmp_path, country="NP")
    sheet.delete_rows(3)
    made.save(tmp_path / "a.xlsx")
    assert Suppression.load(["a.xlsx"], base=tmp_path, country="NP").reasons([FIRST], Channel.SMS)


def test_a_parquet_file_with_gaps_lists_numbers(tmp_path: Path) -> None:
    """Floats that hold all digits of their numbers close like text."""
    pq.write_table(pa.table({"phone": [9610000001.0, 9610000002.0]}), tmp_path / "a.parquet")

    suppression = Suppression.load(["a.parquet"], base=tmp_path, country="NP")

    assert suppression.reasons([SECOND, FIRST, THIRD], Channel.SMS) == {0: "suppressed", 1: "suppressed"}


def test_numbers_that_nobody_has_do_no_harm(tmp_path: Path) -> None:
    """Service lines may stand on a list: no contact list can bring them in."""
    suppression = load(tmp_path, "a.txt", "+18002345678\n+19002345678\n9610000001\n")

    assert len(suppression) == 1
