"""Write down the digest of an adapter's requests, in a process whose sets have another order.

``python -m outreach.testing.hashing MODULE FILE NAME``; the kit starts it.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from outreach.loose import module
from outreach.provider import Provider
from outreach.testing.bench import wire
from outreach.testing.suite.base import Suite

#: Two, as the order of a small set is often the same by chance.
SEEDS = ("1", "2")

#: Seconds that such a process may take.
PATIENCE = 120


def digests(provider: Provider[Any]) -> dict[str, str]:
    """Give the digest of the requests of a small campaign, for the channels that make one together."""
    suite: type[Suite] = type("Probe", (Suite,), {"provider": provider})
    found = {}
    for name, carried in suite.cases("carried"):
        requests = [request for request, _ in suite().saga(*carried).steps]
        found[name] = hashlib.sha256(repr(wire(requests)).encode()).hexdigest()
    return found


def place(provider: Provider[Any]) -> tuple[str, str, str] | None:
    """Say in which module an adapter stands, in which file, and under which name; None where it stands in none."""
    for name, loaded in list(sys.modules.items()):
        file = getattr(loaded, "__file__", None)
        for key, value in list(vars(loaded).items()) if file else ():
            if value is provider and name != "__main__":
                return name, str(file), key
    return None


def elsewhere(where: tuple[str, str, str]) -> list[dict[str, str] | None]:
    """Give the digests that other processes come to; None where one cannot import the adapter."""
    path = os.pathsep.join(one for one in sys.path if one)
    begun = [
        subprocess.Popen(  # noqa: S603  # this Python, and a module of ours
            [sys.executable, "-m", "outreach.testing.hashing", *where],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for seed in SEEDS
    ]
    return [_read(one) for one in begun]


def _read(process: subprocess.Popen[bytes]) -> dict[str, str] | None:
    with process:
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return None
    lines = output.splitlines()
    found: dict[str, str] | None = json.loads(lines[-1]) if lines and process.returncode == 0 else None
    return found


def main(name: str, file: str, key: str) -> None:
    """Print the digests of an adapter."""
    known = "." in name or importlib.util.find_spec(name) is not None
    loaded = importlib.import_module(name) if known else module(Path(file))
    sys.stdout.write(f"\n{json.dumps(digests(getattr(loaded, key)))}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
