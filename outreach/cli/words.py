"""``key=value``, ``key:=json`` and ``key=@file`` on a command line, typed by an endpoint's table."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from outreach.endpoints import Endpoint
from outreach.errors import Problem, SpecError
from outreach.homes import home
from outreach.multipart import Upload
from outreach.parameters import Parameter, Type, unknown

_WORD = re.compile(r"([A-Za-z_][\w-]*)(:?=)(.*)", re.DOTALL)

#: Types whose argument may be given several times.
_LISTS = frozenset({Type.TEXTS, Type.WHOLES})


def read(endpoint: Endpoint, words: Iterable[str]) -> Mapping[str, Any]:
    """Read the arguments of an endpoint and check them.

    Raises:
        SpecError: With every mistake. No secret is quoted.
    """
    found: dict[str, Any] = {}
    mistakes: list[Problem] = []
    spoilt: set[str] = set()
    for word in words:
        match = _WORD.fullmatch(word)
        if match is None:
            mistakes.append(
                Problem("an argument is no  key=value,  key:=json  or  key=@file", word.partition("=")[0][:40])
            )
            continue
        name, sign, text = match.groups()
        parameter = endpoint.parameter(name)
        if parameter is None:
            hint = unknown(name, [one.name for one in endpoint.arguments])
            mistakes.append(Problem(f"'{endpoint.name}' has no such argument; {hint}", name))
            continue
        try:
            value = _value(parameter, sign, text)
            if parameter.name in found and parameter.type not in _LISTS:
                _wrong("is given twice")
            found[parameter.name] = [*found.get(parameter.name, ()), *value] if parameter.type in _LISTS else value
        except ValueError as error:
            mistakes.append(Problem(str(error), name))
            spoilt.add(parameter.name)
    try:
        endpoint.request(**found)
    except SpecError as error:
        mistakes += [one for one in error.problems if one.path not in spoilt]
    if mistakes:
        raise SpecError(mistakes)
    return found


def _value(parameter: Parameter, sign: str, text: str) -> Any:
    if sign == "=" and text.startswith("@"):
        return _file(parameter, home(text[1:]))
    if parameter.type is Type.FILE:
        _wrong("is a file; write  @  and its path, such as @numbers.xlsx")
    if sign == ":=":
        return _json(parameter, text)
    return parameter.read(text)


def _json(parameter: Parameter, text: str) -> Any:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        _wrong(f"is no JSON: {error}")
    wrong = parameter.wrong(value)
    if wrong:
        _wrong(wrong)
    return value


def _file(parameter: Parameter, path: Path) -> Any:
    try:
        content = path.read_bytes()
    except OSError as error:
        _wrong(f"{path} cannot be read: {error.strerror}")
    if parameter.type is Type.FILE:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Upload(name=path.name, content=content, media_type=kind)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _wrong(f"{path} is not UTF-8 text")
    return parameter.read(text.rstrip("\r\n"))


def _wrong(message: str) -> Any:
    raise ValueError(message)
