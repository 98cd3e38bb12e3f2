"""What earlier runs did, as the planner asks for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from outreach.contacts import NumberSet
from outreach.delivery.journal import CampaignKey, Journal, Stage
from outreach.delivery.retry import MOST_ATTEMPTS
from outreach.model import Campaign, Channel


class JournalLedger:
    """Numbers handled by earlier runs of a campaign, and contact pressure over all campaigns, held in flat memory."""

    def __init__(self, pressure: Mapping[str, int]) -> None:
        self._pressure = pressure
        self._handled: dict[Channel, NumberSet] = {}
        self._wanted: dict[Channel, NumberSet] = {}
        self._refused: dict[tuple[Channel, str], NumberSet] = {}
        self._rejected: dict[Channel, NumberSet] = {}
        self._aboard: dict[tuple[Channel, str], NumberSet] = {}
        self._spent: dict[Channel, NumberSet] = {}

    @classmethod
    async def read(cls, journal: Journal, key: CampaignKey, campaign: Campaign, now: datetime) -> JournalLedger:
        """Read what the planner will ask for."""
        limit = campaign.limits.per_contact
        ledger = cls(await journal.pressure(now - limit.period) if limit else {})
        async for channels, phones in journal.contacted(key):
            for channel in channels:
                ledger.add(channel, phones)
        async for turn in journal.turns(key):
            kept = ledger._aboard if turn.stage is Stage.LOADED else ledger._refused
            for channel in turn.channels:
                if turn.stage is Stage.REJECTED:
                    _put(ledger._rejected.setdefault(channel, NumberSet()), turn.phones)
                _put(kept.setdefault((channel, turn.provider), NumberSet()), turn.phones)
        async for channels, phones in journal.tried(key, MOST_ATTEMPTS):
            for channel in channels:
                _put(ledger._spent.setdefault(channel, NumberSet()), phones)
        return ledger

    def add(self, channel: Channel, phones: Sequence[str]) -> None:
        """Take numbers as handled on a channel."""
        _put(self._handled.setdefault(channel, NumberSet()), phones)

    def handled(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Give the index of those who must not be planned again on a channel of this campaign."""
        return _found(self._handled.get(channel), phones)

    def refused(self, phones: Sequence[str], channel: Channel) -> Mapping[str, Collection[int]]:
        """Give by provider the index of those whom it refused; it is not asked again."""
        found = ((name, _found(numbers, phones)) for (on, name), numbers in self._refused.items() if on is channel)
        return {name: indexes for name, indexes in found if indexes}

    def rejected(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Give the index of those who stand in the journal as refused, since nobody took them over."""
        return _found(self._rejected.get(channel), phones)

    def aboard(self, phones: Sequence[str], channel: Channel) -> Mapping[str, Collection[int]]:
        """Give by provider the index of those handled who are loaded there in a campaign that is not launched."""
        found = ((name, _found(numbers, phones)) for (on, name), numbers in self._aboard.items() if on is channel)
        return {name: indexes for name, indexes in found if indexes}

    def spent(self, phones: Sequence[str], channel: Channel) -> Collection[int]:
        """Give the index of those for whom no further attempt may be made."""
        return _found(self._spent.get(channel), phones)

    def wanted(self, phones: Sequence[str], channel: Channel) -> None:
        """Note that the plan still has these people on a channel, whether or not they were handled."""
        if channel in self._handled:
            _put(self._wanted.setdefault(channel, NumberSet()), phones)

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

    def contacts(self, phones: Sequence[str]) -> Mapping[int, int]:
        """Give by index how often somebody was contacted within the period that the campaign limits."""
        if not self._pressure:
            return {}
        return {index: self._pressure[phone] for index, phone in enumerate(phones) if phone in self._pressure}


def _put(numbers: NumberSet, phones: Sequence[str]) -> None:
    for phone in phones:
        numbers.add(phone)


def _found(numbers: NumberSet | None, phones: Sequence[str]) -> Collection[int]:
    return numbers.found(phones) if numbers else ()
