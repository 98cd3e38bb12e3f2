"""What is said against a campaign at Toingg before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from outreach.provider import Channel, Finding, Job, Verdict, Window
from outreach_toingg import ToinggSettings, toingg

MakeJob = Callable[..., Job[ToinggSettings]]

WINDOW = {"window": Window(start=time(10), end=time(18))}


def refusals(job: Job[ToinggSettings]) -> dict[str, str]:
    """Give what is refused, by field."""
    return {finding.field: finding.detail for finding in toingg.check(job) if finding.verdict is Verdict.REFUSED}


def test_a_good_campaign_has_no_finding(make_job: MakeJob) -> None:
    """With script, language, voice and window there is nothing to say."""
    assert list(toingg.check(make_job(job=WINDOW))) == []


@pytest.mark.parametrize(
    ("content", "field", "words"),
    [
        ({"script": "क" * 199}, "messages.ai_call.script", "199 characters"),
        ({"script": " " * 150 + "short" + " " * 150}, "messages.ai_call.script", "5 characters"),
        ({"script": None}, "messages.ai_call.script", "needs a script"),
        ({"script": "क" * 200, "text": "hello"}, "messages.ai_call.text", "only one"),
        ({"language": "english/hindi"}, "messages.ai_call.language", "is a choice"),
        ({"language": None}, "messages.ai_call.language", "`language`"),
        ({"voice": None}, "messages.ai_call.voice", "`voice`"),
        ({"script": "{n|a} {n|b} " * 30}, "messages.ai_call", "2 different fallbacks"),
    ],
)
def test_what_toingg_cannot_take_is_refused(make_job: MakeJob, content: dict[str, Any], field: str, words: str) -> None:
    """Each mistake is named at its place in the file, and alone."""
    (found,) = refusals(make_job(**content)).items()

    assert found[0] == field
    assert words in found[1]


def test_two_hundred_code_points_are_enough(make_job: MakeJob) -> None:
    """The length counts characters, not bytes."""
    assert refusals(make_job(script="🙏" * 200)) == {}


def test_the_explanation_of_placeholders_does_not_lengthen_a_script(make_job: MakeJob) -> None:
    """A script that is too short by itself is refused, although a sentence is put behind it."""
    assert "messages.ai_call.script" in refusals(make_job(script="Greet {name}."))


def test_one_name_with_and_without_fallback_is_no_conflict(make_job: MakeJob) -> None:
    """Somebody without a value is left out for ``{n}`` anyhow, so that ``{n|a}`` cannot differ."""
    assert refusals(make_job(script="{n|a} {n} " * 30)) == {}


def test_a_composed_script_is_told(make_job: MakeJob) -> None:
    """The plan says that the script is outreach's own."""
    (finding,) = toingg.check(make_job(script=None, text="नमस्कार", job=WINDOW))

    assert (finding.field, finding.verdict, finding.code) == ("messages.ai_call.script", Verdict.EMULATED, "")
    assert finding.detail.startswith("composed from `message`: ")


def test_hours_that_nobody_asked_for_are_told(make_job: MakeJob) -> None:
    """Without a window the plan says what Toingg is told instead."""
    (finding,) = toingg.check(make_job())

    assert finding == Finding(
        channel=Channel.AI_CALL,
        provider="toingg",
        field="schedule.window",
        verdict=Verdict.EMULATED,
        detail=finding.detail,
    )
    assert "10Am to 10Pm IST" in finding.detail


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"extra": {"autoPilot": True}}, "providers.toingg.extra.autoPilot"),
        ({"extra": {"campaignMode": {"autoPilot": "yes"}}}, "providers.toingg.extra.campaignMode.autoPilot"),
        ({"extra": {"mexRetry": 5}}, "providers.toingg.extra.mexRetry"),
        ({"call_extra": {"resend": True}}, "providers.toingg.call_extra.resend"),
        ({"call_extra": {"phoneNumber": "+12025550100"}}, "providers.toingg.call_extra.phoneNumber"),
        ({"call_extra": {"campID": "1"}}, "providers.toingg.call_extra.campID"),
    ],
)
def test_extra_cannot_make_toingg_contact_others(make_job: MakeJob, settings: dict[str, Any], field: str) -> None:
    """Fields that ring people of the vendor's own accord, or other people, are refused wherever they stand."""
    assert list(refusals(make_job(settings=settings))) == [field]


def test_saying_no_to_autopilot_is_allowed(make_job: MakeJob) -> None:
    """``autoPilot: false`` asks for what outreach wants anyhow."""
    assert refusals(make_job(settings={"extra": {"autoPilot": False}})) == {}
