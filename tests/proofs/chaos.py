"""A proxy between the real transport and a vendor's server that spoils chosen requests or their answers."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from types import TracebackType
from typing import Self

import attrs

HOST = "127.0.0.1"

_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)

#: Seconds between two bytes of a drip that never comes to its end, and between those of one that does.
SLOWLY, QUICKLY = 0.05, 0.001

#: Bytes at a time of a drip that comes to its end.
DROPS = 16


class Kind(StrEnum):
    """What is done to a request. *Before*: the vendor never sees it; *after*: it took effect."""

    RESET_BEFORE = "reset before"
    RESET_AFTER = "reset after"
    TIMEOUT_BEFORE = "timeout before"
    TIMEOUT_AFTER = "timeout after"
    DRIP = "drip"
    GARBAGE = "garbage"
    TRUNCATION = "truncation"


class Level(StrEnum):
    """How far the request is read before the fault, or the answer written: not at all, into the head, into the body."""

    CONNECT = "connect"
    HEADERS = "headers"
    BODY = "body"


@attrs.frozen
class Fault:
    """One request spoilt: ``at`` counts from 1 the requests through the proxy."""

    kind: Kind
    level: Level
    at: int


class Chaos:
    """The proxy; an async context manager.

    Attributes:
        port: Where it listens.

        struck: Faults that took effect.

        seen: Method and target of each request that was not spoilt, by its number.
    """

    def __init__(self, upstream: int, faults: Sequence[Fault], rng: random.Random) -> None:
        self.port = 0
        self.struck = 0
        self.seen: dict[int, str] = {}
        self._upstream = upstream
        self._faults = {fault.at: fault for fault in faults}
        self._rng = rng
        self._count = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while first := await reader.read(1):
                self._count += 1
                number = self._count
                fault = self._faults.pop(number, None)
                if fault:
                    self.struck += 1
                    await self._spoil(fault, first, reader, writer)
                    break
                head, body = await _message(first, reader)
                self.seen[number] = head.partition(b" HTTP/")[0].decode()
                answer = await self._forward(head + body)
                writer.write(b"".join(answer))
                await writer.drain()
        writer.close()

    async def _spoil(
        self, fault: Fault, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        before = fault.kind in {Kind.RESET_BEFORE, Kind.TIMEOUT_BEFORE}
        if before and fault.level is Level.CONNECT:
            pass
        elif before and fault.level is Level.HEADERS:
            await reader.readuntil(b"\r\n\r\n")
        else:
            head, body = await _message(first, reader)
            if not before:
                answer = await self._forward(head + body)
                await self._answer(fault, *answer, reader, writer)
                return
        await _end(fault.kind, reader, writer)

    async def _answer(
        self, fault: Fault, head: bytes, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if fault.kind is Kind.DRIP:
            await _drip(fault.level, head, body, reader, writer)
        elif fault.kind is Kind.GARBAGE:
            writer.write(self._garbage(fault.level, head, body))
            await writer.drain()
        else:
            part = {
                Level.CONNECT: b"",
                Level.HEADERS: head[: len(head) // 2],
                Level.BODY: head + body[: len(body) // 2],
            }
            writer.write(part[fault.level])
            await writer.drain()
            await _end(fault.kind, reader, writer)

    def _garbage(self, level: Level, head: bytes, body: bytes) -> bytes:
        if level is Level.CONNECT:
            return self._rng.randbytes(len(head))
        if level is Level.HEADERS:
            return b"HTTP/1.1 200 OK\r\n" + self._rng.randbytes(len(head)) + b"\r\n\r\n" + body
        return head + self._rng.randbytes(len(body))

    async def _forward(self, request: bytes) -> tuple[bytes, bytes]:
        reader, writer = await asyncio.open_connection(HOST, self._upstream)
        try:
            writer.write(request)
            return await _message(b"", reader)
        finally:
            writer.close()


async def _message(first: bytes, reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Read one request or answer: its head, and its body by the length that the head states."""
    head = first + await reader.readuntil(b"\r\n\r\n")
    stated = _LENGTH.search(head)
    return head, await reader.readexactly(int(stated[1]) if stated else 0)


async def _end(kind: Kind, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reset, or say nothing more until the other side gives up, or close (which the caller does)."""
    if kind in {Kind.RESET_BEFORE, Kind.RESET_AFTER}:
        sock: socket.socket = writer.get_extra_info("socket")
        # Lingering for no time turns the close into a reset.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    elif kind in {Kind.TIMEOUT_BEFORE, Kind.TIMEOUT_AFTER}:
        while await reader.read(65_536):
            pass


async def _drip(
    level: Level, head: bytes, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer in drops: the head in time, the whole never to its end, or the body never to its end."""
    if level is Level.HEADERS:
        for start in range(0, len(head), DROPS):
            writer.write(head[start : start + DROPS])
            await asyncio.sleep(QUICKLY)
        writer.write(body)
        await writer.drain()
        return
    slow = head + body
    if level is Level.BODY:
        writer.write(head)
        slow = body
    for byte in slow:
        if reader.at_eof() or writer.is_closing():
            return
        writer.write(bytes((byte,)))
        await asyncio.sleep(SLOWLY)
