"""Of a full batch the last person is left out of the request."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Request, merge
from outreach_tingting import tingting

FAILS = "test_any_number_of_people_travels"


def load(job: Job[Any], batch: Batch) -> Request:
    """Send 99 people at most."""
    request = tingting.load(job, batch)
    return attrs.evolve(request, body=merge(request.body, {"contacts": request.body["contacts"][:99]}))


provider = attrs.evolve(tingting, load=load)
