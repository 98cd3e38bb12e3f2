"""Files in a request: ``multipart/form-data`` (RFC 7578) from values that are in memory already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

import attrs
import orjson

_BREAK = b"\r\n"


@attrs.frozen(kw_only=True)
class Upload:
    """A file to be sent; whoever makes one has read it.

    Attributes:
        name: File name for the vendor, without folders.

        content: The bytes; no repr shows them.

        media_type: What the bytes are.
    """

    name: str
    content: bytes = attrs.field(repr=False)
    media_type: str = "application/octet-stream"


def encode(fields: Mapping[str, Any], files: Mapping[str, Upload]) -> tuple[str, bytes]:
    """Give the content type and the body; equal input gives equal bytes.

    A list becomes a field per item; what is neither text nor number nor truth value is written as JSON.
    """
    parts = [*_fields(fields), *_files(files)]
    boundary = sha256(_BREAK.join(parts)).hexdigest().encode()
    marked = [b"--" + boundary + _BREAK + part + _BREAK for part in parts]
    return f"multipart/form-data; boundary={boundary.decode()}", b"".join(marked) + b"--" + boundary + b"--" + _BREAK


def _fields(fields: Mapping[str, Any]) -> Iterator[bytes]:
    for name, value in fields.items():
        for item in value if isinstance(value, list | tuple) else (value,):
            yield _part([f'form-data; name="{_quoted(name)}"'], _text(item).encode())


def _files(files: Mapping[str, Upload]) -> Iterator[bytes]:
    for name, file in files.items():
        place = f'form-data; name="{_quoted(name)}"; filename="{_quoted(file.name)}"'
        yield _part([place, file.media_type], file.content)


def _part(headers: Iterable[str], content: bytes) -> bytes:
    names = ("Content-Disposition", "Content-Type")
    lines = [f"{name}: {value}".encode() for name, value in zip(names, headers, strict=False)]
    return _BREAK.join([*lines, b"", content])


def _quoted(text: str) -> str:
    """Write a name as browsers do, so that it cannot end the header that it stands in."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
