"""The write-ahead record of everything done, as a small set of verbs; each verb is one durable transaction.

People are kept in batches, never a row per person: a batch holds the numbers of its people packed side by side
in order, one state for all of them, and the exceptions. That answers the three questions (has this number been
reached in this campaign, what became of it, list them) by reading batches in order, at ten million people, without
an index in random order.

Public states follow from a batch's stage::

    planned ─▶ loading ─▶ loaded ─▶ in_flight ─▶ accepted | rejected | unknown
       └──────────────────────────────▶ in_flight (where the load itself reaches people)

``loading``, ``loaded`` and ``load_unknown`` are ``planned`` to the outside: nobody is contacted before the launch.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import attrs

from outreach.model import Channel, State, Status
from outreach.provider import Receipt


@attrs.frozen
class CampaignKey:
    """Identity of a campaign: people contacted under one name and round are not contacted again."""

    name: str
    round: int


class Stage(StrEnum):
    """How far a batch has come."""

    PLANNED = "planned"
    #: The load is on its way; it reaches nobody.
    LOADING = "loading"
    #: The people are in the vendor's campaign, which is not launched.
    LOADED = "loaded"
    #: The load's answer was lost; it reached nobody, and is settled before the launch.
    LOAD_UNKNOWN = "load_unknown"
    #: What reaches the people is on its way.
    IN_FLIGHT = "in_flight"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    #: Refused here, or loaded here and never launched; another provider has the delivery since. Counts nowhere.
    PASSED = "passed"


#: What a stage is to the outside.
STATE_OF: Mapping[Stage, State] = {
    Stage.PLANNED: State.PLANNED,
    Stage.LOADING: State.PLANNED,
    Stage.LOADED: State.PLANNED,
    Stage.LOAD_UNKNOWN: State.PLANNED,
    Stage.IN_FLIGHT: State.IN_FLIGHT,
    Stage.ACCEPTED: State.ACCEPTED,
    Stage.REJECTED: State.REJECTED,
    Stage.UNKNOWN: State.UNKNOWN,
    Stage.CANCELLED: State.CANCELLED,
    Stage.SKIPPED: State.SKIPPED,
    Stage.PASSED: State.REJECTED,
}

#: Whoever is in one of these is in a campaign at the vendor that is not launched.
ABOARD = (Stage.LOADED, Stage.LOAD_UNKNOWN)

#: Nobody in these was contacted, so that another provider may take them over.
PASSABLE = (Stage.REJECTED, *ABOARD)


#: Reason of people who are planned and of whom nothing else is known: the run ended, or died, before their turn.
NOT_YET: Mapping[Stage, str] = {
    Stage.PLANNED: "not attempted so far; run send again",
    **dict.fromkeys((Stage.LOADING, *ABOARD), "loaded at the vendor, and not launched so far; run send again"),
}

#: Reason of people who are left behind in a campaign at a vendor out of which others were passed on.
GIVEN_UP = "its campaign at the vendor was given up when others went to another provider; run send again"


class Step(StrEnum):
    """The stages of a campaign at the vendor that happen once."""

    OPEN = "open"
    LAUNCH = "launch"


class StepState(StrEnum):
    """What is known of a step's request."""

    IN_FLIGHT = "in_flight"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    #: Proved not to have taken effect; it may be done again.
    UNSENT = "unsent"


@attrs.frozen(kw_only=True)
class People:
    """People as columns of equal length.

    Attributes:
        phones: E.164 with ``+``; for a row without a valid number, what the row held.

        ids: The contact's id, or the empty text.

        rows: 1-based row in its source; 0 when unknown.
    """

    phones: Sequence[str]
    ids: Sequence[str]
    rows: Sequence[int]

    def __len__(self) -> int:
        return len(self.phones)

    def take(self, indexes: Sequence[int]) -> People:
        """Give some of them, in this order."""
        return People(
            phones=[self.phones[index] for index in indexes],
            ids=[self.ids[index] for index in indexes],
            rows=[self.rows[index] for index in indexes],
        )


@attrs.frozen(kw_only=True)
class NewSlice:
    """One campaign to be made at a vendor.

    Attributes:
        number: Position in the plan; batches name it.

        fingerprint: Digest of everything that a vendor campaign is made of, its people and start left out.

        title: Name of the campaign at the vendor; the marker in it is unique to this slice.
    """

    number: int
    provider: str
    channels: tuple[Channel, ...]
    zone: str
    fingerprint: str
    title: str
    marker: str


