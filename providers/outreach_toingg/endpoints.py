"""Every endpoint of Toingg's API, one row each; paths are relative to ``/api/v3/``.

Few of them stand on the vendor's pages: the others are known from code of third parties, and marked so.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import attrs

from outreach.provider import Danger, Endpoint, Evidence, Paging, Parameter, Ref, Request, Type, Where, decoding
from outreach_toingg.account import ToinggSettings

#: Where a campaign's id may stand. The page documents the answer merely as ``"string"``; ``interpret.campaign_id``
#: reads further shapes.
CAMPAIGN_ID = ("campID", "campId", "campaignId", "id", "_id", "result")

CREATE = "https://api.toingg.com/docs/Campaign%20Endpoints/Create-Campaign"
UPDATE = "https://api.toingg.com/docs/Campaign%20Endpoints/Update-Campaign"
CALLS = "https://docs.toingg.com/api-reference/endpoint/Calls/create"
STATUS = "https://api.toingg.com/docs/Calling_Endpoints/Call_Status"
PIPELINE = "https://docs.toingg.com/api-reference/endpoint/Campaign/textPipelineConfigurationPost"
WEBHOOK = "https://docs.toingg.com/api-reference/endpoint/WebhookHandling/addWebhook"
#: The vendor's site; third parties' endpoints have no page of their own.
SITE = "https://docs.toingg.com/"

_reads = partial(Endpoint, method="GET", danger=Danger.READS)
_changes = partial(Endpoint, method="POST", danger=Danger.CHANGES)
_reaches = partial(Endpoint, method="POST", danger=Danger.REACHES)
_query = partial(Parameter, where=Where.QUERY)
_needed_query = partial(Parameter, where=Where.QUERY, required=True)
_optional = partial(Parameter, where=Where.BODY)
_needed = partial(Parameter, where=Where.BODY, required=True)
_third: Mapping[str, Any] = {"doc": SITE, "evidence": Evidence.THIRD_PARTY}

_CALL = _needed_query(name="callId", doc="CA and 32 hexadecimal digits")


def _create_path(settings: ToinggSettings) -> str:
    return "create_campaign/" if settings.trailing_slash else "create_campaign"


CREATE_CAMPAIGN = _changes(
    name="create_campaign",
    path="create_campaign/",
    path_of=_create_path,
    does="make the campaign",
    doc=CREATE,
    captures={"campaign": CAMPAIGN_ID},
    parameters=(
        _needed(name="title"),
        _needed(name="voice"),
        _needed(name="language", doc="one of Toingg's; the page's english/hindi is a choice"),
        _needed(name="script", doc="at least 200 characters"),
        _optional(name="purpose"),
        _optional(name="knowledgeBase"),
        _optional(name="calendar", doc="such as 10Am to 10Pm IST"),
        _optional(name="firstLine"),
        _optional(name="tone"),
        _optional(name="postCallAnalysis", type=Type.FLAG),
        _optional(
            name="postCallAnalysisSchema", type=Type.OBJECT, when=("postCallAnalysis", True), doc="key and question"
        ),
        _optional(name="flowName"),
        _optional(name="systemPrompt"),
        _optional(name="maxCallTimeout", type=Type.WHOLE),
        _optional(name="inactiveCallTimeout", type=Type.WHOLE),
        _optional(name="timeZone"),
        _optional(name="isFreeflow", type=Type.FLAG),
    ),
    example={
        "title": "your title",
        "voice": "selected voice",
        "language": "english/hindi",
        "script": "The script should have a minimum of 200 characters.",
        "purpose": "",
        "knowledgeBase": "",
        "calendar": "10Am to 10Pm IST",
        "firstLine": "",
        "tone": "",
        "postCallAnalysis": False,
        "postCallAnalysisSchema": {},
    },
)
UPDATE_CAMPAIGN = _changes(
    name="update_campaign",
    path="update_campaign",
    does="change a campaign",
    doc=UPDATE,
    repeatable=True,
    parameters=(
        _needed(name="campId", doc="24 hexadecimal digits; the key is spelt so here only"),
        _needed(name="campaignModelData", type=Type.OBJECT, doc="the whole campaign"),
    ),
    example={"campId": f"{1:024x}", "campaignModelData": {"title": "another title"}},
)
CAMPAIGNS = _reads(
    name="get_campaigns",
    path="get_campaigns",
    does="list the campaigns",
    parameters=(
        _query(name="skip", type=Type.WHOLE),
        _query(name="limit", type=Type.WHOLE),
        _query(name="sort", type=Type.WHOLE, doc="-1 is the newest first"),
    ),
    paging=Paging(offset="skip", limit="limit", rows="result"),
    **_third,
)
MAKE_CALL = _reaches(
    name="make_call",
    people=("phoneNumber",),
    path="make_call",
    does="ring the person",
    doc=CALLS,
    parameters=(
        _needed(name="name", doc="of the person"),
        _needed(name="phoneNumber", doc="E.164 with +"),
        _needed(name="campID", doc="24 hexadecimal digits; the key is spelt so here only, and a misspelt one ignored"),
        _optional(name="whisperAsr", type=Type.FLAG),
        _optional(name="asr"),
        _optional(name="startMessage", type=Type.FLAG),
        _optional(name="clearMemory", type=Type.FLAG),
        _optional(name="extraParams", type=Type.OBJECT, doc="the person's values"),
    ),
    example={"name": "Sita", "phoneNumber": "+9779610000042", "campID": f"{1:024x}"},
)
CALL_STATUS = _reads(
    name="call_status",
    path="call_status",
    does="ask what became of the call",
    doc=STATUS,
    parameters=(_CALL,),
    decode=decoding.obj("status", at="result"),
    example={"callId": f"CA{1:032x}"},
)
TRANSCRIPTION = _reads(
    name="get_transcription",
    path="get_transcription",
    does="read what was said in a call",
    parameters=(_CALL,),
    example={"callId": f"CA{1:032x}"},
    **_third,
)
ANALYSIS = _reads(
    name="get_post_call_analysis",
    path="get_post_call_analysis",
    does="read the answers of a call",
    parameters=(_CALL,),
    example={"callId": f"CA{1:032x}"},
    **_third,
)
VOICES = _reads(name="get_supported_voices", path="get_supported_voices", does="list the voices", **_third)
LANGUAGES = _reads(name="get_supported_languages", path="get_supported_languages", does="list the languages", **_third)
KNOWLEDGE = _changes(
    name="upload_knowledge_base",
    path="upload_knowledge_base/",
    does="give the machine something to know",
    parameters=(_optional(name="url"), Parameter(name="file", type=Type.FILE, where=Where.FILE)),
    one_of=(("url", "file"),),
    example={"url": "https://example.com/about"},
    **_third,
)
ADD_CONTACTS = _changes(
    name="add_contacts",
    path="add_contacts",
    does="add people to a list, which is made by that",
    parameters=(
        _needed_query(name="contactList", doc="name of the list"),
        Parameter(
            name="contacts",
            type=Type.OBJECTS,
            where=Where.WHOLE,
            required=True,
            doc="each with name, phone (digits with country code, no +) and extraParams",
        ),
    ),
    example={"contactList": "parents", "contacts": [{"name": "Sita", "phone": "9779610000042"}]},
    **_third,
)
#: ``resend`` contacts again those who had it before.
SEND_TEMPLATES = _reaches(
    name="send_whatsapp_templates",
    path="send_whatsapp_templates",
    does="send a WhatsApp template to everybody in a list",
    everyone=True,
    parameters=(
        _needed_query(name="campaignId"),
        _needed_query(name="templateName"),
        _needed_query(name="langCode"),
        _needed_query(name="contactList"),
        _query(name="resend", type=Type.FLAG, doc="true also reaches those who had it before"),
        Parameter(
            name="variables", type=Type.JSON, where=Where.WHOLE, required=True, doc="of the template; [] without any"
        ),
    ),
    example={
        "campaignId": f"{1:024x}",
        "templateName": "fee_due",
        "langCode": "en",
        "contactList": "parents",
        "resend": False,
        "variables": [],
    },
    **_third,
)
TEXT_PIPELINE = _changes(
    name="text_pipeline_configuration",
    path="text_pipeline_configuration",
    does="say how a campaign writes to people; with mexRetry it writes again by itself",
    doc=PIPELINE,
    repeatable=True,
    parameters=(
        _needed_query(name="campId"),
        _needed(name="goal"),
        _optional(name="messageDelay", type=Type.WHOLE, doc="1 to 10, by default 10"),
        _optional(name="mexRetry", type=Type.WHOLE, doc="1 to 5, by default 5"),
        _optional(name="retryDelay", type=Type.WHOLE, doc="1 to 5, by default 5"),
        _optional(name="postWebhook"),
        _optional(name="postWebhookDelay", type=Type.WHOLE, doc="seconds, by default 86400"),
    ),
    example={"campId": f"{1:024x}", "goal": "remind of the fee", "mexRetry": 1},
)
ADD_WEBHOOK = _changes(
    name="add_webhook",
    path="add_webhook",
    does="give the machine something to call during a conversation",
    doc=WEBHOOK,
    parameters=(
        _needed(name="name"),
        _needed(name="path"),
        _needed(name="method", choices=("GET", "POST", "PUT", "DELETE")),
        _optional(name="description"),
        _optional(name="headers", type=Type.JSON),
        _optional(name="params", type=Type.JSON),
        _optional(name="json_data", type=Type.JSON),
    ),
    example={"name": "balance", "path": "https://example.com/balance", "method": "GET"},
)
ANALYTICS = _reads(
    name="get_campaign_analytics", path="get_campaign_analytics", does="read the campaigns' counters", **_third
)

# The API before this one, known from other people's notes of its pages.

LEGACY_CALL = _reaches(
    name="make_toingg",
    people=("call.phoneNumber",),
    path="make_toingg/",
    does="ring the person, in the older way",
    parameters=(Parameter(name="call", type=Type.OBJECT, where=Where.WHOLE, required=True),),
    example={"call": {"name": "Sita", "phoneNumber": "+9779610000042"}},
    **_third,
)
LEGACY_CALL_DETAILS = _changes(
    name="make_toingg_details",
    path="make_toingg_details/",
    does="ask about calls, in the older way",
    parameters=(Parameter(name="details", type=Type.OBJECT, where=Where.WHOLE, required=True),),
    example={"details": {"callSid": f"CA{1:032x}"}},
    **_third,
)
LEGACY_BATCH = _reaches(
    name="make_batch_toingg",
    people=("numberList.clientNumber",),
    path="make_batch_toingg/",
    does="ring several people, in the older way",
    parameters=(
        _needed(name="campaign"),
        _needed(name="numberList", type=Type.OBJECTS, doc="each with clientName and clientNumber"),
    ),
    example={"campaign": "fees", "numberList": [{"clientName": "Sita", "clientNumber": "+9779610000042"}]},
    **_third,
)
LEGACY_SMS = _reaches(
    name="send_sms",
    people=("phoneNumber",),
    path="send_sms/",
    does="send an SMS, in the older way",
    parameters=(_needed(name="name"), _needed(name="phoneNumber"), _needed(name="message")),
    example={"name": "Sita", "phoneNumber": "+9779610000042", "message": "नमस्ते"},
    **_third,
)
HANG_UP = _changes(
    name="hang_up_call",
    path="hang_up_call/",
    does="end a call that is going on",
    repeatable=True,
    parameters=(_needed_query(name="callSid"),),
    example={"callSid": f"CA{1:032x}"},
    **_third,
)

ENDPOINTS = tuple(value for value in vars().values() if isinstance(value, Endpoint))


def create_campaign(body: Mapping[str, Any], settings: ToinggSettings) -> Request:
    """Make a campaign of a finished body; it calls nobody."""
    return CREATE_CAMPAIGN.of(settings).build(body=body)


def get_campaigns(*, skip: int = 0, limit: int = 100) -> Request:
    """List campaigns.

    Args:
        skip: Campaigns to pass over.

        limit: Most campaigns in the answer.
    """
    return CAMPAIGNS.request(skip=skip, limit=limit)


def make_call(
    *, name: str, phone: str, campaign: str | Ref, params: Mapping[str, str], extra: Mapping[str, object] | None = None
) -> Request:
    """Ring one person now.

    Args:
        name: Of the person.

        phone: E.164 with ``+``.

        campaign: The campaign's id.

        params: The person's values.

        extra: Further fields, merged last, unchecked.
    """
    made = MAKE_CALL.request(name=name, phoneNumber=phone, campID=campaign, extraParams=dict(params) or None)
    return attrs.evolve(made, body={**made.body, **(extra or {})})


def call_status(call_id: str) -> Request:
    """Ask what became of a call."""
    return CALL_STATUS.request(callId=call_id)
