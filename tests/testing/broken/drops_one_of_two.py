"""A header is sent, and a body is sent; of a message that has both the header is dropped."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Request
from outreach_contactswing import contactswing

FAILS = "test_features_go_together_or_are_refused"


def load(job: Job[Any], batch: Batch) -> Request:
    """Leave the header out where there is a body."""
    request = contactswing.load(job, batch)
    data = request.body["touchpoint"]["whatsapp_data"]
    if "body_params" in data:
        data.pop("header_params", None)
    return request


provider = attrs.evolve(contactswing, load=load)
