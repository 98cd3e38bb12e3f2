"""TingTing's first generation as a small state machine, in the shapes of its page.

https://tingting.readthedocs.io/en/latest/api.html. It begins with one campaign of three people, and one number for
sale beside one that the account owns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from outreach.provider import Channel, Reached, Received, Response
from outreach_tingting.account_world import Account, envelope
from outreach_tingting.forms import Refusal, form

#: The page's examples of ids.
FIRST_CAMPAIGN = 10
FIRST_NUMBERS = (34, 305, 306)
SID = "b7142c5ae3b673d944d81c83bda4f5de"

CHANNELS: Mapping[str, Channel] = {"PHONE": Channel.VOICE, "SMS": Channel.SMS}

_SOUND = Response(status=200, headers={"content-type": "audio/mpeg"}, body=b"ID3\x04\x00")


@attrs.define
class Called:
    """One request, and the id in its path."""

    received: Received
    now: datetime
    id: int

    def body(self) -> Mapping[str, Any]:
        """Give the fields of the body, whether it came as JSON or as a form."""
        body = form(self.received) if "multipart" in self.received.headers.get("content-type", "") else None
        body = self.received.json() if body is None else body
        if not isinstance(body, Mapping):
            raise Refusal(_failed("Invalid data."), 400)
        return body


def _number(sid: str, phone: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("accept_incoming", "call_comes_in", "call_url", "http_request"))
    named = {"phone_number": phone, "rate": 40.0, "available_capabilities": "Voice, SMS", "phone_number_sid": sid}
    return {**named, "friendly_name": "", "configure_with": "", **nothing}


@attrs.define
class FirstGeneration:
    """What the stand-in remembers of the first generation."""

    account: Account
    reached: list[Reached]
    campaigns: dict[int, dict[str, Any]] = attrs.field(factory=dict)
    numbers: dict[int, dict[str, Any]] = attrs.field(factory=dict)
    owned: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    for_sale: dict[str, dict[str, Any]] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.campaigns[FIRST_CAMPAIGN] = _campaign(FIRST_CAMPAIGN, "Sample", "PHONE", "Description")
        for key in FIRST_NUMBERS:
            self._add(FIRST_CAMPAIGN, 9_610_000_000 + key, {}, key)
        self.for_sale[SID] = _number(SID, "9876565435")
        other = SID[::-1]
        self.owned[other] = _number(other, "9876565436")

    def answer(self, received: Received, now: datetime) -> Response | None:
        """Answer a request to a path of the first generation; None where the path is none of them."""
        fitting = [
            (method, found, handler)
            for method, pattern, handler in ROUTES
            if (found := re.fullmatch(pattern, received.path, re.ASCII))
        ]
        for method, found, handler in fitting:
            if method == received.method:
                return handler(self, Called(received, now, int(found[1]) if found.groups() else 0))
        return Response.of(_failed("Method not allowed."), 405) if fitting else None

    def _add(self, campaign: int, number: int, tags: Mapping[str, Any], key: int | None = None) -> None:
        key = key or max(self.numbers) + 1
        self.numbers[key] = {
            "id": key,
            "number": number,
            "campaing": campaign,
            "available_tags": dict(tags),
            "status": "not started",
            "duration": None,
            "playback": None,
            "credit_consumed": 0,
        }

    def _of(self, called: Called) -> dict[str, Any]:
        return _known(self.campaigns, called.id, "Campaign")

    def _people(self, campaign: int) -> list[dict[str, Any]]:
        return [one for one in self.numbers.values() if one["campaing"] == campaign]

    def _shown(self, one: Mapping[str, Any]) -> dict[str, Any]:
        return {**one, "campaing": self.campaigns[one["campaing"]]["name"]}

    def login(self, called: Called) -> Response:
        """Log in; the tokens stand in the body."""
        self.account.login(called.received)
        user = {"first_name": "Sandbox", "last_name": "", "email": called.body()["email"]}
        data = {"token": {"refresh": "sandbox-refresh", "access": "sandbox-access"}, "user_data": user}
        return Response.of(envelope(data, "Successfully logged in"))

    def refresh(self, called: Called) -> Response:
        """Renew the access token; this answer has no envelope."""
        _needed(called.body(), "refresh")
        return Response.of({"access": "sandbox-access-2"})

    def own(self, _: Called) -> Response:
        """List what the account owns."""
        return Response.of(envelope({"owned_numbers": list(self.owned.values())}))

    def sale(self, _: Called) -> Response:
        """List what is for sale."""
        listed = {"number_lists": list(self.for_sale.values())}
        return Response.of(envelope(listed, "Number Lists Retrived Successfully!!"))

    def buy(self, called: Called) -> Response:
        """Buy a number."""
        bought = _known(self.for_sale, _needed(called.body(), "phone_sid"), "Number")
        self.owned[bought["phone_number_sid"]] = self.for_sale.pop(bought["phone_number_sid"])
        message = f"{bought['phone_number']} number bought successfully!!"
        return Response.of(envelope({"number_details": [bought]}, message))

    def release(self, called: Called) -> Response:
        """Give a number back; the body says 204."""
        sid = _needed(called.body(), "phone_sid")
        known = {**self.for_sale, **self.owned}
        released = _known(known, sid, "Number")
        self.for_sale[sid] = released
        self.owned.pop(sid, None)
        message = f"{released['phone_number']} number released successfully!!"
        return Response.of(envelope({}, message, 204))

    def list_campaigns(self, _: Called) -> Response:
        """List the campaigns, newest first; this answer has no envelope."""
        listed = list(self.campaigns.values())[::-1]
        pages = {"total_items": len(listed), "total_pages": 1, "page_number": 1, "has_next": False}
        result = {"messages": "Campaign Successfully Retrieved", "campaign-lists": listed}
        return Response.of({"pagination": {**pages, "has_previous": False, "links": []}, "result": result})

    def add_campaign(self, called: Called) -> Response:
        """Make a campaign with its people."""
        body = called.body()
        service = _service(body)
        key = max(self.campaigns) + 1
        made = _campaign(key, _needed(body, "name"), service, body.get("description", ""))
        self.campaigns[key] = made
        numbers = body.get("individual_number", [])
        for number in numbers if isinstance(numbers, list) else [numbers]:
            self._add(key, int(number), {})
        return Response.of(envelope({"details": [_plain(made)]}, "Campaign Created Successfully", 201), 201)

    def update(self, called: Called) -> Response:
        """Change a campaign."""
        campaign, body = self._of(called), called.body()
        campaign |= {key: body[key] for key in ("name", "services", "description") if key in body}
        return Response.of(envelope({"details": [_plain(campaign)]}, "Campaign details successfully updated."))

    def delete(self, called: Called) -> Response:
        """Delete a campaign; ``camaign`` is the vendor's spelling."""
        self._of(called)
        del self.campaigns[called.id]
        self.numbers = {key: one for key, one in self.numbers.items() if one["campaing"] != called.id}
        return Response.of(envelope({"camaign": "Campaign Deleted Succesfully"}))

    def details(self, called: Called) -> Response:
        """Show a campaign."""
        return Response.of(envelope({"messages": "Details Retrived successfully", "details": [self._of(called)]}))

    def begin(self, called: Called) -> Response:
        """Ring the phones of everybody, of those named, or of those with a status."""
        campaign, body = self._of(called), called.body()
        if not {"message", "aud_file", "priority"} & body.keys():
            raise Refusal(_failed("message or aud_file is required."), 400)
        chosen = [
            one
            for one in self._people(called.id)
            if one["id"] in body.get("individual", [one["id"]]) and one["status"] in body.get("status", [one["status"]])
        ]
        for one in chosen:
            one["status"] = "completed"
            self.reached.append(
                Reached(phone=f"+977{one['number']}", channel=CHANNELS[campaign["services"]], at=called.now)
            )
        hold = {"hold amount": f"{len(chosen)} credits on hold for {campaign['name']} campaign."}
        return Response.of(envelope(hold, "Campaign is running!!"))

    def people(self, called: Called) -> Response:
        """List a campaign's numbers, newest first."""
        campaign = self._of(called)
        message = f"Number related to {campaign['name']} campaign Retrived successfully"
        listed = [self._shown(one) for one in self._people(called.id)][::-1]
        return Response.of(envelope({"messages": message, "number-lists": listed}))

    def add_number(self, called: Called) -> Response:
        """Add a number."""
        self._of(called)
        body = called.body()
        self._add(called.id, int(_needed(body, "number")), body.get("available_tags", {}))
        return Response.of(envelope({}, "Number added successfully", 201), 201)

    def delete_number(self, called: Called) -> Response:
        """Take a number out."""
        one = _known(self.numbers, called.id, "Number")
        said = f"{one['number']} of campaign {self._shown(one)['campaing']} deleted Successfully!!"
        del self.numbers[called.id]
        return Response.of(envelope({"campaign-details": said}))

    def show_number(self, called: Called) -> Response:
        """Show a number."""
        one = _known(self.numbers, called.id, "Number")
        data = {"messages": f"{one['number']} details retrieved successfully!!", "number-detail": self._shown(one)}
        return Response.of(envelope(data))

    def edit_number(self, called: Called) -> Response:
        """Change a number."""
        one, body = _known(self.numbers, called.id, "Number"), called.body()
        one |= {key: body[key] for key in ("number", "available_tags") if key in body}
        return Response.of(envelope({"details": self._shown(one)}, "Action details successfully updated."))

    def report(self, called: Called) -> Response:
        """Give a campaign's report as CSV."""
        key = int(called.received.query.get("campaign_id", "0") or 0)
        _known(self.campaigns, key, "Campaign")
        lines = ["number,status,duration", *(f"{one['number']},{one['status']}," for one in self._people(key))]
        return csv("\r\n".join([*lines, ""]))

    def summary(self, _: Called) -> Response:
        """Sum up; the page shows no sample, so this shape is made up."""
        counted = [{"id": key, "name": one["name"], "numbers": len(self._people(key))} for key, one in _items(self)]
        return Response.of(envelope({"summary": counted}))

    def speak(self, called: Called) -> Response:
        """Speak a text; the page shows no sample."""
        _needed(called.body(), "message")
        return _SOUND

    def send_code(self, called: Called) -> Response:
        """Send a one-time code."""
        answer, reached = self.account.send_code(called.body(), called.now)
        self.reached.append(reached)
        return answer


