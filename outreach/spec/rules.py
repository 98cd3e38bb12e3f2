"""Kinds of values that single keys ask for beyond their type: countries, codes, addresses, contact lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outreach.spec.kinds import Kind, Wrong, distinct, each, matching, one_or, several, some, table, whole
from outreach.spec.leaves import CELL, LINE, PATH
from outreach.spec.numbers import integer
from outreach.spec.tree import Items, Node, Scalar, Table


def _country(text: str) -> str:
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415  # slow to import; many campaigns name no country

    if text.upper() not in SUPPORTED_REGIONS:
        raise Wrong(_NO_COUNTRY, text)
    return text.upper()


_NO_COUNTRY = "is no country with telephone numbers: write its two letters, such as NP for Nepal"
COUNTRY = matching("[A-Za-z]{2}", _NO_COUNTRY, _country)
CODE = matching(
    "[a-z0-9][a-z0-9_-]*(?:[.][a-z0-9][a-z0-9_-]*)+",
    "is no code of a degradation: copy it from the plan, such as toingg.placeholders",
)
LANGUAGE = matching("[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,8})*", "is not a language code such as en or en_US")
HTTPS = matching(r"https://[^\s/?#@]+(?:[/?#][^\s]*)?", "is not an https address")

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])"
_LOOPBACK = rf"(?:localhost|127(?:\.{_OCTET}){{3}}|\[::1\])"
_PORT = "(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
BASE_URL = matching(
    rf"(?:https://{_HOST}|http://{_LOOPBACK}){_PORT}(?:/[^\s?#@\\]*)?",
    "is not an https address (http is for loopback only: localhost, 127.0.0.1, [::1]), without user, query or fragment",
)


def _version(node: Node) -> int:
    count = integer(1)
    try:
        version: int = count.read(node)
    except Wrong:
        version = 0
    if version != 1:
        msg = "is no version of this format that is known here: write outreach: 1"
        raise Wrong(msg, node.text if isinstance(node, Scalar) else None)
    return version


#: The version of the format.
VERSION = Kind(_version, {"anyOf": [{"const": 1}, {"type": "string", "pattern": whole(r"\+?0{0,14}1")}]})

#: Who carries a route, in failover order.
CARRIERS = one_or(LINE, distinct(LINE))

#: Suppression lists.
PATHS = one_or(PATH, several(PATH))


def _row(node: Node) -> Mapping[str, str]:
    return each(table(node).items(), CELL.read)


_ROW = Kind(_row, {"type": "object", "additionalProperties": CELL.schema})
_PATHS = one_or(PATH, several(PATH, some))
_ROWS = several(_ROW, some)


def _sources(node: Node) -> tuple[str, ...] | tuple[Mapping[str, str], ...]:
    if isinstance(node, Table):
        msg = "must be a path, a list of paths, or a list of rows"
        raise Wrong(msg)
    rows = isinstance(node, Items) and any(isinstance(one, Table) for one in node)
    read: tuple[Any, ...] = (_ROWS if rows else _PATHS).read(node)
    return read


SOURCES = Kind(_sources, {"anyOf": [PATH.schema, several(PATH, some).schema, _ROWS.schema]})
