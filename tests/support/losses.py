"""Journals in which answers were lost, for tests about what is done then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
from worlds import KEY, START

import outreach
from outreach.delivery.journal import CampaignKey, LoadOutcome, NewBatch, NewSlice, People, Stage
from outreach.delivery.sqlite import SqliteJournal
from outreach.model import Channel
from outreach.planning.carrier import Carrier, fingerprint
from outreach.plugins import load_plugins

ANN, BIM, CHI = "+9779610000111", "+9779610000211", "+9779610000311"
PEOPLE = [{"phone": phone, "id": f"c{index}", "name": "सीता"} for index, phone in enumerate((ANN, BIM, CHI))]


def campaign(folder: Path, provider: str, **settings: Any) -> outreach.Campaign:
    """Give a campaign to three people, country Nepal."""
    channel = {"tingting": Channel.VOICE, "toingg": Channel.AI_CALL}[provider]
    own = attrs.evolve(load_plugins().provider(provider).sandbox, settle_after=60.0, **settings)
    return outreach.Campaign(
        name=KEY.name,
        message=outreach.Template.parse("नमस्कार, your fee is due."),
        contacts=outreach.Contacts(sources=PEOPLE, country="NP"),
        routes=(outreach.Route(channel=channel, providers=(provider,)),),
        schedule=outreach.Schedule(zone="Asia/Kathmandu"),
        providers={provider: own},
        base=folder,
    )


def journal_of(folder: Path) -> Path:
    """Give the journal of a folder."""
    return folder / ".outreach" / "journal.db"


async def planned(journal: SqliteJournal, one: outreach.Campaign, marker: str = "m4rk") -> int:
    """Plan the three in one slice with one batch."""
    ((name, settings),) = one.providers.items()
    carrier = Carrier(load_plugins().provider(name), settings)
    channels = (one.routes[0].channel,)
    ids = await journal.replan(
        CampaignKey(one.name, 1),
        digest="d",
        rows={"read": 3, "used": 3, "skipped": {}},
        slices=[
            NewSlice(
                number=0,
                provider=name,
                channels=channels,
                zone="Asia/Kathmandu",
                fingerprint=fingerprint(one, carrier, channels, "Asia/Kathmandu"),
                title=f"{one.name} [{marker}]",
                marker=marker,
            )
        ],
        batches=[NewBatch(slice_number=0, people=People(phones=[ANN, BIM, CHI], ids=["", "", ""], rows=[1, 2, 3]))],
        skipped=(),
        at=START,
    )
    return ids[0]


async def lost_calls(folder: Path, **outcome: Any) -> outreach.Campaign:
    """Leave a journal in which the answer to a request that calls three people was lost; the vendor cannot be asked."""
    one = campaign(folder, "toingg")
    async with await SqliteJournal.open(journal_of(folder), now=START) as journal:
        slice_id = await planned(journal, one)
        await journal.intend_load(slice_id, 0, digest="x", reaches=True, at=START)
        lost = LoadOutcome(stage=Stage.UNKNOWN, reason="timeout", **outcome)
        await journal.conclude_load(slice_id, 0, lost, at=START)
    return one
