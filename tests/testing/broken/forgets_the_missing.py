"""Who is missing from an answer that names others is taken for accepted where the vendor counts nobody skipped."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Outcome, Request, Response
from outreach_tingting import tingting

FAILS = "test_who_is_missing_from_an_answer_is_doubtful"


def interpret(job: Job[Any], request: Request, response: Response, batch: Batch | None) -> Outcome:
    """Doubt nobody where the answer counts nobody as left out."""
    found = tingting.interpret(job, request, response, batch)
    return attrs.evolve(found, doubtful=frozenset()) if found.receipts and b'"skipped":0' in response.body else found


provider = attrs.evolve(tingting, interpret=interpret)
