"""Every field of a campaign against what a provider can do.

What outreach does alone whoever the vendor is (who is contacted, suppression, ``when``, the record) is not
negotiated: it never changes with the vendor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs

from outreach.model import Campaign, Channel, Content, placeholders
from outreach.negotiation import Finding, Support, Verdict, refused
from outreach.provider import Provider


def negotiate(campaign: Campaign, channel: Channel, provider: Provider[object]) -> list[Finding]:  # type: ignore[type-var]  # any settings do
    """Say what becomes of every field that the author used on one channel."""
    features = provider.capabilities.channels.get(channel)
    if features is None:
        can = ", ".join(provider.capabilities.channels)
        support = refused(f"{provider.title} carries {can} only; choose another provider for this route")
        return [_finding(channel, provider, "routes", support)]
    used = [*_content_fields(campaign, channel), *_campaign_fields(campaign)]
    return [_finding(channel, provider, path, getattr(features, feature)) for path, feature in used]


def refusals(findings: Iterable[Finding], accept: Sequence[str]) -> Iterator[str]:
    """Say what keeps a campaign from going out: what is refused, and what is weaker without the author's consent."""
    for one in findings:
        if one.verdict is Verdict.REFUSED:
            yield f"{one.field}: {one.provider} cannot do this on {one.channel}: {one.detail or 'not supported'}"
        elif one.verdict is Verdict.DEGRADED and one.code not in accept:
            yield (
                f"{one.field}: {one.provider} does this only in a weaker form on {one.channel}: {one.detail}. "
                f"To agree, write  accept: [{one.code}]"
            )


def _content_fields(campaign: Campaign, channel: Channel) -> Iterator[tuple[str, str]]:
    content = campaign.content(channel)
    if content is None:
        return
    own = getattr(campaign.messages, channel.value) is not None
    for attribute in attrs.fields(type(content)):
        if _is_set(content, attribute):
            yield f"messages.{channel}.{attribute.name}" if own else "message", attribute.name
    names = placeholders(content)
    place = f"messages.{channel}" if own else "message"
    if names:
        yield f"{place} placeholders", "placeholders"
    if any(name.fallback is not None for name in names):
        yield f"{place} fallbacks", "fallbacks"


def _campaign_fields(campaign: Campaign) -> Iterator[tuple[str, str]]:
    used = {
        ("description", "description"): bool(campaign.description),
        ("schedule.start", "start"): campaign.schedule.start is not None,
        ("schedule.expires", "expires"): campaign.schedule.expires is not None,
        ("schedule.window", "window"): campaign.schedule.window is not None,
        ("limits.per_hour", "per_hour"): campaign.limits.per_hour is not None,
    }
    yield from (names for names, present in used.items() if present)


def _is_set(content: Content, attribute: attrs.Attribute[object]) -> bool:
    value = getattr(content, attribute.name)
    return bool(value) and value != attribute.default


def _finding(channel: Channel, provider: Provider[object], path: str, support: Support) -> Finding:  # type: ignore[type-var]  # any settings do
    return Finding(
        channel=channel,
        provider=provider.name,
        field=path,
        verdict=support.verdict,
        code=support.code,
        detail=support.detail,
    )
