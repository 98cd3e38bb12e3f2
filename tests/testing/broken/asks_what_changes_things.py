"""The question that stops a campaign is not repeatable, and the engine repeats questions."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Job, Question, Request, Settled
from outreach_postcard import postcard

FAILS = "test_questions_are_harmless"


def halt(_job: Job[Any]) -> Question[Settled]:
    """Ask once."""
    request = Request(method="DELETE", path="cards", does="stop everything")
    return Question(request, lambda _response: Settled(happened=True))


provider = attrs.evolve(postcard, halt=halt)
