"""How much memory the pages of a Parquet file take, before any is unpacked.

A few bytes can stand for a page of two gigabytes, or for one long text in every row, and what the file says of itself
at its end is only a claim. The header of each page is what the unpacking goes by, so these are gone through: each is a
``PageHeader`` in Thrift's compact protocol.

https://parquet.apache.org/docs/file-format/data-pages/,
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any, BinaryIO

import attrs

from outreach.contacts.tables import wrong

#: Bytes that one page of each column together may have unpacked; writers make pages of 1 to 100 MB.
MOST_PAGES = 2**28

#: Bytes that the cells of one batch may have.
MOST_BATCH = 2**27

#: Bytes of a cell, also of a column that nobody asks for.
MOST_CELL = 2**20

#: A dictionary of so many bytes is taken for one text.
_FEW = 2**13

#: A number has no more.
_BITS = 64

#: Most bytes of a page's header, as for Arrow; the first are enough for nearly all.
_LONGEST_HEADER = 2**24
_USUAL_HEADER = 2**12

_DICTIONARY_PAGE = 2
_DELTA_BYTE_ARRAY = 7

#: Where a page's header says how its values are written and how many there are, by the kind of the page.
_VALUES = {0: (5, 1, 2), 2: (7, 1, 2), 3: (8, 1, 4)}

_TEXTS = frozenset({"BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"})


class HeaderError(ValueError):
    """A page's header is none."""

    def __init__(self) -> None:
        super().__init__("a page has no header")


@attrs.frozen
class _Page:
    """One page by its header; its data stand from ``begin`` to ``end``."""

    begin: int
    end: int
    unpacked: int
    kind: int
    values: int
    encoding: int


