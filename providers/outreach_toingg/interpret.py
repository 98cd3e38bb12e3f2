"""What Toingg's answers mean.

The pages document success as ``"string"`` or ``any``, so every documented or plausible shape is read, and what
cannot be read is never taken for a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from outreach.provider import (
    Batch,
    Channel,
    Job,
    Kind,
    Outcome,
    Receipt,
    Request,
    Response,
    Status,
    Unreadable,
    accepted,
    error_text,
    look_up,
)
from outreach_toingg.account import ToinggSettings

#: https://docs.toingg.com/api-reference/endpoint/Calls/getCallStatus: "in-progress, completed, failed".
STATUS: Mapping[str, Status] = {
    "in-progress": Status.SENT,
    "completed": Status.ANSWERED,
    "failed": Status.FAILED,
}

#: Words of an answer that names no call: nobody can tell whether somebody was rung.
FAILURES = frozenset({"failed", "failure", "error"})

#: The page's example of an answer is ``"string"``; it stands for a text and names no campaign.
EXAMPLE = "string"

#: Spellings of the campaign's id over the pages, and in other people's clients.
CAMPAIGN_KEYS = ("campID", "campId", "campaignId", "id", "_id")

#: The key of a call's id is documented nowhere; https://api.toingg.com/docs/Calling_Endpoints/Call_Status shows an id.
CALL_KEYS = ("callId", "callID", "call_id", "callSid", "call_sid", "sid")
CALL_ID = re.compile(r"\bCA[0-9a-fA-F]{32}\b")
OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}")


def interpret(_job: Job[ToinggSettings], request: Request, response: Response, _batch: Batch | None) -> Outcome:
    """Read a 2xx answer: to the request that makes the campaign, or to a call.

    Raises:
        Unreadable: It is no JSON.
    """
    plain = attrs.evolve(request, captures={})
    outcome = accepted(plain, response)
    if outcome.kind is not Kind.ACCEPTED:
        return outcome
    return _created(response) if "campaign" in request.captures else _called(response)


def _created(response: Response) -> Outcome:
    found = campaign_id(response.json())
    if found is None:
        return Outcome(
            kind=Kind.UNKNOWN,
            reason="the campaign was made, but the answer does not say its id; find it in Toingg's dashboard",
        )
    return Outcome(kind=Kind.ACCEPTED, captures={"campaign": found})


def campaign_id(document: Any) -> str | None:
    """Find the campaign's id in any shape: a text, an object, an envelope with ``result``; None when there is none.

    A text without a key counts only where it looks like an id, since it may as well be a sentence.
    """
    for level in _levels(document):
        if isinstance(level, str) and OBJECT_ID.fullmatch(level.strip()):
            return level.strip()
        found = look_up(level, CAMPAIGN_KEYS) or look_up(level, ("_id.$oid", "id.$oid"))
        if found and found.strip() != EXAMPLE:
            return found.strip()
    return None


def _called(response: Response) -> Outcome:
    document = response.json()
    call, word = call_id(document), _word(document)
    if not call and (plain_word(word) in FAILURES or _mapping(document).get("error")):
        told = error_text(response) or word
        return Outcome(kind=Kind.UNKNOWN, reason=f"the answer speaks of a failure and names no call: {told}")
    known = status(Channel.AI_CALL, word) if word else Status.QUEUED
    return Outcome(kind=Kind.ACCEPTED, receipt=Receipt(vendor_id=call, status=known, word=word))


def status(_channel: Channel, word: str) -> Status:
    """Give our word for Toingg's."""
    return STATUS.get(plain_word(word), Status.UNKNOWN)


def call_id(document: Any) -> str:
    """Find the call's id under any usual key, else a text of the form of one; empty when there is none."""
    levels = list(_levels(document))
    keyed = (look_up(level, CALL_KEYS) for level in levels)
    found = next((value for value in keyed if value and value.strip() != EXAMPLE), None)
    if found:
        return found.strip()
    texts = [level for level in levels if isinstance(level, str)]
    texts += [value for level in levels for value in _mapping(level).values() if isinstance(value, str)]
    match = next(filter(None, map(CALL_ID.search, texts)), None)
    return match.group() if match else ""


@attrs.frozen(kw_only=True)
class CallStatus:
    """What became of a call.

    Attributes:
        status: In our words.

        word: Toingg's own word.

        started: As Toingg wrote it, empty when it did not say.

        ended: As Toingg wrote it, empty when it did not say.

        duration: Seconds; None when Toingg did not say.

        error: Toingg's words for what went wrong.
    """

    status: Status
    word: str
    started: str = ""
    ended: str = ""
    duration: float | None = None
    error: str = ""


def call_status(response: Response) -> CallStatus:
    """Read the answer to ``endpoints.call_status`` in both spellings of the pages (``start_time``, ``startTime``).

    The envelope's ``status`` is a boolean and says nothing about the call; ``result.status`` does.

    Raises:
        Unreadable: It is no JSON, or says that the question failed, or holds no call.
    """
    document = _mapping(response.json())
    result = _mapping(document.get("result")) or document
    word = result.get("status")
    if document.get("status") is False or document.get("success") is False or not isinstance(word, str):
        msg = f"Toingg does not say what became of the call: {error_text(response) or 'no status'}"
        raise Unreadable(msg)
    return CallStatus(
        status=status(Channel.AI_CALL, word),
        word=word,
        started=look_up(result, ("start_time", "startTime")) or "",
        ended=look_up(result, ("end_time", "endTime")) or "",
        duration=_seconds(result.get("duration")),
        error=look_up(result, ("error", "error.message")) or "",
    )


def plain_word(word: str) -> str:
    """Write a status word as the table does, whatever its case and its hyphens."""
    return re.sub(r"[\s_-]+", "-", word.strip().casefold())


def _levels(document: Any) -> Iterator[Any]:
    """The answer itself, and what its envelope holds."""
    yield document
    for key in ("result", "data"):
        if _mapping(document).get(key) is not None:
            yield document[key]


def _word(document: Any) -> str:
    """The state of the call, where the answer gives one; an envelope's own ``success`` is none."""
    outer, *inner = (_mapping(level).get("status") for level in _levels(document))
    words = [word for word in inner if isinstance(word, str)]
    if isinstance(outer, str) and plain_word(outer) in {*STATUS, *FAILURES}:
        words.append(outer)
    return words[0] if words else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _seconds(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None
