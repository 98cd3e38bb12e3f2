"""The places where a plug-in can join in. pluggy is for discovery and observation.

Talking to a vendor is a call on a value found by name, never a broadcast. All hooks are synchronous.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from outreach.provider import Provider
    from outreach.source import SourceKind

hookspec = pluggy.HookspecMarker("outreach")
hookimpl = pluggy.HookimplMarker("outreach")


@hookspec
def outreach_register_providers() -> Iterable[Provider[Any]]:  # type: ignore[empty-body]  # a specification
    """Give providers; called once, at load. A name given twice is an error that names both distributions."""


@hookspec
def outreach_register_sources() -> Iterable[SourceKind]:  # type: ignore[empty-body]  # a specification
    """Give kinds of contact lists; called once, at load. An ending or a scheme given twice is an error."""
