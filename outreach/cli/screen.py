"""What goes to stdout and stderr: results on the one, everything else on the other."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click
import orjson


def say(text: str) -> None:
    """Write a line to stderr. Nobody reading it is no reason to stop: a campaign may be under way."""
    try:
        click.echo(text, err=True)
    except (OSError, ValueError):
        return


def print_json(shape: Any) -> None:
    """Print one JSON document to stdout."""
    _print(orjson.dumps(shape, default=str, option=orjson.OPT_INDENT_2))


def print_line(shape: Any) -> None:
    """Print one line of JSON Lines to stdout."""
    _print(orjson.dumps(shape, default=str))


def _print(document: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(document + b"\n")


@contextmanager
def text_stdout() -> Iterator[TextIO]:
    """Open stdout for a file's content: UTF-8 and unchanged line ends, whatever the terminal speaks."""
    sys.stdout.flush()
    stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield stream
        stream.flush()
    finally:
        stream.detach()