@attrs.frozen(kw_only=True)
class NewBatch:
    """People who will travel in one request; ``slice_number`` is the ``number`` of a NewSlice."""

    slice_number: int
    people: People


@attrs.frozen(kw_only=True)
class Skipped:
    """People left out for one reason: on a channel (a skipped delivery), or a row that is no delivery (None)."""

    channel: Channel | None
    provider: str
    reason: str
    people: People


@attrs.frozen(kw_only=True)
class Slice:
    """One campaign at a vendor, as the journal knows it.

    Attributes:
        id: Of the journal.

        closed: Its launch was begun: nobody is added any more.

        refs: Values of the Refs that its answers supplied.

        start: When it is to begin, as the vendor was told; None before it was opened.

        reason: Why it stands still, for people; empty when it does not.
    """

    id: int
    provider: str
    channels: tuple[Channel, ...]
    zone: str
    fingerprint: str
    title: str
    marker: str
    closed: bool
    refs: Mapping[str, str]
    start: datetime | None
    reason: str


@attrs.frozen(kw_only=True)
class StepRow:
    """A request of ``open`` or ``launch``: its position in the stage, what is known of it, and since when.

    Attributes:
        intended_at: When it was about to be sent.

        updated_at: When this state was written.
    """

    step: Step
    position: int
    state: StepState
    reason: str
    intended_at: datetime
    updated_at: datetime


@attrs.frozen(kw_only=True)
class BatchRow:
    """A batch, as the journal knows it.

    Attributes:
        slice_id: Its slice; 0 for rows that are no delivery.

        seq: Position in the slice, stable over runs.

        stage: Of everybody without an exception.

        reason: Why, for people.

        exceptions: Stage and reason by index of the person.

        receipt: Of everybody without an entry in ``receipts``; None before an answer.

        receipts: By index of the person.

        attempts: Times that a request with these people was begun; the launch is not counted.

        earlier: Such times in batches where they stood before they were planned anew, by index of the person.

        refused: Who refused them before, or could not be used, and why, in words for people, by index of the person.
    """

    slice_id: int
    seq: int
    people: People
    stage: Stage
    reason: str
    exceptions: Mapping[int, tuple[Stage, str]]
    receipt: Receipt | None
    receipts: Mapping[int, Receipt]
    attempts: int
    intended_at: datetime | None
    updated_at: datetime
    earlier: Mapping[int, int] = attrs.field(factory=dict)
    refused: Mapping[int, str] = attrs.field(factory=dict)


@attrs.frozen
class Turn:
    """People who had their turn at a provider and were not contacted.

    Attributes:
        provider: The account.

        channels: Of the deliveries.

        phones: E.164 with ``+``.

        stage: rejected and passed: the provider refused them, or they were taken out of a campaign there, for good;
            loaded: they are, or may be, in a campaign there that is not launched.
    """

    provider: str
    channels: tuple[Channel, ...]
    phones: Sequence[str]
    stage: Stage


#: People in these stages become accepted when a vendor proves by itself that they were reached.
WITNESSABLE = frozenset(Stage) - {Stage.LOADING, Stage.IN_FLIGHT, Stage.ACCEPTED, Stage.SKIPPED}

#: Reason of people who are in a campaign at a vendor that reached somebody although nobody launched it from here.
BEGUN = "its campaign at the vendor reached somebody before it was launched from here"


def told_reason(stage: Stage, reason: str) -> str:
    """Give the reason that the report shows: nobody is planned without one, even where a killed run wrote none."""
    return reason or NOT_YET.get(stage, "")


def passed_on(before: str, provider: str, reason: str) -> str:
    """Say in the report who had somebody before, and why no longer."""
    return "; ".join(filter(None, (before, f"{provider}: {reason}" if reason else "")))


def with_refusal(reason: str, refused: str) -> str:
    """Say in the report what a state rests on, and who refused the person before."""
    return "; ".join(filter(None, (reason, f"before, {refused}" if refused else "")))


