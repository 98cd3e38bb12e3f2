"""What outreach asks of every adapter, of ContactSwing's."""

from __future__ import annotations

from outreach.testing import Conformance
from outreach_contactswing import contactswing


class TestContactSwing(Conformance):
    """The conformance tests."""

    provider = contactswing
