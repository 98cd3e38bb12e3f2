"""What outreach asks of every adapter, of Twilio's."""

from __future__ import annotations

from outreach.testing import Conformance
from outreach_twilio import twilio


class TestTwilio(Conformance):
    """The conformance tests."""

    provider = twilio
