"""The tutorial, done by the letter: its files written, its edits made, its commands run, its output compared."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from outreach.cli.app import cli

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)

#: What differs from run to run: moments and digests.
VARYING = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d|\b[0-9a-f]{12}\b")

#: What a plan says only at hours at which people are better left alone, under a heading of its own.
NIGHT = re.compile(r"\nNotes\n  - the first people in [^\n]*(?:\n    [^\n]*)*\n(?=\n)")


def test_every_command_of_the_tutorial_prints_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """A reader who types what the page says sees what the page shows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("OUTREACH_ACCOUNTS", "OUTREACH_JOURNAL", "OUTREACH_DISABLED_PLUGINS"):
        monkeypatch.delenv(name, raising=False)
    for kind, name, text in _blocks():
        if kind == "diff":
            _edit(Path(name), text)
        elif kind == "console":
            command, _, shown = text.partition("\n")
            program, *words = shlex.split(command.removeprefix("$ "))
            cli.main(words, standalone_mode=False)
            printed = capsysbinary.readouterr()
            assert (program, _fixed(printed.out.decode())) == ("outreach", _fixed(shown)), printed.err.decode()
        elif name:
            Path(name).write_text(text, encoding="utf-8")


def test_the_tutorial_shows_commands() -> None:
    """The test above is about something."""
    kinds = [kind for kind, _, _ in _blocks()]

    assert kinds.count("console") >= 6
    assert kinds.count("diff") >= 4


def _blocks() -> Iterator[tuple[str, str, str]]:
    for match in BLOCK.finditer(TUTORIAL.read_text(encoding="utf-8")):
        yield match[1], match[2] or "", match[3]


def _edit(path: Path, text: str) -> None:
    before, after = ("".join(line[1:] for line in text.splitlines(True) if line[0] == mark) for mark in "-+")
    old = path.read_text(encoding="utf-8")
    assert old.count(before) == 1
    path.write_text(old.replace(before, after), encoding="utf-8")


def _fixed(text: str) -> str:
    return VARYING.sub("…", NIGHT.sub("", text))
