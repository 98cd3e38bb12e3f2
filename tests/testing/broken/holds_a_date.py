"""A body holds a date, which is no JSON: a journal or a plan would read back a text."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Request, merge
from outreach_postcard import postcard

FAILS = "test_requests_survive_json"


def load(job: Job[Any], batch: Batch) -> Request:
    """Send the start as it is."""
    request = postcard.load(job, batch)
    return attrs.evolve(request, body=merge(request.body, {"start": job.start}))


provider = attrs.evolve(postcard, load=load)
