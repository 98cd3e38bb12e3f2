"""The stand-in sends an equal message once only, which no page promises: a second contact would go unnoticed."""

from __future__ import annotations

from datetime import datetime

import attrs

from outreach.provider import Received, Response
from outreach_postcard import PostcardSandbox, postcard

FAILS = "test_a_second_contact_shows"


class Sandbox(PostcardSandbox):
    """Remembers every body."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[bytes, Response] = {}

    def answer(self, received: Received, now: datetime) -> Response:
        """Answer an equal request with the same answer."""
        if received.body not in self.answers or not received.body:
            self.answers[received.body] = super().answer(received, now)
        return self.answers[received.body]


provider = attrs.evolve(postcard, emulate=Sandbox)
