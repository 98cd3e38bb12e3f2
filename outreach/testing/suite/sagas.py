"""What is found out after a lost answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import attrs

from outreach.answers import Roll, Settled
from outreach.delivery.retry import harmless
from outreach.model import Channel
from outreach.provider import Batch, Request
from outreach.testing.bench import Saga
from outreach.testing.doubles import Vendor
from outreach.testing.expecting import expect
from outreach.testing.suite.base import Suite
from outreach.wire import Reach

#: A closed lid, a stopped machine: so much later a request may go out than was written down.
LATE = timedelta(days=2)

Carried = tuple[Channel, ...]
Step = tuple[Request, Batch | None]


class Cuts(Suite):
    """A campaign cut between any two steps."""

    def test_a_cut_saga_settles(self, carried: Carried) -> None:
        """Whichever answer is lost, nothing false is concluded, and going on contacts nobody twice and loses nobody."""
        saga = self.saga(*carried)
        steps = list(saga.steps)
        for position, (request, _) in enumerate(steps):
            for happened in (True, False):
                vendor = self._until(saga, steps[:position])
                if happened:
                    vendor.send(request)
                self._go_on(saga, vendor, steps[position:], happened=happened)

    def test_what_was_sent_late_is_not_taken_for_absent(self, carried: Carried) -> None:
        """A process that stood still sends long after the moment that ``seek`` is told; its people are not gone."""
        saga = self.saga(*carried)
        late = attrs.evolve(saga.job, start=self.bench.vendor().now - LATE)
        steps = list(saga.steps)
        for position, (request, batch) in enumerate(steps):
            question = self.bench.provider.seek(late, batch.phones) if batch is not None and _reaches(request) else None
            if batch is None or question is None:
                continue
            vendor = self._until(saga, steps[:position])
            vendor.send(request)
            listed: Roll | None = vendor.ask(question)
            expect(
                listed is None or {*listed.present, *listed.unsure}.issuperset(batch.phones),
                f"what '{request.does}' did {LATE.days} days after the moment that seek was told is taken for never "
                "done, and would be done again; say unsure of whatever may be ours and came later",
            )

    def _until(self, saga: Saga, steps: Sequence[Step]) -> Vendor:
        vendor = self.bench.vendor()
        for request, batch in steps:
            vendor.perform(saga.job, request, batch)
        return vendor

    def _go_on(self, saga: Saga, vendor: Vendor, rest: Sequence[Step], *, happened: bool) -> None:
        """Settle the first of these steps and do the others; whom nobody can tell of is left to a person."""
        (request, batch), *others = rest
        if harmless(request):
            again = True
        else:
            told = self._settled(saga, vendor, request, batch)
            self._true(request, told, happened=happened)
            if told is None:
                return
            again = not told
        todo = [(request, batch), *others] if again else others
        for one, people in todo:
            vendor.perform(saga.job, one, people)
        channels = tuple(saga.job.contents)
        wanted = {(phone, channel): 1 for _, people in saga.loads for phone in people.phones for channel in channels}
        expect(
            vendor.reached() == wanted,
            f"after the answer to '{request.does}' was lost ({'done' if happened else 'not done'}) and settled, going "
            "on contacts somebody twice or loses somebody; settle must supply every capture",
        )

    def _settled(self, saga: Saga, vendor: Vendor, request: Request, batch: Batch | None) -> bool | None:
        """Ask what became of a request; None when nobody can tell."""
        provider = self.bench.provider
        if batch is not None:
            since = attrs.evolve(saga.job, start=vendor.now)
            lists = provider.seek(since, batch.phones) if _reaches(request) else provider.roll(saga.job)
            listed: Roll | None = vendor.ask(lists) if lists is not None else None
            return None if listed is None else _aboard(listed, batch)
        question = provider.settle(saga.job, request.fill(vendor.refs))
        told: Settled | None = vendor.ask(question) if question is not None else None
        if told is None:
            return None
        if told.happened:
            lacking = sorted(name for name in request.captures if not told.captures.get(name))
            expect(not lacking, f"settle says that '{request.does}' happened, but not what {lacking} is")
            vendor.refs |= told.captures
        return told.happened

    def _true(self, request: Request, told: bool | None, *, happened: bool) -> None:
        expect(
            told is None or told is happened,
            f"'{request.does}' {'took' if happened else 'did not take'} effect and settle says the opposite; say None "
            "where the vendor's list proves nothing",
        )


def _reaches(request: Request) -> bool:
    return request.reaches is not Reach.NOBODY


def _aboard(listed: Roll, batch: Batch) -> bool | None:
    if listed.unsure.intersection(batch.phones):
        return None
    present = [phone in listed.present for phone in batch.phones]
    return True if all(present) else None if any(present) else False
