"""Jobs and people for the tests of Toingg's adapter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from outreach.provider import AiCallContent, Batch, Channel, Job, Placeholder, Received, Secret, Template
from outreach_toingg import ToinggSettings

SCRIPT = (
    "You are Asha from the school office. Greet the parent, say that the fee of this term is due on 15 December, "
    "ask whether they can pay by then, answer their questions in a friendly manner, thank them for their time, "
    "and say goodbye."
)

MakeJob = Callable[..., Job[ToinggSettings]]
MakePeople = Callable[..., Batch]
MakeReceived = Callable[..., Received]


@pytest.fixture
def make_job() -> MakeJob:
    """Make a job; content fields and job fields are told apart by name."""

    def make(*, settings: dict[str, Any] | None = None, job: dict[str, Any] | None = None, **content: Any) -> Any:
        content = {"script": SCRIPT, "language": "hindi", "voice": "swara", **content}
        texts = ("script", "text", "first_line")
        parsed: dict[str, Any] = {
            key: Template.parse(value) if key in texts and value else value for key, value in content.items()
        }
        given: dict[str, Any] = {
            "title": "Fees [k3f9]",
            "marker": "[k3f9]",
            "description": "",
            "contents": {Channel.AI_CALL: AiCallContent(**parsed)},
            "start": datetime(2026, 12, 1, 4, 30, tzinfo=UTC),
            "scheduled": False,
            "window": None,
            "zone": "Asia/Kathmandu",
            "settings": ToinggSettings(token=Secret(value="t"), **(settings or {})),
        }
        return Job(**{**given, **(job or {})})

    return make


@pytest.fixture
def make_people() -> MakePeople:
    """Make a batch of one."""

    def make(phone: str = "+9779610000042", *, contact: str = "", name: str = "", **values: str) -> Batch:
        columns = {Placeholder(key): [value] for key, value in values.items()}
        return Batch(phones=[phone], ids=[contact], names=[name], values=columns)

    return make
