"""What Twilio's pages print, for the conformance kit."""

from __future__ import annotations

from outreach.provider import Channel, ErrorSample, Exchange, Kind, Response, Samples
from outreach_twilio.capabilities import MESSAGES
from outreach_twilio.interpret import CALL_STATUS, MESSAGE_STATUS, status

#: The shape of every error, and the codes.
USAGE = "https://www.twilio.com/docs/usage/twilios-response"
ERRORS = "https://www.twilio.com/docs/api/errors"


def _error(code: int, message: str, http: int, means: Kind) -> ErrorSample:
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": message, "more_info": more, "status": http}
    return ErrorSample(doc=f"{ERRORS}/{code}", response=Response.of(body, http), means=means, says=message)


_ACCOUNT = f"AC{0:032x}"
_SID = f"SM{1:032x}"
_URI = f"/2010-04-01/Accounts/{_ACCOUNT}/Messages/{_SID}"

SAMPLES = Samples(
    errors=(
        _error(20003, "Authenticate", 401, Kind.HALT),
        _error(20404, "The requested resource was not found", 404, Kind.REJECTED),
        _error(20429, "Too Many Requests", 429, Kind.UNSENT),
        _error(21211, "Invalid 'To' Phone Number", 400, Kind.REJECTED),
        _error(21610, "Attempt to send to unsubscribed recipient", 400, Kind.REJECTED),
        ErrorSample(doc=USAGE, response=Response(status=500), means=Kind.UNKNOWN),
    ),
    words={Channel.SMS: MESSAGE_STATUS, Channel.WHATSAPP: MESSAGE_STATUS, Channel.VOICE: CALL_STATUS},
    reads=status,
    # The properties of the page's table, each with a value of its type.
    exchanges=(
        Exchange(
            doc=MESSAGES,
            method="POST",
            path=f"Accounts/{_ACCOUNT}/Messages.json",
            body={"To": "+12025550110", "From": "+12025550100", "Body": "Hi there"},
            form=True,
            answer=Response.of(
                {
                    "account_sid": _ACCOUNT,
                    "api_version": "2010-04-01",
                    "body": "Hi there",
                    "date_created": "Tue, 01 Dec 2026 06:00:00 +0000",
                    "date_sent": None,
                    "date_updated": "Tue, 01 Dec 2026 06:00:00 +0000",
                    "direction": "outbound-api",
                    "error_code": None,
                    "error_message": None,
                    "from": "+12025550100",
                    "messaging_service_sid": None,
                    "num_media": "0",
                    "num_segments": "1",
                    "price": None,
                    "price_unit": None,
                    "sid": _SID,
                    "status": "queued",
                    "subresource_uris": {"media": f"{_URI}/Media.json"},
                    "to": "+12025550110",
                    "uri": f"{_URI}.json",
                },
                201,
            ),
        ),
    ),
    # A content template is named by its sid.
    values={"template": (f"HX{1:032x}", f"HX{2:032x}")},
)
