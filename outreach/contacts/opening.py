"""From a name to a stream of plain bytes: paths, standard input, gzip."""

from __future__ import annotations

import gzip
import stat
import sys
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import attrs

from outreach.contacts.tables import wrong
from outreach.errors import SpecError

#: The name of standard input.
STDIN = "-"

_GZIP = b"\x1f\x8b"

#: What a file begins with that is no text, and what to do about it.
_NOT_TEXT = {
    b"PK\x03\x04": "is an Excel workbook or another zip archive, which is not read; save it as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook, which is not read; save it as CSV UTF-8",
    b"PAR1": "is a Parquet file, which is not read; convert it to CSV or JSON Lines",
    b"\xff\xfe": "is UTF-16; save it as CSV UTF-8",
    b"\xfe\xff": "is UTF-16; save it as CSV UTF-8",
}

_LONGEST_MARK = 4


@attrs.frozen
class Opened:
    """A source whose bytes can be read once, unpacked.

    Attributes:
        name: As the user named it.

        head: The first few bytes, which ``stream`` gives too.

        stream: The bytes.
    """

    name: str
    head: bytes
    stream: BinaryIO


class _Replayed:
    """A stream whose first bytes were looked at and are given once more. Standard input is left open."""

    def __init__(self, head: bytes, rest: BinaryIO, *, ours: bool) -> None:
        self._head, self._rest = head, rest
        self.close = rest.close if ours else _nothing

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._rest.read(size)
        end = size if size >= 0 else len(self._head)
        head, self._head = self._head[:end], self._head[end:]
        return head


class _Unzipped:
    """The content of a gzip file; damage becomes an error that names the file."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._file, self._name = gzip.GzipFile(fileobj=stream, mode="rb"), name
        self.close = stream.close

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except (EOFError, OSError, zlib.error):
            msg = "the gzip data is damaged or cut off; pack the file again"
            raise wrong(msg, file=self._name) from None


def open_source(name: str, *, base: Path, stdin: BinaryIO | None = None, path: str = "contacts.from") -> Opened:
    """Open a file, or standard input for ``-``.

    Args:
        name: Path as the user wrote it.

        base: Folder in which a relative path starts.

        stdin: Read for ``-``; None is the process's own.

        path: Place in the campaign that names the file, for errors.

    Raises:
        SpecError: It is missing, no regular file, unreadable, or no text.
    """
    if name == STDIN:
        return _plain(stdin or sys.stdin.buffer, name, ours=False)
    try:
        return _plain(_regular(base / Path(name).expanduser(), name, path), name, ours=True)
    except (OSError, ValueError) as error:  # a path may hold a NUL
        msg = f"{name} cannot be read: {getattr(error, 'strerror', error)}"
        raise wrong(msg, path=path) from None


def _regular(place: Path, name: str, path: str) -> BinaryIO:
    mode = place.stat().st_mode
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device, and a pipe is read as -"
        msg = f"{name} is {what}; name a file"
        raise wrong(msg, path=path)
    return place.open("rb")


def _plain(stream: BinaryIO, name: str, *, ours: bool) -> Opened:
    """Unpack gzip, told by its first bytes whatever the file is called, and refuse what is no text."""
    stream, head = _peek(stream, ours=ours)
    try:
        if head.startswith(_GZIP):
            stream, head = _peek(cast("BinaryIO", _Unzipped(stream, name)), ours=True)
        _refuse_binary(head, name)
    except SpecError:
        stream.close()
        raise
    return Opened(name, head, stream)


def _refuse_binary(head: bytes, name: str) -> None:
    for mark, remedy in _NOT_TEXT.items():
        if head.startswith(mark):
            msg = f"this {remedy}"
            raise wrong(msg, file=name)


def _peek(stream: BinaryIO, *, ours: bool) -> tuple[BinaryIO, bytes]:
    head = stream.read(_LONGEST_MARK)
    return cast("BinaryIO", _Replayed(head, stream, ours=ours)), head


def _nothing() -> None:
    pass
