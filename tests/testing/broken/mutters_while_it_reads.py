"""Reading an answer writes a line to stderr, which is output that no caller asked for."""

from __future__ import annotations

import sys
from typing import Any

import attrs

from outreach.provider import Batch, Job, Outcome, Request, Response
from outreach_postcard import postcard

FAILS = "test_no_secret_is_shown"


def interpret(job: Job[Any], request: Request, response: Response, batch: Batch | None) -> Outcome:
    """Say that an answer came."""
    sys.stderr.write("an answer came\n")
    return postcard.interpret(job, request, response, batch)


provider = attrs.evolve(postcard, interpret=interpret)
