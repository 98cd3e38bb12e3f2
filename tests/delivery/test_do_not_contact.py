"""The organisation's own do-not-contact list: the file, and the engine that looks at it before every request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from worlds import KEY, World

from outreach.delivery.beside import alone
from outreach.delivery.donotcontact import Entry, Nobody, OwnList, Watchlists, beside, change, history, own, standing
from outreach.delivery.journal import DeliveryRow
from outreach.delivery.sqlite import SqliteJournal
from outreach.errors import EnvironmentProblem
from outreach.model import Channel, State
from outreach.wire import Request

Make = Callable[..., World]

AT = datetime(2026, 12, 1, tzinfo=UTC)
ANN, BIM, CHI = "+9779610000111", "+9779610000211", "+9779610000311"


def entry(phone: str = ANN, channel: Channel | None = None, *, closed: bool = True) -> Entry:
    """Give a line."""
    return Entry(phone=phone, channel=channel, closed=closed, reason="अनुरोध", by="sita", at=AT)


#: Lines with a number, or a word, that nobody can act on.
DAMAGED = [
    entry().line().replace(ANN.encode(), phone.encode())
    for phone in ("9779610000111", "+a779610000111", "+977961000011a", "+977 9610000111", "+९७७९६१००००१११")
] + [entry().line().replace(b"true", b"1")]


def write(path: Path, *entries: Entry) -> None:
    """Append lines."""
    change(path, lambda _closed: entries)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Every line is kept with who, when and why; an entry that was taken back no longer stands."""
    path = beside(tmp_path / "journal.db")

    write(path, entry(), entry(BIM, Channel.SMS))
    write(path, entry(closed=False))

    assert list(history(path)) == [entry(), entry(BIM, Channel.SMS), entry(closed=False)]
    assert dict(standing(path)) == {(BIM, Channel.SMS): entry(BIM, Channel.SMS)}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_list_that_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    """Whatever mode it had, it is 0600 after the next change."""
    path = tmp_path / "suppressed.jsonl"
    path.write_bytes(b"")
    path.chmod(0o644)

    write(path, entry())

    assert path.stat().st_mode & 0o777 == 0o600


def test_an_open_list_sees_what_others_write(tmp_path: Path) -> None:
    """What another process appends counts from the next question on, and so does what it takes back."""
    path = tmp_path / "suppressed.jsonl"
    held = OwnList(path)
    assert not held.closed([ANN, BIM], [Channel.VOICE])

    write(path, entry(BIM))
    assert list(held.closed([ANN, BIM], [Channel.VOICE])) == [1]
    write(path, entry(BIM, closed=False), entry(ANN, Channel.SMS))

    assert list(held.closed([ANN, BIM], [Channel.VOICE])) == []
    assert list(held.closed([ANN, BIM], [Channel.VOICE, Channel.SMS])) == [0]
    assert dict(held.reasons([ANN], Channel.SMS)) == {0: "suppressed"}


def test_a_line_that_is_still_being_written_is_no_entry(tmp_path: Path) -> None:
    """Without its line break a line does not count, and the next writer takes it away."""
    path = tmp_path / "suppressed.jsonl"
    write(path, entry())
    whole = path.read_bytes()
    path.write_bytes(whole + entry(BIM).line()[:-1])
    held = OwnList(path)

    assert list(held.closed([ANN, BIM], [Channel.VOICE])) == [0]
    write(path, entry(BIM))

    assert path.read_bytes() == whole + entry(BIM).line()
    assert list(held.closed([ANN, BIM], [Channel.VOICE])) == [0, 1]


def test_a_list_that_was_put_in_place_of_another_is_read_anew(tmp_path: Path) -> None:
    """Somebody who edits the list by hand is understood."""
    path = tmp_path / "suppressed.jsonl"
    write(path, entry(), entry(BIM))
    held = OwnList(path)
    fresh = tmp_path / "new"
    fresh.write_bytes(entry(BIM).line())
    fresh.replace(path)

    assert list(held.closed([ANN, BIM], [Channel.VOICE])) == [1]


@pytest.mark.parametrize("closed", [(BIM,), (BIM, CHI), (BIM, CHI, ANN)], ids=["shorter", "as long", "longer"])
def test_another_list_is_read_from_its_beginning(tmp_path: Path, closed: Sequence[str]) -> None:
    """However long the list is that takes the place of the one that was read, it alone counts, also when it grows."""
    path = tmp_path / "suppressed.jsonl"
    write(path, entry(), entry(CHI))
    held = OwnList(path)
    fresh = tmp_path / "new"
    fresh.write_bytes(b"".join(entry(phone).line() for phone in closed))
    fresh.replace(path)

    assert [(ANN, BIM, CHI)[index] for index in held.closed([ANN, BIM, CHI], [Channel.VOICE])] == sorted(closed)
    write(path, entry(BIM, closed=False))
    assert not held.closed([BIM], [Channel.VOICE])


