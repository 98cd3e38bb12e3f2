"""Translation writes out the present moment, without a call of time()."""

from __future__ import annotations

import time
from typing import Any

import attrs

from outreach.provider import Batch, Job, Request
from outreach_postcard import postcard

FAILS = "test_nothing_but_data"


def load(job: Job[Any], batch: Batch) -> Request:
    """Look at the clock by another name."""
    time.strftime("%Y-%m-%d")
    return postcard.load(job, batch)


provider = attrs.evolve(postcard, load=load)
