"""Toingg as a small state machine: strict about what its pages require or type, and in their shapes.

It does not deduplicate: two equal calls ring twice, as nothing in Toingg's pages promises otherwise. What happens to a
person follows from the last two digits of the number:

====== ==========================================================================
digits what happens
====== ==========================================================================
01     nobody answers; the status word is ``no-answer``, which no page documents
02     the call fails
03     the call never ends
04     the call is made, but the answer is ``"string"`` and names no call
90     refused inside a 200: ``{"status": false, ...}``; nobody is called
91     refused with 422; nobody is called
98     the call is made, and the answer is lost: 500
99     429 the first time, then as usual
other  the call is answered, and ends after 57 seconds
====== ==========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from outreach.provider import Channel, Reached, Received, Response, Unreadable
from outreach_toingg.demands import CALL, CREATE, HOOK, PIPELINE, UPDATE, Wrong, wrongs

#: A call rings for so long, and talks for so long.
RINGING = timedelta(seconds=3)
TALKING = timedelta(seconds=57)

#: Some of the voices that third parties met.
VOICES = ("swara", "varun", "monika")

#: What becomes of a call whose number ends like this.
WORDS: Mapping[str, str] = {"01": "no-answer", "02": "failed", "03": "in-progress"}


@attrs.frozen
class Call:
    """A call that was made."""

    phone: str
    at: datetime
    campaign: str


class ToinggSandbox:
    """A stand-in for Toingg.

    Attributes:
        reached: Every call, in order.

        campaigns: By id, the body that made it.

        calls: By id.
    """

    def __init__(self) -> None:
        self.reached: list[Reached] = []
        self.campaigns: dict[str, Mapping[str, Any]] = {}
        self.calls: dict[str, Call] = {}
        self._slowed: set[str] = set()

    def answer(self, received: Received, now: datetime) -> Response:
        """Answer one request."""
        name = received.path.removesuffix("/")
        if name not in ROUTES:
            return Response.of({"detail": "Not Found"}, 404)
        method, handle = ROUTES[name]
        if received.method != method:
            return Response.of({"detail": "Method Not Allowed"}, 405)
        scheme, _, token = received.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token.strip():
            return Response.of({"detail": "Not authenticated"}, 401)
        return handle(self, received, now)

    def create(self, received: Received, _now: datetime) -> Response:
        """Make a campaign."""
        body = _json(received)
        if found := wrongs(body, CREATE):
            return _invalid(found)
        made = f"{len(self.campaigns) + 1:024x}"
        self.campaigns[made] = body
        return _envelope({"campID": made}, "Campaign created.")

    def campaign_list(self, received: Received, _now: datetime) -> Response:
        """List campaigns, newest first."""
        skip, limit = (_number(received.query.get(key, default)) for key, default in (("skip", "0"), ("limit", "10")))
        if skip is None or limit is None:
            return _invalid([Wrong(("query", "skip" if skip is None else "limit"), "int_parsing", "not an integer")])
        listed = [{"campID": key, "title": made["title"], "status": "active"} for key, made in self.campaigns.items()]
        return _envelope(listed[::-1][skip : skip + limit], "Campaigns fetched.")

    def call(self, received: Received, now: datetime) -> Response:
        """Ring one person, at once, however often it is asked."""
        body = _json(received)
        if found := wrongs(body, CALL):
            return _invalid(found)
        phone = body["phoneNumber"]
        refusal = self._refuse(phone, body["campID"])
        if refusal is not None:
            return refusal
        made = f"CA{len(self.calls) + 1:032x}"
        self.calls[made] = Call(phone, now, body["campID"])
        self.reached.append(Reached(phone=phone, channel=Channel.AI_CALL, at=now))
        if phone.endswith("98"):
            return Response.of("Internal Server Error", 500)
        return Response.of("string") if phone.endswith("04") else _envelope({"callId": made}, "Call initiated.")

    def _refuse(self, phone: str, campaign: str) -> Response | None:
        if campaign not in self.campaigns:
            return _failed("Campaign not found.")
        if phone.endswith("90"):
            return _failed("This number cannot be called.")
        if phone.endswith("91"):
            return _invalid([Wrong(("body", "phoneNumber"), "value_error", "This number cannot be called")])
        if phone.endswith("99") and phone not in self._slowed:
            self._slowed.add(phone)
            limited = Response.of({"detail": "Too Many Requests"}, 429)
            return attrs.evolve(limited, headers={**limited.headers, "retry-after": "1"})
        return None

    def status(self, received: Received, now: datetime) -> Response:
        """Say what became of a call, as the page shows it."""
        asked = received.query.get("callId")
        if not asked:
            return _invalid([Wrong(("query", "callId"), "missing", "Field required")])
        if asked not in self.calls:
            return _failed("Call not found.")
        return _envelope(_state(self.calls[asked], now), "Call details fetched.")

    def analysis(self, received: Received, now: datetime) -> Response:
        """Give the answers of a call that has ended: everybody says yes. The shape is made up."""
        call = self.calls.get(received.query.get("callId", ""))
        if call is None or not _over(call, now):
            return _envelope(None, "No analysis yet.") if call else _failed("Call not found.")
        asked = self.campaigns[call.campaign].get("postCallAnalysisSchema") or {}
        return _envelope(dict.fromkeys(asked, "yes"), "Analysis fetched.")

    def transcription(self, received: Received, now: datetime) -> Response:
        """Give what was said in a call that has ended. The shape is made up."""
        call = self.calls.get(received.query.get("callId", ""))
        if call is None:
            return _failed("Call not found.")
        turns = [{"role": "assistant", "content": "नमस्ते"}, {"role": "user", "content": "हजुर"}]
        return _envelope(turns if _over(call, now) else [], "Transcription fetched.")

    def voices(self, _received: Received, _now: datetime) -> Response:
        """List voices, as third parties saw them."""
        return _envelope({"voice": [{"name": name} for name in VOICES]}, "Voices fetched.")

    def update(self, received: Received, _now: datetime) -> Response:
        """Change a campaign; the page does not show the answer."""
        body = _json(received)
        if found := wrongs(body, UPDATE):
            return _invalid(found)
        if body["campId"] not in self.campaigns:
            return _failed("Campaign not found.")
        self.campaigns[body["campId"]] = {**self.campaigns[body["campId"]], **body["campaignModelData"]}
        return _envelope({"campId": body["campId"]}, "Campaign updated.")

    def pipeline(self, received: Received, _now: datetime) -> Response:
        """Take a configuration; the page does not show the answer."""
        found = wrongs(_json(received), PIPELINE)
        if not received.query.get("campId"):
            found.append(Wrong(("query", "campId"), "missing", "Field required"))
        return _invalid(found) if found else _envelope(None, "Configuration saved.")

    def webhook(self, received: Received, _now: datetime) -> Response:
        """Take a webhook; the page does not show the answer."""
        found = wrongs(_json(received), HOOK)
        return _invalid(found) if found else _envelope(None, "Webhook added.")


Handler = Callable[[ToinggSandbox, Received, datetime], Response]

ROUTES: Mapping[str, tuple[str, Handler]] = {
    "create_campaign": ("POST", ToinggSandbox.create),
    "get_campaigns": ("GET", ToinggSandbox.campaign_list),
    "make_call": ("POST", ToinggSandbox.call),
    "call_status": ("GET", ToinggSandbox.status),
    "get_post_call_analysis": ("GET", ToinggSandbox.analysis),
    "get_supported_voices": ("GET", ToinggSandbox.voices),
    "get_transcription": ("GET", ToinggSandbox.transcription),
    "update_campaign": ("POST", ToinggSandbox.update),
    "text_pipeline_configuration": ("POST", ToinggSandbox.pipeline),
    "add_webhook": ("POST", ToinggSandbox.webhook),
}


def _state(call: Call, now: datetime) -> Mapping[str, Any]:
    word = WORDS.get(call.phone[-2:], "completed")
    answered = word == "completed"
    end = call.at + RINGING + (TALKING if answered else timedelta())
    if word == "in-progress" or now < end:
        return {"status": "in-progress", "start_time": call.at.isoformat(), "end_time": None, "duration": None}
    seconds = str(int(TALKING.total_seconds())) if answered else "0"
    return {
        "status": word,
        "start_time": call.at.isoformat(),
        "end_time": end.isoformat(),
        "duration": seconds,
    }


def _over(call: Call, now: datetime) -> bool:
    return _state(call, now)["end_time"] is not None


def _json(received: Received) -> Any:
    try:
        return received.json()
    except Unreadable:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None


def _envelope(result: Any, message: str) -> Response:
    return Response.of({"status": True, "message": message, "result": result})


def _failed(message: str) -> Response:
    return Response.of({"status": False, "message": message, "result": None})


def _invalid(found: list[Wrong]) -> Response:
    return Response.of(
        {"detail": [{"loc": [*wrong.loc], "msg": wrong.msg, "type": wrong.type} for wrong in found]}, 422
    )
