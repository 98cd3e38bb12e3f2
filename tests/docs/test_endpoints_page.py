"""The page of all endpoints is what the tables say, and nothing of the vendors' documents is missing."""

from __future__ import annotations

import re

from endpoints_page import DOCUMENTS, PAGE, page

from outreach.plugins import load_plugins
from outreach.provider import Evidence


def test_the_page_is_what_the_tables_say() -> None:
    """A page that is stale is made anew by ``python tests/support/endpoints_page.py``."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_heading_of_the_documents_is_a_documented_endpoint() -> None:
    """Each endpoint of the five documents is in its vendor's table, on the vendor's word."""
    providers = load_plugins().providers
    for (provider, _), headings in DOCUMENTS.items():
        known = {one.name: one.evidence for one in providers[provider].endpoints}
        assert {known.get(name) for _, name in headings} == {Evidence.DOCUMENTED}


#: Addresses as the documents print them, or as an older revision does where the present one lost them.
PRINTED = """
tingting POST campaign/create/
tingting PATCH campaign/create/<id>/message/
tingting POST campaign/<id>/add-contact/
tingting PATCH campaign/create/<id>/detail/
tingting POST accounts/login/
tingting GET accounts/user_details/
tingting POST accounts/token/refresh/
tingting GET system/owned/phone_numbers
tingting GET system/phone_numbers
tingting POST system/phone_numbers/
tingting DELETE system/phone_numbers
tingting GET system/campaigns
tingting POST system/campaigns/
tingting PUT system/campaigns/<id>/update
tingting DELETE system/campaigns/<id>/delete
tingting GET system/campaigns/<id>/details
tingting GET system/campaigns/report/download/
tingting GET system/campaigns/report/summary/
tingting POST system/test/voice/
tingting POST system/campaigns/<id>/begin/
tingting GET system/campaigns/number/<id>
tingting POST system/campaigns/number/<id>/
tingting DELETE system/campaigns/number/<id>/delete/
tingting GET system/number/<id>/
tingting PUT system/number/<id>/
tingting POST system/send/otp/
toingg POST create_campaign/
contactswing POST v2/campaign/create_with_touchpoint
"""


def test_every_printed_address_is_there() -> None:
    """Method and path of each are in the table, those of the first generation on their own base."""
    found = {
        (name, one.method, one.path, one.base)
        for name, provider in load_plugins().providers.items()
        for one in provider.endpoints
    }
    for name, method, path in (line.split() for line in PRINTED.strip().splitlines()):
        base = "legacy_base_url" if re.match("accounts|system", path) else "base_url"
        assert (name, method, path, base) in found
