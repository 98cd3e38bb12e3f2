"""The stand-in for TingTing is strict, keeps the vendor's shapes, and stumbles where its tables say so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from outreach.provider import Batch, Channel, Emulator, Endpoint, Job, Kind, Received, Request, Response, Status
from outreach_tingting import Settings, endpoints, magic, outreach_register_providers, tingting
from outreach_tingting.translate import keys

MakeJob = Callable[..., Job[Settings]]
MakeBatch = Callable[..., Batch]
Vendor = Any  # the stand-in with a clock, of conftest.py

PHONES = ["+9779610000011", "+9779610000012"]

CREATE: dict[str, Any] = {
    "name": "example test campaign",
    "services": "PHONE",
    "user_phone": [3],
    "message": "नमस्ते तिङ्तिङ् मा स्वागत् छ",
    "sms_message": "नमस्ते तिङ्तिङ् मा स्वागत् छ",
    "description": "Test message",
    "schedule": "2027-07-08",
}


def make(vendor: Vendor, job: Job[Settings]) -> list[Kind]:
    """Open a campaign as the engine would; give what each answer means."""
    kinds = []
    for request in tingting.open(job):
        outcome = tingting.interpret(job, request, vendor.send(request), None)
        vendor.refs |= outcome.captures
        kinds.append(outcome.kind)
    return kinds


def add(vendor: Vendor, job: Job[Settings], batch: Batch) -> Response:
    """Load people."""
    answer: Response = vendor.send(tingting.load(job, batch))
    return answer


def run(vendor: Vendor, job: Job[Settings]) -> Response:
    """Launch."""
    answer: Response = vendor.send(tingting.launch(job)[0])
    return answer


def post(vendor: Vendor, body: Any, **changes: Any) -> Response:
    """Create with some fields changed; None takes one out."""
    fields = {key: value for key, value in {**body, **changes}.items() if value is not ...}
    answer: Response = vendor.send(endpoints.CREATE.build(body=fields))
    return answer


def test_a_whole_campaign_goes_through(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch) -> None:
    """Made, loaded, listed, run: each person is called once, and the list tells what became of them."""
    job = make_job("नमस्कार {name|ग्राहक}")
    batch = Batch(phones=PHONES, ids=["", ""], names=["", ""], values={next(iter(keys(job))): ["राम", "ग्राहक"]})

    assert make(vendor, job) == [Kind.ACCEPTED] * 3
    outcome = tingting.interpret(job, tingting.load(job, batch), add(vendor, job, batch), batch)
    before = vendor.ask(tingting.roll(job))
    launched = run(vendor, job)
    vendor.now += timedelta(seconds=3)
    after = vendor.ask(tingting.roll(job))

    assert list(outcome.receipts) == list(before.present) == PHONES
    assert (before.started, after.started, launched.ok) == (False, True, True)
    assert [(one.phone, one.channel) for one in vendor.sandbox.reached] == [(phone, Channel.VOICE) for phone in PHONES]
    assert {receipt.status for receipt in after.present.values()} == {Status.ANSWERED}


def test_both_channels_reach_a_person_by_each(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch) -> None:
    """SMS & PHONE is a call and a message."""
    job = make_job("hello", sms="hello")
    make(vendor, job)
    add(vendor, job, make_batch(PHONES[:1]))
    run(vendor, job)

    assert [one.channel for one in vendor.sandbox.reached] == [Channel.VOICE, Channel.SMS]


def test_a_schedule_is_kept(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch) -> None:
    """Nobody is called before its time, and then at its time."""
    due = vendor.now + timedelta(hours=2)
    job = make_job("hello", start=due, scheduled=True)
    assert make(vendor, job) == [Kind.ACCEPTED] * 3
    add(vendor, job, make_batch(PHONES))

    answer = run(vendor, job)
    settled = vendor.ask(tingting.settle(job, tingting.launch(job)[0].fill(vendor.refs)))
    waiting = list(vendor.sandbox.reached)
    vendor.now = due + timedelta(minutes=1)
    vendor.ask(tingting.roll(job))

    assert answer.json()["message"].startswith("Campaign Scheduled successfully for 2083-12-01 at ")
    assert (settled.happened, waiting) == (True, [])
    assert [(one.phone, one.at) for one in vendor.sandbox.reached] == [(phone, due) for phone in PHONES]


def test_the_same_number_twice_is_called_twice(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch) -> None:
    """Nothing says that the vendor looks; to look is the sender's business."""
    job = make_job("hello")
    make(vendor, job)
    add(vendor, job, make_batch(PHONES[:1]))
    add(vendor, job, make_batch(PHONES[:1]))

    doubled = vendor.ask(tingting.roll(job)).doubled
    run(vendor, job)

    assert doubled == {PHONES[0]}
    assert len(vendor.sandbox.reached) == 2


