"""The endpoints of a vendor, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.table import Table

from outreach.endpoints import Endpoint
from outreach.parameters import Parameter


def shape(endpoint: Endpoint) -> dict[str, Any]:
    """Give the JSON of one endpoint."""
    named = {name: getattr(endpoint, name) for name in ("name", "method", "path", "danger", "evidence", "base", "does")}
    return {
        **named,
        "doc": endpoint.doc,
        "pages": endpoint.paging is not None,
        "parameters": [_parameter(one) for one in endpoint.arguments],
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    named = {name: getattr(one, name) for name in ("name", "type", "where", "required", "doc")}
    return {**named, "choices": list(one.choices), "secret": one.secret}


def overview(endpoints: Iterable[Endpoint]) -> Table:
    """List endpoints, a line each."""
    table = Table(box=None, pad_edge=False)
    for name in ("endpoint", "danger", "evidence", "does"):
        table.add_column(name, no_wrap=name != "does")
    for one in endpoints:
        table.add_row(one.name, one.danger, one.evidence, one.does)
    return table


def details(endpoint: Endpoint) -> Table:
    """List the arguments of one endpoint."""
    table = Table(box=None, pad_edge=False, title=f"{endpoint.method} {endpoint.path}: {endpoint.does}")
    for name in ("argument", "type", "", "meaning"):
        table.add_column(name, no_wrap=name != "meaning")
    for one in endpoint.arguments:
        meaning = "; ".join(filter(None, (one.doc, ", ".join(one.choices))))
        table.add_row(one.name, one.type, "required" if one.required else "", meaning)
    return table
