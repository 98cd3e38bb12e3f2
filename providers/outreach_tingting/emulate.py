"""TingTing as a small state machine, for rehearsals and tests.

Strict where the vendor's page is: what it lists as required or typed is checked, and answered in its error shapes.
Where the page is silent the stand-in takes the harsher reading: the same number added twice is called twice, a
campaign that runs takes no more people, and one that was run is not found by a second run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from outreach.provider import Channel, Reached, Received, Response, Unreadable
from outreach_tingting import forms, world
from outreach_tingting.forms import Refusal
from outreach_tingting.magic import EXPIRED_TOKEN, Name, Number, ending
from outreach_tingting.translate import NEPAL
from outreach_tingting.world import Campaign, Contact

Handler = Callable[["TingTingSandbox", "Call"], Response]

#: The vendor's own example of a campaign's id.
FIRST_CAMPAIGN = 79
FIRST_CONTACT = 9_801_692

_NAME_IN_TEXT = re.compile(r"\{(?:tags_)?(\w+)\}")
_CRASH = Response(status=500, headers={"content-type": "text/html"}, body=b"<h1>Server Error (500)</h1>")


@attrs.frozen
class Call:
    """One request, when it came, and the campaign that its path names."""

    received: Received
    now: datetime
    named: Campaign | None

    @property
    def campaign(self) -> Campaign:
        """The campaign of a path that names one."""
        if self.named is None:
            raise Refusal({"detail": "Not found."}, 404)
        return self.named

    def page(self, rows: Sequence[Any], show: Callable[[Any], Any]) -> dict[str, Any]:
        """Cut the page that was asked for out of rows."""
        return world.paged(self.received.path, self.received.query, rows, show)


@attrs.define
class TingTingSandbox:
    """A stand-in for TingTing.

    Attributes:
        reached: Every call and message that the vendor would have made, in order.

        campaigns: By id, for tests that want to look.
    """

    reached: list[Reached] = attrs.field(factory=list)
    campaigns: dict[int, Campaign] = attrs.field(factory=dict)
    _people: int = 0
    _tripped: set[str] = attrs.field(factory=set)

    def answer(self, received: Received, now: datetime) -> Response:
        """Answer one request as TingTing would; ``now`` is aware."""
        self._ring(now)
        try:
            _authorise(received)
            return self._route(received, now)
        except Refusal as refusal:
            return Response.of(refusal.body, refusal.status)
        except Unreadable as error:
            return Response.of({"detail": f"JSON parse error - {error}"}, 400)

    def _route(self, received: Received, now: datetime) -> Response:
        fitting = [(method, found, handler) for method, path, handler in ROUTES if (found := _fit(path, received.path))]
        for method, found, handler in fitting:
            if method == received.method:
                return handler(self, Call(received, now, self._campaign(found)))
        if fitting:
            raise Refusal({"detail": f'Method "{received.method}" not allowed.'}, 405)
        raise Refusal({"detail": "Not found."}, 404)

    def _campaign(self, found: re.Match[str]) -> Campaign | None:
        if not found.groups():
            return None
        if int(found[1]) not in self.campaigns:
            raise Refusal({"detail": "Not found."}, 404)
        return self.campaigns[int(found[1])]

    def _ring(self, now: datetime) -> None:
        """Contact everybody whose campaign is due."""
        for campaign in self.campaigns.values():
            if campaign.begins is not None and campaign.begins <= now and not campaign.rung:
                campaign.rung = True
                self.reached += [
                    Reached(phone=f"+977{contact.number}", channel=channel, at=campaign.begins)
                    for contact in campaign.contacts
                    for channel in world.CHANNELS[campaign.fields["services"]]
                ]

    def _trips(self, fault: Number, numbers: Sequence[str]) -> bool:
        """Whether a number stumbles here, which each does once."""
        new = {number for number in numbers if ending(number) == fault} - self._tripped
        self._tripped |= new
        return bool(new)

    def create(self, call: Call) -> Response:
        """Make a campaign."""
        fields = forms.campaign(call.received.json(), call.now)
        campaign = Campaign(
            id=FIRST_CAMPAIGN + len(self.campaigns),
            fields=fields,
            schedule=fields.pop("schedule"),
            voice=fields.pop("voice"),
            updated=call.now,
        )
        self.campaigns[campaign.id] = campaign
        if Name.CREATE_LOST in fields["name"]:
            return _CRASH
        return Response.of(campaign.show(call.now, campaign.voice), 201)

    def set_message(self, call: Call) -> Response:
        """Set voice and message."""
        chosen = call.campaign
        if chosen.begins is not None:
            raise Refusal({"message": "Campaign has already started."}, 400)
        changes = forms.message(call.received.json())
        chosen.voice, chosen.category = changes["voice"], changes["category"]
        chosen.length_factor = changes.get("length_factor", chosen.length_factor)
        chosen.fields |= {field: changes[field] for field in ("message", "sms_message") if field in changes}
        chosen.updated = call.now
        return Response.of(chosen.message())

    def add_contacts(self, call: Call) -> Response:
        """Add people, in either form."""
        chosen = call.campaign
        if chosen.begins is not None:
            raise Refusal({"message": "Contacts cannot be added to a campaign that has started."}, 400)
        single, people = forms.contacts(call.received.json())
        numbers = [number for number, _ in people]
        if self._trips(Number.LIMITED, numbers):
            return attrs.evolve(
                Response.of({"detail": "Request was throttled. Expected available in 1 second."}, 429),
                headers={"content-type": "application/json", "retry-after": "1"},
            )
        if self._trips(Number.NOT_DONE, numbers):
            return _CRASH
        added = [self._add(chosen, number, variables, call.now) for number, variables in people if _welcome(number)]
        if self._trips(Number.ANSWER_LOST, numbers):
            return _CRASH
        if single:
            return Response.of({"message": "New Contact added"}, 201)
        return Response.of(_added(chosen, added, numbers), 201)

    def _add(self, campaign: Campaign, number: str, variables: Mapping[str, Any], now: datetime) -> Contact:
        contact = Contact(id=FIRST_CONTACT + self._people, number=number, variables=variables, added=now)
        self._people += 1
        campaign.contacts.append(contact)
        return contact

    def contacts(self, call: Call) -> Response:
        """List the people of a campaign."""
        chosen = call.campaign
        listed = call.page(chosen.contacts, lambda one: one.listed_row(chosen.begins, call.now))
        return Response.of({**listed, "total_credits_consumed": 0, "carrier_summary": {"NTC": len(chosen.contacts)}})

    def list_campaigns(self, call: Call) -> Response:
        """List campaigns, newest first."""
        query = call.received.query
        text, status = query.get("search", "").casefold(), query.get("status")
        rows = [
            campaign
            for campaign in reversed(self.campaigns.values())
            if text in campaign.fields["name"].casefold() and status in (None, campaign.status(call.now))
        ]
        return Response.of(call.page(rows, lambda one: one.show(call.now, world.voice_object(one.voice))))

    def details(self, call: Call) -> Response:
        """Show one campaign."""
        chosen = call.campaign
        return Response.of(chosen.show(call.now, chosen.voice))

    def run(self, call: Call) -> Response:
        """Ring the phones, now or when the schedule says."""
        chosen = call.campaign
        name = chosen.fields["name"]
        if Name.RUN_STUCK in name:
            return _CRASH
        if chosen.begins is not None:
            raise Refusal({"detail": "Not found."}, 404)
        _ready(chosen, call.now)
        if Name.NO_CREDIT in name:
            raise Refusal({"message": "You do not have enough credits."}, 400)
        chosen.begins = chosen.schedule or call.now
        self._ring(call.now)
        if Name.RUN_NOT_FOUND in name:
            raise Refusal({"detail": "Not found."}, 404)
        return _CRASH if Name.RUN_LOST in name else Response.of({"message": _begun(chosen)})

    def dashboard(self, _: Call) -> Response:
        """Show the account's numbers."""
        used = Counter(one.channel for one in self.reached)
        return Response.of(world.dashboard(len(self.campaigns), used[Channel.VOICE], used[Channel.SMS]))


