"""The switch of one word: the same campaign through another provider."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.model import Campaign, Channel, Content, Messages, Route
from outreach.model.content import CONTENT_OF
from outreach.provider import Provider


def rerouted(campaign: Campaign, provider: Provider[Any]) -> Campaign:
    """Give the campaign with this provider on every route.

    A channel that the provider does not carry becomes the one that it carries, where that is a single one: a voice
    message goes to a vendor of AI calls as an AI call. Where it carries several or none, the route keeps its channel,
    and the plan refuses it.
    """
    routes = tuple(
        attrs.evolve(route, channel=_carried(route, provider), providers=(provider.name,)) for route in campaign.routes
    )
    messages = campaign.messages
    for before, after in zip(campaign.routes, routes, strict=True):
        messages = _with_words(campaign, messages, before.channel, after.channel)
    return attrs.evolve(campaign, routes=routes, messages=messages)


def _carried(route: Route, provider: Provider[Any]) -> Channel:
    channels = tuple(provider.capabilities.channels)
    return route.channel if route.channel in channels or len(channels) != 1 else channels[0]


def _with_words(campaign: Campaign, messages: Messages, old: Channel, new: Channel) -> Messages:
    """Let the new channel say what the old one said, where the author wrote nothing for it."""
    said: Content | None = campaign.content(old)
    text = getattr(said, "text", None)
    if old is new or campaign.content(new) is not None or getattr(messages, new.value) is not None or text is None:
        return messages
    kind: Any = CONTENT_OF[new]
    return attrs.evolve(messages, **{new.value: kind(text=text)})
