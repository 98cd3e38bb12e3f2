"""What earlier runs did, as the planner and the engine ask for it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from worlds import KEY, START, World

from outreach.delivery.journal import CampaignKey, LoadOutcome, NewBatch, NewSlice, People, Stage
from outreach.delivery.ledger import JournalLedger
from outreach.delivery.retry import MOST_ATTEMPTS
from outreach.delivery.sqlite import SqliteJournal
from outreach.model import Campaign, Channel, Limits, PerContact
from outreach.plugins import load_plugins

ANN, BIM, CHI = "+9779610000111", "+9779610000211", "+9779610000311"
WEEK = timedelta(days=7)
ONE = NewSlice(
    number=0, provider="tingting", channels=(Channel.VOICE,), zone="UTC", fingerprint="f", title="t", marker="m"
)


def campaign(folder: Path, most: int | None) -> Campaign:
    """Give a campaign, with a limit per contact and week where there is one."""
    limits = Limits(per_contact=PerContact(most, WEEK) if most else None)
    return attrs.evolve(World(folder, load_plugins(), "tingting").campaign(), limits=limits)


async def call(journal: SqliteJournal, name: str, *phones: str) -> None:
    """Contact people, as a campaign of that name."""
    key = CampaignKey(name, 1)
    people = People(phones=list(phones), ids=["" for _ in phones], rows=list(range(len(phones))))
    batch = NewBatch(slice_number=0, people=people)
    made = await journal.replan(key, digest="d", rows={}, slices=[ONE], batches=[batch], skipped=[], at=START)
    await journal.intend_load(made[0], 0, digest="d", reaches=True, at=START)
    await journal.conclude_load(made[0], 0, LoadOutcome(stage=Stage.ACCEPTED), at=START)


@pytest.mark.asyncio
async def test_contacts_of_all_campaigns_within_the_time_count(tmp_path: Path) -> None:
    """Where the campaign limits contacts, each of the last days counts by person; one second later it does not."""
    journal = await SqliteJournal.open(tmp_path / "journal.db", now=START)
    await call(journal, "one", ANN, BIM)
    await call(journal, "two", ANN)
    limited, unlimited = campaign(tmp_path, 2), campaign(tmp_path, None)

    soon = await JournalLedger.read(journal, KEY, limited, START + WEEK)
    later = await JournalLedger.read(journal, KEY, limited, START + WEEK + timedelta(seconds=1))
    free = await JournalLedger.read(journal, KEY, unlimited, START + WEEK)
    await journal.close()

    assert soon.contacts([CHI, ANN, BIM]) == {1: 2, 2: 1}
    assert (later.contacts([ANN]), free.contacts([ANN])) == ({}, {})
    assert soon.broken == ""


def test_whom_the_plan_no_longer_has_is_closed() -> None:
    """Somebody who is loaded at the vendor and was taken out of the campaign since is closed on that channel."""
    ledger = JournalLedger({})
    ledger.add(Channel.VOICE, [ANN, BIM])
    ledger.wanted([BIM], Channel.VOICE)
    ledger.wanted([ANN], Channel.SMS)

    assert ledger.closed([BIM, ANN, CHI], [Channel.VOICE, Channel.SMS]) == {1}
    assert ledger.closed([BIM, ANN], [Channel.SMS]) == set()


def test_a_first_run_closes_nobody() -> None:
    """Where nobody was handled before, whoever is asked about may be contacted."""
    ledger = JournalLedger({})
    ledger.wanted([ANN], Channel.VOICE)

    assert ledger.closed([ANN, BIM], [Channel.VOICE, Channel.SMS]) == set()


def test_whoever_was_handled_is_closed_where_the_plan_has_nobody() -> None:
    """A plan that has nobody on a channel any more wants nobody there."""
    ledger = JournalLedger({})
    ledger.add(Channel.VOICE, [ANN])

    assert ledger.closed([BIM, ANN], [Channel.VOICE]) == {1}


@pytest.mark.asyncio
async def test_what_each_provider_did_is_told_by_channel(tmp_path: Path) -> None:
    """Who was refused, by whom; who is loaded, where; for whom no further attempt may be made; each on its channel."""
    journal = await SqliteJournal.open(tmp_path / "journal.db", now=START)
    accounts = (("tingting", Channel.VOICE), ("toingg", Channel.AI_CALL), ("twilio", Channel.SMS))
    slices = [
        attrs.evolve(ONE, number=number, provider=provider, channels=(channel,))
        for number, (provider, channel) in enumerate(accounts)
    ]
    batches = [
        NewBatch(slice_number=number, people=People(phones=[phone], ids=[""], rows=[0]))
        for number, phone in enumerate((ANN, BIM, CHI))
    ]
    made = await journal.replan(KEY, digest="d", rows={}, slices=slices, batches=batches, skipped=[], at=START)
    for number, stage in ((0, Stage.REJECTED), (1, Stage.LOADED), *[(2, Stage.PLANNED)] * MOST_ATTEMPTS):
        await journal.intend_load(made[number], 0, digest="d", reaches=False, at=START)
        await journal.conclude_load(made[number], 0, LoadOutcome(stage=stage), at=START)

    ledger = await JournalLedger.read(journal, KEY, campaign(tmp_path, None), START)
    await journal.close()

    assert (ledger.refused([CHI], Channel.VOICE), ledger.aboard([CHI], Channel.AI_CALL)) == ({}, {})
    everybody = [CHI, BIM, ANN]
    on = (Channel.VOICE, Channel.AI_CALL, Channel.SMS)
    assert [ledger.refused(everybody, channel) for channel in on] == [{"tingting": [2]}, {}, {}]
    assert [list(ledger.rejected(everybody, channel)) for channel in on] == [[2], [], []]
    assert [ledger.aboard(everybody, channel) for channel in on] == [{}, {"toingg": [1]}, {}]
    assert [list(ledger.spent(everybody, channel)) for channel in on] == [[], [], [0]]
    assert [list(ledger.handled(everybody, channel)) for channel in on] == [[], [1], []]