def test_create_answers_as_documented(vendor: Vendor) -> None:
    """The sample request gets the sample's keys, its types, and 201."""
    answer = post(vendor, CREATE)
    document = answer.json()

    assert answer.status == 201
    assert list(document) == [
        "id", "name", "services", "status", "sms_message", "message", "description", "schedule", "audio_file",
        "bulk_file", "category", "user_phone", "progress_percent", "updated_at", "credit_limit", "draft",
        "failover_target", "length_factor", "main_audit", "voice",
    ]  # fmt: skip
    assert (document["id"], document["status"], document["main_audit"]) == (79, "Not Started", "4770")
    assert (document["schedule"], document["voice"]) == ("2027-07-08T00:00:00+05:45", None)


def test_message_answers_as_documented(vendor: Vendor) -> None:
    """The sample request gets the sample's answer."""
    post(vendor, CREATE)

    answer = vendor.send(endpoints.SET_MESSAGE.build(id="79", body={"voice": 3, "category": "Text"}))

    assert answer.json() == {
        "voice": 3,
        "sms_message": CREATE["sms_message"],
        "message": CREATE["message"],
        "category": "Text",
        "draft": False,
        "length_factor": "1.00",
    }


def test_contacts_answer_as_documented(vendor: Vendor) -> None:
    """Both forms take the sample bodies; the array's rows have the vendor's keys, its misspelling too."""
    post(vendor, CREATE)
    array = [endpoints.contact("9841234567", {}), endpoints.contact("9841234568"), endpoints.contact("9841234569", {})]

    single = vendor.send(endpoints.ADD_CONTACT.build(id="79", body=endpoints.contact(9823561098, {"age": 23})))
    several = vendor.send(endpoints.ADD_CONTACT.build(id="79", body={"contacts": array})).json()

    assert single.json() == {"message": "New Contact added"}
    assert list(several) == ["created", "skipped", "contacts", "errors"]
    assert (several["created"], several["skipped"], several["errors"]) == (3, 0, None)
    assert list(several["contacts"][0]) == [
        "id", "updated_at", "created_at", "deleted_at", "number", "status", "other_variables", "credit_consumed",
        "credit_consumed_SMS", "duration", "playback", "uuid", "failover_sms_sent", "campaing",
    ]  # fmt: skip
    assert [one["number"] for one in several["contacts"]] == ["9841234567", "9841234568", "9841234569"]
    assert re.fullmatch(r"[A-Z][a-z]{2}\. \d\d, \d{4}, \d\d:\d\d [AP]M", several["contacts"][0]["updated_at"])


def test_lists_answer_as_documented(vendor: Vendor) -> None:
    """Counters, addresses and rows of both lists, page by page."""
    post(vendor, CREATE)
    post(vendor, CREATE, name="another")
    vendor.send(endpoints.ADD_CONTACT.build(id="79", body=endpoints.contact("9841234567")))

    listed = vendor.send(endpoints.LIST.build(query=endpoints.page(1, 0))).json()
    searched = vendor.send(endpoints.LIST.build(query={"search": "EXAMPLE"})).json()
    running = vendor.send(endpoints.LIST.build(query={"status": "Running"})).json()
    people = vendor.send(endpoints.LIST_CONTACTS.build(id="79")).json()

    assert (listed["count"], listed["total_pages"], listed["previous"]) == (2, 2, None)
    assert listed["next"] == "https://app.tingting.io/api/v1/campaign/?limit=1&offset=1"
    assert [one["name"] for one in searched["results"]] == ["example test campaign"]
    assert running["results"] == []
    assert (people["carrier_summary"], people["results"][0]["carrier"]) == ({"NTC": 1}, "NTC")


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (endpoints.LIST_VOICES, "voice_internal_name"),
        (endpoints.LIST_BROKER_PHONES, "phone_number"),
        (endpoints.LIST_OWN_PHONES, "phone_number"),
    ],
)
def test_account_lists_are_bare(vendor: Vendor, row: Endpoint, key: str) -> None:
    """Voices and senders come without an envelope."""
    assert all(key in one for one in vendor.send(row.build()).json())


