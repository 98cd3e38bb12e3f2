"""Every exception outreach raises, divided by what the reader can do about it.

Each class carries the exit code of the command line (see ``outreach.cli``). Codes 2, 3 and 6 promise that
the call that raised contacted nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import attrs


@attrs.frozen
class Problem:
    """One mistake in something a person wrote: where it stands, what is wrong and what to write instead.

    Attributes:
        message: What is wrong, and the remedy.

        path: Place in the structure, for example ``routes[0].when``; empty for the whole file.

        file: File as the user named it; empty for Python objects.

        line: 1-based line, 0 when unknown.

        column: 1-based column, 0 when unknown.
    """

    message: str
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Give ``file:line:col: path: message``, leaving out what is unknown."""
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return ": ".join(part for part in (where, self.path, self.message) if part)


class OutreachError(Exception):
    """Base of everything that outreach raises on purpose."""

    exit_code: ClassVar[int] = 70


class SpecError(OutreachError):
    """The campaign, accounts or contacts are wrong: mend the places named. Nobody was contacted.

    Attributes:
        problems: Every mistake found, in the order of the file.
    """

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class PluginError(OutreachError):
    """A provider or plug-in that the campaign needs is missing, broken or given twice. Nobody was contacted."""

    exit_code = 2


class Refused(OutreachError):
    """The campaign is well formed but must not go out like this. Nobody was contacted.

    Attributes:
        reasons: Each reason with its remedy.
    """

    exit_code = 3

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("\n".join(self.reasons))


class EnvironmentProblem(OutreachError):
    """Credentials, disk or TLS: put the surroundings right and run the same command again."""

    exit_code = 4


class CredentialError(EnvironmentProblem):
    """A secret cannot be read, or the vendor does not accept it."""


class Unavailable(OutreachError):
    """The vendor cannot be reached or asks to be left alone: run the same command again later."""

    exit_code = 5


class JournalError(OutreachError):
    """The journal is damaged, was copied, or belongs to something else. Nobody was contacted."""

    exit_code = 6


class JournalInUse(JournalError):
    """Another process works on this journal: wait for it or stop it. Nobody was contacted."""


class Unreadable(OutreachError):
    """A vendor's answer cannot be understood; what it did is unknown."""

    exit_code = 7
