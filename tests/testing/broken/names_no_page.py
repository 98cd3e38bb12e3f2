"""A feature is called native, and no page is named that says so."""

from __future__ import annotations

import attrs

from outreach.provider import Channel, native
from outreach_postcard import postcard

FAILS = "test_every_line_says_why"

_features = attrs.evolve(postcard.capabilities.channels[Channel.SMS], text=native(""))
_capabilities = attrs.evolve(postcard.capabilities, channels={Channel.SMS: _features})

provider = attrs.evolve(postcard, capabilities=_capabilities)
