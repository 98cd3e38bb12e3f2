"""Which columns a campaign asks for, and whether the contact lists have them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from outreach.errors import Problem
from outreach.model import Campaign, Template, templates

#: Placeholders that the contact's own fields serve where no column of that name exists.
OWN = ("name", "id")


def wanted(campaign: Campaign) -> dict[str, str]:
    """Give every column that a placeholder or ``when`` names, with the first place that names it."""
    found: dict[str, str] = {}
    for path, template in _texts(campaign):
        for one in template.placeholders:
            found.setdefault(one.name, path)
    for index, route in enumerate(campaign.routes):
        for name in route.when:
            found.setdefault(name, f"routes[{index}].when.{name}")
    return found


def missing(campaign: Campaign, source: str, columns: Sequence[str]) -> Iterator[Problem]:
    """Give a problem for every column that a contact list lacks."""
    asked = {name for route in campaign.routes for name in route.when}
    for name, path in wanted(campaign).items():
        if name in columns or (name in OWN and name not in asked):
            continue
        close = difflib.get_close_matches(name, columns, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"it has: {', '.join(columns)}"
        yield campaign.problem(path, f"'{name}' is no column of {source}; {hint}")


def _texts(campaign: Campaign) -> Iterable[tuple[str, Template]]:
    for channel in dict.fromkeys(route.channel for route in campaign.routes):
        content = campaign.content(channel)
        if content is None:
            continue
        own = getattr(campaign.messages, channel.value) is not None
        for field, template in templates(content):
            yield (f"messages.{channel}.{field}" if own else "message"), template
