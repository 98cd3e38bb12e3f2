"""What TingTing's answers mean.

No page says with which status an endpoint answers, so every 2xx is success; and the samples are bare objects where
the overview promises an envelope, so both are read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from outreach.provider import (
    Batch,
    Channel,
    Job,
    Kind,
    Outcome,
    Receipt,
    Request,
    Response,
    Status,
    Unreadable,
    accepted,
    error_text,
    look_up,
)
from outreach_tingting import endpoints
from outreach_tingting.numbers import to_e164
from outreach_tingting.settings import Settings
from outreach_tingting.translate import NEPAL, create_body, message_body

#: What became of a person. The re-run filter of https://tingting.readthedocs.io/en/latest/api.html names hungup,
#: unanswered, failed, terminated and completed; "not started" stands in every sample of
#: https://tingting-api.readthedocs.io/en/latest/api/add-campaign.html; clients in the field also meet ringing,
#: dialing and answered. All in lower case, with blanks.
CONTACT_STATUS: Mapping[str, Status] = {
    "not started": Status.QUEUED,
    "dialing": Status.SENT,
    "ringing": Status.SENT,
    "answered": Status.ANSWERED,
    "completed": Status.ANSWERED,
    "hungup": Status.ANSWERED,
    "unanswered": Status.NO_ANSWER,
    "failed": Status.FAILED,
    "terminated": Status.CANCELLED,
}

#: The same word about a text message: nobody answers one, and no page says that it was delivered.
SMS_STATUS: Mapping[str, Status] = {**CONTACT_STATUS, "completed": Status.SENT}

#: Campaigns that run, ran, or will (https://apidocs.tingting.com.np/api/campaign). The other word is "Not Started".
LAUNCHED = frozenset({"scheduled", "running", "completed", "terminated"})
NOT_STARTED = "not started"

#: Campaigns in which nobody's status changes any more.
ENDED = frozenset({"completed", "terminated"})

#: Fields of a person's cost, by channel. A campaign of both channels has one row for each person.
COSTS: Mapping[Channel, str] = {Channel.VOICE: "credit_consumed", Channel.SMS: "credit_consumed_SMS"}

#: "12s", "1m 5s" or "00:01:05"; the samples have "0s" and the empty text.
_CLOCK = re.compile(r"(?:(?:(\d+)\s*h\s*)?(?:(\d+)\s*m\s*)?(?:(\d+(?:\.\d+)?)\s*s?)?)")

_SEPARATORS = re.compile(r"[\s_-]+")
_LONG_NUMBER = re.compile(r"\+?\d{7,}")


def fold(word: object) -> str:
    """Bring a status word into the one spelling of the tables; the vendor has "Not Started" and "not started"."""
    return _SEPARATORS.sub(" ", str(word or "").casefold()).strip()


def receipt(job: Job[Settings], contact: Mapping[str, Any]) -> Receipt:
    """Read what the vendor says about one person; a word that no table has stays as it is."""
    word = str(contact.get("status") or "")
    about = Channel.VOICE if Channel.VOICE in job.contents else Channel.SMS
    return Receipt(vendor_id=look_up(contact, ("id",)) or "", status=status(about, word), word=word)


def status(channel: Channel, word: str) -> Status:
    """Give our word for the vendor's."""
    table = CONTACT_STATUS if channel is Channel.VOICE else SMS_STATUS
    return table.get(fold(word), Status.UNKNOWN)


def outcome(job: Job[Settings], contact: Mapping[str, Any]) -> Receipt:
    """Read what became of one person, from the list of a campaign's contacts: also costs, seconds and playback."""
    found = receipt(job, contact)
    if fold(found.word) == NOT_STARTED:
        return found
    costs = {channel: _number(contact.get(COSTS[channel])) for channel in job.contents if channel in COSTS}
    return attrs.evolve(
        found,
        credits={channel: cost for channel, cost in costs.items() if cost is not None},
        duration=seconds(contact.get("call_duration")) if Channel.VOICE in job.contents else None,
        playback=_number(contact.get("playback")),
    )


def seconds(value: object) -> float | None:
    """Read how long a call took; None where it does not say."""
    text = str(value if value is not None else "").strip().casefold()
    if re.fullmatch(r"\d+:\d+(:\d+)?", text):
        hours, minutes, rest = (0, *map(int, text.split(":")))[-3:]
        return float(hours * 3600 + minutes * 60 + rest)
    found = _CLOCK.fullmatch(text) if text else None
    return (
        sum(float(part or 0) * unit for part, unit in zip(found.groups(), (3600, 60, 1), strict=True))
        if found
        else None
    )


def _number(value: object) -> float | None:
    try:
        return None if isinstance(value, bool) else float(str(value).strip().removesuffix("%"))
    except ValueError:
        return None


def interpret(job: Job[Settings], request: Request, response: Response, batch: Batch | None) -> Outcome:
    """Say what a 2xx answer means.

    Raises:
        Unreadable: It is no JSON where JSON is needed.
    """
    if endpoints.ADD_CONTACT.made(request) and batch is not None:
        return _loaded(job, request, response, batch)
    if endpoints.GET.made(request):
        return _stored(job, request, response)
    if endpoints.RUN.made(request):
        return _ran(request, response)
    if endpoints.SET_MESSAGE.made(request) and not response.body.strip():
        return Outcome(kind=Kind.ACCEPTED)
    return accepted(request, response)