def test_a_list_that_was_cut_off_is_read_anew(tmp_path: Path) -> None:
    """Taking the last lines out of the file itself opens those numbers."""
    path = tmp_path / "suppressed.jsonl"
    write(path, entry(), entry(BIM))
    held = OwnList(path)
    path.write_bytes(entry().line())

    assert list(held.closed([ANN, BIM], [Channel.VOICE])) == [0]


def test_every_question_looks_at_the_file(tmp_path: Path) -> None:
    """The planner's question sees what was appended, too."""
    path = tmp_path / "suppressed.jsonl"
    held = OwnList(path)

    write(path, entry())

    assert dict(held.reasons([ANN], Channel.SMS)) == {0: "suppressed"}


def test_a_list_that_is_mended_is_whole_again(tmp_path: Path) -> None:
    """Nobody is contacted while it is broken; afterwards everything goes on."""
    path = tmp_path / "suppressed.jsonl"
    write(path, entry())
    held = OwnList(path)
    path.write_bytes(b"{\n")
    held.closed([ANN], [Channel.VOICE])
    assert held.broken

    path.write_bytes(entry(BIM).line())

    assert list(held.closed([ANN, BIM], [Channel.VOICE])) == [1]
    assert not held.broken


def test_a_list_that_the_disk_refuses_is_broken(tmp_path: Path) -> None:
    """Reading and writing name the file; a running send hears it without an exception."""
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / "file" / "suppressed.jsonl"

    assert f"{path}: the do-not-contact list cannot be read" in OwnList(path).broken
    with pytest.raises(EnvironmentProblem, match="cannot be read or written"):
        write(path, entry())


