"""The Python API against the sandbox over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import attrs
import pytest

import outreach
from outreach import (
    Campaign,
    Channel,
    Contacts,
    CredentialError,
    JournalInUse,
    Limits,
    PerContact,
    Phase,
    Plan,
    Progress,
    Refused,
    Route,
    Schedule,
    SpecError,
    State,
    Template,
    Window,
)
from outreach.contacts import opening
from outreach.delivery.listfiles import ListFiles
from outreach.source import Origin

START = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


class Clock:
    """A clock that only sleep moves; the real one's sleep gives way to others."""

    def __init__(self) -> None:
        self.moment = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Give the moment."""
        return self.moment

    def monotonic(self) -> float:
        """Give seconds."""
        return (self.moment - START).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Jump."""
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def rows(count: int, first: int = 0) -> Iterator[Mapping[str, object]]:
    """Give people one by one, as a database cursor would."""
    for index in range(first, first + count):
        yield {"phone": f"+97796100{index:05d}", "id": index, "name": "सीता"}


def campaign(folder: Path, people: Any = None, **fields: Any) -> Campaign:
    """Make a campaign of Python objects, by AI call: one request a person."""
    made = Campaign(
        name="fees",
        message=Template.parse("नमस्कार {name|ग्राहक}, your fee is due."),
        contacts=Contacts(sources=rows(10) if people is None else people),
        routes=(Route(channel=Channel.AI_CALL, providers=("toingg",)),),
        accept=("toingg.placeholders",),
        base=folder,
    )
    return attrs.evolve(made, **fields)


def test_an_application_sends_objects_and_reads_the_report(tmp_path: Path) -> None:
    """No file is needed: a campaign of objects, contacts from a generator, every person in the report."""
    summary = outreach.send(campaign(tmp_path), sandbox=True)

    report = list(outreach.report(campaign(tmp_path, ()), sandbox=True))
    assert summary.exit_code == 0
    assert summary.deliveries[State.ACCEPTED] == len(report) == 10
    assert {row.state for row in report} == {State.ACCEPTED}
    assert [row.contact_id for row in report] == [str(number) for number in range(10)]
    assert outreach.status(campaign(tmp_path, ()), sandbox=True).deliveries == summary.deliveries


def test_a_rehearsal_does_not_count_as_sending(tmp_path: Path) -> None:
    """The sandbox has a journal of its own, wherever the journal is."""
    made = campaign(tmp_path)

    assert outreach.journal_path(made) == tmp_path / ".outreach" / "journal.db"
    assert outreach.journal_path(made, sandbox=True) == tmp_path / ".outreach" / "sandbox.db"
    assert outreach.journal_path(made, "sqlite:////x/y.db", sandbox=True) == Path("/x/y.sandbox.db")


