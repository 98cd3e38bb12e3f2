"""Whether a campaign was made whose answer was lost. A call cannot be asked about: Toingg lists none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from outreach.provider import Job, Question, Request, Response, Settled, Unreadable, look_up
from outreach_toingg import endpoints
from outreach_toingg.account import ToinggSettings
from outreach_toingg.interpret import CAMPAIGN_KEYS

PAGE = 100

#: An account with more campaigns than fit in these pages is looked at no further.
MAX_PAGES = 50

#: The list is known from third parties only. Acting on it is safe all the same: a campaign without calls reaches
#: nobody, so that the worst is an empty campaign left behind.
NOT_FOUND = "Toingg's list shows no campaign with this mark"

TOO_LONG = "Toingg's list could not be read to its end"


def settle(job: Job[ToinggSettings], request: Request) -> Question[Settled] | None:
    """Look for the campaign by the mark in its title; None for a call, or without a mark."""
    return _page(job.marker, 0, frozenset()) if "campaign" in request.captures and job.marker else None


def _page(marker: str, number: int, seen: frozenset[str]) -> Question[Settled]:
    def read(response: Response) -> Question[Settled] | Settled:
        campaigns = list(listed(response.json()))
        for key, campaign in campaigns:
            if marker in str(campaign.get("title") or campaign.get("name") or ""):
                return Settled(happened=True, captures={"campaign": key}, reason=f"Toingg lists it as {key}")
        keys = {key for key, _ in campaigns}
        # A server that ignores ``skip`` gives the same page for ever.
        if keys <= seen or number + 1 >= MAX_PAGES:
            whole = keys <= seen and len(keys) < PAGE
            return Settled(happened=False if whole else None, reason=NOT_FOUND if whole else TOO_LONG)
        return _page(marker, number + 1, seen | keys)

    return Question(endpoints.get_campaigns(skip=number * PAGE, limit=PAGE), read)


def listed(document: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give id and fields of each campaign; third parties saw ``result`` as a list, and as a map by id.

    Raises:
        Unreadable: There is neither.
    """
    result = document.get("result") if isinstance(document, Mapping) else document
    if isinstance(result, Mapping):
        pairs = [(str(key), value) for key, value in result.items()]
    elif isinstance(result, list):
        pairs = [(look_up(value, (*CAMPAIGN_KEYS, "_id.$oid")) or "", value) for value in result]
    else:
        msg = "the answer holds no list of campaigns"
        raise Unreadable(msg)
    yield from ((key, value) for key, value in pairs if key and isinstance(value, Mapping))
