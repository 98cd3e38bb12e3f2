"""Receipts are keyed by numbers as the vendor writes them, without the plus: nobody of the batch has one."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Batch, Job, Outcome, Request, Response
from outreach_postcard import postcard

FAILS = "test_every_delivery_has_a_receipt"


def interpret(job: Job[Any], request: Request, response: Response, batch: Batch | None) -> Outcome:
    """Name the person in the vendor's way."""
    found = postcard.interpret(job, request, response, batch)
    people = batch.phones if batch is not None and found.receipt.vendor_id else ()
    return attrs.evolve(found, receipts={phone.removeprefix("+"): found.receipt for phone in people})


provider = attrs.evolve(postcard, interpret=interpret)
