"""From one block of rows to the people in it, and the rows that are no person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import TypeVar

import attrs

from outreach.contacts.columns import Roles
from outreach.contacts.masking import mask
from outreach.contacts.numbers import NO_COUNTRY, sorted_out
from outreach.contacts.numberset import NumberSet
from outreach.contacts.tables import Block, Flaw, Table
from outreach.contacts.texts import texts
from outreach.contacts.values import Chunk, Dropped
from outreach.contacts.zones import known_zone
from outreach.errors import Problem, SpecError

DUPLICATE = Flaw("duplicate", "an earlier row has the same number; the earlier row counts")
ZONE = Flaw("zone", "the zone is no IANA time zone like Asia/Kathmandu; correct the cell or empty it")

T = TypeVar("T")


@attrs.frozen
class Source:
    """An opened source, and its columns by what they hold."""

    table: Table
    roles: Roles

    @property
    def name(self) -> str:
        """The source as the user named it."""
        return self.table.header.source


@attrs.frozen
class Sieve:
    """What decides about a row, over the whole stream.

    Attributes:
        wanted: Columns that a chunk carries.

        country: Country of numbers without ``+``.

        seen: The numbers given so far.
    """

    wanted: Sequence[str]
    country: str | None
    seen: NumberSet = attrs.field(factory=NumberSet)

    def sift(self, source: Source, block: Block) -> Chunk:
        """Put each row of a block either among the people or among the dropped.

        Raises:
            SpecError: A local number stands where no country is stated.
        """
        flaws = dict(block.flaws)
        cells = block.column(source.roles.phone)
        phones = self._phones(source, block, cells, flaws)
        about = source.roles.about
        every = {name: _column(block, name, flaws) for name in dict.fromkeys((*self.wanted, *about))}
        ids, _, zones = map(every.__getitem__, about)
        zones = _zones(zones, flaws)
        self._drop_repeated(phones, flaws)
        people = _others(flaws, len(phones))
        picked = {name: _pick(column, people) for name, column in every.items()}
        return Chunk(
            phones=_pick(phones, people),
            ids=picked[about[0]],
            names=picked[about[1]],
            zones=_pick(zones, people) if about[2] else picked[None],
            rows=list(compress(range(block.first, block.first + len(phones)), people)),
            columns={name: picked[name] for name in self.wanted},
            dropped=_dropped(source.name, block, flaws, cells, ids),
        )

    def _phones(self, source: Source, block: Block, cells: Sequence[object], flaws: dict[int, Flaw]) -> list[str]:
        phones, bad = sorted_out(cells, self.country)
        for index, flaw in bad.items():
            if flaw is NO_COUNTRY and index not in flaws:
                raise _local(source, block.first + index, cells[index])
            flaws.setdefault(index, flaw)
        return phones

    def _drop_repeated(self, phones: Sequence[str], flaws: dict[int, Flaw]) -> None:
        """Keep the first row of each number; only people take one, so that a bad row never stands before a good one."""
        good = _others(flaws, len(phones))
        again = self.seen.repeated(_pick(phones, good))
        if again:
            rows = _pick(range(len(phones)), good)
            flaws.update((rows[place], DUPLICATE) for place in again)


def _column(block: Block, name: str | None, flaws: dict[int, Flaw]) -> Sequence[str]:
    """Give a column as text and note the rows whose value is none; a column that is not there is empty."""
    if name is None:
        return [""] * len(block.lines)
    values, bad = texts(block.column(name))
    _note(bad, flaws)
    return values


def _zones(names: Sequence[str], flaws: dict[int, Flaw]) -> Sequence[str]:
    if not any(names):
        return names
    zones = [known_zone(name) if name else "" for name in names]
    _note({index: ZONE for index, zone in enumerate(zones) if zone is None}, flaws)
    return [zone or "" for zone in zones]


def _note(more: Mapping[int, Flaw], flaws: dict[int, Flaw]) -> None:
    """Keep the first flaw of each row."""
    for index, flaw in more.items():
        flaws.setdefault(index, flaw)


def _others(flaws: Mapping[int, Flaw], count: int) -> Sequence[int]:
    """Give a 1 for each row without a flaw, a 0 for the others."""
    rows = bytearray(b"\1") * count
    for index in flaws:
        rows[index] = 0
    return rows


def _pick(column: Sequence[T], people: Sequence[int]) -> Sequence[T]:
    return list(compress(column, people)) if 0 in people else column


def _dropped(
    name: str, block: Block, flaws: Mapping[int, Flaw], cells: Sequence[object], ids: Sequence[str]
) -> list[Dropped]:
    first, lines = block.first, block.lines
    return [
        Dropped(
            source=name,
            row=first + index,
            line=lines[index],
            reason=flaws[index].reason,
            detail=flaws[index].detail,
            phone=_printable(cells[index]),
            id=ids[index],
        )
        for index in sorted(flaws)
    ]


def _printable(cell: object) -> str:
    """Give what a cell held, fit for a file: half characters, which only JSON and applications can give, become ?."""
    try:
        text = "" if cell is None else str(cell)
    except ValueError:  # more digits than Python writes
        return f"({type(cell).__name__})"
    return text if text.isascii() else text.encode(errors="replace").decode()


def _local(source: Source, row: int, cell: object) -> SpecError:
    held = f"row {row} of {source.name} holds a local number ({mask(str(cell).strip())})"
    return SpecError([Problem(f"{held}; say which country it is of, for example country: NP", path="contacts")])
