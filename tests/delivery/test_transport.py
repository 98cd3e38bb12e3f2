"""HttpTransport over real sockets on loopback, against servers that behave in every wrong way."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import traceback
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import attrs
import pytest

from outreach.delivery.transport import HttpTransport, Lost, NotSent, Unsendable
from outreach.errors import CredentialError
from outreach.model import Secret, Settings
from outreach.provider import bearer
from outreach.wire import Reach, Ref, Request, Response

TOKEN = "canary-token-5f1d0c"
PHONE = "+9779610000001"
SELF_SIGNED = Path(__file__).with_name("self_signed.pem")

RING = Request(
    method="POST", path="calls/", does="ring the phones", body={"to": PHONE, "text": "नमस्कार 🙏"}, reaches=Reach.BATCH
)
LOOK = Request(method="GET", path="calls/", does="look", repeatable=True)

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@attrs.define
class Vendor:
    """A raw server: what arrived, and at how many connections."""

    port: int
    heads: list[str] = attrs.field(factory=list)
    bodies: list[bytes] = attrs.field(factory=list)
    connections: int = 0
    open: set[asyncio.Task[object] | None] = attrs.field(factory=set)

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}/api/"

    async def let_go(self) -> None:
        """Wait until every connection has ended."""
        async with asyncio.timeout(5):
            await asyncio.gather(*filter(None, self.open))
        await asyncio.sleep(0)

    async def ask(self, reader: asyncio.StreamReader) -> None:
        """Take in one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next((int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:")), 0)
        self.heads.append(head)
        self.bodies.append(await reader.readexactly(length))


@asynccontextmanager
async def vendor(script: Script | bytes, *, tls: bool = False, reads: bool = True) -> AsyncIterator[Vendor]:
    """Run a server that reads one request per connection (unless told not to) and then does as the script says."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        known.connections += 1
        known.open.add(asyncio.current_task())
        try:
            if reads:
                await known.ask(reader)
            await (_say(script, reader, writer) if isinstance(script, bytes) else script(reader, writer))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            known.open.discard(asyncio.current_task())

    context = None
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(SELF_SIGNED)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    known = Vendor(server.sockets[0].getsockname()[1])
    async with server:
        try:
            yield known
        finally:
            for task in filter(None, known.open):
                task.cancel()
            await known.let_go()


async def _say(answer: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(answer)
    await writer.drain()
    await reader.read()


def account(base_url: str, seconds: float = 5.0) -> Settings:
    """Give an account with the canary token."""
    return Settings(base_url=base_url, timeout=seconds, token=Secret(value=TOKEN))


async def send(
    base_url: str,
    request: Request = RING,
    seconds: float = 5.0,
    max_bytes: int = 10_000,
    still: Callable[[], str] = str,
) -> Response:
    """Send one request over a transport of its own."""
    settings = account(base_url, seconds)
    async with HttpTransport(settings, bearer, max_bytes=max_bytes) as transport:
        return await transport.send(request, settings, still)


@pytest.mark.asyncio
async def test_the_last_look_is_when_there_is_a_connection() -> None:
    """Who was suppressed while it was made is not contacted: no byte leaves, and the reason is told."""
    seen: list[int] = []

    async def listen(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        seen.append(len(await reader.read()))

    async with vendor(listen, reads=False) as server:
        with pytest.raises(NotSent, match=r"^suppressed$"):
            await send(server.url, still=lambda: "suppressed")

    assert sum(seen) == 0


def reply(body: bytes = b'{"id": 1}', status: str = "200 OK", headers: str = "") -> bytes:
    """Write an answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.asyncio
async def test_a_request_goes_out_as_the_adapter_wrote_it() -> None:
    """Method, path, query, JSON bytes and the token arrive; the answer comes back with lower-case headers."""
    request = attrs.evolve(RING, path=("calls", "a/b क", ""), query={"q": "a+b क&"})
    async with vendor(reply(headers="X-Request-ID: Q1\r\n", status="201 Created")) as server:
        answer = await send(server.url, request)

    [head], [body] = server.heads, server.bodies
    lines = {line.split(": ")[0].lower(): line.split(": ")[1] for line in head.splitlines()[1:] if line}
    assert head.splitlines()[0] == "POST /api/calls/a%2Fb%20%E0%A4%95/?q=a%2Bb%20%E0%A4%95%26 HTTP/1.1"
    assert body == request.encode()
    assert lines["authorization"] == f"Bearer {TOKEN}"
    assert lines["content-type"] == "application/json"
    assert lines["accept-encoding"] == "identity"
    assert (answer.status, answer.json(), answer.headers["x-request-id"]) == (201, {"id": 1}, "Q1")


@pytest.mark.asyncio
async def test_a_request_without_body_says_nothing_of_a_body() -> None:
    """A GET carries no content type and no length."""
    async with vendor(reply()) as server:
        await send(server.url, LOOK)

    assert "content-" not in server.heads[0].lower()


@pytest.mark.asyncio
@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
async def test_a_redirect_is_an_answer_and_is_not_followed(status: str) -> None:
    """The second host receives nothing: neither the people nor the token."""
    async with vendor(reply()) as other:
        there = reply(status=f"{status} Elsewhere", headers=f"Location: {other.url}calls/\r\n")
        async with vendor(there) as server:
            answer = await send(server.url)

    assert (answer.status, server.connections, other.connections) == (int(status), 1, 0)


@pytest.mark.asyncio
async def test_proxies_netrc_and_cookies_are_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor an earlier answer adds to a request or leads it elsewhere."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login eve password eve\n")
    async with vendor(reply()) as proxy, vendor(reply(headers="Set-Cookie: s=1\r\nConnection: close\r\n")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NETRC", str(netrc))
        settings = account(server.url)
        async with HttpTransport(settings, bearer) as transport:
            await transport.send(RING, settings)
            await transport.send(RING, settings)

    assert (server.connections, proxy.connections) == (2, 0)
    assert f"Bearer {TOKEN}" in server.heads[1]
    assert "cookie" not in server.heads[1].lower()


# What is proved unsent -------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_refused_connection_is_proved_unsent() -> None:
    """Nobody listens, so nobody was reached."""
    with pytest.raises(NotSent, match="cannot connect"):
        await send(f"http://127.0.0.1:{free_port()}/")


@pytest.mark.asyncio
async def test_an_unknown_host_is_proved_unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that cannot be found is no reason to call anything unknown."""

    async def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", nobody)

    with pytest.raises(NotSent, match="the host's name cannot be found"):
        await send("https://vendor.invalid/")


@pytest.mark.asyncio
async def test_tls_with_a_plain_server_is_proved_unsent() -> None:
    """The handshake fails before the request."""
    async with vendor(b"HTTP/1.1 400 Bad Request\r\n\r\n", reads=False) as server:
        with pytest.raises(NotSent, match="no TLS with the host"):
            await send(f"https://127.0.0.1:{server.port}/")


@pytest.mark.asyncio
async def test_a_certificate_that_is_not_trusted_is_never_sent_to() -> None:
    """The message says what is wrong with it, and trying again is no use."""
    async with vendor(reply(), tls=True) as server:
        with pytest.raises(Unsendable, match="certificate is not trusted: self-signed certificate"):
            await send(f"https://localhost:{server.port}/")

    assert server.heads == []


@pytest.mark.asyncio
async def test_a_timeout_while_connecting_is_proved_unsent() -> None:
    """The TLS handshake never ends; the request never left."""
    async with vendor(_silence, reads=False) as server:
        with pytest.raises(NotSent, match="no connection in time"):
            await send(f"https://127.0.0.1:{server.port}/", seconds=0.1)

        assert server.connections == 1


@pytest.mark.asyncio
async def test_connecting_is_bounded_apart_from_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account with a long timeout still learns soon that nobody is there."""
    monkeypatch.setattr("outreach.delivery.transport.CONNECT", 0.1)
    async with vendor(_silence, reads=False) as server, asyncio.timeout(10):
        with pytest.raises(NotSent, match="no connection in time"):
            await send(f"https://127.0.0.1:{server.port}/", seconds=60)


UNSAFE = {
    "http://vendor.example/": "plain http",
    "http://127.0.0.1.vendor.example/": "plain http",
    "ftp://vendor.example/": "no web address",
    "vendor.example": "no web address",
    "https://": "no web address",
    "https://host:port/": "no address",
    "https://user:pass@vendor.example/": "user name",
    "https://vendor.example/?key=1": "query",
    "https://vendor.example/#top": "fragment",
    "https://vendor.example/a/../b/": "'..'",
}


@pytest.mark.parametrize("base_url", UNSAFE)
def test_an_unsafe_base_url_is_refused_at_once(base_url: str) -> None:
    """Plain http beyond loopback and addresses with more than a path are refused before a token is read."""
    with pytest.raises(Unsendable, match=UNSAFE[base_url]):
        HttpTransport(account(base_url), bearer)


@pytest.mark.parametrize(
    "base_url", ["http://localhost:1/", "http://127.8.9.1/", "http://[::1]:1/", "https://v.example"]
)
def test_loopback_may_be_plain(base_url: str) -> None:
    """The sandbox needs no TLS."""
    assert repr(HttpTransport(account(base_url), bearer)).startswith("HttpTransport('http")


ESCAPES: dict[str | tuple[str | Ref, ...], str] = {
    "../admin": "'..'",
    "calls/..": "'..'",
    "calls/%2e%2E/x": "'..'",
    "calls/..\\x": "'..'",
    "./calls": "'..'",
    ("calls", "../../admin"): "'..'",
    "/calls": "empty part",
    "//evil.example/calls": "empty part",
    "https://evil.example/": "empty part",
    ("calls", "", "run"): "empty part",
    "calls?all=1": "query",
    "calls#x": "query",
    ("calls", Ref("id"), "run"): "still has calls/<id>/run",
}


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ESCAPES)
async def test_a_path_that_leaves_the_base_url_is_not_sent(path: str | tuple[str | Ref, ...]) -> None:
    """An id from a vendor's answer or a slip of an adapter cannot lead a request elsewhere."""
    async with vendor(reply()) as server:
        with pytest.raises(Unsendable, match=ESCAPES[path]):
            await send(server.url, attrs.evolve(RING, path=path))

    assert server.connections == 0


@pytest.mark.asyncio
async def test_the_token_goes_to_the_origin_it_was_given_for() -> None:
    """Settings with another origin are refused, even on the same machine."""
    async with vendor(reply()) as server, vendor(reply()) as other:
        transport = HttpTransport(account(server.url), bearer)
        with pytest.raises(Unsendable, match="its token goes to"):
            async with transport:
                await transport.send(RING, account(other.url))

    assert other.connections == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("value", [object(), Ref("campaign"), float])
async def test_a_body_that_is_no_json_is_proved_unsent(value: object) -> None:
    """A mistake of an adapter makes no unknown."""
    with pytest.raises(Unsendable, match="cannot be written as JSON"):
        await send("http://127.0.0.1:1/", attrs.evolve(RING, body={"to": [value]}))


@pytest.mark.asyncio
async def test_a_stale_connection_is_not_taken_for_the_answer() -> None:
    """What arrives on an idle connection answers nothing; the next request is proved unsent, the one after works."""

    async def answer_twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(b'"mine"'))
        if server.connections == 1:
            await asyncio.sleep(0.05)
            writer.write(reply(b'"stale"', "408 Request Timeout"))
        await reader.read()

    async with vendor(answer_twice) as server:
        settings = account(server.url)
        async with HttpTransport(settings, bearer) as transport:
            await transport.send(LOOK, settings)
            await asyncio.sleep(0.2)
            with pytest.raises(NotSent, match="an idle connection went bad"):
                await transport.send(RING, settings)
            answer = await transport.send(RING, settings)

    assert answer.json() == "mine"
    assert len(server.heads) == 2


