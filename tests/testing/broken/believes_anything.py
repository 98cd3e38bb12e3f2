"""Whatever the answer is, the message counts as accepted."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Kind, Outcome, Request, Response
from outreach_postcard import postcard

FAILS = "test_an_unknown_answer_proves_nothing"


def interpret(job: Job[Any], request: Request, response: Response, batch: Batch | None) -> Outcome:
    """Take every JSON for a success."""
    found = postcard.interpret(job, request, response, batch)
    return found if found.kind is Kind.ACCEPTED else Outcome(kind=Kind.ACCEPTED)


provider = attrs.evolve(postcard, interpret=interpret)
