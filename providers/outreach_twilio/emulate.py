"""Twilio as a small state machine: strict about what its pages require, in their shapes.

It does not deduplicate: an equal request reaches its person again, as nothing in Twilio's pages promises otherwise.
What happens follows from the last two digits of the number:

====== ==========================================================================
digits what happens
====== ==========================================================================
01     the message is not delivered; the call is not answered
02     the message fails; the call fails
03     the line is busy
90     refused with 400, code 21211; nobody is reached
91     refused with 400, code 21610: the person has replied STOP; nobody is reached
97     500, and nobody is reached
98     the person is reached, and the answer is lost: 500
99     429 the first time, then as usual
other  the message is delivered; the call is answered, and ends after 20 seconds
====== ==========================================================================
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlencode

import attrs

from outreach.provider import Channel, Reached, Received, Response
from outreach_twilio.translate import WHATSAPP

VERSION = "2010-04-01"

#: Pages are small here, so that a list of a few dozen has several.
MOST_ROWS = 50

_ENDS: Mapping[str, tuple[str, str]] = {
    "01": ("undelivered", "no-answer"),
    "02": ("failed", "failed"),
    "03": ("undelivered", "busy"),
}

_REFUSALS: Mapping[str, tuple[int, str]] = {
    "90": (21211, "Invalid 'To' Phone Number"),
    "91": (21610, "Attempt to send to unsubscribed recipient"),
}

_RINGING = timedelta(seconds=3)
_TALKING = timedelta(seconds=20)


@attrs.frozen
class Made:
    """A message or a call."""

    sid: str
    fields: Mapping[str, str]
    at: datetime
    called: bool

    def shown(self, account: str, now: datetime) -> dict[str, object]:
        """Write it as Twilio's pages do, as far as anybody reads it."""
        shown: dict[str, object] = {
            "sid": self.sid,
            "account_sid": account,
            "to": self.fields["To"],
            "from": self.fields.get("From"),
            "status": self.status(now),
            "direction": "outbound-api",
            "date_created": format_datetime(self.at.astimezone(UTC)),
            "price": None,
        }
        if self.called:
            over = self.status(now) == "completed"
            return shown | {"duration": str(_TALKING.seconds) if over else None}
        uri = f"/{VERSION}/Accounts/{account}/Messages/{self.sid}"
        return shown | {
            "body": self.fields.get("Body", ""),
            "messaging_service_sid": self.fields.get("MessagingServiceSid"),
            "error_code": None,
            "error_message": None,
            "api_version": VERSION,
            "date_sent": format_datetime(self.at.astimezone(UTC)) if self.sent(now) else None,
            "date_updated": format_datetime(self.at.astimezone(UTC)),
            "num_media": "0",
            "num_segments": "1",
            "price_unit": None,
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }

    def sent(self, now: datetime) -> bool:
        """Whether it has left the queue."""
        return now >= self.at + _RINGING

    def status(self, now: datetime) -> str:
        """Say what became of it by now."""
        ends = _ENDS.get(self.fields["To"][-2:], ("delivered", "completed"))[self.called]
        if not self.sent(now):
            return "queued"
        if self.called and ends == "completed" and now < self.at + _RINGING + _TALKING:
            return "in-progress"
        return ends


