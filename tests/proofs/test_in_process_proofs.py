"""The short forms of the proofs that live in one process, and that they are what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import crashes
import machine
import pytest
import simulation
from arena import Twin
from tally import Tally

HERE = Path(__file__).parent


@pytest.mark.parametrize("proof", [crashes, machine, simulation], ids=lambda proof: proof.__name__)
def test_the_short_form_holds(proof: object) -> None:
    """Nobody is contacted twice, lost or beyond a limit; the broken twins are noticed."""
    tally: Tally = proof.prove(long=False, seed=1)  # type: ignore[attr-defined]  # every proof has it

    assert (tally.twice, tally.lost, tally.overspent) == (0, 0, 0), tally
    assert tally.holds, tally


def test_a_stretch_ends_with_every_write_and_every_request() -> None:
    """What a crash leaves behind is another thing after each intent, request and outcome, also in the resume."""
    scene = crashes.SCENES["twilio, sms"]
    people = len(scene.phones) - 1  # one is suppressed on the way
    run = crashes.stretches(scene)
    resumed = crashes.stretches(scene, (run[3].first,))

    assert [one.first for one in run] == [1 + sum(one.points for one in run[:at]) for at in range(len(run))]
    assert len(run) >= 3 * people
    assert len(resumed) >= 3 * (people - 1)


@pytest.mark.parametrize("twin", list(Twin))
def test_each_broken_engine_contacts_somebody_twice(twin: Twin) -> None:
    """Of each kind of broken engine some seed shows what is wrong with it."""
    assert any(simulation.simulate(seed, twin).verdict.twice for seed in range(1, 400))


def _replayed(seed: int, hashing: str) -> str:
    command = [sys.executable, str(HERE / "simulation.py"), "--seed", str(seed)]
    path = os.pathsep.join(sys.path)
    told = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": hashing, "PYTHONPATH": path}, capture_output=True, check=True
    )
    return told.stdout.decode()


def test_a_seed_replays_exactly_in_another_process() -> None:
    """What happened is the same to the letter, whatever Python's hashes are; on SQLite too."""
    assert _replayed(250, "1") == _replayed(250, "2")
    assert _replayed(250, "3").count("\n") > 10


def test_two_seeds_differ() -> None:
    """A seed decides what happens."""
    assert simulation.simulate(3).trace == simulation.simulate(3).trace
    assert simulation.simulate(3).trace != simulation.simulate(4).trace
