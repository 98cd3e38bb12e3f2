"""The one file that opens connections to vendors.

aiohttp is kept from all that it would do unasked: repeat a request, follow a redirect, keep cookies, read proxy
variables and ``.netrc``, inflate a compressed answer without bound, take an answer that came before the question.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

import aiohttp
import attrs

from outreach.delivery.address import left_behind, locate, origin
from outreach.delivery.exchange import Lost, NotSent, Transport, Unsendable
from outreach.masking import masked
from outreach.model import MAIN, Settings, bases
from outreach.wire import Request, Response

__all__ = ["HttpTransport", "Lost", "NotSent", "Transport", "Unsendable"]

#: Most bytes of an answer, before and after it is decompressed.
MAX_BYTES = 10_000_000

#: A shorter text is no vendor's token, and taking it out of answers could change what they say.
SHORTEST_TOKEN = 8

#: Longest time to reach the vendor, in seconds, within the account's timeout.
CONNECT = 10.0

#: Seconds for which an idle connection is kept: shorter than servers commonly keep theirs (5 seconds and more), so
#: that a request rarely meets a connection that is just being closed, which would look as if it had been lost.
IDLE = 4.0

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "outreach"}
#: The one header that must not be joined with commas; several come as lines.
_COOKIE = "set-cookie"
_INFLATED = frozenset({"gzip", "x-gzip", "deflate"})

_log = logging.getLogger("outreach.http")
_log.addHandler(logging.NullHandler())


class HttpTransport:
    """Sends the requests of one account over HTTP, to the origins of its base URLs and nowhere else.

    An async context manager; the token is read on entering, and no repr, message or log record holds it.

    Args:
        settings: The account.

        auth: Headers from the token, see ``Provider.auth``.

        force_close: Use a new connection for each request. For accounts whose lost requests cannot be settled: an idle
            connection that the vendor closes at the wrong moment makes a needless unknown.

        max_bytes: Most bytes of an answer, decompressed.

    Raises:
        Unsendable: The base URL is unsafe.

        CredentialError: On entering: the token cannot be read.
    """

    def __init__(
        self,
        settings: Settings,
        auth: Callable[[str, Any], Mapping[str, str]],
        *,
        force_close: bool = False,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._origin = origin(settings.base_url)
        self._bases = bases(settings)
        self._settings = settings
        self._auth = auth
        self._force_close = force_close
        self._max_bytes = max_bytes
        self._session: aiohttp.ClientSession | None = None
        self._clean = _eraser(b"")

    def __repr__(self) -> str:
        return f"HttpTransport({self._origin!r})"

    async def __aenter__(self) -> Self:
        token = self._settings.token.reveal() if self._settings.token else ""
        credential = self._auth(token, self._settings) if token else {}
        self._clean = _eraser(token.removeprefix("Bearer ").strip().encode())
        self._session = _session({**_HEADERS, **credential}, force_close=self._force_close)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    async def send(self, request: Request, settings: Settings, still: Callable[[], str] = str) -> Response:
        """Send a request and give the answer, whatever its status; a redirect is an answer too.

        Args:
            request: Without open Refs.

            settings: The account; ``base_url`` and ``timeout`` (seconds) are used.

            still: Why it may no longer go out, asked when there is a connection; empty when it may.

        Raises:
            NotSent: It is proved that nothing left.

            Lost: Something may have left, and there is no answer.
        """
        if self._session is None:
            msg = "open the transport with 'async with' first"
            raise RuntimeError(msg)
        url, headers, body = self._prepare(request, settings)
        trip, began = _Trip(still), time.perf_counter()
        answer = await _exchange(
            self._session, request.method, url, headers, body, settings.timeout, self._max_bytes, trip
        )
        if _log.isEnabledFor(logging.DEBUG):
            told = answer.status if isinstance(answer, Response) else f"{type(answer).__name__}, {answer}"
            _log.debug("%s %s: %s, %.0f ms", request.method, masked(request.target), told, _ms_since(began))
        if isinstance(answer, Response):
            return self._clean(answer)
        raise answer

    def _prepare(self, request: Request, settings: Settings) -> tuple[str, Mapping[str, str], bytes | None]:
        url = locate(self._base(request, settings), request)
        try:
            kind, body = request.payload()
        except TypeError:
            pass
        else:
            return url, {**request.headers, "Content-Type": kind} if kind else request.headers, body
        msg = f"the body of '{request.does}' cannot be written as JSON, or has an open Ref"
        raise Unsendable(msg)

    def _base(self, request: Request, settings: Settings) -> str:
        """Give the address that the path is relative to; it must be where the token belongs."""
        address = bases(settings).get(request.base)
        if address is None or request.base not in self._bases:
            msg = f"the account has no {request.base}, which '{request.does}' needs"
            raise Unsendable(msg)
        pinned = origin(self._bases[request.base])
        if origin(address) != pinned:
            msg = f"the account's address changed; its token goes to {pinned} only"
            raise Unsendable(msg)
        if left_behind(settings, request.base):
            msg = f"{MAIN} was changed and {request.base} was not; write there where '{request.does}' shall go"
            raise Unsendable(msg)
        return address


def _eraser(token: bytes) -> Callable[[Response], Response]:
    """Make what takes a token out of an answer that echoes it, before anything is read, kept or shown.

    A function and not a field, so that no repr of the transport holds the token.
    """

    def erase(answer: Response) -> Response:
        if len(token) < SHORTEST_TOKEN or token not in answer.body:
            return answer
        return attrs.evolve(answer, body=answer.body.replace(token, b"***"))

    return erase


@attrs.define
class _Trip:
    """Whether a request may leave, and whether it began to."""

    still: Callable[[], str]
    sent: bool = False


def _session(headers: Mapping[str, str], *, force_close: bool) -> aiohttp.ClientSession:
    # The engine bounds concurrency; a queue in the pool would eat the time of those who wait in it.
    connector = (
        aiohttp.TCPConnector(limit=0, force_close=True)
        if force_close
        else aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE)
    )
    return aiohttp.ClientSession(
        connector=connector,
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),
        request_class=_Fresh,
        trust_env=False,
        auto_decompress=False,
        raise_for_status=False,
    )


class _Stale(aiohttp.ClientConnectionError):
    """An idle connection brought bytes that nobody had asked for."""


class _Barred(aiohttp.ClientConnectionError):
    """The request may no longer go out."""


class _Cut(aiohttp.ClientConnectionError):
    """The connection ended before the answer."""


class _Fresh(aiohttp.ClientRequest):
    """Refuses a kept connection on which something arrived while it was idle, and notes when it begins to leave.

    aiohttp would take that for the answer to this request; some servers say 408 before they close an idle connection.
    """

    trip: _Trip

    async def send(self, conn: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        protocol = conn.protocol
        if protocol is None or protocol.should_close or protocol.transport is None or protocol.transport.is_closing():
            raise _Stale
        # Nothing is awaited from here to the first byte.
        reason = self.trip.still()
        if reason:
            raise _Barred(reason)
        self.trip.sent = True
        return await super().send(conn)


@attrs.frozen
class _Once:
    """Keep aiohttp from repeating GET, PUT and DELETE: it does so on just the errors that are renamed here."""

    trip: _Trip

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        request.trip = self.trip  # type: ignore[attr-defined]  # a _Fresh, as the session was told
        try:
            return await handler(request)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
            raise _Cut from None


async def _exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    timeout: float,  # noqa: ASYNC109  # aiohttp keeps the time, and tells connecting from waiting
    max_bytes: int,
    trip: _Trip,
) -> Response | NotSent | Lost:
    """Do it once. Failures are given back, not raised, so that no foreign exception becomes their context."""
    try:
        async with session.request(
            method,
            url,
            data=body,
            headers=headers,
            timeout=_timeout(timeout),
            allow_redirects=False,
            middlewares=(_Once(trip),),
        ) as answer:
            return await _read(answer, max_bytes)
    except Exception as error:  # noqa: BLE001  # whatever broke, the engine must learn whether anything left
        return _failure(error, sent=trip.sent)


@lru_cache(maxsize=64)
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, connect=min(CONNECT, seconds))


async def _read(answer: aiohttp.ClientResponse, max_bytes: int) -> Response | Lost:
    body = bytearray()
    while chunk := await answer.content.readany():
        body += chunk
        if len(body) > max_bytes:
            return _too_large(max_bytes)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if _COOKIE in headers:
        headers[_COOKIE] = "\n".join(answer.headers.getall(_COOKIE))
    coding = headers.get("content-encoding", "identity").strip().lower()
    plain = bytes(body) if coding == "identity" or not body else _inflate(bytes(body), coding, max_bytes)
    return plain if isinstance(plain, Lost) else Response(status=answer.status, headers=headers, body=plain)


def _inflate(body: bytes, coding: str, max_bytes: int) -> bytes | Lost:
    if coding not in _INFLATED:
        return Lost("the answer is compressed in a way that was not asked for")
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        plain = inflater.decompress(body, max_bytes + 1)
    except zlib.error:
        return Lost("the answer's compression is broken")
    if len(plain) > max_bytes:
        return _too_large(max_bytes)
    return plain if inflater.eof and not inflater.unused_data else Lost("the answer's compression is broken")


def _too_large(max_bytes: int) -> Lost:
    return Lost(f"the answer is larger than {max_bytes:,} bytes")


#: Sentences by the kind of failure, the special before the general.
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "the host's name cannot be found"),
    (aiohttp.ClientConnectorSSLError, "no TLS with the host"),
    (aiohttp.ClientConnectorError, "cannot connect"),
    (aiohttp.ClientPayloadError, "the answer broke off"),
    (aiohttp.ClientResponseError, "the answer is no HTTP that can be read"),
    (_Stale, "an idle connection went bad"),
    (_Cut, "the connection ended before the answer"),
)


def _failure(error: Exception, *, sent: bool) -> NotSent | Lost:
    if isinstance(error, _Barred):
        return NotSent(str(error))
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Unsendable(f"the host's certificate is not trusted: {_certificate(error)}")
    if isinstance(error, TimeoutError):
        return Lost("no answer in time") if sent else NotSent("no connection in time")
    reason = next((text for kind, text in _REASONS if isinstance(error, kind)), type(error).__name__)
    system = getattr(error, "strerror", None) if isinstance(error, aiohttp.ClientConnectorError) else None
    told = f"{reason} ({masked(system)})" if isinstance(system, str) else reason
    return Lost(told) if sent else NotSent(told)


def _certificate(error: aiohttp.ClientConnectorCertificateError) -> str:
    return str(getattr(error.certificate_error, "verify_message", "") or "verification failed")


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
