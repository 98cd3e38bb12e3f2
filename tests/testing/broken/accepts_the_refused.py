"""Whom the vendor names with an error is taken for accepted."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Outcome, Request, Response
from outreach_tingting import tingting

FAILS = "test_whom_the_vendor_refuses_is_not_accepted"


def interpret(job: Job[Any], request: Request, response: Response, batch: Batch | None) -> Outcome:
    """Overlook the errors of an answer."""
    return attrs.evolve(tingting.interpret(job, request, response, batch), refused={})


provider = attrs.evolve(tingting, interpret=interpret)
