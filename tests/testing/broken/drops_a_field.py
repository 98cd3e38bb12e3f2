"""The capabilities say that the vendor shows the description, and nothing sends it."""

from __future__ import annotations

import attrs

from outreach.provider import Channel, native
from outreach_postcard import PAGE, postcard

FAILS = "test_a_yes_shows_on_the_wire"

_features = attrs.evolve(postcard.capabilities.channels[Channel.SMS], description=native(PAGE))
_capabilities = attrs.evolve(postcard.capabilities, channels={Channel.SMS: _features})

provider = attrs.evolve(postcard, capabilities=_capabilities)
