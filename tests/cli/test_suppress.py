"""``outreach suppress``: the organisation's own do-not-contact list, from the command line and from programs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

import outreach
from outreach import suppressing

ANN, BIM = "+9779610000111", "+9779610000211"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OUTREACH_JOURNAL", raising=False)
    return tmp_path


def listed(run: Any, *more: str) -> Any:
    """Give the list as JSON, without the times."""
    entries = orjson.loads(run("suppress", "list", "--json", *more).stdout)
    return [(one["phone"], one["channel"], one["reason"]) for one in entries]


def test_numbers_are_added_in_any_spelling_and_only_once(run: Any, folder: Path) -> None:
    """A local number needs its country; what stood there before is said and not written again."""
    done = run(
        "suppress", "add", "961-0000111", "९६१००००२११", "--country", "NP", "--reason", "asked", "--channel", "sms"
    )
    again = run("suppress", "add", ANN, "+9779610000311", "--channel", "sms")

    assert done.exit_code == again.exit_code == 0
    assert "2 entries added: .outreach/suppressed.jsonl" in done.stderr
    assert "1 entry added, 1 stood there before" in again.stderr
    assert listed(run) == [(ANN, "sms", "asked"), (BIM, "sms", "asked"), ("+9779610000311", "sms", "")]
    assert len((folder / ".outreach" / "suppressed.jsonl").read_text().splitlines()) == 3


def test_the_list_lies_beside_the_journal(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--journal`` and the environment variable say which list is meant."""
    run("suppress", "add", ANN, "--journal", "a/j.db")
    monkeypatch.setenv("OUTREACH_JOURNAL", "sqlite:///a/other.db")

    assert (folder / "a" / "suppressed.jsonl").exists()
    assert listed(run) == [(ANN, None, "")]


def test_mistakes_are_said_all_at_once_and_change_nothing(run: Any) -> None:
    """Two bad numbers are two problems, masked, and the good one beside them is not added."""
    done = run("suppress", "add", ANN, "9610000211", "961")

    assert done.exit_code == 2
    assert done.stderr.count("give --country NP") == 2
    assert "9610000211" not in done.stderr
    assert listed(run) == []


def test_numbers_are_taken_back(run: Any) -> None:
    """Without a channel everything that closes a number is taken back, with one only that."""
    run("suppress", "add", ANN)
    run("suppress", "add", ANN, BIM, "--channel", "sms")

    assert run("suppress", "remove", BIM, "--channel", "sms").exit_code == 0
    assert listed(run) == [(ANN, None, ""), (ANN, "sms", "")]
    assert "2 entries taken back" in run("suppress", "remove", ANN).stderr
    assert listed(run) == []


def test_what_is_not_there_cannot_be_taken_back(run: Any) -> None:
    """Neither a number that is open, nor one channel of a number that is closed everywhere; nothing is changed."""
    run("suppress", "add", ANN)

    absent = run("suppress", "remove", BIM, ANN)
    one = run("suppress", "remove", ANN, "--channel", "voice")

    assert (absent.exit_code, one.exit_code) == (2, 2)
    assert "not on the list" in absent.stderr
    assert "closed on every channel" in one.stderr
    assert listed(run) == [(ANN, None, "")]


def test_a_file_is_imported_whole_or_not_at_all(run: Any, folder: Path) -> None:
    """Channel and reason columns count; one bad row keeps all of it out."""
    good, bad = folder / "good.csv", folder / "bad.csv"
    good.write_text("phone,channel,reason\n9610000111,,asked\n9610000211,voice,\n", encoding="utf-8")
    bad.write_text("phone\n9610000311\n961\n", encoding="utf-8")

    assert "2 entries added" in run("suppress", "import", str(good), "--country", "NP").stderr
    assert run("suppress", "import", str(bad), "--country", "NP").exit_code == 2
    assert listed(run) == [(ANN, None, "asked"), (BIM, "voice", "")]


