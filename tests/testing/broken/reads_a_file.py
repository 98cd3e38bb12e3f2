"""Translation reads a file that the next machine may not have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs

from outreach.provider import Batch, Job, Request
from outreach_postcard import postcard

FAILS = "test_nothing_but_data"


def load(job: Job[Any], batch: Batch) -> Request:
    """Look into a file."""
    Path(__file__).read_bytes()
    return postcard.load(job, batch)


provider = attrs.evolve(postcard, load=load)