class TwilioSandbox:
    """A stand-in for Twilio.

    Attributes:
        reached: Every message and call, in order.

        made: The same by sid, as Twilio keeps them.
    """

    def __init__(self) -> None:
        self.reached: list[Reached] = []
        self.made: dict[str, Made] = {}
        self._slowed: set[str] = set()

    def answer(self, received: Received, now: datetime) -> Response:
        """Answer one request."""
        kind, account, sid = _place(received.path)
        if not _known(received.headers.get("authorization", "")):
            return _error(401, 20003, "Authenticate")
        if kind not in {"Balance", "Messages", "Calls"} or (sid and sid not in self.made):
            return _error(404, 20404, "The requested resource was not found")
        if kind == "Balance":
            return Response.of({"account_sid": account, "balance": "12.50", "currency": "USD"})
        if sid:
            return self._one(account, self.made[sid], received, now)
        called = kind == "Calls"
        make = self._make if received.method == "POST" else self._listed
        return make(account, received, now, called=called)

    def _make(self, account: str, received: Received, now: datetime, *, called: bool) -> Response:
        fields = received.form()
        missing = _missing(fields, called=called)
        if missing:
            return _error(400, 21603, f"A '{missing}' is required")
        ending = fields["To"][-2:]
        if ending in _REFUSALS:
            return _error(400, *_REFUSALS[ending])
        if ending == "99" and fields["To"] not in self._slowed:
            self._slowed.add(fields["To"])
            limited = _error(429, 20429, "Too Many Requests")
            return attrs.evolve(limited, headers={**limited.headers, "retry-after": "1"})
        if ending == "97":
            return _error(500, 20500, "Internal Server Error")
        made = Made(f"{'CA' if called else 'SM'}{len(self.made) + 1:032x}", dict(fields), now, called)
        self.made[made.sid] = made
        self.reached.append(Reached(phone=_phone(fields["To"]), channel=_channel(fields["To"], called=called), at=now))
        if ending == "98":
            return _error(500, 20500, "Internal Server Error")
        return Response.of(made.shown(account, now), 201)

    def _one(self, account: str, found: Made, received: Received, now: datetime) -> Response:
        if received.method == "POST" and received.form().get("Status") not in {"canceled", "completed"}:
            return _error(400, 21220, "Invalid call state")
        return Response.of(found.shown(account, now))

    def _listed(self, account: str, received: Received, now: datetime, *, called: bool) -> Response:
        query = received.query
        found = [one for one in reversed(self.made.values()) if one.called is called and _asked(one, query, now)]
        size = min(int(query.get("PageSize", "50")), MOST_ROWS)
        page = int(query.get("Page", "0"))
        shown = [one.shown(account, now) for one in found[page * size : (page + 1) * size]]
        onward = None
        if len(found) > (page + 1) * size:
            again = {**query, "Page": str(page + 1), "PageToken": f"PA{page + 1}"}
            onward = f"/{VERSION}/{received.path}?{urlencode(again)}"
        return Response.of({"calls" if called else "messages": shown, "page": page, "next_page_uri": onward})


def _asked(one: Made, query: Mapping[str, str], now: datetime) -> bool:
    """Whether a list shows it; what is still queued has no date of sending, and no filter by that date finds it."""
    day = f"{one.at.astimezone(UTC):%Y-%m-%d}" if one.sent(now) else ""
    since = query.get("DateSent>") or query.get("StartTime>") or ""
    return query.get("To", one.fields["To"]) == one.fields["To"] and day >= since


def _missing(fields: Mapping[str, str], *, called: bool) -> str:
    """Name the first thing that is needed and not there."""
    needed = (("To",), ("From",), ("Twiml", "Url")) if called else _MESSAGE_NEEDS
    return next((group[0] for group in needed if not any(fields.get(name) for name in group)), "")


_MESSAGE_NEEDS = (("To",), ("From", "MessagingServiceSid"), ("Body", "MediaUrl", "ContentSid"))


def _known(authorization: str) -> bool:
    scheme, _, encoded = authorization.partition(" ")
    try:
        user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return False
    return scheme == "Basic" and user[:2] in {"AC", "SK"} and bool(secret)


def _place(path: str) -> tuple[str, str, str]:
    """Give kind, account and sid of ``Accounts/<account>/<kind>/<sid>.json``; the sid is empty for a list."""
    parts = path.removesuffix(".json").split("/")
    if parts[0] != "Accounts" or len(parts) not in {3, 4}:
        return "", "", ""
    return parts[2], parts[1], "".join(parts[3:])


def _phone(address: str) -> str:
    return address.removeprefix(WHATSAPP)


def _channel(address: str, *, called: bool) -> Channel:
    if called:
        return Channel.VOICE
    return Channel.WHATSAPP if address.startswith(WHATSAPP) else Channel.SMS


def _error(status: int, code: int, message: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Response.of({"code": code, "message": message, "more_info": more, "status": status}, status)
