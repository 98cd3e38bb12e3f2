"""A long text is cut, and the rest of it is dropped in silence."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Request, merge
from outreach_postcard import postcard

FAILS = "test_any_writing_arrives"


def load(job: Job[Any], batch: Batch) -> Request:
    """Send 160 characters at most."""
    request = postcard.load(job, batch)
    return attrs.evolve(request, body=merge(request.body, {"text": request.body["text"][:160]}))


provider = attrs.evolve(postcard, load=load)
