"""What the contact lists yield: people in columns, and the rows that are no person, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs


@attrs.frozen(kw_only=True)
class Dropped:
    """A row that is no delivery.

    Attributes:
        source: File as the user named it.

        row: 1-based data row in that source (the header is not counted).

        line: 1-based line of the file where the row begins, 0 when there are no lines.

        reason: Stable word: ``invalid_number``, ``duplicate``, ...

        detail: A sentence with the remedy; holds no full number.

        phone: What the number's cell held.

        id: The contact's id, or the empty text.
    """

    source: str
    row: int
    line: int
    reason: str
    detail: str
    phone: str
    id: str


@attrs.frozen(kw_only=True)
class Chunk:
    """A few hundred people as columns of equal length, and the rows dropped among them.

    Attributes:
        phones: E.164 with ``+``; no number occurs twice in one stream.

        ids: The contact's id, or the empty text.

        names: The contact's name, or the empty text.

        zones: IANA zone from the zone column, or the empty text.

        rows: 1-based data row in its source.

        columns: Every column of the source that was asked for, as text; a missing value is the empty text.

        dropped: Rows of this stretch that are no person.
    """

    phones: Sequence[str]
    ids: Sequence[str]
    names: Sequence[str]
    zones: Sequence[str]
    rows: Sequence[int]
    columns: Mapping[str, Sequence[str]]
    dropped: Sequence[Dropped] = ()

    def __len__(self) -> int:
        return len(self.phones)
