"""``outreach check``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest

from outreach.errors import Problem, SpecError
from outreach.model import Secret


def test_every_mistake_is_a_line_on_stdout(fake: Any, run: Any, spec: str) -> None:
    """Mistakes are the result of this command: one per line on stdout, the sum on stderr, exit 2."""
    fake.fails["load"] = SpecError([Problem("wrong", file="c.yaml", line=1, column=2), Problem("worse")])

    done = run("check", spec)

    assert done.exit_code == 2
    assert done.stdout == "c.yaml:1:2: wrong\nworse\n"
    assert done.stderr == "2 problems, nothing was sent\n"


def test_mistakes_as_json(fake: Any, run: Any, spec: str) -> None:
    """``--json`` gives one object with the problems, and the lines go to stderr."""
    fake.fails["plan"] = SpecError([Problem("no such column", file="contacts.csv", line=1)])

    done = run("check", spec, "--json")

    assert done.exit_code == 2
    assert orjson.loads(done.stdout)["problems"][0]["message"] == "no such column"
    assert "contacts.csv:1: no such column" in done.stderr


def test_bad_rows_are_listed_and_do_no_harm(fake: Any, run: Any, spec: str) -> None:
    """Rows that are left out are shown with their reasons, and the campaign is still fine."""
    done = run("check", spec)

    assert done.exit_code == 0
    assert "contacts.csv:19: the cell is empty; add a number\n" in done.stdout
    assert "300 rows read, 287 used, 13 left out: invalid_number 10, duplicate 3" in done.stdout


def test_strict_makes_bad_rows_an_error(fake: Any, run: Any, spec: str) -> None:
    """``--strict`` ends with 2 when a row is left out, and with 0 when none is."""
    assert run("check", spec, "--strict").exit_code == 2

    fake.plan_ = attrs.evolve(fake.plan_, rows=attrs.evolve(fake.plan_.rows, skipped={}), problems=())
    assert run("check", spec, "--strict").exit_code == 0


def test_a_campaign_that_would_be_refused(fake: Any, run: Any, spec: str) -> None:
    """What the plan refuses is said too, with exit 3."""
    fake.plan_ = attrs.evolve(fake.plan_, refusals=("voice: no audio at tingting",))

    done = run("check", spec, "--json")

    assert done.exit_code == 3
    assert orjson.loads(done.stdout)["refusals"] == ["voice: no audio at tingting"]
    assert "refused: voice: no audio at tingting" in done.stderr


def test_a_secret_that_is_not_set_is_a_warning(fake: Any, run: Any, spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment variable that the accounts name and that is not set is warned of, and is no error."""
    monkeypatch.delenv("TINGTING_TOKEN")

    done = run("check", spec)

    assert done.exit_code == 0
    warning = "warning: providers.tingting.token: environment variable TINGTING_TOKEN is not set"
    assert warning in done.stderr


@pytest.mark.parametrize("file", ["~nobody-of-this-name/token", "a\0b"])
def test_a_secret_in_a_file_that_cannot_be_is_a_warning(fake: Any, run: Any, spec: str, file: str) -> None:
    """A home that nobody has is told like a file that is missing."""
    accounts = {name: attrs.evolve(one, token=Secret(file=file)) for name, one in fake.campaign.providers.items()}
    fake.campaign = attrs.evolve(fake.campaign, providers=accounts)

    done = run("check", spec)

    assert done.exit_code == 0
    assert "warning: providers.tingting.token: file" in done.stderr
    assert "cannot be read" in done.stderr


def test_accounts_and_via_reach_the_loader(fake: Any, run: Any, spec: str, tmp_path: Path) -> None:
    """``--accounts`` (or its variable) and ``--via`` say how the campaign is read."""
    run("check", spec, "--via", "toingg", env={"OUTREACH_ACCOUNTS": spec})

    assert fake.asked("load") == {"path": Path(spec), "accounts": Path(spec), "via": "toingg"}


def test_rejects_are_written_for_the_owner_alone(fake: Any, run: Any, spec: str, tmp_path: Path) -> None:
    """``--rejects`` writes every dropped row, safe for a spreadsheet, into a file of mode 0600."""
    file = tmp_path / "rejects.csv"

    done = run("check", spec, "--rejects", str(file))

    assert done.exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().splitlines() == [
        "source,row,line,reason,detail,phone,id",
        "contacts.csv,18,19,two_numbers,give each a row,'=9880012345/9880012346,'@HH-1018",
    ]


@pytest.mark.parametrize("command", ["check", "plan"])
@pytest.mark.parametrize("json", [(), ("--json",)])
@pytest.mark.parametrize("fails", [True, False])
def test_no_terminal_obeys_what_a_message_quotes(
    fake: Any, run: Any, spec: str, command: str, json: tuple[str, ...], fails: bool
) -> None:
    """Control characters of a header, a path or a reason are not printed, neither as text nor as JSON."""
    problem = Problem(
        "there are: \x1b[31mname, \x1b]0;title\x07, \x9b2J\u202e\nforged", path="a\x1b[2J", file="b\x1b[2J"
    )
    if fails:
        fake.fails["plan"] = SpecError([problem])
    else:
        fake.plan_ = attrs.evolve(fake.plan_, problems=(problem,))

    done = run(command, spec, *json)

    shown = done.stdout + done.stderr
    assert "there are:  [31mname" in shown
    assert not [sign for sign in "\x1b\x07\x9b\u202e" if sign in shown]
    assert "\nforged" not in shown
