"""What TingTing can do, as data. Checked 2026-11; nothing here was tried against a live account."""

from __future__ import annotations

import attrs

from outreach.provider import Batching, Capabilities, Channel, Features, degraded, emulated, native, refused
from outreach_tingting.endpoints import ADD_CAMPAIGN, CAMPAIGNS
from outreach_tingting.numbers import CALLING_CODE

_BOTH = Features(
    text=native(ADD_CAMPAIGN),
    placeholders=native(ADD_CAMPAIGN, "goes out as the vendor's own {name}"),
    description=native(ADD_CAMPAIGN),
    start=native(CAMPAIGNS, "the vendor waits until then; sent as a full time of Nepal (+05:45)"),
    window=emulated(
        "outreach launches only inside the window; what the vendor has begun by then runs on past its end",
        CAMPAIGNS,
    ),
    per_hour=emulated("outreach launches campaigns of bounded size one after the other", CAMPAIGNS),
)

_VOICE = attrs.evolve(
    _BOTH,
    voice=native(CAMPAIGNS, "an id of the vendor's list, or a name from the account's voices"),
    speed=degraded(
        "tingting.speed",
        "goes out as length_factor (1 / speed); the vendor does not say which way the factor goes",
        ADD_CAMPAIGN,
    ),
    audio=refused("v1 of the API does not say how a recording is played; write the message as text", ADD_CAMPAIGN),
)

CAPABILITIES = Capabilities(
    channels={Channel.VOICE: _VOICE, Channel.SMS: _BOTH},
    # The vendor states no size of a batch: 100 is a guess on the careful side.
    batching=Batching(size=100, campaign_size=10_000),
    schedules=True,
    calling_codes=(CALLING_CODE,),
    together=frozenset({Channel.VOICE, Channel.SMS}),
)
