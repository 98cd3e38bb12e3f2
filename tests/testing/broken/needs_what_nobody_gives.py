"""The question that stops a campaign needs an id which no request captures."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Job, Question, Ref, Request, Settled
from outreach_postcard import postcard

FAILS = "test_every_ref_has_a_capture"


def halt(_job: Job[Any]) -> Question[Settled]:
    """Stop a campaign that Postcard does not know."""
    request = Request(method="DELETE", path=("cards", Ref("campaign")), does="stop the campaign", repeatable=True)
    return Question(request, lambda _response: Settled(happened=True))


provider = attrs.evolve(postcard, halt=halt)
