"""``outreach sandbox`` and ``outreach schema``."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from typing import Any

import orjson
import yaml
from campaigns import heeding

from outreach.cli.sandbox import account
from outreach.model import Secret, Settings
from outreach.plugins import load_plugins


def test_the_sandbox_prints_an_accounts_file_and_serves_until_ctrl_c() -> None:
    """What it prints is a file for --accounts; every address in it answers; Ctrl-C is the usual end."""
    names = set(load_plugins().providers)
    process = subprocess.Popen(
        [sys.executable, "-m", "outreach", "sandbox"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeding,  # noqa: PLW1509  # it sets signals and nothing else
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(len(names) + 1)]
    accounts = yaml.safe_load("".join(lines))["providers"]
    base_url = next(iter(accounts.values()))["base_url"]
    with urllib.request.urlopen(base_url.rsplit("/", 2)[0] + "/") as answer:
        served = orjson.loads(answer.read())
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert set(accounts) == names == set(served["providers"])
    assert process.returncode == 0
    assert "Ctrl-C" in said
    assert "Traceback" not in said


def test_an_account_says_what_is_not_usual() -> None:
    """Defaults and secrets are left out; the token comes from a variable."""
    written = yaml.safe_load(account(Settings(token=Secret(value="x"), pace=50.0), "http://127.0.0.1:1/a/"))

    assert written == {
        "base_url": "http://127.0.0.1:1/a/",
        "token": {"env": "OUTREACH_SANDBOX_TOKEN"},
        "pace": 50.0,
    }


def test_a_port_that_cannot_be_had(run: Any) -> None:
    """A port out of range is a mistake of the command line."""
    assert run("sandbox", "--port", "70000").exit_code == 2


def test_the_schema_is_json(run: Any) -> None:
    """The schema is one JSON document that knows the file's version key."""
    shape = orjson.loads(run("schema").stdout)

    assert "outreach" in shape["properties"]
