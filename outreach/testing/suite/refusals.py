"""Answers that speak of some people otherwise than of the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from outreach.answers import Kind, Outcome
from outreach.errors import Unreadable
from outreach.model import Channel, Contacts
from outreach.provider import Batch, Request, Response
from outreach.testing import people
from outreach.testing.bench import Saga
from outreach.testing.doubles import meaning
from outreach.testing.expecting import expect, skip
from outreach.testing.suite.base import Suite
from outreach.testing.wires import leaves
from outreach.wire import Reach

Carried = tuple[Channel, ...]

#: How the numbers end that stand-ins refuse by custom; tried one after the other.
BARRED = ("90", "91")

#: So many last digits tell one person of the kit from another, however a vendor writes the number.
TELLING = 9

_SIGNS = re.compile(r"[^0-9]")


class Refusals(Suite):
    """Of several people one is refused, or is not spoken of."""

    def test_whom_the_vendor_refuses_is_not_accepted(self, carried: Carried) -> None:
        """Whom the stand-in does not contact is refused, doubtful or rejected, and whom it contacts is not refused."""
        refuses = [self._compared(carried, ending) for ending in BARRED]
        if not any(refuses):
            skip(f"the stand-in refuses nobody whose number ends in {' or '.join(BARRED)}")

    def test_who_is_missing_from_an_answer_is_doubtful(self, carried: Carried) -> None:
        """Of an answer that speaks of each person, that of one is cut out: nobody knows what became of that one."""
        saga, vendor, cut = self.saga(*carried), self.bench.vendor(), 0
        for request, batch in saga.steps:
            filled = request.fill(vendor.refs)
            vendor.perform(saga.job, request, batch)
            if batch is None or len(batch) == 1:
                continue
            for phone in batch.phones:
                answer = _without(vendor.asked[-1][1], phone, batch)
                if answer is not None:
                    cut += 1
                    found = meaning(self.bench.provider, saga.job, filled, answer, batch)
                    expect(
                        not _accepted(found, phone),
                        f"the answer to '{request.does}' does not speak of one person, who is read as accepted; name "
                        "everybody of the batch who is missing from it in Outcome.doubtful",
                    )
        if not cut:
            skip("no answer of the stand-in speaks of several people one by one")

    def _compared(self, carried: Carried, ending: str) -> bool:
        """Compare what answers are read as with whom the stand-in contacted; say whether it left anybody out."""
        left_out = False
        for saga in self._with_one(carried, ending):
            vendor, outcomes = self.bench.vendor(), list[tuple[Request, Batch, Outcome]]()
            for request, batch in saga.steps:
                if batch is None and outcomes and not any(one.kind is Kind.ACCEPTED for _, _, one in outcomes):
                    break
                outcome = vendor.perform(saga.job, request, batch)
                if batch is not None:
                    outcomes.append((request, batch, outcome))
            reached = {phone for phone, _ in vendor.reached()}
            for request, batch, outcome in outcomes:
                for phone in batch.phones:
                    left_out = left_out or phone not in reached
                    _agrees(request, outcome, phone, reached=phone in reached)
        return left_out

    def _with_one(self, carried: Carried, ending: str) -> Iterator[Saga]:
        """Give what a campaign comes to of whose three people the second has a number with this ending."""
        rows = list(people.rows(self.bench.number, 3))
        phone = rows[1]["phone"]
        # Numbers of Nepal end in 99 and the ending, as some stand-ins look at four digits.
        rows[1]["phone"] = f"{phone[:-4]}99{ending}" if phone.startswith("+977") else f"{phone[:-2]}{ending}"
        campaign = self.bench.agreed(self.bench.campaign(*carried))
        yield from self.bench.draw(attrs.evolve(campaign, contacts=Contacts(sources=rows))).sagas


def _agrees(request: Request, outcome: Outcome, phone: str, *, reached: bool) -> None:
    expect(
        reached or not _accepted(outcome, phone),
        f"the stand-in refuses one person of '{request.does}', who is read as accepted; name the person in "
        "Outcome.refused, with the vendor's reason",
    )
    denied = phone in outcome.refused or outcome.kind in {Kind.REJECTED, Kind.UNSENT, Kind.HALT}
    expect(
        not reached or not denied or request.reaches is Reach.EVERYONE,
        f"the stand-in contacts a person of '{request.does}' who is read as refused, and would be contacted again "
        "elsewhere; compare numbers as E.164",
    )


def _accepted(outcome: Outcome, phone: str) -> bool:
    return outcome.kind is Kind.ACCEPTED and phone not in outcome.refused and phone not in outcome.doubtful


def _without(response: Response, phone: str, batch: Batch) -> Response | None:
    """Cut the entries of one person out of an answer; None where it has none."""
    try:
        whole = response.json()
    except Unreadable:
        return None
    others = [_tail(one) for one in batch.phones if one != phone]
    cut = _cut(whole, _tail(phone), others)
    return None if cut == whole else attrs.evolve(Response.of(cut, response.status), headers=response.headers)


def _cut(value: Any, tail: str, others: list[str]) -> Any:
    def alone(item: Any) -> bool:
        return _names(item, [tail]) and not _names(item, others)

    if isinstance(value, Mapping):
        return {key: _cut(item, tail, others) for key, item in value.items() if not alone(key)}
    if isinstance(value, list):
        return [_cut(item, tail, others) for item in value if not alone(item)]
    return value


def _names(value: Any, tails: list[str]) -> bool:
    digits = [_SIGNS.sub("", str(leaf)) for leaf in leaves(value)]
    return any(one.endswith(tail) for one in digits for tail in tails)


def _tail(phone: str) -> str:
    return _SIGNS.sub("", phone)[-TELLING:]