@pytest.mark.asyncio
async def test_sending_before_entering_is_an_error() -> None:
    """There is no session before the context is entered."""
    with pytest.raises(RuntimeError, match="async with"):
        await HttpTransport(account("http://127.0.0.1:1/"), bearer).send(RING, account("http://127.0.0.1:1/"))


@pytest.mark.asyncio
async def test_a_missing_token_is_an_error_on_entering() -> None:
    """The secret is read as late as possible, and before anything is sent."""
    transport = HttpTransport(attrs.evolve(account("https://v.example/"), token=Secret(env="NOT_SET_ANYWHERE")), bearer)

    with pytest.raises(CredentialError, match="NOT_SET_ANYWHERE"):
        await transport.__aenter__()


@pytest.mark.asyncio
async def test_an_account_without_token_sends_none() -> None:
    """A base URL alone is an account too."""
    async with vendor(reply()) as server:
        settings = attrs.evolve(account(server.url), token=None)
        async with HttpTransport(settings, bearer) as transport:
            await transport.send(LOOK, settings)

    assert "authorization" not in server.heads[0].lower()


# What is lost ----------------------------------------------------------------------------------------------------


async def _close(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b" ")
        await asyncio.sleep(0.02)


async def _endless(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b"x" * 1000)
        await writer.drain()


