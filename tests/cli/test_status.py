"""``outreach status``."""

from __future__ import annotations

from typing import Any

import attrs
import orjson


def test_the_status_as_json(fake: Any, run: Any, spec: str) -> None:
    """``--json`` prints send's fields, the statuses of the people, and whether a send is at work; exit 0."""
    done = run("status", spec, "--json", "--journal", "j.db")

    shape = orjson.loads(done.stdout)
    assert done.exit_code == 0
    assert shape["deliveries"]["accepted"] == 4700
    assert shape["statuses"] == {"queued": 4700}
    assert shape["running"] is False
    assert fake.asked("status") == {"journal": "j.db", "sandbox": False}


def test_the_status_for_people(fake: Any, run: Any, spec: str) -> None:
    """The table, what became of the people, and the command that goes on."""
    done = run("status", spec)

    shown = " ".join(done.stdout.split())
    assert "voice tingting 4,789 4,700 3 2 8 76" in shown
    assert "people: queued 4,700" in shown
    assert f"    outreach send {spec}\n" in done.stdout


def test_the_status_while_a_send_is_at_work(fake: Any, run: Any, spec: str) -> None:
    """While a send is at work that is said, and nobody is told to send again."""
    fake.summary = attrs.evolve(fake.summary, running=True)

    done = run("status", spec)

    assert "A send is at work right now." in done.stdout
    assert "outreach send /" not in done.stdout
