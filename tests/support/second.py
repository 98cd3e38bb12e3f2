"""A second provider for failover: one request per batch that reaches it at once, and refuses single numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs
import orjson

from outreach.provider import (
    Batch,
    Batching,
    Capabilities,
    Channel,
    Features,
    Job,
    Kind,
    Outcome,
    Provider,
    Reach,
    Reached,
    Received,
    Request,
    Response,
    Settings,
    native,
)

#: Everything is carried, for the tests are about something else.
ALL = Features(
    **{one.name: native("https://example.org") for one in attrs.fields(Features) if one.name not in {"tone", "speed"}}
)


@attrs.define
class SecondEmulator:
    """Reaches whoever is in a request, but for the numbers that it refuses."""

    reached: list[Reached] = attrs.field(factory=list)
    refuses: Callable[[str], bool] = attrs.field(default=lambda _phone: False)

    def answer(self, received: Received, now: datetime) -> Response:
        """Answer."""
        told = orjson.loads(received.body)
        refused = [phone for phone in told["to"] if self.refuses(phone)]
        for phone in told["to"]:
            if phone not in refused:
                self.reached.append(Reached(phone=phone, channel=Channel(told["channel"]), at=now))
        return Response.of({"refused": refused})


def _load(job: Job[Settings], batch: Batch) -> Request:
    channel = next(iter(job.contents))
    body = {"to": list(batch.phones), "channel": channel.value}
    return Request(method="POST", path="send", does="contact them", body=body, reaches=Reach.BATCH)


def _interpret(_job: Job[Settings], _request: Request, response: Response, _batch: Batch | None) -> Outcome:
    return Outcome(kind=Kind.ACCEPTED, refused=dict.fromkeys(response.json()["refused"], "no such number"))


def second(**more: Any) -> Provider[Settings]:
    """Give the provider."""
    return attrs.evolve(
        Provider(
            name="second",
            title="Second",
            docs="https://example.org",
            version="1",
            settings=Settings,
            capabilities=Capabilities(channels=dict.fromkeys(Channel, ALL), batching=Batching(size=5)),
            load=_load,
            interpret=_interpret,
            emulate=SecondEmulator,
            sandbox=Settings(base_url="http://127.0.0.1:1/second"),
        ),
        **more,
    )
