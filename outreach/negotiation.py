"""What a provider can do, as typed data: one line per field of the campaign, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import attrs

from outreach.model import Channel, Window


class Verdict(StrEnum):
    """What becomes of one field of the campaign at one provider."""

    #: The vendor does it.
    NATIVE = "native"
    #: We do it.
    EMULATED = "emulated"
    #: It comes out weaker; needs the author's consent under ``accept``.
    DEGRADED = "degraded"
    #: It cannot be done; the campaign is not sent.
    REFUSED = "refused"


@attrs.frozen
class Support:
    """One line of the capabilities.

    Attributes:
        verdict: What becomes of the field.

        detail: How it is done, or what is lost, in a sentence.

        code: Stable name of a degradation, ``<provider>.<what>``, to be listed under ``accept``.

        doc: Address of the vendor's page that says so; empty where nothing was found.
    """

    verdict: Verdict
    detail: str = ""
    code: str = ""
    doc: str = ""


def native(doc: str, detail: str = "") -> Support:
    """The vendor does it, as its page says."""
    return Support(Verdict.NATIVE, detail, doc=doc)


def emulated(detail: str, doc: str = "") -> Support:
    """We do it; the detail says how."""
    return Support(Verdict.EMULATED, detail, doc=doc)


def degraded(code: str, detail: str, doc: str = "") -> Support:
    """It comes out weaker; the detail says what is lost, the code is what an author puts under ``accept``."""
    return Support(Verdict.DEGRADED, detail, code, doc)


def refused(detail: str = "", doc: str = "") -> Support:
    """It cannot be done; the detail says why and what to do instead."""
    return Support(Verdict.REFUSED, detail, doc=doc)


_REFUSED = refused()
_FILLED = emulated("outreach fills in the fallback before it sends")
_HELD = emulated("outreach holds the requests back until then")
_NOT_AFTER = emulated("outreach sends no request after it")
_HOURS = emulated("outreach sends what reaches people only inside the window")
_PACED = emulated("outreach paces the requests that reach people")


@attrs.frozen(kw_only=True)
class Features:
    """What a provider does with each field of one channel. A field that is not named is refused.

    The first group is the channel's content (see ``outreach.model``), the second is what holds for the campaign.
    """

    text: Support = _REFUSED
    audio: Support = _REFUSED
    voice: Support = _REFUSED
    speed: Support = _REFUSED
    script: Support = _REFUSED
    first_line: Support = _REFUSED
    language: Support = _REFUSED
    tone: Support = _REFUSED
    goal: Support = _REFUSED
    knowledge: Support = _REFUSED
    ask: Support = _REFUSED
    template: Support = _REFUSED
    header: Support = _REFUSED
    body: Support = _REFUSED
    buttons: Support = _REFUSED
    attachment: Support = _REFUSED
    placeholders: Support = _REFUSED
    fallbacks: Support = _FILLED

    description: Support = _REFUSED
    start: Support = _HELD
    expires: Support = _NOT_AFTER
    window: Support = _HOURS
    per_hour: Support = _PACED


@attrs.frozen(kw_only=True)
class Batching:
    """How people travel.

    Attributes:
        size: Most people in one request.

        campaign_size: Most people in one campaign at the vendor. Where one request reaches everybody, this is the
            number of people that a lost answer puts on hold.

        equal_values: Only people whose placeholders have equal values may travel together.

        by_zone: Only people of one time zone may share a campaign at the vendor.
    """

    size: int
    campaign_size: int = 10_000
    equal_values: bool = False
    by_zone: bool = False


@attrs.frozen(kw_only=True)
class Capabilities:
    """What a provider can do.

    Attributes:
        channels: Features per channel; a channel that is not named cannot be carried.

        batching: How people travel.

        schedules: The vendor itself waits for a start in the future.

        calling_codes: Country calling codes that can be reached; empty means all.

        needs_id: Every contact needs an id.

        together: Channels that may share one campaign at the vendor.

        default_window: Hours that the vendor keeps to where the campaign states no window; None where it keeps to none.
    """

    channels: Mapping[Channel, Features]
    batching: Batching
    schedules: bool = False
    calling_codes: tuple[str, ...] = ()
    needs_id: bool = False
    together: frozenset[Channel] = frozenset()
    default_window: Window | None = None


@attrs.frozen(kw_only=True)
class Finding:
    """One line of negotiation: what becomes of one field of this campaign at one provider.

    Attributes:
        channel: The channel it is about.

        provider: The account.

        field: Place in the campaign file, for example ``messages.voice.speed``.

        verdict: What becomes of it.

        code: Stable name, for ``accept``; empty where no consent is needed.

        detail: A sentence for people.
    """

    channel: Channel
    provider: str
    field: str
    verdict: Verdict
    code: str = ""
    detail: str = ""
