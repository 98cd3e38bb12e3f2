"""Compare what a vendor really answers with what its stand-in answers, shape by shape; no value is ever shown.

Whoever has an account names, in the environment:

``OUTREACH_LIVE_ACCOUNTS``
    An accounts file, as for ``--accounts``. The providers in it are asked.
``OUTREACH_LIVE_ARGUMENTS``
    A JSON file, ``{provider: {endpoint: {argument: value}}}``: what an endpoint needs that is not in the table's
    sample, and the only endpoints that change anything. Nothing that spends is ever called.
``OUTREACH_LIVE_NUMBERS``
    Numbers in E.164 with commas between, the account owner's own: nobody else is reached.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import orjson
from wires import PROVIDERS, prepared

from outreach import spec
from outreach.calling import Wanted
from outreach.delivery.transport import HttpTransport
from outreach.errors import Unreadable
from outreach.masking import masked
from outreach.model import Settings
from outreach.plugins import load_plugins
from outreach.provider import Danger, Endpoint, Response

ACCOUNTS, ARGUMENTS, NUMBERS = (f"OUTREACH_LIVE_{name}" for name in ("ACCOUNTS", "ARGUMENTS", "NUMBERS"))


@attrs.frozen(kw_only=True)
class Owner:
    """What the account's owner allows.

    Attributes:
        accounts: By provider.

        arguments: By provider and endpoint.

        numbers: Whom alone it may reach.
    """

    accounts: Mapping[str, Settings] = attrs.field(factory=dict)
    arguments: Mapping[str, Mapping[str, Mapping[str, Any]]] = attrs.field(factory=dict)
    numbers: Collection[str] = ()

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Owner | None:
        """Read the environment; None where no account is named."""
        if not environment.get(ACCOUNTS):
            return None
        named = environment.get(ARGUMENTS)
        return cls(
            accounts=spec.load_accounts(environment[ACCOUNTS], plugins=load_plugins()),
            arguments=orjson.loads(Path(named).read_bytes()) if named else {},
            numbers=frozenset(filter(None, map(str.strip, environment.get(NUMBERS, "").split(",")))),
        )

    def given(self, provider: str, endpoint: Endpoint) -> Mapping[str, Any] | None:
        """Give the arguments that the owner named for an endpoint; None where it is not named."""
        return self.arguments.get(provider, {}).get(endpoint.name)

    def forbids(self, provider: str, endpoint: Endpoint) -> str:
        """Say why an endpoint is not called; empty where it may be."""
        if provider not in self.accounts:
            return f"{ACCOUNTS} names no account of {provider}"
        given = self.given(provider, endpoint)
        if endpoint.danger is Danger.SPENDS or endpoint.once:
            return "it spends money, or makes a token useless"
        if given is None and (endpoint.danger is not Danger.READS or any(one.required for one in endpoint.arguments)):
            return f"{ARGUMENTS} does not name it"
        return self._strangers(Wanted.of(PROVIDERS[provider], endpoint.name, given or {}, self.accounts[provider]))

    def _strangers(self, wanted: Wanted) -> str:
        if wanted.endpoint.danger is not Danger.REACHES:
            return ""
        if wanted.unlisted:
            return "nobody can tell whom it reaches"
        named = [phone for spellings in wanted.people for phone in spellings]
        own = bool(named) and all(phone in self.numbers for phone in named)
        return "" if own else f"it would reach somebody who is not in {NUMBERS}"


async def compare(owner: Owner, provider: str, endpoint: Endpoint) -> list[str]:
    """Ask the vendor and its stand-in the same, and give in what the vendor's answer differs from ours."""
    settings = owner.accounts[provider]
    request = endpoint.of(settings).request(**(owner.given(provider, endpoint) or {}))
    async with HttpTransport(settings, PROVIDERS[provider].auth) as transport:
        theirs = await transport.send(request, settings)
    async with prepared(provider, endpoint) as wire:
        ours = await wire.ask(endpoint)
    return [*_outside(ours, theirs), *differences(_document(ours), _document(theirs))]


def _outside(ours: Response, theirs: Response) -> Iterator[str]:
    if ours.status != theirs.status:
        yield f"status: {theirs.status}, ours says {ours.status}"
    kinds = [one.headers.get("content-type", "").partition(";")[0] for one in (ours, theirs)]
    if kinds[0] != kinds[1]:
        yield f"content type: {kinds[1] or 'none'}, ours says {kinds[0] or 'none'}"


def _document(answer: Response) -> Any:
    try:
        return answer.json() if answer.body.strip() else None
    except Unreadable:
        return "text"


def differences(ours: Any, theirs: Any, place: str = "") -> list[str]:
    """Name fields that are missing, extra, or of another type in the vendor's answer; places only, no values."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return list(_fields(ours, theirs, place))
    if isinstance(ours, list) and isinstance(theirs, list):
        pairs = [(ours[0], one) for one in theirs] if ours else []
        return list(dict.fromkeys(line for mine, one in pairs for line in differences(mine, one, f"{place}[]")))
    here, there = _kind(ours), _kind(theirs)
    return [] if here == there else [f"other type: {masked(place) or 'the answer'}: {there}, ours says {here}"]


def _fields(ours: Mapping[str, Any], theirs: Mapping[str, Any], place: str) -> Iterator[str]:
    dot = f"{place}." if place else ""
    yield from (f"missing: {masked(dot + key)}" for key in ours if key not in theirs)
    yield from (f"extra: {masked(dot + key)}: {_kind(theirs[key])}" for key in theirs if key not in ours)
    for key in ours:
        if key in theirs:
            yield from differences(ours[key], theirs[key], f"{dot}{key}")


def _kind(value: Any) -> str:
    kinds = {bool: "flag", int: "whole number", float: "number", str: "text", list: "list", dict: "object"}
    return "null" if value is None else kinds[type(value)]
