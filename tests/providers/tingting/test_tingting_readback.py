"""How a lost answer is settled at TingTing, and how the people of a campaign are listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from outreach.provider import Batch, Job, Question, Response, Settled, Status, Unreadable
from outreach_tingting import Settings, readback, tingting

MakeJob = Callable[..., Job[Settings]]
MakeBatch = Callable[..., Batch]

# The vendor's list of contacts, with its older page's words.
DETAIL = """{
"count": 3, "total_pages": 1, "next": null, "previous": null, "results": [
{"id": 1, "number": "9841234567", "status": "not started", "updated_at": "", "call_duration": "0s", "playback": "",
 "credit_consumed": 0, "credit_consumed_SMS": 0, "carrier": "NTC"},
{"id": 2, "number": "9841234568", "status": "not started", "updated_at": "", "call_duration": "0s", "playback": "91",
 "credit_consumed": 0, "credit_consumed_SMS": 0, "carrier": "NTC"},
{"id": 3, "number": "9841234569", "status": "not started", "updated_at": "", "call_duration": null, "playback": "",
 "credit_consumed": 0, "credit_consumed_SMS": 0, "carrier": "NTC"}
], "total_credits_consumed": 0, "carrier_summary": {"NTC": 3} }"""


def row(identity: int, status: str = "not started", **more: Any) -> dict[str, Any]:
    """Give one person of a list."""
    return {"id": identity, "number": f"96100{identity:05}", "status": status, **more}


def page(rows: list[Any], count: int, following: str | None = None) -> Response:
    """Give one page."""
    return Response.of({"count": count, "total_pages": 1, "next": following, "previous": None, "results": rows})


def follow(question: Question[Any] | None, answer: Callable[[Mapping[str, str], str], Response]) -> Any:
    """Follow a question to its end, with answers made from the query and the path."""
    assert question is not None
    step: Any = question
    while isinstance(step, Question):
        step = step.read(answer(step.request.query, step.request.target))
    return step


def cut(rows: list[Any], size: int) -> Callable[[Mapping[str, str], str], Response]:
    """Give a vendor that lists rows by offset, never more than ``size`` of them."""

    def answer(query: Mapping[str, str], _path: str) -> Response:
        start = int(query["offset"])
        return page(rows[start : start + min(size, int(query["limit"]))], len(rows), "https://elsewhere.example/")

    return answer


def test_the_documented_list_is_read(make_job: MakeJob) -> None:
    """Receipts by number; nobody twice; nothing begun."""
    roll = follow(tingting.roll(make_job("hello")), lambda *_: Response(status=200, body=DETAIL.encode()))

    assert list(roll.present) == ["+9779841234567", "+9779841234568", "+9779841234569"]
    assert (roll.present["+9779841234568"].vendor_id, roll.present["+9779841234568"].status) == ("2", Status.QUEUED)
    assert (roll.doubled, roll.started) == (frozenset(), False)


@pytest.mark.parametrize("size", [1, 7, 10, 100, 1000])
def test_every_page_is_read(make_job: MakeJob, size: int) -> None:
    """However many rows the vendor gives at a time, and without following its addresses."""
    people = [row(number) for number in range(250)]

    roll = follow(tingting.roll(make_job("hello")), cut(people, size))

    assert len(roll.present) == 250


def test_nobody_is_in_an_empty_campaign(make_job: MakeJob) -> None:
    """An empty list is an answer."""
    assert follow(tingting.roll(make_job("hello")), cut([], 10)).present == {}


def test_a_row_on_two_pages_counts_once(make_job: MakeJob) -> None:
    """Lists shift while they are read: the same contact again is no second contact."""
    pages = iter([page([row(1), row(2)], 3), page([row(2), row(3)], 3)])

    roll = follow(tingting.roll(make_job("hello")), lambda *_: next(pages))

    assert (len(roll.present), roll.doubled) == (3, frozenset())


def test_one_number_under_two_ids_is_doubled(make_job: MakeJob) -> None:
    """The vendor would call that person twice."""
    rows = [row(1), row(2), row(3, number="9779610000001")]

    assert follow(tingting.roll(make_job("hello")), cut(rows, 2)).doubled == {"+9779610000001"}


@pytest.mark.parametrize(
    ("status", "started"), [("not started", False), ("Not_Started", False), ("dialing", True), ("?", True), ("", True)]
)
def test_any_other_word_means_begun(make_job: MakeJob, status: str, *, started: bool) -> None:
    """Only "not started" is not started; a word that nobody knows is not taken for it."""
    assert follow(tingting.roll(make_job("hello")), cut([row(1), row(2, status)], 9)).started is started


@pytest.mark.parametrize(
    "answers",
    [
        [page([row(1)], 2), page([], 2)],
        [page([row(1), row(2)], 1)],
        [page([row(1), row(2)], 4), page([row(1), row(2)], 4)],
        [page([{"number": "9610000001", "status": "not started"}], 1)],
        [page([{"id": 1, "number": "", "status": "not started"}], 1)],
        [page(["9610000001"], 1)],
        [Response.of({"results": []})],
        [Response.of({"count": 0})],
        [Response.of([])],
        [Response(status=200, body=b"<html>")],
    ],
    ids=[
        "short",
        "long",
        "the same again",
        "no id",
        "no number",
        "no object",
        "no count",
        "no results",
        "bare",
        "html",
    ],
)
def test_a_list_that_does_not_add_up_proves_nothing(make_job: MakeJob, answers: list[Response]) -> None:
    """Nobody is taken for present or absent on such a list."""
    pages = iter(answers)

    with pytest.raises(Unreadable):
        follow(tingting.roll(make_job("hello")), lambda *_: next(pages))


def test_a_list_without_end_is_given_up(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vendor that always has one more page is not read for ever."""
    monkeypatch.setattr(readback, "MAX_PAGES", 5)
    asked: list[int] = []

    def answer(query: Mapping[str, str], _path: str) -> Response:
        asked.append(int(query["offset"]))
        return page([row(len(asked))], 10_000)

    with pytest.raises(Unreadable, match="does not come to an end"):
        follow(tingting.roll(make_job("hello")), answer)
    assert len(asked) == 5


