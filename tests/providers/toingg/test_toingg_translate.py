"""A campaign as Toingg's requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.provider import AiCallContent, Batch, Day, Job, Placeholder, Reach, Template, Window
from outreach_toingg import ToinggSettings, toingg
from outreach_toingg.capabilities import MIN_SCRIPT
from outreach_toingg.script import calendar, instructions, script
from outreach_toingg.translate import masked

WINTER = datetime(2026, 12, 1, 4, 30, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 4, 30, tzinfo=UTC)

MakeJob = Callable[..., Job[ToinggSettings]]
MakePeople = Callable[..., Batch]


def campaign(job: Job[ToinggSettings]) -> Any:
    """Give the body that makes the campaign."""
    (request,) = toingg.open(job)
    return request.body


def test_every_field_of_the_content_arrives(make_job: MakeJob) -> None:
    """What the author wrote stands under the vendor's names, Devanagari and emoji as they are."""
    body = campaign(
        make_job(first_line="नमस्कार 🙏", tone="warm", goal="Remind", knowledge="छुट्टी", ask={"will_pay": "Did they?"})
    )

    assert body["firstLine"] == "नमस्कार 🙏"
    assert (body["tone"], body["purpose"], body["knowledgeBase"]) == ("warm", "Remind", "छुट्टी")
    assert (body["postCallAnalysis"], body["postCallAnalysisSchema"]) == (True, {"will_pay": "Did they?"})


def test_voice_and_language_come_from_the_account_where_the_campaign_names_none(make_job: MakeJob) -> None:
    """The content goes before the account, and our name of a voice becomes the vendor's."""
    account = {"voice": "ours", "language": "nepali", "voices": {"ours": "priya_hindi"}}

    mine, theirs = campaign(make_job(settings=account)), campaign(make_job(voice=None, language=None, settings=account))

    assert (mine["voice"], mine["language"]) == ("swara", "hindi")
    assert (theirs["voice"], theirs["language"]) == ("priya_hindi", "nepali")


def test_nothing_is_sent_by_which_toingg_would_contact_people_itself(make_job: MakeJob) -> None:
    """Only documented keys go out: no autopilot, no counters, no timeouts."""
    body = campaign(make_job())

    assert set(body) == {
        *("title", "voice", "language", "script", "purpose", "knowledgeBase"),
        *("calendar", "firstLine", "tone", "postCallAnalysis", "postCallAnalysisSchema"),
    }


def test_extra_is_laid_over_the_campaign_last(make_job: MakeJob) -> None:
    """The account's extra fields go into the create request, and only there."""
    job = make_job(settings={"extra": {"maxCallTimeout": 3, "tone": "calm"}, "call_extra": {"asr": "AZURE"}})

    assert campaign(job)["maxCallTimeout"] == 3
    assert campaign(job)["tone"] == "calm"


def test_a_script_is_composed_of_the_message(make_job: MakeJob) -> None:
    """A short message becomes instructions around it that are long enough by themselves."""
    body = campaign(make_job(script=None, text="नमस्कार 🙏 {{kept}}"))

    assert "\n\nनमस्कार 🙏 {kept}\n\n" in body["script"]
    assert len(body["script"]) >= MIN_SCRIPT


@given(st.text(min_size=1).filter(str.strip))
def test_any_message_gives_a_script_that_holds_it(message: str) -> None:
    """Whatever the message is, it stands in the script unchanged, and the same message gives the same script."""
    content = AiCallContent(text=Template.parse(message.replace("{", "{{").replace("}", "}}")))

    assert message.strip() in instructions(content)
    assert len(instructions(content)) >= MIN_SCRIPT
    assert script(content) == script(content)


def test_the_script_explains_its_placeholders(make_job: MakeJob) -> None:
    """Placeholders stay in braces, fallbacks are taken off, and a sentence says what the braces mean."""
    body = campaign(make_job(first_line="Am I speaking to {name|ग्राहक}?", script=("Ask for Rs {amount}. " * 12)))

    assert body["firstLine"] == "Am I speaking to {name}?"
    assert body["script"].startswith("Ask for Rs {amount}. Ask")
    assert "{amount}, {name}. Always say the detail itself" in body["script"]


def test_a_script_without_placeholders_goes_as_written(make_job: MakeJob) -> None:
    """Nothing is added to a script that needs no explanation."""
    assert campaign(make_job(script="  " + "क" * 200 + "\n"))["script"] == "क" * 200


