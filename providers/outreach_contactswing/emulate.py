"""ContactSwing as a small state machine: strict about what its page requires or types.

It does not deduplicate: an equal request contacts its people again. Its page has no request that tells what became of
anybody. What happens follows from the last two digits of the numbers, and holds for the whole request, as the page
knows no answer about single people:

====== ==========================================================================
digits what happens to a request that holds such a number
====== ==========================================================================
90     refused with 400; nobody is contacted
98     everybody is contacted, and the answer is lost: 500
99     429 the first time, then as usual
other  everybody is contacted, at ``start_at``
====== ==========================================================================
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from outreach.provider import Channel, Reached, Received, Response, Unreadable
from outreach_contactswing.account import CREATE_PATH, UNDERSCORE_PATH
from outreach_contactswing.demands import Wrong, wrongs
from outreach_contactswing.emulate_others import Others, is_email


class ContactSwingSandbox:
    """A stand-in for ContactSwing.

    Attributes:
        reached: Every contact, in order, each at the moment for which it was scheduled.

        campaigns: The bodies that made campaigns, in order.

        others: Every other endpoint: e-mail, calls, actions, assistants, API keys.
    """

    def __init__(self) -> None:
        self.reached: list[Reached] = []
        self.campaigns: list[dict[str, Any]] = []
        self.others = Others(self.reached)
        self._slowed: set[frozenset[str]] = set()

    def answer(self, received: Received, now: datetime) -> Response:
        """Answer one request."""
        others = self.others.knows(received.path)
        if received.path not in {CREATE_PATH, UNDERSCORE_PATH} and not others:
            return Response.of({"detail": "Not Found"}, 404)
        if received.method != (others or "POST"):
            return Response.of({"detail": "Method Not Allowed"}, 405)
        scheme, _, token = received.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token.strip():
            return Response.of({"detail": "Not authenticated"}, 401)
        body = _json(received)
        if others or (received.path == UNDERSCORE_PATH and is_email(body)):
            return self.others.answer(received, body, now)
        found = wrongs(body)
        return _invalid(found) if found else self._create(body, now)

    def _create(self, body: dict[str, Any], now: datetime) -> Response:
        phones = [_plus(person["to_number"]) for person in body["touchpoint"]["customer_details"]]
        endings = {phone[-2:] for phone in phones}
        if "90" in endings:
            return _invalid([(("touchpoint", "customer_details"), "numbers that can be reached by WhatsApp")])
        if "99" in endings and frozenset(phones) not in self._slowed:
            self._slowed.add(frozenset(phones))
            limited = Response.of({"detail": "Too Many Requests"}, 429)
            return attrs.evolve(limited, headers={**limited.headers, "retry-after": "1"})
        self.campaigns.append(body)
        at = max(now, datetime.fromisoformat(body["touchpoint"]["start_at"]))
        self.reached += [Reached(phone=phone, channel=Channel.WHATSAPP, at=at) for phone in phones]
        return Response.of({"detail": "Internal Server Error"}, 500) if "98" in endings else self._made(body)

    def _made(self, body: dict[str, Any]) -> Response:
        number = len(self.campaigns)
        data = {"id": f"cmp_{number:06}", "name": body["name"], "status": body["touchpoint"]["status"]}
        return Response.of({"ctx_id": f"ctx_{number:06}", "data": data}, 201)


def _plus(number: str) -> str:
    return f"+{number.removeprefix('+')}"


def _json(received: Received) -> Any:
    try:
        return received.json()
    except Unreadable:
        return None


def _invalid(found: list[Wrong]) -> Response:
    detail = [{"loc": ["body", *place], "msg": f"should be {should}", "type": "value_error"} for place, should in found]
    return Response.of({"detail": detail}, 400)
