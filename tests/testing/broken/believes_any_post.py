"""Anybody may post what became of people: every post counts as signed."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Received
from outreach_postcard import postcard

FAILS = "test_any_post_is_read_or_refused"


def genuine(_received: Received, _settings: Any, _token: str) -> bool:
    """Ask for no signature."""
    return True


provider = attrs.evolve(postcard, genuine=genuine)
