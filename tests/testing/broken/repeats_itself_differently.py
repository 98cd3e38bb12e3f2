"""A counter outside of the adapter's values gets into its requests."""

from __future__ import annotations

from itertools import count
from typing import Any

import attrs

from outreach.provider import Batch, Job, Request, merge
from outreach_postcard import postcard

FAILS = "test_equal_input_gives_equal_requests"

_numbers = count()


def load(job: Job[Any], batch: Batch) -> Request:
    """Number the requests over the life of the process."""
    request = postcard.load(job, batch)
    return attrs.evolve(request, body=merge(request.body, {"number": next(_numbers)}))


provider = attrs.evolve(postcard, load=load)
