"""The whole thing over real HTTP on loopback: the installed providers, the engine, the journal, the reports."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the demo as a process of its own."""
    line = [sys.executable, "-m", "outreach", "demo", "--to", str(folder)]
    return subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)


def asked(folder: Path) -> int:
    """Count the requests that changed anything at the stand-ins."""
    return len((folder / ".outreach" / "sandbox.db.vendors.jsonl").read_bytes().splitlines())


def test_the_demo_reaches_everybody_once(tmp_path: Path) -> None:
    """Everybody who can be is accepted, the rest has its reason, and a second run asks the vendors nothing."""
    folder = tmp_path / "demo"

    first = demo(folder)
    assert first.returncode == 0, first.stderr
    rows = list(csv.DictReader((folder / "report.csv").read_text(encoding="utf-8").splitlines()))
    states = Counter((row["channel"], row["state"]) for row in rows)
    requests = asked(folder)

    second = demo(folder)
    assert second.returncode == 0, second.stderr

    assert states == {
        ("voice", "accepted"): 282,
        ("voice", "skipped"): 5,
        ("ai_call", "accepted"): 57,
        ("ai_call", "skipped"): 1,
        ("whatsapp", "accepted"): 186,
        ("whatsapp", "skipped"): 5,
        ("", "skipped"): 13,
    }
    assert all(row["reason"] for row in rows if row["state"] == "skipped")
    assert asked(folder) == requests > 0
    assert "525" in second.stdout
