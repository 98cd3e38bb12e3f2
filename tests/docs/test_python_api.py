"""The Python API's page: its programs compile, and the whole one prints what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import outreach

PAGE = (Path(__file__).parents[2] / "docs" / "python-api.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_compiles(program: str) -> None:
    """No program on the page has a mistake in its grammar."""
    assert compile(program, "python-api.md", "exec")


def test_the_whole_program_prints_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A campaign of Python objects goes out through the sandbox, and the report is the page's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TINGTING_TOKEN", raising=False)
    (program,) = (one for one in PROGRAMS if "outreach.Campaign(\n" in one)
    shown = re.search(r"^It prints\n\n```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert shown

    exec(compile(program, "python-api.md", "exec"), {"__name__": "program"})

    assert capsys.readouterr().out == shown[1]


def test_every_public_call_and_error_is_on_the_page() -> None:
    """Whoever adds a call or an error tells of it."""
    calls = {name for name in outreach.__all__ if name.islower()}
    errors = {name for name in outreach.__all__ if isinstance(one := getattr(outreach, name), type) and _is_error(one)}

    assert [name for name in sorted(calls | errors) if not re.search(rf"\b{name}\b", PAGE)] == []


def test_every_exit_code_is_the_one_of_the_class() -> None:
    """The table of errors agrees with the classes."""
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (\d+) \|", PAGE, re.MULTILINE)
    told = {name: int(code) for names, code in rows for name in re.findall(r"\w+", names)}

    assert told
    assert told == {name: getattr(outreach, name).exit_code for name in told}


def _is_error(one: type) -> bool:
    return issubclass(one, outreach.OutreachError)
