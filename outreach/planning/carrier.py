"""Who carries what: the accounts of a campaign's routes, and the routes that share one campaign at a vendor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import product
from typing import Any

import attrs

from outreach.errors import SpecError
from outreach.model import Campaign, Channel, Content, Schedule, Settings, moved
from outreach.planning.digest import digest_of
from outreach.planning.times import zone_of_window
from outreach.plugins import Plugins
from outreach.provider import Job, Provider


@attrs.frozen
class Carrier:
    """A provider, and the account at it."""

    provider: Provider[Any]
    settings: Settings

    @property
    def batch_size(self) -> int:
        """Most people in one request."""
        own = self.provider.capabilities.batching.size
        return min(self.settings.batch_size or own, own) if own == 1 else self.settings.batch_size or own

    @property
    def campaign_size(self) -> int:
        """Most people in one campaign at the vendor."""
        return self.settings.campaign_size or self.provider.capabilities.batching.campaign_size

    def schedule(self, campaign: Campaign) -> Schedule:
        """Give when people may be reached; where the campaign states no hours, those that the vendor keeps to."""
        return hours(campaign, self.provider)


def hours(campaign: Campaign, provider: Provider[Any]) -> Schedule:
    """Give a campaign's schedule, with the hours that a provider keeps to where the campaign states none."""
    own = provider.capabilities.default_window
    stated = campaign.schedule
    return attrs.evolve(stated, window=own) if own is not None and stated.window is None else stated


@attrs.frozen
class Group:
    """Routes of one account whose people may share a campaign at the vendor, by their position in the campaign.

    A route with several providers is in a group of each.
    """

    carrier: Carrier
    routes: tuple[int, ...]


def carriers(campaign: Campaign, plugins: Plugins, *, sandbox: bool) -> Mapping[str, Carrier]:
    """Find the provider and the account of every route; an account that is not stated has the provider's defaults.

    Raises:
        PluginError: A provider is not installed or could not be loaded.

        SpecError: An account that cannot do without settings is not stated.
    """
    found: dict[str, Carrier] = {}
    for name in dict.fromkeys(name for route in campaign.routes for name in route.providers):
        provider = plugins.provider(name)
        account = campaign.providers.get(name) or (provider.sandbox if sandbox else _blank(campaign, provider))
        found[name] = Carrier(provider, account)
    return found


def _blank(campaign: Campaign, provider: Provider[Any]) -> Settings:
    """Give an account as it is before anything is stated."""
    needed = [one.name for one in attrs.fields(provider.settings) if one.default is attrs.NOTHING]
    if needed:
        message = f"no account for '{provider.name}': it needs {', '.join(['token', *needed])}"
        raise SpecError([campaign.problem(f"providers.{provider.name}", message)])
    blank: Settings = provider.settings()
    return blank


def groups(campaign: Campaign, accounts: Mapping[str, Carrier]) -> tuple[Group, ...]:
    """Gather routes that one campaign at the vendor can carry together; a channel occurs once in a group."""
    gathered: list[tuple[str, list[int]]] = []
    turns = max(len(route.providers) for route in campaign.routes)
    for turn, (index, route) in product(range(turns), enumerate(campaign.routes)):
        if turn >= len(route.providers):
            continue
        name = route.providers[turn]
        together = accounts[name].provider.capabilities.together
        for other, routes in gathered:
            taken = {campaign.routes[number].channel for number in routes}
            if other == name and {route.channel, *taken} <= together and route.channel not in taken:
                routes.append(index)
                break
        else:
            gathered.append((name, [index]))
    return tuple(Group(accounts[name], tuple(routes)) for name, routes in gathered)


def contents(campaign: Campaign, channels: tuple[Channel, ...]) -> Mapping[Channel, Content]:
    """Give what is said on these channels."""
    return {channel: content for channel in channels if (content := campaign.content(channel)) is not None}


#: How requests travel, not what they say: these, and every base URL, may change between two runs of one campaign.
_NOT_CONTENT: Mapping[str, Any] = {
    "token": None,
    "timeout": 0.0,
    "pace": 0.0,
    "concurrency": 0,
    "batch_size": None,
    "campaign_size": None,
    "settle_after": 0.0,
}


def fingerprint(campaign: Campaign, carrier: Carrier, channels: tuple[Channel, ...], zone: str) -> str:
    """Digest everything that a campaign at the vendor is made of, its people and start left out."""
    said = {channel.value: content for channel, content in contents(campaign, channels).items()}
    settings = attrs.evolve(carrier.settings, **moved(carrier.settings, ""), **_NOT_CONTENT)
    schedule = (campaign.schedule.start, campaign.schedule.window)
    parts = (campaign.description, said, schedule, zone, settings, carrier.provider.name)
    return digest_of(*parts)


def job(
    campaign: Campaign,
    carrier: Carrier,
    channels: tuple[Channel, ...],
    *,
    zone: str,
    title: str,
    marker: str,
    start: datetime,
    now: datetime,
) -> Job[Any]:
    """Say what all people of one campaign at the vendor have in common."""
    window = campaign.schedule.window
    return Job(
        title=title,
        marker=marker,
        description=campaign.description,
        contents=contents(campaign, channels),
        start=start,
        scheduled=start > now,
        window=attrs.evolve(window, zone=zone_of_window(window, zone)) if window else None,
        zone=zone,
        settings=carrier.settings,
    )


def title(campaign: Campaign, marker: str) -> str:
    """Name a campaign for the vendor; the marker in it is how a lost create is found again."""
    return f"{campaign.name} [{marker}]" if marker else campaign.name
