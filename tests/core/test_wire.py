"""Requests and answers as values."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.answers import Kind, accepted, error_text, failure_inside
from outreach.errors import Unreadable
from outreach.provider import merge
from outreach.wire import Reach, Ref, Request, Response, look_up

ADD = Request(
    method="POST",
    path=("campaign", Ref("campaign"), "add-contact", ""),
    does="add the people",
    body={"campID": Ref("campaign"), "list": [Ref("other")], "text": "<campaign>"},
)


def test_refs_are_filled_from_what_is_known() -> None:
    """Every Ref in path and body is replaced by its value; what is not known stays open and visible."""
    filled = ADD.fill({"campaign": "7/9"})

    assert ADD.refs == {"campaign", "other"}
    assert filled.target == "campaign/7%2F9/add-contact/"
    assert filled.body == {"campID": "7/9", "list": [Ref("other")], "text": "<campaign>"}
    assert filled.refs == {"other"}
    assert ADD.target == "campaign/<campaign>/add-contact/"


def test_an_open_ref_cannot_be_encoded() -> None:
    """A request with a hole never becomes bytes."""
    with pytest.raises(TypeError):
        ADD.encode()
    assert Request(method="GET", path="x", does="look").encode() is None


def test_text_is_sent_as_it_is() -> None:
    """Devanagari and emoji go out as UTF-8, not as escapes, in the order of the adapter."""
    request = Request(method="POST", path="x", does="send", body={"b": "नमस्ते 🙏", "a": "007"})

    assert request.encode() == '{"b":"नमस्ते 🙏","a":"007"}'.encode()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"a": NaN}', b"\xff\xfe", b'{"a": 1', b"[" * 200_000, b"[" * 5000 + b"]" * 5000],
    ids=["empty", "html", "nan", "no text", "cut off", "deep and cut off", "deep"],
)
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    """A broken answer is told apart from an answer."""
    with pytest.raises(Unreadable):
        Response(status=200, body=body).json()


def test_of_double_keys_the_last_one_counts() -> None:
    """An answer that says a thing twice is read in one way, everywhere."""
    assert Response(status=200, body=b'{"id": 1, "id": 2}').json() == {"id": 2}


@pytest.mark.parametrize(
    ("document", "places", "found"),
    [
        ({"data": {"id": 79}}, ("id", "data.id"), "79"),
        ({"id": "x"}, ("id",), "x"),
        ("abc", ("",), "abc"),
        ({"id": True}, ("id",), None),
        ({"id": " "}, ("id",), None),
        ({"id": None}, ("id", "data.id"), None),
        ([1], ("id",), None),
    ],
)
def test_a_value_is_looked_for_at_each_place(document: Any, places: tuple[str, ...], found: str | None) -> None:
    """The first text or whole number wins; a truth value is no id."""
    assert look_up(document, places) == found


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "No refresh token provided"}, "No refresh token provided"),
        ({"detail": "Invalid token payload."}, "Invalid token payload."),
        ({"voice": {"non_field_errors": ["bad"]}, "name": ["This field is required."]}, "voice: bad; name: This field"),
        (
            {"detail": [{"loc": ["body", "title", 0], "msg": "field required", "type": "x"}]},
            "body.title.0: field required",
        ),
        ({"error": {"message": "x"}}, "x"),
        ("nope", "nope"),
        ({}, ""),
        (None, ""),
    ],
)
def test_an_error_is_read_in_every_documented_shape(body: Any, words: str) -> None:
    """message, detail, a field's list, FastAPI's list, a bare text."""
    assert error_text(Response.of(body, 400)).startswith(words)


def test_an_error_page_or_a_long_text_stays_short() -> None:
    """HTML is not quoted, and a text is cut and put on one line."""
    assert error_text(Response(status=500, body=b"<html><body>secret trace</body>")) == ""
    assert error_text(Response(status=500, body=b"a\nb")) == "a b"
    assert len(error_text(Response.of({"message": "x" * 5_000}, 500))) == 300


@pytest.mark.parametrize(
    ("document", "fails"),
    [
        ({"success": False, "message": "no"}, True),
        ({"status": 422, "detail": "no"}, True),
        ({"status": False, "message": "no"}, True),
        ({"status": 201, "success": True}, False),
        ({"status": "Not Started"}, False),
        ([], False),
        ("string", False),
    ],
)
def test_a_failure_inside_a_success_is_seen(document: Any, fails: bool) -> None:
    """HTTP 200 with success false, or with a status of 400 and more inside, has failed."""
    assert bool(failure_inside(document)) is fails


def test_an_accepted_create_without_an_id_is_unknown() -> None:
    """It took effect, but nobody knows what it is called."""
    request = Request(method="POST", path="create", does="create", captures={"campaign": ("id",)})

    assert accepted(request, Response.of({"id": 7})).captures == {"campaign": "7"}
    assert accepted(request, Response.of({"ok": 1})).kind is Kind.UNKNOWN
    assert accepted(request, Response.of({"success": False})).kind is Kind.REJECTED


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"success": False, "error": "timeout"}, Kind.UNKNOWN),
        ({"status": 500}, Kind.UNKNOWN),
        ({"status": 429, "detail": "slow down"}, Kind.UNKNOWN),
        ({"status": 400, "detail": "no"}, Kind.REJECTED),
        ({"status": False, "message": "no"}, Kind.REJECTED),
    ],
)
def test_a_bare_failure_proves_nothing_for_what_reaches_people(document: Any, kind: Kind) -> None:
    """A 2xx that only says "failed" may have rung somebody; a clear refusal inside it has not."""
    ring = Request(method="POST", path="call", does="ring", reaches=Reach.BATCH)

    assert accepted(ring, Response.of(document)).kind is kind


def test_extra_fields_are_laid_over_mapping_by_mapping() -> None:
    """What the account adds wins, and leaves its neighbours alone."""
    body = {"a": {"b": 1, "c": [1]}, "d": 2}

    assert merge(body, {"a": {"c": [9]}, "e": 3}) == {"a": {"b": 1, "c": [9]}, "d": 2, "e": 3}
    assert body == {"a": {"b": 1, "c": [1]}, "d": 2}


def test_a_request_reaches_nobody_unless_it_says_so() -> None:
    """The two facts that the engine lives by are the careful ones by default."""
    request = Request(method="POST", path="x", does="x")

    assert request.reaches is Reach.NOBODY
    assert request.repeatable is False
