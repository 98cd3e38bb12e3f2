"""The journal on SQLite against the model in memory: whatever is done, both say the same."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from disk import inline
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tally import Tally

from outreach.delivery.journal import (
    BatchRow,
    CampaignKey,
    Journal,
    LoadOutcome,
    NewBatch,
    NewSlice,
    People,
    Skipped,
    Stage,
    Step,
    StepState,
)
from outreach.delivery.memory import MemoryJournal
from outreach.delivery.sqlite import SqliteJournal
from outreach.errors import JournalError
from outreach.model import Channel, Status
from outreach.provider import Receipt

T0 = datetime(2026, 12, 1, tzinfo=UTC)
KEYS = (CampaignKey("c", 1), CampaignKey("c", 2))
CHANNELS = ((Channel.VOICE,), (Channel.SMS,), (Channel.VOICE, Channel.SMS))

keys = st.sampled_from(KEYS)
slice_ids = st.integers(1, 4)
seqs = st.integers(0, 6)
reasons = st.sampled_from(["", "timeout", "व्यस्त"])
stages = st.sampled_from(list(Stage))
conclusions = st.sampled_from(
    [Stage.PLANNED, Stage.LOADED, Stage.LOAD_UNKNOWN, Stage.ACCEPTED, Stage.REJECTED, Stage.UNKNOWN]
)
receipts = st.builds(
    Receipt,
    vendor_id=st.sampled_from(["", "v"]),
    status=st.sampled_from(list(Status)[:3]),
    word=reasons,
    credits=st.sampled_from([{}, {Channel.VOICE: 1.5}, {Channel.SMS: 2.0, Channel.VOICE: 0.0}]),
    duration=st.sampled_from([None, 0.0, 12.5]),
    answers=st.sampled_from([{}, {"will_pay": "हुन्छ"}]),
    transcript=reasons,
    playback=st.sampled_from([None, 91.0]),
)
indexes = st.integers(0, 2)
outcomes = st.builds(
    LoadOutcome,
    stage=conclusions | stages,
    reason=reasons,
    exceptions=st.dictionaries(indexes, st.tuples(conclusions | stages, reasons), max_size=2),
    receipt=st.none() | receipts,
    receipts=st.dictionaries(indexes, receipts, max_size=2),
)


def people(numbers: list[int]) -> People:
    """Give people; number 0 is none that can be rung."""
    phones = [f"+97796100{n:05}" if n else "आमा" for n in numbers]
    return People(phones=phones, ids=["" if n % 2 else "क" for n in numbers], rows=numbers)


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a plan in which nobody stands twice on a channel."""
    free = {channel: set(range(9)) for channel in (Channel.VOICE, Channel.SMS)}
    slices, batches, skipped = [], [], []
    for number in range(draw(st.integers(0, 2))):
        channels = draw(st.sampled_from(CHANNELS))
        slices.append(
            NewSlice(
                number=number,
                provider=draw(st.sampled_from("tu")),
                channels=channels,
                zone="",
                fingerprint=draw(st.sampled_from("fg")),
                title="t",
                marker="m",
            )
        )
        for _ in range(draw(st.integers(0, 3))):
            able = sorted(set.intersection(*(free[channel] for channel in channels)))
            who = draw(st.lists(st.sampled_from(able), unique=True, max_size=3)) if able else []
            for channel in channels:
                free[channel] -= set(who)
            batches.append(NewBatch(slice_number=number, people=people(who)))
    for channel, able_ones in free.items():
        left_out = draw(st.sets(st.sampled_from(sorted(able_ones)), max_size=2)) if able_ones else set()
        skipped.append(Skipped(channel=channel, provider="t", reason="suppressed", people=people(sorted(left_out))))
    return {"slices": slices, "batches": batches, "skipped": skipped, "digest": draw(reasons), "rows": {}}