def test_the_journals_place_can_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OUTREACH_JOURNAL counts where none is given."""
    monkeypatch.setenv("OUTREACH_JOURNAL", "/z/j.db")

    assert outreach.journal_path(campaign(tmp_path)) == Path("/z/j.db")
    assert outreach.journal_path(campaign(tmp_path), "/a.db") == Path("/a.db")


@pytest.mark.asyncio
async def test_asend_works_inside_a_running_loop_and_tells_how_far_it_is(tmp_path: Path) -> None:
    """The watcher hears of every row read and every delivery done, and never more than there are."""
    told: list[Progress] = []

    summary = await outreach.asend(campaign(tmp_path), sandbox=True, watch=told.append)

    assert summary.deliveries[State.ACCEPTED] == 10
    sending = [one for one in told if one.phase is Phase.SENDING]
    assert [one.done for one in sending] == sorted(one.done for one in sending)
    assert (sending[0].done, sending[-1].done, sending[-1].total) == (0, 10, 10)
    assert any(one.phase is Phase.READING and one.done == 10 for one in told)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"approve": "000000000000"}, Refused),
        ({"confirm": lambda _plan: False}, Refused),
        ({"strict": True}, SpecError),
    ],
)
def test_without_approval_nothing_is_sent(tmp_path: Path, options: dict[str, Any], error: type[Exception]) -> None:
    """Another digest, a no, or a bad row under strict: nobody is contacted, nothing is planned."""
    people = [*rows(3), {"phone": "abc"}]

    with pytest.raises(error):
        outreach.send(campaign(tmp_path, people), sandbox=True, **options)

    assert not any(outreach.status(campaign(tmp_path), sandbox=True).deliveries.values())


def test_the_plan_that_is_asked_about_is_the_plan_that_is_sent(tmp_path: Path) -> None:
    """The digest of the dry run approves the send, and confirm is shown the same plan."""
    planned = outreach.plan(campaign(tmp_path), sandbox=True)
    seen: list[Plan] = []

    def yes(plan: Plan) -> bool:
        seen.append(plan)
        return True

    outreach.send(campaign(tmp_path), sandbox=True, approve=planned.digest, confirm=yes)

    assert seen == [planned] or seen[0].digest == planned.digest


def test_a_campaign_that_cannot_go_out_is_refused(tmp_path: Path) -> None:
    """A degradation without consent stops before anybody is contacted, and says how to consent."""
    with pytest.raises(Refused, match=r"accept: \[toingg.placeholders\]"):
        outreach.send(campaign(tmp_path, accept=()), sandbox=True)


def test_sending_for_real_needs_a_token(tmp_path: Path) -> None:
    """Outside the sandbox an account without a token is told what to write."""
    with pytest.raises(CredentialError, match=r"token: \{env: TOINGG_TOKEN\}"):
        outreach.send(campaign(tmp_path))


def test_a_limit_contacts_so_many_and_the_next_call_the_rest(tmp_path: Path) -> None:
    """The rest is on the books with the reason, and goes out when the call is made without a limit."""
    first = outreach.send(campaign(tmp_path), sandbox=True, limit=3)
    assert (first.deliveries[State.ACCEPTED], first.deliveries[State.PLANNED]) == (3, 7)
    assert first.exit_code == 1
    assert list(first.reasons) == [(State.PLANNED, "left for a later run by --limit")]

    second = outreach.send(campaign(tmp_path), sandbox=True)

    assert (second.deliveries[State.ACCEPTED], second.exit_code) == (10, 0)


def test_what_is_not_due_waits_and_says_until_when(tmp_path: Path) -> None:
    """Before the window opens nothing is sent; the summary says when to come back, and that is no failure."""
    window = Window(start=time(10), end=time(18))
    made = campaign(tmp_path, schedule=Schedule(window=window))
    clock = Clock()
    clock.moment = datetime(2026, 12, 1, 16, tzinfo=UTC)

    summary = outreach.send(made, sandbox=True, clock=clock)

    assert (summary.waiting, summary.exit_code) == (10, 0)
    assert summary.next == datetime.fromisoformat("2026-12-02T10:00:00+05:45")
    later = outreach.status(made, sandbox=True)
    assert (later.waiting, later.exit_code) == (10, 0)
    assert later.next is not None


def test_waiting_sleeps_until_it_is_due(tmp_path: Path) -> None:
    """With wait the call sleeps until the window opens, and then sends."""
    schedule = Schedule(start=START + timedelta(hours=5))
    clock = Clock()

    summary = outreach.send(campaign(tmp_path, schedule=schedule), sandbox=True, clock=clock, wait=True)

    assert summary.deliveries[State.ACCEPTED] == 10
    assert sum(clock.slept) == pytest.approx(5 * 3600, abs=5)


def _closing(path: Path, seen: asyncio.Event) -> Clock:
    """Make a clock that puts two people on a list ten minutes after the start, and goes on when the event is set."""
    path.write_text("")

    class Closing(Clock):
        def grow(self) -> bool:
            if self.monotonic() < 600 or path.stat().st_size:
                return False
            return path.write_text("+9779610000003\n+9779610000007\n") > 0

        async def sleep(self, seconds: float) -> None:
            if self.grow():
                await asyncio.wait_for(seen.wait(), 60)
            await super().sleep(seconds)

    return Closing()


def test_a_list_that_grew_before_the_window_opened_is_heeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever came into the campaign's own list while a send waited for its time is not contacted."""
    monkeypatch.setattr("outreach.sending._LOOK_EVERY", 3600.0)
    seen = asyncio.Event()
    seen.set()
    clock = _closing(tmp_path / "no.txt", seen)
    made = campaign(tmp_path, suppress=("no.txt",), schedule=Schedule(start=START + timedelta(hours=5)))

    summary = outreach.send(made, sandbox=True, clock=clock, wait=True)

    assert (summary.deliveries[State.ACCEPTED], summary.skipped) == (8, {"suppressed": 2})


def test_a_list_that_grows_between_two_requests_is_heeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes into the campaign's own list while others are contacted is not, from about a second later on."""
    monkeypatch.setattr("outreach.sending._LOOK_EVERY", 0.0)
    seen, look = asyncio.Event(), ListFiles.look
    clock = _closing(tmp_path / "no.txt", seen)

    async def told(files: ListFiles) -> None:
        grown = clock.monotonic() > 600
        await look(files)
        if grown:
            seen.set()

    monkeypatch.setattr(ListFiles, "look", told)
    made = campaign(tmp_path, suppress=("no.txt",), limits=Limits(per_hour=2))

    summary = outreach.send(made, sandbox=True, clock=clock)

    assert (summary.deliveries[State.ACCEPTED], summary.skipped) == (8, {"suppressed": 2})


