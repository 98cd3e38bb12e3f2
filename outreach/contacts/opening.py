"""From a name to a stream of plain bytes: paths, standard input, gzip, zstd."""

from __future__ import annotations

import gzip
import os
import stat
import sys
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

import attrs

from outreach.contacts.extras import extra
from outreach.contacts.recoding import recoded
from outreach.contacts.tables import wrong
from outreach.errors import EnvironmentProblem, SpecError
from outreach.homes import home
from outreach.source import Origin

#: The name of standard input.
STDIN = "-"

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

#: The largest window that a packed file may ask for, in bytes; a hostile one could ask for gigabytes.
_WINDOW = 2**27

#: Bytes of a zstd file that are unpacked at once: four of them may stand for 128 KiB.
_PACKED = 1024

#: What a file begins with that is no text, and what to do about it.
_NOT_TEXT = {
    b"PK\x03\x04": "is an Excel workbook or another zip archive; let its name end with .xlsx, or save it as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook, which is not read; save it as CSV UTF-8",
    b"PAR1": "is a Parquet file; let its name end with .parquet",
}

_LONGEST_MARK = 4


@attrs.define
class Meter:
    """How much of a file was read.

    Attributes:
        total: Bytes that the file has; 0 when nobody can tell.

        done: Bytes read so far.
    """

    total: int
    done: int = 0

    def share(self) -> float | None:
        """Give the share that was read, 0 to 1; None when nobody can tell."""
        return min(1.0, self.done / self.total) if self.total else None


class _Metered:
    """A stream whose bytes are counted."""

    def __init__(self, stream: BinaryIO, meter: Meter) -> None:
        self._stream, self._meter = stream, meter
        self.close = stream.close

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._meter.done += len(data)
        return data


@attrs.frozen
class Opened:
    """A source whose bytes can be read once, unpacked.

    Attributes:
        name: As the user named it.

        head: The first few bytes, which ``stream`` gives too.

        stream: The bytes.

        meter: Counts the bytes read from the disk.
    """

    name: str
    head: bytes
    stream: BinaryIO
    meter: Meter = attrs.field(factory=lambda: Meter(0))


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


class _Unpacked:
    """The content of a packed file; damage becomes an error that names the file and the byte."""

    def __init__(self, file: BinaryIO, stream: BinaryIO, name: str, meter: Meter) -> None:
        self._file, self._name, self._meter = file, name, meter
        self._errors = _damages()
        self.close = stream.close

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except self._errors:
            msg = f"the packed data is damaged or cut off near byte {self._meter.done:,}; pack the file again"
            raise wrong(msg, file=self._name) from None


def _damages() -> tuple[type[Exception], ...]:
    """Give what the packers raise; that of zstd only exists where its library is loaded."""
    module = sys.modules.get("zstandard")
    return (EOFError, OSError, zlib.error, *((module.ZstdError,) if module else ()))


class _Frames:
    """The content of a zstd file.

    The library's own reader takes a file that was cut off for a short one, so the frames are followed here.
    """

    def __init__(self, stream: BinaryIO, unpacker: Any) -> None:
        self._stream, self._unpacker = stream, unpacker
        self._frame = unpacker.decompressobj()
        self._packed, self._ready = b"", b""

    def read(self, size: int = -1) -> bytes:
        while (size < 0 or len(self._ready) < size) and self._more():
            pass
        end = size if size >= 0 else len(self._ready)
        given, self._ready = self._ready[:end], self._ready[end:]
        return given

    def _more(self) -> bool:
        self._packed = self._packed or self._stream.read(_PACKED)
        if not self._packed:
            if not self._frame.eof:
                raise EOFError
            return False
        if self._frame.eof:
            self._frame = self._unpacker.decompressobj()
        data, self._packed = self._packed, b""
        self._ready += self._frame.decompress(data)
        self._packed = self._frame.unused_data
        return True


def _unzip(stream: BinaryIO, _name: str) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=stream, mode="rb"))


def _unzstd(stream: BinaryIO, name: str) -> BinaryIO:
    zstandard = extra("zstandard", "zstd", name)
    return cast("BinaryIO", _Frames(stream, zstandard.ZstdDecompressor(max_window_size=_WINDOW)))


_UNPACK = {_GZIP: _unzip, _ZSTD: _unzstd}


def open_source(origin: Origin) -> Opened:
    """Open a file, or standard input for ``-``; ``encoding`` among the options turns it into UTF-8.

    Raises:
        SpecError: It is missing, no regular file, unreadable, or no text.
    """
    if origin.address == STDIN:
        return _plain(origin.stdin or sys.stdin.buffer, origin, Meter(0), ours=False)
    stream = open_file(origin)
    return _plain(stream, origin, Meter(os.fstat(stream.fileno()).st_size), ours=True)


def open_file(origin: Origin) -> BinaryIO:
    """Open a regular file as it is.

    Raises:
        SpecError: It is missing, no regular file or unreadable.
    """
    try:
        return _regular(origin.base / home(origin.address), origin.name, origin.path)
    except (OSError, ValueError) as error:  # a path may hold a NUL
        msg = f"{origin.name} cannot be read: {getattr(error, 'strerror', error)}"
        raise wrong(msg, path=origin.path) from None


def _regular(place: Path, name: str, path: str) -> BinaryIO:
    mode = place.stat().st_mode
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device, and a pipe is read as -"
        msg = f"{name} is {what}; name a file"
        raise wrong(msg, path=path)
    return place.open("rb")


def _plain(stream: BinaryIO, origin: Origin, meter: Meter, *, ours: bool) -> Opened:
    """Unpack what is packed, told by its first bytes whatever the file is called, and refuse what is no text."""
    name, encoding = origin.name, origin.options.get("encoding", "utf-8")
    try:
        stream, head = _peek(cast("BinaryIO", _Metered(stream, meter)), ours=ours)
    except OSError as error:
        stream.close()
        msg = f"{name} cannot be read: {error.strerror}"
        raise EnvironmentProblem(msg) from error
    try:
        unpack = next((unpack for mark, unpack in _UNPACK.items() if head.startswith(mark)), None)
        if unpack:
            unpacked = _Unpacked(unpack(stream, name), stream, name, meter)
            stream, head = _peek(cast("BinaryIO", unpacked), ours=True)
        if encoding != "utf-8":
            stream, head = _peek(recoded(stream, encoding, name), ours=True)
        _refuse_binary(head, name)
    except SpecError:
        stream.close()
        raise
    return Opened(name, head, stream, meter)


def _refuse_binary(head: bytes, name: str) -> None:
    for mark, remedy in _NOT_TEXT.items():
        if head.startswith(mark):
            msg = f"this {remedy}"
            raise wrong(msg, file=name)
    if head.startswith(_UTF_16):
        msg = "this is UTF-16; save it as CSV UTF-8, or state contacts.encoding: utf-16"
        raise wrong(msg, file=name, line=1, column=1)


def _peek(stream: BinaryIO, *, ours: bool) -> tuple[BinaryIO, bytes]:
    head = stream.read(_LONGEST_MARK)
    return cast("BinaryIO", _Replayed(head, stream, ours=ours)), head


def _nothing() -> None:
    pass
