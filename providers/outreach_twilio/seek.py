"""Whether a message or call went out whose answer was lost: Twilio lists them by number, newest first.

A message is known by its text. A call's list does not tell what was said, and a content template's text is Twilio's:
there, something found proves nothing, but nothing found proves that nobody was reached.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from outreach.provider import Channel, Job, Question, Response, Roll, Unreadable
from outreach_twilio import endpoints
from outreach_twilio.interpret import receipt
from outreach_twilio.settings import TwilioSettings
from outreach_twilio.translate import address, text

#: https://www.twilio.com/docs/usage/twilios-response: a page has at most 1000 rows.
PAGE = 1000

#: Twilio's clock and ours may differ by so much.
SKEW = timedelta(minutes=5)


def seek(job: Job[TwilioSettings], phones: Sequence[str]) -> Question[Roll] | None:
    """Ask for everything that went to the one number of a batch while its request may have been on its way.

    Twilio's filters by date go by when a message was sent: one that is still queued has no such date and would fall out
    of the list. So the list is asked for by number alone, and read as far as the moment of the request.
    """
    if len(phones) != 1:
        return None
    channel = next(iter(job.contents))
    query = {"To": address(channel, phones[0]), "PageSize": str(PAGE)}
    return _page(job, channel, phones[0], query, doubt=False)


def _page(
    job: Job[TwilioSettings], channel: Channel, phone: str, query: Mapping[str, str], *, doubt: bool
) -> Question[Roll]:
    """Read a page; ``doubt``: one before it held what was made later and may be ours.

    A process that stood still between its last look at the clock and the network sends long after the moment of the
    request, and Twilio may have changed the text (smart encoding, shortened links): whatever the account sent to the
    number later may be it.
    """
    row = endpoints.LIST_CALLS if channel is Channel.VOICE else endpoints.LIST_MESSAGES
    said = _pattern(job, channel)
    since = job.start.astimezone(UTC) - SKEW
    until = job.start + timedelta(seconds=job.settings.timeout) + SKEW

    def read(response: Response) -> Question[Roll] | Roll:
        document = response.json()
        rows = listed(document, channel)
        found = [one for one in rows if _ours(one, since, until)]
        exact = next((one for one in found if said and said.fullmatch(str(one.get("body")))), None)
        if exact is not None:
            return Roll(present={phone: receipt(str(exact["sid"]), str(exact.get("status") or ""))})
        late = any(_ours(one, until, None) for one in rows)
        onward = next_page(document)
        if found or not onward or any(_before(one, since) for one in rows):
            return Roll(present={}, unsure=frozenset({phone} if found or late or doubt else ()))
        return _page(job, channel, phone, {**query, **onward}, doubt=doubt or late)

    return Question(row.build(account_sid=job.settings.account_sid, query=query), read)


def _pattern(job: Job[TwilioSettings], channel: Channel) -> re.Pattern[str] | None:
    """Match every text that the campaign can have sent; None where the list does not tell the text."""
    said = text(job, channel)
    if said is None or channel is Channel.VOICE:
        return None
    return re.compile(said.spell(lambda _placeholder: ".*", re.escape), re.DOTALL)


def listed(document: Any, channel: Channel) -> Sequence[Mapping[str, Any]]:
    """Give the messages or calls of a page.

    Raises:
        Unreadable: There is no such list.
    """
    rows = document.get("calls" if channel is Channel.VOICE else "messages") if isinstance(document, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) and one.get("sid") for one in rows):
        msg = "the answer holds no list of messages or calls"
        raise Unreadable(msg)
    return rows


def next_page(document: Mapping[str, Any]) -> Mapping[str, str]:
    """Give the page and its token out of ``next_page_uri``; the address itself is never followed."""
    onward = dict(parse_qsl(urlsplit(str(document.get("next_page_uri") or "")).query))
    return {name: onward[name] for name in ("Page", "PageToken") if name in onward}


def _ours(one: Mapping[str, Any], since: datetime, until: datetime | None) -> bool:
    """Whether the account sent it, and made it within these moments; without a readable time it counts."""
    if not str(one.get("direction") or "outbound").startswith("outbound"):
        return False
    made = _made(one)
    return made is None or (since <= made and (until is None or made <= until))


def _before(one: Mapping[str, Any], since: datetime) -> bool:
    """Whether it was made before that moment, as then everything behind it was: the newest stand first."""
    made = _made(one)
    return made is not None and made < since


def _made(one: Mapping[str, Any]) -> datetime | None:
    try:
        made = parsedate_to_datetime(str(one.get("date_created")))
    except (TypeError, ValueError):
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)
