"""Translation prints the account's credential, where whoever reads the screen sees it."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Request
from outreach_postcard import postcard

FAILS = "test_no_secret_is_shown"


def load(job: Job[Any], batch: Batch) -> Request:
    """Print the token."""
    print(job.settings.token.reveal())  # noqa: T201  # what is wrong with it
    return postcard.load(job, batch)


provider = attrs.evolve(postcard, load=load)
