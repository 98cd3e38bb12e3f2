"""A campaign in TingTing's words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.provider import Batch, Channel, Job, Placeholder, Reach, Ref, Template, VoiceContent
from outreach_tingting import Settings, endpoints, tingting
from outreach_tingting.numbers import to_e164, to_local
from outreach_tingting.translate import keys

MakeJob = Callable[..., Job[Settings]]
MakeBatch = Callable[..., Batch]

# The bodies that the vendor prints, https://tingting-api.readthedocs.io/en/latest/api/add-campaign.html,
# with the trailing comma of the first taken out.
CREATE = """{
"name" : "example test campaign",
"services" : "PHONE",
"user_phone" : [3],
"message" : "नमस्ते तिङ्तिङ् मा स्वागत् छ",
"sms_message" : "नमस्ते तिङ्तिङ् मा स्वागत् छ",
"description" : "Test message",
"schedule" : "2025-07-08"
}"""
MESSAGE = '{"voice" : 3, "category" : "Text"}'
SINGLE = '{"number" : 9823561098, "other_variables" : {"age" : 23, "name" : "Rajesh", "salary" : 50000}}'
ARRAY = """{"contacts": [
{ "number": "9841234567", "other_variables": {} },
{ "number": "9841234568" },
{ "number": "9841234569", "other_variables": { "name": "Jane" } }
]}"""

GREETING = "नमस्ते तिङ्तिङ् मा स्वागत् छ"


def test_the_documented_create_comes_out_of_a_campaign(make_job: MakeJob) -> None:
    """The sample's date is midnight in Nepal; its second text, which a call has no use for, is the account's extra."""
    job = make_job(
        GREETING,
        title="example test campaign",
        marker="",
        description="Test message",
        start=datetime(2025, 7, 7, 18, 15, tzinfo=UTC),
        scheduled=True,
        extra={"sms_message": GREETING},
    )

    request = tingting.open(job)[0]

    assert {**json.loads(CREATE), "schedule": "2025-07-08T00:00:00+05:45"} == json.loads(request.encode() or b"")
    assert (request.method, request.target) == ("POST", "campaign/create/")
    assert request.captures == {"campaign": ("id", "data.id")}
    assert (request.reaches, request.repeatable) == (Reach.NOBODY, False)


def test_the_documented_message_comes_out_of_a_campaign(make_job: MakeJob) -> None:
    """Voice and category as the vendor prints them; the texts were given before, and the factor 1 is its default."""
    request = tingting.open(make_job(GREETING))[1]

    assert json.loads(MESSAGE) == request.body
    assert (request.method, request.fill({"campaign": "79"}).target) == ("PATCH", "campaign/create/79/message/")
    assert request.repeatable


def test_the_documented_contacts_come_out_of_the_builders() -> None:
    """Both forms of add-contact are written as the vendor prints them."""
    three = [("9841234567", {}), ("9841234568", None), ("9841234569", {"name": "Jane"})]

    assert json.loads(ARRAY) == {"contacts": [endpoints.contact(*one) for one in three]}
    assert json.loads(SINGLE) == endpoints.contact(9823561098, {"age": 23, "name": "Rajesh", "salary": 50000})


def test_the_documented_contacts_come_out_of_a_batch(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """People of a text without placeholders travel as the sample's second, those of one with a name as its third."""
    plain = tingting.load(make_job("hello"), make_batch(["+9779841234568"]))
    named = tingting.load(make_job("hello {name}"), make_batch(["+9779841234569"], name=["Jane"]))

    assert json.loads(ARRAY)["contacts"][1:] == plain.body["contacts"] + named.body["contacts"]
    assert (plain.method, plain.fill({"campaign": "79"}).target) == ("POST", "campaign/79/add-contact/")
    assert (plain.reaches, plain.repeatable) == (Reach.NOBODY, False)


