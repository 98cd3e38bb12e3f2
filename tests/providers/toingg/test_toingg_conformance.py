"""What outreach asks of every adapter, of Toingg's."""

from __future__ import annotations

from outreach.testing import Conformance
from outreach_toingg import toingg


class TestToingg(Conformance):
    """The conformance tests."""

    provider = toingg
