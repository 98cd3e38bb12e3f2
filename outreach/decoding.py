"""Read answers in the shapes that vendors document. Each maker gives a pure function of a Response.

Every one raises Unreadable, with what is missing, where an answer has another shape than its page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from outreach.errors import Unreadable
from outreach.wire import Response

Decoder = Callable[[Response], Any]


def obj(*keys: str, at: str = "") -> Decoder:
    """Read an object that has these keys; ``at``: its dotted place in the answer."""
    return lambda response: _checked(_inside(response.json(), at), keys, at)


def items(*keys: str, at: str = "") -> Decoder:
    """Read a list of objects that have these keys; ``at``: its dotted place in the answer."""

    def read(response: Response) -> Sequence[Mapping[str, Any]]:
        found = _inside(response.json(), at)
        if not isinstance(found, list):
            msg = f"the answer has no list{f' at {at}' if at else ''}"
            raise Unreadable(msg)
        return [_checked(item, keys, at) for item in found]

    return read


def document(response: Response) -> Any:
    """Read any JSON; None where there is no body."""
    return response.json() if response.body.strip() else None


def words(response: Response) -> str:
    """Read a text, written plainly or as a JSON string."""
    try:
        value = response.json()
    except Unreadable:
        value = plain(response)
    if not isinstance(value, str) or not value.strip():
        msg = "the answer is no text"
        raise Unreadable(msg)
    return value


def plain(response: Response) -> str:
    """Read a file of text, such as CSV."""
    try:
        return response.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        msg = "the answer is no UTF-8 text"
        raise Unreadable(msg) from None


def content(response: Response) -> bytes:
    """Give a file as it came."""
    return response.body


def _inside(value: Any, at: str) -> Any:
    for key in filter(None, at.split(".")):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _checked(value: Any, keys: Sequence[str], at: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        msg = f"the answer has no object{f' at {at}' if at else ''}"
        raise Unreadable(msg)
    missing = [key for key in keys if key not in value]
    if missing:
        msg = f"the answer lacks {', '.join(missing)}{f' at {at}' if at else ''}"
        raise Unreadable(msg)
    return value