def csv(text: str) -> Response:
    """Answer with a file of text."""
    return Response(status=200, headers={"content-type": "text/csv; charset=utf-8"}, body=text.encode())


def _user(_: FirstGeneration, __: Called) -> Response:
    names = {"first_name": "Sandbox", "last_name": "", "email": "sandbox@example.com", "username": "sandbox"}
    more = {"is_verified_email": True, "contact_number": "9610000000", "is_verified_phone": True, "address": ""}
    return Response.of(envelope({"user_details": {**names, **more}}))


def _campaign(key: int, name: str, services: str, description: str) -> dict[str, Any]:
    named = {"id": key, "name": name, "user_phone": [], "services": services, "description": description}
    return {**named, "usable_tags": []}


def _plain(campaign: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in campaign.items() if key != "usable_tags"}


def _items(one: FirstGeneration) -> Sequence[tuple[int, dict[str, Any]]]:
    return list(one.campaigns.items())


def _known(table: Mapping[Any, dict[str, Any]], key: Any, what: str) -> dict[str, Any]:
    if key not in table:
        raise Refusal(_failed(f"{what} not found."), 404)
    return table[key]


def _needed(body: Mapping[str, Any], field: str) -> Any:
    if not body.get(field):
        raise Refusal(_failed(f"{field} is required."), 400)
    return body[field]


