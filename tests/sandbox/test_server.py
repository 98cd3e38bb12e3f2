"""The sandbox serves emulators over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import attrs
import orjson
import pytest

from outreach.answers import Outcome, accepted
from outreach.delivery.transport import HttpTransport, Lost
from outreach.model import Channel, Secret, Settings
from outreach.negotiation import Batching, Capabilities, Features
from outreach.provider import Batch, Job, Provider, Reached
from outreach.sandbox import Fault, FaultKind, SandboxServer
from outreach.wire import Reach, Received, Request, Response

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
PHONE = "+9779610000001"


@attrs.define
class Postcards:
    """A vendor in ten lines: POST cards/ reaches a person, everything else is 404."""

    reached: list[Reached] = attrs.field(factory=list)
    seen: list[Received] = attrs.field(factory=list)

    def answer(self, received: Received, now: datetime) -> Response:
        """Answer as the vendor would."""
        self.seen.append(received)
        if received.path == "broken":
            msg = "a mistake in the emulator"
            raise ZeroDivisionError(msg)
        if (received.method, received.path) != ("POST", "cards/"):
            return Response.of({"detail": "Not found."}, 404)
        self.reached.append(Reached(phone=received.json()["to"], channel=Channel.SMS, at=now))
        return Response.of({"id": len(self.reached)}, 201)


def _load(_job: Job[Settings], batch: Batch) -> Request:
    return card(batch.phones[0])


def _interpret(_job: Job[Settings], request: Request, response: Response, _batch: Batch | None) -> Outcome:
    return accepted(request, response)


def provider(name: str = "postcards") -> Provider[Settings]:
    """Make the provider of the tests."""
    return Provider(
        name=name,
        title="Postcards",
        docs="https://postcards.example/docs",
        version="1",
        settings=Settings,
        capabilities=Capabilities(channels={Channel.SMS: Features()}, batching=Batching(size=1)),
        load=_load,
        interpret=_interpret,
        emulate=Postcards,
        sandbox=Settings(token=Secret(value="sandbox")),
    )


def card(phone: str = PHONE) -> Request:
    """Make the request that reaches a person."""
    return Request(method="POST", path="cards/", does="send a card", body={"to": phone}, reaches=Reach.BATCH)


def sandbox(*faults: Fault) -> SandboxServer:
    """Make a server of the one provider."""
    return SandboxServer({"postcards": provider()}, clock=lambda: NOW, faults=faults)


def account(server: SandboxServer, seconds: float = 5.0) -> Settings:
    """Give the account at the sandbox."""
    return attrs.evolve(provider().sandbox, base_url=server.base_url("postcards"), timeout=seconds)


async def send(server: SandboxServer, request: Request, seconds: float = 5.0) -> Response:
    """Send by the real transport."""
    settings = account(server, seconds)
    async with HttpTransport(settings, provider().auth) as transport:
        return await transport.send(request, settings)


async def get(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
    """Read a page, as a person would."""
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, orjson.loads(await answer.read())


def emulator(server: SandboxServer) -> Postcards:
    """Give the emulator, to look inside."""
    one = server.emulators["postcards"]
    assert isinstance(one, Postcards)
    return one


@pytest.mark.asyncio
async def test_a_request_reaches_the_emulator_as_it_was_sent() -> None:
    """Method, path below the provider, query, lower-case headers and body arrive; so does the answer."""
    request = attrs.evolve(card(), body={"to": PHONE, "text": "नमस्कार 🙏"}, query={"a b": "क+1"})
    async with sandbox() as server:
        answer = await send(server, request)
        [seen] = emulator(server).seen

    assert (answer.status, answer.json()) == (201, {"id": 1})
    assert (seen.method, seen.path, seen.query) == ("POST", "cards/", {"a b": "क+1"})
    assert seen.json() == {"to": PHONE, "text": "नमस्कार 🙏"}
    assert seen.headers["authorization"] == "Bearer sandbox"
    assert seen.headers["content-type"] == "application/json"


@pytest.mark.asyncio
async def test_each_provider_has_its_own_emulator() -> None:
    """Two providers share a port and nothing else."""
    two = {"a": provider("a"), "b": provider("b")}
    async with SandboxServer(two, clock=lambda: NOW) as server:
        settings = attrs.evolve(provider().sandbox, base_url=server.base_url("a"))
        async with HttpTransport(settings, provider().auth) as transport:
            await transport.send(card(), settings)

        assert [len(server.emulators[name].reached) for name in ("a", "b")] == [1, 0]
        assert server.base_url("a").startswith("http://127.0.0.1:")
        assert server.base_url("a").endswith("/a/")


@pytest.mark.asyncio
async def test_the_index_and_who_was_reached_can_be_read() -> None:
    """GET / lists the providers, GET /_reached everybody who would have been contacted."""
    async with sandbox() as server:
        await send(server, card())
        root = server.base_url("postcards").removesuffix("postcards/")
        _, index = await get(root)
        _, reached = await get(root + "_reached")

        assert index["providers"]["postcards"]["base_url"] == server.base_url("postcards")
    assert reached == [{"provider": "postcards", "phone": PHONE, "channel": "sms", "at": NOW.isoformat()}]


@pytest.mark.asyncio
async def test_an_unknown_provider_is_404_and_says_where_to_look() -> None:
    """A wrong prefix is answered with the remedy."""
    async with sandbox() as server:
        status, body = await get(server.base_url("postcards").replace("postcards", "post"))

    assert (status, body["error"]) == (404, "no provider 'post' here; GET / lists them")


@pytest.mark.asyncio
async def test_another_host_name_is_refused() -> None:
    """A web page that points its own name at 127.0.0.1 cannot read who was reached."""
    async with sandbox() as server:
        url = server.base_url("postcards").replace("postcards/", "_reached")

        assert (await get(url, {"Host": "evil.example"}))[0] == 403
        assert (await get(url))[0] == 200


@pytest.mark.asyncio
async def test_a_failing_emulator_answers_500_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An exception in an emulator is a 500 to the sender and a traceback in the log."""
    async with sandbox() as server:
        answer = await send(server, Request(method="GET", path="broken", does="break it"))

    assert answer.status == 500
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.asyncio
async def test_a_request_is_one_log_line_without_its_numbers(caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG each request leaves a line; a number in the path is masked and the body is not shown."""
    caplog.set_level("DEBUG", logger="outreach.sandbox")
    async with sandbox() as server:
        await send(server, attrs.evolve(card(), path=("cards", PHONE)))

    [line] = [record.getMessage() for record in caplog.records if record.name == "outreach.sandbox"]
    assert line.startswith("POST postcards/cards/+•••01: 404")


@pytest.mark.asyncio
async def test_a_taken_port_is_an_error() -> None:
    """A second server on the same port raises OSError."""
    async with sandbox() as server:
        port = int(server.base_url("postcards").split(":")[2].split("/")[0])
        with pytest.raises(OSError, match=str(port)):
            await SandboxServer({}, port=port, clock=lambda: NOW).__aenter__()


def test_base_url_before_the_start_is_an_error() -> None:
    """There is no address before there is a port."""
    with pytest.raises(RuntimeError, match="async with"):
        sandbox().base_url("postcards")


LOST_BEFORE = (FaultKind.RESET_BEFORE, FaultKind.TIMEOUT_BEFORE)
LOST_AFTER = (FaultKind.RESET_AFTER, FaultKind.TIMEOUT_AFTER, FaultKind.TRUNCATED)
ANSWERED = {
    FaultKind.ERROR_BEFORE: (500, 0),
    FaultKind.ERROR_AFTER: (500, 1),
    FaultKind.TOO_MANY: (429, 0),
    FaultKind.UNAUTHORISED: (401, 0),
    FaultKind.GARBAGE: (201, 1),
    FaultKind.SLOW: (201, 1),
}


def test_every_kind_of_fault_is_tested() -> None:
    """A new kind needs a place in the tables above."""
    assert {*LOST_BEFORE, *LOST_AFTER, *ANSWERED} == set(FaultKind)


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", LOST_BEFORE + LOST_AFTER)
async def test_a_cut_connection_is_lost_whether_or_not_it_took_effect(kind: FaultKind) -> None:
    """The sender cannot tell a fault before the effect from one after it; only the emulator knows."""
    async with sandbox(Fault(kind=kind)) as server:
        with pytest.raises(Lost):
            await send(server, card(), seconds=1.0)

        assert len(emulator(server).reached) == (kind in LOST_AFTER)


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ANSWERED)
async def test_a_spoilt_answer_arrives(kind: FaultKind) -> None:
    """Faults that answer give their status, and take effect or not as their name says."""
    async with sandbox(Fault(kind=kind, seconds=0.05)) as server:
        answer = await send(server, card())

        assert (answer.status, len(emulator(server).reached)) == ANSWERED[kind]
    assert answer.headers.get("retry-after") == ("1" if kind is FaultKind.TOO_MANY else None)
    assert answer.body.startswith(b"{") == (kind is not FaultKind.GARBAGE)


@pytest.mark.asyncio
async def test_after_a_fault_the_next_request_works() -> None:
    """A fault strikes the requests that it names and no other."""
    async with sandbox(Fault(kind=FaultKind.RESET_AFTER, path="cards/*", nth={2})) as server:
        assert (await send(server, card())).status == 201
        with pytest.raises(Lost):
            await send(server, card())
        assert (await send(server, card())).status == 201

        assert len(emulator(server).reached) == 3


@pytest.mark.asyncio
async def test_a_client_that_gives_up_leaves_nothing_behind() -> None:
    """A request that is never answered ends with its client, not an hour later."""
    async with sandbox(Fault(kind=FaultKind.TIMEOUT_AFTER)) as server:
        before = asyncio.all_tasks()
        with pytest.raises(Lost):
            await send(server, card(), seconds=0.1)

        left = asyncio.all_tasks() - before
        assert not left or not (await asyncio.wait(left, timeout=2))[1]


MAIN = """
import asyncio, importlib.util, sys
spec = importlib.util.spec_from_file_location("sandbox_tests", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["sandbox_tests"] = module
spec.loader.exec_module(module)
from outreach.sandbox import run_forever
asyncio.run(run_forever({"postcards": module.provider()}, port=0, clock=lambda: module.NOW,
                        echo=lambda line: print(line, flush=True)))
print("stopped")
"""


@pytest.mark.asyncio
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_run_forever_serves_until_it_is_told_to_stop(how: signal.Signals) -> None:
    """It prints where each provider is served, answers, and ends cleanly on SIGINT and SIGTERM."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MAIN, __file__, stdout=asyncio.subprocess.PIPE, env=os.environ
    )
    assert program.stdout
    name, url = (await asyncio.wait_for(program.stdout.readline(), 30)).decode().split()
    status, _ = await get(url)
    program.send_signal(how)
    rest, _ = await asyncio.wait_for(program.communicate(), 30)

    assert (name, status, rest, program.returncode) == ("postcards", 404, b"stopped\n", 0)
