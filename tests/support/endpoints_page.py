"""Write docs/endpoints.md from the adapters' tables: ``python tests/support/endpoints_page.py``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from outreach.endpoints import Endpoint
from outreach.plugins import load_plugins
from outreach.provider import Evidence

PAGE = Path(__file__).parents[2] / "docs" / "endpoints.md"

#: The vendors' own pages that the adapters were built from, and every endpoint in them: heading, our name.
DOCUMENTS: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("tingting", "TingTing v1, campaigns"): (
        ("Add Campaign", "create_campaign"),
        ("Add Voice Assistance", "set_message"),
        ("Add Contact(s) in Campaign, single", "add_contact"),
        ("Add Contact(s) in Campaign, array", "add_contacts"),
        ("Add Bulk Contact in Campaign", "upload_contacts"),
    ),
    ("tingting", "TingTing v1, overview"): (
        ("Request format (create)", "create_campaign"),
        ("Generate API Token", "generate_api_key"),
        ("Error responses (refresh)", "refresh"),
        ("Pagination", "campaigns"),
    ),
    ("tingting", "TingTing, first generation"): (
        ("Login", "legacy_login"),
        ("User Detail", "legacy_user_details"),
        ("Refresh Token", "legacy_refresh"),
        ("Owned Numbers", "legacy_owned_numbers"),
        ("Numbers List", "legacy_numbers"),
        ("Buy Number", "legacy_buy_number"),
        ("Release Number", "legacy_release_number"),
        ("Get Campaign", "legacy_campaigns"),
        ("Add Campaign", "legacy_add_campaign"),
        ("Update Campaign", "legacy_update_campaign"),
        ("Delete Campaign", "legacy_delete_campaign"),
        ("Campaign Details", "legacy_campaign"),
        ("Campaign Report Download", "legacy_report"),
        ("Campaign Report Summary", "legacy_report_summary"),
        ("Test Voice", "legacy_test_voice"),
        ("Begin Campaign, and Re-run", "legacy_begin_campaign"),
        ("Number List", "legacy_campaign_numbers"),
        ("Add Number to a Campaign", "legacy_add_number"),
        ("Delete Action", "legacy_delete_number"),
        ("Number Information", "legacy_number"),
        ("Number Edit", "legacy_edit_number"),
        ("Send OTP", "legacy_send_otp"),
    ),
    ("toingg", "Toingg, create campaign"): (("Create Campaign", "create_campaign"),),
    ("contactswing", "ContactSwing, WhatsApp campaign"): (
        ("Create Campaign with WhatsApp Touchpoint", "create_whatsapp_campaign"),
    ),
}

HEAD = """\
# Endpoints

Every endpoint that is known of every vendor, as [`outreach api`](command-line.md#api) calls it. This page is made from
the adapters' tables (`python tests/support/endpoints_page.py`); a test fails when it is stale.

**Evidence**: *documented* stands on the vendor's own page; *third_party* is known from other people's programs.
**Danger** is the worst that a call does: it *reads*, *changes*, *spends* or *reaches* people.
Test files are below `tests/providers/`. Nothing was tried against a live account.
"""

ANSWERS = "test_every_endpoint.py::test_documented_endpoints_answer"
REQUESTS = "test_every_endpoint.py::test_other_endpoints_are_not_there"


def page() -> str:
    """Give the whole page."""
    return "\n".join([HEAD, *_documents(), *_vendors()])


def _documents() -> Iterator[str]:
    yield "## The five documents\n\nWhat the adapters were built from, heading by heading.\n"
    for (provider, title), headings in DOCUMENTS.items():
        known = {one.name: one for one in load_plugins().providers[provider].endpoints}
        yield f"### {title}\n\n| heading | endpoint | evidence | danger | test |\n|---|---|---|---|---|"
        for heading, name in headings:
            one = known[name]
            yield f"| {heading} | `{name}` | {one.evidence} | {one.danger} | {_test(provider, one)} |"
        yield ""


def _vendors() -> Iterator[str]:
    for provider in load_plugins().providers.values():
        yield f"## {provider.title}\n\n| endpoint | | evidence | danger | does | test |\n|---|---|---|---|---|---|"
        for one in provider.endpoints:
            facts = f"{one.evidence} | {one.danger} | [{one.does}]({one.doc})"
            yield f"| `{one.name}` | `{one.method} {one.path}` | {facts} | {_test(provider.name, one)} |"
        yield ""


def _test(provider: str, one: Endpoint) -> str:
    return f"`{ANSWERS if one.evidence is Evidence.DOCUMENTED else REQUESTS}[{provider}-{one.name}]`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
