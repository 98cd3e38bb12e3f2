"""The sample campaign and ``outreach demo``."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from outreach import demo
from outreach.contacts.numbers import normalise
from outreach.demo.people import contacts, do_not_call, number

RANGES = ("+97796100", "+97798800")


def good() -> list[str]:
    """Give the numbers of the sample that can be contacted."""
    return [phone for row in contacts() if isinstance(phone := normalise(row[2], "NP"), str)]


def test_the_people_are_made_up() -> None:
    """Every number that could be rung lies in the two ranges that nobody has."""
    listed = [phone for phone, _ in do_not_call()]

    assert all(phone.startswith(RANGES) for phone in [*good(), *listed])


def test_nothing_extraordinary_happens_to_them() -> None:
    """The stand-ins do odd things to numbers with certain ends; the sample has none of those."""
    assert all(10 <= int(phone[-2:]) <= 89 for phone in good())


def test_the_sample_shows_what_goes_wrong() -> None:
    """Three hundred rows, about a dozen bad or double, of many kinds; every id once."""
    rows = contacts()
    reasons = Counter(bad.reason for row in rows if not isinstance(bad := normalise(row[2], "NP"), str))
    doubles = len(good()) - len(set(good()))

    assert len(rows) == 300
    assert len({row[0] for row in rows}) == 300
    assert doubles == 3
    assert sum(reasons.values()) == 10
    assert len(reasons) >= 7


def test_the_suppression_list_bites() -> None:
    """Most of the people who must not be contacted are on the contact list, and one is not."""
    listed = {phone for phone, _ in do_not_call()}

    assert len(listed & set(good())) == 5
    assert len(listed - set(good())) == 1


def test_every_number_is_another() -> None:
    """No two people share a number unless the sample means it."""
    assert len({number(index) for index in range(1000)}) == 1000


def test_the_sample_is_written_once(tmp_path: Path) -> None:
    """What is there stays as somebody may have edited it; what is missing comes back."""
    folder = tmp_path / "sample"
    assert demo.write(folder) == [demo.SPEC, demo.CONTACTS, demo.SUPPRESSED]

    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())

    (folder / demo.SPEC).write_text("edited")
    (folder / demo.CONTACTS).unlink()

    assert demo.write(folder) == [demo.CONTACTS]
    assert (folder / demo.SPEC).read_text() == "edited"
    lines = (folder / demo.CONTACTS).read_text(encoding="utf-8").splitlines()
    assert len(list(csv.DictReader(lines))) == 300


def test_the_demo_sends_and_leaves_its_files(fake: Any, run: Any, tmp_path: Path) -> None:
    """The demo sends to the sandbox, writes both reports, and names the files and the commands to try."""
    folder = tmp_path / "sample"

    done = run("demo", "--to", str(folder))

    assert done.exit_code == fake.summary.exit_code
    assert fake.asked("asend")["sandbox"] is True
    assert {path.name for path in folder.iterdir()} == {
        "campaign.yaml",
        "contacts.csv",
        "do-not-call.csv",
        "report.csv",
        "report.html",
    }
    assert str(folder / "report.html") in done.stdout
    assert f"outreach send {folder / 'campaign.yaml'} --sandbox" in done.stdout


def test_the_second_demo_says_that_the_folder_exists(fake: Any, run: Any, tmp_path: Path) -> None:
    """A second run uses the files as they are, and says so."""
    run("demo", "--to", str(tmp_path))
    fake.calls.clear()

    assert f"{tmp_path} exists; its files are used as they are" in run("demo", "--to", str(tmp_path)).stderr


@pytest.mark.parametrize("file", [demo.SPEC])
def test_the_sample_is_in_the_package(file: str) -> None:
    """The campaign file is a resource of the package, so that the wheel has it."""
    from importlib.resources import files

    assert files("outreach.demo").joinpath(file).is_file()