def told(batch: BatchRow) -> dict[str, Any]:
    """Write a batch down person by person, for there are several ways to write exceptions."""
    base = (batch.stage, batch.reason)
    size = range(len(batch.people))
    fields = attrs.asdict(batch, recurse=False)
    for name in ("people", "exceptions", "receipt", "receipts", "earlier", "refused"):
        del fields[name]
    return fields | {
        "people": list(zip(batch.people.phones, batch.people.ids, batch.people.rows, strict=True)),
        "fates": [batch.exceptions.get(index, base) for index in size],
        "receipts": [batch.receipts.get(index, batch.receipt) for index in size],
        "earlier": [batch.earlier.get(index, 0) for index in size],
        "refused": [batch.refused.get(index, "") for index in size],
    }


async def everything(journal: Journal) -> dict[str, Any]:
    """Ask a journal everything that can be asked."""
    found: dict[str, Any] = {"campaigns": await journal.campaigns(), "pressure": await journal.pressure(T0)}
    for key in KEYS:
        slices = await journal.slices(key)
        found[f"{key} slices"] = slices
        found[f"{key} plan"] = await journal.last_plan(key)
        found[f"{key} marks"] = await journal.marks(key)
        found[f"{key} counts"] = await journal.counts(key)
        found[f"{key} rows"] = Counter([row async for row in journal.deliveries(key)])
        found[f"{key} contacted"] = [
            (channels, each) async for channels, phones in journal.contacted(key) for each in phones
        ]
        found[f"{key} turns"] = Counter(
            [
                (turn.provider, turn.channels, turn.stage, each)
                async for turn in journal.turns(key)
                for each in turn.phones
            ]
        )
        found[f"{key} tried"] = [(on, each) async for on, phones in journal.tried(key, 1) for each in phones]
        for each in slices:
            found[f"{each.id} steps"] = await journal.steps(each.id)
            for stage in Stage:
                for mixed in (False, True):
                    batches = await journal.batches(each.id, [stage], limit=999, mixed=mixed)
                    found[f"{each.id} {stage} {mixed}"] = [told(batch) for batch in batches]
    return found


