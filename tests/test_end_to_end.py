"""The command line against the sandbox over real HTTP, as a person uses it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from campaigns import heeding

from outreach.plugins import load_plugins
from outreach.sandbox.memory import Memory

SPEC = """\
outreach: 1
name: fees
message: "नमस्कार {name|ग्राहक}, your fee of Rs {amount} is due."
messages:
  ai_call:
    language: hindi
    voice: swara
    first_line: "नमस्कार {name|ग्राहक}"
contacts: {from: contacts.csv, country: NP}
schedule: {zone: Asia/Kathmandu}
routes:
  - ROUTE
accept: [toingg.placeholders]
providers:
  tingting: {token: {env: NOT_SET}, senders: [3], voice: 3, batch_size: 10}
  toingg: {token: {env: NOT_SET}}
  contactswing: {token: {env: NOT_SET}, assistant_id: 12, from_numbers: ["1"]}
"""

ROUTES = {"tingting": "voice: tingting", "toingg": "ai_call: toingg", "contactswing": "whatsapp: contactswing"}

PEOPLE = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with the contacts of a campaign."""
    rows = [f"9610{number:04d}11,c{number},सीता {number},{100 + number}" for number in range(PEOPLE)]
    (tmp_path / "contacts.csv").write_text("\n".join(["phone,id,name,amount", *rows, ""]), encoding="utf-8")
    return tmp_path


def write_spec(folder: Path, provider: str) -> None:
    """Write the campaign, routed through a provider."""
    (folder / "spec.yaml").write_text(SPEC.replace("ROUTE", ROUTES[provider]), encoding="utf-8")


def command(*words: str) -> list[str]:
    """Give the command line of outreach in this interpreter."""
    return [sys.executable, "-m", "outreach", *words]


def outreach(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run outreach without a terminal."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
    return subprocess.run(
        command(*words),
        cwd=folder,
        env=environment,
        text=True,
        encoding="utf-8",
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def send(folder: Path) -> Mapping[str, Any]:
    """Send in the sandbox; give the closing object."""
    done = outreach(folder, "send", "spec.yaml", "--sandbox", "--json")
    told: Mapping[str, Any] = json.loads(done.stdout)
    return {**told, "exit": done.returncode}


def asked(folder: Path) -> Sequence[str]:
    """Give every request that the sandbox's vendors ever got, but for mere questions."""
    memory = folder / ".outreach" / "sandbox.db.vendors.jsonl"
    return memory.read_text(encoding="utf-8").splitlines() if memory.exists() else ()


def reached(folder: Path, provider: str) -> Counter[str]:
    """Count how often the vendor contacted each number, by telling a fresh emulator all that it was asked."""
    emulators = {provider: load_plugins().provider(provider).emulate()}
    memory = Memory(folder / ".outreach" / "sandbox.db.vendors.jsonl")
    memory.recall(emulators)
    memory.close()
    return Counter(one.phone for one in emulators[provider].reached)


@pytest.mark.parametrize("provider", ROUTES)
def test_changing_the_routes_one_line_sends_the_same_campaign_through_another_vendor(
    folder: Path, provider: str
) -> None:
    """One campaign goes out through each vendor, and running it again sends nothing more."""
    write_spec(folder, provider)

    first = send(folder)
    requests = asked(folder)
    second, third = send(folder), send(folder)

    assert first["exit"] == second["exit"] == third["exit"] == 0
    assert first["deliveries"]["accepted"] == third["deliveries"]["accepted"] == PEOPLE
    assert set(reached(folder, provider).values()) == {1}
    assert len(reached(folder, provider)) == PEOPLE
    assert asked(folder) == requests


def test_the_plan_tells_what_a_switch_changes(folder: Path) -> None:
    """The plans for two vendors differ in what they keep, imitate and weaken."""
    write_spec(folder, "toingg")
    toingg = json.loads(outreach(folder, "plan", "spec.yaml", "--json").stdout)
    write_spec(folder, "tingting")
    tingting = json.loads(outreach(folder, "plan", "spec.yaml", "--json").stdout)

    verdicts = {
        one["provider"]: {finding["field"]: finding["verdict"] for finding in one["findings"]}
        for plan in (toingg, tingting)
        for one in plan["routes"]
    }
    assert verdicts["tingting"]["message placeholders"] == "native"
    assert "degraded" in verdicts["toingg"].values()
    assert toingg["digest"] != tingting["digest"]


@pytest.mark.parametrize("provider", ROUTES)
@pytest.mark.parametrize("requests", [1, 4, 9])
def test_a_send_killed_in_the_middle_is_finished_by_the_next(folder: Path, provider: str, requests: int) -> None:
    """After kill -9 in the middle, send finishes the rest: nobody twice, nobody lost."""
    write_spec(folder, provider)
    running = subprocess.Popen(
        command("send", "spec.yaml", "--sandbox"),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(asked(folder)) < requests and running.poll() is None:
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.wait()

    told = send(folder)

    contacted = reached(folder, provider)
    assert set(contacted.values()) <= {1}
    assert told["deliveries"]["in_flight"] == told["deliveries"]["planned"] == 0
    assert told["deliveries"]["accepted"] + told["deliveries"]["unknown"] == PEOPLE
    assert len(contacted) >= told["deliveries"]["accepted"]


def test_a_stopped_send_says_how_to_go_on(folder: Path) -> None:
    """Ctrl-C finishes the requests in flight, leaves nothing unknown, says what to do, and exits 130."""
    write_spec(folder, "toingg")
    running = subprocess.Popen(
        command("send", "spec.yaml", "--sandbox"),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        preexec_fn=heeding,  # noqa: PLW1509  # it sets signals and nothing else
    )
    while len(asked(folder)) < 5 and running.poll() is None:
        time.sleep(0.005)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)

    assert running.returncode == 130
    assert "outreach send spec.yaml --sandbox" in said
    told = send(folder)
    assert told["deliveries"]["accepted"] == PEOPLE
    assert told["deliveries"]["unknown"] == 0


def test_a_changed_text_does_not_join_a_half_loaded_campaign(folder: Path) -> None:
    """While people wait at the vendor with the old text, send refuses to go on with another."""
    write_spec(folder, "tingting")
    running = subprocess.Popen(
        command("send", "spec.yaml", "--sandbox"),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(asked(folder)) < 5 and running.poll() is None:
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    running.wait()
    spec = folder / "spec.yaml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("is due", "is overdue"), encoding="utf-8")

    done = outreach(folder, "send", "spec.yaml", "--sandbox")

    assert done.returncode == 3
    assert "already opened at tingting with other contents" in done.stderr
    assert not reached(folder, "tingting")
