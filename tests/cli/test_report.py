"""``outreach report``."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import attrs
import orjson


def test_the_csv_columns(fake: Any, run: Any, spec: str, tmp_path: Path) -> None:
    """The CSV has the contract's columns, full numbers, and mode 0600 whatever stood there before."""
    file = tmp_path / "report.csv"
    file.write_text("old")
    file.chmod(0o644)

    done = run("report", spec, "--csv", str(file))

    assert done.exit_code == 0
    assert done.stdout == ""
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().splitlines() == [
        "contact_id,phone,channel,provider,state,status,reason,vendor_id,attempts,updated_at",
        "HH-1001,+9779610003731,voice,tingting,accepted,queued,,41,1,2026-12-01T10:00:00+05:45",
    ]


def test_csv_to_stdout(fake: Any, run: Any, spec: str) -> None:
    """``--csv -`` writes to stdout, in UTF-8."""
    fake.rows = [attrs.evolve(fake.rows[0], reason="नम्बर गलत")]

    done = run("report", spec, "--csv", "-")

    (row,) = csv.DictReader(done.stdout.splitlines())
    assert row["reason"] == "नम्बर गलत"
    assert done.stderr == ""


def test_the_report_as_json(fake: Any, run: Any, spec: str) -> None:
    """``--json`` prints one array with full numbers; what is not known yet is null."""
    fake.rows = [fake.rows[0], attrs.evolve(fake.rows[0], channel="", status=None)]

    done = run("report", spec, "--json", "--sandbox")

    first, second = orjson.loads(done.stdout)
    assert first == {
        "contact_id": "HH-1001",
        "phone": "+9779610003731",
        "channel": "voice",
        "provider": "tingting",
        "state": "accepted",
        "status": "queued",
        "reason": "",
        "vendor_id": "41",
        "attempts": 1,
        "updated_at": "2026-12-01T10:00:00+05:45",
        "credits": None,
        "duration": None,
        "answers": {},
        "transcript": None,
        "playback": None,
    }
    assert second["status"] is None
    assert fake.asked("report")["sandbox"] is True


def test_an_empty_report_as_json(fake: Any, run: Any, spec: str) -> None:
    """A campaign of which nothing is known yet is an empty array."""
    fake.rows = []

    assert orjson.loads(run("report", spec, "--json").stdout) == []


def test_the_screen_masks_numbers(fake: Any, run: Any, spec: str) -> None:
    """On the screen the middle of a number is hidden, unless it is asked for."""
    assert "9610003731" not in run("report", spec).stdout
    assert "+9779610003731" in run("report", spec, "--show-numbers").stdout


def test_the_screen_shows_the_first_rows(fake: Any, run: Any, spec: str) -> None:
    """A long report shows its beginning, counts all of it, and says how to get the rest."""
    fake.rows = [attrs.evolve(fake.rows[0], contact_id=f"HH-{index}") for index in range(1234)]

    done = run("report", spec)

    assert "HH-39" in done.stdout
    assert "HH-40" not in done.stdout
    assert "1,234 rows: accepted 1,234" in done.stdout
    assert "and 1,194 more" in done.stdout


def test_the_screen_before_anything_was_planned(fake: Any, run: Any, spec: str) -> None:
    """A campaign of which nothing is known yet says so."""
    fake.rows = []

    assert run("report", spec).stdout == "Nothing was planned or sent yet.\n"


def test_several_forms_in_one_pass(fake: Any, run: Any, spec: str, tmp_path: Path) -> None:
    """CSV, page and JSON come from one reading of the journal."""
    done = run("report", spec, "--csv", str(tmp_path / "r.csv"), "--html", str(tmp_path / "r.html"), "--json")

    assert len(orjson.loads(done.stdout)) == 1
    assert (tmp_path / "r.csv").read_text().count("\n") == 2
    page = (tmp_path / "r.html").read_text()
    assert "fee-reminder, round 2" in page
    assert len([name for name, _ in fake.calls if name == "report"]) == 1
    assert "wrote " in done.stderr


def test_two_forms_cannot_share_stdout(fake: Any, run: Any, spec: str) -> None:
    """JSON and CSV on one stdout would be neither."""
    done = run("report", spec, "--json", "--csv", "-")

    assert done.exit_code == 2
    assert fake.calls == []


def test_a_folder_that_is_not_there(fake: Any, run: Any, spec: str, tmp_path: Path) -> None:
    """A report that cannot be written ends with 4 and names the file."""
    done = run("report", spec, "--csv", str(tmp_path / "nowhere" / "r.csv"))

    assert done.exit_code == 4
    assert "r.csv: No such file or directory" in done.stderr
