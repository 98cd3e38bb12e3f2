"""What is sent has the order of a set, which is another one in every process."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Request, merge
from outreach_postcard import postcard

FAILS = "test_another_process_gives_equal_requests"


def load(job: Job[Any], batch: Batch) -> Request:
    """Send tags in any order."""
    request = postcard.load(job, batch)
    tags = list({"alpha", "beta", "gamma", "delta", "epsilon"})
    return attrs.evolve(request, body=merge(request.body, {"tags": tags}))


provider = attrs.evolve(postcard, load=load)
