"""Translation depends on the environment of whoever plans, although nothing of it goes out."""

from __future__ import annotations

import os
from typing import Any

import attrs

from outreach.provider import Batch, Job, Request
from outreach_postcard import postcard

FAILS = "test_nothing_but_data"


def load(job: Job[Any], batch: Batch) -> Request:
    """Look into the environment."""
    os.environ.get("SENDER")
    return postcard.load(job, batch)


provider = attrs.evolve(postcard, load=load)
