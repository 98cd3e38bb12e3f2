"""An endpoint does not take the example that stands beside it."""

from __future__ import annotations

import attrs

from outreach.provider import Danger, Endpoint
from outreach_postcard import PAGE, postcard

FAILS = "test_endpoints_work_by_their_examples"

_card = Endpoint(
    name="card", method="GET", path="cards/<id>", does="Show a card", doc=PAGE, danger=Danger.READS, example={"card": 1}
)

provider = attrs.evolve(postcard, endpoints=(_card,))
