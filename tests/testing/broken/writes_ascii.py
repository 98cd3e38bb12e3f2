"""Letters beyond ASCII are left out of the text."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Request, merge
from outreach_postcard import postcard

FAILS = "test_any_writing_arrives"


def load(job: Job[Any], batch: Batch) -> Request:
    """Write in ASCII."""
    request = postcard.load(job, batch)
    text = request.body["text"].encode("ascii", "ignore").decode()
    return attrs.evolve(request, body=merge(request.body, {"text": text}))


provider = attrs.evolve(postcard, load=load)
