"""Read requests as a vendor reads them: the texts in them, wherever they stand."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from outreach.wire import Request


def texts(request: Request) -> list[str]:
    """Give every text of a request: of the path, the query and the body. Refs stand for themselves."""
    filled = request.fill({name: f"<{name}>" for name in request.refs})
    kind, body = filled.payload()
    return [unquote(filled.target), *filled.query.values(), *_of_body(kind, body or b"")]


def holds(request: Request, text: str) -> bool:
    """Say whether a text arrives with a request, unharmed; inside XML it is escaped as XML wants it."""
    return any(text in one or text in html.unescape(one) for one in texts(request))


def leaves(value: Any) -> Iterator[Any]:
    """Give every value inside a JSON document, keys too."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def _of_body(kind: str, body: bytes) -> Iterator[str]:
    if kind.startswith("application/json"):
        yield from (one for one in leaves(orjson.loads(body)) if isinstance(one, str))
    elif kind.startswith("application/x-www-form-urlencoded"):
        yield from (value for _, value in parse_qsl(body.decode(), keep_blank_values=True))
    else:
        yield body.decode("utf-8", "replace")
