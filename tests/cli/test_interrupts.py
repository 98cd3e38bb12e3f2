"""Signals while a campaign goes out, sent to a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from campaigns import heeding

#: A send whose engine waits for the stop (or for ever), with the values of the other tests.
PROGRAM = """
import asyncio, sys
sys.path.insert(0, {here!r})
import attrs, conftest
from outreach import client
from outreach.cli import cli

fake = conftest.FakeClient()

async def asend(campaign, **options):
    if {stage!r} != "reading":
        options["confirm"](fake.plan_)
    print("ready", file=sys.stderr, flush=True)
    await (options["stop"] if {stage!r} == "obedient" else asyncio.Event()).wait()
    return attrs.evolve(fake.summary, interrupted=True)

client.load, client.status, client.asend = fake.load, fake.status, asend
cli.main(["send", {here!r} + "/conftest.py", "--yes", "--json"], prog_name="outreach")
"""


def interrupted(stage: str, *signals: signal.Signals, ignored: signal.Signals | None = None) -> tuple[int, str, str]:
    """Start a send, give it the signals one after the other, and give its exit code, stdout and stderr.

    A signal that is ``ignored`` from the beginning, as under nohup, is given first.
    """
    program = PROGRAM.format(here=str(Path(__file__).parent), stage=stage)
    # Where this process ignores Ctrl-C (a job in the background), its children would too.
    heeded = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    heeded += "; [signal.signal(one, signal.SIG_DFL) for one in (signal.SIGTERM, signal.SIGHUP)]"
    program = f"{heeded}\n{program}"
    if ignored:
        program = program.replace("\n", f"; signal.signal({ignored:d}, signal.SIG_IGN)\n", 1)
    environment = {**os.environ, "COLUMNS": "80", "OUTREACH_ACCOUNTS": ""}
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stderr is not None
    said = ""
    for given, sign in zip(signals, ("ready", "Finishing", "Giving up"), strict=False):
        while sign not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        if ignored and given is signals[0]:
            process.send_signal(ignored)
        process.send_signal(given)
    out, more = process.communicate(timeout=30)
    return process.returncode, out, said + more


@pytest.mark.parametrize("given", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_finishes_what_is_under_way(given: signal.Signals) -> None:
    """One signal stops the engine in good order; the result is still one object, and the exit code 130."""
    code, out, said = interrupted("obedient", given)

    assert code == 130
    assert orjson.loads(out)["interrupted"] is True
    assert "Finishing the requests that are under way" in said
    assert "Interrupted. To go on: outreach send" in said


def test_the_second_signal_gives_up() -> None:
    """Two signals end a send that does not finish; where things stand comes from the journal."""
    code, out, said = interrupted("stubborn", signal.SIGINT, signal.SIGINT)

    assert code == 130
    assert orjson.loads(out)["deliveries"]["accepted"] == 4700
    assert "Giving up." in said
    assert "Traceback" not in said


def test_a_signal_before_anything_is_sent() -> None:
    """While the contacts are read there is nothing to finish: the first signal ends the program."""
    code, out, said = interrupted("reading", signal.SIGINT)

    assert code == 130
    assert orjson.loads(out)["error"]["type"] == "Interrupted"
    assert said.endswith("Interrupted, nothing was sent.\n")


def test_a_signal_that_somebody_ignores_stays_ignored() -> None:
    """Under nohup the end of the terminal's session does not stop a send."""
    code, _, said = interrupted("obedient", signal.SIGINT, ignored=signal.SIGHUP)

    assert code == 130
    assert "Finishing" in said
    assert "Giving up" not in said


#: A follow whose vendor never tells anything more.
FOLLOW = """
import asyncio, sys
sys.path.insert(0, {here!r})
import attrs, conftest
from outreach import client
from outreach.cli import cli
from outreach.following import Followed

fake = conftest.FakeClient()

async def afollow(campaign, **options):
    print("ready", file=sys.stderr, flush=True)
    await options["stop"].wait()
    counts = dict(polls=1, changed=0, final=0, open=1, ended=())
    return Followed(summary=fake.summary, interrupted=True, exit_code=130, **counts)

client.load, client.afollow = fake.load, afollow
cli.main(["status", {here!r} + "/conftest.py", "--follow", "--json"], prog_name="outreach")
"""


def test_ctrl_c_ends_a_follow_with_its_result() -> None:
    """What was learnt so far is told as one object; exit 130, and no traceback."""
    program = FOLLOW.format(here=str(Path(__file__).parent))
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeding,  # noqa: PLW1509  # it sets signals and nothing else
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, more = process.communicate(timeout=30)

    assert process.returncode == 130
    assert orjson.loads(out)["follow"]["interrupted"] is True
    assert "ready" in said
    assert "what was learnt so far is kept" in more
    assert "Traceback" not in more
