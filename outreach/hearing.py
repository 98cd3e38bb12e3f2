"""Take in what vendors tell by themselves: delivery reports that they post to the account owner's own web server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime

import attrs

from outreach.answers import Heard, Receipt
from outreach.delivery.journal import BatchRow, CampaignKey, Journal, LoadOutcome, Slice, Stage
from outreach.merging import merge
from outreach.planning.carrier import Carrier
from outreach.wire import Received

#: Batches read from the journal at a time.
PAGE = 200

#: People in these stages can be told of.
_STAGES = (Stage.ACCEPTED, Stage.UNKNOWN)


@attrs.frozen(kw_only=True)
class Notices:
    """What became of the posts that were passed on.

    Attributes:
        changed: Deliveries of which something new was learnt.

        settled: Of these, how many of which nobody knew before whether they had gone out.

        forged: Posts that the vendor did not sign; they change nothing.

        unreadable: Posts in a shape that the vendor's pages do not show; they change nothing.

        strange: Posts about nobody whom this campaign reached; they change nothing.
    """

    changed: int = 0
    settled: int = 0
    forged: int = 0
    unreadable: int = 0
    strange: int = 0


def read(carrier: Carrier, posts: Iterable[Received], token: str) -> tuple[list[Heard], Notices]:
    """Read posts; give what they say of whom, and count those that say nothing."""
    heard: list[Heard] = []
    forged = unreadable = 0
    for post in posts:
        if not _genuine(carrier, post, token):
            forged += 1
            continue
        try:
            heard += carrier.provider.hear(post)
        except Exception:  # noqa: BLE001  # anybody may post anything; one post must not lose the others
            unreadable += 1
    return heard, Notices(forged=forged, unreadable=unreadable)


def _genuine(carrier: Carrier, post: Received, token: str) -> bool:
    try:
        return carrier.provider.genuine(post, carrier.settings, token)
    except Exception:  # noqa: BLE001  # what cannot be checked is not proved
        return False


async def write(
    journal: Journal, key: CampaignKey, provider: str, heard: Sequence[Heard], counted: Notices, *, at: datetime
) -> Notices:
    """Write down what was heard; what is known of a person only grows, so that order and repeats play no part."""
    left = list(heard)
    for one in await journal.slices(key):
        told = _for(one, left) if one.provider == provider else {}
        if not told:
            continue
        found: set[str] = set()
        async for row in _rows(journal, one):
            counted = await _one(journal, one, row, told, counted, at)
            found.update(phone for phone in row.people.phones if phone in told)
        left = [each for each in left if each.phone not in found or not _about(one, each)]
    return attrs.evolve(counted, strange=counted.strange + len(left))


def _about(one: Slice, heard: Heard) -> bool:
    return heard.channel in one.channels and heard.marker in {"", one.marker}


def _for(one: Slice, heard: Iterable[Heard]) -> Mapping[str, Heard]:
    told: dict[str, Heard] = {}
    for each in heard:
        if _about(one, each):
            known = told.get(each.phone)
            told[each.phone] = (
                each if known is None else attrs.evolve(known, receipt=merge(known.receipt, each.receipt))
            )
    return told


async def _rows(journal: Journal, one: Slice) -> AsyncIterator[BatchRow]:
    after = -1
    while rows := await journal.batches(one.id, _STAGES, after=after, limit=PAGE, mixed=True):
        after = rows[-1].seq
        for row in rows:
            yield row


async def _one(
    journal: Journal, one: Slice, row: BatchRow, told: Mapping[str, Heard], counted: Notices, at: datetime
) -> Notices:
    fresh: dict[int, Receipt] = {}
    settled: dict[int, Receipt] = {}
    for index, phone in enumerate(row.people.phones):
        each = told.get(phone)
        stage, _ = row.exceptions.get(index, (row.stage, ""))
        known = row.receipts.get(index, row.receipt)
        if each is None:
            continue
        if stage is Stage.UNKNOWN and each.marker:
            settled[index] = merge(known, each.receipt)
        elif stage is Stage.ACCEPTED and (each.marker or (known and known.vendor_id == each.receipt.vendor_id)):
            merged = merge(known, each.receipt)
            if merged != known:
                fresh[index] = merged
    if settled:
        exceptions = dict.fromkeys(settled, (Stage.ACCEPTED, ""))
        outcome = LoadOutcome(stage=Stage.UNKNOWN, reason=row.reason, exceptions=exceptions, receipts=settled)
        await journal.conclude_load(one.id, row.seq, outcome, at=at)
    if fresh:
        await journal.note(one.id, row.seq, fresh, at=at)
    width = len(one.channels)
    return attrs.evolve(
        counted,
        changed=counted.changed + (len(fresh) + len(settled)) * width,
        settled=counted.settled + len(settled) * width,
    )
