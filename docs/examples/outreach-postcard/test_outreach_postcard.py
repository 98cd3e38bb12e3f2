"""Everything that outreach asks of an adapter, and what only Postcard has."""

import attrs

from outreach.provider import Channel, Kind, merge
from outreach.testing import Conformance, Vendor
from outreach_postcard import postcard


class TestPostcard(Conformance):
    """The conformance tests."""

    provider = postcard


def test_a_long_text_is_refused_before_anything_is_sent() -> None:
    """Postcard takes 160 characters."""
    bench = TestPostcard().bench
    campaign = bench.with_word(bench.campaign(Channel.SMS), Channel.SMS, "x" * 160)

    assert "1 to 160 characters" in bench.draw(campaign).refused[0]


def test_a_barred_number_is_rejected() -> None:
    """The vendor's words reach the report."""
    saga = TestPostcard().saga(Channel.SMS)
    request, batch = saga.loads[0]
    barred = attrs.evolve(request, body=merge(request.body, {"to": "+9779610000090"}))

    outcome = Vendor(postcard).perform(saga.job, barred, batch)

    assert (outcome.kind, outcome.reason) == (Kind.REJECTED, "400 Bad Request: this number is barred")