def test_the_documented_detail_is_a_page_of_the_contacts(make_job: MakeJob) -> None:
    """People are listed by limit and offset."""
    question = tingting.roll(make_job("hello"))

    assert question is not None
    assert (question.request.method, question.request.fill({"campaign": "79"}).target) == ("GET", "campaign-detail/79/")
    assert question.request.query == {"limit": "100", "offset": "0"}


def test_tags_are_spelled_as_the_sample_spells_them(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """With the prefix set, texts say {tags_name} while contacts say name, as on the vendor's page."""
    text = "नमस्कार, {name}, हजुर {age} वर्षको हुनुहुन्छ र हजुरको सालारी {salary} छ |"
    job = make_job(text, tag_prefix="tags_")

    body = tingting.open(job)[0].body
    people = tingting.load(job, make_batch(["+9779823561098"], name=["Rajesh"], age=["23"], salary=["50000"])).body

    assert body["message"] == "नमस्कार, {tags_name}, हजुर {tags_age} वर्षको हुनुहुन्छ र हजुरको सालारी {tags_salary} छ |"
    assert people["contacts"][0]["other_variables"] == {"name": "Rajesh", "age": "23", "salary": "50000"}


@pytest.mark.parametrize(
    ("texts", "services", "message", "sms_message"),
    [
        ({"voice": "call"}, "PHONE", "call", ""),
        ({"sms": "text"}, "SMS", "", "text"),
        ({"voice": "call", "sms": "text"}, "SMS & PHONE", "call", "text"),
    ],
)
def test_services_follow_the_channels(
    make_job: MakeJob, texts: dict[str, str], services: str, message: str, sms_message: str
) -> None:
    """Both message fields are always there, the unused one empty, and the voice is set where there is a call."""
    requests = tingting.open(make_job(**texts))
    body = requests[0].body

    assert (services, message, sms_message) == (body["services"], body["message"], body["sms_message"])
    assert ("voice" in texts) == any(request.method == "PATCH" for request in requests)


def test_what_begins_now_has_no_schedule(make_job: MakeJob) -> None:
    """The field is left out, and nothing that lets the vendor repeat a contact is ever in the body."""
    body = tingting.open(make_job("hello"))[0].body

    assert list(body) == ["name", "services", "user_phone", "message", "sms_message", "description"]


def test_extra_is_laid_over_the_body(make_job: MakeJob) -> None:
    """What the account calls extra has the last word, and other fields stay."""
    body = tingting.open(make_job("hello", extra={"description": "own", "credit_limit": 5}))[0].body

    assert (body["description"], body["credit_limit"], body["services"]) == ("own", 5, "PHONE")


def test_the_voice_goes_into_create_only_on_request(make_job: MakeJob) -> None:
    """The vendor's page and its samples disagree whether create takes a voice."""
    without, within = (tingting.open(make_job("hello", voice_in_create=flag))[0].body for flag in (False, True))

    assert "voice" not in without
    assert within["voice"] == 3


@pytest.mark.parametrize(
    ("wanted", "expected"), [(None, 3), ("5", 5), ("rija", 2), ("nobody", None), ("३", None), ("-1", None)]
)
def test_voices_are_numbers(make_job: MakeJob, wanted: str | None, expected: int | None) -> None:
    """A content names one by our word for it or by the vendor's number; else the account's is taken."""
    content = VoiceContent(text=Template.parse("hello"), voice=wanted)

    body = tingting.open(make_job(content, voices={"rija": "2"}))[1].body

    assert expected == body["voice"]


@pytest.mark.parametrize(("speed", "factor"), [(1.0, None), (1.25, "0.80"), (0.5, "2.00"), (1.001, None)])
def test_speed_becomes_a_factor_of_length(make_job: MakeJob, speed: float, factor: str | None) -> None:
    """Twice as fast is half as long, as a text with two decimals."""
    content = VoiceContent(text=Template.parse("hello"), speed=speed)

    assert factor == tingting.open(make_job(content))[1].body.get("length_factor")


def test_only_run_reaches_people(make_job: MakeJob) -> None:
    """Run is sent once, reaches everybody, is never repeated, and its 404 proves nothing."""
    (run,) = tingting.launch(make_job("hello"))

    assert ("POST", ("run-campaign", Ref("campaign"), "")) == (run.method, run.path)
    assert (Reach.EVERYONE, False, frozenset({404}), None) == (run.reaches, run.repeatable, run.unclear, run.body)
    assert {Reach.NOBODY} == {request.reaches for request in tingting.open(make_job("hello", sms="hello"))}


def test_every_path_ends_in_a_slash() -> None:
    """The vendor redirects a path without one, and redirects are never followed."""
    assert all(row.path.endswith("/") and not row.path.startswith("/") for row in endpoints.V1)


def test_one_name_with_two_fallbacks_has_two_keys(make_job: MakeJob) -> None:
    """A person without a name is a friend in one sentence and a customer in the other."""
    job = make_job("Dear {name|friend}", sms="{name|ग्राहक} {name}")
    values = {Placeholder("name", "friend"): ["friend"], Placeholder("name", "ग्राहक"): ["ग्राहक"]}
    batch = Batch(phones=["+9779610000001"], ids=[""], names=[""], values={**values, Placeholder("name"): [""]})

    body = tingting.open(job)[0].body
    person = tingting.load(job, batch).body["contacts"][0]

    assert (body["message"], body["sms_message"]) == ("Dear {name}", "{name_2} {name_3}")
    assert person["other_variables"] == {"name": "friend", "name_2": "ग्राहक", "name_3": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{name} {Name}", ["name", "Name_2"]),
        ("{first name} {first_name}", ["first_name", "first_name_2"]),
        ("{a} {a_2} {a|x}", ["a", "a_2", "a_3"]),
        ("{नाम} {ठेगाना}", ["value", "value_2"]),
        ("{2nd}", ["v2nd"]),
    ],
)
def test_keys_are_plain_and_apart(make_job: MakeJob, text: str, expected: list[str]) -> None:
    """Whatever a column is called, the vendor gets letters, digits and _, and never one key for two values."""
    assert expected == list(keys(make_job(text)).values())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("9841234567", "+9779841234567"),
        (9841234567, "+9779841234567"),
        ("9779841234567", "+9779841234567"),
        (9779841234567, "+9779841234567"),
        ("+977 984-1234567", "+9779841234567"),
        ("00977 9841234567", "+9779841234567"),
        ("09841234567", "+9779841234567"),
        ("9771234567", "+9779771234567"),
        ("015970425", "+97715970425"),
        ("97715970425", "+97715970425"),
        ("", None),
        (None, None),
        (True, None),
        (["9841234567"], None),
    ],
    ids=repr,
)
def test_numbers_are_read_however_they_are_written(value: object, expected: str | None) -> None:
    """Text or whole number, with or without 977, plus, zeros and blanks."""
    assert expected == to_e164(value)


phones = st.from_regex(r"\+977(9[678][0-9]{8}|[1-9][0-9]{7})", fullmatch=True)


@given(st.lists(st.tuples(phones, st.text()), max_size=30))
def test_a_load_holds_everybody_in_order(people: list[tuple[str, str]]) -> None:
    """Numbers and values of any batch come out as they went in, person by person."""
    job = Job(
        title="fees",
        marker="",
        description="",
        contents={Channel.VOICE: VoiceContent(text=Template.parse("hello {name}"))},
        start=datetime(2026, 12, 1, tzinfo=UTC),
        scheduled=False,
        window=None,
        zone="Asia/Kathmandu",
        settings=Settings(),
    )
    batch = Batch(
        phones=[phone for phone, _ in people],
        ids=[""] * len(people),
        names=[""] * len(people),
        values={Placeholder("name"): [name for _, name in people]},
    )

    contacts = tingting.load(job, batch).body["contacts"]

    assert people == [(to_e164(one["number"]), one["other_variables"]["name"]) for one in contacts]
    assert [to_local(phone) for phone, _ in people] == [one["number"] for one in contacts]
