"""What holds for every command: start-up, help, errors and exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import orjson
import pytest

from outreach.cli import cli
from outreach.cli.app import COMMANDS
from outreach.errors import (
    CredentialError,
    JournalInUse,
    OutreachError,
    PluginError,
    Problem,
    Refused,
    SpecError,
    Unavailable,
    Unreadable,
)

HEAVY = {"aiohttp", "phonenumbers", "rich", "yaml", "cattrs", "asyncio", "outreach_tingting", "outreach.client"}


def outreach(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    line = [sys.executable, "-m", "outreach", *words]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False, **more)


def test_help_imports_nothing_heavy() -> None:
    """Showing the help needs no HTTP client, no number plans, no tables and no adapter."""
    code = "import sys, outreach.cli; outreach.cli.cli.main(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert "send" in done.stdout
    assert HEAVY.isdisjoint(done.stdout.split())


def test_help_has_the_line_of_every_command() -> None:
    """The list of commands says what each command's own help begins with, or a shorter form of it."""
    done = outreach("--help")

    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str) -> None:
    """Every command of the list can be imported, bears its name and explains each of its options."""
    command = cli.get_command(click.Context(cli), name)

    assert command is not None
    assert command.name == name
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_version() -> None:
    """``--version`` says the name and the version."""
    done = outreach("--version")

    assert done.stdout == "outreach, version 0.1.0\n"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("sned",), "Did you mean 'send'?"),
        (("xyzzy",), "There are: check, plan, compare, send"),
        (("plan", "--jsno", "x"), "'--json'"),
        (("plan", "nowhere.yaml"), "does not exist"),
        (("send",), "Missing argument 'SPEC'"),
    ],
)
def test_usage_errors(words: tuple[str, ...], hint: str) -> None:
    """A wrong command line ends with 2, a hint on stderr and nothing on stdout."""
    done = outreach(*words)

    assert done.returncode == 2
    assert hint in done.stderr
    assert done.stdout == ""


def test_usage_errors_as_json() -> None:
    """With ``--json`` even a wrong command line prints one object."""
    done = outreach("plan", "nowhere.yaml", "--json")

    assert done.returncode == 2
    error = orjson.loads(done.stdout)["error"]
    assert error["exit_code"] == 2
    assert "does not exist" in error["message"]
    assert "does not exist" in done.stderr


PROBLEMS = [Problem("unknown key", path="routs", file="c.yaml", line=4, column=1), Problem("no contacts")]


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (SpecError(PROBLEMS), 2, "c.yaml:4:1: routs: unknown key\nno contacts\n2 problems, nothing was sent"),
        (PluginError("no provider 'tingtin'"), 2, "error: no provider 'tingtin'"),
        (Refused(["too many contacts"]), 3, "refused: too many contacts\nNothing was sent."),
        (CredentialError("variable T is not set"), 4, "error: variable T is not set"),
        (OSError(28, "No space left on device", "/disk"), 4, "error: No space left on device: /disk"),
        (Unavailable("come back later"), 5, "error: come back later"),
        (JournalInUse("process 7 works on it"), 6, "error: process 7 works on it"),
        (Unreadable("no JSON"), 7, "error: no JSON"),
        (OutreachError("odd"), 70, "error: odd"),
        (KeyboardInterrupt(), 130, "Interrupted."),
    ],
)
def test_errors_have_their_code_and_text(fake: Any, run: Any, spec: str, error: Any, code: int, text: str) -> None:
    """Each kind of error ends with its own exit code and its text on stderr."""
    fake.fails["load"] = error

    done = run("status", spec)

    assert done.exit_code == code
    assert done.stderr.strip() == text
    assert done.stdout == ""


def test_errors_as_json(fake: Any, run: Any, spec: str) -> None:
    """With ``--json`` an error is one object on stdout, its problems with their places, and the text on stderr."""
    fake.fails["load"] = SpecError(PROBLEMS)

    done = run("plan", spec, "--json")

    shape = orjson.loads(done.stdout)
    assert shape["error"] == {"type": "SpecError", "exit_code": 2, "message": shape["error"]["message"]}
    assert shape["problems"][0] == {
        "file": "c.yaml",
        "line": 4,
        "column": 1,
        "path": "routs",
        "message": "unknown key",
    }
    assert "2 problems" in done.stderr


def test_an_unexpected_error_tells_no_secret(fake: Any, run: Any, spec: str) -> None:
    """Our own mistake ends with 70, without a traceback, and its text, which may hold anything, is not shown."""
    fake.fails["load"] = ValueError("token abc, number +9779880012345")

    done = run("status", spec)

    assert done.exit_code == 70
    assert "outreach has a bug: ValueError in conftest.py:" in done.stderr
    assert "Traceback" not in done.stderr
    assert "abc" not in done.stderr


@pytest.mark.parametrize("words", [("-v", "status"), ("status", "-v")])
def test_verbose_shows_the_traceback_with_numbers_masked(fake: Any, run: Any, spec: str, words: Any) -> None:
    """``-v`` before or behind the command adds the traceback, and masks what may be a number."""
    fake.fails["load"] = ValueError("number +9779880012345")

    done = run(*words, spec)

    assert "Traceback" in done.stderr
    assert "9880012345" not in done.stderr


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    """A reader of stdout that has seen enough leaves no traceback and no error behind."""
    reading, writing = os.pipe()
    os.close(reading)
    line = [sys.executable, "-m", "outreach", "providers", "--json"]
    done = subprocess.run(line, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writing)

    assert done.stderr == ""
    assert done.returncode == 0
