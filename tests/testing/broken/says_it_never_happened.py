"""After a lost answer the adapter says that the campaign was not made, without looking."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Job, Question, Request, Settled
from outreach_toingg import toingg
from outreach_toingg.endpoints import get_campaigns

FAILS = "test_a_cut_saga_settles"


def settle(_job: Job[Any], request: Request) -> Question[Settled] | None:
    """Deny."""
    if "campaign" not in request.captures:
        return None
    return Question(get_campaigns(skip=0, limit=1), lambda _response: Settled(happened=False))


provider = attrs.evolve(toingg, settle=settle)
