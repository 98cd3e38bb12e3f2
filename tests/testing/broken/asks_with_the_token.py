"""What became of people is asked with the account's credential in the address and in what is said about it."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Job, News, Question, Request, Waiting
from outreach_postcard import postcard

FAILS = "test_no_secret_is_shown"


def follow(job: Job[Any], _waiting: Waiting) -> Question[News]:
    """Put the token into the query."""
    query = {"token": job.settings.token.reveal()}
    request = Request(method="GET", path="cards", query=query, does="ask about the cards", repeatable=True)
    over = News(receipts={}, over="the vendor tells nothing")
    return Question(request, lambda _response: over, otherwise=over)


provider = attrs.evolve(postcard, follow=follow)
