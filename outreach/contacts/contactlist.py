"""The contact lists of a campaign as one stream of people in columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Self

import attrs

from outreach.contacts.columns import roles
from outreach.contacts.formats import KINDS
from outreach.contacts.frames import given
from outreach.contacts.numbers import region
from outreach.contacts.opening import STDIN
from outreach.contacts.sift import Sieve, Source
from outreach.contacts.sources import open_table, options_of_rows, origins, unused_options
from outreach.contacts.tables import Header, Table, wrong
from outreach.contacts.values import Chunk
from outreach.errors import Problem, SpecError
from outreach.model import Columns, Contacts
from outreach.source import Origin, SourceKind


@attrs.define(eq=False)
class ContactList:
    """The contacts of a campaign, opened: the headers at once, the people when they are asked for, and once only.

    Memory stays flat but for the numbers already given (see ``NumberSet``). A file is closed when its last row was
    given; ``close``, or leaving a ``with`` block, closes the rest.
    """

    _sources: Sequence[Source]
    _sieve: Sieve
    _begun: bool = False

    @classmethod
    def open(
        cls,
        contacts: Contacts,
        *,
        base: Path,
        wanted: Collection[str] = (),
        stdin: BinaryIO | None = None,
        kinds: Sequence[SourceKind] = (),
    ) -> ContactList:
        """Open every source and read its header.

        Args:
            contacts: What the campaign says. Rows given in place are gone through once.

            base: Folder in which relative paths start.

            wanted: Columns that the texts and the routes need; these and no others are in ``Chunk.columns``.

            stdin: Read for the source ``-``; None is the process's own.

            kinds: What can be read; none means what outreach brings.

        Raises:
            SpecError: A source is missing, unreadable, or without the columns it needs; every mistake at once.
        """
        sieve = Sieve(tuple(wanted), region(contacts.country))
        return cls(_sources(_tables(contacts, base, stdin, tuple(kinds) or KINDS), contacts.columns), sieve)

    @property
    def headers(self) -> Sequence[Header]:
        """The columns of each source, in order."""
        return tuple(source.table.header for source in self._sources)

    @property
    def notes(self) -> Sequence[Problem]:
        """What a careful person should know about the sources; complete when all people were given."""
        return tuple(note for source in self._sources for note in source.table.notes)

    @property
    def share(self) -> float | None:
        """The share that was read, 0 to 1, every source counted alike; None while nobody can tell."""
        shares = [share for source in self._sources if (share := source.table.share()) is not None]
        return sum(shares) / len(shares) if shares and len(shares) == len(self._sources) else None

    def __iter__(self) -> Iterator[Chunk]:
        """Give the people and the dropped rows. Each row is in exactly one chunk, as the one or the other.

        Raises:
            SpecError: A file is damaged further down, or a local number stands where no country is stated.

            RuntimeError: The list was gone through before.
        """
        if self._begun:
            msg = "a ContactList can be gone through once; open it again"
            raise RuntimeError(msg)
        self._begun = True
        return (self._sieve.sift(source, block) for source in self._sources for block in source.table.blocks)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        for source in self._sources:
            source.table.close()


def stream(
    contacts: Contacts,
    *,
    base: Path,
    wanted: Collection[str] = (),
    stdin: BinaryIO | None = None,
    kinds: Sequence[SourceKind] = (),
) -> Iterator[Chunk]:
    """Read all contacts of a campaign; see ``ContactList``.

    Yields:
        People, unique by E.164 number over the whole stream, and the rows that are none, each with its reason.

    Raises:
        SpecError: A source cannot be read, or a local number stands where no country is stated.
    """
    with ContactList.open(contacts, base=base, wanted=wanted, stdin=stdin, kinds=kinds) as people:
        yield from people


def _tables(
    contacts: Contacts, base: Path, stdin: BinaryIO | None, kinds: Sequence[SourceKind]
) -> Iterator[Table | SpecError]:
    """Open the sources; one that cannot be opened gives its error, so that the others still tell theirs."""
    sources = origins(contacts, base=base, stdin=stdin)
    if sources is None:
        meaningless = options_of_rows(contacts)
        yield SpecError(meaningless) if meaningless else given(contacts.sources)
        return
    meaningless = unused_options(sources, kinds)
    if meaningless:
        yield SpecError(meaningless)
    stdins = [origin for origin in sources if origin.address == STDIN]
    if len(stdins) > 1:
        yield wrong("standard input (-) can be read once", path="contacts.from")
    for origin in sources:
        if origin not in stdins[1:] or origin is stdins[0]:
            yield _opened(origin, kinds)


def _opened(origin: Origin, kinds: Sequence[SourceKind]) -> Table | SpecError:
    try:
        return open_table(origin, kinds)
    except SpecError as error:
        return error


def _sources(tables: Iterable[Table | SpecError], columns: Columns) -> Sequence[Source]:
    """Find the columns of each table.

    Raises:
        SpecError: All that is wrong with any of them.
    """
    sources: list[Source] = []
    problems: list[Problem] = []
    for table in tables:
        try:
            sources.append(_source(table, columns))
        except SpecError as error:
            problems += error.problems
    if problems:
        for source in sources:
            source.table.close()
        raise SpecError(problems)
    return sources


def _source(table: Table | SpecError, columns: Columns) -> Source:
    if isinstance(table, SpecError):
        raise table
    try:
        found = roles(table.header, columns)
    except SpecError:
        table.close()
        raise
    table.told(found.phone)
    return Source(table, found)
