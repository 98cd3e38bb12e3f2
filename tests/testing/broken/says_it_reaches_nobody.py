"""The request that rings the phones says that it reaches nobody."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Reach, Request
from outreach_postcard import postcard

FAILS = "test_a_request_reaches_whom_it_says"


def load(job: Job[Any], batch: Batch) -> Request:
    """Call it harmless."""
    return attrs.evolve(postcard.load(job, batch), reaches=Reach.NOBODY)


provider = attrs.evolve(postcard, load=load)
