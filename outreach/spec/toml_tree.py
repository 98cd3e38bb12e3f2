"""TOML → tree. The standard library reads the text; ``toml_places`` finds where each key and value stands."""

from __future__ import annotations

import math
import re
import tomllib
from datetime import date, datetime, time

from outreach.errors import Problem
from outreach.spec.toml_places import Places, find_places
from outreach.spec.tree import (
    MAX_DEPTH,
    MAX_EVENTS,
    TOO_MANY,
    Builder,
    Halt,
    Items,
    Lines,
    Mark,
    Place,
    Source,
    Style,
    Table,
)

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

#: A dotted key of so many parts. tomllib's work grows with the square of their number.
_ENDLESS_KEY = re.compile(
    r"""(?:(?<![\w-])(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){%d}""" % (MAX_DEPTH + 1)  # noqa: UP031  # braces
)


class _Written(str):
    """A float as the author wrote it."""

    __slots__ = ()


def read_toml(text: str, build: Builder) -> None:
    """Feed a TOML text to a builder.

    Raises:
        Halt: The text is not TOML.
    """
    endless = _ENDLESS_KEY.search(text)
    if endless:
        at = Lines(text, build.source).at(endless.start())
        raise Halt(at.problem(f"a key of more than {MAX_DEPTH} dotted parts"))
    try:
        data = tomllib.loads(text, parse_float=_Written)
        _bound(data, build.source)
        places = find_places(text, build.source)
        _walk(data, (), places, Mark(build.source, 1, 1), build)
    except tomllib.TOMLDecodeError as error:
        raise Halt(_syntax(str(error), text, build.source)) from None
    except RecursionError:
        raise Halt(Mark(build.source).problem("nested too deep")) from None


def _bound(data: object, source: Source) -> None:
    """Count before places are looked for: that takes ten times as long as tomllib's own work."""
    seen = [data]
    for count, value in enumerate(seen):  # grows while it is walked
        if count > MAX_EVENTS:
            raise Halt(Mark(source).problem(TOO_MANY))
        if isinstance(value, dict | list):
            seen.extend(value.values() if isinstance(value, dict) else value)


def _walk(value: object, place: Place, places: Places, above: Mark, build: Builder) -> None:
    at = places.values.get(place, above)
    if isinstance(value, dict):
        build.begin(Table(at))
        for key, below in value.items():
            build.scalar(key, places.keys.get((*place, key), at), Style.QUOTED)
            _walk(below, (*place, key), places, at, build)
        build.end()
    elif isinstance(value, list):
        build.begin(Items(at))
        for index, below in enumerate(value):
            _walk(below, (*place, index), places, at, build)
        build.end()
    elif isinstance(value, _Written) and not math.isfinite(float(value)):
        build.problems.append(at.problem(f"{value} is no number to work with; write a number or leave the key out"))
        build.scalar("", at, Style.NATIVE, spoilt=True)
    else:
        build.scalar(_text(value), at, _style(value))


def _style(value: object) -> Style:
    return Style.QUOTED if isinstance(value, str) and not isinstance(value, _Written) else Style.NATIVE


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Written):
        return str(value).replace("_", "").lstrip("+")
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)


def _syntax(message: str, text: str, source: Source) -> Problem:
    found = _POSITION.search(message)
    why = message[: found.start()] if found else message
    at = Mark(source, int(found[1]), int(found[2])) if found and found[1] else Lines(text, source).at(len(text))
    return at.problem(f"this is not TOML: {why}")
