"""What a sandbox remembers of earlier runs."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach.model import Channel
from outreach.plugins import load_plugins
from outreach.provider import Emulator, Reached, Received, Response
from outreach.sandbox.memory import Memory

NOW = datetime(2026, 12, 1, tzinfo=UTC)


class Postman(Emulator):
    """Calls whoever is posted."""

    def __init__(self) -> None:
        self.reached: list[Reached] = []

    def answer(self, received: Received, now: datetime) -> Response:
        """Call the number in the body; fail at an empty one."""
        if not received.body:
            raise ValueError
        self.reached.append(Reached(phone=received.body.decode(), channel=Channel.VOICE, at=now))
        return Response.of({})


def post(body: str, method: str = "POST") -> Received:
    """Make a request."""
    return Received(method=method, path="call", headers={"authorization": "Bearer canary"}, body=body.encode())


def run(path: Path | None, *requests: Received) -> Postman:
    """Be one sandbox; give its emulator after these requests."""
    postman = Postman()
    memory = Memory(path)
    memory.recall({"post": postman})
    for request in requests:
        memory.note("post", request, NOW)
        if request.body:
            postman.answer(request, NOW)
    memory.close()
    return postman


def test_a_new_sandbox_knows_what_an_earlier_one_was_asked(tmp_path: Path) -> None:
    """The emulator's state outlives the process, in order, with its times and its text."""
    path = tmp_path / "new" / "memory.jsonl"
    run(path, post("सीता"), post("2"))

    again = run(path, post("3"))

    assert [one.phone for one in again.reached] == ["सीता", "2", "3"]
    assert {one.at for one in again.reached} == {NOW}


def test_mere_questions_are_not_remembered(tmp_path: Path) -> None:
    """A read changes nothing, so it is not asked again."""
    path = tmp_path / "memory.jsonl"
    run(path, post("1", method="GET"))

    assert path.read_bytes() == b""


def test_no_token_is_written_and_nobody_else_may_read(tmp_path: Path) -> None:
    """The file holds numbers, so it is private; a token is not in it at all."""
    path = tmp_path / "memory.jsonl"
    run(path, post("1"))

    assert b"canary" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("tail", [b'{"provider": "po', b"\n", b'{"provider": "gone", "at": "x"}\n'])
def test_a_line_cut_off_by_a_kill_is_passed_over(tmp_path: Path, tail: bytes) -> None:
    """What was half written when the process died had no effect; what comes after it is kept."""
    path = tmp_path / "memory.jsonl"
    run(path, post("1"))
    with path.open("ab") as file:
        file.write(tail)

    run(path, post("2"))

    assert [one.phone for one in run(path).reached] == ["1", "2"]


def test_a_request_at_which_the_emulator_failed_fails_again(tmp_path: Path) -> None:
    """A mistake of an emulator does not keep the sandbox from beginning."""
    path = tmp_path / "memory.jsonl"
    run(path, post("1"), post(""))

    assert [one.phone for one in run(path).reached] == ["1"]


def test_without_a_path_nothing_is_kept() -> None:
    """A sandbox of its own forgets."""
    assert [one.phone for one in run(None, post("1")).reached] == ["1"]


def test_a_credential_of_any_kind_is_replaced_by_one_that_works(tmp_path: Path) -> None:
    """Where a vendor takes other credentials than a bearer token, the sandbox begun again still takes the requests."""
    twilio = load_plugins().provider("twilio")
    path = tmp_path / "memory.jsonl"
    sent = Received(
        method="POST",
        path=f"Accounts/{twilio.sandbox.account_sid}/Messages.json",
        headers={name.lower(): value for name, value in twilio.auth("canary", twilio.sandbox).items()},
        body=b"To=%2B12025550111&From=%2B12025550100&Body=hi",
    )
    first = Memory(path, {"twilio": twilio})
    first.recall({})
    first.note("twilio", sent, NOW)
    first.close()
    emulator = twilio.emulate()
    again = Memory(path, {"twilio": twilio})
    again.recall({"twilio": emulator})
    again.close()

    assert [one.phone for one in emulator.reached] == ["+12025550111"]
    assert sent.headers["authorization"] not in path.read_text(encoding="utf-8")
