"""The campaign's own do-not-contact lists while a send is under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from outreach.contacts.suppression import Suppressed
from outreach.delivery.listfiles import ListFiles
from outreach.errors import EnvironmentProblem
from outreach.model import Campaign, Channel, Contacts, Route, Template

ANN, BIM = "+9779610000111", "+9779610000211"

pytestmark = pytest.mark.asyncio


class Pauses:
    """Notes how long somebody wanted to sleep, and does what is due meanwhile."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None

    async def __call__(self, seconds: float) -> None:
        """Do it at once."""
        self.slept.append(seconds)
        self.meanwhile()


def lists(folder: Path, pauses: Pauses | None = None) -> ListFiles:
    """Open the lists of a campaign that has two."""
    campaign = Campaign(
        name="fees",
        message=Template.parse("namaste"),
        contacts=Contacts(sources=("people.csv",), country="NP"),
        suppress=("no.csv", "never.txt"),
        routes=(Route(channel=Channel.VOICE, providers=("tingting",)),),
        base=folder,
    )
    return ListFiles(campaign, pauses or Pauses())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with both lists."""
    (tmp_path / "no.csv").write_text("phone,channel\n9610000911,\n")
    (tmp_path / "never.txt").write_text("9610000912\n")
    return tmp_path


async def test_who_is_added_is_closed(folder: Path) -> None:
    """A number that comes into a list after the plan is closed from the next look on, on the channels it says."""
    held = lists(folder)
    (folder / "no.csv").write_text("phone,channel\n9610000911,\n9610000211,sms\n")
    (folder / "never.txt").write_text("9610000111\n")
    assert not held.closed([ANN, BIM], [Channel.VOICE])

    await held.look()

    assert list(held.closed([BIM, ANN], [Channel.VOICE])) == [1]
    assert list(held.closed([BIM, ANN], [Channel.VOICE, Channel.SMS])) == [0, 1]
    assert held.broken == ""


async def test_lists_that_did_not_change_are_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the files are what they were, a look costs no reading."""
    held = lists(folder)
    monkeypatch.setattr("outreach.delivery.listfiles.read_suppressed", lambda *_args, **_options: pytest.fail("read"))

    await held.look()

    assert not held.closed([ANN], [Channel.VOICE])


async def test_who_was_closed_once_stays_so(folder: Path) -> None:
    """A list that is written anew, or cut, opens nobody for this send."""
    held = lists(folder)
    (folder / "never.txt").write_text("9610000111\n")
    await held.look()

    (folder / "never.txt").write_text("")
    await held.look()

    assert list(held.closed([ANN], [Channel.VOICE])) == [0]


async def test_a_list_that_is_being_written_is_tried_again(folder: Path) -> None:
    """Half a number at the end of a file is read again a moment later, before anybody is kept from being contacted."""
    pauses = Pauses()
    held = lists(folder, pauses)
    whole = "phone,channel\n9610000911,\n9610000111,\n"
    (folder / "no.csv").write_text(whole[:-6])
    pauses.meanwhile = lambda: (folder / "no.csv").write_text(whole)

    await held.look()

    assert (held.broken, len(pauses.slept)) == ("", 1)
    assert list(held.closed([ANN], [Channel.VOICE])) == [0]


@pytest.mark.parametrize("damage", ["words", "gone"])
async def test_a_list_that_cannot_be_read_keeps_everybody_back(folder: Path, damage: str) -> None:
    """Nobody can say who is closed then; once the list is mended, it can be said again."""
    held = lists(folder)
    if damage == "gone":
        (folder / "no.csv").unlink()
    else:
        (folder / "no.csv").write_text("phone,channel\nask Sita,\n")

    await held.look()
    assert "no.csv" in held.broken
    assert "nobody is contacted until this list can be read; then run send again" in held.broken

    (folder / "no.csv").write_text("phone,channel\n9610000111,\n")
    await held.look()
    assert held.broken == ""
    assert list(held.closed([ANN], [Channel.VOICE])) == [0]


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), EnvironmentProblem("no.csv: gone"), ValueError()])
async def test_whatever_goes_wrong_keeps_everybody_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A disk or a network folder that fails says as little about who is closed as a list that is damaged."""
    held = lists(folder)
    (folder / "never.txt").write_text("9610000111\n")
    with monkeypatch.context() as patch:
        patch.setattr("outreach.delivery.listfiles.read_suppressed", lambda *_args, **_options: _raise(error))
        await held.look()
    assert held.broken.startswith(str(error) or type(error).__name__)

    await held.look()
    assert held.broken == ""
    assert list(held.closed([ANN], [Channel.VOICE])) == [0]


def _raise(error: Exception) -> None:
    raise error


async def test_a_list_that_was_away_for_a_moment_is_read_again(folder: Path) -> None:
    """Once it is there again as it was, it can be said who is closed."""
    held = lists(folder)
    away = (folder / "no.csv").rename(folder / "away.csv")
    await held.look()
    assert held.broken

    away.rename(folder / "no.csv")
    await held.look()
    assert held.broken == ""


async def test_two_looks_never_read_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that is cancelled goes on reading in its thread; the next one waits for it, or numbers could be lost."""
    held = lists(folder)
    (folder / "never.txt").write_text("9610000111\n")
    begun, go_on = Event(), Event()
    reading: list[int] = []

    def read(*_args: object, **_options: object) -> Iterator[Suppressed]:
        reading.append(len(reading))
        begun.set()
        go_on.wait(10)
        yield Suppressed(phone=ANN if len(reading) == 1 else BIM, channel=None, reason="")
        reading.remove(max(reading))

    monkeypatch.setattr("outreach.delivery.listfiles.read_suppressed", read)
    first = asyncio.create_task(held.look())
    await asyncio.to_thread(begun.wait, 10)
    first.cancel()
    second = asyncio.create_task(held.look())
    await asyncio.sleep(0.05)
    assert reading == [0]

    go_on.set()
    await second
    assert reading == []
