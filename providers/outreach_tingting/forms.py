"""What TingTing's stand-in demands of a body, in the error shapes of Django REST framework that clients have met."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.parser import BytesParser
from email.policy import default
from typing import Any

from outreach.provider import Received
from outreach_tingting import world
from outreach_tingting.translate import NEPAL

REQUIRED = "This field is required."
_BLANK = "This field may not be blank."

#: The page shows ten digits; a landline has fewer, and 977 before a number is tolerated by clients' account.
_NUMBER = re.compile(r"(?:977)?([1-9]\d{7}|[1-9]\d{9})", re.ASCII)
_FACTOR = re.compile(r"\d+(\.\d{1,2})?", re.ASCII)

#: Senders and voices from this id on do not exist.
UNKNOWN_FROM = 9000

#: Says what is wrong with a value; None when nothing is.
Rule = Callable[[Any], str | None]


class Refusal(Exception):
    """An error answer."""

    def __init__(self, body: Any, status: int) -> None:
        self.body = body
        self.status = status
        super().__init__(str(body))


def campaign(body: Any, now: datetime) -> dict[str, Any]:
    """Check the body of create; give the fields of a campaign, ``schedule`` as a time."""
    document = _document(body)
    errors = _errors(document, _CREATE, ("name", "services", "user_phone", "message", "sms_message"))
    schedule, wrong = _schedule(document.get("schedule"), now)
    errors |= {"schedule": [wrong]} if wrong else {}
    if not errors:
        said = {"PHONE": ["message"], "SMS": ["sms_message"]}.get(document["services"], ["message", "sms_message"])
        errors = {field: [_BLANK] for field in said if not document[field].strip()}
    if errors:
        raise Refusal(errors, 400)
    fields = {field: document[field] for field in ("name", "services", "user_phone", "message", "sms_message")}
    return {
        **fields,
        "description": document.get("description", ""),
        "schedule": schedule,
        "voice": document.get("voice"),
    }


def update(body: Any, now: datetime) -> dict[str, Any]:
    """Check the body of update; give the fields that it changes, ``schedule`` as a time."""
    document = _document(body)
    errors = _errors(document, _CREATE, ())
    schedule, wrong = _schedule(document.get("schedule"), now)
    errors |= {"schedule": [wrong]} if wrong else {}
    if errors:
        raise Refusal(errors, 400)
    return {field: schedule if field == "schedule" else document[field] for field in _UPDATED if field in document}


def message(body: Any) -> dict[str, Any]:
    """Check the body of the message endpoint; what its text excuses (messages, factor) may be left out."""
    document = _document(body)
    errors = _errors(document, _MESSAGE, ("voice", "category"))
    if errors:
        raise Refusal(errors, 400)
    return {field: document[field] for field in _MESSAGE if field in document}


def contacts(body: Any) -> tuple[bool, list[tuple[str, Mapping[str, Any]]]]:
    """Check the body of add-contact; give whether it was the single form, and everybody's number and variables."""
    document = _document(body)
    single = "contacts" not in document
    people = [document] if single else document["contacts"]
    if not isinstance(people, list) or not people:
        raise Refusal({"contacts": ["This list may not be empty."]}, 400)
    errors = [_errors(_document(one), _CONTACT, ("number",)) for one in people]
    if any(errors):
        raise Refusal(errors[0] if single else {"contacts": errors}, 400)
    return single, [(_local(one["number"]), one.get("other_variables") or {}) for one in people]


def uploaded(received: Received) -> tuple[list[str], list[list[str]]]:
    """Check an upload of people; give the column names and the rows. The stand-in reads CSV only."""
    file = form(received).get("bulk_file")
    if not isinstance(file, bytes):
        raise Refusal({"bulk_file": [REQUIRED]}, 400)
    try:
        columns, *rows = csv.reader(io.StringIO(file.decode("utf-8-sig")))
    except (ValueError, csv.Error):
        raise Refusal({"bulk_file": ["The stand-in reads CSV with a line of names only."]}, 400) from None
    if "numbers" not in columns:
        raise Refusal({"bulk_file": ["There is no column 'numbers'."]}, 400)
    return columns, [row for row in rows if len(row) == len(columns)]