def _service(body: Mapping[str, Any]) -> str:
    service = _needed(body, "services")
    if service not in CHANNELS:
        raise Refusal(_failed("services is PHONE or SMS."), 400)
    return str(service)


def _failed(message: str) -> dict[str, Any]:
    return {"status": 400, "success": False, "message": message, "errors": [message], "data": {}}


Handler = Callable[[FirstGeneration, Called], Response]

ROUTES: Sequence[tuple[str, str, Handler]] = (
    ("POST", r"accounts/login/", FirstGeneration.login),
    ("GET", r"accounts/user_details/", _user),
    ("POST", r"accounts/token/refresh/", FirstGeneration.refresh),
    ("GET", r"system/owned/phone_numbers/?", FirstGeneration.own),
    ("GET", r"system/phone_numbers/?", FirstGeneration.sale),
    ("POST", r"system/phone_numbers/", FirstGeneration.buy),
    ("DELETE", r"system/phone_numbers/?", FirstGeneration.release),
    ("GET", r"system/campaigns/?", FirstGeneration.list_campaigns),
    ("POST", r"system/campaigns/", FirstGeneration.add_campaign),
    ("PUT", r"system/campaigns/(\d+)/update/?", FirstGeneration.update),
    ("DELETE", r"system/campaigns/(\d+)/delete/?", FirstGeneration.delete),
    ("GET", r"system/campaigns/(\d+)/details/?", FirstGeneration.details),
    ("POST", r"system/campaigns/(\d+)/begin/", FirstGeneration.begin),
    ("GET", r"system/campaigns/report/download/", FirstGeneration.report),
    ("GET", r"system/campaigns/report/summary/", FirstGeneration.summary),
    ("POST", r"system/test/voice/", FirstGeneration.speak),
    ("GET", r"system/campaigns/number/(\d+)/?", FirstGeneration.people),
    ("POST", r"system/campaigns/number/(\d+)/", FirstGeneration.add_number),
    ("DELETE", r"system/campaigns/number/(\d+)/delete/", FirstGeneration.delete_number),
    ("GET", r"system/number/(\d+)/", FirstGeneration.show_number),
    ("PUT", r"system/number/(\d+)/", FirstGeneration.edit_number),
    ("POST", r"system/send/otp/", FirstGeneration.send_code),
)

#: Paths that need no token, of either generation.
OPEN = frozenset({"accounts/login/", "accounts/token/refresh/", "auths/login/", "auths/login/refresh/"})
