"""From bytes to lines of text; whatever is no UTF-8 text in lines is an error with its place."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from contextlib import closing

from outreach.contacts.opening import Opened
from outreach.contacts.tables import wrong
from outreach.errors import EnvironmentProblem, SpecError

#: The longest line, in characters. A longer one is no contact: the file has no line ends, or never closes a quote.
LINE_LIMIT = 65_536

_BOM = b"\xef\xbb\xbf"
_READ = 65_536
#: A character of UTF-8 has at most four bytes.
_MOST_BYTES = 4 * LINE_LIMIT


def lines(source: Opened) -> Generator[str]:
    r"""Give the lines with their ends (``\n`` or ``\r\n``); the stream is closed when they are all given.

    Raises:
        SpecError: A byte that is no UTF-8, a NUL, a carriage return alone, or a line without an end; with its line.

        EnvironmentProblem: The disk or the network folder fails.
    """
    for batch in batches(source):
        yield from batch


def batches(source: Opened) -> Generator[list[str]]:
    """Give the same lines, many at a time."""
    with closing(source.stream):
        number = 1
        for piece in _whole_lines(source):
            text = _decode(piece, source.name, number)
            batch = list(io.StringIO(text, newline="\n"))
            # Each of the other lines has an end at least, so one of them can be that long only where all are longer.
            if len(text) - len(batch) >= LINE_LIMIT and max(map(len, batch)) > LINE_LIMIT:
                at = next(index for index, line in enumerate(batch) if len(line) > LINE_LIMIT)
                raise _endless(source.name, number + at)
            yield batch
            number += len(batch)


def _whole_lines(source: Opened) -> Iterator[bytes]:
    """Cut the stream behind line ends, so that neither a character nor a line end is torn."""
    tail, number = _more(source).removeprefix(_BOM), 1
    while block := _more(source):
        whole, end, rest = (tail + block).rpartition(b"\n")
        if end:
            yield whole + end
            number += whole.count(end) + 1
        if len(rest) > _MOST_BYTES:
            raise _endless(source.name, number)
        tail = rest
    if tail:
        yield tail


def _more(source: Opened) -> bytes:
    try:
        return source.stream.read(_READ)
    except OSError as error:
        msg = f"{source.name} cannot be read to its end: {error.strerror}"
        raise EnvironmentProblem(msg) from error


def _decode(piece: bytes, name: str, number: int) -> str:
    if b"\0" in piece:
        msg = "a NUL byte: this is no text, or UTF-16; save the file as CSV UTF-8, or state contacts.encoding"
        raise _at(piece, piece.index(b"\0"), msg, name, number)
    if b"\r" in piece and (at := _lone_return(piece)) >= 0:
        msg = "a carriage return without a line feed; save the file with the line ends of Windows or Unix"
        raise _at(piece, at, msg, name, number)
    try:
        return piece.decode()
    except UnicodeDecodeError as error:
        msg = f"the byte 0x{piece[error.start]:02x} is no UTF-8; save the file as CSV UTF-8, or state contacts.encoding"
        raise _at(piece, error.start, msg, name, number) from None


def _lone_return(piece: bytes) -> int:
    """Find a carriage return that ends no line; -1 when there is none."""
    if piece.count(b"\r") == piece.count(b"\r\n"):
        return -1
    return piece.replace(b"\r\n", b"\n\n").index(b"\r")


def _at(piece: bytes, at: int, message: str, name: str, first: int) -> SpecError:
    """Make the error for one byte of a piece, with its line and the character's place in the line."""
    begins = piece.rfind(b"\n", 0, at) + 1
    column = len(piece[begins:at].decode(errors="replace")) + 1
    return wrong(message, file=name, line=first + piece.count(b"\n", 0, at), column=column)


def _endless(name: str, line: int) -> SpecError:
    msg = f"the line is longer than {LINE_LIMIT:,} characters; is this a contact list?"
    return wrong(msg, file=name, line=line)
