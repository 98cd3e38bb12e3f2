"""JSON → tree. The standard library judges the text; a scan over what it accepted finds the places."""

from __future__ import annotations

import json
import re

from outreach.spec.tree import Builder, Halt, Items, Lines, Mark, Style, Table

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]++|\\.)*+")|(?P<begin>[\[{])|(?P<end>[\]}])|(?P<refused>NaN|-?Infinity)|(?P<native>[^\s,:\]}]++)'
)


def read_json(text: str, build: Builder) -> None:
    """Feed a JSON text to a builder.

    Raises:
        Halt: The text is not JSON.
    """
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        at = Mark(build.source, error.lineno, error.colno)
        raise Halt(at.problem(f"this is not JSON: {error.msg}")) from None
    except RecursionError:
        raise Halt(Mark(build.source).problem("nested too deep")) from None
    lines = Lines(text, build.source)
    for token in _TOKEN.finditer(text):
        _take(token, lines.at(token.start()), build)


def _take(token: re.Match[str], at: Mark, build: Builder) -> None:
    found = token[0]
    match token.lastgroup:
        case "begin":
            build.begin(Table(at) if found == "{" else Items(at))
        case "end":
            build.end()
        case "text":
            build.scalar(json.loads(found), at, Style.QUOTED)
        case "refused":
            build.problems.append(at.problem(f"{found} is no JSON number; write a number or leave the key out"))
            build.scalar("", at, Style.NATIVE, spoilt=True)
        case _:
            build.scalar(found, at, Style.NATIVE)
