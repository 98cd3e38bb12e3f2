"""What the meaning of an answer makes of the people in a load."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from outreach.answers import Kind, Outcome, Receipt
from outreach.delivery.journal import BatchRow, LoadOutcome, People, Stage
from outreach.delivery.run import load_outcome
from outreach.delivery.settle import SILENT
from outreach.model import Status

ANN, BIM, CHI = (f"+9779610000{number}11" for number in range(3))
RECEIPT = Receipt(vendor_id="7", status=Status.QUEUED)
T0 = datetime(2026, 12, 1, tzinfo=UTC)


def row(*phones: str) -> BatchRow:
    """Give a batch."""
    people = People(phones=list(phones), ids=[""] * len(phones), rows=list(range(len(phones))))
    return BatchRow(
        slice_id=1,
        seq=0,
        people=people,
        stage=Stage.PLANNED,
        reason="",
        exceptions={},
        receipt=None,
        receipts={},
        attempts=0,
        intended_at=None,
        updated_at=T0,
    )


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize(
    ("kind", "reaching", "loading"),
    [
        (Kind.ACCEPTED, Stage.ACCEPTED, Stage.LOADED),
        (Kind.REJECTED, Stage.REJECTED, Stage.REJECTED),
        (Kind.UNKNOWN, Stage.UNKNOWN, Stage.LOAD_UNKNOWN),
        (Kind.UNSENT, Stage.PLANNED, Stage.PLANNED),
        (Kind.HALT, Stage.PLANNED, Stage.PLANNED),
    ],
)
def test_an_answer_for_all(kind: Kind, reaching: Stage, loading: Stage, asked: bool) -> None:
    """What a load reaches, and what it only brings to the vendor, stand apart; only an acceptance has a receipt."""
    outcome = Outcome(kind=kind, reason="why", receipt=RECEIPT)
    receipt = RECEIPT if kind is Kind.ACCEPTED else None

    for reaches, stage in ((True, reaching), (False, loading)):
        found = load_outcome(outcome, row(ANN, BIM), reaches=reaches, asked=asked)

        assert found == LoadOutcome(stage=stage, reason="why", receipt=receipt)


@pytest.mark.parametrize(
    ("reaches", "asked", "stage", "refused", "silent"),
    [
        (True, True, Stage.ACCEPTED, Stage.REJECTED, Stage.UNKNOWN),
        (True, False, Stage.ACCEPTED, Stage.REJECTED, Stage.UNKNOWN),
        (False, True, Stage.LOAD_UNKNOWN, Stage.LOAD_UNKNOWN, Stage.LOAD_UNKNOWN),
        (False, False, Stage.LOADED, Stage.REJECTED, Stage.LOAD_UNKNOWN),
    ],
)
def test_an_answer_that_leaves_people_out(
    reaches: bool, asked: bool, stage: Stage, refused: Stage, silent: Stage
) -> None:
    """Where the vendor's list has the last word before a launch, a refusal is a claim, and all of the load waits."""
    outcome = Outcome(
        kind=Kind.ACCEPTED,
        receipt=RECEIPT,
        receipts={CHI: RECEIPT, "+9779610009999": RECEIPT},
        refused={BIM: "blocked", "+9779610009999": "not ours"},
        doubtful=frozenset({ANN, "+9779610009998"}),
    )

    found = load_outcome(outcome, row(ANN, BIM, CHI), reaches=reaches, asked=asked)

    assert found.stage is stage
    assert found.exceptions == {0: (silent, SILENT), 1: (refused, "blocked")}
    assert (found.receipt, found.receipts) == (RECEIPT, {2: RECEIPT})


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(kind=Kind.ACCEPTED, receipts={BIM: RECEIPT}),
        Outcome(kind=Kind.ACCEPTED, refused={BIM: "blocked"}),
        Outcome(kind=Kind.ACCEPTED, doubtful=frozenset({BIM})),
    ],
)
def test_an_answer_that_speaks_of_one(outcome: Outcome) -> None:
    """Each of the three ways to speak of somebody finds them in the batch."""
    found = load_outcome(outcome, row(ANN, BIM), reaches=True, asked=False)

    assert {**found.exceptions, **found.receipts}.keys() == {1}
