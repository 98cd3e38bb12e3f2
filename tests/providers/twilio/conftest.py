"""Jobs for Twilio."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from outreach.model import Channel, SmsContent, Template
from outreach.provider import Batch, Content, Job, Placeholder
from outreach_twilio import TwilioSettings, twilio

START = datetime(2026, 12, 1, 4, 15, tzinfo=UTC)

MakeJob = Callable[..., Job[TwilioSettings]]


@pytest.fixture
def make_job() -> MakeJob:
    """Make a job for one channel."""

    def make(channel: Channel = Channel.SMS, content: Content | None = None, **settings: Any) -> Job[TwilioSettings]:
        said = content or SmsContent(text=Template.parse("नमस्ते {name}, Rs {amount} is due."))
        return Job(
            title="fees",
            marker="",
            description="",
            contents={channel: said},
            start=START,
            scheduled=False,
            window=None,
            zone="Asia/Kathmandu",
            settings=attrs.evolve(twilio.sandbox, **settings),
        )

    return make


@pytest.fixture
def sita() -> Batch:
    """One person."""
    values = {Placeholder("name"): ["सीता <b>"], Placeholder("amount"): ["2,500"]}
    return Batch(phones=["+12025550111"], ids=["S-1"], names=["सीता"], values=values)
