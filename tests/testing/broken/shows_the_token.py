"""The account's credential stands in the body, where plans, journals and logs see it."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Request, merge
from outreach_postcard import postcard

FAILS = "test_no_secret_is_shown"


def load(job: Job[Any], batch: Batch) -> Request:
    """Send the token beside the text."""
    request = postcard.load(job, batch)
    return attrs.evolve(request, body=merge(request.body, {"token": job.settings.token.reveal()}))


provider = attrs.evolve(postcard, load=load)