def _always(body: Any) -> Handler:
    return lambda _sandbox, _call: Response.of(body)


ROUTES: Sequence[tuple[str, str, Handler]] = (
    ("POST", r"campaign/create/", TingTingSandbox.create),
    ("PATCH", r"campaign/create/(\d+)/message/", TingTingSandbox.set_message),
    ("POST", r"campaign/(\d+)/add-contact/", TingTingSandbox.add_contacts),
    ("GET", r"campaign-detail/(\d+)/", TingTingSandbox.contacts),
    ("GET", r"campaign/", TingTingSandbox.list_campaigns),
    ("GET", r"campaign/(\d+)/", TingTingSandbox.details),
    ("POST", r"run-campaign/(\d+)/", TingTingSandbox.run),
    ("GET", r"dashboard/", TingTingSandbox.dashboard),
    ("GET", r"voice-models/", _always(world.VOICES)),
    ("GET", r"active-broker-phone/", _always(world.BROKER_PHONES)),
    ("GET", r"phone-number/active/", _always(world.OWN_PHONES)),
)


def _fit(pattern: str, path: str) -> re.Match[str] | None:
    return re.fullmatch(pattern, path, re.ASCII)


def _authorise(received: Received) -> None:
    scheme, _, token = received.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise Refusal({"detail": "Authentication credentials were not provided."}, 401)
    if token == EXPIRED_TOKEN:
        raise Refusal({"detail": "Invalid token payload."}, 401)
    if received.body and not received.headers.get("content-type", "application/json").startswith("application/json"):
        raise Refusal({"detail": "Unsupported media type in request."}, 415)