def campaigns(*names: str) -> list[dict[str, Any]]:
    """Give rows of the list of campaigns."""
    return [{"id": 70 + index, "name": name, "status": "Not Started"} for index, name in enumerate(names)]


def found(make_job: MakeJob, rows: list[dict[str, Any]], *, search: bool) -> tuple[Settled, list[Mapping[str, str]]]:
    """Settle a create at a vendor that can or cannot search."""
    job = make_job("hello")
    asked: list[Mapping[str, str]] = []

    def answer(query: Mapping[str, str], path: str) -> Response:
        assert path == "campaign/"
        asked.append(query)
        fitting = [one for one in rows if not search or query.get("search", "") in one["name"]]
        return cut(fitting, 2)(query, path)

    return follow(tingting.settle(job, tingting.open(job)[0]), answer), asked


@pytest.mark.parametrize("search", [True, False])
def test_a_lost_create_is_found_by_its_mark(make_job: MakeJob, *, search: bool) -> None:
    """By the vendor's search, and just as well where it is ignored."""
    settled, asked = found(make_job, campaigns("a", "b", "c", "fees 7f3a9c21", "d"), search=search)

    assert (settled.happened, settled.captures) == (True, {"campaign": "73"})
    assert asked[0]["search"] == "7f3a9c21"


def test_a_create_is_absent_only_from_the_whole_list(make_job: MakeJob) -> None:
    """The search is not documented, so that it finds nothing proves nothing."""
    settled, asked = found(make_job, campaigns("a", "b", "c"), search=True)

    assert settled.happened is False
    assert [("search" in query, query["offset"]) for query in asked] == [(True, "0"), (False, "0"), (False, "2")]


def test_a_search_that_finds_nothing_is_checked(make_job: MakeJob) -> None:
    """Our campaign is found in the whole list although the search did not know it."""
    rows = campaigns("fees 7f3a9c21")
    job = make_job("hello")

    settled = follow(
        tingting.settle(job, tingting.open(job)[0]),
        lambda query, path: cut([] if "search" in query else rows, 9)(query, path),
    )

    assert settled.happened is True


def test_two_campaigns_with_our_mark_wait_for_a_person(make_job: MakeJob) -> None:
    """Nobody can tell which one the people will be in."""
    settled, _ = found(make_job, campaigns("fees 7f3a9c21", "x", "fees 7f3a9c21"), search=False)

    assert (settled.happened, settled.captures) == (None, {})
    assert "2 campaigns" in settled.reason


@pytest.mark.parametrize("more", [{"marker": ""}, {"extra": {"name": "mine"}}])
def test_without_a_mark_nobody_can_tell(make_job: MakeJob, more: dict[str, Any]) -> None:
    """Names are not unique at the vendor."""
    job = make_job("hello", **more)

    assert tingting.settle(job, tingting.open(job)[0]) is None


def test_what_is_repeatable_is_not_asked_about(make_job: MakeJob, make_batch: MakeBatch) -> None:
    """Setting the voice and reading back are done again; loads are settled by the list of people."""
    job = make_job("hello")
    requests = [*tingting.open(job)[1:], tingting.load(job, make_batch(["+9779610000001"]))]

    assert [tingting.settle(job, request) for request in requests] == [None, None, None]


@pytest.mark.parametrize("status", ["Scheduled", "Running", "Completed", "Terminated", "RUNNING"])
def test_a_campaign_under_way_was_run(make_job: MakeJob, status: str) -> None:
    """The vendor's word for the campaign is proof enough; a filled request asks about that campaign."""
    job = make_job("hello")
    run = tingting.launch(job)[0].fill({"campaign": "79"})
    asked: list[str] = []

    def answer(_query: Mapping[str, str], path: str) -> Response:
        asked.append(path)
        return Response.of({"id": 79, "status": status})

    assert follow(tingting.settle(job, run), answer).happened is True
    assert asked == ["campaign/79/"]


@pytest.mark.parametrize(
    ("status", "person", "happened"),
    [
        ("Not Started", "ringing", True),
        ("Not Started", "not started", None),
        ("Paused", "not started", None),
        (None, "not started", None),
        ("Paused", "completed", True),
    ],
)
def test_a_campaign_that_seems_idle_is_judged_by_its_people(
    make_job: MakeJob, status: str | None, person: str, happened: bool | None
) -> None:
    """Somebody who was called proves the run; that nobody was called so far proves nothing."""
    job = make_job("hello")

    def answer(query: Mapping[str, str], path: str) -> Response:
        return cut([row(1), row(2, person)], 1)(query, path) if "detail" in path else Response.of({"status": status})

    assert follow(tingting.settle(job, tingting.launch(job)[0]), answer).happened is happened
