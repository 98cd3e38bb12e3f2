"""TingTing's tables against the samples that its pages print (mended where they are no JSON)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from outreach.errors import SpecError
from outreach.provider import Endpoint, Response, Unreadable, Upload
from outreach_tingting import endpoints, legacy, tingting

# The sample requests: endpoint, arguments of the path, the body as printed.

REQUESTS: list[tuple[Endpoint, dict[str, Any], str]] = [
    (
        endpoints.CREATE,
        {},
        """{"name": "example test campaign", "services": "PHONE", "user_phone": [3],
        "message": "नमस्ते तिङ्तिङ् मा स्वागत् छ", "sms_message": "नमस्ते तिङ्तिङ् मा स्वागत् छ",
        "description": "Test message", "schedule": "2025-07-08"}""",
    ),
    (endpoints.SET_MESSAGE, {"id": 79}, '{"voice": 3, "category": "Text"}'),
    (
        endpoints.ADD_ONE_CONTACT,
        {"id": 79},
        '{"number": 9823561098, "other_variables": {"age": 23, "name": "Rajesh", "salary": 50000}}',
    ),
    (
        endpoints.ADD_CONTACT,
        {"id": 79},
        """{"contacts": [{"number": "9841234567", "other_variables": {}}, {"number": "9841234568"},
        {"number": "9841234569", "other_variables": {"name": "Jane"}}]}""",
    ),
    (legacy.LOGIN, {}, '{"email": "test@gmail.com", "password": "test"}'),
    (legacy.REFRESH, {}, '{"refresh": "eyJ0.eyJ0.4KPN"}'),
    (legacy.BUY_NUMBER, {}, '{"phone_sid": "b7142c5ae3b673d944d81c83bda4f5de"}'),
    (legacy.RELEASE_NUMBER, {}, '{"phone_sid": "b7142c5ae3b673d944d81c83bda4f5de"}'),
    (
        legacy.ADD_CAMPAIGN,
        {},
        """{"name": "sample individual campaign", "services": "PHONE",
        "individual_number": [9876543210, 98675432123],
        "description": "This campaign is to notify users that an IPO has been opened"}""",
    ),
    (
        legacy.UPDATE_CAMPAIGN,
        {"id": 10},
        '{"name": "new campaign name", "services": "SMS", "description": "Election campaign for 2023"}',
    ),
    (legacy.BEGIN, {"id": 10}, '{"message": "नमस्कार, टिङ्टिंगमा हजुरलाई स्वागत छ ", "individual": [305, 306]}'),
    (legacy.BEGIN, {"id": 10}, '{"message": "Message to Convey", "voice_input": "np_prasanna"}'),
    (legacy.BEGIN, {"id": 10}, '{"message": "Here you send your message", "status": ["failed, hungup"]}'),
    (
        legacy.BEGIN,
        {"id": 10},
        """{"priority": "audio", "voice_input": "np_prasanna", "schedule_date": "2023-05-09T17:07",
        "status": ["failed", "hungup"]}""",
    ),
    (legacy.BEGIN, {"id": 10}, '{"message": "hi", "length_factor": "1.4"}'),
    (legacy.ADD_NUMBER, {"id": 10}, '{"number": 9843812344}'),
    (
        legacy.ADD_NUMBER,
        {"id": 10},
        '{"number": 9832123432, "available_tags": {"tags_name": "name", "tags_age": 25}}',
    ),
    (
        legacy.EDIT_NUMBER,
        {"id": 34},
        '{"number": 9832123432, "available_tags": {"tags_name": "name", "tags_age": 25}}',
    ),
    *(
        (
            row,
            {},
            """{"number": "9851023212", "message": "Hi your OTP is {otp}", "sms_send_options": "text",
            "otp_options": "personnel", "otp": "12345"}""",
        )
        for row in (endpoints.SEND_OTP, legacy.SEND_OTP)
    ),
]


@pytest.mark.parametrize(("row", "places", "printed"), REQUESTS, ids=lambda one: getattr(one, "name", None))
def test_the_printed_request_is_made(row: Endpoint, places: dict[str, Any], printed: str) -> None:
    """The arguments of a printed sample give exactly that body, in its order."""
    sample = json.loads(printed)
    request = row.request(**places, **sample)

    assert json.dumps(request.body) == json.dumps(sample)
    assert request.base == ("legacy_base_url" if row.name.startswith("legacy_") else "base_url")


PEOPLE = """{"count": 1, "total_pages": 1, "next": null, "previous": null, "results": [{"id": 1, "number": "9841234567",
"status": "not started", "call_duration": "0s", "playback": "91", "credit_consumed": 0, "carrier": "NTC"}],
"total_credits_consumed": 0, "carrier_summary": {"NTC": 1}}"""
CAMPAIGN = '[{"id": 15, "name": "new campaign name", "user_phone": [], "services": "SMS", "description": "asd"}]'
PHONE = """[{"phone_number": "9876565435", "rate": 40.0, "available_capabilities": "Voice, SMS",
"phone_number_sid": "b7142c5ae3b673d944d81c83bda4f5de", "friendly_name": "", "accept_incoming": null}]"""
NUMBER = '{"id": 34, "number": 9843818700, "campaing": "Adwait", "available_tags": {}, "status": "not started"}'


def envelope(data: str, status: int = 200) -> str:
    """Write the first generation's envelope."""
    return f'{{"status": {status}, "success": true, "message": null, "errors": [], "data": {data}}}'


