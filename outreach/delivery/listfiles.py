"""The campaign's own do-not-contact lists while a send is under way: a send may wait for days, and lists grow.

Whom they close when the plan is made, the plan leaves out. Whoever is added later is found here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from threading import Lock

from outreach.contacts import Suppression
from outreach.contacts.suppression import read_suppressed
from outreach.model import Campaign, Channel
from outreach.planning.stamps import stamps_of_lists

#: So often a list that cannot be read is tried: somebody may just be writing it.
_TRIES = 3

#: Seconds between two tries.
_PAUSE = 0.5

_REMEDY = "nobody is contacted until this list can be read; then run send again"


class ListFiles:
    """Whom the files of ``suppress`` close since the plan was made; what they closed once they close to the end.

    A long list takes seconds to read, so ``closed`` does not look at the disk; ``look`` does, beside the requests.

    Attributes:
        broken: Why a list cannot be read; whoever asks must contact nobody then.

    Args:
        campaign: Its lists, as the plan has just read them.

        sleep: Seconds to wait.
    """

    def __init__(self, campaign: Campaign, sleep: Callable[[float], Awaitable[None]]) -> None:
        self.broken = ""
        self._campaign = campaign
        self._sleep = sleep
        self._closed = Suppression()
        self._seen = stamps_of_lists(campaign)
        self._looking = asyncio.Lock()
        self._reading = Lock()

    def closed(self, phones: Sequence[str], channels: Collection[Channel]) -> Collection[int]:
        """Give the index of those who were added on one of the channels or more."""
        if not self._closed:
            return ()
        return self._closed.closed(phones, channels)

    async def look(self) -> None:
        """Read the lists again where one of them changed. Never raises."""
        async with self._looking:
            for attempt in range(_TRIES):
                try:
                    now = stamps_of_lists(self._campaign)
                    if now == self._seen and not self.broken:
                        return
                    await asyncio.to_thread(self._read)
                except Exception as error:  # noqa: BLE001  # whatever it is, nobody can tell who is closed
                    if attempt < _TRIES - 1:
                        await self._sleep(_PAUSE)
                    else:
                        self.broken = f"{str(error) or type(error).__name__}; {_REMEDY}"
                else:
                    self._seen, self.broken = now, ""

    def _read(self) -> None:
        campaign = self._campaign
        with self._reading:  # where a look was cancelled its thread goes on
            for entry in read_suppressed(campaign.suppress, base=campaign.base, country=campaign.contacts.country):
                self._closed.add(entry.phone, entry.channel)