@attrs.frozen(kw_only=True)
class LoadOutcome:
    """What became of a load; the stage holds for everybody without an exception."""

    stage: Stage
    reason: str = ""
    exceptions: Mapping[int, tuple[Stage, str]] = attrs.field(factory=dict)
    receipt: Receipt | None = None
    receipts: Mapping[int, Receipt] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Mark:
    """A person's word about somebody of whom no vendor could tell.

    Attributes:
        phone: E.164 with ``+``.

        channels: Of the delivery.

        sent: Whether the person was contacted.

        by: Who says so.

        reason: How it is known; may be empty.

        at: When it was said.
    """

    phone: str
    channels: tuple[Channel, ...]
    provider: str
    sent: bool
    by: str
    reason: str
    at: datetime


def marked(by: str, reason: str, *, sent: bool) -> str:
    """Say in the report whose word a state rests on."""
    return f"marked {'sent' if sent else 'unsent'} by {by}" + (f": {reason}" if reason else "")


@attrs.frozen(kw_only=True)
class DeliveryRow:
    """One row of the report: a delivery, or a row of the contacts that is none (empty channel).

    What ``status --follow`` learns (``credits`` in the vendor's unit, ``duration`` in seconds, ``answers``,
    ``transcript``, ``playback`` in per cent) is None or empty where the vendor said nothing.
    """

    contact_id: str
    phone: str
    channel: str
    provider: str
    state: State
    status: Status | None
    word: str
    reason: str
    vendor_id: str
    attempts: int
    updated_at: datetime
    row: int
    credits: float | None = None
    duration: float | None = None
    answers: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    transcript: str = attrs.field(default="", repr=False)
    playback: float | None = None


def status_in(state: State, status: Status | None) -> Status | None:
    """Give a status as it is told: whom the vendor refused, nobody queued."""
    return None if state is State.REJECTED and status is Status.QUEUED else status


def told_on(receipt: Receipt | None, channel: str, state: State) -> dict[str, Any]:
    """Give what a receipt says about one channel, as fields of a DeliveryRow; seconds are those of a call."""
    if receipt is None:
        return {"status": None, "word": "", "vendor_id": ""}
    spoken = channel in {Channel.VOICE, Channel.AI_CALL}
    return {
        "status": status_in(state, receipt.status),
        "word": receipt.word,
        "vendor_id": receipt.vendor_id,
        "credits": next((cost for on, cost in receipt.credits.items() if on == channel), None),
        "duration": receipt.duration if spoken else None,
        "answers": receipt.answers if spoken else {},
        "transcript": receipt.transcript if spoken else "",
        "playback": receipt.playback if spoken else None,
    }


@attrs.frozen(kw_only=True)
class Counts:
    """A campaign by numbers.

    Attributes:
        deliveries: All deliveries by present state; every state has an entry.

        skipped: Skipped deliveries by reason.

        statuses: Deliveries by what became of the person.

        routes: Deliveries by (channel, provider) and state.

        reasons: Planned, rejected, unknown and cancelled deliveries by (state, reason).
    """

    deliveries: Mapping[State, int]
    skipped: Mapping[str, int]
    statuses: Mapping[Status, int]
    routes: Mapping[tuple[str, str], Mapping[State, int]]
    reasons: Mapping[tuple[State, str], int]


@attrs.frozen(kw_only=True)
class CallRow:
    """One request of ``outreach api`` that reaches people or spends; what it said is not kept.

    Attributes:
        digest: Of the request without its secrets: two equal requests have equal ones.
    """

    id: int
    provider: str
    endpoint: str
    digest: str
    state: StepState
    reason: str
    intended_at: datetime


class CallJournal(Protocol):
    """What single calls need of a journal. Opening one turns what is found in flight into unknown."""

    async def intend_call(self, provider: str, endpoint: str, *, digest: str, at: datetime) -> int:
        """Write down that a request is about to be sent; give its id."""

    async def conclude_call(self, call_id: int, state: StepState, *, reason: str, at: datetime) -> None:
        """Write down what became of it.

        Raises:
            JournalError: It is not in flight. Nothing is changed.
        """

    async def calls(self) -> Sequence[CallRow]:
        """Give every call, in order."""


