"""What became of a call: its status, the answers of the person, and what was said.

The status stands on https://api.toingg.com/docs/Calling_Endpoints/Call_Status. Answers and transcript are known from
third parties only, without the shape of what they answer, so every plausible one is read, and what cannot be read is
no news.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import attrs

from outreach.provider import Job, News, Question, Receipt, Response, Status, Waiting
from outreach_toingg import endpoints
from outreach_toingg.account import ToinggSettings
from outreach_toingg.interpret import call_status
from outreach_toingg.translate import content_of

NAMELESS = "Toingg did not say the id of the call, so that nobody can ask about it; look at its dashboard"
ENDED = "Toingg says that the call has ended"

#: Keys under which a transcript, and a part of it, may stand.
_WHOLE = ("transcription", "transcript", "messages", "conversation")
_WHO = ("role", "speaker", "name")
_WHAT = ("content", "text", "message")


def follow(job: Job[ToinggSettings], waiting: Waiting) -> Question[News] | str:
    """Ask about one call; once it was answered, also for the answers and for what was said."""
    (phone,), (call,) = waiting.phones, waiting.vendor_ids
    return Question(endpoints.call_status(call), partial(_told, job, phone, call)) if call else NAMELESS


def _told(job: Job[ToinggSettings], phone: str, call: str, response: Response) -> Question[News] | News:
    told = call_status(response)
    receipt = Receipt(vendor_id=call, status=told.status, word=told.word, duration=told.duration)
    if told.status is not Status.ANSWERED:
        return News(receipts={phone: receipt}, over=ENDED if told.ended else "")
    asked = tuple(content_of(job).ask)
    spoken = partial(_transcript, phone, receipt, asked)
    if not asked:
        return spoken()
    request = endpoints.ANALYSIS.request(callId=call)
    return Question(request, lambda answer: spoken(answers(answer.json(), asked)), otherwise=spoken())


def _transcript(
    phone: str, receipt: Receipt, asked: tuple[str, ...], found: Mapping[str, str] | None = None
) -> Question[News]:
    known = attrs.evolve(receipt, answers=found or {})
    later = frozenset({phone} if set(asked) - set(known.answers) else ())
    request = endpoints.TRANSCRIPTION.request(callId=receipt.vendor_id)

    def read(response: Response) -> News:
        return News(receipts={phone: attrs.evolve(known, transcript=transcript(response.json()))}, later=later)

    return Question(request, read, otherwise=News(receipts={phone: known}, later=later))


def answers(document: Any, asked: tuple[str, ...]) -> Mapping[str, str]:
    """Find the answers to these questions, at any depth; the first of each counts."""
    found: dict[str, str] = {}
    for level in _mappings(document):
        for key in asked:
            value = level.get(key)
            if isinstance(value, Mapping):
                value = value.get("answer", value.get("value"))
            if isinstance(value, str | int | float) and str(value).strip():
                found.setdefault(key, _word(value))
    return found


def transcript(document: Any) -> str:
    """Write what was said, a line for each turn; empty where no shape fits."""
    result = document.get("result", document) if isinstance(document, Mapping) else document
    for key in _WHOLE:
        if isinstance(result, Mapping) and key in result:
            result = result[key]
    if isinstance(result, str):
        return result.strip()
    return "\n".join(filter(None, map(_turn, result))) if isinstance(result, list) else ""


def _turn(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if not isinstance(value, Mapping):
        return ""
    who, what = (next((str(value[key]) for key in keys if value.get(key)), "") for keys in (_WHO, _WHAT))
    return f"{who}: {what}".removeprefix(": ") if what else ""


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).strip()


def _mappings(document: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(document, Mapping):
        yield document
        for below in document.values():
            yield from _mappings(below)
    elif isinstance(document, list):
        for below in document:
            yield from _mappings(below)
