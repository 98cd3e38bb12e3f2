"""From a campaign to people, by way of the stand-in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from outreach.answers import Receipt, Waiting
from outreach.model import Channel, Status
from outreach.negotiation import Verdict
from outreach.provider import Batch, Kind, Outcome, Request
from outreach.testing.bench import Saga
from outreach.testing.doubles import LATER, Vendor
from outreach.testing.expecting import expect, skip
from outreach.testing.suite.base import LONG, Suite
from outreach.testing.wires import holds
from outreach.wire import Reach

Carried = tuple[Channel, ...]


class Deliveries(Suite):
    """Translate, emulate, interpret."""

    def test_every_delivery_has_a_receipt(self, carried: Carried) -> None:
        """Everybody is accepted, each with a receipt, and is contacted once on each channel."""
        saga, vendor = self.saga(*carried), self.bench.vendor()
        for request, batch in saga.steps:
            outcome = vendor.perform(saga.job, request, batch)
            expect(
                outcome.kind is Kind.ACCEPTED,
                f"the stand-in does not take '{request.does}': {outcome.reason or outcome.kind}",
            )
            if batch is not None:
                _accounted(outcome, request, batch)
        wanted = {(phone, channel): 1 for _, batch in saga.loads for phone in batch.phones for channel in carried}
        reached = vendor.reached()
        expect(
            reached == wanted,
            f"{len(wanted)} contacts were to be made once each, and the stand-in counts {sum(reached.values())}, "
            f"{len(reached.keys() & wanted.keys())} of them with these people; compare numbers as E.164",
        )

    def test_what_became_of_people_is_told(self, carried: Carried) -> None:
        """Asked once everything has happened, the vendor tells of our people in words we know; or why it cannot."""
        saga, vendor, provider = self.saga(*carried), self.bench.vendor(), self.bench.provider
        ids: dict[str, str] = {}
        for request, batch in saga.steps:
            outcome = vendor.perform(saga.job, request, batch)
            for phone in batch.phones if batch else ():
                ids[phone] = outcome.receipts.get(phone, outcome.receipt).vendor_id
        vendor.reached()
        vendor.now = LATER
        size = provider.follow_size or len(ids)
        phones = list(ids)
        for some in (phones[start : start + size] for start in range(0, len(phones), size)):
            question = provider.follow(saga.job, Waiting(phones=some, vendor_ids=[ids[phone] for phone in some]))
            if isinstance(question, str):
                expect(question.strip(), "follow says neither what to ask nor why nobody can be asked; give a sentence")
                continue
            news = vendor.ask(question)
            expect(news is not None, f"the answer to '{question.request.does}' cannot be read")
            told = news.receipts
            expect(told.keys() <= ids.keys(), "follow tells of people who are not ours; compare numbers as E.164")
            self._in_its_words(carried, told)
            known = [one.word for one in told.values() if one.status is Status.UNKNOWN]
            expect(not known, f"follow meets words that it does not know: {', '.join(sorted(set(known)))}")
            expect(told.keys() >= set(some) or news.over, "follow tells nothing of some people, and is not over")

    def _in_its_words(self, carried: Carried, told: Mapping[str, Receipt]) -> None:
        """The status of a receipt is what the adapter reads in its word."""
        read = self.bench.provider.samples.reads
        if read is None:
            return
        for one in told.values():
            meant = {read(channel, one.word) for channel in carried}
            expect(
                not one.word or one.status in meant,
                f"a receipt says {one.status} with the vendor's word '{one.word}', which Samples.reads reads as "
                f"{' or '.join(sorted(meant))}; give the word from which the status was read",
            )

    def test_any_writing_arrives(self, carried: Carried, writing: str) -> None:
        """A person's values arrive as they are, in any script, with any sign; long ones whole, or they are refused."""
        channel = carried[0]
        if self.support(channel, "placeholders").verdict is Verdict.REFUSED:
            skip(f"{channel} carries no values of people")
        plain = self.bench.campaign(*carried)
        campaign = self.bench.to(self.bench.with_word(plain, channel, "{word}"), 3, word=writing)
        drawn = self.bench.draw(self.bench.agreed(campaign))
        if drawn.refused and writing in LONG:
            return
        expect(not drawn.refused, f"a value of a person gets the campaign refused: {'; '.join(drawn.refused)}")
        for saga in drawn.sagas:
            for request, _ in saga.loads:
                expect(
                    any(holds(one, writing) for one in (request, *saga.open)),
                    f"'{writing[:40]}' does not arrive with '{request.does}'; send values as they are, whole, as text",
                )
            if writing not in LONG or not self._too_long(saga):
                self._through(saga)

    def _too_long(self, saga: Saga) -> bool:
        """Say whether the stand-in refuses a request, which it may where a text is long."""
        vendor = self.bench.vendor()
        return any(vendor.perform(saga.job, *step).kind is Kind.REJECTED for step in saga.steps)

    def test_any_number_of_people_travels(self, carried: Carried, count: int) -> None:
        """Nobody, one and ten thousand: everybody travels once, in batches and campaigns of the promised size."""
        drawn = self.bench.draw(self.bench.to(self.bench.agreed(self.bench.campaign(*carried)), count))
        batching = self.bench.provider.capabilities.batching
        expect(bool(drawn.requests) == bool(count), f"{count} people come to {len(drawn.requests)} requests")
        for saga in drawn.sagas:
            sizes = [len(batch) for _, batch in saga.loads]
            expect(max(sizes) <= batching.size, f"{max(sizes)} people travel in one request of {batching.size}")
            expect(sum(sizes) <= batching.campaign_size, f"{sum(sizes)} people travel in one campaign")
        phones = Counter(phone for saga in drawn.sagas for _, batch in saga.loads for phone in batch.phones)
        expect(len(phones) == count, f"of {count} people {len(phones)} travel")
        reached: Counter[tuple[str, Channel]] = Counter()
        for saga in drawn.sagas:
            reached += self._through(saga).reached()
        wanted = {(phone, channel): 1 for phone in phones for channel in carried}
        missing, doubled = len(wanted.keys() - reached.keys()), sum(1 for times in reached.values() if times > 1)
        expect(
            reached == wanted,
            f"of {len(wanted)} contacts {missing} were not made, and {doubled} were made twice; put everybody of the "
            "batch into its request",
        )

    def test_a_second_contact_shows(self, carried: Carried) -> None:
        """What must not be repeated is noticed when it is: the stand-in does not hide a doubled request."""
        saga = self.saga(*carried)
        plain = self._through(saga).reached()
        for doubled, _ in saga.steps:
            vendor = self.bench.vendor()
            noticed = False
            for request, batch in saga.steps:
                first = vendor.perform(saga.job, request, batch)
                if request is doubled:
                    before = dict(vendor.refs)
                    second = vendor.perform(saga.job, request, batch)
                    vendor.refs = before
                    noticed = (second.kind, second.captures) != (first.kind, first.captures) or self._listed(
                        saga, vendor
                    )
            more = vendor.reached() != plain
            if doubled.repeatable:
                expect(
                    not more,
                    f"'{doubled.does}' is said to be repeatable, and sent twice it contacts people again; do not set "
                    "Request.repeatable",
                )
            else:
                expect(
                    more or noticed,
                    f"'{doubled.does}' was sent twice and the stand-in did not show it; let it act twice, as the "
                    "vendor may, or say that it is repeatable",
                )

    def _listed(self, saga: Saga, vendor: Vendor) -> bool:
        roll = self.bench.provider.roll(saga.job)
        listed = vendor.ask(roll) if roll is not None else None
        return listed is not None and bool(listed.doubled)

    def _through(self, saga: Saga) -> Vendor:
        """Send everything to a fresh stand-in, all of which it must take."""
        vendor = self.bench.vendor()
        for request, batch in saga.steps:
            outcome = vendor.perform(saga.job, request, batch)
            expect(
                outcome.kind is Kind.ACCEPTED and not outcome.refused and not outcome.doubtful,
                f"the stand-in does not take '{request.does}': {outcome.reason or 'people are left out'}",
            )
        return vendor


def _accounted(outcome: Outcome, request: Request, batch: Batch) -> None:
    """Everybody of a batch is accepted, and nobody else is spoken of."""
    ours = set(batch.phones)
    named = {*outcome.receipts, *outcome.refused, *outcome.doubtful}
    expect(named <= ours, f"the answer to '{request.does}' is read as speaking of others than were sent: compare E.164")
    lost = len(ours & {*outcome.refused, *outcome.doubtful})
    expect(not lost, f"of {len(ours)} ordinary people in '{request.does}' {lost} are refused or doubtful")
    expect(
        request.reaches is Reach.NOBODY or outcome.receipts.keys() in (ours, set()),
        f"some people of '{request.does}' have a receipt and some have none",
    )
