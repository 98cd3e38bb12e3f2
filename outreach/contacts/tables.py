"""What every reader of contact lists gives: a header, and rows in blocks that answer by column."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import attrs

from outreach.errors import Problem, SpecError

#: Rows that travel together: few enough to stay in the processor's cache, many enough to share the work.
BLOCK_ROWS = 250

#: More names than this in a message hide the message.
_NAMES_SHOWN = 12


@attrs.frozen(kw_only=True)
class Header:
    """The columns of one source.

    Attributes:
        source: The source as the user named it.

        columns: Names in order. Of JSON Lines and of rows given in place, the keys of the first 250 rows; None when
            no row tells any.

        line: 1-based line that holds the names, 0 when no line does.
    """

    source: str
    columns: tuple[str, ...] | None
    line: int = 0


@attrs.frozen
class Flaw:
    """Why one row is no person.

    Attributes:
        reason: Stable word, for counting.

        detail: A sentence with the remedy.
    """

    reason: str
    detail: str


class Block(Protocol):
    """Up to 250 rows.

    Attributes:
        first: 1-based number of the first row; blank lines are not counted.

        lines: 1-based line where each row begins, 0 when there are no lines.

        flaws: Rows that could not be read, by index.
    """

    @property
    def first(self) -> int:
        """Number of the first row."""

    @property
    def lines(self) -> Sequence[int]:
        """Line of each row."""

    @property
    def flaws(self) -> Mapping[int, Flaw]:
        """Rows that could not be read."""

    def column(self, name: str) -> Sequence[object]:
        """Give one column; values that are missing are empty."""


def _nothing() -> None:
    pass


def _ignore(_column: str) -> None:
    pass


@attrs.frozen
class Table:
    """An opened source.

    Attributes:
        header: Its columns.

        blocks: Its rows; they can be gone through once.

        close: Lets go of the file before the end is reached.

        share: Says which share of it was read, 0 to 1; None while nobody can tell.

        notes: What a careful person should know about it, complete when all blocks were given.

        told: Is told which column holds the numbers, before the blocks are gone through.
    """

    header: Header
    blocks: Iterator[Block]
    close: Callable[[], None] = _nothing
    share: Callable[[], float | None] = _nothing
    notes: Sequence[Problem] = ()
    told: Callable[[str], None] = _ignore


def wrong(message: str, *, file: str = "", line: int = 0, column: int = 0, path: str = "") -> SpecError:
    """Make the error for one mistake in a contact list."""
    return SpecError([Problem(message, path=path, file=file, line=line, column=column)])


def hint(word: str, known: Sequence[str]) -> str:
    """Offer the nearest known word, else the known ones."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean '{close[0]}'?" if close else shown(known)


def shown(known: Sequence[str]) -> str:
    """Name the words there are, but not hundreds of them."""
    more = ", …" if len(known) > _NAMES_SHOWN else ""
    return f"there are: {', '.join(known[:_NAMES_SHOWN]) or 'none'}{more}"
