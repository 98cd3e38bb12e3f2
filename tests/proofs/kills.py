"""Kill the real command with SIGKILL while it sends over real HTTP, again and again, then let it end."""

from __future__ import annotations

import itertools
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import campaigns
from campaigns import ROUTES, Verdict
from tally import Tally
from vendorside import Aim, Moment, VendorSide

#: Kills in the long form, and in the short one.
LONG, SHORT = 300, 5

#: Most kills of one campaign before it is let be.
MOST = 4

#: Campaigns that the broken twin is tried with.
CONTROLS = 4

#: Seconds that the vendor takes before the effect and before the answer, so that kills land everywhere.
SLOW = 0.008

#: Every fifth campaign, where a load reaches people by itself, may reach so many people per hour.
PER_HOUR = 6
HOURLY = 5

#: Longest time until a process is killed wherever it is, in seconds.
IDLE = 6.0

#: Campaigns at a time; most of their time is the start of the interpreter.
AT_ONCE = 2


@attrs.frozen
class Case:
    """One campaign: how often it is killed, and whether it is to be held back."""

    number: int
    provider: str
    seed: int
    kills: int
    hourly: bool = False


def prove(*, long: bool, seed: int) -> Tally:
    """Kill, resume, and count at the vendors."""
    with TemporaryDirectory() as folder, VendorSide() as vendors, ThreadPoolExecutor(AT_ONCE) as pool:
        home = Path(folder)
        wanted, injected, verdict = LONG if long else SHORT, 0, Verdict()
        cases = plan(seed)
        while injected < wanted:
            some = list(itertools.islice(cases, AT_ONCE if not long else 4 * AT_ONCE))
            for killed, found in pool.map(lambda case: run(home, vendors, case), some):
                injected += killed
                verdict += found
        controls = CONTROLS if long else 1
        caught = sum(pool.map(lambda number: control(home, vendors, number), range(controls)))
    return Tally(proof="kill -9", injected=injected, control=caught, controls=controls, **verdict.figures())


def plan(seed: int) -> Iterator[Case]:
    """Give cases without end."""
    rng = random.Random(seed)
    for number, provider in enumerate(itertools.cycle(ROUTES)):
        hourly = provider in _reaching() and number % HOURLY == 0
        yield Case(number, provider, rng.randrange(2**32), rng.randint(1, MOST), hourly=hourly)


def run(home: Path, vendors: VendorSide, case: Case) -> tuple[int, Verdict]:
    """Kill one campaign some times, let it end, and judge; gives how many kills took effect."""
    rng = random.Random(case.seed)
    world = vendors.open(slow=SLOW)
    per_hour = PER_HOUR if case.hourly else None
    spec = campaigns.write(
        home / str(case.number), case.provider, vendors.address(world, case.provider), per_hour=per_hour
    )
    killed = sum(_kill(spec, vendors, world, rng) for _ in range(case.kills))
    if case.hourly:
        _held_back(spec, vendors, world)
    else:
        campaigns.finish(spec)
    return killed, campaigns.judge(spec, vendors.reached(world), most=per_hour)


def _kill(spec: Path, vendors: VendorSide, world: str, rng: random.Random) -> bool:
    """Start the command and kill it: at any time, or around a request; tells whether it died of it."""
    process = campaigns.start(spec)
    if rng.random() < 0.25:
        time.sleep(rng.uniform(0.1, 1.2))
        process.kill()
    else:
        moment = rng.choice(list(Moment))
        aim = Aim(process.pid, signal.SIGKILL, at=rng.randint(1, 7), moment=moment, after=rng.choice((0, 0.002, 0.02)))
        vendors.aim(world, aim)
    try:
        code = process.wait(timeout=IDLE)
    except subprocess.TimeoutExpired:
        # It waits for the next hour, or this machine is slow; any moment is a moment.
        process.kill()
        code = process.wait()
    vendors.disarm(world)
    return code == -signal.SIGKILL


def _held_back(spec: Path, vendors: VendorSide, world: str) -> None:
    """Let it go on until it waits for the next hour, and end it there."""
    process = campaigns.start(spec)
    seen, still = -1, 0
    while process.poll() is None and still < 12:
        time.sleep(0.1)
        now = vendors.requests(world)
        seen, still = now, still + 1 if now == seen and now else 0
    if process.poll() is None:
        process.terminate()
    _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def control(home: Path, vendors: VendorSide, number: int) -> bool:
    """Kill the twin that records after sending, between effect and answer; tells whether people were called twice."""
    provider = _reaching()[number % len(_reaching())]
    world = vendors.open(slow=SLOW)
    spec = campaigns.write(home / f"control{number}", provider, vendors.address(world, provider))
    twin = "record-after-sending"
    process = campaigns.start(spec, broken=twin)
    vendors.aim(world, Aim(process.pid, signal.SIGKILL, at=3, moment=Moment.EFFECT))
    process.wait(timeout=120)
    vendors.disarm(world)
    campaigns.finish(spec, broken=twin)
    return campaigns.judge(spec, vendors.reached(world)).twice > 0


def _reaching() -> Sequence[str]:
    return [provider for provider in ROUTES if provider != "tingting"]
