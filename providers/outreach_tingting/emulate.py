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
from outreach_tingting.account_world import Account
from outreach_tingting.forms import Refusal
from outreach_tingting.legacy_world import OPEN, FirstGeneration, csv
from outreach_tingting.magic import EXPIRED_TOKEN, Name, Number, ending
from outreach_tingting.translate import NEPAL
from outreach_tingting.world import Campaign, Contact

Handler = Callable[["TingTingSandbox", "Call"], Response]

#: The vendor's own example of a campaign's id.
FIRST_CAMPAIGN = 79
FIRST_CONTACT = 9_801_692

_KINDS = ("application/json", "multipart/form-data")
_NAME_IN_TEXT = re.compile(r"\{(?:tags_)?(\w+)\}")
_CRASH = Response(status=500, headers={"content-type": "text/html"}, body=b"<h1>Server Error (500)</h1>")


@attrs.frozen
class Call:
    """One request, when it came, and the campaign or person that its path names."""

    received: Received
    now: datetime
    named: Campaign | None
    person: Contact | None = None

    @property
    def campaign(self) -> Campaign:
        """The campaign of a path that names one."""
        if self.named is None:
            raise Refusal({"detail": "Not found."}, 404)
        return self.named

    @property
    def contact(self) -> Contact:
        """The person of a path that names one."""
        if self.person is None:
            raise Refusal({"detail": "Not found."}, 404)
        return self.person

    def page(self, rows: Sequence[Any], show: Callable[[Any], Any]) -> dict[str, Any]:
        """Cut the page that was asked for out of rows."""
        return world.paged(self.received.path, self.received.query, rows, show)


