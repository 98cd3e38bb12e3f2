"""Several processes on one campaign: started together, one stopped for long, one killed, one with a copy.

Most are forked from this process, which has the program loaded; a share is the real command.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import campaigns
import twins
from campaigns import ROUTES, Operator, Verdict
from tally import Tally
from vendorside import Aim, Moment, VendorSide

from outreach.cli import cli

#: Rounds in the long form, and in the short one.
LONG, SHORT = 200, 6

#: Rounds that the broken twin is tried with in the long form.
CONTROLS = 4

#: Every so manieth round runs the real command.
REAL = 10

#: Seconds that a request takes at the vendor, before the effect and again after it.
SLOW = 0.004

#: The account's longest time for a request, in seconds: a stopped runner sleeps through it.
TIMEOUT = 0.6

IN_USE = 6

#: Longest time for anything here, in seconds.
PATIENCE = 60.0


@attrs.frozen
class Round:
    """One campaign and how its runners are made."""

    spec: Path
    vendors: VendorSide
    world: str
    rng: random.Random
    real: bool
    twin: str = ""

    def start(self, *words: str) -> int:
        """Start a runner; give its process id."""
        if self.real:
            return campaigns.start(self.spec, *words, broken=self.twin).pid
        return fork(self.spec, words, self.twin)

    def received(self, number: int) -> bool:
        """Whether the vendor has received so many requests."""
        return self.vendors.requests(self.world) >= number


def fork(spec: Path, words: Sequence[str], twin: str) -> int:
    """Run ``outreach send`` in a copy of this process; gives its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        quiet = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(quiet, number)
        os.chdir(spec.parent)
        with twins.broken(twin):
            cli.main(["send", spec.name, "--yes", *words], prog_name="outreach")
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        os._exit(code)


def wait(pid: int) -> int:
    """Wait for a runner; give its exit code, negative where it died of a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def over(pid: int) -> bool:
    """Whether a runner has ended; it is still to be waited for."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def until(done: Callable[[], bool]) -> None:
    """Look again and again until it is so.

    Raises:
        TimeoutError: It never was.
    """
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.005)


def together(one: Round) -> bool:
    """Start two to eight at once; while one is held at the vendor, all others must be turned away."""
    pids = [one.start() for _ in range(one.rng.randint(2, 8))]
    codes: dict[int, int] = {}

    def all_but_one() -> bool:
        for pid in set(pids) - set(codes):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                codes[pid] = os.waitstatus_to_exitcode(status)
        return len(codes) >= len(pids) - 1

    until(all_but_one)
    one.vendors.release(one.world)
    (winner,) = set(pids) - set(codes)
    return wait(winner) in {0, 7} and set(codes.values()) == {IN_USE}


def stopped(one: Round) -> bool:
    """Stop the runner for longer than its requests may take; another is turned away; then let it go on."""
    pid = one.start()
    one.vendors.release(one.world)
    number = one.rng.randint(1, 3)
    until(lambda: one.received(number) or over(pid))
    os.kill(pid, signal.SIGSTOP)
    if over(pid):
        return wait(pid) in {0, 7}
    time.sleep(one.rng.uniform(1.0, 2.0) * TIMEOUT)
    other = wait(one.start())
    os.kill(pid, signal.SIGCONT)
    return wait(pid) in {0, 1, 7} and other == IN_USE


def replaced(one: Round) -> bool:
    """Kill the runner, and start a new one the moment it is dead."""
    pid = one.start()
    one.vendors.release(one.world)
    moment = one.rng.choice(list(Moment))
    one.vendors.aim(one.world, Aim(pid, signal.SIGKILL, at=one.rng.randint(1, 3), moment=moment))
    wait(pid)
    one.vendors.disarm(one.world)
    return wait(one.start()) in {0, 7}


def copied(one: Round) -> bool:
    """Kill the runner, and send with a copy of its journal: refused, and nobody is contacted."""
    pid = one.start()
    one.vendors.release(one.world)
    one.vendors.aim(one.world, Aim(pid, signal.SIGKILL, at=2, moment=Moment.EFFECT))
    wait(pid)
    one.vendors.disarm(one.world)
    before = one.vendors.requests(one.world)
    shutil.copytree(one.spec.parent / ".outreach", one.spec.parent / "copy")
    code = wait(one.start("--journal", str(one.spec.parent / "copy" / "journal.db")))
    return code == IN_USE and one.vendors.requests(one.world) == before


#: What is tried, in turn; the first two oftener.
KINDS: Mapping[str, Callable[[Round], bool]] = {
    "together": together,
    "stopped": stopped,
    "together again": together,
    "replaced": replaced,
    "stopped again": stopped,
    "copied": copied,
}


def prove(*, long: bool, seed: int) -> Tally:
    """Run the rounds; count at the vendors."""
    rounds, verdict, wrong = LONG if long else SHORT, Verdict(), 0
    controls = CONTROLS if long else 1
    with TemporaryDirectory() as folder, VendorSide() as vendors:
        for number in range(rounds):
            kept, found = run(Path(folder), vendors, number, seed)
            verdict, wrong = verdict + found, wrong + (not kept)
        caught = sum(control(Path(folder), vendors, number) for number in range(controls))
    if wrong:
        # A runner that should have been turned away was not, though nobody was contacted twice.
        verdict += Verdict(twice=wrong)
    note = f"{wrong} rounds in which not exactly one sent" if wrong else ""
    return Tally(
        proof="2 to 8 runners", injected=rounds, control=caught, controls=controls, note=note, **verdict.figures()
    )


def run(home: Path, vendors: VendorSide, number: int, seed: int) -> tuple[bool, Verdict]:
    """Do one round; tells whether the runners ended as they must, and what became of the people."""
    rng = random.Random(f"{seed}/{number}")
    kind = list(KINDS)[number % len(KINDS)]
    timeout = TIMEOUT if KINDS[kind] is stopped else PATIENCE
    provider = rng.choice(list(ROUTES))
    one = new(home / f"round{number}", vendors, provider, rng, timeout=timeout, real=number % REAL == REAL - 1)
    kept = KINDS[kind](one)
    operator = Operator(one.spec)
    for _ in range(4):
        if operator.content():
            break
        wait(one.start())
    return kept, campaigns.judge(one.spec, vendors.reached(one.world))


def new(
    folder: Path,
    vendors: VendorSide,
    provider: str,
    rng: random.Random,
    *,
    timeout: float = PATIENCE,
    real: bool = False,
    twin: str = "",
) -> Round:
    """Make a campaign whose second request is held until it is released."""
    world = vendors.open(slow=SLOW, hold=2)
    spec = campaigns.write(folder, provider, vendors.address(world, provider), timeout=timeout)
    return Round(spec, vendors, world, rng, real, twin)


def control(home: Path, vendors: VendorSide, number: int) -> bool:
    """Start two of the twin that takes no lock; tells whether people were called twice."""
    provider = ("contactswing", "twilio")[number % 2]
    one = new(home / f"control{number}", vendors, provider, random.Random(number), twin="no-lock")
    pids = [one.start() for _ in range(2)]
    vendors.release(one.world)
    for pid in pids:
        wait(pid)
    return any(times > 1 for times in vendors.reached(one.world).values())


if sys.platform == "win32":
    raise RuntimeError("fork and SIGSTOP need a POSIX system")