def _welcome(number: str) -> bool:
    return ending(number) not in {Number.SKIPPED, Number.REFUSED}


def _added(campaign: Campaign, added: Sequence[Contact], numbers: Sequence[str]) -> dict[str, Any]:
    """Answer the array form. What the vendor puts under ``errors`` is not documented; this shape is made up."""
    rows = [contact.added_row(campaign.id) for contact in added]
    for row in rows:
        if ending(row["number"]) == Number.MISNAMED:
            row["number"] = "1231231234"
    refused = [number for number in numbers if ending(number) == Number.REFUSED]
    return {
        "created": len(added),
        "skipped": sum(ending(number) == Number.SKIPPED for number in numbers),
        "contacts": rows,
        "errors": [{"number": number, "error": "This number is blacklisted."} for number in refused] or None,
    }


def _ready(campaign: Campaign, now: datetime) -> None:
    """Refuse to run what would ring nobody, say nothing, or read a placeholder aloud."""
    phone, sms = "PHONE" in campaign.fields["services"], "SMS" in campaign.fields["services"]
    if not campaign.contacts:
        raise Refusal({"message": "Campaign has no contacts."}, 400)
    if phone and campaign.voice is None:
        raise Refusal({"voice": {"non_field_errors": ["Voice is required."]}}, 400)
    if campaign.schedule and campaign.schedule <= now:
        raise Refusal({"schedule": ["Cannot schedule past dates."]}, 400)
    texts = campaign.fields["message"] * phone + campaign.fields["sms_message"] * sms
    wanted = set(_NAME_IN_TEXT.findall(texts))
    if any(wanted - contact.variables.keys() for contact in campaign.contacts):
        raise Refusal({"message": "A contact has no value for a tag of the message."}, 400)


def _begun(campaign: Campaign) -> str:
    """Say what the vendor says: its dates are of the Nepali calendar, which this one only resembles."""
    if campaign.schedule is None:
        return "Campaign Began Successfully!!"
    local = campaign.schedule.astimezone(NEPAL)
    return f"Campaign Scheduled successfully for {local.year + 57}-{local:%m-%d at %H:%M:%S}"
