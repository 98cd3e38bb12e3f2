"""What Twilio's answers mean."""

from __future__ import annotations

from collections.abc import Mapping

from outreach.provider import (
    Batch,
    Job,
    Kind,
    Outcome,
    Receipt,
    Request,
    Response,
    Status,
    accepted,
    look_up,
)
from outreach_twilio.settings import TwilioSettings

#: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
MESSAGE_STATUS: Mapping[str, Status] = {
    "accepted": Status.QUEUED,
    "scheduled": Status.QUEUED,
    "queued": Status.QUEUED,
    "sending": Status.QUEUED,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.CANCELLED,
}

#: https://www.twilio.com/docs/voice/api/call-resource#call-status-values
CALL_STATUS: Mapping[str, Status] = {
    "queued": Status.QUEUED,
    "initiated": Status.SENT,
    "ringing": Status.SENT,
    "in-progress": Status.ANSWERED,
    "completed": Status.ANSWERED,
    "busy": Status.BUSY,
    "no-answer": Status.NO_ANSWER,
    "failed": Status.FAILED,
    "canceled": Status.CANCELLED,
}

#: First letters of a sid: what it is the sid of.
CALL = "CA"


def interpret(_job: Job[TwilioSettings], request: Request, response: Response, _batch: Batch | None) -> Outcome:
    """Read a 2xx answer: Twilio has queued the message or call.

    Raises:
        Unreadable: It is no JSON.
    """
    document = response.json()
    sid, word = look_up(document, ("sid",)), look_up(document, ("status",)) or ""
    if sid is None:
        return Outcome(kind=Kind.UNKNOWN, reason="the answer names no message or call; look in Twilio's console")
    return accepted(request, response, receipt=receipt(sid, word))


def receipt(sid: str, word: str) -> Receipt:
    """Give what Twilio said about one person."""
    table = CALL_STATUS if sid.startswith(CALL) else MESSAGE_STATUS
    return Receipt(vendor_id=sid, status=table.get(word.strip().casefold(), Status.UNKNOWN), word=word)
