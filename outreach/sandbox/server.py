"""The providers' emulators as one web server on 127.0.0.1, in the event loop of whoever starts it."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import hdrs, web
from multidict import CIMultiDict

from outreach.masking import masked
from outreach.provider import Emulator, Provider
from outreach.sandbox.faults import BEFORE, Fault, FaultKind, Faults
from outreach.sandbox.memory import Memory
from outreach.wire import Received, Response

HOST = "127.0.0.1"

#: Largest request body, in bytes.
MAX_BODY = 64_000_000

#: Longest wait for requests that are being answered when the server stops, in seconds.
SHUTDOWN = 0.5

#: Seconds after which a connection is cut whose client does not give up.
LONG = 3600.0

#: Headers that the server makes itself.
_OURS = frozenset({"content-length", "transfer-encoding", "connection"})

_log = logging.getLogger("outreach.sandbox")
_log.addHandler(logging.NullHandler())


class SandboxServer:
    """Serves a fresh emulator of each provider below ``/<name>/``; an async context manager.

    ``GET /`` tells what is served, ``GET /_reached`` who would have been contacted.

    Args:
        providers: By name.

        port: Port on 127.0.0.1; 0 takes a free one.

        clock: The time that the emulators go by, aware.

        faults: What goes wrong on purpose.

        memory: File in which the emulators' state outlives the server; None forgets.

    Attributes:
        emulators: By name of the provider.
    """

    def __init__(
        self,
        providers: Mapping[str, Provider[Any]],
        *,
        port: int = 0,
        clock: Callable[[], datetime],
        faults: Iterable[Fault] = (),
        memory: Path | None = None,
    ) -> None:
        self.emulators: Mapping[str, Emulator] = {name: one.emulate() for name, one in providers.items()}
        self._providers = providers
        self._port = port
        self._clock = clock
        self._faults = Faults(faults)
        self._memory = Memory(memory, providers)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Start.

        Raises:
            OSError: The port is taken.
        """
        self._memory.recall(self.emulators)
        application = web.Application(client_max_size=MAX_BODY, middlewares=[_local_only])
        application.router.add_get("/", self._index)
        application.router.add_get("/_reached", self._reached)
        application.router.add_route("*", "/{provider}/{path:.*}", self._serve)
        runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN)
        await runner.setup()
        await web.TCPSite(runner, HOST, self._port).start()
        self._runner = runner
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        runner, self._runner = self._runner, None
        if runner:
            await runner.cleanup()
        self._memory.close()

    def base_url(self, name: str) -> str:
        """Give the address of a provider's emulator, with a trailing slash.

        Raises:
            KeyError: The provider is not served.

            RuntimeError: The server is not running.
        """
        if self._runner is None:
            msg = "start the sandbox with 'async with' first"
            raise RuntimeError(msg)
        if name not in self.emulators:
            raise KeyError(name)
        return f"http://{HOST}:{self._runner.addresses[0][1]}/{name}/"

    async def _index(self, _asked: web.Request) -> web.Response:
        served = {
            name: {"title": one.title, "base_url": self.base_url(name), "docs": one.docs}
            for name, one in self._providers.items()
        }
        return web.json_response({"sandbox": "outreach", "providers": served, "reached": "/_reached"})

    async def _reached(self, _asked: web.Request) -> web.Response:
        return web.json_response(
            [
                {"provider": name, "phone": one.phone, "channel": one.channel, "at": one.at.isoformat()}
                for name, emulator in self.emulators.items()
                for one in emulator.reached
            ]
        )

    async def _serve(self, asked: web.Request) -> web.StreamResponse:
        began = time.perf_counter()
        name = asked.match_info["provider"]
        if name not in self.emulators:
            return web.json_response({"error": f"no provider '{name}' here; GET / lists them"}, status=404)
        received = await _received(asked, name)
        fault = self._faults.strike(name, received)
        answer = None if fault and fault.kind in BEFORE else self._answer(name, received)
        _log.debug(
            "%s %s/%s: %s%s, %.0f ms",
            received.method,
            name,
            masked(received.path),
            answer.status if answer else "not seen",
            f", {fault.kind}" if fault else "",
            (time.perf_counter() - began) * 1000,
        )
        if fault:
            return await _STRIKES[fault.kind](asked, fault, answer or Response.of({}))
        return _whole(answer or Response.of({}))

    def _answer(self, name: str, received: Received) -> Response:
        now = self._clock()
        self._memory.note(name, received, now)
        try:
            return self.emulators[name].answer(received, now)
        except Exception:  # noqa: BLE001  # an emulator may be a stranger's; its mistake looks to the sender as a vendor's would
            _log.exception("the emulator of '%s' failed at %s", name, received.method)
            return Response.of({"error": f"the emulator of '{name}' failed; see the sandbox's log"}, 500)


