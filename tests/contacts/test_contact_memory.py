"""Memory stays flat however long the lists are."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from outreach.contacts import BadNumber, Suppression, stream
from outreach.model import Channel, Contacts

ROWS = 100_000

#: Bytes that the stream itself may hold; a list of the rows would take about 40 MB.
STREAM = 4_000_000

#: Bytes for one number without the extra that compresses them, growth of the set included.
NUMBER = 120


def as_written(cells: Iterable[object], _country: str | None) -> tuple[list[object], dict[int, BadNumber]]:
    """Stand in for the normaliser, which tracemalloc would slow down a hundred times; it holds nothing."""
    return list(cells), {}


def test_stream_and_suppression_stay_flat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand contacts are streamed and held against a list in the memory of their numbers alone."""
    with (tmp_path / "a.csv").open("w", encoding="utf-8") as file:
        file.write("phone,name,amount,note\n")
        file.writelines(f"+97796100{n:05},व्यक्ति {n},{n},{'x' * 100}\n" for n in range(ROWS))
    (tmp_path / "stop.txt").write_text("".join(f"+97796100{n:05}\n" for n in range(0, ROWS, 10)))
    contacts = Contacts(sources=("a.csv",))
    for module in ("sift", "suppression"):
        monkeypatch.setattr(f"outreach.contacts.{module}.sorted_out", as_written)

    tracemalloc.start()
    suppression = Suppression.load(["stop.txt"], base=tmp_path, country=None)
    people = suppressed = 0
    for chunk in stream(contacts, base=tmp_path, wanted=("amount",)):
        people += len(chunk)
        suppressed += len(suppression.reasons(chunk.phones, Channel.VOICE))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (people, suppressed) == (ROWS, ROWS // 10)
    assert peak < STREAM + NUMBER * (people + suppressed)
