"""Every endpoint of TingTing's first generation, one row each; accounts there still live.

Paths are relative to ``https://app.tingting.io/api/``, with the slashes of an older revision of the page, which has the
addresses that the present one lost. Answers have the envelope ``{status, success, message, errors, data}``.
"""

from __future__ import annotations

from functools import partial

from outreach.provider import Danger, Endpoint, Parameter, Type, Where, decoding
from outreach_tingting.endpoints import OTP_PLACES, TOKEN_PLACES, otp_parameters

LEGACY = "https://tingting.readthedocs.io/en/latest/api.html"

#: The page says PHONE and SMS; both at once is v1's.
SERVICES = ("PHONE", "SMS")
VOICES = ("np_rija", "np_prasanna", "np_binod")

_row = partial(Endpoint, doc=LEGACY, base="legacy_base_url")
_reads = partial(_row, method="GET", danger=Danger.READS)
_changes = partial(_row, method="POST", danger=Danger.CHANGES)
_optional = partial(Parameter, where=Where.BODY)
_needed = partial(Parameter, where=Where.BODY, required=True)

_CAMPAIGN = Parameter(
    name="id", type=Type.WHOLE, where=Where.PATH, required=True, also=("campaign_id",), doc="id of the campaign"
)
_NUMBER = Parameter(
    name="id", type=Type.WHOLE, where=Where.PATH, required=True, also=("number_id",), doc="id of the number"
)
_SID = _needed(name="phone_sid", doc="phone_number_sid of a list")
_TAGS = _optional(name="available_tags", type=Type.OBJECT, doc="values of the campaign's usable_tags")