async def run_forever(
    providers: Mapping[str, Provider[Any]],
    *,
    port: int,
    clock: Callable[[], datetime],
    echo: Callable[[str], None],
    faults: Iterable[Fault] = (),
) -> None:
    """Serve until SIGINT or SIGTERM; ``echo`` gets a line per provider, ``<name> <base URL>``.

    Raises:
        OSError: The port is taken.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    async with SandboxServer(providers, port=port, clock=clock, faults=faults) as server:
        for one in signals:
            loop.add_signal_handler(one, stop.set)
        try:
            for name in server.emulators:
                echo(f"{name} {server.base_url(name)}")
            await stop.wait()
        finally:
            for one in signals:
                loop.remove_signal_handler(one)


@web.middleware
async def _local_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    # A page in a browser can point a name of its own at 127.0.0.1 and would read from here who was reached.
    if request.url.host not in {HOST, "localhost"}:
        return web.json_response({"error": f"ask for http://{HOST}"}, status=403)
    return await handler(request)


async def _received(asked: web.Request, name: str) -> Received:
    return Received(
        method=asked.method,
        path=asked.path.removeprefix(f"/{name}/"),
        query=dict(asked.query),
        headers={key.lower(): value for key, value in asked.headers.items()},
        body=await asked.read(),
    )


def _whole(answer: Response) -> web.Response:
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in _OURS]
    lines = CIMultiDict((name, line) for name, value in headers for line in value.splitlines())
    return web.Response(status=answer.status, headers=lines, body=answer.body)


def _cut(asked: web.Request) -> None:
    transport = asked.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        # Lingering for no time turns the close into a reset.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _reset(asked: web.Request, _fault: Fault, answer: Response) -> web.StreamResponse:
    _cut(asked)
    return _whole(answer)


async def _never(asked: web.Request, _fault: Fault, answer: Response) -> web.StreamResponse:
    await asyncio.sleep(LONG)
    return await _reset(asked, _fault, answer)


async def _late(_asked: web.Request, fault: Fault, answer: Response) -> web.StreamResponse:
    await asyncio.sleep(fault.seconds)
    return _whole(answer)


async def _error(_asked: web.Request, _fault: Fault, _answer: Response) -> web.StreamResponse:
    return _whole(Response.of({"error": "Internal Server Error"}, 500))


async def _too_many(_asked: web.Request, fault: Fault, _answer: Response) -> web.StreamResponse:
    refusal = _whole(Response.of({"error": "Too Many Requests"}, 429))
    refusal.headers[hdrs.RETRY_AFTER] = str(max(1, round(fault.seconds)))
    return refusal


async def _unauthorised(_asked: web.Request, _fault: Fault, _answer: Response) -> web.StreamResponse:
    return _whole(Response.of({"error": "Unauthorized"}, 401))


async def _garbage(_asked: web.Request, _fault: Fault, answer: Response) -> web.StreamResponse:
    return web.Response(status=answer.status, body=b"\x00<garbage \xff{", content_type="application/json")


async def _truncated(asked: web.Request, _fault: Fault, answer: Response) -> web.StreamResponse:
    broken = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
    broken.content_length = len(answer.body) + 1
    await broken.prepare(asked)
    await broken.write(answer.body)
    if asked.transport:
        asked.transport.close()
    return broken


_STRIKES: Mapping[FaultKind, Callable[[web.Request, Fault, Response], Awaitable[web.StreamResponse]]] = {
    FaultKind.RESET_BEFORE: _reset,
    FaultKind.RESET_AFTER: _reset,
    FaultKind.TIMEOUT_BEFORE: _never,
    FaultKind.TIMEOUT_AFTER: _never,
    FaultKind.ERROR_BEFORE: _error,
    FaultKind.ERROR_AFTER: _error,
    FaultKind.TOO_MANY: _too_many,
    FaultKind.UNAUTHORISED: _unauthorised,
    FaultKind.GARBAGE: _garbage,
    FaultKind.TRUNCATED: _truncated,
    FaultKind.SLOW: _late,
}
