"""Every endpoint of TingTing's v1 API, one row each; the first generation stands in ``legacy``.

Paths are relative to ``https://app.tingting.io/api/v1/`` and all end in a slash. Dates: checked 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from outreach.provider import Danger, Endpoint, Evidence, Paging, Parameter, Ref, Type, Where, decoding

#: The vendor's campaign, known once it is made.
CAMPAIGN = Ref("campaign")

ADD_CAMPAIGN = "https://tingting-api.readthedocs.io/en/latest/api/add-campaign.html"
AUTHENTICATION = "https://apidocs.tingting.com.np/api/authentication"
CAMPAIGNS = "https://apidocs.tingting.com.np/api/campaign"
OTP = "https://apidocs.tingting.com.np/api/otp"
OVERVIEW = "https://apidocs.tingting.com.np/api/overview"
PHONE_NUMBERS = "https://apidocs.tingting.com.np/api/phone-numbers"

#: Of the campaign's fields, what create and update take.
SERVICES = ("PHONE", "SMS", "SMS & PHONE")
STATUSES = ("Not Started", "Completed", "Terminated", "Running", "Scheduled")

#: Where a one-time code stands in an answer; ``message`` holds it too, with blanks between its digits.
OTP_PLACES = ("otp", "details.message", "results.message")
TOKEN_PLACES = ("token", "access", "refresh")

PAGING = Paging(offset="offset", limit="limit", rows="results", total="count")
_LIMIT = Parameter(name="limit", type=Type.WHOLE, where=Where.QUERY, doc="rows in a page, by default 10")
_OFFSET = Parameter(name="offset", type=Type.WHOLE, where=Where.QUERY, doc="rows passed over")

#: The pages write ``<campaign_id>`` or ``<id>`` for the same thing.
_CAMPAIGN = Parameter(
    name="id", type=Type.WHOLE, where=Where.PATH, required=True, also=("campaign_id",), doc="id of the campaign"
)
_CONTACT = Parameter(
    name="id", type=Type.WHOLE, where=Where.PATH, required=True, also=("contact_id",), doc="id of the contact"
)
_SURVEY = Parameter(
    name="id", type=Type.WHOLE, where=Where.PATH, required=True, also=("survey_id",), doc="id of the survey"
)

_reads = partial(Endpoint, method="GET", danger=Danger.READS)
_changes = partial(Endpoint, method="POST", danger=Danger.CHANGES)
_reaches = partial(Endpoint, method="POST", danger=Danger.REACHES)
_query = partial(Parameter, where=Where.QUERY)
_optional = partial(Parameter, where=Where.BODY)
_needed = partial(Parameter, where=Where.BODY, required=True)

_PAGE = ("count", "results")

# Authentication

LOGIN = _changes(
    name="login",
    path="auths/login/",
    does="log in; the tokens come as cookies",
    doc=AUTHENTICATION,
    parameters=(_needed(name="email"), _needed(name="password", secret=True)),
    anonymous=True,
    decode=decoding.obj("has_logged_in", "message"),
    example={"email": "someone@example.com", "password": "example"},
)
REFRESH = _changes(
    name="refresh",
    path="auths/login/refresh/",
    does="renew the session of a login; the token comes as a cookie",
    doc=AUTHENTICATION,
    parameters=(
        Parameter(
            name="refresh", where=Where.COOKIE, secret=True, required=True, doc="the refresh token, sent as a cookie"
        ),
    ),
    anonymous=True,
    decode=decoding.obj("message"),
    example={"refresh": "sandbox-refresh"},
)
#: Each call makes the token before it useless, for every program that uses it.
GENERATE_API_KEY = _changes(
    name="generate_api_key",
    path="auths/generate-api-keys/",
    does="make a new API token; the one before it stops working",
    doc=AUTHENTICATION,
    hides=TOKEN_PLACES,
    once=True,
    decode=decoding.obj("token", "message"),
)
GET_API_KEY = _reads(
    name="get_api_key",
    path="auths/get-api-keys/",
    does="show the API token and when it was used",
    doc=AUTHENTICATION,
    hides=TOKEN_PLACES,
)
USER_PROFILE = _reads(
    name="user_profile",
    path="auths/user-profile/",
    does="show the account's owner",
    doc=AUTHENTICATION,
    evidence=Evidence.THIRD_PARTY,
    decode=decoding.obj("id", "user"),
)

# Voices and numbers

LIST_VOICES = _reads(
    name="voices",
    path="voice-models/",
    does="list the voices",
    doc=CAMPAIGNS,
    decode=decoding.items("id", "voice_display_name", "voice_internal_name", "is_premium"),
)
LIST_BROKER_PHONES = _reads(
    name="broker_phones",
    path="active-broker-phone/",
    does="list the shared caller numbers",
    doc=PHONE_NUMBERS,
    decode=decoding.items("id", "phone_number"),
)
LIST_OWN_PHONES = _reads(
    name="active_phones",
    path="phone-number/active/",
    does="list the account's own caller numbers",
    doc=PHONE_NUMBERS,
    decode=decoding.items("id", "phone_number"),
)

# Campaigns

LIST = _reads(
    name="campaigns",
    path="campaign/",
    does="list the campaigns",
    doc=CAMPAIGNS,
    parameters=(
        _LIMIT,
        _OFFSET,
        _query(name="status", choices=STATUSES),
        _query(name="search", doc="known from clients in the field, as are the others below"),
        _query(name="draft", type=Type.FLAG),
        _query(name="sort_by"),
        _query(name="from_date"),
        _query(name="to_date"),
        _query(name="page", type=Type.WHOLE),
    ),
    paging=PAGING,
    decode=decoding.obj(*_PAGE),
)
GET = _reads(
    name="campaign",
    path="campaign/<id>/",
    does="show one campaign",
    doc=CAMPAIGNS,
    parameters=(_CAMPAIGN,),
    decode=decoding.obj("id", "name", "services", "status"),
    example={"id": 79},
)
CREATE = _changes(
    name="create_campaign",
    path="campaign/create/",
    does="make the campaign",
    doc=ADD_CAMPAIGN,
    parameters=(
        _needed(name="name"),
        _needed(name="services", choices=SERVICES),
        _needed(name="user_phone", type=Type.WHOLES, doc="ids of the caller numbers"),
        _needed(name="message", doc="text of the call; empty without one"),
        _needed(name="sms_message", doc="text of the message; empty without one"),
        _optional(name="description"),
        _optional(name="schedule", doc="ISO 8601 with +05:45; a date alone is midnight in Nepal"),
        _optional(name="voice", type=Type.WHOLE, doc="id of the voice; the vendor keeps it only from set_message"),
    ),
    captures={CAMPAIGN.name: ("id", "data.id")},
    decode=decoding.obj("id", "name", "services", "status"),
    example={
        "name": "example test campaign",
        "services": "PHONE",
        "user_phone": [3],
        "message": "नमस्ते तिङ्तिङ् मा स्वागत् छ",
        "sms_message": "नमस्ते तिङ्तिङ् मा स्वागत् छ",
        "description": "Test message",
        "schedule": "2025-07-08",
    },
)
#: The page says POST; a client in the field found it refused and PUT taken.
UPDATE = _changes(
    name="update_campaign",
    path="campaign/<id>/",
    does="change a campaign",
    doc=CAMPAIGNS,
    parameters=(
        _CAMPAIGN,
        _optional(name="name"),
        _optional(name="services", choices=SERVICES),
        _optional(name="message"),
        _optional(name="sms_message"),
        _optional(name="schedule"),
    ),
    decode=decoding.obj("id", "name"),
    example={"id": 79, "name": "another name"},
)
DELETE = _changes(
    name="delete_campaign",
    method="DELETE",
    path="campaign/<id>/",
    does="delete a campaign",
    doc=CAMPAIGNS,
    evidence=Evidence.THIRD_PARTY,
    parameters=(_CAMPAIGN,),
    example={"id": 79},
)
SET_MESSAGE = _changes(
    name="set_message",
    method="PATCH",
    path="campaign/create/<id>/message/",
    does="set the voice",
    doc=ADD_CAMPAIGN,
    repeatable=True,
    parameters=(
        _CAMPAIGN,
        _needed(name="voice", type=Type.WHOLE),
        _needed(name="category", doc="Text"),
        _optional(name="length_factor", doc="text with two decimals, by default 1.00"),
        _optional(name="message"),
        _optional(name="sms_message"),
        _optional(name="draft", type=Type.FLAG),
    ),
    decode=decoding.obj("voice"),
    example={"id": 79, "voice": 3, "category": "Text"},
)

# Contacts

#: The page's single form: its answer names nobody.
ADD_ONE_CONTACT = _changes(
    name="add_contact",
    path="campaign/<id>/add-contact/",
    does="add one person to the campaign",
    doc=ADD_CAMPAIGN,
    parameters=(
        _CAMPAIGN,
        _needed(name="number", type=Type.WHOLE, doc="ten local digits"),
        _optional(name="other_variables", type=Type.OBJECT, doc="values of the placeholders"),
    ),
    decode=decoding.obj("message"),
    example={
        "id": 79,
        "number": 9823561098,
        "other_variables": {"age": 23, "name": "Rajesh", "salary": 50000},
    },
)
#: The same person added twice is called twice; nothing says that the vendor looks.
ADD_CONTACT = _changes(
    name="add_contacts",
    path="campaign/<id>/add-contact/",
    does="add people to the campaign",
    doc=ADD_CAMPAIGN,
    parameters=(
        _CAMPAIGN,
        _needed(
            name="contacts", type=Type.OBJECTS, doc="each with number (text, ten local digits) and other_variables"
        ),
    ),
    decode=decoding.obj("created", "skipped", "contacts", "errors"),
    example={
        "id": 79,
        "contacts": [
            {"number": "9841234567", "other_variables": {}},
            {"number": "9841234568"},
            {"number": "9841234569", "other_variables": {"name": "Jane"}},
        ],
    },
)
#: The page shows JSON with a file's name; that it is an upload is known from clients in the field.
UPLOAD_CONTACTS = _changes(
    name="upload_contacts",
    method="PATCH",
    path="campaign/create/<id>/detail/",
    does="add the people of a file to the campaign",
    doc=ADD_CAMPAIGN,
    parameters=(
        _CAMPAIGN,
        Parameter(
            name="bulk_file", type=Type.FILE, where=Where.FILE, required=True, doc=".xlsx or .csv with a column numbers"
        ),
    ),
    decode=decoding.obj("error_list", "samples", "total_validated_rows"),
    example={"id": 79},
)
LIST_CONTACTS = _reads(
    name="contacts",
    path="campaign-detail/<id>/",
    does="list the people in the campaign",
    doc=CAMPAIGNS,
    parameters=(_CAMPAIGN, _LIMIT, _OFFSET, _query(name="page", type=Type.WHOLE)),
    paging=PAGING,
    decode=decoding.obj(*_PAGE),
    example={"id": 79},
)
CONTACT_VARIABLES = _reads(
    name="contact_variables",
    path="campaign/<id>/attributes/",
    does="show a person's values",
    doc=CAMPAIGNS,
    parameters=(_CONTACT,),
    decode=decoding.obj(),
    example={"id": 9801692},
)
SET_CONTACT_VARIABLES = _changes(
    name="set_contact_variables",
    method="PATCH",
    path="campaign/<id>/attributes/",
    does="change a person's values",
    doc=CAMPAIGNS,
    repeatable=True,
    parameters=(
        _CONTACT,
        Parameter(
            name="attributes", type=Type.OBJECT, where=Where.WHOLE, required=True, doc="the values, as one flat object"
        ),
    ),
    decode=decoding.obj(),
    example={"id": 9801692, "attributes": {"age": 22, "name": "Jane", "salary": "50000"}},
)
SET_NUMBER = _changes(
    name="change_number",
    method="PATCH",
    path="phone-number/update/<id>/",
    does="change a person's number",
    doc=CAMPAIGNS,
    evidence=Evidence.THIRD_PARTY,
    repeatable=True,
    parameters=(_CONTACT, _needed(name="number")),
    example={"id": 9801692, "number": "9610000011"},
)
DELETE_NUMBER = _changes(
    name="delete_number",
    method="DELETE",
    path="phone-number/delete/<id>/",
    does="take a person out of the campaign",
    doc=CAMPAIGNS,
    evidence=Evidence.THIRD_PARTY,
    parameters=(_CONTACT,),
    example={"id": 9801692},
)

# Calling

#: A 404 proves nothing here: a client in the field met it on a campaign that was running already.
RUN = _reaches(
    name="run_campaign",
    path="run-campaign/<id>/",
    does="ring the phones",
    doc=CAMPAIGNS,
    everyone=True,
    parameters=(_CAMPAIGN,),
    unclear=frozenset({404}),
    decode=decoding.obj("message"),
    example={"id": 79},
)
STOP = _changes(
    name="emergency_stop",
    path="campaign/emergency-stop/<id>/",
    does="stop a campaign that runs",
    doc=CAMPAIGNS,
    evidence=Evidence.THIRD_PARTY,
    parameters=(_CAMPAIGN,),
    repeatable=True,
    example={"id": 79},
)
TEST_SPEAK = Endpoint(
    name="test_speak",
    method="POST",
    danger=Danger.READS,
    path="test-speak/riri/<id>/",
    does="speak a text; the answer is the address of the sound",
    doc=CAMPAIGNS,
    evidence=Evidence.THIRD_PARTY,
    parameters=(_CAMPAIGN, _needed(name="voice_input", type=Type.WHOLE), _needed(name="message")),
    decode=decoding.words,
    example={"id": 79, "voice_input": 3, "message": "नमस्ते"},
)
#: Another client posts to ``campaign/demo-call/``.
DEMO_CALL = _reaches(
    name="demo_call",
    path="demo-call/<id>/",
    does="call one person of a campaign, for a try",
    doc=CAMPAIGNS,
    evidence=Evidence.THIRD_PARTY,
    parameters=(_CONTACT,),
    example={"id": 9801692},
)
SURVEY = _reads(
    name="survey",
    path="campaign/create/<id>/survey/",
    does="show the survey of a campaign",
    doc=CAMPAIGNS,
    evidence=Evidence.THIRD_PARTY,
    parameters=(_CAMPAIGN,),
    example={"id": 79},
)
CREATE_SURVEY = _changes(
    name="create_survey",
    path="campaign/create/<id>/survey/",
    does="make the survey of a campaign",
    doc=CAMPAIGNS,
    evidence=Evidence.THIRD_PARTY,
    parameters=(_CAMPAIGN, Parameter(name="survey", type=Type.OBJECT, where=Where.WHOLE, required=True)),
    example={"id": 79, "survey": {"name": "example"}},
)
RUN_SURVEY = _reaches(
    name="run_survey",
    path="run-survey/<id>/",
    does="ring the phones for a survey",
    doc=CAMPAIGNS,
    evidence=Evidence.THIRD_PARTY,
    everyone=True,
    unclear=frozenset({404}),
    parameters=(_SURVEY,),
    example={"id": 1},
)
TEST_SURVEY = _reaches(
    name="test_survey",
    path="test-survey/<id>/",
    does="call one person with a survey, for a try",
    doc=CAMPAIGNS,
    evidence=Evidence.THIRD_PARTY,
    parameters=(_CONTACT,),
    example={"id": 9801692},
)

# Reports

DASHBOARD = _reads(
    name="dashboard",
    path="dashboard/",
    does="read the account's credits",
    doc=OVERVIEW,
    parameters=(_query(name="days", type=Type.WHOLE, doc="by default 30"),),
    decode=decoding.obj("remaining_credits"),
)
CAMPAIGN_REPORT = _reads(
    name="campaign_report",
    path="download/report/<id>/",
    does="download a campaign's report as CSV",
    doc=CAMPAIGNS,
    parameters=(_CAMPAIGN,),
    decode=decoding.plain,
    example={"id": 79},
)
SURVEY_REPORT = _reads(
    name="survey_report",
    path="download/survey/<id>/report/",
    does="download a survey's report",
    doc=CAMPAIGNS,
    parameters=(_SURVEY, _query(name="format", choices=("json", "csv"), doc="json, else it is CSV")),
    decode=decoding.plain,
    example={"id": 1, "format": "json"},
)

# One-time codes


def otp_parameters(*voices: str) -> tuple[Parameter, ...]:
    """Give the arguments of a one-time code; the generations differ in the names of voices, and in nothing else."""
    return (
        _needed(name="number", doc="ten local digits, as text"),
        _needed(name="message", doc="with {otp} where the code belongs"),
        _needed(name="sms_send_options", choices=("voice", "text"), also=("sms_send_option",)),
        _optional(name="otp_options", choices=("generated", "personnel"), doc="by default generated"),
        _optional(name="otp", secret=True, when=("otp_options", "personnel"), doc="your own code"),
        _optional(name="otp_length", type=Type.WHOLE, doc="of a generated code"),
        *((_optional(name="voice_input", choices=voices, when=("sms_send_options", "voice")),) if voices else ()),
    )


#: One page requires ``company_name``, the newer one does not know it.
SEND_OTP = _reaches(
    name="send_otp",
    path="auths/send/otp/",
    does="send a one-time code",
    doc=OTP,
    parameters=(
        *otp_parameters("np_rija", "np_prashanna", "np_shreegya", "np_binod"),
        _optional(name="company_name", doc="an older page requires it"),
    ),
    people=("number",),
    country="NP",
    hides=OTP_PLACES,
    decode=decoding.obj("number", at="data.details"),
    example={
        "number": "9851023212",
        "message": "Hi your OTP is {otp}",
        "sms_send_options": "text",
        "otp_options": "personnel",
        "otp": "12345",
    },
)
LIST_OTPS = _reads(
    name="otps",
    path="auths/list/send-otps/",
    does="list the one-time codes that were sent",
    doc=OTP,
    parameters=(_LIMIT, _OFFSET),
    paging=PAGING,
    hides=OTP_PLACES,
    decode=decoding.obj(*_PAGE),
)

V1 = tuple(value for value in vars().values() if isinstance(value, Endpoint))


def contact(number: str | int, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
    """Write one person: the whole body of the single form of ``ADD_CONTACT``, or an item of its array form.

    Args:
        number: Ten local digits.

        variables: Values of the placeholders; None leaves the field out.
    """
    return {"number": number} if variables is None else {"number": number, "other_variables": dict(variables)}


def page(limit: int, offset: int) -> dict[str, str]:
    """Ask for one page of a list.

    The vendor calls it "cursor-based", but it is a limit and an offset: https://apidocs.tingting.com.np/api/overview
    """
    return {PAGING.limit: str(limit), PAGING.offset: str(offset)}
