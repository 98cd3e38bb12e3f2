"""Files that hold people's numbers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from outreach.errors import EnvironmentProblem
from outreach.reporting.files import private_file


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """The mode is 0600, also while it is written."""
    with private_file(tmp_path / "report.csv") as file:
        file.write("नमस्कार\n")
        (part,) = tmp_path.iterdir()
        assert part.stat().st_mode & 0o777 == 0o600

    assert (tmp_path / "report.csv").read_text(encoding="utf-8") == "नमस्कार\n"
    assert (tmp_path / "report.csv").stat().st_mode & 0o777 == 0o600


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """A report that broke off is not there, and what stood there before still is."""
    target = tmp_path / "report.csv"
    target.write_text("before")

    def broken() -> None:
        with private_file(target) as file:
            file.write("half")
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        broken()

    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]
    assert target.read_text() == "before"


def test_what_is_no_file_is_written_to_directly(tmp_path: Path) -> None:
    """A device stays a device."""
    with private_file(os.devnull) as file:
        file.write("x")

    assert not Path(os.devnull).is_file()


def test_a_missing_folder_is_an_error_with_the_name(tmp_path: Path) -> None:
    """The error names what cannot be written."""
    message = r"cannot write .*report\.csv: No such"
    with pytest.raises(EnvironmentProblem, match=message), private_file(tmp_path / "none" / "report.csv"):
        pass