def form(received: Received) -> dict[str, Any]:
    """Read a multipart form: texts, bytes where a field is a file, a list where a name comes several times."""
    kind = received.headers.get("content-type", "").encode()
    message = BytesParser(policy=default).parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + received.body)
    found: dict[str, Any] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        raw = content if isinstance(content, bytes) else b""
        value: Any = raw if part.get_filename() else raw.decode("utf-8", "replace")
        known = found.get(name)
        found[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    return found


def number(value: Any) -> str:
    """Give ten local digits (a landline: eight), empty where it is no number."""
    return "" if _number(value) else _local(value)


def _document(body: Any) -> Mapping[str, Any]:
    if isinstance(body, Mapping):
        return body
    raise Refusal({"non_field_errors": ["Invalid data. Expected a dictionary."]}, 400)


def _errors(document: Mapping[str, Any], rules: Mapping[str, Rule], required: tuple[str, ...]) -> dict[str, list[str]]:
    missing = {field: [REQUIRED] for field in required if field not in document}
    wrong = {field: rule(document[field]) for field, rule in rules.items() if field in document}
    return {**missing, **{field: [words] for field, words in wrong.items() if words}}


def _schedule(value: Any, now: datetime) -> tuple[datetime | None, str]:
    if value is None:
        return None, ""
    try:
        given = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None, "Datetime has wrong format. Use YYYY-MM-DDThh:mm[:ss][+HH:MM]."
    when = given if given.tzinfo else given.replace(tzinfo=NEPAL)
    return when, "Cannot schedule past dates." if when <= now else ""


def _local(number: str | int) -> str:
    found = _NUMBER.fullmatch(str(number))
    return found[1] if found else ""


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) else "Not a valid string."


def _filled(value: Any) -> str | None:
    return _text(value) or (None if value.strip() else _BLANK)


def _service(value: Any) -> str | None:
    return None if isinstance(value, str) and value in world.CHANNELS else f'"{value}" is not a valid choice.'


def _senders(value: Any) -> str | None:
    if not isinstance(value, list) or not value:
        return "Expected a non-empty list of items."
    return next(filter(None, map(_pk, value)), None)


def _pk(value: Any) -> str | None:
    """Take any id below 9000, so that an account's own ids can be rehearsed."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 < value < UNKNOWN_FROM
    return None if known else f'Invalid pk "{value}" - object does not exist.'


def _factor(value: Any) -> str | None:
    positive = isinstance(value, str) and _FACTOR.fullmatch(value) and float(value) > 0
    return None if positive else "A valid number is required."


def _number(value: Any) -> str | None:
    number = isinstance(value, str | int) and not isinstance(value, bool) and _NUMBER.fullmatch(str(value))
    return None if number else "Enter a valid phone number."


def _variables(value: Any) -> str | None:
    return None if isinstance(value, Mapping) else "Expected a dictionary of items."


def _forbidden(value: Any) -> str | None:
    """Drafts and failover are no part of what outreach sends; the stand-in takes them for a mistake."""
    return "The stand-in does not take this field." if value else None


_CREATE: Mapping[str, Rule] = {
    "name": _filled,
    "services": _service,
    "user_phone": _senders,
    "message": _text,
    "sms_message": _text,
    "description": _text,
    "voice": _pk,
    "failover_target": _forbidden,
    "draft": _forbidden,
}
_UPDATED = ("name", "services", "message", "sms_message", "description", "schedule")
_MESSAGE: Mapping[str, Rule] = {
    "voice": _pk,
    "category": _text,
    "length_factor": _factor,
    "message": _text,
    "sms_message": _text,
    "draft": _forbidden,
}
_CONTACT: Mapping[str, Rule] = {"number": _number, "other_variables": _variables}
