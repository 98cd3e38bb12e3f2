"""The places where a plug-in can join in. pluggy is for discovery and observation.

Talking to a vendor is a call on a value found by name, never a broadcast. All hooks are synchronous.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from outreach.provider import Provider

hookspec = pluggy.HookspecMarker("outreach")
hookimpl = pluggy.HookimplMarker("outreach")


@hookspec
def outreach_register_providers() -> Iterable[Provider[Any]]:  # type: ignore[empty-body]  # a specification
    """Give providers; called once, at load. A name given twice is an error that names both distributions."""
