"""One person's story, from the row of the contacts to the vendor's answer. Holds no secret and no text of a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import attrs

from outreach.contacts import BadNumber, normalise
from outreach.contacts.values import Chunk, Dropped
from outreach.delivery import donotcontact
from outreach.delivery.donotcontact import Entry
from outreach.delivery.journal import STATE_OF, BatchRow, CampaignKey, DeliveryRow, Journal, Mark, Slice, Stage
from outreach.errors import Problem, SpecError
from outreach.model import Campaign, Channel, State, Status
from outreach.planning.build import Builder
from outreach.planning.carrier import Carrier
from outreach.planning.choose import Suppressed
from outreach.planning.reading import read
from outreach.provider import Batch
from outreach.source import SourceKind

#: Batches read from the journal at a time.
_PAGE = 200


@attrs.frozen(kw_only=True)
class Row:
    """A row of the contacts with this number.

    Attributes:
        source: File as the user named it; empty for the row that counts, of which only its number is known.

        row: 1-based data row in its source.

        id: The contact's id, or the empty text.

        reason: Why the row is no delivery; empty for the one that counts.

        detail: The same as a sentence.
    """

    source: str
    row: int
    id: str
    reason: str = ""
    detail: str = ""


@attrs.frozen(kw_only=True)
class Going:
    """What a plan made now says of the person on one route; ``reason``: why they are left out, empty when they are not.

    ``other``: the route's ``when`` is about other people.
    """

    channel: Channel
    provider: str
    reason: str
    other: bool = False


@attrs.frozen(kw_only=True)
class Event:
    """A delivery, as the journal knows it.

    Attributes:
        channels: What it goes out on.

        provider: The account; empty for a row that is no delivery.

        state: Where it is on our side.

        stage: The same more finely; empty for people left out.

        reason: Why, for people.

        title: The campaign at the vendor that the person is in; empty for people left out.

        batch: Position of the person's batch in it; None for people left out.

        together: People in that batch.

        attempts: Times that a request with this person was begun, the launch not counted.

        intended_at: When the latest request was written down; None before.

        updated_at: When this was last written.

        status: What became of the person; None before an answer.

        word: The vendor's own word for it.

        vendor_id: The vendor's id of the call or message.

        steps: Requests about the whole campaign at the vendor: what, state and since when.
    """

    channels: tuple[Channel, ...]
    provider: str
    state: State
    stage: str
    reason: str
    title: str = ""
    batch: int | None = None
    together: int = 0
    attempts: int = 0
    intended_at: datetime | None = None
    updated_at: datetime
    status: Status | None = None
    word: str = ""
    vendor_id: str = ""
    steps: tuple[tuple[str, str, datetime], ...] = ()


@attrs.frozen(kw_only=True)
class Story:
    """Everything that is known of one person in one campaign.

    Attributes:
        campaign: Its name.

        round: Its round.

        phone: E.164, in full.

        rows: Rows of the contacts with this number.

        going: What a plan made now says, per route; empty when the contacts do not hold the number.

        problem: Why the contacts cannot be read; empty when they can.

        suppressed: What the organisation's own list ever said of the number, in order.

        events: Deliveries in the journal.

        marks: What people said of them.
    """

    campaign: str
    round: int
    phone: str
    rows: tuple[Row, ...]
    going: tuple[Going, ...]
    problem: str
    suppressed: tuple[Entry, ...]
    events: tuple[Event, ...]
    marks: tuple[Mark, ...]

    @property
    def known(self) -> bool:
        """Whether the number occurs anywhere at all."""
        return bool(self.rows or self.events or self.marks)


@attrs.frozen
class _Sink:
    """Keeps on which channel the person is left out, and why."""

    skipped: dict[Channel, str] = attrs.field(factory=dict)

    def add(self, slice_number: int, batch: Batch, rows: list[int]) -> None:
        """Take a batch: nothing to keep."""

    def skip(
        self,
        channel: Channel | None,
        provider: str,  # noqa: ARG002  # a sink's signature
        reason: str,
        phones: list[str],  # noqa: ARG002  # as above
        ids: list[str],  # noqa: ARG002  # as above
        rows: list[int],  # noqa: ARG002  # as above
    ) -> None:
        """Keep why the person is left out on a channel."""
        if channel is not None:
            self.skipped[channel] = reason


@attrs.define
class _Witness:
    """Lets only one person through to the planner, and keeps what became of them."""

    phone: str
    country: str | None
    builder: Builder
    rows: list[Row] = attrs.field(factory=list)

    def add(self, chunk: Chunk) -> None:
        """Take one chunk of people and dropped rows."""
        self.rows += [_dropped(row) for row in chunk.dropped if self._same(row)]
        for index, phone in enumerate(chunk.phones):
            if phone == self.phone:
                self.rows.append(Row(source="", row=chunk.rows[index], id=chunk.ids[index]))
                self.builder.add(_only(chunk, index))

    def note(self, found: Sequence[Problem]) -> None:
        """Take what is to be known about the sources: it is about no single person."""

    def _same(self, row: Dropped) -> bool:
        read_as = normalise(row.phone, self.country)
        return row.phone == self.phone if isinstance(read_as, BadNumber) else read_as == self.phone


def from_contacts(  # keywords; what the planner needs
    campaign: Campaign,
    phone: str,
    *,
    carriers: Mapping[str, Carrier],
    suppressed: Suppressed,
    stdin: BinaryIO | None,
    now: datetime,
    kinds: Sequence[SourceKind] = (),
) -> tuple[Sequence[Row], Sequence[Going], str]:
    """Read the contacts for one number; give its rows, what a plan made now says, and why they cannot be read."""
    sink = _Sink()
    builder = Builder(campaign, carriers, now=now, suppressed=suppressed, sink=sink)
    witness = _Witness(phone, campaign.contacts.country, builder)
    try:
        for _ in read(campaign, witness, stdin, kinds):
            pass
    except SpecError as error:
        return witness.rows, (), str(error)
    routes = builder.finish().routes
    going = [
        Going(
            channel=route.channel,
            provider=route.provider,
            reason=sink.skipped.get(route.channel, "") if route.skipped else "",
            other=not (route.planned or route.skipped),
        )
        for route in routes
    ]
    return witness.rows, going if any(not row.reason for row in witness.rows) else (), ""


async def from_journal(journal: Journal, key: CampaignKey, phone: str) -> tuple[Sequence[Event], Sequence[Mark]]:
    """Read the journal for one number."""
    rows = [row async for row in journal.deliveries(key) if row.phone == phone]
    events = [_left_out(row) for row in rows if row.state is State.SKIPPED]
    if len(events) < len(rows):
        for one in await journal.slices(key):
            events += await _in_slice(journal, one, phone)
    return events, [one for one in await journal.marks(key) if one.phone == phone]


def from_list(journal: Path, phone: str) -> Sequence[Entry]:
    """Give what the organisation's own list ever said of a number.

    Raises:
        EnvironmentProblem: It cannot be read.
    """
    return [one for one in donotcontact.history(donotcontact.beside(journal)) if one.phone == phone]


async def _in_slice(journal: Journal, one: Slice, phone: str) -> Sequence[Event]:
    events: list[Event] = []
    after = -1
    while rows := await journal.batches(one.id, list(Stage), after=after, limit=_PAGE):
        after = rows[-1].seq
        for row in rows:
            if phone in row.people.phones:
                steps = [
                    (f"{s.step} {s.position + 1}", str(s.state), s.intended_at) for s in await journal.steps(one.id)
                ]
                events.append(_event(one, row, list(row.people.phones).index(phone), tuple(steps)))
    return events


def _event(one: Slice, row: BatchRow, index: int, steps: tuple[tuple[str, str, datetime], ...]) -> Event:
    stage, reason = row.exceptions.get(index, (row.stage, row.reason))
    receipt = row.receipts.get(index, row.receipt)
    return Event(
        channels=one.channels,
        provider=one.provider,
        state=STATE_OF[stage],
        stage=str(stage),
        reason=reason or one.reason,
        title=one.title,
        batch=row.seq,
        together=len(row.people),
        attempts=row.attempts + row.earlier.get(index, 0),
        intended_at=row.intended_at,
        updated_at=row.updated_at,
        status=receipt.status if receipt else None,
        word=receipt.word if receipt else "",
        vendor_id=receipt.vendor_id if receipt else "",
        steps=steps,
    )


def _left_out(row: DeliveryRow) -> Event:
    return Event(
        channels=(Channel(row.channel),) if row.channel else (),
        provider=row.provider,
        state=row.state,
        stage="",
        reason=row.reason,
        updated_at=row.updated_at,
    )


def _dropped(row: Dropped) -> Row:
    return Row(source=row.source, row=row.row, id=row.id, reason=row.reason, detail=row.detail)


def _only(chunk: Chunk, index: int) -> Chunk:
    def cell(column: Sequence[Any]) -> Sequence[Any]:
        return [column[index]]

    return Chunk(
        phones=cell(chunk.phones),
        ids=cell(chunk.ids),
        names=cell(chunk.names),
        zones=cell(chunk.zones),
        rows=cell(chunk.rows),
        columns={name: cell(column) for name, column in chunk.columns.items()},
    )
