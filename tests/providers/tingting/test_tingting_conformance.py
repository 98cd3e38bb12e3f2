"""What outreach asks of every adapter, of TingTing's."""

from __future__ import annotations

from outreach.testing import Conformance
from outreach_tingting import tingting


class TestTingTing(Conformance):
    """The conformance tests."""

    provider = tingting
