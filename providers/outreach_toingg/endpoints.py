"""Toingg's endpoints as pure request builders; paths are relative to ``/api/v3/``.

Each says how far its page can be trusted: documented (the vendor's own page), or third party (code of others).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outreach.provider import Reach, Ref, Request

#: Where a campaign's id may stand. The page documents the answer merely as ``"string"``; ``interpret.campaign_id``
#: reads further shapes.
CAMPAIGN_ID = ("campID", "campId", "campaignId", "id", "_id", "result")


def create_campaign(body: Mapping[str, Any], *, trailing_slash: bool = True) -> Request:
    """Make a campaign; it calls nobody. Documented.

    https://api.toingg.com/docs/Campaign%20Endpoints/Create-Campaign
    """
    return Request(
        method="POST",
        path="create_campaign/" if trailing_slash else "create_campaign",
        body=body,
        does="make the campaign",
        captures={"campaign": CAMPAIGN_ID},
    )


def get_campaigns(*, skip: int = 0, limit: int = 100) -> Request:
    """List campaigns. Third party.

    Args:
        skip: Campaigns to pass over.

        limit: Most campaigns in the answer.
    """
    return Request(
        method="GET",
        path="get_campaigns",
        query={"skip": str(skip), "limit": str(limit)},
        does="list the campaigns",
        repeatable=True,
    )


def make_call(
    *, name: str, phone: str, campaign: str | Ref, params: Mapping[str, str], extra: Mapping[str, object] | None = None
) -> Request:
    """Ring one person now. Documented.

    https://docs.toingg.com/api-reference/endpoint/Calls/create

    Args:
        name: Of the person.

        phone: E.164 with ``+``.

        campaign: The campaign's id. The key is ``campID`` here and nowhere else; a misspelt key is ignored in silence.

        params: The person's values.

        extra: Further fields, merged last.
    """
    body: dict[str, Any] = {"name": name, "phoneNumber": phone, "campID": campaign}
    if params:
        body["extraParams"] = dict(params)
    return Request(
        method="POST", path="make_call", body={**body, **(extra or {})}, does="ring the person", reaches=Reach.BATCH
    )


def call_status(call_id: str) -> Request:
    """Ask what became of a call. Documented.

    https://docs.toingg.com/api-reference/endpoint/Calls/getCallStatus
    """
    return Request(
        method="GET",
        path="call_status",
        query={"callId": call_id},
        does="ask what became of the call",
        repeatable=True,
    )
