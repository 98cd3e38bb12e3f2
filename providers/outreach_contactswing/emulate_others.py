"""ContactSwing's other endpoints as a small state machine: e-mail campaigns, calls, actions, assistants, API keys.

Their pages: https://docs.contactswing.ai/api-reference/endpoint/ with email-camp, unified-voice-call, make-call,
get-calls-list, whatsapp, voice-ai, apikeys-post.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from outreach.provider import Channel, Reached, Received, Response

_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)

#: What each object of a page calls required.
_CAMPAIGN = ("name", "touchpoint")
_TOUCHPOINT = ("name", "type", "status", "start_at", "assistant_id", "customer_details", "email_subject", "email_body")
_CALL = ("phone_number", "agent_id")
_ACTION = ("name", "description", "type", "action_timing", "webhook")
_ASSISTANT = ("name", "type", "model", "api_keys", "instructions")


def is_email(body: Any) -> bool:
    """Whether a campaign is one of e-mails."""
    touchpoint = body.get("touchpoint") if isinstance(body, Mapping) else None
    return isinstance(touchpoint, Mapping) and touchpoint.get("type") == "EMAIL"


class Others:
    """What the stand-in remembers beside WhatsApp campaigns.

    Args:
        reached: Where every call is noted; e-mails reach nobody by telephone.
    """

    def __init__(self, reached: list[Reached]) -> None:
        self._reached = reached
        self._calls: list[dict[str, Any]] = []
        self._made = 0

    def knows(self, path: str) -> str:
        """Give the method of a path, empty where it is none of these."""
        return next((method for method, pattern, _ in ROUTES if re.fullmatch(pattern, path)), "")

    def answer(self, received: Received, body: Any, now: datetime) -> Response:
        """Answer a request to one of these paths, or for an e-mail campaign."""
        fields = body if isinstance(body, Mapping) else {}
        for _, pattern, handle in ROUTES:
            if found := re.fullmatch(pattern, received.path):
                return handle(self, received, {**fields, **found.groupdict()}, now)
        return self._email(fields)

    def call(self, _received: Received, body: Mapping[str, Any], now: datetime) -> Response:
        """Ring a person."""
        missing = _missing(body, _CALL)
        if missing or not _PHONE.fullmatch(str(body["phone_number"])):
            return _invalid(missing or ["phone_number"])
        self._reached.append(Reached(phone=body["phone_number"], channel=Channel.AI_CALL, at=now))
        call = f"call_{len(self._calls) + 1:06}"
        row = {"id": call, "customer_name": body.get("customer_name", ""), "status": "initiated", "duration": 0}
        self._calls.append(row)
        data = {"call_id": call, "status": "initiated", "agent_id": body["agent_id"]}
        return self._said({**data, "version": body.get("version", "v1")}, 200, "Call initiated")

    def list_calls(self, received: Received, _body: Mapping[str, Any], _now: datetime) -> Response:
        """List the calls, newest first."""
        page, size = (int(received.query.get(key, default)) for key, default in (("page", "1"), ("per_page", "10")))
        if page < 1 or not 1 <= size <= 100:
            return _invalid(["page" if page < 1 else "per_page"])
        rows = self._calls[::-1][(page - 1) * size : page * size]
        pages = {"current_page": page, "per_page": size, "total_records": len(self._calls)}
        return self._said({"data": rows, "pagination": pages}, 200, "Calls fetched")

    def action(self, _received: Received, body: Mapping[str, Any], _now: datetime) -> Response:
        """Define an action."""
        missing = _missing(body, _ACTION)
        if missing:
            return _invalid(missing)
        return self._said({"action_id": self._key("act"), "name": body["name"], "type": body["type"]}, 201)

    def assistant(self, _received: Received, body: Mapping[str, Any], _now: datetime) -> Response:
        """Make an assistant; its id is a text here."""
        missing = _missing(body, _ASSISTANT)
        return _invalid(missing) if missing else self._said({"assistant_id": self._key("asst")}, 201)

    def api_key(self, _received: Received, body: Mapping[str, Any], _now: datetime) -> Response:
        """Make an API key; the page does not show the answer."""
        missing = _missing(body, ("name",))
        return _invalid(missing) if missing else self._said({"id": self._key("key"), "key": "sandbox-key"}, 201)

    def _email(self, body: Mapping[str, Any]) -> Response:
        missing = _missing(body, _CAMPAIGN) or _missing(body["touchpoint"], _TOUCHPOINT)
        if missing:
            return _invalid(missing)
        data = {"id": self._key("cmp_email"), "name": body["name"], "status": body["touchpoint"]["status"]}
        return self._said(data, 201)

    def _key(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}_{self._made:06}"

    def _said(self, data: Any, status: int, message: str | None = None) -> Response:
        more = {"message": message} if message else {}
        return Response.of({"ctx_id": f"ctx_other_{self._made:06}", "data": data, **more}, status)


Handler = Callable[[Others, Received, Mapping[str, Any], datetime], Response]

ROUTES: Sequence[tuple[str, str, Handler]] = (
    ("POST", r"v2/_call", Others.call),
    ("POST", r"v2/_voicecalls/(?P<agent_id>[^/]+)/makeCall", Others.call),
    ("GET", r"v2/_calls", Others.list_calls),
    ("POST", r"v2/_actions", Others.action),
    ("POST", r"v2/_new_assistants", Others.assistant),
    ("POST", r"v2/_api_keys", Others.api_key),
)


def _missing(body: Mapping[str, Any], fields: tuple[str, ...]) -> list[str]:
    return [field for field in fields if body.get(field) in (None, "")]


def _invalid(fields: Sequence[str]) -> Response:
    detail = [{"loc": ["body", field], "msg": "field required", "type": "value_error"} for field in fields]
    return Response.of({"detail": detail}, 400)