# The sample answers: endpoint, the answer as printed, and something that the decoder must find in it.

ANSWERS: list[tuple[Endpoint, str, str]] = [
    (endpoints.LOGIN, '{"has_logged_in": true, "message": "Login Successful"}', "Login Successful"),
    (endpoints.REFRESH, '{"message": "Session Refreshed Successfully"}', "Refreshed"),
    (
        endpoints.GENERATE_API_KEY,
        f'{{"token": "{"a" * 64}", "message": "New API token generated successfully"}}',
        "aaa",
    ),
    (endpoints.GET_API_KEY, '{"message": "No API token found. Please generate one first."}', "No API token"),
    (
        endpoints.LIST_VOICES,
        '[{"id":1,"voice_display_name":"Rija","voice_internal_name":"np_rija","is_premium":false}]',
        "np_rija",
    ),
    (endpoints.LIST_BROKER_PHONES, '[{"id": 1, "phone_number": "+97715970425"}]', "+97715970425"),
    (
        endpoints.CREATE,
        '{"id": 79, "name": "a", "services": "PHONE", "status": "Not Started", "voice": null, "voice": 3}',
        "79",
    ),
    (
        endpoints.SET_MESSAGE,
        '{"voice": 3, "sms_message": "a", "message": "a", "category": "Text", "draft": false, "length_factor": "1.00"}',
        "1.00",
    ),
    (endpoints.ADD_ONE_CONTACT, '{"message": "New Contact added"}', "New Contact"),
    (
        endpoints.ADD_CONTACT,
        '{"created": 1, "skipped": 0, "contacts": [{"id": 9801692, "campaing": 3278}], "errors": null}',
        "9801692",
    ),
    (
        endpoints.UPLOAD_CONTACTS,
        '{"error_list": [], "samples": [{"column": "name", "sample": ["शिखर"]}], "total_validated_rows": 3}',
        "शिखर",
    ),
    (endpoints.LIST_CONTACTS, PEOPLE, "NTC"),
    (endpoints.CONTACT_VARIABLES, '{"age": 22, "name": "Jane", "salary": "50000"}', "Jane"),
    (endpoints.RUN, '{"message": "Campaign Scheduled successfully for 2082-03-25 at 14:46:00"}', "2082"),
    (endpoints.DASHBOARD, '{"remaining_credits": 100, "total_call_duration": "05:30:00"}', "05:30:00"),
    (endpoints.SEND_OTP, envelope('{"details": {"number": "9843818700", "otp": "12345"}}'), "12345"),
    (legacy.LOGIN, envelope('{"token": {"refresh": "r.r.r", "access": "a.a.a"}, "user_data": {}}'), "a.a.a"),
    (legacy.USER_DETAILS, envelope('{"user_details": {"email": "a@b.c", "username": "adw8"}}'), "adw8"),
    (legacy.REFRESH, '{"access": "a.a.a"}', "a.a.a"),
    (legacy.OWNED_NUMBERS, envelope(f'{{"owned_numbers": {PHONE}}}'), "9876565435"),
    (legacy.NUMBERS, envelope(f'{{"number_lists": {PHONE}}}'), "9876565435"),
    (legacy.BUY_NUMBER, envelope(f'{{"number_details": {PHONE}}}'), "9876565435"),
    (legacy.RELEASE_NUMBER, envelope("{}", 204), "204"),
    (
        legacy.CAMPAIGNS,
        f'{{"pagination": {{"total_items": 1}}, "result": {{"messages": "ok", "campaign-lists": {CAMPAIGN}}}}}',
        "new campaign name",
    ),
    (legacy.ADD_CAMPAIGN, envelope(f'{{"details": {CAMPAIGN}}}', 201), "new campaign name"),
    (legacy.UPDATE_CAMPAIGN, envelope(f'{{"details": {CAMPAIGN}}}'), "new campaign name"),
    (legacy.DELETE_CAMPAIGN, envelope('{"camaign": "Campaign Deleted Succesfully"}'), "camaign"),
    (legacy.CAMPAIGN_DETAILS, envelope(f'{{"messages": "ok", "details": {CAMPAIGN}}}'), "new campaign name"),
    (legacy.BEGIN, envelope('{"hold amount": "3 credits on hold for sample campaign."}'), "3 credits"),
    (legacy.NUMBER_LIST, envelope(f'{{"messages": "ok", "number-lists": [{NUMBER}]}}'), "9843818700"),
    (legacy.DELETE_NUMBER, envelope('{"campaign-details": "9851022343 of campaign bulk deleted"}'), "bulk"),
    (legacy.NUMBER, envelope(f'{{"messages": "ok", "number-detail": {NUMBER}}}'), "9843818700"),
    (legacy.EDIT_NUMBER, envelope(f'{{"details": {NUMBER}}}'), "9843818700"),
    (legacy.SEND_OTP, envelope('{"details": {"number": "9843818700", "otp": "12345"}}'), "12345"),
]