def test_a_window_that_closes_in_the_middle_is_waited_for(tmp_path: Path) -> None:
    """What did not get out before the window closed goes out when it opens again, and nobody twice."""
    window = Window(start=time(10), end=time(18))
    made = campaign(tmp_path, rows(12), schedule=Schedule(window=window), limits=Limits(per_hour=5))
    clock = Clock()
    clock.moment = datetime.fromisoformat("2026-12-01T17:30:00+05:45")

    once = outreach.send(made, sandbox=True, clock=clock)
    assert (once.deliveries[State.ACCEPTED], once.waiting, once.exit_code) == (5, 7, 0)
    assert once.next == datetime.fromisoformat("2026-12-02T10:00:00+05:45")

    more = attrs.evolve(made, contacts=Contacts(sources=rows(12)))
    rest = outreach.send(more, sandbox=True, clock=clock, wait=True)
    assert (rest.deliveries[State.ACCEPTED], rest.waiting) == (12, 0)
    assert clock.moment > datetime.fromisoformat("2026-12-02T10:00:00+05:45")


def test_what_expires_in_the_middle_is_cancelled(tmp_path: Path) -> None:
    """People whose turn did not come before the campaign expired are on the books as cancelled."""
    schedule = Schedule(expires=START + timedelta(minutes=30))
    made = campaign(tmp_path, rows(12), schedule=schedule, limits=Limits(per_hour=5))

    summary = outreach.send(made, sandbox=True, clock=Clock())

    assert (summary.deliveries[State.ACCEPTED], summary.deliveries[State.CANCELLED]) == (5, 7)
    assert summary.reasons == {(State.CANCELLED, "expired"): 7}
    assert summary.exit_code == 1


def test_no_hour_reaches_more_people_than_stated(tmp_path: Path) -> None:
    """The pace per hour holds within a call and over two of them."""
    clock = Clock()
    limits = Limits(per_hour=4)

    outreach.send(campaign(tmp_path, limits=limits), sandbox=True, clock=clock)
    took = clock.monotonic()
    outreach.send(campaign(tmp_path, rows(14), limits=limits), sandbox=True, clock=clock)

    assert took >= 2 * 3600
    assert clock.monotonic() - took >= 1800


def test_contact_pressure_counts_over_all_campaigns(tmp_path: Path) -> None:
    """Who was contacted twice in the period by other campaigns is left out of the third."""
    limits = Limits(per_contact=PerContact(2, timedelta(days=7)))
    clock = Clock()
    for name in ("a", "b"):
        outreach.send(campaign(tmp_path, rows(3), name=name), sandbox=True, clock=clock)

    third = campaign(tmp_path, rows(5), name="c", limits=limits)
    summary = outreach.send(third, sandbox=True, clock=clock)

    assert summary.deliveries[State.ACCEPTED] == 2
    assert summary.skipped == {"per_contact": 3}
    clock.moment += timedelta(days=8)
    again = outreach.send(campaign(tmp_path, rows(5), name="c", limits=limits), sandbox=True, clock=clock)
    assert again.deliveries[State.ACCEPTED] == 5


def test_who_is_taken_out_of_the_contacts_is_cancelled_with_the_reason(tmp_path: Path) -> None:
    """People planned once and gone from the list do not vanish from the books."""
    outreach.send(campaign(tmp_path), sandbox=True, limit=3)

    summary = outreach.send(campaign(tmp_path, rows(5)), sandbox=True)

    assert (summary.deliveries[State.ACCEPTED], summary.deliveries[State.CANCELLED]) == (5, 5)
    assert summary.reasons == {(State.CANCELLED, "removed"): 5}


@pytest.mark.asyncio
async def test_a_second_sender_is_refused_and_status_still_answers(tmp_path: Path) -> None:
    """While a send holds the journal another is turned away at once, and status tells how the first one stands."""
    seen: list[Any] = []
    begun = asyncio.Event()

    def look(progress: Progress) -> None:
        if progress.phase is Phase.SENDING and progress.done:
            begun.set()

    async def other() -> None:
        await begun.wait()
        seen.append(await outreach.astatus(campaign(tmp_path, ()), sandbox=True))
        with pytest.raises(JournalInUse):
            await outreach.asend(campaign(tmp_path, ()), sandbox=True)

    await asyncio.gather(outreach.asend(campaign(tmp_path), sandbox=True, watch=look), other())

    assert seen[0].running
    assert sum(seen[0].deliveries.values()) == 10
    (route,) = seen[0].routes.values()
    assert {state: count for state, count in route.items() if count} == {
        state: count for state, count in seen[0].deliveries.items() if count
    }
    assert not (await outreach.astatus(campaign(tmp_path, ()), sandbox=True)).running