def test_what_was_told_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was told that a number is closed finds it closed after a power cut; the folder is private."""
    path, synced = tmp_path / "a" / "b" / "suppressed.jsonl", []
    monkeypatch.setattr("os.fsync", lambda _file: synced.append(path.read_bytes()))

    write(path, entry())

    assert synced == [entry().line()]
    assert [folder.stat().st_mode & 0o777 for folder in (path.parent, path)] == [0o700, 0o600]


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    """While one process changes the list, no other holds its lock."""
    fcntl = pytest.importorskip("fcntl")
    path = tmp_path / "suppressed.jsonl"

    with alone(path), path.open("rb") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_one_broken_list_breaks_all() -> None:
    """Several lists close whom one of them closes, and are broken when one is."""
    lists = Watchlists((Nobody(), Slip({BIM}), Slip({ANN}, broken="gone")))

    assert lists.closed([ANN, CHI, BIM], [Channel.SMS]) == {0, 2}
    assert lists.broken == "gone"


def test_a_list_that_vanishes_stays_in_force(tmp_path: Path) -> None:
    """Deleting the file in the middle of a send opens nobody."""
    path = tmp_path / "suppressed.jsonl"
    write(path, entry())
    held = OwnList(path)
    path.unlink()

    assert list(held.closed([ANN], [Channel.VOICE])) == [0]


@pytest.mark.parametrize(
    "line",
    [b"{", b"[]", b'{"phone": "9610000111"}', b"\xff", b"", *DAMAGED],
)
def test_a_line_that_cannot_be_read_stops_everything(tmp_path: Path, line: bytes) -> None:
    """Nobody acts on half a list: opening it says which line, and a send that runs hears it without an exception."""
    path = beside(tmp_path / "journal.db")
    write(path, entry())
    held = OwnList(path)
    path.write_bytes(path.read_bytes() + line.rstrip(b"\n") + b"\n")

    held.closed([ANN], [Channel.VOICE])
    with pytest.raises(EnvironmentProblem, match="jsonl:2: this line"):
        own(tmp_path / "journal.db")
    assert "jsonl:2: this line" in held.broken


@attrs.define
class Slip:
    """A list that grows while a campaign goes out."""

    phones: set[str] = attrs.field(factory=set)
    broken: str = ""

    def closed(self, phones: Sequence[str], _channels: object) -> Sequence[int]:
        """Give who stands on it."""
        return [index for index, phone in enumerate(phones) if phone in self.phones]


async def rows(world: World) -> dict[str, DeliveryRow]:
    """Give every delivery by number."""
    journal = await SqliteJournal.open(world.folder / "journal.db", now=world.clock.now())
    async with journal:
        return {row.phone: row async for row in journal.deliveries(KEY)}


def number(index: int) -> str:
    """Give the number of a contact of the world."""
    return f"+9779610{index:04d}11"


@pytest.mark.parametrize("provider", ["tingting", "toingg", "contactswing"])
@pytest.mark.asyncio
async def test_whoever_is_suppressed_after_the_plan_is_not_contacted(make_world: Make, provider: str) -> None:
    """Somebody put on the list between plan and request is left out alone, and the report says why."""
    world = make_world(provider)
    slip = Slip()
    world.watchlist = slip
    last = number(world.people - 2)
    world.before = lambda _request: slip.phones.add(last)

    counts = await world.run()

    assert last not in world.reached
    assert len(world.reached) == world.people - 1
    assert (counts[State.ACCEPTED], counts[State.SKIPPED]) == (world.people - 1, 1)
    assert ((await rows(world))[last].state, (await rows(world))[last].reason) == (State.SKIPPED, "suppressed")


@pytest.mark.parametrize("provider", ["tingting", "toingg", "contactswing"])
@pytest.mark.asyncio
async def test_the_last_look_is_after_the_intent(make_world: Make, provider: str) -> None:
    """Somebody put on the list while the intent is being written is still left out, and the others go out."""
    world = make_world(provider, people=4)
    slip = Slip()
    world.watchlist = slip

    def hook(name: str) -> None:
        if name == "after intent":
            slip.phones.add(number(2))

    world.notice = hook

    counts = await world.run()

    assert number(2) not in world.reached
    assert (counts[State.ACCEPTED], counts[State.SKIPPED], counts[State.UNKNOWN]) == (3, 1, 0)


@pytest.mark.asyncio
async def test_a_whole_batch_can_be_suppressed(make_world: Make) -> None:
    """Where nobody of a batch is left, no request is made for it."""
    world = make_world("toingg", people=3)
    world.watchlist = Slip({number(1)})

    counts = await world.run()

    assert (counts[State.ACCEPTED], counts[State.SKIPPED]) == (2, 1)
    assert number(1) not in world.reached


def loads(world: World) -> int:
    """Count the requests that brought people to the vendor."""
    return sum("add-contact" in one.target for one in world.seen)


@pytest.mark.asyncio
async def test_a_loaded_campaign_is_not_launched_with_a_suppressed_person(make_world: Make) -> None:
    """Nobody is contacted, nothing is lost, and the reason says what to do; deleting the person there lets it go on."""
    world = make_world("tingting")
    slip = Slip()
    world.watchlist = slip

    def after_the_loads(request: Request) -> None:
        if "add-contact" in request.target and loads(world) == 3:
            slip.phones.add(number(0))

    world.before = after_the_loads
    counts = await world.run()

    assert not world.reached
    assert counts[State.PLANNED] == world.people
    held = (await rows(world))[number(0)]
    assert held.reason.startswith("1 people are on a do-not-contact list, or no longer in the campaign")

    (campaign,) = world.emulators["tingting"].campaigns.values()  # type: ignore[attr-defined]  # TingTing's has them
    campaign.contacts = [one for one in campaign.contacts if not number(0).endswith(one.number)]
    world.clock.moment += timedelta(minutes=5)
    counts = await world.run()

    assert number(0) not in world.reached
    assert (counts[State.ACCEPTED], counts[State.SKIPPED]) == (world.people - 1, 1)


@pytest.mark.asyncio
async def test_the_last_look_before_a_launch_is_after_its_intent(make_world: Make) -> None:
    """Somebody put on the list while the launch's intent is written keeps it back; it is not unknown."""
    world = make_world("tingting", people=3)
    slip = Slip()
    world.watchlist = slip
    intents: list[str] = []

    def hook(name: str) -> None:
        intents.append(name)
        if intents.count("before intent") == 5:
            slip.phones.add(number(0))

    world.notice = hook

    counts = await world.run()

    assert not world.reached
    assert (counts[State.PLANNED], counts[State.UNKNOWN]) == (3, 0)


@pytest.mark.asyncio
async def test_a_list_that_breaks_in_the_middle_stops_the_rest(make_world: Make) -> None:
    """From then on nobody is contacted; the others stay planned, with the reason."""
    world = make_world("toingg", people=12)
    slip = Slip()
    world.watchlist = slip

    def breaks(_request: Request) -> None:
        slip.broken = "list.jsonl:3: this line cannot be read" if world.sent == 5 else slip.broken

    world.before = breaks

    counts = await world.run()

    assert counts[State.PLANNED] > 0
    assert counts[State.UNKNOWN] == counts[State.SKIPPED] == 0
    assert any(row.reason.startswith("list.jsonl:3") for row in (await rows(world)).values())
