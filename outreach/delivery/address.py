"""Where a request goes: below the account's base URL, or nowhere."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit

import attrs

from outreach.delivery.exchange import Unsendable
from outreach.model import MAIN, Settings, bases
from outreach.wire import Ref, Request

#: Characters of a path that go out as they are; ``%`` because segments are quoted already.
_PLAIN = "/%:@!$&'()*+,;=~"


def left_behind(settings: Settings, base: str) -> bool:
    """Whether a base URL is still the vendor's default although the account's own was turned to another origin.

    The token was given for that other origin; nobody said that it may go to the vendor's.
    """
    if base == MAIN:
        return False
    default = getattr(attrs.fields_dict(type(settings))[base], "default", None)
    address = bases(settings)[base]
    return address == default and origin(address) != origin(settings.base_url)


@lru_cache(maxsize=64)
def origin(base_url: str) -> str:
    """Give ``scheme://host:port`` of an account's base URL.

    Raises:
        Unsendable: It is neither https nor http on loopback, or it holds a user name, a query or a fragment.
    """
    try:
        parts = urlsplit(base_url)
        port = parts.port or {"https": 443}.get(parts.scheme, 80)
    except ValueError:
        msg = "the base_url is no address; write https://host/path/"
        raise Unsendable(msg) from None
    wrong = _wrong_base(parts)
    if wrong:
        msg = f"the base_url {wrong}"
        raise Unsendable(msg)
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def locate(base_url: str, request: Request) -> str:
    """Give the whole address of a request; its path cannot leave the base URL.

    Raises:
        Unsendable: The base URL is unsafe, the path would leave it, or a part of the path is missing.
    """
    origin(base_url)
    # Not ``request.refs``: that walks the whole body, where an open Ref shows when it is encoded.
    opened = any(isinstance(part, Ref) for part in request.path)
    wrong = f"still has {request.target}, which an earlier answer supplies" if opened else _wrong_target(request.target)
    if wrong:
        msg = f"the path of '{request.does}' {wrong}"
        raise Unsendable(msg)
    query = f"?{urlencode(request.query, quote_via=quote)}" if request.query else ""
    return f"{base_url.rstrip('/')}/{_quoted(request.target)}{query}"


@lru_cache(maxsize=64)
def _quoted(target: str) -> str:
    return quote(target, safe=_PLAIN)


def _wrong_base(parts: SplitResult) -> str:
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        return "is no web address; write https://host/path/"
    if parts.scheme == "http" and not _loopback(parts.hostname):
        return "is plain http, which is allowed for loopback only; write https://"
    if "@" in parts.netloc:
        return "holds a user name; give the credential as the account's token"
    if parts.query or parts.fragment:
        return "holds a query or a fragment; leave it out"
    if _climbs(parts.path):
        return "holds '.' or '..' in its path; write it out"
    return ""


@lru_cache(maxsize=64)
def _wrong_target(target: str) -> str:
    if any(mark in target for mark in "?#"):
        return "holds '?' or '#'; a query goes into the request's query"
    if "" in target.split("/")[:-1]:
        return "has an empty part; it is relative and an id in it must not be empty"
    if _climbs(target):
        return "holds '.' or '..'; it must stay below the base_url"
    return ""


def _climbs(path: str) -> bool:
    # Servers differ in whether they decode before they resolve dots, and in whether "\" separates.
    return any(part in {".", ".."} for part in re.split(r"[/\\]", unquote(path)))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
