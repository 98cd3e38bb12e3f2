"""The endpoints of Twilio that outreach uses, one row each; paths are relative to ``/2010-04-01/``."""

from __future__ import annotations

from functools import partial

from outreach.provider import Danger, Endpoint, Parameter, Type, Where, decoding
from outreach_twilio.capabilities import CALLS, MESSAGES

ACCOUNT = "https://www.twilio.com/docs/iam/api/account"
BALANCE = "https://www.twilio.com/docs/iam/api/account#balance"

_account = Parameter(name="account_sid", type=Type.TEXT, where=Where.PATH, required=True, doc="AC and 32 hex digits")
_sid = Parameter(name="sid", type=Type.TEXT, where=Where.PATH, required=True, doc="the message's or call's sid")
_body = partial(Parameter, where=Where.BODY)
_query = partial(Parameter, where=Where.QUERY)
_ACCOUNT = "AC" + "0" * 32
_PERSON = {"account_sid": _ACCOUNT, "To": "+12025550111", "From": "+12025550100"}

CREATE_MESSAGE = Endpoint(
    name="create_message",
    people=("To",),
    method="POST",
    path="Accounts/<account_sid>/Messages.json",
    does="send the message",
    doc=MESSAGES,
    danger=Danger.REACHES,
    form=True,
    parameters=(
        _account,
        _body(name="To", required=True),
        _body(name="From"),
        _body(name="MessagingServiceSid"),
        _body(name="Body"),
        _body(name="MediaUrl"),
        _body(name="ContentSid"),
        _body(name="ContentVariables", doc="a JSON object as text"),
        _body(name="StatusCallback"),
    ),
    one_of=(("From", "MessagingServiceSid"), ("Body", "MediaUrl", "ContentSid")),
    decode=decoding.obj("sid", "status"),
    example={**_PERSON, "Body": "Your fee is due."},
)
LIST_MESSAGES = Endpoint(
    name="list_messages",
    method="GET",
    path="Accounts/<account_sid>/Messages.json",
    does="list messages, newest first",
    doc=MESSAGES,
    danger=Danger.READS,
    parameters=(
        _account,
        _query(name="To"),
        _query(name="From"),
        _query(name="DateSent"),
        _query(name="DateSent>", doc="YYYY-MM-DD, that day and later"),
        _query(name="DateSent<", doc="YYYY-MM-DD, that day and earlier"),
        _query(name="PageSize", type=Type.WHOLE, doc="at most 1000"),
        _query(name="Page", type=Type.WHOLE),
        _query(name="PageToken"),
    ),
    decode=decoding.items("sid", "status", at="messages"),
    example={"account_sid": _ACCOUNT},
)
FETCH_MESSAGE = Endpoint(
    name="fetch_message",
    method="GET",
    path="Accounts/<account_sid>/Messages/<sid>.json",
    does="say what became of one message",
    doc=MESSAGES,
    danger=Danger.READS,
    parameters=(_account, _sid),
    decode=decoding.obj("sid", "status"),
    example={"account_sid": _ACCOUNT, "sid": "SM" + "0" * 31 + "1"},
)
CREATE_CALL = Endpoint(
    name="create_call",
    people=("To",),
    method="POST",
    path="Accounts/<account_sid>/Calls.json",
    does="ring the phone",
    doc=CALLS,
    danger=Danger.REACHES,
    form=True,
    parameters=(
        _account,
        _body(name="To", required=True),
        _body(name="From", required=True),
        _body(name="Twiml", doc="at most 4000 characters"),
        _body(name="Url"),
        _body(name="Timeout", type=Type.WHOLE, doc="seconds of ringing"),
        _body(name="StatusCallback"),
        _body(name="StatusCallbackEvent", type=Type.TEXTS),
    ),
    one_of=(("Twiml", "Url"),),
    decode=decoding.obj("sid", "status"),
    example={**_PERSON, "Twiml": "<Response><Say>Your fee is due.</Say></Response>"},
)
LIST_CALLS = Endpoint(
    name="list_calls",
    method="GET",
    path="Accounts/<account_sid>/Calls.json",
    does="list calls, newest first",
    doc=CALLS,
    danger=Danger.READS,
    parameters=(
        _account,
        _query(name="To"),
        _query(name="From"),
        _query(name="Status"),
        _query(name="StartTime>", doc="YYYY-MM-DD, that day and later"),
        _query(name="StartTime<", doc="YYYY-MM-DD, that day and earlier"),
        _query(name="PageSize", type=Type.WHOLE, doc="at most 1000"),
        _query(name="Page", type=Type.WHOLE),
        _query(name="PageToken"),
    ),
    decode=decoding.items("sid", "status", at="calls"),
    example={"account_sid": _ACCOUNT},
)
FETCH_CALL = Endpoint(
    name="fetch_call",
    method="GET",
    path="Accounts/<account_sid>/Calls/<sid>.json",
    does="say what became of one call",
    doc=CALLS,
    danger=Danger.READS,
    parameters=(_account, _sid),
    decode=decoding.obj("sid", "status"),
    example={"account_sid": _ACCOUNT, "sid": "CA" + "0" * 31 + "1"},
)
CANCEL_CALL = Endpoint(
    name="cancel_call",
    method="POST",
    path="Accounts/<account_sid>/Calls/<sid>.json",
    does="end a call, or cancel one that does not ring yet",
    doc=CALLS,
    danger=Danger.CHANGES,
    repeatable=True,
    form=True,
    parameters=(_account, _sid, _body(name="Status", required=True, doc="canceled or completed")),
    decode=decoding.obj("sid", "status"),
    example={"account_sid": _ACCOUNT, "sid": "CA" + "0" * 31 + "1", "Status": "canceled"},
)
BALANCE_OF = Endpoint(
    name="balance",
    method="GET",
    path="Accounts/<account_sid>/Balance.json",
    does="show what is left of the credit",
    doc=BALANCE,
    danger=Danger.READS,
    parameters=(_account,),
    decode=decoding.obj("balance", "currency"),
    example={"account_sid": _ACCOUNT},
)

ENDPOINTS = (
    CREATE_MESSAGE,
    LIST_MESSAGES,
    FETCH_MESSAGE,
    CREATE_CALL,
    LIST_CALLS,
    FETCH_CALL,
    CANCEL_CALL,
    BALANCE_OF,
)
