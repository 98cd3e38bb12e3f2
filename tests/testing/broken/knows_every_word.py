"""A status word that nobody documents is taken for a failure."""

from __future__ import annotations

import attrs

from outreach.provider import Channel, Status
from outreach_postcard import STATUS, postcard

FAILS = "test_status_words_are_known"


def reads(_channel: Channel, word: str) -> Status:
    """Take what is unknown for a failure."""
    return STATUS.get(word.strip().casefold(), Status.FAILED)


provider = attrs.evolve(postcard, samples=attrs.evolve(postcard.samples, reads=reads))
