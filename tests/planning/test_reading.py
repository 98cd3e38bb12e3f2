"""The contacts on their way to the planner."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from outreach.contacts.values import Chunk
from outreach.errors import Problem, SpecError
from outreach.model import Campaign, Channel, Contacts, Route, Template
from outreach.planning.reading import read


@attrs.define
class Taken:
    """Who came."""

    phones: list[str] = attrs.field(factory=list)

    def add(self, chunk: Chunk) -> None:
        """Take a chunk."""
        self.phones += chunk.phones

    def note(self, found: Sequence[Problem]) -> None:
        """Take nothing."""


def campaign(folder: Path, sources: object) -> Campaign:
    """Give a campaign that says what everybody owes."""
    return Campaign(
        name="fees",
        message=Template.parse("Rs {amount}"),
        contacts=Contacts(sources=sources),  # type: ignore[arg-type]  # files or rows
        routes=(Route(channel=Channel.VOICE, providers=("a",)),),
        base=folder,
    )


def test_a_source_without_rows_lacks_no_column(tmp_path: Path) -> None:
    """Nobody can tell its columns, and nobody is in it; a file whose header lacks a column is refused."""
    (tmp_path / "people.csv").write_text("phone\n+9779610000011\n", encoding="utf-8")
    taken = Taken()

    list(read(campaign(tmp_path, []), taken, None))
    with pytest.raises(SpecError, match="amount"):
        list(read(campaign(tmp_path, ("people.csv",)), taken, None))

    assert taken.phones == []