class JournalMachine(RuleBasedStateMachine):
    """Does the same to both journals."""

    @initialize(plan=plans())
    def begin(self, plan: Mapping[str, Any]) -> None:
        """Open both, and plan."""
        self.open()
        self.replan(KEYS[0], plan, passes=False)

    def open(self) -> None:
        """Open both."""
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.now = T0
        self.model = MemoryJournal()
        self.path = Path(self.folder.name) / "journal.db"
        self.sqlite = self.runner.run(SqliteJournal.open(self.path, now=T0))

    def teardown(self) -> None:
        """Close both."""
        if hasattr(self, "sqlite"):
            self.runner.run(self.sqlite.close())
            self.runner.close()
            self.folder.cleanup()

    def slice_at(self, drawn: int) -> int:
        """Mostly choose a slice that there is."""
        ids = sorted(self.model._slices)
        return ids[drawn % len(ids)] if ids and drawn < 4 else drawn

    def place(self, drawn: int, seq: int) -> tuple[int, int]:
        """Mostly choose a batch that there is."""
        slice_id = self.slice_at(drawn)
        known = self.model._slices.get(slice_id)
        seqs = [batch.seq for batch in known.batches] if known else []
        return slice_id, seqs[seq % len(seqs)] if seqs and seq < 6 else seq

    def both(self, verb: Callable[[Journal], Coroutine[Any, Any, object]]) -> None:
        """Do a verb to both, and compare what they give."""
        answers = [self.runner.run(outcome_of(verb(journal))) for journal in (self.model, self.sqlite)]
        assert answers[0] == answers[1]

    def tick(self) -> datetime:
        """Give a time that was not given before."""
        self.now += timedelta(seconds=1)
        return self.now

    @rule(key=keys, plan=plans(), passes=st.booleans())
    def replan(self, key: CampaignKey, plan: Mapping[str, Any], passes: bool) -> None:
        """Plan."""
        at = self.tick()
        self.both(lambda journal: journal.replan(key, **plan, at=at, passes=passes))

    @rule(slice_id=slice_ids, step=st.sampled_from(Step), position=st.integers(0, 1), reaches=st.booleans())
    def intend_step(self, slice_id: int, step: Step, position: int, reaches: bool) -> None:
        """Begin a step."""
        slice_id = self.slice_at(slice_id)
        at = self.tick()
        self.both(lambda journal: journal.intend_step(slice_id, step, position, digest="x", reaches=reaches, at=at))

    @rule(
        slice_id=slice_ids,
        step=st.sampled_from(Step),
        position=st.integers(0, 1),
        state=st.sampled_from(StepState),
        reason=reasons,
        refs=st.dictionaries(st.sampled_from("ab"), reasons),
    )
    def conclude_step(self, **of: Any) -> None:
        """Conclude a step."""
        at = self.tick()
        place = [self.slice_at(of.pop("slice_id")), *(of.pop(name) for name in ("step", "position", "state"))]
        self.both(lambda journal: journal.conclude_step(*place, at=at, **of))

    @rule(slice_id=slice_ids, seq=seqs, reaches=st.booleans())
    def intend_load(self, slice_id: int, seq: int, reaches: bool) -> None:
        """Begin a load."""
        slice_id, seq = self.place(slice_id, seq)
        at = self.tick()
        self.both(lambda journal: journal.intend_load(slice_id, seq, digest="x", reaches=reaches, at=at))

    @rule(slice_id=slice_ids, seq=seqs, outcome=outcomes)
    def conclude_load(self, slice_id: int, seq: int, outcome: LoadOutcome) -> None:
        """Conclude a load."""
        slice_id, seq = self.place(slice_id, seq)
        at = self.tick()
        self.both(lambda journal: journal.conclude_load(slice_id, seq, outcome, at=at))

    @rule(slice_id=slice_ids, seq=seqs, outcome=outcomes, reaches=st.booleans())
    def send(self, slice_id: int, seq: int, outcome: LoadOutcome, reaches: bool) -> None:
        """Begin a load and conclude it."""
        self.intend_load(slice_id, seq, reaches)
        self.conclude_load(slice_id, seq, outcome)

    @rule(slice_id=slice_ids, seq=seqs, found=st.dictionaries(indexes, receipts, max_size=3))
    def note(self, slice_id: int, seq: int, found: Mapping[int, Receipt]) -> None:
        """Note what became of people."""
        slice_id, seq = self.place(slice_id, seq)
        at = self.tick()
        self.both(lambda journal: journal.note(slice_id, seq, found, at=at))

    @rule(slice_id=slice_ids, seq=seqs, found=st.dictionaries(indexes, receipts, max_size=2), reason=reasons)
    def witness(self, slice_id: int, seq: int, found: Mapping[int, Receipt], reason: str) -> None:
        """Learn that people were reached."""
        slice_id, seq = self.place(slice_id, seq)
        at = self.tick()
        self.both(lambda journal: journal.witness(slice_id, seq, found, reason=reason, at=at))

    @rule(slice_id=slice_ids, which=st.lists(stages, max_size=2), reason=reasons)
    def cancel(self, slice_id: int, which: list[Stage], reason: str) -> None:
        """Give up."""
        slice_id = self.slice_at(slice_id)
        at = self.tick()
        self.both(lambda journal: journal.cancel(slice_id, stages=which, reason=reason, at=at))

    @rule(slice_id=slice_ids, seq=seqs, which=st.sets(indexes), sent=st.booleans(), reason=reasons)
    def mark(self, slice_id: int, seq: int, which: set[int], sent: bool, reason: str) -> None:
        """Take a person's word."""
        slice_id, seq = self.place(slice_id, seq)
        at = self.tick()
        self.both(lambda journal: journal.mark(slice_id, seq, which, sent=sent, by="sita", reason=reason, at=at))

    @rule(slice_id=slice_ids, seq=seqs, which=st.sets(indexes), reason=reasons)
    def leave_out(self, slice_id: int, seq: int, which: set[int], reason: str) -> None:
        """Take people out."""
        slice_id, seq = self.place(slice_id, seq)
        at = self.tick()
        self.both(lambda journal: journal.leave_out(slice_id, seq, which, reason=reason, at=at))

    @rule(slice_id=slice_ids, reason=reasons)
    def hold(self, slice_id: int, reason: str) -> None:
        """Stand still."""
        slice_id = self.slice_at(slice_id)
        at = self.tick()
        self.both(lambda journal: journal.hold(slice_id, reason=reason, at=at))

    @rule()
    def restart(self) -> None:
        """End the process and start anew."""
        at = self.tick()
        self.model.interrupt(at)
        self.runner.run(self.sqlite.close())
        self.sqlite = self.runner.run(SqliteJournal.open(self.path, now=at))

    @invariant()
    def say_the_same(self) -> None:
        """Every question has the same answer."""
        if hasattr(self, "sqlite"):
            expected, found = (self.runner.run(everything(journal)) for journal in (self.model, self.sqlite))
            for question, answer in expected.items():
                assert found[question] == answer, question


