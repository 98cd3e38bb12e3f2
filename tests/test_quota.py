"""How many people the hour has left when a process begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import attrs
import pytest
from losses import campaign
from worlds import START, SteppedClock

from outreach.model import Limits
from outreach.sending import _quota

TIMEOUT = 30.0


@attrs.frozen
class Past:
    """A journal that knows when requests were about to be sent."""

    moments: tuple[datetime, ...]

    async def pressure(self, since: datetime) -> Mapping[str, int]:
        """Count those since then."""
        return {str(index): 1 for index, moment in enumerate(self.moments) if moment >= since}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("ago", "free"),
    [
        (timedelta(minutes=60, seconds=20), False),
        (timedelta(minutes=61), True),
        (timedelta(minutes=20), False),
        (timedelta(seconds=1), False),
    ],
)
async def test_a_request_of_an_earlier_process_counts_from_its_answer(
    tmp_path: Path, ago: timedelta, free: bool
) -> None:
    """It reached somebody as late as its time-out, so that the hour begins there."""
    one = attrs.evolve(campaign(tmp_path, "tingting", timeout=TIMEOUT), limits=Limits(per_hour=1))
    clock = SteppedClock()

    quota = await _quota(one, cast("Any", Past((START - ago,))), cast("Any", clock))

    assert quota is not None
    assert (quota.wait(clock.monotonic(), 1) == 0) is free
