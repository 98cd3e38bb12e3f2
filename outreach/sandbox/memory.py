"""What the emulators were asked, so that a sandbox begun again still knows the campaigns of an earlier run.

An emulator is deterministic, so its state is the sequence of requests that changed it: they are written down before
they are answered, and asked again when the next sandbox begins. A run killed in the middle can thus be resumed.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from outreach.provider import Emulator, Provider
from outreach.wire import Received

#: Methods that change nothing.
_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})

#: What is written in the place of a credential.
_STANDS_FOR: Mapping[str, str] = {"authorization": "Bearer sandbox", "cookie": "sandbox=sandbox"}

#: Fields of a JSON body that hold a credential or a one-time code.
_SECRET = re.compile(rb'("(?:password|refresh|otp|token|api_key)"\s*:\s*")(?:[^"\\]|\\.)*(")')

_log = logging.getLogger("outreach.sandbox")


class Memory:
    """A file of requests, one JSON object per line, mode 0600; without a path it remembers nothing.

    Args:
        path: The file.

        providers: By name; each says how a credential of its vendor looks.
    """

    def __init__(self, path: Path | None, providers: Mapping[str, Provider[Any]] | None = None) -> None:
        self._path = path
        self._stands_for = {name: _credentials(one) for name, one in (providers or {}).items()}
        self._file: BinaryIO | None = None

    def recall(self, emulators: Mapping[str, Emulator]) -> None:
        """Ask the emulators again what they were asked before, and go on writing behind it."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        known = self._path.read_bytes().splitlines() if self._path.exists() else []
        for line in known:
            _again(emulators, line)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "ab", buffering=0)
        if known and not self._path.read_bytes().endswith(b"\n"):
            self._file.write(b"\n")

    def note(self, name: str, received: Received, now: datetime) -> None:
        """Write a request down, before it is answered."""
        if self._file is None or received.method in _HARMLESS:
            return
        # Whoever reads this file must not find an account's token in it; that there was one is enough.
        stands_for = self._stands_for.get(name, _STANDS_FOR)
        headers = {key: stands_for.get(key, value) for key, value in received.headers.items()}
        record = {
            "provider": name,
            "at": now.isoformat(),
            "method": received.method,
            "path": received.path,
            "query": received.query,
            "headers": headers,
            "body": _SECRET.sub(rb"\1sandbox\2", received.body).decode("utf-8", "replace"),
        }
        self._file.write(orjson.dumps(record) + b"\n")

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _credentials(provider: Provider[Any]) -> Mapping[str, str]:
    headers = provider.auth("sandbox", provider.sandbox)
    return {**_STANDS_FOR, **{name.lower(): value for name, value in headers.items()}}


def _again(emulators: Mapping[str, Emulator], line: bytes) -> None:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return  # the last line of a run that was killed while it wrote
    emulator = emulators.get(record["provider"])
    if emulator is None:
        return
    received = Received(
        method=record["method"],
        path=record["path"],
        query=record["query"],
        headers=record["headers"],
        body=record["body"].encode(),
    )
    try:
        emulator.answer(received, datetime.fromisoformat(record["at"]))
    except Exception:  # noqa: BLE001  # it failed then as well, and answered 500
        _log.debug("an emulator failed again at %s", record["method"])
