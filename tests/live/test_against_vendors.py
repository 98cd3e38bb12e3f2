"""The vendors themselves against our stand-ins: opt-in, see ``tests/support/live.py`` and docs/live-checks.md."""

from __future__ import annotations

import pytest
from live import ACCOUNTS, Owner, compare
from wires import PROVIDERS

from outreach.provider import Endpoint

OWNER = Owner.of()

if OWNER is None:
    pytest.skip(f"opt-in: {ACCOUNTS} names no accounts file", allow_module_level=True)

ALL = [pytest.param(name, one, id=f"{name}-{one.name}") for name, each in PROVIDERS.items() for one in each.endpoints]


@pytest.mark.asyncio
@pytest.mark.parametrize(("provider", "endpoint"), ALL)
async def test_the_vendor_answers_as_our_stand_in(
    provider: str, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prints in what the vendor's answer differs; a difference is a finding, not a failure."""
    assert OWNER is not None
    reason = OWNER.forbids(provider, endpoint)
    if reason:
        pytest.skip(reason)
    found = await compare(OWNER, provider, endpoint)
    with capsys.disabled():
        print(f"\n{provider} {endpoint.name} ({endpoint.evidence}): {'as ours' if not found else ''}")  # noqa: T201  # the result
        for line in found:
            print(f"  {line}")  # noqa: T201  # the result