def test_the_dashboard_counts(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch) -> None:
    """Calls and messages are counted apart."""
    job = make_job("hello", sms="hello")
    make(vendor, job)
    add(vendor, job, make_batch(PHONES))
    run(vendor, job)

    document = vendor.send(endpoints.DASHBOARD.build()).json()

    assert (document["outbound_calls"], document["outbound_sms"], document["remaining_credits"]) == (2, 2, 99_996)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        *[({field: ...}, field, "This field is required.") for field in list(CREATE)[:5]],
        ({"name": " "}, "name", "This field may not be blank."),
        ({"services": "PHONE & SMS"}, "services", '"PHONE & SMS" is not a valid choice.'),
        ({"user_phone": 3}, "user_phone", "Expected a non-empty list of items."),
        ({"user_phone": []}, "user_phone", "Expected a non-empty list of items."),
        ({"user_phone": ["3"]}, "user_phone", 'Invalid pk "3" - object does not exist.'),
        ({"user_phone": [9000]}, "user_phone", 'Invalid pk "9000" - object does not exist.'),
        ({"message": 5}, "message", "Not a valid string."),
        ({"message": ""}, "message", "This field may not be blank."),
        ({"services": "SMS", "sms_message": ""}, "sms_message", "This field may not be blank."),
        ({"schedule": "2026-11-30T10:00:00+05:45"}, "schedule", "Cannot schedule past dates."),
        ({"schedule": "2026-12-01"}, "schedule", "Cannot schedule past dates."),
        ({"schedule": "tomorrow"}, "schedule", "Datetime has wrong format. Use YYYY-MM-DDThh:mm[:ss][+HH:MM]."),
        ({"voice": {"id": 3}}, "voice", "Invalid pk \"{'id': 3}\" - object does not exist."),
        ({"failover_target": ["failed"]}, "failover_target", "The stand-in does not take this field."),
    ],
)
def test_create_is_strict(vendor: Vendor, changes: dict[str, Any], field: str, words: str) -> None:
    """What the page calls required or typed is checked, and answered field by field."""
    answer = post(vendor, CREATE, **changes)

    assert (answer.status, answer.json()) == (400, {field: [words]})
    assert not vendor.sandbox.campaigns


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"category": "Text"}, "voice"),
        ({"voice": 3}, "category"),
        ({"voice": "3", "category": "Text"}, "voice"),
        ({"voice": 3, "category": "Text", "length_factor": 1.0}, "length_factor"),
        ({"voice": 3, "category": "Text", "length_factor": "0.00"}, "length_factor"),
    ],
)
def test_message_is_strict(vendor: Vendor, body: dict[str, Any], field: str) -> None:
    """Voice and category are required, the factor is a text."""
    post(vendor, CREATE)

    answer = vendor.send(endpoints.SET_MESSAGE.build(id="79", body=body))

    assert (answer.status, list(answer.json())) == (400, [field])


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"contacts": []},
        {"contacts": {"number": "9841234567"}},
        {"contacts": ["9841234567"]},
        {"contacts": [{"number": "9841234567"}, {"other_variables": {}}]},
        {"contacts": [{"number": "+9779841234567"}]},
        {"contacts": [{"number": "12025550123"}]},
        {"number": "9841234567", "other_variables": ["x"]},
        {"number": True},
    ],
)
def test_contacts_are_strict(vendor: Vendor, body: Any) -> None:
    """A body that is wrong anywhere adds nobody."""
    post(vendor, CREATE)

    assert vendor.send(endpoints.ADD_CONTACT.build(id="79", body=body)).status == 400
    assert not vendor.sandbox.campaigns[79].contacts


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "words"),
    [
        ("GET", "campaign/", {}, b"", 401, "Authentication credentials were not provided."),
        ("GET", "campaign/", {"authorization": "Token x"}, b"", 401, "Authentication credentials were not provided."),
        ("GET", "campaign/", {"authorization": "Bearer expired"}, b"", 401, "Invalid token payload."),
        ("GET", "campaign", {"authorization": "Bearer x"}, b"", 404, "Not found."),
        ("GET", "campaign/1/", {"authorization": "Bearer x"}, b"", 404, "Not found."),
        ("GET", "nowhere/", {"authorization": "Bearer x"}, b"", 404, "Not found."),
        ("PUT", "campaign/", {"authorization": "Bearer x"}, b"", 405, 'Method "PUT" not allowed.'),
        ("POST", "campaign/create/", {"authorization": "Bearer x"}, b"{,", 400, "JSON parse error"),
        (
            "POST",
            "campaign/create/",
            {"authorization": "Bearer x", "content-type": "text/plain"},
            b"{}",
            415,
            "Unsupported media type",
        ),
    ],
)
def test_requests_that_are_no_good(
    vendor: Vendor, method: str, path: str, headers: dict[str, str], body: bytes, status: int, words: str
) -> None:
    """Token, slash, method and JSON are checked before anything is done."""
    answer = vendor.sandbox.answer(Received(method=method, path=path, headers=headers, body=body), vendor.now)

    assert answer.status == status
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("people", [0, 1])
def test_a_campaign_must_be_ready(vendor: Vendor, people: int) -> None:
    """Without people, or without a voice, nothing is run."""
    post(vendor, CREATE)
    for _ in range(people):
        vendor.send(endpoints.ADD_CONTACT.build(id="79", body=endpoints.contact("9610000011")))

    answer = vendor.send(endpoints.RUN.build(id="79"))

    assert (answer.status, list(answer.json())) == (400, [["message"], ["voice"]][people])
    assert not vendor.sandbox.reached


