"""What became of one message or call, by its sid."""

from __future__ import annotations

import attrs

from outreach.provider import Job, News, Question, Response, Waiting, look_up
from outreach_twilio.endpoints import FETCH_CALL, FETCH_MESSAGE
from outreach_twilio.interpret import CALL, receipt
from outreach_twilio.settings import TwilioSettings

NAMELESS = "Twilio did not say the sid, so that nobody can ask about it; look in its console"


def follow(job: Job[TwilioSettings], waiting: Waiting) -> Question[News] | str:
    """Ask about one message or call; a price is negative at Twilio, and null while it is not known."""
    (phone,), (sid,) = waiting.phones, waiting.vendor_ids
    if not sid:
        return NAMELESS
    endpoint = FETCH_CALL if sid.startswith(CALL) else FETCH_MESSAGE

    def read(response: Response) -> News:
        document = response.json()
        price, seconds = (_number(look_up(document, (key,))) for key in ("price", "duration"))
        told = attrs.evolve(
            receipt(sid, look_up(document, ("status",)) or ""),
            credits={} if price is None else {channel: abs(price) for channel in job.contents},
            duration=seconds,
        )
        return News(receipts={phone: told})

    return Question(endpoint.request(account_sid=job.settings.account_sid, sid=sid), read)


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
