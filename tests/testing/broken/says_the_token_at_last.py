"""The question is clean; the sentence that ends it holds the account's credential."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Job, News, Question, Request, Waiting
from outreach_postcard import postcard

FAILS = "test_no_secret_is_shown"


def follow(job: Job[Any], _waiting: Waiting) -> Question[News]:
    """Say the token when nothing more will be told."""
    request = Request(method="GET", path="cards", does="ask about the cards", repeatable=True)
    over = News(receipts={}, over=f"nothing is told to {job.settings.token.reveal()}")
    return Question(request, lambda _response: over, otherwise=over)


provider = attrs.evolve(postcard, follow=follow)
