"""What a pure function must not do is seen, however it is done; what it may do is not."""

from __future__ import annotations

import colorsys
import gc
import importlib
import os
import random
import secrets
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest import SkipTest
from zoneinfo import ZoneInfo

import pytest

from outreach.testing import Conformance, Ending, expect, skip, watched
from outreach.testing.levels import run
from outreach_postcard import postcard

IMPURE: dict[str, Callable[[], Any]] = {
    "time": time.time,
    "monotonic": time.monotonic,
    "sleep": lambda: time.sleep(0),
    "now": lambda: datetime.now(UTC),
    "today": date.today,
    "random": random.random,
    "choice": lambda: random.choice("ab"),
    "own_dice": lambda: random.Random(1).random(),
    "secrets": secrets.token_hex,
    "uuid4": uuid.uuid4,
    "socket": lambda: socket.socket().close(),
    "name": lambda: socket.getaddrinfo("127.0.0.1", 80),
    "program": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
    "formatted": lambda: time.strftime("%Y"),
    "written_out": time.ctime,
    "clock_by_number": lambda: time.clock_gettime(0),
    "own_time": time.localtime,
    "environment": lambda: os.environ.get("HOME"),
    "getenv": lambda: os.getenv("HOME"),
    "whole_environment": lambda: dict(os.environ),
    "read": lambda: Path(__file__).read_text(encoding="utf-8"),
    "descriptor": lambda: os.close(os.open("/dev/null", os.O_RDONLY)),
    "write": lambda: Path("/dev/null").open("w").close(),
}


@pytest.mark.parametrize("name", IMPURE)
def test_what_is_impure_is_seen(name: str) -> None:
    """Clocks, dice, the environment, connections, programs and files."""
    with watched() as found:
        IMPURE[name]()

    assert found


def test_what_is_pure_is_not_seen() -> None:
    """Moments that are given, zones that are loaded and modules, names made of names."""
    with watched() as found:
        datetime(2026, 12, 1, tzinfo=UTC).astimezone(ZoneInfo("Asia/Kathmandu")).isoformat()
        datetime.fromisoformat("2026-12-01T10:00:00+05:45")
        uuid.uuid5(uuid.NAMESPACE_URL, "x")
        ZoneInfo.no_cache("Asia/Colombo")
        importlib.reload(colorsys)

    assert found == []


def test_what_others_do_meanwhile_is_not_seen() -> None:
    """A collector of garbage that somebody times, and another thread with a socket, are not the function's doing."""

    def timed(_phase: str, _info: Any) -> None:
        time.perf_counter()

    def connect() -> None:
        socket.socket().close()

    gc.callbacks.append(timed)
    try:
        with watched() as found:
            kept = [[] for _ in range(100_000)]  # type: ignore[var-annotated]  # enough for a collection
            other = threading.Thread(target=connect)
            other.start()
            other.join()
    finally:
        gc.callbacks.remove(timed)

    assert (found, len(kept), gc.isenabled()) == ([], 100_000, True)


def test_nothing_is_seen_afterwards() -> None:
    """The watch ends with its block."""
    with watched() as found:
        pass
    time.time()
    socket.socket().close()

    assert found == []


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_skip_needs_a_reason(reason: str) -> None:
    """Without one it is a failure, not a skip."""
    with pytest.raises(AssertionError, match="without a reason"):
        skip(reason)
    with pytest.raises(SkipTest, match="no account"):
        skip("no account")
    with pytest.raises(AssertionError, match="the remedy"):
        expect(holds=False, otherwise="the remedy")


def test_a_test_is_left_out_by_name_with_a_reason() -> None:
    """``skips`` counts with its reason, and is a failure without one; a name that does not exist is an error."""

    class Left(Conformance):
        provider = postcard
        counts = (0, 1)
        skips = {"test_the_credential_is_sent": "sent by a proxy", "test_the_provider_is_whole": " "}  # noqa: RUF012  # as an author writes it

    endings = {one.test: (one.ending, one.detail) for one in run(Left)}

    assert endings["test_the_credential_is_sent"] == (Ending.SKIPPED, "sent by a proxy")
    assert endings["test_the_provider_is_whole"] == (Ending.FAILED, "a test is left out without a reason; write one")
    with pytest.raises(AttributeError, match="test_nothing"):
        type("Wrong", (Conformance,), {"provider": postcard, "skips": {"test_nothing": "because"}})


def test_the_kit_runs_without_pytest() -> None:
    """Who installed an adapter can ask how far it has come; pytest is for those who write one."""
    program = "import sys; sys.modules['pytest'] = None; import outreach.testing, outreach.cli.conform"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
