"""A person's message or call as Twilio's request."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from outreach.model import Channel, SmsContent, Template, VoiceContent, WhatsappContent
from outreach.provider import Batch, Reach
from outreach_twilio import twilio

ACCOUNT = twilio.sandbox.account_sid
WHATSAPP = WhatsappContent(template="HX0123", body=(Template.parse("{name}"), Template.parse("{amount}")))


def _sent(make_job: Callable[..., Any], batch: Batch, *how: Any, **settings: Any) -> dict[str, list[str]]:
    request = twilio.load(make_job(*how, **settings), batch)
    kind, body = request.payload()
    assert kind == "application/x-www-form-urlencoded"
    assert (request.reaches, request.repeatable) == (Reach.BATCH, False)
    return parse_qs((body or b"").decode(), strict_parsing=True)


def test_a_text_message_is_a_form(make_job: Callable[..., Any], sita: Batch) -> None:
    """To, From and Body travel as form fields, in UTF-8, with the person's values filled in."""
    assert _sent(make_job, sita) == {
        "To": ["+12025550111"],
        "From": ["+12025550100"],
        "Body": ["नमस्ते सीता <b>, Rs 2,500 is due."],
    }
    assert twilio.load(make_job(), sita).target == f"Accounts/{ACCOUNT}/Messages.json"


def test_a_messaging_service_takes_the_place_of_the_sender(make_job: Callable[..., Any], sita: Batch) -> None:
    """With a messaging service there is no From."""
    sent = _sent(make_job, sita, messaging_service="MG1", status_callback="https://example.com/told")
    assert "From" not in sent
    assert (sent["MessagingServiceSid"], sent["StatusCallback"]) == (["MG1"], ["https://example.com/told"])


def test_a_template_message_numbers_its_variables(make_job: Callable[..., Any], sita: Batch) -> None:
    """WhatsApp addresses carry their prefix, and the template's variables are a JSON object numbered from 1."""
    sent = _sent(make_job, sita, Channel.WHATSAPP, WHATSAPP)
    assert (sent["To"], sent["From"]) == (["whatsapp:+12025550111"], ["whatsapp:+12025550100"])
    assert json.loads(sent["ContentVariables"][0]) == {"1": "सीता <b>", "2": "2,500"}
    assert "Body" not in sent


def test_a_call_says_the_text_and_never_reads_it_as_markup(make_job: Callable[..., Any], sita: Batch) -> None:
    """A name with angle brackets is said, not taken for TwiML; voice and language are attributes."""
    content = VoiceContent(text=Template.parse("{name} & you"), voice="rija")
    sent = _sent(make_job, sita, Channel.VOICE, content, voices={"rija": 'Polly."A"'}, language="hi-IN")
    assert sent["Twiml"] == [
        '<Response><Say voice=\'Polly."A"\' language="hi-IN">सीता &lt;b&gt; &amp; you</Say></Response>'
    ]
    assert sent["Timeout"] == ["60"]


def test_several_people_in_one_request_are_refused(make_job: Callable[..., Any], sita: Batch) -> None:
    """Twilio takes one person per request; two are a mistake of the caller."""
    two = Batch(phones=[*sita.phones] * 2, ids=["1", "2"], names=["", ""])
    with pytest.raises(ValueError, match="one person"):
        twilio.load(make_job(), two)


@pytest.mark.parametrize(
    ("how", "settings", "said"),
    [
        ((), {"sms_from": None}, "write sms_from or messaging_service"),
        ((Channel.WHATSAPP, WHATSAPP), {"whatsapp_from": None}, "write whatsapp_from"),
        ((Channel.SMS, SmsContent(text=Template.parse("x" * 1601))), {}, "1,601 characters"),
        ((Channel.VOICE, VoiceContent(text=Template.parse("x" * 4000))), {}, "Twilio takes 4,000"),
        ((Channel.WHATSAPP, WhatsappContent(template="fee_due")), {}, "the content template's sid, HX"),
        ((Channel.WHATSAPP, WhatsappContent(template="HX1", body=({"a": 1},))), {}, "variables are texts"),
    ],
)
def test_what_cannot_go_out_is_refused_before(
    make_job: Callable[..., Any], how: Any, settings: dict[str, Any], said: str
) -> None:
    """A missing sender, a text that is too long and a parameter that is no text are findings of the plan."""
    assert said in " ".join(one.detail for one in twilio.check(make_job(*how, **settings)))


def test_a_right_campaign_has_no_finding(make_job: Callable[..., Any]) -> None:
    """Each channel with its sender and a text passes."""
    texts = {Channel.SMS: SmsContent, Channel.WHATSAPP: WhatsappContent, Channel.VOICE: VoiceContent}
    for channel, kind in texts.items():
        assert not [*twilio.check(make_job(channel, kind(text=Template.parse("{name}"))))]


def test_the_account_sid_is_checked() -> None:
    """A sid of another kind is refused when the account is read."""
    with pytest.raises(ValueError, match="account_sid must be AC"):
        twilio.settings(account_sid="SK123")
