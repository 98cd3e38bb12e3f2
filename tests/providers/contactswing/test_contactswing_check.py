"""What is said against a campaign at ContactSwing before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from outreach.provider import Channel, Job, Verdict, Window
from outreach_contactswing import ContactSwingSettings, contactswing

MakeJob = Callable[..., Job[ContactSwingSettings]]

WINDOW = {"window": Window(start=time(10), end=time(18))}
TEMPLATE = {"template": "fee_due", "language": "en"}


def refusals(job: Job[ContactSwingSettings]) -> dict[str, str]:
    """Give what is refused, by field."""
    return {finding.field: finding.detail for finding in contactswing.check(job) if finding.verdict is Verdict.REFUSED}


@pytest.mark.parametrize("content", [TEMPLATE, {"text": "नमस्कार"}, {**TEMPLATE, "attachment": "https://example.com/a"}])
def test_a_good_campaign_has_no_finding(make_job: MakeJob, content: dict[str, Any]) -> None:
    """With a message and a window of whole hours there is nothing to say."""
    assert list(contactswing.check(make_job(job=WINDOW, **content))) == []


@pytest.mark.parametrize(
    ("content", "field", "words"),
    [
        ({**TEMPLATE, "text": "hello"}, "messages.whatsapp", "one of them"),
        ({"attachment": "https://example.com/a"}, "messages.whatsapp", "neither"),
        ({"template": "fee_due"}, "messages.whatsapp.language", "`language`"),
        ({"text": "hello", "language": "en"}, "messages.whatsapp.language", "take it out"),
        ({"text": "hello", "header": ("x",)}, "messages.whatsapp.header", "template"),
        ({"text": "hello", "body": ("x",)}, "messages.whatsapp.body", "template"),
        ({"text": "hello", "buttons": ("x",)}, "messages.whatsapp.buttons", "template"),
        ({"text": "hello", "attachment": "http://example.com/a"}, "messages.whatsapp.attachment", "https://"),
    ],
)
def test_what_contactswing_cannot_take_is_refused(
    make_job: MakeJob, content: dict[str, Any], field: str, words: str
) -> None:
    """Each mistake is named at its place in the file, and alone."""
    ((found, detail),) = refusals(make_job(**content)).items()

    assert found == field
    assert words in detail


def test_the_accounts_language_is_enough_for_a_template(make_job: MakeJob) -> None:
    """The campaign need not repeat it."""
    assert refusals(make_job(template="fee_due", settings={"language": "en"})) == {}


def test_a_missing_window_is_told(make_job: MakeJob) -> None:
    """The plan shows the hours that ContactSwing gets instead."""
    (finding,) = contactswing.check(make_job(text="hello"))

    assert (finding.channel, finding.provider) == (Channel.WHATSAPP, "contactswing")
    assert (finding.field, finding.verdict) == ("schedule.window", Verdict.EMULATED)
    assert "every day, 9 to 19, Asia/Kathmandu" in finding.detail


def test_a_narrowed_window_is_told(make_job: MakeJob) -> None:
    """The plan shows the whole hours that are left."""
    window = Window(start=time(10, 30), end=time(18, 45))
    (finding,) = contactswing.check(make_job(job={"window": window}, **TEMPLATE))

    assert (finding.field, finding.verdict) == ("schedule.window", Verdict.EMULATED)
    assert "11 to 18, Asia/Kathmandu" in finding.detail


def test_a_window_without_a_whole_hour_is_refused(make_job: MakeJob) -> None:
    """Nothing of it would be left."""
    window = Window(start=time(10, 15), end=time(11, 45))

    assert list(refusals(make_job(job={"window": window}, **TEMPLATE))) == ["schedule.window"]


def test_braces_in_a_mapping_are_told(make_job: MakeJob) -> None:
    """A mapping goes as written, which somebody who wrote a placeholder into it must know."""
    params = ({"type": "text", "text": "{name}"}, {"type": "image", "image": [{"link": "x"}]}, "{name}")
    (finding,) = contactswing.check(make_job(body=params, job=WINDOW, **TEMPLATE))

    assert (finding.field, finding.verdict) == ("messages.whatsapp.body[0]", Verdict.NATIVE)


@pytest.mark.parametrize(
    ("touchpoint", "field"),
    [
        ({"customer_details": []}, "touchpoint.customer_details"),
        ({"additional_settings": {"ignore_suppression": True}}, "touchpoint.additional_settings.ignore_suppression"),
        ({"additional_settings": {"ignore_suppression": 1}}, "touchpoint.additional_settings.ignore_suppression"),
        ({"additional_settings": None}, "touchpoint.additional_settings"),
        ("x", "touchpoint"),
    ],
)
def test_extra_cannot_change_who_is_contacted(make_job: MakeJob, touchpoint: Any, field: str) -> None:
    """People and suppression are never in the hands of unchecked fields."""
    job = make_job(text="hello", settings={"extra": {"touchpoint": touchpoint}})

    assert list(refusals(job)) == [f"providers.contactswing.extra.{field}"]


def test_other_extra_fields_are_the_owners_business(make_job: MakeJob) -> None:
    """Also one that only says what outreach says anyhow."""
    extra = {"type": "x", "touchpoint": {"variables": [{}], "additional_settings": {"ignore_suppression": False}}}

    assert refusals(make_job(text="hello", settings={"extra": extra})) == {}
