"""What may go wrong between us and a vendor, as data: which request is struck, and how."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase

import attrs

from outreach.wire import Received


class FaultKind(StrEnum):
    """How a request is struck. *Before*: the vendor never sees it. *After*: it took effect, the answer is spoilt."""

    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    #: No answer, until the client gives up.
    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    #: Status 500 although nothing happened.
    ERROR_BEFORE = "error_before"
    #: Status 500 although it took effect.
    ERROR_AFTER = "error_after"
    #: Status 429 with ``Retry-After: Fault.seconds`` (whole seconds, at least one).
    TOO_MANY = "too_many"
    #: Status 401.
    UNAUTHORISED = "unauthorised"
    #: It took effect; the status is the vendor's, the body is no JSON.
    GARBAGE = "garbage"
    #: It took effect; the body breaks off.
    TRUNCATED = "truncated"
    #: It took effect; the answer comes whole, ``Fault.seconds`` late.
    SLOW = "slow"


#: Kinds that strike before the vendor sees the request.
BEFORE = frozenset(
    {
        FaultKind.RESET_BEFORE,
        FaultKind.TIMEOUT_BEFORE,
        FaultKind.ERROR_BEFORE,
        FaultKind.TOO_MANY,
        FaultKind.UNAUTHORISED,
    }
)


def _numbers(numbers: Iterable[int]) -> frozenset[int]:
    return frozenset(numbers)


@attrs.frozen(kw_only=True)
class Fault:
    """Which requests are struck, and how. Requests that match are counted from 1.

    Attributes:
        kind: How.

        provider: Name of the provider, as a glob.

        method: HTTP method, as a glob.

        path: Path below the provider's base URL, as a glob; ``*`` matches ``/`` too.

        nth: Numbers of the matching requests that are struck.

        every: Also strike each so-manyth matching request; 0 for none. Without ``nth`` and ``every`` all are struck.

        seconds: How late a slow answer is; what ``Retry-After`` says.
    """

    kind: FaultKind
    provider: str = "*"
    method: str = "*"
    path: str = "*"
    nth: frozenset[int] = attrs.field(default=frozenset(), converter=_numbers)
    every: int = attrs.field(default=0, validator=attrs.validators.ge(0))
    seconds: float = attrs.field(default=1.0, validator=attrs.validators.ge(0))

    def matches(self, provider: str, received: Received) -> bool:
        """Whether a request is one of those that are counted."""
        pairs = ((provider, self.provider), (received.method, self.method), (received.path, self.path))
        return all(fnmatchcase(value, glob) for value, glob in pairs)

    def strikes(self, count: int) -> bool:
        """Whether the so-manyth matching request is struck."""
        if not self.nth and not self.every:
            return True
        return count in self.nth or (self.every > 0 and count % self.every == 0)


class Faults:
    """A table of faults, and how often each has matched. The first that strikes is the one that happens."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = tuple(faults)
        self._counts = [0] * len(self._faults)

    def strike(self, provider: str, received: Received) -> Fault | None:
        """Count a request and give the fault that strikes it."""
        struck: Fault | None = None
        for index, fault in enumerate(self._faults):
            if fault.matches(provider, received):
                self._counts[index] += 1
                struck = struck or (fault if fault.strikes(self._counts[index]) else None)
        return struck