@pytest.mark.parametrize(
    ("start", "end", "days", "zone", "at", "text"),
    [
        (time(10), time(22), (), "Asia/Kolkata", WINTER, "10Am to 10Pm IST"),
        (time(10, 30), time(18, 5), (), "Asia/Kathmandu", WINTER, "10:30Am to 6:05Pm Asia/Kathmandu"),
        (time(0), time(12), (), "UTC", WINTER, "12Am to 12Pm UTC"),
        (time(9), time(17), (), "America/New_York", WINTER, "9Am to 5Pm EST"),
        (time(9), time(17), (), "America/New_York", SUMMER, "9Am to 5Pm EDT"),
        (time(9), time(17), (Day.SUN, Day.MON), "Europe/London", SUMMER, "9Am to 5Pm BST on Sun, Mon"),
    ],
)
def test_a_window_reads_like_the_sample(
    start: time, end: time, days: tuple[Day, ...], zone: str, at: datetime, text: str
) -> None:
    """Hours are written on the twelve-hour clock, with the zone's letters where it has some."""
    assert calendar(Window(start=start, end=end, days=days), zone, at) == text


def test_without_a_window_the_account_says_the_hours(make_job: MakeJob) -> None:
    """The sample's own hours are the default, and the account may say others."""
    assert campaign(make_job())["calendar"] == "10Am to 10Pm IST"
    assert campaign(make_job(settings={"calendar": ""}))["calendar"] == ""


def test_a_call_rings_one_person(make_job: MakeJob, make_people: MakePeople) -> None:
    """A person's values travel as extraParams, and the campaign's id under ``campID``."""
    job = make_job(script="Ask {name|ग्राहक} for Rs {amount}. " * 12)

    request = toingg.load(job, make_people(contact="7", name="Sita", amount="१,५००"))
    filled = request.fill({"campaign": "668bd4e8a620ac9172c8d08b"})

    assert (request.method, request.target, request.refs) == ("POST", "make_call", frozenset({"campaign"}))
    assert (request.reaches, request.repeatable) == (Reach.BATCH, False)
    assert filled.body["campID"] == "668bd4e8a620ac9172c8d08b"
    assert (filled.body["name"], filled.body["phoneNumber"]) == ("Sita", "+9779610000042")
    assert filled.body["extraParams"]["amount"] == "१,५००"


def test_a_call_without_values_has_no_extra_params(make_job: MakeJob, make_people: MakePeople) -> None:
    """Three documented fields suffice, and the account's own come on top."""
    assert list(toingg.load(make_job(), make_people()).body) == ["name", "phoneNumber", "campID"]
    with_asr = toingg.load(make_job(settings={"call_extra": {"asr": "AZURE"}}), make_people())
    assert with_asr.body["asr"] == "AZURE"


def test_a_fallback_travels_as_the_value(make_job: MakeJob) -> None:
    """The value of ``{name|ग्राहक}`` stands under ``name``."""
    people = Batch(phones=["+9779610000042"], ids=[""], names=[""], values={Placeholder("name", "ग्राहक"): ["ग्राहक"]})

    assert toingg.load(make_job(), people).body["extraParams"] == {"name": "ग्राहक"}


@pytest.mark.parametrize(
    ("contact", "name", "sent"), [("7", "Sita", "Sita"), ("7", "", "7"), ("", "", "+977********42")]
)
def test_a_call_names_the_person(
    make_job: MakeJob, make_people: MakePeople, contact: str, name: str, sent: str
) -> None:
    """The name goes before the id, and the id before the masked number."""
    assert toingg.load(make_job(), make_people(contact=contact, name=name)).body["name"] == sent


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_a_masked_number_shows_six_characters(phone: str) -> None:
    """Whatever its length, a number shows four characters before the stars and two behind."""
    assert len(masked(phone)) == len(phone)
    assert len(masked(phone).replace("*", "")) == 6


@pytest.mark.parametrize("count", [0, 2])
def test_a_call_never_takes_several_people(make_job: MakeJob, count: int) -> None:
    """Toingg's call is for one: a batch of another size is a mistake of the program."""
    people = Batch(phones=["+9779610000042"] * count, ids=[""] * count, names=[""] * count)

    with pytest.raises(ValueError, match="one person per call"):
        toingg.load(make_job(), people)
