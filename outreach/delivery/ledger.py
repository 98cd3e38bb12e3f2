"""What earlier runs did, as the planner asks for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from outreach.contacts import NumberSet
from outreach.delivery.journal import CampaignKey, Journal
from outreach.model import Campaign, Channel


class JournalLedger:
    """Numbers handled by earlier runs of a campaign, and contact pressure over all campaigns, held in flat memory."""

    def __init__(self, most: int | None, pressure: Mapping[str, int]) -> None:
        self._handled: dict[Channel, NumberSet] = {}
        self._wanted: dict[Channel, NumberSet] = {}
        self._pressed = frozenset(phone for phone, count in pressure.items() if most is not None and count >= most)

    @classmethod
    async def read(cls, journal: Journal, key: CampaignKey, campaign: Campaign, now: datetime) -> JournalLedger:
        """Read what the planner will ask for."""
        limit = campaign.limits.per_contact
        ledger = cls(limit.count, await journal.pressure(now - limit.period)) if limit else cls(None, {})
        async for channels, phones in journal.contacted(key):
            for channel in channels:
                ledger.add(channel, phones)
        return ledger

    def add(self, channel: Channel, phones: Sequence[str]) -> None:
        """Take numbers as handled on a channel."""
        numbers = self._handled.setdefault(channel, NumberSet())
        for phone in phones:
            numbers.add(phone)

    def handled(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Give the index of those who must not be planned again on a channel of this campaign."""
        numbers = self._handled.get(channel)
        return numbers.found(phones) if numbers else ()

    def wanted(self, phones: Sequence[str], channel: Channel) -> None:
        """Note that the plan still has these people on a channel, whether or not they were handled."""
        if channel in self._handled:
            numbers = self._wanted.setdefault(channel, NumberSet())
            for phone in phones:
                numbers.add(phone)

    def closed(self, phones: Sequence[str], channels: Collection[Channel]) -> Collection[int]:
        """Give the index of those handled by an earlier run whom the plan no longer has on one of these channels."""
        gone: set[int] = set()
        if not self._handled:
            return gone
        for channel in channels:
            handled = self.handled(phones, channel)
            wanted = self._wanted.get(channel)
            gone.update(index for index in handled if wanted is None or phones[index] not in wanted)
        return gone

    @property
    def broken(self) -> str:
        """Nothing can break here."""
        return ""

    def pressed(self, phones: Sequence[str]) -> Collection[int]:
        """Give the index of those who were contacted as often as the campaign's limits allow, over all campaigns."""
        if not self._pressed:
            return ()
        return [index for index, phone in enumerate(phones) if phone in self._pressed]