def test_a_tag_without_a_value_is_not_read_aloud(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch) -> None:
    """Every person needs every value, in either spelling of the tags."""
    job = make_job("hello {name}", tag_prefix="tags_")
    make(vendor, job)
    vendor.send(endpoints.ADD_CONTACT.build(id="79", body=endpoints.contact("9610000011", {"age": "3"})))

    assert run(vendor, job).status == 400


def test_a_late_schedule_is_not_run(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch) -> None:
    """A campaign whose time has passed before it was run is refused."""
    job = make_job("hello", start=vendor.now + timedelta(minutes=1), scheduled=True)
    make(vendor, job)
    add(vendor, job, make_batch(PHONES))
    vendor.now += timedelta(minutes=2)

    assert (run(vendor, job).status, vendor.sandbox.reached) == (400, [])


def test_what_runs_is_closed(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch) -> None:
    """A second run is not found, and nobody and nothing can be changed any more."""
    job = make_job("hello")
    make(vendor, job)
    add(vendor, job, make_batch(PHONES))
    run(vendor, job)

    assert (run(vendor, job).status, len(vendor.sandbox.reached)) == (404, 2)
    assert add(vendor, job, make_batch(["+9779610000013"])).status == 400
    assert vendor.send(tingting.open(job)[1]).status == 400


def test_people_come_along_one_after_the_other(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch) -> None:
    """From not started over dialing and ringing to the last word, by the clock that is passed in."""
    job = make_job("hello")
    make(vendor, job)
    add(vendor, job, make_batch(PHONES[:1]))
    words, states = [], []
    for seconds in (0, 0, 1, 2):
        vendor.now += timedelta(seconds=seconds)
        words.append(vendor.ask(tingting.roll(job)).present[PHONES[0]].word)
        states.append(vendor.send(endpoints.GET.build(id="79")).json()["status"])
        if len(words) == 1:
            run(vendor, job)

    assert words == ["not started", "dialing", "ringing", "completed"]
    assert states == ["Not Started", "Running", "Running", "Completed"]


@pytest.mark.parametrize(("last", "word"), [*magic.FINAL_WORD.items(), ("0001", "completed")])
def test_magic_last_words(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch, last: str, word: str) -> None:
    """The last four digits of a number decide what becomes of the person."""
    job, phone = make_job("hello"), f"+977961000{last}"
    make(vendor, job)
    add(vendor, job, make_batch([phone]))
    run(vendor, job)
    vendor.now += timedelta(seconds=3)

    assert vendor.ask(tingting.roll(job)).present[phone].word == word


def load_with(
    vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch, fault: str
) -> tuple[Job[Settings], Batch, Response]:
    """Load two people, the second of whom stumbles."""
    job, batch = make_job("hello"), make_batch([PHONES[0], f"+977961000{fault}"])
    make(vendor, job)
    return job, batch, add(vendor, job, batch)


@pytest.mark.parametrize(
    ("fault", "receipts", "refused", "doubtful", "present"),
    [
        (magic.Number.SKIPPED, 1, 0, 1, 1),
        (magic.Number.REFUSED, 1, 1, 0, 1),
        (magic.Number.MISNAMED, 1, 0, 1, 2),
        (magic.Number.PREFIXED, 2, 0, 0, 2),
    ],
)
def test_magic_people(
    vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch, fault: str,
    receipts: int, refused: int, doubtful: int, present: int,
) -> None:  # fmt: skip
    """One person stumbles, the other is added; the list shows who is there."""
    job, batch, answer = load_with(vendor, make_job, make_batch, fault)

    outcome = tingting.interpret(job, tingting.load(job, batch), answer, batch)
    roll = vendor.ask(tingting.roll(job))

    assert (len(outcome.receipts), len(outcome.refused), len(outcome.doubtful)) == (receipts, refused, doubtful)
    assert len(roll.present) == present
    assert set(roll.present) <= set(batch.phones)