def _then_close(answer: bytes) -> Script:
    async def script(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return script


BOMB = gzip.compress(b"0" * 1_000_000)
GZIP = "Content-Encoding: gzip\r\n"

LOST: dict[str, tuple[Script | bytes, str]] = {
    "closed": (_close, "the connection ended before the answer"),
    "reset": (_reset, "the connection ended before the answer"),
    "silent": (_silence, "no answer in time"),
    "dripping": (_drip, "no answer in time"),
    "endless": (_endless, "larger than 10,000 bytes"),
    "large": (reply(b"x" * 10_001), "larger than 10,000 bytes"),
    "half a head": (_then_close(b"HTTP/1.1 200 OK\r\nConte"), "connection ended|no HTTP"),
    "half a body": (_then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}"), "the answer broke off"),
    "half a chunk": (
        _then_close(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}"),
        "the answer broke off",
    ),
    "not HTTP": (b"\x16\x03\x01 go away +9779610000001\r\n\r\n", "no HTTP that can be read"),
    "no status": (b"HTTP/1.1 abc OK\r\n\r\n", "no HTTP that can be read"),
    "negative length": (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "no HTTP that can be read"),
    "two lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "no HTTP that can be read"),
    "long header": (reply(headers=f"X: {'x' * 100_000}\r\n"), "no HTTP that can be read"),
    "many headers": (reply(headers="".join(f"X-{n}: 1\r\n" for n in range(10_000))), "no HTTP that can be read"),
    "bomb": (reply(BOMB, headers=GZIP), "larger than 10,000 bytes"),
    "half a gzip": (reply(gzip.compress(b"{}")[:-9], headers=GZIP), "compression is broken"),
    "gzip and more": (reply(gzip.compress(b"{}") + b"more", headers=GZIP), "compression is broken"),
    "no gzip": (reply(b"{}", headers=GZIP), "compression is broken"),
    "brotli": (reply(b"{}", headers="Content-Encoding: br\r\n"), "not asked for"),
    "gzip twice": (reply(b"{}", headers="Content-Encoding: gzip, gzip\r\n"), "not asked for"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
async def test_an_answer_that_cannot_be_had_is_lost(how: str, method: str) -> None:
    """The request arrived once, is not repeated, and nobody claims to know what it did; the connection is dropped."""
    script, message = LOST[how]
    request = attrs.evolve(RING, method=method) if method != "GET" else LOOK
    async with vendor(script) as server:
        with pytest.raises(Lost, match=message) as caught:
            await send(server.url, request, seconds=0.3)
        await server.let_go()

        assert len(server.heads) == 1
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert TOKEN not in told
    assert PHONE not in told
    assert caught.value.__context__ is None


@pytest.mark.asyncio
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_kept_connection_that_is_cut_is_not_tried_again(method: str) -> None:
    """A library would repeat these methods by itself; the engine has the one retry loop."""

    async def answer_once_per_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(reply())
        await server.ask(reader)

    async with vendor(answer_once_per_connection) as server:
        settings = account(server.url)
        async with HttpTransport(settings, bearer) as transport:
            await transport.send(LOOK, settings)
            with pytest.raises(Lost):
                await transport.send(attrs.evolve(RING, method=method), settings)

    assert (len(server.heads), server.connections) == (2, 1)


@pytest.mark.asyncio
@pytest.mark.parametrize(("coding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_compressed_answer_is_read_although_it_was_not_asked_for(
    coding: str, compress: Callable[[bytes], bytes]
) -> None:
    """A vendor's proxy that compresses regardless does not make unknowns."""
    async with vendor(reply(compress(b'{"id": 1}'), headers=f"Content-Encoding: {coding}\r\n")) as server:
        assert (await send(server.url)).json() == {"id": 1}


@pytest.mark.asyncio
async def test_a_bomb_is_not_inflated() -> None:
    """Of 50 MB in 50 kB only as much is inflated as is allowed."""
    async with vendor(reply(gzip.compress(bytes(50_000_000), 1), headers=GZIP)) as server:
        tracemalloc.start()
        try:
            with pytest.raises(Lost, match="larger than 1,000,000 bytes"):
                await send(server.url, max_bytes=1_000_000)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert peak < 10_000_000


@pytest.mark.asyncio
async def test_a_cancelled_send_is_cancelled_and_lets_go_of_the_connection() -> None:
    """Cancelling is no failure of the vendor: it goes through."""
    arrived = asyncio.Event()

    async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    async with vendor(silence) as server:
        task = asyncio.create_task(send(server.url))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.let_go()

        assert len(server.heads) == 1


# Connections -----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(("force_close", "connections"), [(False, 1), (True, 3)])
async def test_connections_are_kept_unless_forced_closed(force_close: bool, connections: int) -> None:
    """An account that cannot be asked afterwards pays for a new connection each time."""

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(reply())
            await server.ask(reader)

    async with vendor(keep) as server:
        settings = account(server.url)
        async with HttpTransport(settings, bearer, force_close=force_close) as transport:
            for _ in range(3):
                await transport.send(RING, settings)

    assert server.connections == connections


# What is told ----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_request_is_one_log_line_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG: method, path with numbers masked, status, time; no body and no token, also when it fails."""
    caplog.set_level("DEBUG", logger="outreach.http")
    request = attrs.evolve(RING, path=("calls", PHONE))
    async with vendor(reply(b'{"secret": "body"}')) as server:
        await send(server.url, request)
    async with vendor(_close) as server:
        with pytest.raises(Lost):
            await send(server.url, request)

    lines = [record.getMessage() for record in caplog.records if record.name == "outreach.http"]
    assert [line.split(",")[0] for line in lines] == ["POST calls/%2B•••01: 200", "POST calls/%2B•••01: Lost"]
    for secret in (TOKEN, PHONE, "9610000001", "body", "नमस्कार"):
        assert secret not in caplog.text


@pytest.mark.asyncio
async def test_the_token_is_in_no_repr() -> None:
    """Neither the transport nor its session shows it."""
    async with HttpTransport(account("https://v.example/"), bearer) as transport:
        assert TOKEN not in repr(transport) + repr(vars(transport)) + repr(transport._session)


def test_what_aiohttp_is_relied_on_for_is_still_there() -> None:
    """The guard against stale connections hangs on these two names; another aiohttp must not drop it in silence."""
    assert "send" in vars(aiohttp.ClientRequest)
    assert isinstance(aiohttp.client_proto.ResponseHandler.should_close, property)


@pytest.mark.asyncio
async def test_a_vendor_that_echoes_the_token_does_not_bring_it_in() -> None:
    """An error page that repeats the request's headers leaves no token behind."""
    echo = f'{{"detail": "bad header: Bearer {TOKEN}"}}'.encode()
    async with vendor(reply(echo, "400 Bad Request")) as server:
        response = await send(server.url)

    assert TOKEN.encode() not in response.body
    assert b"bad header" in response.body
