"""Postcard, a made-up vendor of text messages: one message per request. Page: https://postcard.example/api."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import attrs

import outreach.provider as op

PAGE = "https://postcard.example/api/cards"
LONGEST = 160
STATUS = {word: op.Status(word) for word in ("queued", "sent", "delivered", "failed")}


@attrs.frozen(kw_only=True)
class PostcardSettings(op.Settings):
    """An account at Postcard; ``sender`` is shown to the recipient."""

    base_url: str = "https://api.postcard.example/v1/"
    sender: str = "Postcard"


Job = op.Job[PostcardSettings]
FEATURES = op.Features(
    text=op.native(PAGE, f"text, at most {LONGEST} characters"),
    placeholders=op.emulated("outreach fills them in; each message has its own text", PAGE),
)


def text_of(job: Job) -> op.Template:
    """Give the text, which a campaign on this channel has."""
    return getattr(job.contents[op.Channel.SMS], "text", None) or op.Template.parse("")


def check(job: Job) -> Iterable[op.Finding]:
    """Refuse what Postcard would refuse; values are not known yet, so the text counts without them."""
    if not 0 < len(text_of(job).spell(lambda _placeholder: "")) <= LONGEST:
        place, detail = "messages.sms.text", f"Postcard takes 1 to {LONGEST} characters; change it"
        yield op.Finding(
            channel=op.Channel.SMS, provider="postcard", field=place, verdict=op.Verdict.REFUSED, detail=detail
        )


def load(job: Job, batch: op.Batch) -> op.Request:
    """Send the message of one person."""
    (text,) = batch.render(text_of(job))
    body = {"from": job.settings.sender, "to": batch.phones[0], "text": text}
    return op.Request(method="POST", path="cards", body=body, does="send the message", reaches=op.Reach.BATCH)


def status(_channel: op.Channel, word: str) -> op.Status:
    """Give our word for Postcard's."""
    return STATUS.get(word.strip().casefold(), op.Status.UNKNOWN)


def interpret(_job: Job, _request: op.Request, response: op.Response, _batch: op.Batch | None) -> op.Outcome:
    """Read the answer: it names the card, or nobody knows what happened."""
    card, word = (op.look_up(response.json(), (place,)) or "" for place in ("card.id", "card.state"))
    if not card:
        return op.Outcome(kind=op.Kind.UNKNOWN, reason="the answer names no card")
    receipt = op.Receipt(vendor_id=card, status=status(op.Channel.SMS, word), word=word)
    return op.Outcome(kind=op.Kind.ACCEPTED, receipt=receipt)


class PostcardSandbox:
    """Postcard on this machine. A number ending in 90 is barred."""

    def __init__(self) -> None:
        self.reached: list[op.Reached] = []

    def answer(self, received: op.Received, now: datetime) -> op.Response:
        """Answer as the page says; two equal requests are two cards."""
        if not received.headers.get("authorization", "").startswith("Bearer "):
            return _error(401, "no token")
        if (received.method, received.path) != ("POST", "cards"):
            return _error(404, "no such page")
        card = received.json()
        if not all(isinstance(card.get(key), str) and card[key] for key in ("from", "to", "text")):
            return _error(400, "from, to and text are needed")
        if card["to"].endswith("90"):
            return _error(400, "this number is barred")
        self.reached.append(op.Reached(phone=card["to"], channel=op.Channel.SMS, at=now))
        return op.Response.of({"card": {"id": f"pc_{len(self.reached)}", "state": "queued"}}, 201)


def _error(status: int, message: str) -> op.Response:
    return op.Response.of({"error": {"message": message}}, status)


_SAMPLE = {"from": "Postcard", "to": "+9779610000011", "text": "Hello"}
_ANSWER = op.Response.of({"card": {"id": "pc_1", "state": "queued"}}, 201)
_ERRORS = {400: op.Kind.REJECTED, 401: op.Kind.HALT, 429: op.Kind.UNSENT, 500: op.Kind.UNKNOWN}

postcard = op.Provider(
    name="postcard",
    title="Postcard",
    docs=PAGE,
    version="0.1.0",
    settings=PostcardSettings,
    capabilities=op.Capabilities(channels={op.Channel.SMS: FEATURES}, batching=op.Batching(size=1)),
    load=load,
    interpret=interpret,
    check=check,
    emulate=PostcardSandbox,
    sandbox=PostcardSettings(token=op.Secret(value="sandbox")),
    samples=op.Samples(
        errors=tuple(op.ErrorSample(doc=PAGE, response=_error(code, "x"), means=_ERRORS[code]) for code in _ERRORS),
        words={op.Channel.SMS: STATUS},
        reads=status,
        exchanges=(op.Exchange(doc=PAGE, method="POST", path="cards", body=_SAMPLE, answer=_ANSWER),),
    ),
)


@op.hookimpl
def outreach_register_providers() -> Iterable[op.Provider[PostcardSettings]]:
    """Give the provider to outreach."""
    return [postcard]
