"""Texts of other encodings as UTF-8, so that there is one reader for all of them."""

from __future__ import annotations

import codecs
from typing import BinaryIO, cast

from outreach.contacts.tables import wrong

_READ = 65_536


def recoded(stream: BinaryIO, encoding: str, name: str) -> BinaryIO:
    """Give the bytes of a text as UTF-8.

    Args:
        stream: The text.

        encoding: One that Python knows.

        name: The source, for messages.
    """
    return cast("BinaryIO", _Recoded(stream, encoding, name))


class _Recoded:
    def __init__(self, stream: BinaryIO, encoding: str, name: str) -> None:
        self._stream, self._encoding, self._name = stream, encoding, name
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready = b""
        self._bytes, self._lines, self._ended = 0, 0, False
        self.close = stream.close

    def read(self, size: int = -1) -> bytes:
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._more()
        end = size if size >= 0 else len(self._ready)
        given, self._ready = self._ready[:end], self._ready[end:]
        return given

    def _more(self) -> None:
        data = self._stream.read(_READ)
        self._ended = not data
        held = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(self._encoding, "replace")
            at = self._bytes - held + error.start + 1
            msg = f"byte {at:,} is no {self._encoding}; state the encoding that the file really has"
            raise wrong(msg, file=self._name, line=self._lines + good.count("\n") + 1) from None
        except UnicodeError as error:  # "undefined" decodes nothing, others say no place
            msg = f"this is no {self._encoding} ({error}); state the encoding that the file really has"
            raise wrong(msg, file=self._name, line=self._lines + 1) from None
        self._bytes += len(data)
        self._lines += text.count("\n")
        self._ready += text.encode(errors="surrogatepass")