class Journal(Protocol):
    """What the engine needs of a journal. Every verb that writes returns after the write is durable.

    Opening a journal turns everything found in flight into unknown (a load that reaches nobody: load_unknown).
    One runner at a time: opening a journal that is in use raises JournalInUse.
    """

    def contacted(self, key: CampaignKey) -> AsyncIterator[tuple[tuple[Channel, ...], Sequence[str]]]:
        """Give, batch by batch, the channels and numbers that must not be planned again.

        These are all but the planned, cancelled and skipped ones, and those whose turn at a provider is over (see
        ``turns``); loading, loaded and load_unknown ones are given.
        """

    def turns(self, key: CampaignKey) -> AsyncIterator[Turn]:
        """Give, batch by batch, who was refused by a provider (passed on since or not), and who is aboard.

        Aboard are those loaded, loading or load_unknown in slices that are not closed.
        """

    def tried(self, key: CampaignKey, most: int) -> AsyncIterator[tuple[tuple[Channel, ...], Sequence[str]]]:
        """Give, batch by batch, the channels and numbers of whom requests were begun so many times or more.

        Only people are given who are not contacted and not given up to another provider.
        """

    async def pressure(self, since: datetime) -> Mapping[str, int]:
        """Count, over all campaigns, the deliveries since then by number (accepted, in flight, unknown).

        A delivery is when its request was, or when the vendor was told to begin, whichever is later.
        """

    async def claimed(self, provider: str, found: Mapping[str, str], *, besides: tuple[int, int]) -> Collection[str]:
        """Give the numbers of which another delivery, of whatever campaign, holds or may have made what was found.

        ``found``: The provider's id by number. Another delivery holds it where a receipt does, and may have made it
        where its request to the same number is unknown, or is accepted by a person's word.

        ``besides``: Slice and ``seq`` of the one batch that does not count.
        """

    async def replan(
        self,
        key: CampaignKey,
        *,
        digest: str,
        rows: Mapping[str, object],
        slices: Sequence[NewSlice],
        batches: Iterable[NewBatch],
        skipped: Iterable[Skipped],
        at: datetime,
        passes: bool = False,
    ) -> Mapping[int, int]:
        """Put a plan in the place of whatever was still merely planned; give the slice id of each slice number.

        ``passes``: the new plan may hold people whom one provider refused, or who are loaded in a campaign that is not
        launched, for another provider. Where it does, they become passed where they stood, and what they were tried and
        refused goes with them. A slice out of which loaded people are taken is closed, and whoever else is loaded in it
        becomes cancelled with the reason ``GIVEN_UP``.

        A new slice joins a slice of the journal that is not closed, agrees in provider, channels, zone and
        fingerprint, and has nobody loaded (else the vendor's campaign would outgrow what was planned for it); of
        several equal ones each joins another. Planned people who are not in the new plan become cancelled with the
        reason ``removed``; cancelled people who are in it are planned again (or skipped), and stand in the report
        once. Batches keep the order in which they are given; within a slice ``seq`` goes on from the highest there
        ever was. A slice that was never opened and has lost all its people goes.

        The iterables are read while the plan is written, by the thread that writes.
        """

    async def slices(self, key: CampaignKey) -> Sequence[Slice]:
        """Give every slice, in order."""

    async def steps(self, slice_id: int) -> Sequence[StepRow]:
        """Give the requests of ``open`` and ``launch`` that were ever begun, in order of position."""

    async def batches(
        self, slice_id: int, stages: Sequence[Stage], *, after: int = -1, limit: int = 100, mixed: bool = False
    ) -> Sequence[BatchRow]:
        """Give batches of a slice in these stages, in order of ``seq``, beginning behind ``after``.

        ``mixed``: also those in which only an exception is in one of these stages.
        """

    async def intend_step(
        self, slice_id: int, step: Step, position: int, *, digest: str, reaches: bool, at: datetime
    ) -> None:
        """Write down that a request of ``open`` or ``launch`` is about to be sent.

        ``reaches``: it reaches everybody loaded: loaded batches become in_flight with it, and the slice is closed.

        Raises:
            JournalError: The request was begun before and is not known to have had no effect (where it reaches
                nobody: it is in flight or accepted), or it reaches people and the slice is closed, or somebody in
                it is still loading or load_unknown. Nothing is changed.
        """

    async def conclude_step(
        self,
        slice_id: int,
        step: Step,
        position: int,
        state: StepState,
        *,
        at: datetime,
        reason: str = "",
        refs: Mapping[str, str] | None = None,
        start: datetime | None = None,
    ) -> None:
        """Write down what became of it, and of the batches in flight with it.

        They become accepted, rejected or unknown with it, or (unsent) loaded again, with the slice open again.

        Raises:
            JournalError: The request is neither in flight nor unknown. Nothing is changed.
        """

    async def intend_load(self, slice_id: int, seq: int, *, digest: str, reaches: bool, at: datetime) -> None:
        """Write down that a batch is about to be sent: in_flight where it reaches people, else loading.

        Raises:
            JournalError: The batch is not planned, or its slice is closed. Nothing is changed.
        """

    async def conclude_load(self, slice_id: int, seq: int, outcome: LoadOutcome, *, at: datetime) -> None:
        """Write down what became of it.

        Only people who are loading, in_flight, load_unknown or unknown are concluded; of all others the outcome
        changes nothing. People whom it leaves planned while others of the batch are not, move into a batch of their
        own at the end of the slice: a planned batch holds planned people only.

        Raises:
            JournalError: Nobody in the batch is in one of those stages (a late answer), or the outcome does not
                conclude anything (loading, in_flight, skipped). Nothing is changed.
        """

    async def note(self, slice_id: int, seq: int, receipts: Mapping[int, Receipt], *, at: datetime) -> None:
        """Write down what became of people since, by index; whoever calls has merged it with what was known.

        Where somebody in the batch is unsettled its time stays as it is: settling counts from there.

        Raises:
            JournalError: There is no such batch, or no such person in it. Nothing is changed.
        """

    async def witness(
        self, slice_id: int, seq: int, receipts: Mapping[int, Receipt], *, reason: str, at: datetime
    ) -> None:
        """Write down, by index, that people were reached, whatever was known of them: the vendor proved it by itself.

        They become accepted with the reason, and no plan has them again. Planned people of the batch who were not
        reached move into a batch of their own. Where one of them was loaded or load_unknown, the slice is closed and
        whoever else is so in it becomes unknown with the reason ``BEGUN``: the launch must not repeat what happened.

        Raises:
            JournalError: There is no such batch or person, or one of them is accepted already, loading or in_flight.
                Nothing is changed.
        """

    async def cancel(self, slice_id: int, *, stages: Sequence[Stage], reason: str, at: datetime) -> int:
        """Give up everybody in these stages; give the number of people.

        Giving up people who are (or may be) in the vendor's campaign closes the slice: it must not be launched.

        Raises:
            JournalError: One of the stages is more than ``planned`` to the outside. Nothing is changed.
        """

    async def mark(
        self, slice_id: int, seq: int, indexes: Collection[int], *, sent: bool, by: str, reason: str, at: datetime
    ) -> None:
        """Take a person's word for people who are unknown, and write down whose it is.

        They become accepted (``sent``), or planned: then they stand in a batch of their own, and the next plan may
        contact them.

        Raises:
            JournalError: There is no such batch or person, or one of them is not unknown. Nothing is changed.
        """

    async def marks(self, key: CampaignKey) -> Sequence[Mark]:
        """Give every word that was taken, in order; none is ever forgotten."""

    async def leave_out(self, slice_id: int, seq: int, indexes: Collection[int], *, reason: str, at: datetime) -> None:
        """Take people out of a batch who are planned, or loaded and proved not to be at the vendor any more.

        They stand in the report as skipped on each channel of the batch, with the reason; the others keep their order.

        Raises:
            JournalError: There is no such batch or person, or one of them is more than planned or loaded. Nothing is
                changed.
        """

    async def hold(self, slice_id: int, *, reason: str, at: datetime) -> None:
        """Write on a slice, and on its batches that are still planned to the outside, why they were not sent.

        The next request of the slice takes it off the slice, that of a batch off the batch. Of people who are, or may
        be, at the vendor it leaves the time as it is: settling counts from there.
        """

    async def counts(self, key: CampaignKey) -> Counts:
        """Count a campaign."""

    def deliveries(self, key: CampaignKey) -> AsyncIterator[DeliveryRow]:
        """Give every delivery and every row that is none, one row per channel, in flat memory."""

    async def campaigns(self) -> Sequence[CampaignKey]:
        """Give every campaign of the journal."""

    async def last_plan(self, key: CampaignKey) -> tuple[str, Mapping[str, object]] | None:
        """Give the digest and the row counts of the latest plan."""

    async def close(self) -> None:
        """Finish writing and let go of the journal."""