@attrs.define
class TingTingSandbox:
    """A stand-in for TingTing.

    Attributes:
        reached: Every call and message that the vendor would have made, in order.

        campaigns: By id, for tests that want to look.

        account: Sessions, tokens and one-time codes.

        legacy: The first generation, whose campaigns are others.
    """

    reached: list[Reached] = attrs.field(factory=list)
    campaigns: dict[int, Campaign] = attrs.field(factory=dict)
    account: Account = attrs.field(factory=Account)
    legacy: FirstGeneration = attrs.field()
    _people: int = 0
    _tripped: set[str] = attrs.field(factory=set)

    @legacy.default
    def _legacy(self) -> FirstGeneration:
        return FirstGeneration(self.account, self.reached)

    def answer(self, received: Received, now: datetime) -> Response:
        """Answer one request as TingTing would; ``now`` is aware."""
        self._ring(now)
        try:
            _authorise(received)
            return self.legacy.answer(received, now) or self._route(received, now)
        except Refusal as refusal:
            return Response.of(refusal.body, refusal.status)
        except Unreadable as error:
            return Response.of({"detail": f"JSON parse error - {error}"}, 400)

    def _route(self, received: Received, now: datetime) -> Response:
        fitting = [(method, found, handler) for method, path, handler in ROUTES if (found := _fit(path, received.path))]
        for method, found, handler in fitting:
            if method == received.method:
                return handler(self, Call(received, now, self._campaign(found), self._contact(found)))
        if fitting:
            raise Refusal({"detail": f'Method "{received.method}" not allowed.'}, 405)
        raise Refusal({"detail": "Not found."}, 404)

    def _campaign(self, found: re.Match[str]) -> Campaign | None:
        if not found.groups() or "contact" in found.groupdict():
            return None
        if int(found[1]) not in self.campaigns:
            raise Refusal({"detail": "Not found."}, 404)
        return self.campaigns[int(found[1])]

    def _contact(self, found: re.Match[str]) -> Contact | None:
        wanted = found.groupdict().get("contact")
        people = (one for campaign in self.campaigns.values() for one in campaign.contacts)
        return next((one for one in people if str(one.id) == wanted), None)

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

    def upload(self, call: Call) -> Response:
        """Add the people of a file."""
        columns, rows = forms.uploaded(call.received)
        people = [dict(zip(columns, row, strict=True)) for row in rows]
        known = [(forms.number(one.pop("numbers")), one) for one in people]
        good = [(number, values) for number, values in known if number]
        for number, values in good:
            self._add(call.campaign, number, values, call.now)
        samples = [{"column": name, "sample": [row[at] for row in rows[:3]]} for at, name in enumerate(columns)]
        wrong = [{"row": at, "error": "Invalid number"} for at, (number, _) in enumerate(known, 1) if not number]
        return Response.of({"error_list": wrong, "samples": samples, "total_validated_rows": len(good)})

    def variables(self, call: Call) -> Response:
        """Show a person's values."""
        return Response.of(dict(call.contact.variables))

    def set_variables(self, call: Call) -> Response:
        """Change a person's values."""
        changes = call.received.json()
        if not isinstance(changes, Mapping):
            raise Refusal({"non_field_errors": ["Invalid data. Expected a dictionary."]}, 400)
        call.contact.variables = {**call.contact.variables, **changes}
        return self.variables(call)

    def update(self, call: Call) -> Response:
        """Change a campaign that has not begun."""
        chosen = call.campaign
        if chosen.begins is not None:
            raise Refusal({"message": "Campaign has already started."}, 400)
        changes = forms.update(call.received.json(), call.now)
        chosen.schedule = changes.pop("schedule", chosen.schedule)
        chosen.fields |= changes
        chosen.updated = call.now
        return self.details(call)

    def report(self, call: Call) -> Response:
        """Give a campaign's report as CSV; the page does not show its columns."""
        rows = [one.listed_row(call.campaign.begins, call.now) for one in call.campaign.contacts]
        lines = [f"{one['number']},{one['status']},{one['call_duration']},{one['playback']}" for one in rows]
        return csv("\r\n".join(["number,status,duration,playback", *lines, ""]))

    def survey_report(self, call: Call) -> Response:
        """Give a survey's report; the stand-in's surveys have no answers."""
        return Response.of([]) if call.received.query.get("format") == "json" else csv("number,answer\r\n")

    def send_code(self, call: Call) -> Response:
        """Send a one-time code."""
        answer, reached = self.account.send_code(call.received.json(), call.now)
        self.reached.append(reached)
        return answer

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

    def stop(self, call: Call) -> Response:
        """Ring nobody who was not rung yet. No page describes this request."""
        call.campaign.rung = True
        return Response.of({"message": "Campaign stopped."})

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
    ("POST", r"campaign/emergency-stop/(\d+)/", TingTingSandbox.stop),
    ("POST", r"campaign/(\d+)/", TingTingSandbox.update),
    ("PATCH", r"campaign/create/(\d+)/detail/", TingTingSandbox.upload),
    ("GET", r"campaign/(?P<contact>\d+)/attributes/", TingTingSandbox.variables),
    ("PATCH", r"campaign/(?P<contact>\d+)/attributes/", TingTingSandbox.set_variables),
    ("GET", r"download/report/(\d+)/", TingTingSandbox.report),
    ("GET", r"download/survey/\d+/report/", TingTingSandbox.survey_report),
    ("GET", r"dashboard/", TingTingSandbox.dashboard),
    ("POST", r"auths/login/", lambda sandbox, call: sandbox.account.login(call.received)),
    ("POST", r"auths/login/refresh/", lambda sandbox, call: sandbox.account.refresh(call.received)),
    ("POST", r"auths/generate-api-keys/", lambda sandbox, _: sandbox.account.generate_key()),
    ("GET", r"auths/get-api-keys/", lambda sandbox, call: sandbox.account.show_key(call.now)),
    ("POST", r"auths/send/otp/", TingTingSandbox.send_code),
    ("GET", r"auths/list/send-otps/", lambda sandbox, call: sandbox.account.list_codes(call.received)),
    ("GET", r"voice-models/", _always(world.VOICES)),
    ("GET", r"active-broker-phone/", _always(world.BROKER_PHONES)),
    ("GET", r"phone-number/active/", _always(world.OWN_PHONES)),
)


def _fit(pattern: str, path: str) -> re.Match[str] | None:
    return re.fullmatch(pattern, path, re.ASCII)


def _authorise(received: Received) -> None:
    if received.path in OPEN:
        return
    scheme, _, token = received.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise Refusal({"detail": "Authentication credentials were not provided."}, 401)
    if token == EXPIRED_TOKEN:
        raise Refusal({"detail": "Invalid token payload."}, 401)
    if received.body and not received.headers.get("content-type", _KINDS[0]).startswith(_KINDS):
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
