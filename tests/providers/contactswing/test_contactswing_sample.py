"""The vendor's documented sample, out and back.

https://docs.contactswing.ai/api-reference/endpoint/what-camp
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from outreach.provider import Batch, Day, Job, Kind, Reach, Response, Status, Window
from outreach_contactswing import ContactSwingSettings, contactswing

MakeJob = Callable[..., Job[ContactSwingSettings]]

#: As the page prints it. Its values are placeholders of types; ``FILLED`` puts values of these types in their place.
SAMPLE = """
{
  "name": "<string>",
  "type": "<string>",
  "company_plan_id": "<string>",
  "workspace_id": "<string>",
  "business_goal": "<string>",
  "touchpoint": {
    "name": "<string>",
    "type": "<string>",
    "is_consultants": true,
    "status": "<string>",
    "start_at": "<string>",
    "assistant_id": 123,
    "attachment_url": "<string>",
    "additional_settings": {
      "execution_days": [
        "<string>"
      ],
      "start_hour": 123,
      "end_hour": 123,
      "delay": 123,
      "time_zone": "<string>",
      "ignore_suppression": true,
      "from_numbers": [
        "<string>"
      ]
    },
    "customer_details": [
      {
        "id": "<string>",
        "to_number": "<string>"
      }
    ],
    "whatsapp_data": {
      "template": "<string>",
      "language_code": "<string>",
      "body_params": {
        "is_static": true,
        "params": [
          {}
        ]
      },
      "header_params": {
        "is_static": true,
        "params": [
          {}
        ]
      },
      "button_params": {
        "is_static": true,
        "params": [
          {}
        ]
      },
      "whatsapp_body": "<string>"
    },
    "variables": [
      {}
    ]
  }
}
"""

#: A type's placeholder has no meaning where the page or we ask for more: the touchpoint's type and status are the
#: page's examples, hours lie within a day, the days and the zone exist, the address is one, and suppression rules hold.
FILLED = {
    "touchpoint.type": "WHATSAPP",
    "touchpoint.status": "scheduled",
    "touchpoint.start_at": "2026-12-01T10:00:00+05:30",
    "touchpoint.attachment_url": "https://example.com/a.pdf",
    "touchpoint.additional_settings.execution_days": ["mon", "tue", "wed"],
    "touchpoint.additional_settings.start_hour": 10,
    "touchpoint.additional_settings.end_hour": 18,
    "touchpoint.additional_settings.time_zone": "Asia/Kolkata",
    "touchpoint.additional_settings.ignore_suppression": False,
    "touchpoint.customer_details": [{"id": "<string>", "to_number": "+12025550100"}],
}


def fill(document: Any, path: str = "") -> Any:
    """Put the values of FILLED in the place of the page's placeholders."""
    if path in FILLED:
        return FILLED[path]
    if not isinstance(document, dict):
        return document
    return {key: fill(value, f"{path}.{key}".strip(".")) for key, value in document.items()}


def test_a_campaign_makes_the_documented_sample_request(make_job: MakeJob) -> None:
    """Every field of the page is sent from a campaign; the free text of the sample stands in a campaign of its own.

    ``template`` and ``whatsapp_body`` exclude each other, and ``variables`` only come by the account's ``extra``, as
    the page does not say how a variable finds its person.
    """
    expected = fill(json.loads(SAMPLE))
    body_alone = {"whatsapp_body": expected["touchpoint"]["whatsapp_data"].pop("whatsapp_body")}
    common: dict[str, Any] = {
        "settings": {
            "assistant_id": 123,
            "from_numbers": ("<string>",),
            "type": "<string>",
            "company_plan_id": "<string>",
            "workspace_id": "<string>",
            "business_goal": "<string>",
            "is_consultants": True,
            "delay": 123,
            "marker": False,
            "extra": {"touchpoint": {"variables": [{}]}},
        },
        "job": {
            "title": "<string>",
            "marker": "",
            "start": datetime(2026, 12, 1, 4, 30, tzinfo=UTC),
            "window": Window(start=time(10), end=time(18), days=(Day.MON, Day.TUE, Day.WED), zone="Asia/Kolkata"),
            "zone": "Asia/Kolkata",
        },
        "attachment": "https://example.com/a.pdf",
    }
    people = Batch(phones=["+12025550100"], ids=["<string>"], names=[""])
    template = {"template": "<string>", "language": "<string>", "header": ({},), "body": ({},), "buttons": ({},)}

    by_template = contactswing.load(make_job(**template, **common), people)
    by_text = contactswing.load(make_job(text="<string>", **common), people)

    assert (by_template.method, by_template.target) == ("POST", "v2/campaign/create_with_touchpoint")
    assert json.loads(by_template.encode() or b"") == expected
    expected["touchpoint"]["whatsapp_data"] = body_alone
    assert json.loads(by_text.encode() or b"") == expected
    assert (by_template.reaches, by_template.repeatable) == (Reach.BATCH, False)
    assert contactswing.auth("Bearer <authorization>", contactswing.sandbox) == {
        "Authorization": "Bearer <authorization>"
    }


def test_the_required_fields_alone_are_enough(make_job: MakeJob) -> None:
    """What the page does not mark as required stays out unless it is given; suppression rules are always stated."""
    people = Batch(phones=["+12025550100"], ids=["<string>"], names=[""])
    content = {"template": "<string>", "language": "<string>"}

    body = contactswing.load(make_job(**content), people).body

    assert set(body) == {"name", "touchpoint"}
    assert set(body["touchpoint"]) == {
        *("name", "type", "status", "start_at", "assistant_id"),
        *("additional_settings", "customer_details", "whatsapp_data"),
    }
    assert set(body["touchpoint"]["additional_settings"]) == {
        *("execution_days", "start_hour", "end_hour", "delay", "time_zone", "from_numbers"),
        "ignore_suppression",
    }
    assert body["touchpoint"]["whatsapp_data"] == {"template": "<string>", "language_code": "<string>"}


def test_the_documented_sample_answer_is_read(make_job: MakeJob) -> None:
    """The page's 201 hands everybody over under the campaign's id, and the raw status word is kept."""
    page = {"ctx_id": "<string>", "data": {"id": "<string>", "name": "<string>", "status": "<string>"}}
    job = make_job(text="hello")
    people = Batch(phones=["+12025550100"], ids=["1"], names=[""])

    outcome = contactswing.interpret(job, contactswing.load(job, people), Response.of(page, 201), people)

    assert outcome.kind is Kind.ACCEPTED
    assert outcome.receipt.vendor_id == "<string>"
    assert (outcome.receipt.status, outcome.receipt.word) == (Status.UNKNOWN, "<string>")
