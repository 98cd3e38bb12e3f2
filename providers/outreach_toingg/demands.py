"""What the stand-in demands of a body, as a table, and the mistakes in the shape of the vendor's 422."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from outreach_toingg.capabilities import MIN_SCRIPT


@attrs.frozen
class Wrong:
    """One entry of ``detail``: where, which kind, and in words."""

    loc: tuple[str | int, ...]
    type: str
    msg: str


@attrs.frozen
class Demand:
    """What one field must be.

    Attributes:
        type: Class of the JSON value.

        required: Whether it must be there.

        fits: Whether a value of that class will do.

        msg: What is said when it will not.
    """

    type: type
    required: bool = False
    fits: Callable[[Any], bool] = lambda _value: True
    msg: str = ""


def _filled(value: str) -> bool:
    return bool(value.strip())


_TEXT = Demand(str)
_NEEDED = Demand(str, required=True, fits=_filled, msg="String should not be empty")

#: https://api.toingg.com/docs/Campaign%20Endpoints/Create-Campaign marks no field as required; these four are what
#: other people's clients agree on.
CREATE: Mapping[str, Demand] = {
    "title": _NEEDED,
    "voice": _NEEDED,
    "language": Demand(
        str,
        required=True,
        fits=lambda value: _filled(value) and "/" not in value,
        msg="Language should be one supported language",
    ),
    "script": Demand(
        str,
        required=True,
        fits=lambda value: len(value.strip()) >= MIN_SCRIPT,
        msg=f"String should have at least {MIN_SCRIPT} characters",
    ),
    "purpose": _TEXT,
    "knowledgeBase": _TEXT,
    "calendar": _TEXT,
    "firstLine": _TEXT,
    "tone": _TEXT,
    "postCallAnalysis": Demand(bool),
    "postCallAnalysisSchema": Demand(dict),
}

#: https://docs.toingg.com/api-reference/endpoint/Calls/create
CALL: Mapping[str, Demand] = {
    "name": _NEEDED,
    "phoneNumber": Demand(
        str,
        required=True,
        fits=lambda value: re.fullmatch(r"\+[1-9][0-9]{6,14}", value) is not None,
        msg="Phone number should be in international format",
    ),
    "campID": _NEEDED,
    "extraParams": Demand(dict),
    "startMessage": Demand(bool),
    "clearMemory": Demand(bool),
}


#: https://api.toingg.com/docs/Campaign%20Endpoints/Update-Campaign
UPDATE: Mapping[str, Demand] = {"campId": _NEEDED, "campaignModelData": Demand(dict, required=True)}


def _between(low: int, high: int) -> Demand:
    return Demand(int, fits=lambda value: low <= value <= high, msg=f"Input should be from {low} to {high}")


#: https://docs.toingg.com/api-reference/endpoint/Campaign/textPipelineConfigurationPost
PIPELINE: Mapping[str, Demand] = {
    "goal": _NEEDED,
    "messageDelay": _between(1, 10),
    "mexRetry": _between(1, 5),
    "retryDelay": _between(1, 5),
    "postWebhookDelay": Demand(int),
}

#: https://docs.toingg.com/api-reference/endpoint/WebhookHandling/addWebhook
HOOK: Mapping[str, Demand] = {
    "name": _NEEDED,
    "path": _NEEDED,
    "method": Demand(
        str,
        required=True,
        fits=lambda value: value in {"GET", "POST", "PUT", "DELETE"},
        msg="Input should be GET, POST, PUT or DELETE",
    ),
}


def wrongs(body: Any, demands: Mapping[str, Demand]) -> list[Wrong]:
    """Give every mistake of a body; fields without a demand are ignored, as the vendor ignores them."""
    if not isinstance(body, Mapping):
        return [Wrong(("body",), "model_attributes_type", "Input should be a valid JSON object")]
    found = []
    for name, demand in demands.items():
        if name not in body:
            found += [Wrong(("body", name), "missing", "Field required")] if demand.required else []
        elif type(body[name]) is not demand.type:
            found.append(
                Wrong(("body", name), f"{demand.type.__name__}_type", f"Input should be {demand.type.__name__}")
            )
        elif not demand.fits(body[name]):
            found.append(Wrong(("body", name), "value_error", demand.msg))
    if (
        "postCallAnalysis" in demands
        and body.get("postCallAnalysis") is True
        and not body.get("postCallAnalysisSchema")
    ):
        found.append(Wrong(("body", "postCallAnalysisSchema"), "missing", "Schema required for post call analysis"))
    return found
