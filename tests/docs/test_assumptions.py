"""Every vendor's page lists what its adapter takes for granted without the vendor's word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outreach.plugins import load_plugins
from outreach.provider import Evidence

PAGES = Path(__file__).parents[2] / "docs" / "providers"
PROVIDERS = load_plugins().providers


def open_assumptions(name: str) -> str:
    """Give the section."""
    found = re.search(
        r"^## Assumptions still open\n(.*)\Z", (PAGES / f"{name}.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert found, f"{name}.md has no section of assumptions at its end"
    return found[1]


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_endpoint_that_the_vendor_does_not_document_is_listed(name: str) -> None:
    """An endpoint that only others know, or that we infer, is an assumption."""
    named = set(re.findall(r"`(\w+)`", open_assumptions(name)))
    known = {one.name: one.evidence for one in PROVIDERS[name].endpoints}
    assert {one for one, evidence in known.items() if evidence is not Evidence.DOCUMENTED} <= named


@pytest.mark.parametrize("name", PROVIDERS)
def test_whoever_has_an_account_is_told_how_to_find_out(name: str) -> None:
    """The section leads to the live checks."""
    assert "(../live-checks.md)" in open_assumptions(name)