@pytest.mark.parametrize(
    ("fault", "status", "present"),
    [(magic.Number.NOT_DONE, 500, 0), (magic.Number.ANSWER_LOST, 500, 2), (magic.Number.LIMITED, 429, 0)],
)
def test_magic_requests(
    vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch, fault: str, status: int, present: int
) -> None:
    """The whole request stumbles, once: what it did shows in the list, and the next one is answered."""
    job, batch, answer = load_with(vendor, make_job, make_batch, fault)

    assert answer.status == status
    assert answer.headers.get("retry-after") == ("1" if status == 429 else None)
    assert len(vendor.ask(tingting.roll(job)).present) == present
    assert add(vendor, job, batch).status == 201


def test_magic_create(vendor: Vendor, make_job: MakeJob) -> None:
    """The campaign is made although the answer says otherwise, and is found by its mark."""
    job = make_job("hello", title="sandbox-create-lost 7f3a9c21")
    create = tingting.open(job)[0]

    answer = vendor.send(create)

    assert (answer.status, tingting.explain(answer)) == (500, "")
    assert vendor.ask(tingting.settle(job, create)).captures == {"campaign": "79"}


def test_a_create_that_never_was_is_absent(vendor: Vendor, make_job: MakeJob) -> None:
    """Not found by search, nor in the whole list."""
    job = make_job("hello")

    assert vendor.ask(tingting.settle(job, tingting.open(job)[0])).happened is False


@pytest.mark.parametrize(
    ("name", "status", "reached", "happened"),
    [
        (magic.Name.RUN_LOST, 500, 2, True),
        (magic.Name.RUN_NOT_FOUND, 404, 2, True),
        (magic.Name.RUN_STUCK, 500, 0, None),
        (magic.Name.NO_CREDIT, 400, 0, None),
    ],
)
def test_magic_runs(
    vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch,
    name: str, status: int, reached: int, happened: bool | None,
) -> None:  # fmt: skip
    """Whatever the answer says, what happened is found out as far as it can be."""
    job = make_job("hello", title=f"{name} 7f3a9c21")
    make(vendor, job)
    add(vendor, job, make_batch(PHONES))

    answer = run(vendor, job)

    assert (answer.status, len(vendor.sandbox.reached)) == (status, reached)
    assert vendor.ask(tingting.settle(job, tingting.launch(job)[0].fill(vendor.refs))).happened is happened


def test_every_page_of_a_large_campaign_is_read(vendor: Vendor, make_job: MakeJob, make_batch: MakeBatch) -> None:
    """A thousand people in batches of a hundred, listed a hundred at a time."""
    job = make_job("hello")
    make(vendor, job)
    phones = [f"+977961{number:07}" for number in range(1000)]
    for start in range(0, 1000, 100):
        add(vendor, job, make_batch(phones[start : start + 100]))
    vendor.asked.clear()

    roll = vendor.ask(tingting.roll(job))

    assert list(roll.present) == phones
    assert len(vendor.asked) == 10


def test_the_stand_in_works_with_the_settings_for_it(vendor: Vendor, make_job: MakeJob) -> None:
    """The adapter's sandbox account opens a campaign there without a finding."""
    job = attrs.evolve(make_job("hello"), settings=tingting.sandbox)
    emulator: Emulator = tingting.emulate()

    assert emulator.reached == []
    assert list(tingting.check(job)) == []
    assert make(vendor, job) == [Kind.ACCEPTED] * 3


def test_the_tables_stand_in_the_documentation() -> None:
    """Every magic number and name is on the vendor's page of the manual."""
    page = (Path(__file__).parents[3] / "docs/providers/tingting.md").read_text(encoding="utf-8")
    words = [*magic.FINAL_WORD, *magic.FINAL_WORD.values(), *magic.Number, *magic.Name, magic.EXPIRED_TOKEN]

    assert [word for word in words if f"`{word}`" not in page] == []


def test_the_rows_know_their_requests() -> None:
    """An answer is read by the row that its request was made of, whether its Refs are filled or not."""
    rows = (endpoints.CREATE, endpoints.SET_MESSAGE, endpoints.GET, endpoints.ADD_CONTACT, endpoints.RUN)

    def one(row: Endpoint) -> Request:
        return row.build(id="79") if "<id>" in row.path else row.build()

    assert all([other.made(one(row)) for other in rows].count(True) == 1 for row in rows)


def test_the_adapter_comes_in_by_the_hook() -> None:
    """Outreach finds it under the name that routes use."""
    assert [one.name for one in outreach_register_providers()] == ["tingting"]
