"""The order of what is sent does not hang on the process that sends it."""

from __future__ import annotations

from outreach.testing.expecting import expect, skip
from outreach.testing.suite.base import Suite


class Order(Suite):
    """Requests in another process."""

    def test_another_process_gives_equal_requests(self) -> None:
        """Where sets have another order, as in every process, the same campaign gives the same bytes."""
        from outreach.testing import hashing  # noqa: PLC0415  # it needs the suite itself

        provider = type(self).provider
        where = hashing.place(provider)
        found = [] if where is None else [one for one in hashing.elsewhere(where) if one is not None]
        if not found:
            skip("the adapter cannot be imported by name in another process")
        ours = hashing.digests(provider)
        expect(
            all(one == ours for one in found),
            "another process gives other requests for the same campaign; sort what comes from a set",
        )
