"""Every endpoint of TingTing's v1 API that a campaign needs, one row each.

Paths are relative to ``https://app.tingting.io/api/v1/`` and all end in a slash. Dates: checked 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import attrs

from outreach.provider import Reach, Ref, Request

#: The vendor's campaign, known once it is made.
CAMPAIGN = Ref("campaign")

ADD_CAMPAIGN = "https://tingting-api.readthedocs.io/en/latest/api/add-campaign.html"
CAMPAIGNS = "https://apidocs.tingting.com.np/api/campaign"
PHONE_NUMBERS = "https://apidocs.tingting.com.np/api/phone-numbers"
OVERVIEW = "https://apidocs.tingting.com.np/api/overview"


class Evidence(StrEnum):
    """Who says that an endpoint exists."""

    DOCUMENTED = "documented"
    #: Clients in the field use it; the vendor's pages do not name it.
    THIRD_PARTY = "third_party"


@attrs.frozen(kw_only=True)
class Endpoint:
    """One endpoint, and the facts about it that a Request carries.

    Attributes:
        method: HTTP method in capitals.

        path: With ``<name>`` where a value belongs.

        does: What it does, for people.

        doc: Address of the page that says so.

        evidence: Who says so.

        reaches: Who is contacted if it takes effect.

        repeatable: Whether doing it twice is harmless.

        captures: See ``Request``.

        unclear: See ``Request``.
    """

    method: str
    path: str
    does: str
    doc: str
    evidence: Evidence = Evidence.DOCUMENTED
    reaches: Reach = Reach.NOBODY
    repeatable: bool = False
    captures: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    unclear: frozenset[int] = frozenset()

    def request(self, *, body: Any = None, query: Mapping[str, str] | None = None, **places: str | Ref) -> Request:
        """Make a request of it.

        Args:
            body: JSON-able value.

            query: Query parameters.

            places: What stands for each ``<name>`` of the path.

        Raises:
            KeyError: A place of the path is not given.
        """
        return Request(
            method=self.method,
            path=tuple(places[part[1:-1]] if part.startswith("<") else part for part in self.path.split("/")),
            does=self.does,
            body=body,
            query=query or {},
            reaches=self.reaches,
            repeatable=self.repeatable,
            captures=self.captures,
            unclear=self.unclear,
        )

    def made(self, request: Request) -> bool:
        """Whether a request is one of this endpoint."""
        parts = self.path.split("/")
        given = request.path.split("/") if isinstance(request.path, str) else request.path
        fits = all(part.startswith("<") or part == other for part, other in zip(parts, given, strict=False))
        return request.method == self.method and len(parts) == len(given) and fits


CREATE = Endpoint(
    method="POST",
    path="campaign/create/",
    does="make the campaign",
    doc=ADD_CAMPAIGN,
    captures={CAMPAIGN.name: ("id", "data.id")},
)
SET_MESSAGE = Endpoint(
    method="PATCH",
    path="campaign/create/<id>/message/",
    does="set the voice",
    doc=ADD_CAMPAIGN,
    repeatable=True,
)
GET = Endpoint(
    method="GET",
    path="campaign/<id>/",
    does="read the campaign back",
    doc=CAMPAIGNS,
    repeatable=True,
)
LIST = Endpoint(
    method="GET",
    path="campaign/",
    does="look for the campaign",
    doc=CAMPAIGNS,
    repeatable=True,
)
#: The same person added twice is called twice; nothing says that the vendor looks.
ADD_CONTACT = Endpoint(
    method="POST",
    path="campaign/<id>/add-contact/",
    does="add people to the campaign",
    doc=ADD_CAMPAIGN,
)
LIST_CONTACTS = Endpoint(
    method="GET",
    path="campaign-detail/<id>/",
    does="list the people in the campaign",
    doc=CAMPAIGNS,
    repeatable=True,
)
#: A 404 proves nothing here: a client in the field met it on a campaign that was running already.
RUN = Endpoint(
    method="POST",
    path="run-campaign/<id>/",
    does="ring the phones",
    doc=CAMPAIGNS,
    reaches=Reach.EVERYONE,
    unclear=frozenset({404}),
)
LIST_VOICES = Endpoint(
    method="GET",
    path="voice-models/",
    does="list the voices",
    doc=CAMPAIGNS,
    repeatable=True,
)
LIST_BROKER_PHONES = Endpoint(
    method="GET",
    path="active-broker-phone/",
    does="list the shared caller numbers",
    doc=PHONE_NUMBERS,
    repeatable=True,
)
LIST_OWN_PHONES = Endpoint(
    method="GET",
    path="phone-number/active/",
    does="list the account's own caller numbers",
    doc=PHONE_NUMBERS,
    repeatable=True,
)
DASHBOARD = Endpoint(
    method="GET",
    path="dashboard/",
    does="read the account's credits",
    doc=OVERVIEW,
    repeatable=True,
)


def contact(number: str | int, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
    """Write one person: the whole body of the single form of ``ADD_CONTACT``, or an item of its array form.

    Args:
        number: Ten local digits.

        variables: Values of the placeholders; None leaves the field out.
    """
    return {"number": number} if variables is None else {"number": number, "other_variables": dict(variables)}


def page(limit: int, offset: int) -> dict[str, str]:
    """Ask for one page of a list.

    The vendor calls it "cursor-based", but it is a limit and an offset: https://apidocs.tingting.com.np/api/overview
    """
    return {"limit": str(limit), "offset": str(offset)}
