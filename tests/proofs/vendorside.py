"""The receiving side: the vendors' emulators as a server in a process of its own, which counts whom they contacted.

It outlives whatever is done to the sender. Each campaign has a world of its own, a fresh emulator of every provider
below ``/w/<world>/<provider>/``. What was received takes effect though the sender is gone by then, as at a vendor.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import attrs
from aiohttp import web

from outreach.plugins import Plugins, load_plugins
from outreach.provider import Emulator
from outreach.wire import Received

HOST = "127.0.0.1"


class Moment(StrEnum):
    """Where in the life of a request the sender is given a signal."""

    RECEIVED = "received"  # before it takes effect
    EFFECT = "effect"  # after that, before the answer
    ANSWERED = "answered"


@attrs.define
class Aim:
    """A signal for a sender: at which request, counted from now, and ``after`` how many seconds."""

    pid: int
    number: int
    at: int
    moment: Moment
    after: float = 0.0


@attrs.define
class World:
    """One campaign's vendors.

    Attributes:
        slow: Seconds that a request takes before its effect, and again before its answer.

        hold: Number of the request that is not answered before ``released``; 0: none.
    """

    emulators: Mapping[str, Emulator]
    slow: float = 0.0
    hold: int = 0
    requests: int = 0
    aim: Aim | None = None
    released: asyncio.Event = attrs.field(factory=asyncio.Event)

    def strike(self, number: int, moment: Moment) -> None:
        """Give the signal, where this is the moment for it."""
        aim = self.aim
        if aim is None or number != aim.at or moment is not aim.moment:
            return
        self.aim = None
        asyncio.get_running_loop().call_later(aim.after, _signal, aim)


def _signal(aim: Aim) -> None:
    with suppress(ProcessLookupError):
        os.kill(aim.pid, aim.number)


class Server:
    """The worlds by number."""

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins
        self._worlds: dict[str, World] = {}
        self._numbers = itertools.count(1)

    def application(self) -> web.Application:
        """Give the pages."""
        one = web.Application()
        one.router.add_post("/open", self._open)
        one.router.add_post("/aim/{world}", self._aim)
        one.router.add_post("/disarm/{world}", self._disarm)
        one.router.add_post("/release/{world}", self._release)
        one.router.add_get("/told/{world}", self._told)
        one.router.add_get("/counted/{world}", self._counted)
        one.router.add_route("*", "/w/{world}/{provider}/{path:.*}", self._serve)
        return one

    async def _open(self, asked: web.Request) -> web.Response:
        number = str(next(self._numbers))
        emulators = {name: provider.emulate() for name, provider in self._plugins.providers.items()}
        self._worlds[number] = World(emulators, **await asked.json())
        return web.json_response({"world": number})

    async def _aim(self, asked: web.Request) -> web.Response:
        world, wish = self._worlds[asked.match_info["world"]], await asked.json()
        moment = Moment(wish.pop("moment"))
        world.aim = Aim(**{**wish, "at": world.requests + wish["at"], "moment": moment})
        return web.json_response({})

    async def _disarm(self, asked: web.Request) -> web.Response:
        self._worlds[asked.match_info["world"]].aim = None
        return web.json_response({})

    async def _release(self, asked: web.Request) -> web.Response:
        self._worlds[asked.match_info["world"]].released.set()
        return web.json_response({})

    async def _told(self, asked: web.Request) -> web.Response:
        world = self._worlds[asked.match_info["world"]]
        # A vendor whose dialling takes its time has dialled by then.
        later = Received(method="GET", path="campaign/", headers={"authorization": "Bearer x"})
        for emulator in world.emulators.values():
            emulator.answer(later, datetime.now(UTC) + timedelta(days=2))
        reached = [one.phone for emulator in world.emulators.values() for one in emulator.reached]
        return web.json_response({"reached": reached})

    async def _counted(self, asked: web.Request) -> web.Response:
        return web.json_response({"requests": self._worlds[asked.match_info["world"]].requests})

    async def _serve(self, asked: web.Request) -> web.Response:
        world, name = self._worlds[asked.match_info["world"]], asked.match_info["provider"]
        received = Received(
            method=asked.method,
            path=asked.match_info["path"],
            query=dict(asked.query),
            headers={key.lower(): value for key, value in asked.headers.items()},
            body=await asked.read(),
        )
        world.requests += 1
        number = world.requests
        world.strike(number, Moment.RECEIVED)
        await asyncio.sleep(world.slow)
        answer = world.emulators[name].answer(received, datetime.now(UTC))
        world.strike(number, Moment.EFFECT)
        if number == world.hold:
            await world.released.wait()
        await asyncio.sleep(world.slow)
        asyncio.get_running_loop().call_soon(world.strike, number, Moment.ANSWERED)
        return web.Response(status=answer.status, body=answer.body, content_type="application/json")


async def serve() -> None:
    """Say the port on standard output and serve until standard input ends."""
    runner = web.AppRunner(Server(load_plugins()).application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


class VendorSide:
    """The server, from outside: a context manager that starts it and ends it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process
        self._process.communicate()

    def open(self, *, slow: float = 0.0, hold: int = 0) -> str:
        """Make a world; give its number."""
        world: str = self._ask("open", {"slow": slow, "hold": hold})["world"]
        return world

    def address(self, world: str, provider: str) -> str:
        """Give a base URL."""
        return f"http://{HOST}:{self.port}/w/{world}/{provider}/"

    def aim(self, world: str, aim: Aim) -> None:
        """Have the sender given a signal."""
        self._ask(f"aim/{world}", attrs.asdict(aim))

    def disarm(self, world: str) -> None:
        """Give no signal any more: its process has ended, and another may have its number."""
        self._ask(f"disarm/{world}", {})

    def release(self, world: str) -> None:
        """Have the request that is held answered."""
        self._ask(f"release/{world}", {})

    def reached(self, world: str) -> Counter[str]:
        """Count how often each number was contacted; asked at the end, for it lets days pass at the vendors."""
        return Counter(self._ask(f"told/{world}", None)["reached"])

    def requests(self, world: str) -> int:
        """Count the requests that came."""
        return int(self._ask(f"counted/{world}", None)["requests"])

    def _ask(self, path: str, body: Any) -> dict[str, Any]:
        # A request with a body is a POST; proxies of the surroundings play no part on loopback.
        data = None if body is None else json.dumps(body).encode()
        opener: Callable[..., Any] = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        with opener(f"http://{HOST}:{self.port}/{path}", data, timeout=30) as answer:
            told: dict[str, Any] = json.loads(answer.read())
            return told


if __name__ == "__main__":
    asyncio.run(serve())
