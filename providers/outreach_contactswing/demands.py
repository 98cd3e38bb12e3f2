"""What the stand-in demands of a body, as a table of the page's rows, and the mistakes in the shape of FastAPI.

https://docs.contactswing.ai/api-reference/endpoint/what-camp
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from outreach.provider import Day

#: Where a mistake is, and what should stand there.
Wrong = tuple[tuple[str | int, ...], str]
Demand = Callable[[Any], str]


def text(value: Any) -> str:
    """Ask for a text that is not empty, nor the page's placeholder ``None``."""
    return "" if isinstance(value, str) and value.strip() not in {"", "None"} else "a non-empty string"


def flag(value: Any) -> str:
    """Ask for true or false."""
    return "" if isinstance(value, bool) else "a boolean"


def whole(value: Any) -> str:
    """Ask for a whole number that is not negative."""
    return "" if type(value) is int and value >= 0 else "an integer, 0 or more"


def _exactly(word: str) -> Demand:
    return lambda value: "" if value == word else f"'{word}'"


def _hour(value: Any) -> str:
    return "" if type(value) is int and 0 <= value <= 23 else "an integer from 0 to 23"


def _days(value: Any) -> str:
    good = isinstance(value, list) and value and all(day in {each.value for each in Day} for day in value)
    return "" if good else "an array of days such as mon"


def _texts(value: Any) -> str:
    return "" if isinstance(value, list) and value and not any(map(text, value)) else "an array of strings"


def _objects(value: Any) -> str:
    return "" if isinstance(value, list) and all(isinstance(one, dict) for one in value) else "an array of objects"


def _people(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return "an array of customers"
    good = all(isinstance(one, dict) and not text(one.get("id")) and not text(one.get("to_number")) for one in value)
    return "" if good else "an array of objects with id and to_number"


def _zone(value: Any) -> str:
    return "" if isinstance(value, str) and value in _zones() else "an IANA time zone"


@cache
def _zones() -> frozenset[str]:
    """Every known zone; the disk is looked through once."""
    return frozenset(available_timezones())


def _moment(value: Any) -> str:
    try:
        return "" if datetime.fromisoformat(value).tzinfo else "an ISO 8601 date with an offset"
    except (TypeError, ValueError):
        return "an ISO 8601 date"


def _params(value: Any) -> str:
    good = isinstance(value, dict) and not flag(value.get("is_static", True)) and not _objects(value.get("params", []))
    return "" if good else "an object of is_static and params"


#: By object: field, whether the page calls it required, and what it must be.
TABLE: Mapping[tuple[str, ...], Mapping[str, tuple[bool, Demand]]] = {
    (): {
        "name": (True, text),
        "type": (False, text),
        "company_plan_id": (False, text),
        "workspace_id": (False, text),
        "business_goal": (False, text),
    },
    ("touchpoint",): {
        "name": (True, text),
        "type": (True, _exactly("WHATSAPP")),
        "is_consultants": (False, flag),
        "status": (True, text),
        "start_at": (True, _moment),
        "assistant_id": (True, whole),
        "attachment_url": (False, text),
        "customer_details": (True, _people),
        "variables": (False, _objects),
    },
    ("touchpoint", "additional_settings"): {
        "execution_days": (True, _days),
        "start_hour": (True, _hour),
        "end_hour": (True, _hour),
        "delay": (True, whole),
        "time_zone": (True, _zone),
        "ignore_suppression": (False, flag),
        "from_numbers": (True, _texts),
    },
    ("touchpoint", "whatsapp_data"): {
        "template": (False, text),
        "language_code": (False, text),
        "body_params": (False, _params),
        "header_params": (False, _params),
        "button_params": (False, _params),
        "whatsapp_body": (False, text),
    },
}


def wrongs(body: Any) -> list[Wrong]:
    """Give every mistake of a body; fields that the page does not know are ignored."""
    found = [wrong for place, fields in TABLE.items() for wrong in _wrong_fields(body, place, fields)]
    return found or list(_wrong_together(body["touchpoint"]))


def _wrong_fields(body: Any, place: tuple[str, ...], fields: Mapping[str, tuple[bool, Demand]]) -> Iterator[Wrong]:
    for step in place:
        body = body.get(step) if isinstance(body, dict) else None
    if not isinstance(body, dict):
        yield place, "an object"
        return
    for field, (required, demand) in fields.items():
        if field in body and (should := demand(body[field])):
            yield (*place, field), should
        elif field not in body and required:
            yield (*place, field), "there: field required"


def _wrong_together(touchpoint: Mapping[str, Any]) -> Iterator[Wrong]:
    hours, data = touchpoint["additional_settings"], touchpoint["whatsapp_data"]
    if hours["start_hour"] >= hours["end_hour"]:
        yield ("touchpoint", "additional_settings", "end_hour"), "later than start_hour"
    if ("template" in data) == ("whatsapp_body" in data):
        yield ("touchpoint", "whatsapp_data"), "one of template and whatsapp_body"
    if "template" in data and "language_code" not in data:
        yield ("touchpoint", "whatsapp_data", "language_code"), "there with a template"
