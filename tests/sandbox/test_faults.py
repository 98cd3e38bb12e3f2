"""Which request a fault strikes."""

from __future__ import annotations

import pytest

from outreach.sandbox.faults import Fault, FaultKind, Faults
from outreach.wire import Received

RUN = Received(method="POST", path="run-campaign/79/")


def struck(fault: Fault, times: int = 6, received: Received = RUN) -> list[int]:
    """Give the numbers of the requests that a fault strikes."""
    table = Faults([fault])
    return [n for n in range(1, times + 1) if table.strike("tingting", received)]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(kind=FaultKind.SLOW), [1, 2, 3, 4, 5, 6]),
        (Fault(kind=FaultKind.SLOW, nth={2, 5}), [2, 5]),
        (Fault(kind=FaultKind.SLOW, every=3), [3, 6]),
        (Fault(kind=FaultKind.SLOW, nth={1}, every=3), [1, 3, 6]),
        (Fault(kind=FaultKind.SLOW, provider="tingting", method="POST", path="run-campaign/*"), [1, 2, 3, 4, 5, 6]),
        (Fault(kind=FaultKind.SLOW, provider="toingg"), []),
        (Fault(kind=FaultKind.SLOW, method="GET"), []),
        (Fault(kind=FaultKind.SLOW, path="run"), []),
    ],
)
def test_a_fault_strikes_what_it_names(fault: Fault, expected: list[int]) -> None:
    """Provider, method and path choose the requests that are counted, nth and every among these."""
    assert struck(fault) == expected


def test_only_matching_requests_are_counted() -> None:
    """The second of two different requests is the first of its kind."""
    table = Faults([Fault(kind=FaultKind.SLOW, path="run-*", nth={1})])

    assert table.strike("tingting", Received(method="GET", path="campaign/")) is None
    assert table.strike("tingting", RUN) is not None


def test_the_first_fault_that_strikes_happens_and_all_are_counted() -> None:
    """Faults may overlap; the order of the table decides, and each keeps its own count."""
    first, second = Fault(kind=FaultKind.SLOW, nth={1}), Fault(kind=FaultKind.GARBAGE, nth={1, 2})
    table = Faults([first, second])

    assert [table.strike("x", RUN) for _ in range(3)] == [first, second, None]


@pytest.mark.parametrize("wrong", [{"every": -1}, {"seconds": -0.1}])
def test_a_fault_that_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    """A negative count or time is an error at once."""
    with pytest.raises(ValueError, match="must be >= 0"):
        Fault(kind=FaultKind.SLOW, **wrong)  # type: ignore[arg-type]  # wrong on purpose
