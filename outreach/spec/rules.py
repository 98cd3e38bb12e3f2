"""Kinds of values that single keys ask for beyond their type: countries, codes, addresses, contact lists."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Any

from outreach.spec.kinds import Kind, Wrong, distinct, each, matching, one_or, several, some, table, whole
from outreach.spec.leaves import CELL, LINE, PATH, SECRET
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


def _encoding(text: str) -> str:
    try:
        known = codecs.lookup(text)
    except LookupError:
        raise Wrong(_NO_ENCODING, text) from None
    if not getattr(known, "_is_text_encoding", True) or known.name in {"idna", "punycode"}:
        raise Wrong(_NO_ENCODING, text)
    return known.name


_NO_ENCODING = "is no encoding of texts: write one such as utf-16, latin-1 or cp1252"
ENCODING = matching("[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}", _NO_ENCODING, _encoding)
DELIMITER = matching(
    r"[\t!#-&(-/:-@\[-`{-~]", "is no separator: write one sign that is neither letter, digit, blank nor quotation mark"
)

_ROW = Kind(_row, {"type": "object", "additionalProperties": CELL.schema})
_REFERENCE = {"env", "file"}


def _source(node: Node) -> Any:
    if isinstance(node, Table):
        return SECRET.read(node)
    try:
        return PATH.read(node)
    except Wrong as error:
        # An address may hold a password.
        raise Wrong(error.says, None if "://" in (error.shown or "") else error.shown) from None


_SOURCE = Kind(_source, {"anyOf": [PATH.schema, SECRET.schema]})
_LISTED = several(_SOURCE, some)
_ROWS = several(_ROW, some)


def refers(node: Node) -> bool:
    """Tell whether a node refers to a secret."""
    return isinstance(node, Table) and len(node) == 1 and set(node) <= _REFERENCE


def _sources(node: Node) -> tuple[Any, ...]:
    if isinstance(node, Table) and not refers(node):
        msg = "must be a path, a list of paths, a list of rows, or a reference such as {env: NAME}"
        raise Wrong(msg)
    if not isinstance(node, Items):
        return (_source(node),)
    rows = any(isinstance(one, Table) and not refers(one) for one in node)
    read: tuple[Any, ...] = (_ROWS if rows else _LISTED).read(node)
    return read


SOURCES = Kind(_sources, {"anyOf": [_SOURCE.schema, _LISTED.schema, _ROWS.schema]})