@attrs.define
class _Bytes:
    """Reads the values of Thrift's compact protocol; running out of bytes is an ``IndexError``."""

    data: bytes
    at: int = 0

    def byte(self) -> int:
        """Read one byte."""
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """Read an unsigned number, seven bits a byte."""
        value = shift = 0
        while (byte := self.byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > _BITS:
                raise HeaderError
        return value | byte << shift

    def signed(self) -> int:
        """Read a number whose sign stands in its last bit."""
        value = self.number()
        return value >> 1 ^ -(value & 1)

    def skip(self, length: int) -> None:
        """Pass over some bytes."""
        self.at += length

    def struct(self) -> dict[int, Any]:
        """Read the fields of a struct that are numbers or structs; the others are passed over."""
        fields: dict[int, Any] = {}
        last = 0
        while head := self.byte():
            last = last + (head >> 4) if head >> 4 else self.signed()
            read = _TYPES.get(head & 0xF)
            if read is None:
                raise HeaderError
            fields[last] = read(self)
        return fields


#: How the values of a field are read. A page's header has no lists, sets and maps; one that has is damaged.
_TYPES: dict[int, Callable[[_Bytes], Any]] = {
    1: lambda _: True,
    2: lambda _: False,
    3: _Bytes.byte,
    4: _Bytes.signed,
    5: _Bytes.signed,
    6: _Bytes.signed,
    7: lambda data: data.skip(8),
    8: lambda data: data.skip(data.number()),
    12: _Bytes.struct,
}


@attrs.frozen
class Pages:
    """The pages of one file.

    Attributes:
        stream: The file.

        columns: The columns that will be read, by their path.

        unpack: Unpacks bytes with a codec to a length; what it cannot unpack is a ``ValueError`` or an ``OSError``.

        name: The file, for messages.
    """

    stream: BinaryIO
    columns: Container[str]
    unpack: Callable[[bytes, str, int], bytes]
    name: str

    def batch_rows(self, metadata: Any) -> int:
        """Say how many rows can be unpacked together.

        Args:
            metadata: What the file says of itself: where its columns begin and end.

        Raises:
            SpecError: A page, or a cell of one, is larger than that of any contact list.

            ValueError: The header of a page is none.
        """
        width = 1
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            chunks = map(group.column, range(group.num_columns))
            sizes = [self._sizes(one, number + 1) for one in chunks if one.path_in_schema in self.columns]
            largest = sum(page for page, _ in sizes)
            if largest > MOST_PAGES:
                size = f"{largest // 2**20:,} MB"
                msg = (
                    f"the largest pages of row group {number + 1:,} unpack to {size}; write the file with smaller pages"
                )
                raise wrong(msg, file=self.name)
            width = max(width, sum(cell for _, cell in sizes))
        return max(1, MOST_BATCH // width)

    def _sizes(self, column: Any, group: int) -> tuple[int, int]:
        """Give the bytes of the largest page of a column, and how many a cell takes in a batch."""
        largest = widest = 0
        for page in _pages(self.stream, column):
            largest = max(largest, page.unpacked, page.end - page.begin)
            if largest <= MOST_PAGES and column.physical_type in _TEXTS:
                widest = max(widest, self._widest(page, column, group))
        return largest, widest

    def _widest(self, page: _Page, column: Any, group: int) -> int:
        """Say how many bytes a cell takes: the longest where all rows may have the same, else the usual one."""
        if page.encoding == _DELTA_BYTE_ARRAY:  # each text may begin like the one before it
            return page.unpacked
        if page.kind != _DICTIONARY_PAGE:
            cell = page.unpacked // max(1, page.values)
        elif page.unpacked <= _FEW or column.physical_type != "BYTE_ARRAY":
            return page.unpacked
        else:
            cell = self._longest(page, column.compression)
        if cell > MOST_CELL:
            what = f"'{column.path_in_schema}' holds a cell of {cell:,} bytes in row group {group:,}"
            msg = f"{what}; write the file without this column"
            raise wrong(msg, file=self.name)
        return cell

    def _longest(self, page: _Page, codec: str) -> int:
        """Find the longest text of a dictionary: each has its length in front."""
        self.stream.seek(page.begin)
        packed = self.stream.read(page.end - page.begin)
        try:
            data = packed if codec == "UNCOMPRESSED" else self.unpack(packed, codec.lower(), page.unpacked)
        except (OSError, ValueError):  # damaged, which the reading says, or the framing of old versions of LZ4
            return page.unpacked
        at = longest = 0
        while at + 4 <= len(data):
            length = int.from_bytes(data[at : at + 4], "little")
            longest = max(longest, length)
            at += 4 + length
        return longest


def _pages(stream: BinaryIO, column: Any) -> Iterator[_Page]:
    at = column.data_page_offset
    first = column.dictionary_page_offset or 0
    if column.has_dictionary_page and first > 0 and (first < at or at <= 0):
        at = first
    end = at + column.total_compressed_size
    while at < end:
        page = _page(stream, at)
        yield page
        at = page.end


def _page(stream: BinaryIO, at: int) -> _Page:
    size = _USUAL_HEADER
    while True:
        stream.seek(at)
        data = _Bytes(stream.read(size))
        try:
            return _made(data.struct(), at + data.at)
        except RecursionError:
            raise HeaderError from None
        except IndexError:
            if len(data.data) < size or size >= _LONGEST_HEADER:
                raise HeaderError from None
            size *= 16


def _made(said: dict[int, Any], begin: int) -> _Page:
    kind, unpacked, packed = (said.get(field) for field in (1, 2, 3))
    if not isinstance(kind, int) or not isinstance(unpacked, int) or not isinstance(packed, int):
        raise HeaderError
    if unpacked < 0 or packed < 0:
        raise HeaderError
    field, values, encoding = _VALUES.get(kind, (0, 0, 0))
    inner = said.get(field)
    inner = inner if isinstance(inner, dict) else {}
    return _Page(begin, begin + packed, unpacked, kind, inner.get(values) or 0, inner.get(encoding) or 0)
