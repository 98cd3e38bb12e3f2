"""What an exception is to the person at the command line: an exit code, and a text with the remedy."""

from __future__ import annotations

import io
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from outreach.cli.common import Session
from outreach.cli.screen import print_json, say
from outreach.errors import EnvironmentProblem, OutreachError, Problem, Refused, SpecError
from outreach.masking import masked
from outreach.reporting.words import clean

USAGE = 2
BUG = 70
INTERRUPTED = 130


class Interrupted(Exception):
    """A person or the system stopped the command.

    Attributes:
        begun: Something may have been sent.
    """

    def __init__(self, *, begun: bool) -> None:
        self.begun = begun
        super().__init__("Interrupted." if begun else "Interrupted, nothing was sent.")


@attrs.frozen(kw_only=True)
class Failure:
    """An exception in words.

    Attributes:
        code: Exit code.

        kind: Name of the error.

        lines: What is said on stderr.

        problems: Mistakes with their places.
    """

    code: int
    kind: str
    lines: Sequence[str]
    problems: Sequence[Problem] = ()


def tell(error: Exception, session: Session) -> int:
    """Say what went wrong, on stderr and with ``--json`` on stdout too; gives the exit code."""
    failure = describe(error)
    if session.as_json:
        print_json(shape(failure))
    for line in failure.lines:
        say(line)
    if session.verbose and failure.code == BUG:
        say(masked("".join(traceback.format_exception(error))))
    return failure.code


def shape(failure: Failure) -> dict[str, object]:
    """Give the JSON object of a failure."""
    return {
        "error": {"type": failure.kind, "exit_code": failure.code, "message": "\n".join(failure.lines)},
        "problems": [attrs.asdict(attrs.evolve(one, message=clean(one.message))) for one in failure.problems],
    }


def describe(error: Exception) -> Failure:
    """Put an exception into words; an unexpected one is named by type and place, since its text may hold anything."""
    code, lines = next((code, words(error)) for kind, code, words in _WORDS if isinstance(error, kind))
    code = error.exit_code if isinstance(error, OutreachError) else code
    problems = error.problems if isinstance(error, SpecError) else ()
    kind = "Interrupted" if code == INTERRUPTED else type(error).__name__
    # Messages quote headers, paths and answers of others, which a terminal must not obey.
    shown = [clean(line) for text in lines for line in text.split("\n")]
    return Failure(code=code, kind=kind, lines=shown, problems=problems)


def nothing_sent(problems: int) -> str:
    """Close a list of mistakes."""
    return f"{problems} problem{'' if problems == 1 else 's'}, nothing was sent"


def _mistakes(error: SpecError) -> list[str]:
    return [*(clean(str(one)) for one in error.problems), nothing_sent(len(error.problems))]


def _refused(error: Refused) -> list[str]:
    return [*(f"refused: {reason}" for reason in error.reasons), "Nothing was sent."]


def _expected(error: Exception) -> list[str]:
    return [f"error: {error}"]


def _interrupted(error: Exception) -> list[str]:
    return [str(error) or "Interrupted."]


def _usage(error: click.ClickException) -> list[str]:
    text = io.StringIO()
    error.show(text)
    return text.getvalue().splitlines()


def _system(error: OSError) -> list[str]:
    place = f": {error.filename}" if error.filename else ""
    return [f"error: {error.strerror or type(error).__name__}{place}"]


def _bug(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return [
        f"outreach has a bug: {type(error).__name__}{place}.",
        "If it was sending, 'outreach status' says where things stand, and the same command goes on from there.",
        "Run it with -v for the traceback.",
    ]


#: By kind of exception, the first that fits: exit code (of our own errors their class knows it) and what is said.
_WORDS: tuple[tuple[type[Exception], int, Callable[[Any], list[str]]], ...] = (
    (SpecError, USAGE, _mistakes),
    (Refused, Refused.exit_code, _refused),
    (OutreachError, BUG, _expected),
    (click.Abort, INTERRUPTED, _interrupted),
    (Interrupted, INTERRUPTED, _interrupted),
    (click.ClickException, USAGE, _usage),
    (OSError, EnvironmentProblem.exit_code, _system),
    (Exception, BUG, _bug),
)
