"""ContactSwing's endpoints as pure request builders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outreach.provider import Reach, Request
from outreach_contactswing.account import CREATE_PATH


def create_with_touchpoint(body: Mapping[str, Any], *, path: str = CREATE_PATH) -> Request:
    """Make a campaign whose people are contacted by WhatsApp without any further request. Documented.

    https://docs.contactswing.ai/api-reference/endpoint/what-camp

    Args:
        body: The campaign with its people.

        path: Below the account's ``base_url``.
    """
    return Request(
        method="POST", path=path, body=body, does="hand the people over for WhatsApp messages", reaches=Reach.BATCH
    )
