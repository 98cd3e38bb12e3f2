"""Phone numbers that come as floats or decimals, as a data frame holds a column in which some numbers are missing."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from numbers import Real

import attrs

from outreach.contacts.tables import Block, Flaw, Table
from outreach.errors import Problem

#: Below it a float of 64 bits has every whole number: https://docs.python.org/3/library/sys.html#sys.float_info
_EXACT = 2.0**53

#: Below it a float of 32 bits has every whole number.
_SHORT = 2.0**24

#: No phone number has more digits.
_DIGITS = 15

LOSSY = Flaw(
    "float",
    "the number is a float with a fraction, or may have lost digits; keep the column as text, in a query by a cast",
)


@attrs.frozen
class _Written:
    """A block whose phone numbers are written as people write them."""

    _block: Block
    _name: str
    _cells: Sequence[object]
    flaws: Mapping[int, Flaw]

    @property
    def first(self) -> int:
        """Number of the first row."""
        return self._block.first

    @property
    def lines(self) -> Sequence[int]:
        """Line of each row."""
        return self._block.lines

    def column(self, name: str) -> Sequence[object]:
        """Give one column."""
        return self._cells if name == self._name else self._block.column(name)


@attrs.define
class _Writer:
    """Writes whole floats without their fraction, and counts them.

    Attributes:
        table: What is read.

        stored: Whether its floats are those that were stored; a database's driver may have made them of rounded text.

        notes: What is to be said of it.

        phone: The column of the numbers.

        count: Numbers written so.

        row: The row of the first.
    """

    table: Table
    stored: bool
    notes: list[Problem]
    phone: str = ""
    count: int = 0
    row: int = 0

    def told(self, phone: str) -> None:
        """Take the name of the column."""
        self.phone = phone

    def blocks(self) -> Iterator[Block]:
        """Give the blocks."""
        for block in self.table.blocks:
            cells = block.column(self.phone)
            strange = any(
                issubclass(kind, Real | Decimal) and not issubclass(kind, int) for kind in {*map(type, cells)}
            )
            yield self._written(block, list(cells)) if strange else _Written(block, self.phone, cells, block.flaws)
        if self.count:
            what = "phone number is a number" if self.count == 1 else "phone numbers are numbers"
            msg = (
                f"{self.count:,} {what} with a fraction of zero and no text, row {self.row:,} first: a leading 0 or + "
                "is lost; where there was one, keep the column as text"
            )
            self.notes.append(Problem(msg, file=self.table.header.source))

    def _written(self, block: Block, cells: list[object]) -> Block:
        floats = [cell for cell in cells if isinstance(cell, float)]
        exact = self.stored and not _of_32_bits(floats)
        flaws = dict(block.flaws)
        for index, cell in enumerate(cells):
            said = _whole(cell, exact=exact)
            if said is LOSSY:
                flaws.setdefault(index, LOSSY)
            elif said is not cell:
                cells[index] = said
                self._count(said, block.first + index)
        return _Written(block, self.phone, cells, flaws)

    def _count(self, said: object, row: int) -> None:
        if said:
            self.row = self.row or row
            self.count += 1


def written(table: Table, *, stored: bool) -> Table:
    """Have the phone numbers of a table written without a fraction, where they are certain to have all their digits.

    Args:
        table: A table whose cells may be numbers.

        stored: Whether its floats are those that were stored, with 64 bits.
    """
    # A reader may still add to its notes.
    notes = table.notes if isinstance(table.notes, list) else [*table.notes]
    writer = _Writer(table, stored, notes)
    return attrs.evolve(table, blocks=writer.blocks(), notes=notes, told=writer.told)


def _whole(cell: object, *, exact: bool) -> object:
    """Write one cell; ``LOSSY`` where its digits are not certain, the empty text where it is not a number at all."""
    if isinstance(cell, float):
        if cell != cell:  # noqa: PLR0124  # only NaN is not itself
            return ""
        return str(int(cell)) if exact and cell.is_integer() and abs(cell) < _EXACT else LOSSY
    if isinstance(cell, Decimal):
        return _of_decimal(cell)
    return LOSSY if isinstance(cell, Real) and not hasattr(cell, "__index__") else cell


def _of_decimal(cell: Decimal) -> object:
    if not cell.is_finite():
        return "" if cell.is_nan() else LOSSY
    # With a positive exponent the last digits were never written: 9.8E+9.
    written = int(cell.as_tuple().exponent) <= 0 and cell.adjusted() < _DIGITS
    return str(int(cell)) if written and cell == cell.to_integral_value() else LOSSY


def _of_32_bits(floats: Sequence[float]) -> bool:
    """Whether every float would fit into 32 bits, which 64 bits hardly ever do by chance: their digits are lost."""
    large = [one for one in floats if _SHORT < abs(one) < _EXACT]
    return bool(large) and all(struct.unpack("f", struct.pack("f", one))[0] == one for one in large)
