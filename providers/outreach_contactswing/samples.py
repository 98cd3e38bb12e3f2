"""What ContactSwing's page prints, for the conformance kit."""

from __future__ import annotations

from outreach.provider import Channel, ErrorSample, Exchange, Kind, Response, Samples, Status
from outreach_contactswing.account import CREATE_PATH
from outreach_contactswing.capabilities import CREATE
from outreach_contactswing.interpret import status

#: The page's table of fields, each with a value of its type where the page prints ``<string>``; ``variables`` is left
#: out, as the page does not say how one finds its person, and ``whatsapp_body`` excludes the template.
_BODY = {
    "name": "<string>",
    "type": "<string>",
    "company_plan_id": "<string>",
    "workspace_id": "<string>",
    "business_goal": "<string>",
    "touchpoint": {
        "name": "<string>",
        "type": "WHATSAPP",
        "is_consultants": True,
        "status": "scheduled",
        "start_at": "2026-12-01T10:00:00+05:30",
        "assistant_id": 123,
        "attachment_url": "https://example.com/a.pdf",
        "additional_settings": {
            "execution_days": ["mon", "tue", "wed"],
            "start_hour": 10,
            "end_hour": 18,
            "delay": 123,
            "time_zone": "Asia/Kolkata",
            "ignore_suppression": False,
            "from_numbers": ["<string>"],
        },
        "customer_details": [{"id": "<string>", "to_number": "+12025550100"}],
        "whatsapp_data": {
            "template": "<string>",
            "language_code": "<string>",
            "body_params": {"is_static": True, "params": [{}]},
            "header_params": {"is_static": True, "params": [{}]},
            "button_params": {"is_static": True, "params": [{}]},
        },
    },
}

_ANSWER = {"ctx_id": "<string>", "data": {"id": "<string>", "name": "<string>", "status": "<string>"}}

SAMPLES = Samples(
    # "400 Bad Request - Invalid input" without a body, and the other pages of the same API.
    errors=(
        ErrorSample(doc=CREATE, response=Response(status=400), means=Kind.REJECTED),
        ErrorSample(doc=CREATE, response=Response.of({"detail": "x"}, 401), means=Kind.HALT),
        ErrorSample(doc=CREATE, response=Response.of({"detail": "x"}, 429), means=Kind.UNSENT),
        ErrorSample(doc=CREATE, response=Response.of({"detail": "x"}, 500), means=Kind.UNKNOWN),
    ),
    words={Channel.WHATSAPP: {"scheduled": Status.QUEUED}},
    reads=status,
    exchanges=(Exchange(doc=CREATE, method="POST", path=CREATE_PATH, body=_BODY, answer=Response.of(_ANSWER, 201)),),
)
