"""Campaigns at TingTing, and a way to put requests before its stand-in without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import attrs
import pytest

from outreach.provider import (
    Batch,
    Channel,
    Content,
    Job,
    Placeholder,
    Question,
    Received,
    Request,
    Response,
    Roll,
    Settled,
    SmsContent,
    Template,
    VoiceContent,
)
from outreach_tingting import Settings, TingTingSandbox

NEPAL = timezone(timedelta(hours=5, minutes=45))
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=NEPAL)


@attrs.define
class Vendor:
    """The stand-in with a clock; Refs are filled as the engine would fill them."""

    sandbox: TingTingSandbox = attrs.field(factory=TingTingSandbox)
    now: datetime = NOW
    refs: dict[str, str] = attrs.field(factory=dict)
    asked: list[Request] = attrs.field(factory=list)

    def send(self, request: Request) -> Response:
        """Put one request before the stand-in."""
        filled = request.fill(self.refs)
        self.asked.append(filled)
        return self.sandbox.answer(
            Received(
                method=filled.method,
                path=filled.target,
                query=filled.query,
                headers={"authorization": "Bearer token", "content-type": "application/json"},
                body=filled.encode() or b"",
            ),
            self.now,
        )

    def ask(self, question: Question[Any] | None) -> Any:
        """Follow a question to its end."""
        assert question is not None
        answer: Question[Any] | Roll | Settled = question
        while isinstance(answer, Question):
            answer = answer.read(self.send(answer.request))
        return answer


@pytest.fixture
def vendor() -> Vendor:
    """Give a fresh stand-in."""
    return Vendor()


@pytest.fixture
def make_job() -> Callable[..., Job[Settings]]:
    """Give a maker of campaigns: ``make_job(voice="text", sms="text", field=…, any_setting=…)``.

    The account's own voice is given as ``voice_id``.
    """
    return _make_job


@pytest.fixture
def make_batch() -> Callable[..., Batch]:
    """Give a maker of batches: ``make_batch(["+977…"], name=["Ram"])``."""
    return _make_batch


_OF_THE_JOB = {field.name for field in attrs.fields(Job)}


def _make_job(
    voice: str | VoiceContent | None = None, sms: str | None = None, voice_id: int | None = 3, **more: Any
) -> Job[Settings]:
    contents: dict[Channel, Content] = {}
    if isinstance(voice, str):
        contents[Channel.VOICE] = VoiceContent(text=Template.parse(voice))
    elif voice is not None:
        contents[Channel.VOICE] = voice
    if sms is not None:
        contents[Channel.SMS] = SmsContent(text=Template.parse(sms))
    account = {key: value for key, value in more.items() if key not in _OF_THE_JOB}
    given: Mapping[str, Any] = {
        "title": "fees 7f3a9c21",
        "marker": "7f3a9c21",
        "description": "",
        "start": NOW,
        "scheduled": False,
        "window": None,
        "zone": "Asia/Kathmandu",
    }
    return Job(
        contents=contents,
        settings=Settings(**{"senders": (3,), "voice": voice_id, **account}),
        **{**given, **{key: value for key, value in more.items() if key in _OF_THE_JOB}},
    )


def _make_batch(phones: list[str], **values: list[str]) -> Batch:
    return Batch(
        phones=phones,
        ids=[""] * len(phones),
        names=[""] * len(phones),
        values={Placeholder(name): column for name, column in values.items()},
    )
