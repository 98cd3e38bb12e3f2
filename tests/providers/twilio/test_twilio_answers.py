"""What Twilio's answers mean: to a message, to a call, and to the question what went out to a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from outreach.delivery.retry import classify
from outreach.model import Channel, SmsContent, Status, VoiceContent
from outreach.model import Template as Text
from outreach.provider import Batch, Job, Kind, Question, Received, Request, Response, Roll
from outreach_twilio import TwilioSandbox, twilio
from outreach_twilio.emulate import MOST_ROWS
from outreach_twilio.interpret import CALL_STATUS, MESSAGE_STATUS, receipt

HEADERS = {name.lower(): value for name, value in twilio.auth("secret", twilio.sandbox).items()}


def _ask(sandbox: TwilioSandbox, request: Request, job: Job[Any], *, late: timedelta = timedelta()) -> Response:
    received = Received(
        method=request.method,
        path=request.target,
        query=request.query,
        headers=HEADERS,
        body=request.encode() or b"",
    )
    return sandbox.answer(received, job.start + late)


def _roll(
    sandbox: TwilioSandbox, job: Job[Any], phone: str, *, late: timedelta = timedelta(minutes=1)
) -> tuple[Roll, int]:
    asked: Question[Roll] | Roll | None = twilio.seek(job, [phone])
    pages = 0
    while isinstance(asked, Question):
        asked, pages = asked.read(_ask(sandbox, asked.request, job, late=late)), pages + 1
    assert asked is not None
    return asked, pages


def test_a_message_and_a_call_are_accepted_with_their_sid(make_job: Callable[..., Any], sita: Batch) -> None:
    """The receipt holds Twilio's sid and our word for its status."""
    call = VoiceContent(text=Text.parse("hi"))
    for channel, content, letters in ((Channel.SMS, None, "SM"), (Channel.VOICE, call, "CA")):
        job, sandbox = make_job(channel, content), TwilioSandbox()
        request = twilio.load(job, sita)
        outcome = twilio.interpret(job, request, _ask(sandbox, request, job), sita)
        assert outcome.kind is Kind.ACCEPTED
        assert outcome.receipt.vendor_id.startswith(letters)
        assert outcome.receipt.status is Status.QUEUED
        assert [one.channel for one in sandbox.reached] == [channel]


def test_an_answer_without_a_sid_is_unknown(make_job: Callable[..., Any], sita: Batch) -> None:
    """A 201 that names nothing proves nothing."""
    request = twilio.load(make_job(), sita)
    assert twilio.interpret(make_job(), request, Response.of({"status": "queued"}, 201), sita).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("ending", "kind", "said"),
    [
        ("90", Kind.REJECTED, "Invalid 'To' Phone Number"),
        ("91", Kind.REJECTED, "unsubscribed"),
        ("97", Kind.UNKNOWN, "500"),
        ("99", Kind.UNSENT, "Too Many Requests"),
    ],
)
def test_refusals_keep_their_words(make_job: Callable[..., Any], ending: str, kind: Kind, said: str) -> None:
    """Each documented error maps to one verdict, with Twilio's own words."""
    job, sandbox = make_job(content=VoiceContent(text=Text.parse("hi")), channel=Channel.VOICE), TwilioSandbox()
    request = twilio.load(job, Batch(phones=[f"+120255501{ending}"], ids=[""], names=[""]))
    outcome = classify(request, _ask(sandbox, request, job), explain=twilio.explain, now=job.start)
    assert outcome is not None
    assert outcome.kind is kind
    assert said in outcome.reason
    assert not sandbox.reached


def test_a_wrong_credential_halts(make_job: Callable[..., Any], sita: Batch) -> None:
    """Without Basic credentials of an account or key Twilio answers 401."""
    request = twilio.load(make_job(), sita)
    received = Received(method="POST", path=request.target, headers={"authorization": "Bearer x"})
    assert TwilioSandbox().answer(received, make_job().start).status == 401
    assert twilio.auth("secret", twilio.sandbox)["Authorization"].startswith("Basic ")


def test_every_documented_status_has_our_word() -> None:
    """The words of messages and calls are told apart by the sid, and an unknown word stays unknown."""
    assert receipt("SM1", "failed").status is Status.FAILED
    assert receipt("CA1", "no-answer").status is Status.NO_ANSWER
    assert receipt("SM1", "no-answer").status is Status.UNKNOWN
    assert {len(MESSAGE_STATUS), len(CALL_STATUS)} == {10, 9}


def test_a_message_is_found_by_its_text(make_job: Callable[..., Any], sita: Batch) -> None:
    """What was sent to the number with a text that this campaign makes was ours."""
    job, sandbox = make_job(), TwilioSandbox()
    _ask(sandbox, twilio.load(job, sita), job)
    roll, _ = _roll(sandbox, job, sita.phones[0])
    assert roll.present[sita.phones[0]].status is Status.DELIVERED
    assert not roll.unsure


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
def test_what_is_still_queued_is_found(make_job: Callable[..., Any], sita: Batch, channel: Channel) -> None:
    """It has no date of sending yet; no filter by that date may hide it."""
    call = VoiceContent(text=Text.parse("hi")) if channel is Channel.VOICE else None
    job, sandbox = make_job(channel, call), TwilioSandbox()
    _ask(sandbox, twilio.load(job, sita), job)
    roll, _ = _roll(sandbox, job, sita.phones[0], late=timedelta(seconds=1))
    assert {*roll.present, *roll.unsure} == {sita.phones[0]}