def test_the_list_for_people(run: Any) -> None:
    """The screen masks numbers unless it is told not to."""
    run("suppress", "add", ANN, "--reason", "asked")

    assert "+977 96••••••11 all" in run("suppress", "list").stdout
    assert ANN in run("suppress", "list", "--show-numbers").stdout


def test_a_damaged_list_is_an_error_of_its_own(run: Any, folder: Path) -> None:
    """Exit 4 with file and line; adding to it is refused too, for nobody knows what it says."""
    run("suppress", "add", ANN)
    path = folder / ".outreach" / "suppressed.jsonl"
    path.write_bytes(b"?\n" + path.read_bytes())

    for words in (("list",), ("add", BIM), ("remove", ANN)):
        done = run("suppress", *words)
        assert (done.exit_code, "suppressed.jsonl:1: this line" in done.stderr) == (4, True)


def campaign(folder: Path) -> outreach.Campaign:
    """Give a campaign to two people."""
    return outreach.Campaign(
        name="fees",
        message=outreach.Template.parse("नमस्कार"),
        contacts=outreach.Contacts(sources=[{"phone": ANN}, {"phone": BIM}]),
        routes=(outreach.Route(channel=outreach.Channel.VOICE, providers=("tingting",)),),
        base=folder,
    )


def test_plan_requests_compare_and_send_leave_out_who_is_on_it(folder: Path) -> None:
    """The list holds without being named, for every call, and in the sandbox too."""
    outreach.suppress([BIM], journal=folder / ".outreach" / "journal.db", by="sita")
    one = campaign(folder)

    assert dict(outreach.plan(one, sandbox=True).routes[0].skipped) == {"suppressed": 1}
    assert sum(request.people for request in outreach.requests(one, sandbox=True) if request.reaches == "nobody") == 1
    assert outreach.compare(one, "toingg").planned == (1, 1)
    summary = outreach.send(one, sandbox=True)
    assert dict(summary.skipped) == {"suppressed": 1}
    assert {row.phone: row.state.value for row in outreach.report(one, sandbox=True)} == {
        ANN: "accepted",
        BIM: "skipped",
    }


def test_nothing_is_sent_with_a_damaged_list(folder: Path) -> None:
    """A send that cannot read the list refuses to begin."""
    path = folder / ".outreach" / "suppressed.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"?\n")

    with pytest.raises(outreach.EnvironmentProblem, match=r"suppressed\.jsonl:1"):
        outreach.send(campaign(folder), sandbox=True)
    with pytest.raises(outreach.EnvironmentProblem):
        outreach.plan(campaign(folder), sandbox=True)


def test_who_said_so_is_kept(folder: Path) -> None:
    """Every entry tells who, when and why."""
    outreach.suppress([ANN], by="sita", reason="asked")

    (one,) = outreach.suppressions()
    assert (one.phone, one.by, one.reason, one.closed, one.at.tzinfo is not None) == (ANN, "sita", "asked", True, True)


@pytest.mark.parametrize(("by", "written"), [("sita", "sita"), (None, "gita"), ("", "gita")])
def test_every_line_says_whose_word_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str | None, written: str
) -> None:
    """Whoever is named, else whoever is logged in; where the system does not know, that is written."""
    monkeypatch.setattr("getpass.getuser", lambda: "gita")
    listed = tmp_path / "list.csv"
    listed.write_text(f"phone\n{ANN}\n", encoding="utf-8")
    at = datetime(2026, 12, 1, tzinfo=UTC)

    one = suppressing.entries_of([ANN], channel=None, closed=True, reason="", country=None, by=by, at=at)
    many = suppressing.entries_in(str(listed), country=None, by=by, at=at)

    assert [entry.by for entry in (*one, *many)] == [written, written]


def test_a_user_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container the system may have no name for its user; closing a number must not fail for that."""

    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)

    assert suppressing.who() == "unknown"
