"""The accounts under ``providers``, each typed by its adapter's own settings class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from outreach.errors import Problem
from outreach.model import Channel, Settings
from outreach.plugins import Plugins
from outreach.spec.convert import converter
from outreach.spec.kinds import MAX_LINE, Wrong, each, table
from outreach.spec.tree import Items, Node, Scalar, Table


def read_accounts(node: Node, plugins: Plugins) -> Mapping[str, Settings]:
    """Read ``providers:``, and raise all that is wrong together."""
    found = table(node)

    def account(name: str) -> Settings:
        if name not in plugins.providers:
            raise Wrong(plugins.unknown(name[:MAX_LINE]), key=True)
        settings: Settings = converter().structure(found[name], plugins.providers[name].settings)
        return settings

    return each(((name, name) for name in found), account)


def route_mistakes(root: Table, plugins: Plugins) -> Iterator[Problem]:
    """Say which routes name a provider that is not installed."""
    routes = root.get("routes")
    for index, route in enumerate(routes if isinstance(routes, Items) else ()):
        for channel in Channel:
            for place, node in _carriers(route, channel):
                if node.text not in plugins.providers and len(node.text) <= MAX_LINE:
                    yield node.at.problem(plugins.unknown(node.text), f"routes[{index}].{channel}{place}")


def _carriers(route: Any, channel: Channel) -> Iterator[tuple[str, Scalar]]:
    found = route.get(channel.value) if isinstance(route, Table) else None
    listed = isinstance(found, Items)
    for index, node in enumerate(found if isinstance(found, Items) else (found,)):
        if isinstance(node, Scalar) and not node.null and not node.spoilt:
            yield f"[{index}]" if listed else "", node
