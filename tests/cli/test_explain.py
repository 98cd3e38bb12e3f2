"""``outreach explain``: one person's story from the contacts to the vendor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

import outreach

SPEC = """\
outreach: 1
name: fees
message: "नमस्कार {name|ग्राहक}, your fee is due."
contacts: {from: contacts.csv, country: NP}
schedule: {zone: Asia/Kathmandu}
routes:
  - voice: tingting
  - sms: tingting
    when: {sms: "yes"}
providers:
  tingting: {token: {value_is_never_shown: 1}, senders: [3], voice: 3}
"""

CONTACTS = """\
number,id,name,sms
9610000111,c1,सीता,yes
9610000211,c2,राम,no
014123456,c3,हरि,yes
+977 961-0000111,again,सीता,yes
"""


@pytest.fixture
def spec_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a campaign file with its contacts."""
    monkeypatch.delenv("OUTREACH_JOURNAL", raising=False)
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC.replace("value_is_never_shown: 1", "env: NOT_SET"), encoding="utf-8")
    return str(path)


def told(run: Any, spec: str, phone: str, *more: str) -> Any:
    """Give the story as JSON."""
    done = run("explain", spec, phone, "--sandbox", "--json", *more)
    assert done.exit_code == 0, done.stderr
    return orjson.loads(done.stdout)


def test_the_story_before_anything_was_sent(run: Any, spec_: str) -> None:
    """Rows, doubles and what a plan would do now are told without a journal, in any spelling of the number."""
    story = told(run, spec_, "९६१००००१११")

    assert [(row["row"], row["id"], row["reason"]) for row in story["rows"]] == [
        (4, "again", "duplicate"),
        (1, "c1", ""),
    ]
    assert [(one["channel"], one["reason"], one["other"]) for one in story["routes"]] == [
        ("voice", "", False),
        ("sms", "", False),
    ]
    assert story["deliveries"] == story["marks"] == []


def test_why_somebody_is_left_out(run: Any, spec_: str) -> None:
    """A route's ``when``, a landline and the organisation's list are each told as what they are."""
    outreach.suppress(
        ["+9779610000211"], journal=Path(spec_).parent / ".outreach/journal.db", by="sita", reason="asked"
    )

    ram = told(run, spec_, "9610000211")
    hari = told(run, spec_, "014123456")

    assert [(one["channel"], one["reason"], one["other"]) for one in ram["routes"]] == [
        ("voice", "suppressed", False),
        ("sms", "", True),
    ]
    assert [(one["by"], one["reason"], one["closed"]) for one in ram["suppressed"]] == [("sita", "asked", True)]
    assert [one["reason"] for one in hari["routes"]] == ["", "landline"]


def test_the_story_after_a_send(run: Any, spec_: str) -> None:
    """Batch, campaign at the vendor, attempts, times, the vendor's word and id, and what was skipped, are all there."""
    assert run("send", spec_, "--sandbox").exit_code == 0

    hari = {one["state"]: one for one in told(run, spec_, "014123456")["deliveries"]}

    assert (hari["skipped"]["channels"], hari["skipped"]["reason"]) == (["sms"], "landline")
    voice = hari["accepted"]
    assert (voice["channels"], voice["attempts"], voice["status"], voice["word"]) == (
        ["voice"],
        1,
        "queued",
        "not started",
    )
    assert voice["title"].startswith("fees [")
    assert voice["intended_at"] <= voice["updated_at"]
    assert ("launch 1", "accepted") in [(step["step"], step["state"]) for step in voice["steps"]]


def test_the_number_is_masked_unless_asked_for(run: Any, spec_: str) -> None:
    """A story is made to be passed on: no full number in it, on the screen and in JSON, unless it is asked for."""
    run("send", spec_, "--sandbox")

    for words in ((), ("--json",)):
        done = run("explain", spec_, "9610000111", "--sandbox", *words)
        assert "9610000111" not in done.stdout
        assert "+977 96••••••11" in done.stdout
        assert "+9779610000111" in run("explain", spec_, "9610000111", "--sandbox", "--show-numbers", *words).stdout


def test_the_story_for_people(run: Any, spec_: str) -> None:
    """The screen tells the same in the campaign's zone."""
    run("send", spec_, "--sandbox")

    shown = " ".join(run("explain", spec_, "9610000111", "--sandbox").stdout.split())

    assert "contacts row 1, id c1" in shown
    assert "row 4 of contacts.csv, id again: duplicate" in shown
    assert "a plan now voice through tingting: planned" in shown
    assert "state accepted" in shown
    assert "+05:45" in shown


def test_a_number_that_is_nowhere(run: Any, spec_: str) -> None:
    """That is an answer too; a text that is no number is a mistake."""
    done = run("explain", spec_, "9610000999")

    assert done.exit_code == 0
    assert "this number is in no row" in done.stdout
    assert run("explain", spec_, "961").exit_code == 2
    assert not (Path(spec_).parent / ".outreach").exists()


def test_contacts_that_are_gone_are_no_obstacle(run: Any, spec_: str) -> None:
    """What the journal knows is told without them."""
    run("send", spec_, "--sandbox")
    (Path(spec_).parent / "contacts.csv").unlink()

    story = told(run, spec_, "9610000111")

    assert "contacts.csv" in story["problem"]
    assert [one["state"] for one in story["deliveries"]] == ["accepted"]


@pytest.mark.asyncio
async def test_a_persons_word_is_part_of_the_story(tmp_path: Path) -> None:
    """Marks are told with who, when and why, also after the person was planned anew."""
    from losses import ANN, BIM, lost_calls

    one = await lost_calls(tmp_path)
    await outreach.amark(one, [ANN], sent=False, by="sita", reason="not in the call log")

    ann = await outreach.aexplain(one, "9610000111")
    bim = await outreach.aexplain(one, BIM)

    assert [(mark.by, mark.sent, mark.reason) for mark in ann.marks] == [("sita", False, "not in the call log")]
    assert [(event.state.value, event.attempts) for event in ann.events] == [("planned", 1)]
    assert (list(bim.marks), bim.events[0].reason) == ([], "timeout")
