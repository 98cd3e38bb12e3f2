"""An endpoint as a value: its arguments are checked, all mistakes at once, and travel where they belong."""

from __future__ import annotations

from email import message_from_bytes
from typing import Any

import pytest

from outreach import multipart
from outreach.decoding import content, document, items, obj, plain, words
from outreach.endpoints import Danger, Endpoint, find
from outreach.errors import SpecError, Unreadable
from outreach.multipart import Upload
from outreach.parameters import Parameter, Type, Where
from outreach.wire import Reach, Ref, Response

ROW = Endpoint(
    name="add_people",
    method="POST",
    path="lists/<id>/people/",
    does="add people",
    doc="https://vendor.example/add",
    danger=Danger.CHANGES,
    base="legacy_base_url",
    parameters=(
        Parameter(name="id", type=Type.WHOLE, where=Where.PATH, required=True, also=("list_id",)),
        Parameter(name="mode", where=Where.QUERY, choices=("new", "all")),
        Parameter(name="force", type=Type.FLAG, where=Where.QUERY),
        Parameter(name="numbers", type=Type.WHOLES),
        Parameter(name="how", choices=("own", "made")),
        Parameter(name="code", when=("how", "own"), secret=True),
        Parameter(name="session", where=Where.COOKIE, secret=True),
        Parameter(name="file", type=Type.FILE, where=Where.FILE),
    ),
    one_of=(("numbers", "file"),),
)


def problems(row: Endpoint, **arguments: Any) -> dict[str, str]:
    """Give the mistakes by argument."""
    with pytest.raises(SpecError) as raised:
        row.request(**arguments)
    return {one.path: one.message for one in raised.value.problems}


def test_arguments_travel_where_they_belong() -> None:
    """Path, query, body and cookie each get their own; the base is the row's."""
    request = ROW.request(list_id=79, mode="all", force=False, numbers=[1, 2], session="abc")

    assert (request.method, request.target, request.base) == ("POST", "lists/79/people/", "legacy_base_url")
    assert request.query == {"mode": "all", "force": "false"}
    assert request.body == {"numbers": [1, 2]}
    assert request.headers == {"Cookie": "session=abc"}
    assert (request.reaches, request.repeatable) == (Reach.NOBODY, False)


def test_all_mistakes_at_once() -> None:
    """Unknown, missing, mistyped and impossible arguments are all told, each with the remedy."""
    found = problems(ROW, mod="all", mode="some", force="yes", how="own")

    assert "did you mean 'mode'?" in found["mod"]
    assert found["id"].startswith("is missing")
    assert "'some' is none of new, all" in found["mode"]
    assert "'yes' is no true or false" in found["force"]
    assert "is missing with how=own" in found["code"]
    assert "one of numbers, file" in found["numbers"]


def test_true_is_no_number() -> None:
    """Truth values are no whole numbers, alone or in a list."""
    assert set(problems(ROW, id=True, numbers=[True])) == {"id", "numbers"}


@pytest.mark.parametrize("value", ["a b", "a;b", "a,b", 'a"b', "a\r\nX: y", ""])
def test_a_cookie_cannot_end_its_header(value: str) -> None:
    """What would end a cookie, or the header, is refused and not quoted."""
    assert "must not be empty" in problems(ROW, id=1, numbers=[1], session=value)["session"]


def test_a_file_makes_a_form() -> None:
    """With a file the body's fields go beside it as a form; equal input gives equal bytes."""
    file = Upload(name='a"\r\n.csv', content=b"numbers\n9610000011\n", media_type="text/csv")
    request = ROW.request(id=1, file=file, numbers=[1, 2], how="made")
    kind, body = request.payload()
    parts: list[Any] = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + (body or b"")).get_payload()  # type: ignore[assignment]  # a form has a list

    names = [part.get_param("name", header="content-disposition") for part in parts]
    assert names == ["numbers", "numbers", "how", "file"]
    assert [part.get_payload(decode=True) for part in parts] == [b"1", b"2", b"made", b"numbers\n9610000011\n"]
    assert parts[-1].get_filename() == "a%22%0D%0A.csv"
    assert request.payload() == (kind, body)
    assert "9610000011" not in repr(request)


def test_a_form_writes_what_is_no_text_as_json() -> None:
    """Objects become JSON, texts stay as they are."""
    _, body = multipart.encode({"a": {"b": 1}, "c": "नमस्ते"}, {})

    assert b'{"b":1}' in body
    assert "नमस्ते".encode() in body


def test_a_ref_may_stand_for_any_argument() -> None:
    """Translation builds from the same rows before the vendor's ids are known."""
    assert ROW.request(id=Ref("campaign"), numbers=[1]).refs == {"campaign"}


def test_build_checks_nothing() -> None:
    """A finished body goes as it is."""
    request = ROW.build(body={"anything": 1}, id="79")

    assert (request.target, request.body) == ("lists/79/people/", {"anything": 1})
    assert ROW.made(request)


def test_find_folds_and_guesses() -> None:
    """``-`` and ``_`` are alike; a wrong name is answered with the one that may be meant."""
    assert find((ROW,), "Add-People") is ROW
    with pytest.raises(SpecError, match="did you mean 'add_people'"):
        find((ROW,), "add_peple")


JSON = Response.of({"data": {"list": [{"id": 1}], "one": {"id": 2}}})


def test_decoders_read_the_documented_shape() -> None:
    """Each reads what it is for."""
    assert obj("id", at="data.one")(JSON) == {"id": 2}
    assert items("id", at="data.list")(JSON) == [{"id": 1}]
    assert (document(Response(status=204)), words(Response.of("https://x/1.mp3"))) == (None, "https://x/1.mp3")
    assert words(Response(status=200, body=b"https://x/1.mp3")) == "https://x/1.mp3"
    assert plain(Response(status=200, body="\ufeffअ,b".encode())) == "अ,b"
    assert content(Response(status=200, body=b"\xff")) == b"\xff"


@pytest.mark.parametrize(
    ("decode", "words"),
    [
        (obj("name", at="data.one"), "lacks name at data.one"),
        (obj(at="data.other"), "no object at data.other"),
        (items("id", at="data.one"), "no list at data.one"),
        (items("name", at="data.list"), "lacks name"),
        (items("id"), "no list"),
    ],
)
def test_decoders_say_what_differs(decode: Any, words: str) -> None:
    """Another shape is unreadable, and the message says in what it differs."""
    with pytest.raises(Unreadable, match=words):
        decode(JSON)


def test_what_is_no_text_is_unreadable() -> None:
    """Neither sound nor an object is a text."""
    for body in (b"\xff\xfe", b"{}", b""):
        with pytest.raises(Unreadable):
            words(Response(status=200, body=body))
