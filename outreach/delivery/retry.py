"""What an answer other than 2xx, or none, means for a request, and how long to wait before the next try. Pure."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import attrs

from outreach.answers import Kind, Outcome
from outreach.delivery.exchange import Lost, NotSent, Unsendable
from outreach.masking import masked
from outreach.wire import Reach, Request, Response

#: Most requests with one person that do not contact them, over all tries, runs and providers of a campaign.
MOST_ATTEMPTS = 25

#: Longest pause that a vendor can ask for, in seconds.
MAX_RETRY_AFTER = 300.0

#: Most characters of a reason.
MAX_REASON = 400

#: Most characters of a vendor's words that are looked at.
MAX_WORDS = 2_000

#: What a status proves for any request. One that is not listed proves nothing.
MEANING: Mapping[int, Kind] = {
    **dict.fromkeys((400, 403, 404, 405, 410, 411, 413, 414, 415, 421, 422, 426, 428, 431, 451), Kind.REJECTED),
    **dict.fromkeys((401, 402), Kind.HALT),
    429: Kind.UNSENT,
}

#: Statuses after which a harmless request may be repeated although they prove nothing; and all of 5xx.
PASSING = frozenset({408, 425})

_SAYS: Mapping[int, str] = {
    401: "the account's token is not accepted",
    402: "the account's credit is used up",
}


def classify(
    request: Request, response: Response, *, explain: Callable[[Response], str], now: datetime
) -> Outcome | None:
    """Say what an answer means; None for 2xx, which the adapter reads itself.

    Args:
        request: What was asked.

        response: What was answered.

        explain: The vendor's own words in an error answer, see ``Provider.explain``.

        now: Aware; a date in ``Retry-After`` counts from here.
    """
    if response.ok:
        return None
    kind = _kind(request, response.status)
    pause = retry_after(response, now) if kind is Kind.UNSENT else None
    return Outcome(kind=kind, reason=_reason(response, explain), retry_after=pause)


def unanswered(request: Request, failure: NotSent | Lost) -> Outcome:
    """Say what it means that there is no answer."""
    kind = Kind.UNKNOWN
    if isinstance(failure, Unsendable):
        kind = Kind.HALT
    elif isinstance(failure, NotSent) or harmless(request):
        kind = Kind.UNSENT
    return Outcome(kind=kind, reason=str(failure))


def harmless(request: Request) -> bool:
    """Whether a request may be repeated even when nobody knows what became of it."""
    return request.reaches is Reach.NOBODY and request.repeatable


def retry_after(response: Response, now: datetime) -> float | None:
    """Read ``Retry-After``, seconds or a date, as seconds from now; at most ``MAX_RETRY_AFTER``, None if unreadable."""
    text = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return min(float(text), MAX_RETRY_AFTER)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    # RFC 9110 §5.6.7: a date in HTTP is in UTC, also where it does not say so.
    seconds = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


@attrs.frozen(kw_only=True)
class Backoff:
    """How long to wait before trying again what is proved unsent: exponential, with full jitter.

    Attributes:
        base: Longest wait after the first try, in seconds; doubles with each try.

        cap: Longest wait, in seconds, where the vendor asks for none.

        attempts: Most tries, the first one counted.
    """

    base: float = 1.0
    cap: float = 60.0
    attempts: int = 5

    def next_wait(self, attempt: int, retry_after: float | None, rng: random.Random) -> float | None:
        """Give the seconds to wait, or None to give up.

        Args:
            attempt: Number of tries made so far, from 1.

            retry_after: Seconds that the vendor asked for; never undercut.

            rng: Source of the jitter.
        """
        if attempt >= self.attempts:
            return None
        jitter = rng.uniform(0.0, min(self.cap, self.base * math.pow(2, attempt - 1)))
        return jitter if retry_after is None else retry_after + min(jitter, self.base)


def _kind(request: Request, status: int) -> Kind:
    if status in request.unclear:
        return Kind.UNKNOWN
    if status in MEANING:
        return MEANING[status]
    if not harmless(request):
        return Kind.UNKNOWN
    if 300 <= status < 400:
        return Kind.REJECTED
    return Kind.UNSENT if status in PASSING or 500 <= status < 600 else Kind.UNKNOWN


def _reason(response: Response, explain: Callable[[Response], str]) -> str:
    status = response.status
    says = "a redirect, which is not followed" if 300 <= status < 400 else _SAYS.get(status) or _phrase(status)
    told = " ".join(masked(_words(response, explain)).split())
    return ": ".join(filter(None, (f"{status} {says}".strip(), told)))[:MAX_REASON]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _words(response: Response, explain: Callable[[Response], str]) -> str:
    try:
        return str(explain(response))[:MAX_WORDS]
    except Exception:  # noqa: BLE001  # an adapter that stumbles over an error text must not hide the status
        return ""