async def outcome_of(verb: Coroutine[Any, Any, object]) -> object:
    """Give what a verb gave, or that it was refused."""
    try:
        return await verb
    except JournalError:
        return JournalError


EXAMPLES, STEPS = 2_000, 50
SHORT_EXAMPLES, SHORT_STEPS = 5, 20


class Inlined(JournalMachine):
    """The same without the writer's thread, which tests/delivery covers, and with fewer questions after each step."""

    def open(self) -> None:
        """Open both."""
        self.runner = asyncio.Runner()
        # In memory where there is such a place: nothing is cut off here, so that no fsync matters.
        self.folder = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
        self.now = T0
        self.model = MemoryJournal()
        self.path = Path(self.folder.name) / "journal.db"
        self.sqlite = inline(self.path, T0)

    @rule()
    def restart(self) -> None:
        """End the process and start anew."""
        at = self.tick()
        self.model.interrupt(at)
        self.runner.run(self.sqlite.close())
        self.sqlite = inline(self.path, at)

    @invariant()
    def say_the_same(self) -> None:
        """Questions about the whole, and about one slice at a time in turn, have the same answers."""
        if hasattr(self, "sqlite"):
            turn = int((self.now - T0).total_seconds())
            expected, found = (self.runner.run(some(journal, turn)) for journal in (self.model, self.sqlite))
            Steps.checked += 1
            for question, answer in expected.items():
                assert found[question] == answer, question


class Broken(Inlined):
    """A journal that lets a batch be sent again (a broken twin): it must not pass."""

    def both(self, verb: Callable[[Journal], Coroutine[Any, Any, object]]) -> None:
        """Do a verb to both, after which SQLite's unknown batches stand as planned again."""
        super().both(verb)
        self.sqlite._writer._connection.execute("UPDATE batch SET stage = 0 WHERE stage = 7")


class Steps:
    """Steps after which both were compared."""

    checked = 0


async def some(journal: Journal, turn: int) -> dict[str, Any]:
    """Ask about one campaign and one of its slices, and every eighth time everything."""
    if turn % 8 == 0:
        return await everything(journal)
    key = KEYS[turn % 2]
    slices = await journal.slices(key)
    found: dict[str, Any] = {"slices": slices, "counts": await journal.counts(key)}
    found["rows"] = Counter([row async for row in journal.deliveries(key)])
    for each in slices:
        found[f"{each.id} steps"] = await journal.steps(each.id)
        found[f"{each.id}"] = [told(batch) for batch in await journal.batches(each.id, list(Stage), limit=999)]
    return found


def prove(*, long: bool, seed: int) -> Tally:
    """Run the machine, and one whose SQLite journal is broken."""
    examples, steps = (EXAMPLES, STEPS) if long else (SHORT_EXAMPLES, SHORT_STEPS)
    Steps.checked = 0
    failure = _run(Inlined, seed, examples, steps)
    checked = Steps.checked
    tries = 5 if long else 2
    caught = sum(bool(_run(Broken, seed + one, 100, STEPS)) for one in range(tries))
    return Tally(
        proof="state machine",
        injected=checked,
        lost=int(bool(failure)),
        control=caught,
        controls=tries,
        note=f"{examples:,} examples of up to {steps} steps; SQLite and its model agreed after {checked:,}{failure}",
    )


def _run(machine: type[JournalMachine], seed: int, examples: int, steps: int) -> str:
    """Run a machine; give how it failed, or the empty text."""
    wish = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate,) if machine is Broken else (Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seeded(seed)(machine), settings=wish, _min_steps=0)
    except AssertionError as error:
        return f". FAILED: {error}"
    return ""