def explain(response: Response) -> str:
    """Read the vendor's words in an error answer.

    A campaign has a field called ``message``, so ``{"message": ["…"], "voice": ["…"]}`` speaks of two fields.
    """
    try:
        document = response.json()
    except Unreadable:
        return error_text(response)
    if isinstance(document, Mapping) and isinstance(document.get("message"), list):
        return error_text(Response.of([f"{field}: {error_text(Response.of(it))}" for field, it in document.items()]))
    return error_text(response)


def _ran(request: Request, response: Response) -> Outcome:
    """Take any 2xx for a launch, and a failure told inside one for no proof of anything.

    The message is never read: it holds a date of the Nepali calendar.
    """
    outcome = accepted(request, response) if response.body.strip() else Outcome(kind=Kind.ACCEPTED)
    if outcome.kind is Kind.REJECTED:
        return Outcome(kind=Kind.UNKNOWN, reason=outcome.reason)
    return outcome


def _loaded(job: Job[Settings], request: Request, response: Response, batch: Batch) -> Outcome:
    """Match people by number, never by position: the vendor's own sample answers with other people than it was sent.

    Whoever is named neither as added nor as refused is doubtful, and the list of the campaign decides.
    """
    outcome = accepted(request, response)
    if outcome.kind is not Kind.ACCEPTED:
        return outcome
    document = _inner(response.json())
    listed = {to_e164(one.get("number")): receipt(job, one) for one in _mappings(document.get("contacts"))}
    receipts = {phone: listed[phone] for phone in batch.phones if phone in listed}
    errors = document.get("errors")
    refused = {phone: why for phone, why in _refusals(errors, batch.phones).items() if phone not in receipts}
    doubtful = frozenset(batch.phones) - receipts.keys() - refused.keys()
    return Outcome(
        kind=Kind.ACCEPTED,
        reason=_count(document, errors, len(batch)) if doubtful or refused else "",
        receipts=receipts,
        refused=refused,
        doubtful=doubtful,
    )


def _count(document: Mapping[str, Any], errors: Any, sent: int) -> str:
    created, skipped = document.get("created"), document.get("skipped")
    said = f"of {sent} people the vendor says created {created}, skipped {skipped}"
    words = _without_numbers(error_text(Response.of(errors))) if errors else ""
    return f"{said}: {words}" if words else said


def _refusals(errors: Any, phones: Iterable[str]) -> dict[str, str]:
    """Read whom ``errors`` names. Its shape is not documented (the sample has null).

    Read are a mapping of number to words, a list of mappings with a ``number``, and a list of texts that hold one.
    """
    told: dict[str | None, str] = {}
    if isinstance(errors, Mapping):
        told = {to_e164(number): _words(words) for number, words in errors.items()}
    for item in errors if isinstance(errors, list) else ():
        if isinstance(item, Mapping):
            told[to_e164(item.get("number"))] = _words({key: item[key] for key in item if key != "number"})
        elif isinstance(item, str):
            told |= {to_e164(number): _without_numbers(item) for number in _LONG_NUMBER.findall(item)}
    return {phone: told[phone] or "the vendor refused this number" for phone in phones if phone in told}


def _words(value: Any) -> str:
    return _without_numbers(error_text(Response.of(value)))


def _without_numbers(words: str) -> str:
    return _LONG_NUMBER.sub("(number)", words)


def _stored(job: Job[Settings], request: Request, response: Response) -> Outcome:
    """Compare what the vendor stored with what it was sent; nobody has been added yet, so stopping costs nobody."""
    outcome = accepted(request, response)
    if outcome.kind is not Kind.ACCEPTED:
        return outcome
    wrong = differences(job, _inner(response.json()))
    if wrong:
        reason = f"the vendor stored something else than it was sent: {', '.join(wrong)}"
        return Outcome(kind=Kind.REJECTED, reason=reason)
    return outcome


def differences(job: Job[Settings], stored: Mapping[str, Any]) -> Sequence[str]:
    """Name the fields of a campaign, as read back, that contradict what was sent.

    A field that the answer leaves out contradicts nothing, except that a campaign must begin when it was told to.
    """
    sent = create_body(job)
    wrong = [
        field
        for field in ("name", "message", "sms_message")
        if isinstance(stored.get(field), str) and _plain(stored[field]) != _plain(sent.get(field))
    ]
    if stored.get("services") and _services(stored["services"]) != _services(sent["services"]):
        wrong.append("services")
    if _instant(stored.get("schedule")) != _instant(sent.get("schedule")):
        wrong.append("schedule")
    voice = voice_of(stored)
    if Channel.VOICE in job.contents and voice is not None and voice != str(message_body(job)["voice"]):
        wrong.append("voice")
    if fold(stored.get("status")) in LAUNCHED:
        wrong.append("status")
    return wrong


def voice_of(campaign: Mapping[str, Any]) -> str | None:
    """Read a campaign's voice: a number in its details, an object in the list, null where none is told."""
    return look_up(campaign, ("voice", "voice.id"))


def _plain(text: Any) -> str:
    """Compare texts without blanks (the vendor's sample adds one) and in one Unicode form."""
    return "".join(unicodedata.normalize("NFC", str(text or "")).split())


def _services(value: Any) -> frozenset[str]:
    """The vendor writes "SMS & PHONE" and "PHONE & SMS"."""
    return frozenset(word.strip().upper() for word in str(value).split("&"))


def _instant(value: Any) -> datetime | str | None:
    if not value:
        return None
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return instant if instant.tzinfo else instant.replace(tzinfo=NEPAL)


def _inner(document: Any) -> Mapping[str, Any]:
    """Look inside the envelope ``{"message", "data"}`` where there is one."""
    if isinstance(document, Mapping) and isinstance(document.get("data"), Mapping):
        return _inner(document["data"])
    return document if isinstance(document, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
