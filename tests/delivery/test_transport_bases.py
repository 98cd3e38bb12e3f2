"""Requests to another of the account's addresses, with files and cookies, over real sockets on loopback."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from outreach.delivery.transport import HttpTransport, Unsendable
from outreach.model import Secret, Settings, bases
from outreach.multipart import Upload
from outreach.provider import bearer
from outreach.wire import Request, Response

TOKEN = "canary-token-5f1d0c"
OLD = Request(method="GET", path="old/", does="ask the first generation", repeatable=True, base="legacy_base_url")


@attrs.frozen(kw_only=True)
class Account(Settings):
    """An account at a vendor with two generations."""

    base_url: str = "https://vendor.example/api/v1/"
    legacy_base_url: str = "https://vendor.example/api/"


async def served(request: Request, **settings: Any) -> tuple[web.Request, Any, Response]:
    """Send one request to a server; give what arrived and what came back."""
    seen: list[Any] = []

    async def handle(asked: web.Request) -> web.Response:
        form = await asked.post() if "multipart" in asked.content_type else {}
        seen.extend((asked, {name: getattr(part, "file", part) for name, part in form.items()}))
        seen.append({name: part.read() if hasattr(part, "read") else part for name, part in seen[1].items()})
        answer = web.json_response({})
        answer.set_cookie("access", "a")
        answer.set_cookie("refresh", "b")
        return answer

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app, host="127.0.0.1") as server:
        url = f"http://127.0.0.1:{server.port}/api/"
        account = Account(token=Secret(value=TOKEN), base_url=f"{url}v1/", legacy_base_url=url)
        async with HttpTransport(account, bearer) as transport:
            response = await transport.send(request, attrs.evolve(account, **settings))
    return seen[0], seen[2], response


@pytest.mark.asyncio
async def test_another_base() -> None:
    """A request goes below the address that it names, with the account's token."""
    asked, _, _ = await served(OLD)

    assert asked.path == "/api/old/"
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.asyncio
async def test_files_and_cookies_travel() -> None:
    """A form arrives with fields and bytes; a cookie arrives; every cookie of the answer is kept, one a line."""
    file = Upload(name="n.csv", content=b"numbers\r\n9610000011\r\n", media_type="text/csv")
    request = attrs.evolve(
        OLD, method="PATCH", files={"bulk_file": file}, body={"name": "शिखर"}, headers={"Cookie": "refresh=x"}
    )
    asked, form, response = await served(request)

    assert form == {"name": "शिखर", "bulk_file": file.content}
    assert asked.headers["Cookie"] == "refresh=x"
    assert [line.split(";")[0] for line in response.headers["set-cookie"].splitlines()] == ["access=a", "refresh=b"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "changed", [{"legacy_base_url": "https://evil.example/"}, {"base_url": "https://evil.example/"}]
)
async def test_every_base_is_pinned(changed: dict[str, str]) -> None:
    """No address of an account can move to another origin once its token was read."""
    request = OLD if "legacy_base_url" in changed else attrs.evolve(OLD, base="base_url")
    with pytest.raises(Unsendable, match="its token goes to") as refused:
        await served(request, **changed)

    assert TOKEN not in str(refused.value)


@pytest.mark.asyncio
async def test_a_base_that_was_left_behind_is_refused() -> None:
    """Where base_url was turned elsewhere, the token does not go to the vendor's default of another generation."""
    account = Account(token=Secret(value=TOKEN), base_url="http://127.0.0.1:1/api/v1/")
    async with HttpTransport(account, bearer) as transport:
        with pytest.raises(Unsendable, match="legacy_base_url was not"):
            await transport.send(OLD, account)


@pytest.mark.asyncio
@pytest.mark.parametrize("base", ["other_base_url", "token", "timeout"])
async def test_only_addresses_are_bases(base: str) -> None:
    """A request cannot name a setting that is no address."""
    account = Account(token=Secret(value=TOKEN))
    async with HttpTransport(account, bearer) as transport:
        with pytest.raises(Unsendable, match="the account has no"):
            await transport.send(attrs.evolve(OLD, base=base), account)


def test_which_settings_are_addresses() -> None:
    """``base_url`` and what ends like it."""
    assert list(bases(Account())) == ["base_url", "legacy_base_url"]
