"""Every endpoint of ContactSwing's API, one row each; paths are relative to the account's ``base_url``.

All stand on the vendor's pages. Of several paths an older snapshot of the same page has one without the underscore.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from outreach.provider import Danger, Endpoint, Paging, Parameter, Request, Type, Where, decoding
from outreach_contactswing.account import CREATE_PATH, UNDERSCORE_PATH, ContactSwingSettings

PAGES = "https://docs.contactswing.ai/api-reference/endpoint/"

_changes = partial(Endpoint, method="POST", danger=Danger.CHANGES)
_reaches = partial(Endpoint, method="POST", danger=Danger.REACHES)
_query = partial(Parameter, where=Where.QUERY)
_optional = partial(Parameter, where=Where.BODY)
_needed = partial(Parameter, where=Where.BODY, required=True)

#: What a campaign is, whatever it sends.
_CAMPAIGN = (
    _needed(name="name"),
    _needed(name="touchpoint", type=Type.OBJECT, doc="who is written to, what, by which assistant, and when"),
    _optional(name="type"),
    _optional(name="company_plan_id"),
    _optional(name="workspace_id"),
    _optional(name="business_goal"),
)
_HOURS = {"execution_days": ["mon", "tue", "wed"], "start_hour": 10, "end_hour": 18, "time_zone": "Asia/Kolkata"}
_TOUCHPOINT = {
    "name": "fees",
    "status": "scheduled",
    "start_at": "2026-12-01T10:00:00+05:30",
    "assistant_id": 12,
}
_CALL = (_optional(name="customer_name"), _optional(name="call_purpose"))


def _create_path(settings: ContactSwingSettings) -> str:
    return settings.path


CREATE = _reaches(
    name="create_whatsapp_campaign",
    people=("touchpoint.customer_details.to_number",),
    path=CREATE_PATH,
    path_of=_create_path,
    does="hand the people over for WhatsApp messages",
    doc=f"{PAGES}what-camp",
    parameters=_CAMPAIGN,
    decode=decoding.obj("id", "name", "status", at="data"),
    example={
        "name": "fees",
        "touchpoint": {
            **_TOUCHPOINT,
            "type": "WHATSAPP",
            "additional_settings": {**_HOURS, "delay": 1, "from_numbers": ["650175178190170"]},
            "customer_details": [{"id": "1017", "to_number": "+9779610000042"}],
            "whatsapp_data": {"template": "fee_due", "language_code": "en"},
        },
    },
)
CREATE_EMAIL = _reaches(
    name="create_email_campaign",
    path=UNDERSCORE_PATH,
    does="hand the people over for e-mails",
    doc=f"{PAGES}email-camp",
    parameters=_CAMPAIGN,
    decode=decoding.obj("id", "name", "status", at="data"),
    example={
        "name": "fees",
        "touchpoint": {
            **_TOUCHPOINT,
            "type": "EMAIL",
            "additional_settings": {
                **_HOURS,
                "email": "office@example.com",
                "from_emails": ["office@example.com"],
                "email_medium": "smtp",
            },
            "customer_details": [{"id": "1017", "email": "sita@example.com"}],
            "email_subject": "Fees",
            "email_body": "Your fee is due.",
        },
    },
)
CALL = _reaches(
    name="create_call",
    people=("phone_number",),
    path="v2/_call",
    does="ring the person",
    doc=f"{PAGES}unified-voice-call",
    parameters=(
        _needed(name="phone_number", doc="E.164 with +"),
        _needed(name="agent_id"),
        _optional(name="version", choices=("v1", "v2"), doc="v1 is Twilio, the default; v2 is LiveKit"),
        *_CALL,
    ),
    decode=decoding.obj("call_id", "status", at="data"),
    example={"phone_number": "+9779610000042", "agent_id": "agent_123", "customer_name": "Sita"},
)
MAKE_CALL = _reaches(
    name="make_call",
    people=("phone_number",),
    path="v2/_voicecalls/<agent_id>/makeCall",
    does="ring the person",
    doc=f"{PAGES}make-call",
    parameters=(
        Parameter(name="agent_id", where=Where.PATH, required=True),
        _needed(name="phone_number", doc="E.164 with +"),
        *_CALL,
    ),
    decode=decoding.obj("call_id", "status", at="data"),
    example={"agent_id": "agent_123", "phone_number": "+9779610000042"},
)
CALLS = Endpoint(
    name="calls",
    method="GET",
    danger=Danger.READS,
    path="v2/_calls",
    does="list the calls",
    doc=f"{PAGES}get-calls-list",
    parameters=(
        _query(name="page", type=Type.WHOLE, doc="from 1"),
        _query(name="per_page", type=Type.WHOLE, doc="1 to 100, by default 10"),
    ),
    paging=Paging(
        offset="page", limit="per_page", rows="data.data", total="data.pagination.total_records", by_page=True
    ),
    decode=decoding.obj("data", "pagination", at="data"),
)
#: An action is carried out later, by an assistant, in a conversation.
ACTION = _changes(
    name="create_action",
    path="v2/_actions",
    does="define what an assistant may do: write by WhatsApp, SMS or e-mail, or call a webhook",
    doc=f"{PAGES}whatsapp",
    parameters=(
        _needed(name="name"),
        _needed(name="description"),
        _needed(name="type", choices=("SEND_WHATSAPP", "SEND_SMS", "SEND_EMAIL", "WEBHOOK")),
        _needed(name="action_timing"),
        _needed(name="webhook", type=Type.OBJECT, doc="to, from, template_name, and more by type"),
    ),
    decode=decoding.obj("action_id", "name", "type", at="data"),
    example={
        "name": "send the bill",
        "description": "Send the bill by WhatsApp",
        "type": "SEND_WHATSAPP",
        "action_timing": "after_call",
        "webhook": {"to": "12817126508", "from": "650175178190170", "template_name": "bill"},
    },
)
ASSISTANT = _changes(
    name="create_assistant",
    path="v2/_new_assistants",
    does="make an assistant",
    doc=f"{PAGES}voice-ai",
    parameters=(
        _needed(name="name"),
        _needed(name="type"),
        _needed(name="model", type=Type.JSON),
        _needed(name="api_keys", type=Type.JSON, secret=True),
        _needed(name="instructions"),
        _query(name="force", type=Type.FLAG),
    ),
    hides=("api_keys",),
    decode=decoding.obj("assistant_id", at="data"),
    example={"name": "clerk", "type": "voice", "model": "gpt", "api_keys": [], "instructions": "Be brief."},
)
API_KEY = _changes(
    name="create_api_key",
    path="v2/_api_keys",
    does="make an API key",
    doc=f"{PAGES}apikeys-post",
    parameters=(
        _needed(name="name"),
        _optional(name="description"),
        _optional(name="permissions", type=Type.TEXTS),
        _optional(name="expires_at"),
    ),
    hides=("key", "api_key", "token", "secret"),
    once=True,
    example={"name": "reporting"},
)

ENDPOINTS = tuple(value for value in vars().values() if isinstance(value, Endpoint))


def create_with_touchpoint(body: Mapping[str, Any], settings: ContactSwingSettings) -> Request:
    """Make a campaign whose people are contacted by WhatsApp without any further request.

    Args:
        body: The campaign with its people.

        settings: The account, which says below which path.
    """
    return CREATE.of(settings).build(body=body)
