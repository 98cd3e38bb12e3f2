"""A vendor for measurements: one request for a batch, as plain as a vendor can be, so that what is measured is ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

import outreach.provider as op

PAGE = "https://bench.example"

_SAID = op.Features(text=op.native(PAGE), placeholders=op.native(PAGE))


def load(_job: op.Job[op.Settings], batch: op.Batch) -> op.Request:
    """Bring a batch."""
    names = [placeholder.name for placeholder in batch.values]
    people = [
        {"number": phone, **dict(zip(names, values, strict=True))}
        for phone, *values in zip(batch.phones, *batch.values.values(), strict=True)
    ]
    return op.Request(method="POST", path="people", body=people, does="send", reaches=op.Reach.BATCH)


def interpret(_job: Any, _request: op.Request, response: op.Response, batch: op.Batch | None) -> op.Outcome:
    """Take the server's count for an answer."""
    if orjson.loads(response.body)["taken"] != len(batch or ()):
        msg = "the server counted other people"
        raise op.Unreadable(msg)
    return op.Outcome(kind=op.Kind.ACCEPTED)


@op.hookimpl
def outreach_register_providers() -> Iterable[op.Provider[op.Settings]]:
    """Give the vendor; batches of up to 100, or as the account says."""
    yield op.Provider(
        name="bench",
        title="Bench",
        docs=PAGE,
        version="1",
        settings=op.Settings,
        capabilities=op.Capabilities(
            channels=dict.fromkeys((op.Channel.VOICE, op.Channel.SMS), _SAID),
            batching=op.Batching(size=100),
        ),
        load=load,
        interpret=interpret,
        emulate=_no_emulator,
        sandbox=op.Settings(),
    )


def _no_emulator() -> op.Emulator:
    raise NotImplementedError