def test_a_filter_by_date_leaves_out_what_is_queued(make_job: Callable[..., Any], sita: Batch) -> None:
    """The stand-in keeps to what the page says of the filter, so that nobody can rely on more."""
    job, sandbox = make_job(), TwilioSandbox()
    _ask(sandbox, twilio.load(job, sita), job)
    asked = twilio.seek(job, sita.phones)
    assert asked is not None
    dated = attrs.evolve(asked.request, query={**asked.request.query, "DateSent>": f"{job.start:%Y-%m-%d}"})
    listed = [len(_ask(sandbox, dated, job, late=timedelta(seconds=late)).json()["messages"]) for late in (1, 10)]
    assert listed == [0, 1]


def test_the_list_is_read_no_further_than_the_request(make_job: Callable[..., Any], sita: Batch) -> None:
    """The newest stand first: behind one that was made before the request nothing can be ours."""
    job, sandbox = make_job(), TwilioSandbox()
    request = twilio.load(job, sita)
    for _ in range(MOST_ROWS + 1):
        _ask(sandbox, request, job, late=-timedelta(minutes=10))
    assert _roll(sandbox, job, sita.phones[0]) == (Roll(present={}), 1)


def test_nothing_to_the_number_means_that_nobody_was_reached(make_job: Callable[..., Any], sita: Batch) -> None:
    """Messages to others, and those before the request, do not count."""
    job, sandbox = make_job(), TwilioSandbox()
    _ask(sandbox, twilio.load(job, Batch(phones=["+12025550122"], ids=[""], names=[""], values=sita.values)), job)
    _ask(sandbox, twilio.load(job, sita), job, late=-timedelta(minutes=6))
    assert _roll(sandbox, job, sita.phones[0])[0] == Roll(present={})


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
def test_what_was_made_long_after_the_request_leaves_it_open(
    make_job: Callable[..., Any], sita: Batch, channel: Channel
) -> None:
    """A process that stood still may have sent it a day later; it proves neither that it came nor that nothing did."""
    call = VoiceContent(text=Text.parse("hi")) if channel is Channel.VOICE else None
    job, sandbox = make_job(channel, call), TwilioSandbox()
    _ask(sandbox, twilio.load(job, sita), job, late=timedelta(days=1))
    assert _roll(sandbox, job, sita.phones[0], late=timedelta(days=2))[0] == Roll(
        present={}, unsure=frozenset(sita.phones)
    )


def test_another_text_long_after_the_request_leaves_it_open_too(make_job: Callable[..., Any], sita: Batch) -> None:
    """Twilio changes texts (smart encoding, shortened links), so that another one proves nothing."""
    job, sandbox = make_job(), TwilioSandbox()
    other = make_job(content=SmsContent(text=Text.parse("नमस्ते, see twil.io/x")))
    _ask(sandbox, twilio.load(other, sita), job, late=timedelta(days=1))
    assert _roll(sandbox, job, sita.phones[0], late=timedelta(days=2))[0].unsure == set(sita.phones)


def test_a_call_to_the_number_proves_nothing(make_job: Callable[..., Any], sita: Batch) -> None:
    """A call's list does not tell what was said, so that one to the same number leaves it open."""
    job, sandbox = make_job(Channel.VOICE, VoiceContent(text=Text.parse("hi"))), TwilioSandbox()
    _ask(sandbox, twilio.load(job, sita), job)
    assert _roll(sandbox, job, sita.phones[0])[0].unsure == {sita.phones[0]}


def test_the_list_is_read_to_its_end_without_following_an_address(make_job: Callable[..., Any], sita: Batch) -> None:
    """Page and token are taken out of next_page_uri; its address is never asked for."""
    job, sandbox = make_job(), TwilioSandbox()
    request = twilio.load(job, sita)
    _ask(sandbox, request, job)
    for _ in range(MOST_ROWS):
        _ask(sandbox, request, job, late=timedelta(hours=1))
    roll, pages = _roll(sandbox, job, sita.phones[0], late=timedelta(hours=2))
    assert (list(roll.present), pages) == ([sita.phones[0]], 2)


@pytest.mark.parametrize("body", [{}, {"messages": "none"}, {"messages": [{"body": "no sid"}]}, []])
def test_a_list_of_another_shape_is_unreadable(make_job: Callable[..., Any], sita: Batch, body: Any) -> None:
    """An answer without the list never counts as an empty one."""
    from outreach.errors import Unreadable

    question = twilio.seek(make_job(), sita.phones)
    assert question is not None
    with pytest.raises(Unreadable):
        question.read(Response.of(body))


def test_several_numbers_cannot_be_asked_about_at_once(make_job: Callable[..., Any]) -> None:
    """Twilio filters by one number."""
    assert twilio.seek(make_job(), ["+12025550111", "+12025550122"]) is None
