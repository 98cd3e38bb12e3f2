"""Whether a campaign was made whose answer was lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from outreach.provider import Batch, Job, Question, Reach, Response, Settled, Unreadable
from outreach_toingg import ToinggSettings, toingg

MakeJob = Callable[..., Job[ToinggSettings]]
MakePeople = Callable[..., Batch]

MINE = {"campID": "mine", "title": "Fees [k3f9]"}
OTHER = {"campID": "other", "title": "Fees [zzzz]"}


def ask(job: Job[ToinggSettings]) -> Question[Settled]:
    """Ask about the campaign of a job."""
    question = toingg.settle(job, toingg.open(job)[0])
    assert question is not None
    return question


@pytest.mark.parametrize(
    "result",
    [
        [OTHER, MINE],
        [{"id": "mine", "name": "Fees [k3f9]"}],
        [{"_id": {"$oid": "mine"}, "title": "Fees [k3f9]"}],
        {"other": OTHER, "mine": {"title": "Fees [k3f9]"}},
        ["noise", None, MINE],
    ],
)
def test_a_campaign_is_found_by_its_mark(make_job: MakeJob, result: Any) -> None:
    """Third parties saw a list and a map; both are read."""
    found = ask(make_job()).read(Response.of({"status": True, "result": result}))

    assert isinstance(found, Settled)
    assert (found.happened, found.captures) == (True, {"campaign": "mine"})


def test_pages_are_turned_until_there_is_nothing_new(make_job: MakeJob) -> None:
    """The next page is asked for until one is empty; a whole list without it shows that it was not made."""
    first = ask(make_job())
    second = first.read(Response.of({"result": [OTHER]}))
    assert isinstance(second, Question)
    last = second.read(Response.of({"result": []}))

    assert (first.request.query["skip"], second.request.query["skip"]) == ("0", "100")
    assert (second.request.reaches, second.request.repeatable) == (Reach.NOBODY, True)
    assert isinstance(last, Settled)
    assert last.happened is False


def test_a_server_that_repeats_a_page_is_not_asked_for_ever(make_job: MakeJob) -> None:
    """The same campaigns again are the end of the list."""
    second = ask(make_job()).read(Response.of({"result": [OTHER]}))
    assert isinstance(second, Question)

    assert isinstance(second.read(Response.of({"result": [OTHER]})), Settled)


def test_a_full_page_that_comes_again_proves_nothing(make_job: MakeJob) -> None:
    """A server that ignores ``skip`` may hide what lies behind its first full page."""
    full = [{"campID": str(number), "title": "x"} for number in range(100)]
    second = ask(make_job()).read(Response.of({"result": full}))
    assert isinstance(second, Question)

    last = second.read(Response.of({"result": full}))

    assert isinstance(last, Settled)
    assert last.happened is None


def test_an_endless_list_has_an_end(make_job: MakeJob) -> None:
    """After fifty pages nobody can tell."""
    answer: Question[Settled] | Settled = ask(make_job())
    asked = 0
    while isinstance(answer, Question):
        answer = answer.read(Response.of({"result": [{"campID": str(asked), "title": "x"}]}))
        asked += 1

    assert (asked, answer.happened) == (50, None)


@pytest.mark.parametrize("document", [{"status": False, "message": "no"}, "string", None, {"result": "none"}])
def test_an_answer_without_a_list_is_unreadable(make_job: MakeJob, document: Any) -> None:
    """It is not taken for an empty list."""
    with pytest.raises(Unreadable):
        ask(make_job()).read(Response.of(document))


def test_calls_and_unmarked_campaigns_cannot_be_asked_about(make_job: MakeJob, make_people: MakePeople) -> None:
    """Toingg lists no calls, and without a mark a campaign cannot be told from another."""
    job = make_job()
    plain = make_job(job={"marker": "", "title": "Fees"})

    assert toingg.settle(job, toingg.load(job, make_people())) is None
    assert toingg.settle(plain, toingg.open(plain)[0]) is None
    assert toingg.roll(job) is None
