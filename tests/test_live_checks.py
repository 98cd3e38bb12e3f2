"""The live checks, held against the stand-ins themselves over loopback: what they find, and what they never do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest
from live import ACCOUNTS, ARGUMENTS, NUMBERS, Owner, compare, differences
from wires import NOW, PROVIDERS

from outreach.model import moved
from outreach.provider import Danger, Endpoint, Received, Response
from outreach.sandbox import SandboxServer

OWN = "+9779610000011"
TINGTING = {one.name: one for one in PROVIDERS["tingting"].endpoints}


def owner(arguments: dict[str, Any] | None = None, **more: Any) -> Owner:
    """Give an owner of a TingTing account."""
    accounts = {"tingting": PROVIDERS["tingting"].sandbox}
    return Owner(accounts=accounts, arguments={"tingting": arguments or {}}, **more)


@pytest.mark.asyncio
async def test_a_vendor_that_answers_as_ours_shows_no_difference() -> None:
    """Asked over loopback, the stand-in differs from itself in nothing; another shape is named without a value."""

    class Other:
        reached: tuple[()] = ()

        def answer(self, _received: Received, _now: object) -> Response:
            return Response.of([{"id": "1", "phone_number": "+9779610000099", "label": "secret"}])

    async with SandboxServer(PROVIDERS, clock=lambda: NOW) as server:
        here = moved(PROVIDERS["tingting"].sandbox, server.base_url("tingting"))
        one = Owner(accounts={"tingting": attrs.evolve(PROVIDERS["tingting"].sandbox, **here)})
        same = await compare(one, "tingting", TINGTING["active_phones"])
        server.emulators["tingting"] = Other()  # type: ignore[index]  # it is a dict
        other = await compare(one, "tingting", TINGTING["active_phones"])

    assert same == []
    assert other == ["extra: [].label: text", "other type: [].id: text, ours says whole number"]


def test_differences_are_named_by_place() -> None:
    """Missing, extra and retyped fields, at any depth; a number that is a key is masked."""
    ours = {"count": 1, "results": [{"id": 1, "rate": 1.0}], "data": {}}
    theirs = {"count": "1", "results": [{"id": 1}, {"id": None, "rate": 2.0}], "data": {"9779610000011": True}}

    assert differences(ours, theirs) == [
        "other type: count: text, ours says whole number",
        "missing: results[].rate",
        "other type: results[].id: null, ours says whole number",
        "extra: data.•••11: flag",
    ]
    assert differences([], [1]) == []
    assert differences([], {}) == ["other type: the answer: object, ours says list"]


@pytest.mark.parametrize("endpoint", [one for one in TINGTING.values() if one.danger is not Danger.READS])
def test_nothing_that_changes_is_called_unasked(endpoint: Endpoint) -> None:
    """Only what reads is called without being named."""
    assert owner().forbids("tingting", endpoint)


def test_nobody_but_the_owners_own_numbers_is_reached() -> None:
    """A code goes to a listed number alone; what nobody can look up is never called, nor what spends."""
    otp = {"number": OWN.removeprefix("+977"), "message": "{otp}", "sms_send_options": "text"}
    named = {"send_otp": otp, "run_campaign": {"id": 79}, "legacy_buy_number": {"phone_sid": "x"}}

    assert owner(named, numbers={OWN}).forbids("tingting", TINGTING["send_otp"]) == ""
    assert NUMBERS in owner(named, numbers={"+9779610000012"}).forbids("tingting", TINGTING["send_otp"])
    assert NUMBERS in owner(named).forbids("tingting", TINGTING["send_otp"])
    assert owner(named, numbers={OWN}).forbids("tingting", TINGTING["run_campaign"])
    assert owner(named, numbers={OWN}).forbids("tingting", TINGTING["legacy_buy_number"])
    assert owner({"generate_api_key": {}}).forbids("tingting", TINGTING["generate_api_key"])


def test_the_environment_opts_in(tmp_path: Path) -> None:
    """Without an accounts file nothing is called; with one, what it and the others say holds."""
    accounts, arguments = tmp_path / "accounts.yaml", tmp_path / "arguments.json"
    accounts.write_text("providers: {tingting: {token: {env: TINGTING_TOKEN}}}\n")
    arguments.write_bytes(orjson.dumps({"tingting": {"campaign": {"id": 79}}}))
    one = Owner.of({ACCOUNTS: str(accounts), ARGUMENTS: str(arguments), NUMBERS: f" {OWN},"})

    assert Owner.of({}) is None
    assert one is not None
    assert one.numbers == {OWN}
    assert one.forbids("tingting", TINGTING["campaign"]) == ""
    assert one.forbids("tingting", TINGTING["voices"]) == ""
    assert ARGUMENTS in one.forbids("tingting", TINGTING["contacts"])
    assert ACCOUNTS in one.forbids("toingg", PROVIDERS["toingg"].endpoints[0])