@pytest.mark.asyncio
async def test_setting_stop_ends_the_call(tmp_path: Path) -> None:
    """Nobody new is contacted, nothing is unknown, and the summary says that it was interrupted."""
    stop = asyncio.Event()

    def watch(progress: Progress) -> None:
        if progress.accepted >= 2:
            stop.set()

    summary = await outreach.asend(campaign(tmp_path, rows(40)), sandbox=True, watch=watch, stop=stop)

    assert summary.interrupted
    assert summary.exit_code == 130
    assert summary.deliveries[State.UNKNOWN] == 0
    assert 2 <= summary.deliveries[State.ACCEPTED] < 40


def test_the_requests_of_a_plan_show_no_numbers_unless_asked(tmp_path: Path) -> None:
    """Every request can be looked at before anything is sent; numbers and tokens are masked."""
    masked = list(outreach.requests(campaign(tmp_path, rows(2)), sandbox=True))
    shown = list(outreach.requests(campaign(tmp_path, rows(2)), sandbox=True, show_numbers=True))

    assert [one.does for one in masked] == [one.does for one in shown]
    assert len(masked) == 3
    assert "9779610000001" not in str(masked)
    assert "+9779610000001" in str(shown)
    assert {one.people for one in masked} == {0, 1}


def test_a_campaign_that_is_refused_has_no_requests(tmp_path: Path) -> None:
    """What cannot be sent is not shown as if it could."""
    with pytest.raises(Refused):
        list(outreach.requests(campaign(tmp_path, accept=()), sandbox=True))


def test_a_campaign_that_was_never_sent_stands_at_nothing(tmp_path: Path) -> None:
    """Without a journal the figures are zero, the report is empty, and no journal is made."""
    made = campaign(tmp_path)

    assert not any(outreach.status(made).deliveries.values())
    assert list(outreach.report(made)) == []
    assert not (tmp_path / ".outreach").exists()


def test_an_iterator_that_was_gone_through_is_not_an_empty_campaign(tmp_path: Path) -> None:
    """A generator used for the plan has nobody left for the send: that is said, and nobody is cancelled."""
    once = campaign(tmp_path, rows(3))
    outreach.plan(once, sandbox=True)

    with pytest.raises(SpecError, match="can be gone through once"):
        outreach.send(once, sandbox=True)


def test_a_journal_of_another_kind_is_refused(tmp_path: Path) -> None:
    """An address that is no SQLite file must not become a file of that name."""
    with pytest.raises(SpecError, match="'postgresql' is not built yet"):
        outreach.send(campaign(tmp_path), journal="postgresql://host/db")


def test_a_plan_for_nobody_and_an_expired_one_say_so(tmp_path: Path) -> None:
    """The notes tell what a careful person would want to know before sending."""
    empty = outreach.plan(campaign(tmp_path, []), sandbox=True)
    late = outreach.plan(
        campaign(tmp_path, rows(2), schedule=Schedule(expires=START - timedelta(days=1))), sandbox=True, now=START
    )

    assert any("nobody would be contacted" in note for note in empty.notes)
    assert any("the campaign expired at" in note for note in late.notes)
    assert late.routes[0].earliest is None


def test_the_contacts_are_read_once_for_the_plan_and_the_sending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the plan that is confirmed and the last request no list is opened again."""
    (tmp_path / "people.csv").write_text("phone\n+9779610000001\n")
    opened: list[str] = []
    real = opening.open_file

    def counted(origin: Origin) -> BinaryIO:
        opened.append(origin.name)
        return real(origin)

    monkeypatch.setattr(opening, "open_file", counted)

    summary = outreach.send(campaign(tmp_path, ("people.csv",)), sandbox=True, confirm=lambda _plan: True)

    assert (summary.deliveries[State.ACCEPTED], opened) == (1, ["people.csv"])


@pytest.mark.parametrize("name", ["people.csv", "stop.txt"])
def test_a_list_that_changes_while_somebody_is_asked_stops_the_send(tmp_path: Path, name: str) -> None:
    """The plan that was confirmed no longer says what stands in the lists: nobody is contacted."""
    (tmp_path / "people.csv").write_text("phone\n+9779610000001\n")
    (tmp_path / "stop.txt").write_text("+9779610000002\n")
    made = campaign(tmp_path, ("people.csv",), suppress=("stop.txt",))

    def confirm(_plan: Plan) -> bool:
        (tmp_path / name).write_text((tmp_path / name).read_text() + "+9779610000003\n")
        return True

    with pytest.raises(Refused, match=rf"{name} changed since the plan was made"):
        outreach.send(made, sandbox=True, confirm=confirm)
    assert outreach.status(made, sandbox=True).deliveries[State.ACCEPTED] == 0

    assert outreach.send(made, sandbox=True).exit_code == 0
