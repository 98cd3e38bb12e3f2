"""Translation asks what time it is, although nothing of it goes out."""

from __future__ import annotations

from time import time
from typing import Any

import attrs

from outreach.provider import Batch, Job, Request
from outreach_postcard import postcard

FAILS = "test_nothing_but_data"


def load(job: Job[Any], batch: Batch) -> Request:
    """Look at the clock."""
    time()
    return postcard.load(job, batch)


provider = attrs.evolve(postcard, load=load)
