"""Where planned people wait."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from outreach.delivery.journal import NewBatch, People, Skipped
from outreach.delivery.spool import Spool, Spooled
from outreach.model import Channel, Placeholder
from outreach.provider import Batch

NAME = Placeholder("name", None)


def batch(number: int, size: int = 2) -> Batch:
    """Give people made from a number."""
    marks = [f"{number}{index}" for index in range(size)]
    return Batch(
        phones=[f"+97796100000{mark}" for mark in marks],
        ids=[f"c{mark}" for mark in marks],
        names=[f"सीता {mark}" for mark in marks],
        values={NAME: [f"v{mark}" for mark in marks]},
    )


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """Give an empty one."""
    with Spool(tmp_path) as made:
        yield made


def test_batches_come_back_by_slice_and_position(spool: Spool) -> None:
    """However writing and reading alternate, a batch is the one that was put there, with its rows."""
    spool.add(0, batch(1), [10, 11])
    spool.add(1, batch(2), [20, 21])
    assert spool.at(0, 0) == Spooled(batch(1), [10, 11])
    spool.add(0, batch(3), [30, 31])
    spool.skip(Channel.SMS, "tingting", "landline", ["+97714000001"], ["c9"], [9])
    spool.add(0, batch(4), [40, 41])

    assert [spool.count(number) for number in (0, 1, 2)] == [3, 1, 0]
    assert [one.rows for one in spool.batches(0)] == [[10, 11], [30, 31], [40, 41]]
    assert list(spool.batches(1)) == [Spooled(batch(2), [20, 21])]
    assert spool.at(0, 2).batch == batch(4)
    assert list(spool.skipped()) == [
        Skipped(
            channel=Channel.SMS,
            provider="tingting",
            reason="landline",
            people=People(phones=["+97714000001"], ids=["c9"], rows=[9]),
        )
    ]


def test_new_batches_keep_the_order_of_the_plan(spool: Spool) -> None:
    """The journal gets the batches in the order in which they were planned, each with its slice."""
    for number, (slice_number, rows) in enumerate([(0, [1, 2]), (1, [3, 4]), (0, [5, 6]), (0, [7, 8])], 1):
        spool.add(slice_number, batch(number), rows)

    first, second, third, fourth = spool.new_batches()

    assert [(one.slice_number, list(one.people.rows)) for one in (first, second, third, fourth)] == [
        (0, [1, 2]),
        (1, [3, 4]),
        (0, [5, 6]),
        (0, [7, 8]),
    ]
    assert third == NewBatch(slice_number=0, people=People(phones=batch(3).phones, ids=batch(3).ids, rows=[5, 6]))


def test_some_of_a_batch_can_be_taken_in_any_order() -> None:
    """Everything that belongs to a person goes with them."""
    taken = Spooled(batch(1, 3), [10, 11, 12]).take([2, 0])

    assert taken.rows == [12, 10]
    assert taken.batch.phones == ["+9779610000012", "+9779610000010"]
    assert taken.batch.ids == ["c12", "c10"]
    assert taken.batch.names == ["सीता 12", "सीता 10"]
    assert taken.batch.values == {NAME: ["v12", "v10"]}
