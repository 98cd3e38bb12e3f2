"""Say what is expected, and the remedy where it is not so."""

from __future__ import annotations

from unittest import SkipTest


def expect(holds: object, otherwise: str) -> None:
    """Fail with ``otherwise``, a sentence that names what is wrong and the remedy, unless something holds.

    Raises:
        AssertionError: It does not hold.
    """
    if not holds:
        raise AssertionError(otherwise)


def skip(reason: str) -> None:
    """Leave a test out, with a reason.

    Raises:
        SkipTest: Always; pytest counts it as skipped.

        AssertionError: There is no reason.
    """
    expect(reason.strip(), "a test is left out without a reason; write one")
    raise SkipTest(reason)
