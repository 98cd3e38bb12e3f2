"""The conformance tests, one file per topic."""

from __future__ import annotations

from outreach.testing.suite.answers import Answers
from outreach.testing.suite.capabilities import Truth
from outreach.testing.suite.delivery import Deliveries
from outreach.testing.suite.doors import Doors
from outreach.testing.suite.order import Order
from outreach.testing.suite.recorded import Recorded
from outreach.testing.suite.refusals import Refusals
from outreach.testing.suite.sagas import Cuts
from outreach.testing.suite.secrets import Secrets
from outreach.testing.suite.shape import Shape
from outreach.testing.suite.translation import Translation

__all__ = ["Conformance"]


class Conformance(Shape, Doors, Translation, Order, Secrets, Truth, Answers, Deliveries, Refusals, Cuts, Recorded):
    """Everything that an adapter has to show. Derive from it, name the provider, and run pytest.

    ``class TestMine(Conformance): provider = mine``
    """
