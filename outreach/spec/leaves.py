"""Kinds of single values that the model's types ask for."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from outreach.model import Param, PerContact, Secret, Template, TemplateError
from outreach.spec.kinds import MAX_LINE, Kind, Schema, Wrong, each, matching, scalar, table
from outreach.spec.moments import CLOCK, MOMENT, PER_CONTACT
from outreach.spec.numbers import JSON_NUMBER, integer, number
from outreach.spec.tree import Items, Node, Scalar, Style, Table

_TRUTHS = {
    word: word.lower() in {"true", "yes"}
    for base in ("true", "false", "yes", "no")
    for word in (base, base.title(), base.upper())
}


def _truth(node: Node) -> bool:
    text = scalar(node).text
    if text not in _TRUTHS:
        msg = "is neither true nor false"
        raise Wrong(msg, text)
    return _TRUTHS[text]


TRUTH = Kind(_truth, {"enum": [True, False, *_TRUTHS]})

_ANY_TEXT: Schema = {"type": ["string", "number", "boolean"]}

TEXT = Kind(lambda node: scalar(node).text, _ANY_TEXT)


def _as_written(node: Node) -> str:
    if isinstance(node, Scalar) and node.null:
        return "" if node.style is Style.NATIVE else node.text
    return scalar(node).text


#: A cell of a contact list: ``null`` is somebody's name, and only JSON's own null is nothing.
CELL = Kind(_as_written, {"type": ["string", "number", "boolean", "null"]})

_BLANKS = r"\t\n\r\x85\u2028\u2029"
LINE = matching(
    rf"[^\s](?:[^{_BLANKS}]{{0,{MAX_LINE - 2}}}[^\s])?",
    f"is not one line of 1 to {MAX_LINE} characters without blanks around it",
)
PATH = matching(rf"[^{_BLANKS}]{{0,4095}}[^\s]", "is not a path: write the name of a file, in one line")


def _said(node: Node) -> str:
    text = scalar(node).text
    if not text.strip():
        msg = "is empty: write what is to be said, or leave the key out"
        raise Wrong(msg)
    return text


SAID = Kind(_said, {**_ANY_TEXT, "pattern": r"\S"})


def _template(node: Node) -> Template:
    text = _said(node)
    try:
        return Template.parse(text)
    except TemplateError as error:
        raise Wrong(str(error)) from None


TEMPLATE = Kind(_template, SAID.schema)

_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "": None, "~": None}


def _free(node: Node) -> object:
    if isinstance(node, Items):
        return list(each(enumerate(node), _free).values())
    if isinstance(node, Table):
        return each(node.items(), _free)
    if node.style is Style.QUOTED:
        return node.text
    if node.text in _WORDS:
        return _WORDS[node.text]
    return _json_number(node.text) if JSON_NUMBER.fullmatch(node.text) else node.text


def _json_number(text: str) -> float:
    value: float = json.loads(text) if len(text) <= MAX_LINE else math.inf
    if not math.isfinite(value) or (isinstance(value, int) and not -(2**63) <= value < 2**64):
        msg = "is a number too large to send; write it in quotes if it is a text"
        raise Wrong(msg, text)
    return value


#: What goes to a vendor as written: without quotes true, false, null and JSON's numbers, all the rest text.
FREE = Kind(_free, {})
FREE_TABLE = Kind(lambda node: _free(table(node)), {"type": "object"})

PARAM = Kind(
    lambda node: FREE_TABLE.read(node) if isinstance(node, Table) else _template(node),
    {"anyOf": [TEMPLATE.schema, FREE_TABLE.schema]},
)

_ENV = matching("[A-Za-z_][A-Za-z0-9_]*", "is not the name of an environment variable")
_SECRET = "must be a reference, never the secret itself: write {env: NAME} or {file: PATH}"  # noqa: S105  # a message


def _secret(node: Node) -> Secret:
    if not isinstance(node, Table) or len(node) != 1 or not set(node) <= {"env", "file"}:
        raise Wrong(_SECRET)
    if "env" in node:
        return Secret(env=each(node.items(), _ENV.read)["env"])
    path = each(node.items(), PATH.read)["file"]
    return Secret(file=path if path.startswith("~") else str(node.at.source.folder / path))


def _only(key: str, schema: Schema) -> Schema:
    return {"type": "object", "properties": {key: schema}, "required": [key], "additionalProperties": False}


SECRET = Kind(_secret, {"oneOf": [_only("env", _ENV.schema), _only("file", PATH.schema)]})

#: How values are read by their type alone.
LEAVES: Mapping[Any, Kind] = {
    str: TEXT,
    int: integer(),
    float: number(),
    bool: TRUTH,
    object: FREE,
    Any: FREE,
    Secret: SECRET,
    Template: TEMPLATE,
    Param: PARAM,
    datetime: MOMENT,
    time: CLOCK,
    PerContact: PER_CONTACT,
}
