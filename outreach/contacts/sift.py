"""From one block of rows to the people in it, and the rows that are no person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

import attrs

from outreach.contacts.columns import Roles
from outreach.contacts.masking import mask
from outreach.contacts.numbers import NO_COUNTRY, normalise_column
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
        ids, names, zones = map(every.__getitem__, about)
        zones = _zones(zones, flaws)
        people = self._first_of_each(phones, flaws)
        columns = {name: every[name] for name in self.wanted}
        return Chunk(
            phones=_pick(phones, people),
            ids=_pick(ids, people),
            names=_pick(names, people),
            zones=_pick(zones, people),
            rows=[block.first + index for index in people],
            columns={name: _pick(values, people) for name, values in columns.items()},
            dropped=[_dropped(source, block, index, flaws[index], cells, ids) for index in sorted(flaws)],
        )

    def _phones(self, source: Source, block: Block, cells: Sequence[object], flaws: dict[int, Flaw]) -> list[str]:
        found = normalise_column(cells, self.country)
        for index, flaw in [(index, phone) for index, phone in enumerate(found) if not isinstance(phone, str)]:
            if flaw is NO_COUNTRY and index not in flaws:
                raise _local(source, block.first + index, cells[index])
            flaws.setdefault(index, flaw)
            found[index] = ""
        return cast("list[str]", found)

    def _first_of_each(self, phones: Sequence[str], flaws: dict[int, Flaw]) -> Sequence[int]:
        """Give the rows that are people; only these take a number, so that a bad row never stands before a good one."""
        good = [index for index in range(len(phones)) if index not in flaws]
        again = self.seen.repeated(_pick(phones, good))
        flaws.update((good[place], DUPLICATE) for place in again)
        return [index for index in good if index not in flaws] if again else good


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


def _pick(column: Sequence[T], rows: Sequence[int]) -> Sequence[T]:
    return column if len(rows) == len(column) else list(map(column.__getitem__, rows))


def _dropped(
    source: Source,
    block: Block,
    index: int,
    flaw: Flaw,
    cells: Sequence[object],
    ids: Sequence[str],
) -> Dropped:
    return Dropped(
        source=source.name,
        row=block.first + index,
        line=block.lines[index],
        reason=flaw.reason,
        detail=flaw.detail,
        phone=_printable(cells[index]),
        id=ids[index],
    )


def _printable(cell: object) -> str:
    """Give what a cell held, fit for a file: half characters, which only JSON and applications can give, become ?."""
    return "" if cell is None else str(cell).encode(errors="replace").decode()


def _local(source: Source, row: int, cell: object) -> SpecError:
    held = f"row {row} of {source.name} holds a local number ({mask(str(cell).strip())})"
    return SpecError([Problem(f"{held}; say which country it is of, for example country: NP", path="contacts")])
