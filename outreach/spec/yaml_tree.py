"""YAML → tree. Built from the parser's events, so that nothing is resolved, expanded or nested without bound.

PyYAML's own loading would read ``end: 21:30`` as 1290, ``country: NO`` as false and drop the ``+`` of a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from outreach.errors import Problem
from outreach.spec.tree import Builder, Halt, Items, Mark, Source, Style, Table

#: libyaml's parser is about ten times as fast; its messages differ, so short texts are read again for the words.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SHORT = 1 << 16


def read_yaml(text: str, build: Builder) -> None:
    """Feed a YAML text to a builder.

    Raises:
        Halt: The text is not YAML, or is more than one document.
    """
    try:
        for event in _one_document(yaml.parse(text, Loader=_LOADER), build.source):
            _take(event, build)
    except yaml.YAMLError as error:
        raise Halt(_syntax(error, text, build.source)) from None


def _one_document(events: Iterator[Any], source: Source) -> Iterator[Any]:
    documents = 0
    for event in events:
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise Halt(_mark(event, source).problem("a second document starts here; one file holds one campaign"))
        yield event


def _take(event: Any, build: Builder) -> None:
    at = _mark(event, build.source)
    if isinstance(event, yaml.AliasEvent):
        build.problems.append(at.problem(f"alias '*{str(event.anchor)[:64]}' is not allowed: write the value out"))
        build.scalar("", at, Style.PLAIN, spoilt=True)
        return
    if isinstance(event, yaml.CollectionEndEvent):
        build.end()
        return
    if isinstance(event, yaml.NodeEvent):
        _check(event, at, build)
    if isinstance(event, yaml.ScalarEvent):
        build.scalar(event.value, at, Style.QUOTED if event.style else Style.PLAIN)
    elif isinstance(event, yaml.CollectionStartEvent):
        build.begin(Table(at) if isinstance(event, yaml.MappingStartEvent) else Items(at))


def _check(event: Any, at: Mark, build: Builder) -> None:
    if event.anchor is not None:
        build.problems.append(at.problem(f"anchor '&{event.anchor[:64]}' is not allowed: write each value out"))
    if event.tag is not None:
        build.problems.append(at.problem(f"tag '{event.tag[:64]}' is not allowed: the key says what a value is"))


def _mark(event: Any, source: Source) -> Mark:
    return Mark(source, event.start_mark.line + 1, event.start_mark.column + 1)


def _syntax(error: yaml.YAMLError, text: str, source: Source) -> Problem:
    told = _in_words(text) if len(text) <= _SHORT else None
    told = told or error
    at = getattr(told, "problem_mark", None) or getattr(told, "context_mark", None)
    why = ": ".join(part for part in (getattr(told, "context", None), getattr(told, "problem", None)) if part)
    place = Mark(source, at.line + 1, at.column + 1) if at else Mark(source)
    return place.problem(
        f"this is not YAML: {why or told}; look at indentation, quotes, and the space after each colon"
    )


def _in_words(text: str) -> yaml.YAMLError | None:
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as error:
        return error
    return None