LOGIN = _changes(
    name="legacy_login",
    path="accounts/login/",
    does="log in; the answer holds the tokens",
    parameters=(_needed(name="email"), _needed(name="password", secret=True)),
    hides=TOKEN_PLACES,
    anonymous=True,
    decode=decoding.obj("refresh", "access", at="data.token"),
    example={"email": "test@gmail.com", "password": "test"},
)
USER_DETAILS = _reads(
    name="legacy_user_details",
    path="accounts/user_details/",
    does="show the account's owner",
    decode=decoding.obj("email", "username", at="data.user_details"),
)
REFRESH = _changes(
    name="legacy_refresh",
    path="accounts/token/refresh/",
    does="get a new access token",
    parameters=(_needed(name="refresh", secret=True, doc="the refresh token of a login"),),
    hides=TOKEN_PLACES,
    anonymous=True,
    decode=decoding.obj("access"),
    example={"refresh": "sandbox-refresh"},
)
OWNED_NUMBERS = _reads(
    name="legacy_owned_numbers",
    path="system/owned/phone_numbers",
    does="list the account's own numbers",
    decode=decoding.items("phone_number", "phone_number_sid", at="data.owned_numbers"),
)
NUMBERS = _reads(
    name="legacy_numbers",
    path="system/phone_numbers",
    does="list the numbers for sale",
    decode=decoding.items("phone_number", "phone_number_sid", at="data.number_lists"),
)
BUY_NUMBER = _row(
    name="legacy_buy_number",
    method="POST",
    danger=Danger.SPENDS,
    path="system/phone_numbers/",
    does="buy a number",
    parameters=(_SID,),
    decode=decoding.items("phone_number", "phone_number_sid", at="data.number_details"),
    example={"phone_sid": "b7142c5ae3b673d944d81c83bda4f5de"},
)
RELEASE_NUMBER = _changes(
    name="legacy_release_number",
    method="DELETE",
    path="system/phone_numbers",
    does="give a number back",
    parameters=(_SID,),
    decode=decoding.obj("success"),
    example={"phone_sid": "b7142c5ae3b673d944d81c83bda4f5de"},
)
CAMPAIGNS = _reads(
    name="legacy_campaigns",
    path="system/campaigns",
    does="list the campaigns",
    decode=decoding.items("id", "name", "services", at="result.campaign-lists"),
)
ADD_CAMPAIGN = _changes(
    name="legacy_add_campaign",
    path="system/campaigns/",
    does="make a campaign with its people",
    parameters=(
        _needed(name="name"),
        _needed(name="services", choices=SERVICES),
        _optional(name="individual_number", type=Type.WHOLES, doc="ten local digits each"),
        Parameter(name="send_to_number_file", type=Type.FILE, where=Where.FILE, doc=".xlsx with the numbers"),
        _optional(name="description"),
    ),
    one_of=(("individual_number", "send_to_number_file"),),
    decode=decoding.items("id", "name", "services", at="data.details"),
    example={
        "name": "sample individual campaign",
        "services": "PHONE",
        "individual_number": [9876543210, 98675432123],
        "description": "This campaign is to notify users that an IPO has been opened",
    },
)
UPDATE_CAMPAIGN = _changes(
    name="legacy_update_campaign",
    method="PUT",
    path="system/campaigns/<id>/update",
    does="change a campaign",
    repeatable=True,
    parameters=(
        _CAMPAIGN,
        _optional(name="name"),
        _optional(name="services", choices=SERVICES),
        _optional(name="description"),
    ),
    decode=decoding.items("id", "name", "services", at="data.details"),
    example={
        "id": 10,
        "name": "new campaign name",
        "services": "SMS",
        "description": "Election campaign for 2023",
    },
)
#: ``camaign`` is the vendor's spelling.
DELETE_CAMPAIGN = _changes(
    name="legacy_delete_campaign",
    method="DELETE",
    path="system/campaigns/<id>/delete",
    does="delete a campaign",
    parameters=(_CAMPAIGN,),
    decode=decoding.obj(at="data"),
    example={"id": 10},
)
CAMPAIGN_DETAILS = _reads(
    name="legacy_campaign",
    path="system/campaigns/<id>/details",
    does="show one campaign",
    parameters=(_CAMPAIGN,),
    decode=decoding.items("id", "name", "services", at="data.details"),
    example={"id": 10},
)
#: The same address runs a campaign, and runs it again; a status of ``completed`` calls people who were reached.
BEGIN = _row(
    name="legacy_begin_campaign",
    method="POST",
    danger=Danger.REACHES,
    everyone=True,
    path="system/campaigns/<id>/begin/",
    does="ring the phones, or ring them again",
    parameters=(
        _CAMPAIGN,
        _optional(name="message"),
        Parameter(name="aud_file", type=Type.FILE, where=Where.FILE, doc="a recording"),
        _optional(name="voice_input", choices=VOICES, doc="by default np_rija"),
        _optional(name="schedule_date", doc="2023-05-09T17:07, in Nepal"),
        _optional(name="length_factor", doc="text such as 1.4"),
        _optional(name="individual", type=Type.WHOLES, doc="ids of numbers in the campaign"),
        _optional(
            name="status",
            type=Type.TEXTS,
            doc="calls again those who are hungup, unanswered, failed, terminated or completed",
        ),
        _optional(name="priority", choices=("audio", "message"), doc="which of the two a second run uses"),
    ),
    one_of=(("message", "aud_file", "priority"),),
    unclear=frozenset({404}),
    decode=decoding.obj("hold amount", at="data"),
    example={"id": 10, "message": "नमस्कार, टिङ्टिंगमा हजुरलाई स्वागत छ ", "individual": [305, 306]},
)
NUMBER_LIST = _reads(
    name="legacy_campaign_numbers",
    path="system/campaigns/number/<id>",
    does="list the numbers in a campaign",
    parameters=(_CAMPAIGN,),
    decode=decoding.items("id", "number", "status", at="data.number-lists"),
    example={"id": 10},
)
ADD_NUMBER = _changes(
    name="legacy_add_number",
    path="system/campaigns/number/<id>/",
    does="add one number to a campaign",
    parameters=(_CAMPAIGN, _needed(name="number", type=Type.WHOLE, doc="ten local digits"), _TAGS),
    example={"id": 10, "number": 9832123432, "available_tags": {"tags_name": "name", "tags_age": 25}},
)
DELETE_NUMBER = _changes(
    name="legacy_delete_number",
    method="DELETE",
    path="system/campaigns/number/<id>/delete/",
    does="take a number out of a campaign",
    parameters=(_NUMBER,),
    decode=decoding.obj(at="data"),
    example={"id": 34},
)
NUMBER = _reads(
    name="legacy_number",
    path="system/number/<id>/",
    does="show one number of a campaign",
    parameters=(_NUMBER,),
    decode=decoding.obj("id", "number", "status", at="data.number-detail"),
    example={"id": 34},
)
EDIT_NUMBER = _changes(
    name="legacy_edit_number",
    method="PUT",
    path="system/number/<id>/",
    does="change a number of a campaign, or its values",
    repeatable=True,
    parameters=(_NUMBER, _needed(name="number", type=Type.WHOLE), _TAGS),
    decode=decoding.obj("id", "number", at="data.details"),
    example={"id": 34, "number": 9832123432, "available_tags": {"tags_name": "name", "tags_age": 25}},
)
REPORT = _reads(
    name="legacy_report",
    path="system/campaigns/report/download/",
    does="download a campaign's report",
    parameters=(Parameter(name="campaign_id", type=Type.WHOLE, where=Where.QUERY, required=True, also=("id",)),),
    decode=decoding.content,
    example={"campaign_id": 10},
)
REPORT_SUMMARY = _reads(
    name="legacy_report_summary", path="system/campaigns/report/summary/", does="sum up the campaigns' reports"
)
TEST_VOICE = _row(
    name="legacy_test_voice",
    method="POST",
    danger=Danger.READS,
    path="system/test/voice/",
    does="speak a text",
    parameters=(_needed(name="message"), _optional(name="voice_input", choices=VOICES, doc="by default np_rija")),
    decode=decoding.content,
    example={"message": "नमस्ते", "voice_input": "np_prasanna"},
)
SEND_OTP = _row(
    name="legacy_send_otp",
    method="POST",
    danger=Danger.REACHES,
    path="system/send/otp/",
    does="send a one-time code",
    parameters=otp_parameters(),
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

FIRST_GENERATION = tuple(value for value in vars().values() if isinstance(value, Endpoint))
