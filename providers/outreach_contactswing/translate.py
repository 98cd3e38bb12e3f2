"""A batch of people as ContactSwing's one request: campaign, touchpoint, people and message together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from outreach.provider import Batch, Channel, Job, Param, Request, Template, WhatsappContent, merge
from outreach_contactswing import endpoints
from outreach_contactswing.account import ContactSwingSettings
from outreach_contactswing.hours import start_at, whole_hours


def hand_over(job: Job[ContactSwingSettings], batch: Batch) -> Request:
    """Hand one batch over; ContactSwing contacts its people without any further request.

    Raises:
        ValueError: The batch is empty, a person has no id, or people have different values.
    """
    _require(batch)
    return endpoints.create_with_touchpoint(merge(campaign(job, batch), job.settings.extra), job.settings)


def campaign(job: Job[ContactSwingSettings], batch: Batch) -> dict[str, Any]:
    """Give the documented fields, required and given ones, in the order of the page.

    https://docs.contactswing.ai/api-reference/endpoint/what-camp
    """
    settings = job.settings
    return _given(
        name=name(job, batch),
        type=settings.type,
        company_plan_id=settings.company_plan_id,
        workspace_id=settings.workspace_id,
        business_goal=settings.business_goal,
        touchpoint=_given(
            name=name(job, batch),
            type="WHATSAPP",
            is_consultants=settings.is_consultants,
            status=settings.status,
            start_at=start_at(job.start, whole_hours(job.window), job.zone),
            assistant_id=settings.assistant_id,
            attachment_url=content_of(job).attachment,
            additional_settings=_additional_settings(job),
            customer_details=_people(batch, settings.number_format),
            whatsapp_data=_message(job, batch),
        ),
    )


def name(job: Job[ContactSwingSettings], batch: Batch) -> str:
    """Give the name of one batch's campaign.

    ContactSwing makes a campaign per batch and cannot be asked about it, so where the account wants a mark each gets
    one of its own, made of its people: that is how a person finds a batch in the dashboard whose answer was lost.
    """
    if not job.marker:
        return job.title
    return f"{job.title} #{hashlib.blake2s(' '.join(batch.phones).encode(), digest_size=3).hexdigest()}"


def content_of(job: Job[ContactSwingSettings]) -> WhatsappContent:
    """Give the message; the only content that ContactSwing carries here."""
    content = job.contents[Channel.WHATSAPP]
    if not isinstance(content, WhatsappContent):
        msg = f"the content of {Channel.WHATSAPP} is {type(content).__name__}"
        raise TypeError(msg)
    return content


def _require(batch: Batch) -> None:
    if not len(batch):
        msg = "a batch for ContactSwing holds at least one person"
        raise ValueError(msg)
    if not all(batch.ids):
        msg = "ContactSwing needs an id for every person, and none is made up"
        raise ValueError(msg)
    if any(value != column[0] for column in batch.values.values() for value in column):
        msg = "people of one batch for ContactSwing must have equal values"
        raise ValueError(msg)


def _additional_settings(job: Job[ContactSwingSettings]) -> dict[str, Any]:
    hours = whole_hours(job.window)
    return {
        "execution_days": [day.value for day in hours.days],
        "start_hour": hours.start,
        "end_hour": hours.end,
        "delay": job.settings.delay,
        "time_zone": job.zone,
        # Always said, since the page names no default: suppression rules hold.
        "ignore_suppression": False,
        "from_numbers": list(job.settings.from_numbers),
    }


def _people(batch: Batch, number_format: str) -> list[dict[str, str]]:
    cut = 1 if number_format == "digits" else 0
    return [{"id": one, "to_number": phone[cut:]} for one, phone in zip(batch.ids, batch.phones, strict=True)]


def _message(job: Job[ContactSwingSettings], batch: Batch) -> dict[str, Any]:
    content = content_of(job)
    one = Batch(
        phones=batch.phones[:1],
        ids=batch.ids[:1],
        names=batch.names[:1],
        values={placeholder: column[:1] for placeholder, column in batch.values.items()},
    )
    return _given(
        template=content.template,
        language_code=(content.language or job.settings.language) if content.template else None,
        body_params=_params(content.body, one),
        header_params=_params(content.header, one),
        button_params=_params(content.buttons, one),
        whatsapp_body=one.render(content.text)[0] if content.text is not None else None,
    )


def _params(params: Sequence[Param], one: Batch) -> Mapping[str, Any] | None:
    """Static, because everybody in the batch has the same ones."""
    return {"is_static": True, "params": [_param(param, one) for param in params]} if params else None


def _param(param: Param, one: Batch) -> Mapping[str, object]:
    # The page types a parameter as an untyped object; this is the shape of WhatsApp's own API, an assumption.
    return {"type": "text", "text": one.render(param)[0]} if isinstance(param, Template) else param


def _given(**fields: Any) -> dict[str, Any]:
    """Leave out what was not given."""
    return {name: value for name, value in fields.items() if value is not None}
