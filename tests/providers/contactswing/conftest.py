"""Jobs and people for the tests of ContactSwing's adapter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from outreach.provider import Batch, Channel, Job, Placeholder, Secret, Template, WhatsappContent
from outreach_contactswing import ContactSwingSettings

MakeJob = Callable[..., Job[ContactSwingSettings]]
MakePeople = Callable[..., Batch]


def parsed(value: Any) -> Any:
    """Make templates of the texts in a list of parameters."""
    return tuple(Template.parse(one) if isinstance(one, str) else one for one in value)


@pytest.fixture
def make_job() -> MakeJob:
    """Make a job; a template message unless the content says otherwise."""

    def make(*, settings: dict[str, Any] | None = None, job: dict[str, Any] | None = None, **content: Any) -> Any:
        content = content or {"template": "fee_due", "language": "en"}
        fields: dict[str, Any] = {
            key: parsed(value) if key in {"header", "body", "buttons"} else value for key, value in content.items()
        }
        if isinstance(content.get("text"), str):
            fields["text"] = Template.parse(content["text"])
        account = {"token": Secret(value="t"), "assistant_id": 12, "from_numbers": ("650175178190170",)}
        given: dict[str, Any] = {
            "title": "Fees [k3f9]",
            "marker": "[k3f9]",
            "description": "",
            "contents": {Channel.WHATSAPP: WhatsappContent(**fields)},
            "start": datetime(2026, 12, 1, 4, 30, tzinfo=UTC),
            "scheduled": False,
            "window": None,
            "zone": "Asia/Kathmandu",
            "settings": ContactSwingSettings(**{**account, **(settings or {})}),
        }
        return Job(**{**given, **(job or {})})

    return make


@pytest.fixture
def make_people() -> MakePeople:
    """Make a batch of people with equal values; their ids are c0, c1, and so on."""

    def make(phones: Sequence[str] = ("+9779610000042", "+9779880000043"), **values: str) -> Batch:
        return Batch(
            phones=phones,
            ids=[f"c{index}" for index in range(len(phones))],
            names=[""] * len(phones),
            values={Placeholder(key): [value] * len(phones) for key, value in values.items()},
        )

    return make