@pytest.mark.parametrize(("row", "printed", "holds"), ANSWERS, ids=lambda one: getattr(one, "name", None))
def test_the_printed_answer_is_read(row: Endpoint, printed: str, holds: str) -> None:
    """The decoder finds what the page prints."""
    value = row.decode(Response(status=200, body=printed.encode()))

    assert holds in json.dumps(value, ensure_ascii=False)


# The page of the one left out shows an answer with a token, and one without.
@pytest.mark.parametrize(
    "row", [row for row, *_ in ANSWERS if row is not endpoints.GET_API_KEY], ids=lambda one: one.name
)
def test_another_shape_is_noticed(row: Endpoint) -> None:
    """What is no answer of the page is unreadable."""
    with pytest.raises(Unreadable):
        row.decode(Response.of("string"))


def test_files_are_uploaded() -> None:
    """People and recordings travel as files, in a form with the other fields."""
    file = Upload(name="numbers.xlsx", content=b"PK\x03\x04")
    bulk = endpoints.UPLOAD_CONTACTS.request(id=79, bulk_file=file)
    made = legacy.ADD_CAMPAIGN.request(name="sample bulk campaign", services="SMS", send_to_number_file=file)

    assert (bulk.target, bulk.files, bulk.body) == ("campaign/create/79/detail/", {"bulk_file": file}, None)
    assert made.files == {"send_to_number_file": file}
    assert b'name="services"\r\n\r\nSMS' in (made.encode() or b"")


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ({"sms_send_options": "text", "otp_options": "personnel"}, "otp"),
        ({"sms_send_options": "voice"}, "voice_input"),
        ({"sms_send_options": "pigeon"}, "sms_send_options"),
    ],
)
def test_what_a_code_needs(arguments: dict[str, str], wrong: str) -> None:
    """An own code must be given, and a spoken one needs a voice."""
    with pytest.raises(SpecError) as raised:
        endpoints.SEND_OTP.request(number="9610000011", message="{otp}", **arguments)

    assert [one.path for one in raised.value.problems] == [wrong]


def test_every_campaign_has_one_spelling_of_its_id() -> None:
    """``id`` and ``campaign_id`` name the same place of a path."""
    assert endpoints.RUN.request(id=79) == endpoints.RUN.request(campaign_id=79)


def test_translation_builds_from_the_table() -> None:
    """Each row that a campaign uses is one of the provider's."""
    used = (endpoints.CREATE, endpoints.SET_MESSAGE, endpoints.GET, endpoints.ADD_CONTACT, endpoints.RUN)

    assert all(row in tingting.endpoints for row in used)
