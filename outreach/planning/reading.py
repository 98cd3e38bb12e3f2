"""Bring the contacts of a campaign to the planner, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Protocol

import attrs

from outreach.contacts import ContactList, Suppression
from outreach.contacts.values import Chunk
from outreach.errors import Problem, SpecError
from outreach.model import Campaign
from outreach.planning.columns import missing, wanted
from outreach.source import SourceKind


class Taker(Protocol):
    """What takes people in, such as the planner."""

    def add(self, chunk: Chunk) -> None:
        """Take one chunk of people and dropped rows."""

    def note(self, found: Sequence[Problem]) -> None:
        """Take what a careful person should know about the sources."""


@attrs.frozen
class Seen:
    """How far the contacts were read.

    Attributes:
        rows: So many rows.

        share: The share of all, 0 to 1; None while nobody can tell.
    """

    rows: int
    share: float | None


def suppressed(campaign: Campaign) -> Suppression:
    """Read the lists of people who must not be contacted.

    Raises:
        SpecError: A list cannot be read, or holds something that is no number.
    """
    try:
        return Suppression.load(campaign.suppress, base=campaign.base, country=campaign.contacts.country)
    except SpecError as error:
        raise SpecError([_placed(campaign, problem) for problem in error.problems]) from None


def read(campaign: Campaign, taker: Taker, stdin: BinaryIO | None, kinds: Sequence[SourceKind] = ()) -> Iterator[Seen]:
    """Give the taker every chunk of the contacts; yields how far it has come, so that the caller can look around.

    ``kinds``: what can be read; none means what outreach brings.

    Raises:
        SpecError: A list cannot be read, or lacks a column that the campaign asks for.
    """
    rows = 0
    try:
        with ContactList.open(
            campaign.contacts, base=campaign.base, wanted=tuple(wanted(campaign)), stdin=stdin, kinds=kinds
        ) as people:
            _check_columns(campaign, people)
            for chunk in people:
                taker.add(chunk)
                rows += len(chunk) + len(chunk.dropped)
                yield Seen(rows, people.share)
            taker.note(people.notes)
        _check_used_up(campaign, rows)
    except SpecError as error:
        raise SpecError([_placed(campaign, problem) for problem in error.problems]) from None


def _check_used_up(campaign: Campaign, rows: int) -> None:
    """An iterator that was gone through before looks like an empty list; sending to nobody is not what was meant."""
    if rows == 0 and isinstance(campaign.contacts.sources, Iterator):
        message = "the iterator gave no rows: it can be gone through once; give a list, or a new iterator"
        raise SpecError([campaign.problem("contacts", message)])


def _check_columns(campaign: Campaign, people: ContactList) -> None:
    known = [header for header in people.headers if header.columns is not None]
    lacking = [problem for header in known for problem in missing(campaign, header.source, header.columns or ())]
    if lacking:
        raise SpecError(list(dict.fromkeys(lacking)))


def _placed(campaign: Campaign, problem: Problem) -> Problem:
    """Give a problem of the contacts the place in the campaign file that it belongs to."""
    if problem.line or problem.file or not problem.path:
        return problem
    return campaign.problem(problem.path, problem.message)
