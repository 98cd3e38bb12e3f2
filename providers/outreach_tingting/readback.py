"""How to find out what became of a request whose answer was lost, who is in a campaign, and what became of them.

Lists are read page by page, by our own limit and offset: the address under ``next`` is never followed, since it
may lead to another host (the vendor's own example names a path that exists nowhere else,
https://apidocs.tingting.com.np/api/overview).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from outreach.provider import (
    Job,
    News,
    Question,
    Ref,
    Request,
    Response,
    Roll,
    Settled,
    Sheet,
    Unreadable,
    Waiting,
    decoding,
    look_up,
)
from outreach_tingting import endpoints
from outreach_tingting.endpoints import CAMPAIGN, page
from outreach_tingting.interpret import ENDED, LAUNCHED, NOT_STARTED, fold, outcome, receipt
from outreach_tingting.numbers import to_e164
from outreach_tingting.settings import Settings
from outreach_tingting.translate import create_body

#: Rows asked for at a time; the vendor may give fewer.
PAGE = 100

#: No list of ours is longer: 10,000 people at the vendor's default of ten a page.
MAX_PAGES = 1_000

#: How a report may call the column of numbers.
_NUMBER_HEAD = re.compile(r"\b(number|numbers|phone|mobile|contact)\b", re.IGNORECASE)

Row = Mapping[str, Any]

T = TypeVar("T", Roll, Settled, News)


def roll(job: Job[Settings]) -> Question[Roll]:
    """List who is in the campaign."""
    return _contacts(CAMPAIGN, partial(_roll, job))


def settle(job: Job[Settings], request: Request) -> Question[Settled] | None:
    """Find out what became of a create or a run; the other requests are simply repeated."""
    if endpoints.CREATE.made(request):
        return _find(job)
    if endpoints.RUN.made(request):
        return _was_run(job, request.path[1])
    return None


def halt(_job: Job[Settings]) -> Question[Settled]:
    """Ask for the end of a campaign. The vendor's pages do not name this request, so a 2xx promises little."""
    said = "the vendor took the request; its pages do not say what it does, so look at the campaign there"
    return Question(endpoints.STOP.request(id=CAMPAIGN), lambda _response: Settled(happened=True, reason=said))


def follow(job: Job[Settings], _waiting: Waiting) -> Question[News]:
    """Ask for the campaign, then for its people: where it had ended before they were listed, they are as they stay."""
    people = partial(_news, job)

    def details(response: Response) -> Question[News]:
        status = look_up(response.json(), ("status", "data.status"))
        over = f"the vendor's campaign is {status}" if fold(status) in ENDED else ""
        return _contacts(CAMPAIGN, partial(people, over))

    return Question(endpoints.GET.build(id=CAMPAIGN), details, otherwise=_contacts(CAMPAIGN, partial(people, "")))


def report(_job: Job[Settings]) -> Question[Sheet]:
    """Fetch the campaign's report; its columns are not documented but for being CSV."""
    return Question(endpoints.CAMPAIGN_REPORT.build(id=CAMPAIGN), _sheet)


def _sheet(response: Response) -> Sheet:
    """Read CSV whose people stand in the first column that is named like a number.

    Raises:
        Unreadable: It is no such table.
    """
    lines = [row for row in csv.reader(io.StringIO(decoding.plain(response))) if row]
    heads = [head.strip() for head in lines[0]] if lines else []
    at = next((place for place, head in enumerate(heads) if _NUMBER_HEAD.search(head)), None)
    if at is None:
        msg = "the vendor's report has no column of numbers"
        raise Unreadable(msg)
    people = {to_e164(row[at]): row for row in lines[1:] if len(row) == len(heads)}
    return Sheet(columns=tuple(heads), rows={phone: row for phone, row in people.items() if phone})


def _news(job: Job[Settings], over: str, rows: Sequence[Row]) -> News:
    found = {to_e164(row.get("number")): outcome(job, row) for row in rows}
    return News(receipts={phone: one for phone, one in found.items() if phone}, over=over)


