"""The vendor says "failed" inside a 200, as its page shows, and the adapter takes it for a success."""

from __future__ import annotations

import attrs

from outreach.provider import ErrorSample, Kind, Response
from outreach_postcard import PAGE, postcard

FAILS = "test_a_documented_error_means_one_thing"

_failed = Response.of({"card": {"id": "pc_0", "state": "refused"}, "error": {"message": "no credit"}})
_sample = ErrorSample(doc=PAGE, response=_failed, means=Kind.REJECTED)

provider = attrs.evolve(postcard, samples=attrs.evolve(postcard.samples, errors=(*postcard.samples.errors, _sample)))
