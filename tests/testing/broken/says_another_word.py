"""What became of people is told with a word that the adapter itself reads otherwise."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Job, News, Question, Receipt, Request, Status, Waiting
from outreach_postcard import postcard

FAILS = "test_what_became_of_people_is_told"


def follow(_job: Job[Any], waiting: Waiting) -> Question[News]:
    """Call delivered what failed."""
    told = Receipt(status=Status.DELIVERED, word="failed")
    news = News(receipts=dict.fromkeys(waiting.phones, told))
    request = Request(method="GET", path="cards", does="ask about the cards", repeatable=True)
    return Question(request, lambda _response: news, otherwise=news)


provider = attrs.evolve(postcard, follow=follow)
