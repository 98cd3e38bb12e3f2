"""What Toingg's pages print, for the conformance kit."""

from __future__ import annotations

from outreach.provider import Channel, ErrorSample, Exchange, Kind, Response, Samples, Stage, Status
from outreach_toingg.endpoints import CALLS, CREATE, STATUS
from outreach_toingg.interpret import status

_INVALID = Response.of({"detail": [{"loc": ["string", 0], "msg": "string", "type": "string"}]}, 422)

ERRORS = (
    ErrorSample(doc=CREATE, response=_INVALID, means=Kind.REJECTED, says="string.0: string"),
    # The page's example of success is the name of a type: a campaign was made, and its id is not told.
    ErrorSample(doc=CREATE, response=Response.of("string"), means=Kind.UNKNOWN, to=(Stage.OPEN,)),
    # The envelope of the page on the status of calls, with its boolean the other way.
    ErrorSample(
        doc=STATUS,
        response=Response.of({"status": False, "message": "Campaign not found.", "result": None}),
        means=Kind.REJECTED,
        says="Campaign not found.",
    ),
)

_SCRIPT = "The script should have a minimum of 200 characters. " * 4

EXCHANGES = (
    # The page shows the answer as the type ``"string"`` only. Of the request, the language is printed as a choice, and
    # the script says that it must be longer than it is.
    Exchange(
        doc=CREATE,
        method="POST",
        path="create_campaign/",
        body={
            "title": "your title",
            "voice": "selected voice",
            "language": "english",
            "script": _SCRIPT.strip(),
            "purpose": "",
            "knowledgeBase": "",
            "calendar": "10Am to 10Pm IST",
            "firstLine": "",
            "tone": "",
            "postCallAnalysis": False,
            "postCallAnalysisSchema": {},
        },
    ),
    # As the page types it; the ids are the stand-in's.
    Exchange(
        doc=CALLS,
        method="POST",
        path="make_call",
        body={"name": "string", "phoneNumber": "+9779610000042", "campID": f"{1:024x}"},
    ),
    Exchange(
        doc=STATUS,
        method="GET",
        path="call_status",
        query={"callId": f"CA{1:032x}"},
        answer=Response.of(
            {
                "status": True,
                "message": "Call details fetched.",
                "result": {
                    "status": "completed",
                    "start_time": "2024-07-02T13:14:22+00:00",
                    "end_time": "2024-07-02T13:15:19+00:00",
                    "duration": "57",
                },
            }
        ),
    ),
)

SAMPLES = Samples(
    errors=ERRORS,
    words={
        Channel.AI_CALL: {
            "in-progress": Status.SENT,
            "completed": Status.ANSWERED,
            "failed": Status.FAILED,
        }
    },
    reads=status,
    exchanges=EXCHANGES,
    silent={"answers": "the pages give the answer to a call as the type any, so every answer without a failure counts"},
)
