"""Everything that outreach asks of an adapter, and what only Postcard has."""

from outreach.testing import Conformance, Vendor
from outreach_postcard import postcard


class TestPostcard(Conformance):
    """The conformance tests."""

    provider = postcard


def test_a_long_text_is_refused_before_anything_is_sent() -> None:
    """Postcard takes 160 characters."""
    bench = TestPostcard().bench
    (channel,) = postcard.capabilities.channels
    campaign = bench.with_word(bench.campaign(channel), channel, "x" * 160)

    assert "at most 160 characters" in bench.draw(campaign).refused[0]


def test_a_barred_number_is_rejected() -> None:
    """The vendor's words reach the report."""
    bench = TestPostcard().bench
    (channel,) = postcard.capabilities.channels
    (saga,) = bench.draw(bench.campaign(channel)).sagas
    (request, batch), *_ = saga.loads
    barred = type(request)(**{**_fields(request), "body": {**request.body, "to": "+9779610000090"}})

    outcome = Vendor(postcard).perform(saga.job, barred, batch)

    assert (outcome.kind, "barred" in outcome.reason) == ("rejected", True)


def _fields(request: object) -> dict[str, object]:
    return {name: getattr(request, name) for name in ("method", "path", "does", "reaches")}
