"""What TingTing's pages print, for the conformance kit."""

from __future__ import annotations

from datetime import UTC, datetime

from outreach.provider import Channel, ErrorSample, Exchange, Kind, Response, Samples, Stage, Status
from outreach_tingting.endpoints import ADD_CAMPAIGN, CAMPAIGNS, OVERVIEW
from outreach_tingting.interpret import status

_TEXT = "नमस्ते तिङ्तिङ् मा स्वागत् छ"

#: "Errors return a JSON body with a message or detail field"; the statuses stand in the table of the same page.
ERRORS = (
    ErrorSample(
        doc=OVERVIEW,
        response=Response.of({"message": "No refresh token provided"}, 400),
        means=Kind.REJECTED,
        says="No refresh token provided",
    ),
    ErrorSample(
        doc=OVERVIEW,
        response=Response.of({"detail": "Invalid token payload."}, 401),
        means=Kind.HALT,
        says="Invalid token payload.",
    ),
    ErrorSample(doc=OVERVIEW, response=Response.of({"detail": "lacks permission"}, 403), means=Kind.REJECTED),
    ErrorSample(
        doc=OVERVIEW,
        response=Response.of({"detail": "Not found."}, 404),
        means=Kind.REJECTED,
        to=(Stage.OPEN, Stage.LOAD),
    ),
    # A campaign that already runs is answered like this too, as clients in the field saw.
    ErrorSample(
        doc=OVERVIEW, response=Response.of({"detail": "Not found."}, 404), means=Kind.UNKNOWN, to=(Stage.LAUNCH,)
    ),
    ErrorSample(doc=OVERVIEW, response=Response.of({"message": "exceeded the rate limit"}, 429), means=Kind.UNSENT),
    ErrorSample(
        doc=OVERVIEW,
        response=Response(status=500, body=b"<h1>Server Error (500)</h1>"),
        means=Kind.UNKNOWN,
        to=(Stage.LOAD, Stage.LAUNCH),
    ),
)


def _contact(number: int, phone: str) -> dict[str, object]:
    return {
        "id": number,
        "updated_at": "Jan. 27, 2026, 05:19 PM",
        "created_at": "2026-01-27T17:19:46.911153+05:45",
        "deleted_at": None,
        "number": phone,
        "status": "not started",
        # The sample's variables belong to other people than those of its request, so any will do.
        "other_variables": None,
        "credit_consumed": 0,
        "credit_consumed_SMS": 0,
        "duration": "",
        "playback": "",
        "uuid": "50dbe25c-034c-4c2e-93e8-c9dfeaa4532f",
        "failover_sms_sent": False,
        "campaing": 3278,
    }


#: Of the words, the first six are of the pages; clients in the field meet the last three.
WORDS = {
    "not started": Status.QUEUED,
    "completed": Status.ANSWERED,
    "hungup": Status.ANSWERED,
    "unanswered": Status.NO_ANSWER,
    "failed": Status.FAILED,
    "terminated": Status.CANCELLED,
    "dialing": Status.SENT,
    "ringing": Status.SENT,
    "answered": Status.ANSWERED,
}

#: When the first sample was made, by its own ``updated_at``.
_AT = datetime(2025, 7, 7, 7, 28, tzinfo=UTC)

EXCHANGES = (
    Exchange(
        doc=ADD_CAMPAIGN,
        method="POST",
        path="campaign/create/",
        body={
            "name": "example test campaign",
            "services": "PHONE",
            "user_phone": [3],
            "message": _TEXT,
            "sms_message": _TEXT,
            "description": "Test message",
            "schedule": "2025-07-08",
        },
        at=_AT,
        answer=Response.of(
            {
                "id": 79,
                "name": "example test campaign",
                "services": "PHONE",
                "status": "Not Started",
                "sms_message": f"{_TEXT} ",
                "message": f"{_TEXT} ",
                "description": "Test message",
                "schedule": "2025-07-08T00:00:00+05:45",
                "audio_file": None,
                "bulk_file": None,
                "category": "",
                "user_phone": [3],
                "progress_percent": 0,
                "updated_at": "2025-07-07T13:13:16.286224+05:45",
                "credit_limit": 100,
                "draft": False,
                "failover_target": [],
                "length_factor": "1.00",
                "main_audit": "4770",
                # Printed twice in the sample: null, and 3 below it.
                "voice": None,
            },
            201,
        ),
        captures={"campaign": "79"},
    ),
    Exchange(
        doc=ADD_CAMPAIGN,
        method="PATCH",
        path="campaign/create/79/message/",
        body={"voice": 3, "category": "Text"},
        at=_AT,
        answer=Response.of(
            {
                "voice": 3,
                "sms_message": _TEXT,
                "message": _TEXT,
                "category": "Text",
                "draft": False,
                "length_factor": "1.00",
            }
        ),
    ),
    Exchange(
        doc=ADD_CAMPAIGN,
        method="POST",
        path="campaign/79/add-contact/",
        body={
            "contacts": [
                {"number": "9841234567", "other_variables": {}},
                {"number": "9841234568"},
                {"number": "9841234569", "other_variables": {"name": "Jane"}},
            ]
        },
        at=_AT,
        answer=Response.of(
            {
                "created": 3,
                "skipped": 0,
                "contacts": [
                    _contact(9801692, "1231231234"),
                    _contact(9801693, "1231231232"),
                    _contact(9801694, "1231231231"),
                ],
                "errors": None,
            }
        ),
        # The sample's answer names other people than its request.
        people=("+9771231231234", "+9771231231232", "+9771231231231"),
    ),
    Exchange(
        doc=CAMPAIGNS,
        method="POST",
        path="run-campaign/79/",
        at=_AT,
        answer=Response.of({"message": "Campaign Scheduled successfully for 2082-03-25 at 14:46:00"}),
    ),
)

SAMPLES = Samples(
    errors=ERRORS,
    words={Channel.VOICE: WORDS, Channel.SMS: {**WORDS, "completed": Status.SENT}},
    reads=status,
    exchanges=EXCHANGES,
    # The vendor knows voices by number.
    values={"voice": ("3", "5")},
)
