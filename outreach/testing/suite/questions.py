"""Every question that an adapter would ask about one campaign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from outreach.answers import Question, Waiting
from outreach.provider import Provider
from outreach.testing.bench import Saga
from outreach.wire import Reach, Request


def questions(provider: Provider[Any], saga: Saga) -> Iterator[Question[Any]]:
    """Give what ``settle``, ``roll``, ``seek``, ``halt``, ``report`` and ``follow`` ask."""
    yield from (one for one in said(provider, saga) if isinstance(one, Question))


def said(provider: Provider[Any], saga: Saga) -> Sequence[Question[Any] | str | None]:
    """Give whatever those functions give: a question, a sentence that says why there is none, or None."""
    return (
        *(provider.settle(saga.job, request) for request in (*saga.open, *saga.launch)),
        provider.roll(saga.job),
        *(provider.seek(saga.job, batch.phones) for request, batch in saga.loads if _reaches(request)),
        provider.halt(saga.job),
        provider.report(saga.job),
        *(provider.follow(saga.job, some) for some in _waiting(provider, saga)),
    )


def _waiting(provider: Provider[Any], saga: Saga) -> Iterator[Waiting]:
    """Give the people of a campaign as ``follow`` is asked about them, with ids that are made up."""
    phones = [phone for _, batch in saga.loads for phone in batch.phones]
    size = provider.follow_size or len(phones)
    for start in range(0, len(phones), size):
        some = phones[start : start + size]
        yield Waiting(phones=some, vendor_ids=[f"id-{phone}" for phone in some])


def _reaches(request: Request) -> bool:
    return request.reaches is not Reach.NOBODY