def _find(job: Job[Settings]) -> Question[Settled] | None:
    """Look for the campaign by the mark in its name: first by the vendor's search, then in the whole list.

    The search is known from clients in the field only, so what it does not find may still be there.
    """
    if not job.marker or job.marker not in str(create_body(job)["name"]):
        return None

    def searched(rows: Sequence[Row]) -> Question[Settled] | Settled:
        return _found(job, rows) or _pages(_list, all_listed)

    def all_listed(rows: Sequence[Row]) -> Settled:
        return _found(job, rows) or Settled(happened=False, reason="no campaign at the vendor bears the mark")

    return _pages(partial(_list, search=job.marker), searched)


def _list(offset: int, **more: str) -> Request:
    return endpoints.LIST.build(query={**more, **page(PAGE, offset)})


def _found(job: Job[Settings], rows: Sequence[Row]) -> Settled | None:
    ours = [row for row in rows if job.marker in str(row.get("name"))]
    if not ours:
        return None
    if len(ours) > 1:
        return Settled(happened=None, reason=f"{len(ours)} campaigns at the vendor bear the mark; delete all but one")
    return Settled(
        happened=True,
        captures={CAMPAIGN.name: look_up(ours[0], ("id",)) or ""},
        reason="a campaign at the vendor bears the mark",
    )


def _was_run(job: Job[Settings], campaign: str | Ref) -> Question[Settled]:
    """Ask the campaign, then its people: "Not Started" alone does not prove that it will not start."""

    def details(response: Response) -> Question[Settled] | Settled:
        document = response.json()
        status = look_up(document, ("status", "data.status"))
        if fold(status) in LAUNCHED:
            return Settled(happened=True, reason=f"the vendor's campaign is {status}")
        return _contacts(campaign, moved)

    def moved(rows: Sequence[Row]) -> Settled:
        if _roll(job, rows).started:
            return Settled(happened=True, reason="the vendor has begun to contact people")
        return Settled(happened=None, reason="the vendor's campaign has not started so far, which proves nothing")

    return Question(endpoints.GET.build(id=campaign), details)


def _contacts(campaign: str | Ref, finish: Callable[[Sequence[Row]], T]) -> Question[T]:
    return _pages(lambda offset: endpoints.LIST_CONTACTS.build(id=campaign, query=page(PAGE, offset)), finish)


def _roll(job: Job[Settings], rows: Sequence[Row]) -> Roll:
    numbers = [to_e164(row.get("number")) for row in rows]
    if None in numbers:
        msg = "the vendor lists somebody without a number"
        raise Unreadable(msg)
    return Roll(
        present={str(number): receipt(job, row) for number, row in zip(numbers, rows, strict=True)},
        doubled=frozenset(str(number) for number, times in Counter(numbers).items() if times > 1),
        started=any(fold(row.get("status")) != NOT_STARTED for row in rows),
    )


def _pages(
    ask: Callable[[int], Request],
    finish: Callable[[Sequence[Row]], Question[T] | T],
    seen: Mapping[str, Row] = MappingProxyType({}),
    offset: int = 0,
    turn: int = 1,
) -> Question[T]:
    """Read every page, then finish; rows that pages share count once, and the total must be what the vendor says."""

    def read(response: Response) -> Question[T] | T:
        count, rows = _page(response)
        known = {**seen, **_by_id(rows)}
        reached = offset + len(rows)
        if turn >= MAX_PAGES and reached < count:
            msg = "the vendor's list does not come to an end"
            raise Unreadable(msg)
        if rows and reached < count:
            return _pages(ask, finish, known, reached, turn + 1)
        if len(known) != count:
            msg = f"the vendor says that its list has {count} rows and gave {len(known)}"
            raise Unreadable(msg)
        return finish(list(known.values()))

    return Question(ask(offset), read)


def _page(response: Response) -> tuple[int, Sequence[Row]]:
    document = response.json()
    count = document.get("count") if isinstance(document, Mapping) else None
    rows = document.get("results") if isinstance(document, Mapping) else None
    if not isinstance(count, int) or not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        msg = "the vendor's answer is no page of a list"
        raise Unreadable(msg)
    return count, rows


def _by_id(rows: Sequence[Row]) -> dict[str, Row]:
    named = {look_up(row, ("id",)) or "": row for row in rows}
    if "" in named:
        msg = "the vendor's list has a row without an id"
        raise Unreadable(msg)
    return named
