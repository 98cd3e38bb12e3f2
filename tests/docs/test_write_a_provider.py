"""The adapter on the page is a real one: it grows from an empty file, conforms, sends, and keeps the promise."""

from __future__ import annotations

import asyncio
import re
import sys
import tomllib
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

import outreach
from outreach import loose
from outreach.cli import cli
from outreach.model import State
from outreach.plugins import load_plugins

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "write-a-provider.md").read_text(encoding="utf-8")
STEPS = PAGE[PAGE.index("### 1. ") : PAGE.index("## Make it a distribution")]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

#: The pieces of the adapter, in order; what ``outreach conform`` prints after the last but one, and after the last.
PIECES = [text for kind, text in BLOCK.findall(STEPS) if kind == "python"]
PRINTED = [text for kind, text in BLOCK.findall(STEPS) if kind == "text"]
OTHERS = [text for kind, text in BLOCK.findall(PAGE.replace(STEPS, "")) if kind == "python"]

Send = Callable[[Path], Coroutine[Any, Any, tuple[outreach.Summary, list[str]]]]


def _written(folder: Path, pieces: int = len(PIECES)) -> Path:
    path = folder / "outreach_pigeon.py"
    path.write_text("\n\n".join(PIECES[:pieces]), encoding="utf-8")
    return path


def _conform(path: Path) -> Result:
    return CliRunner().invoke(cli, ["conform", str(path)])


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """The page's module is not the next test's."""
    yield
    sys.modules.pop("outreach_pigeon", None)


@pytest.fixture
def pigeon(tmp_path: Path) -> ModuleType:
    """The page's adapter, imported."""
    return loose.module(_written(tmp_path))


def _sender(numbers: str) -> Send:
    (text,) = (one for one in OTHERS if "async def send_through_pigeon" in one)
    old = re.search(r"numbers = \(.*\)\n", text)
    assert old
    names: dict[str, Any] = {}
    exec(text.replace(old[0], f"numbers = {numbers}\n"), names)
    send: Send = names["send_through_pigeon"]
    return send


def test_the_adapter_is_short() -> None:
    """The page promises an adapter that can be written in an hour."""
    assert sum(len(piece.splitlines()) for piece in PIECES[:-1]) < 120
    assert sum(len(piece.splitlines()) for piece in PIECES) < 150


def test_without_samples_it_is_not_there_yet(tmp_path: Path) -> None:
    """After the fifth step conform prints what the page says: the stand-in works, the reading is lacking."""
    done = _conform(_written(tmp_path, len(PIECES) - 1))

    assert done.exit_code == 1
    assert done.stdout == PRINTED[0]


def test_after_the_last_step_it_conforms(tmp_path: Path) -> None:
    """Conform prints what the page says, and nothing fails."""
    done = _conform(_written(tmp_path))

    assert done.exit_code == 0
    assert done.stdout == PRINTED[1]


def test_the_commands_of_the_last_step_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two lines at the end of the steps do what they say."""
    _written(tmp_path)
    spec = "outreach: 1\nname: hello\nmessage: Hi\ncontacts: [{phone: '+9779610000011'}]\nroutes: [{sms: pigeon}]\n"
    (tmp_path / "campaign.yaml").write_text(spec, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lines = PRINTED[2].splitlines()

    done = [CliRunner().invoke(cli, line.split()[1:], input="yes\n") for line in lines]

    assert [line.split()[1] for line in lines] == ["plan", "send"]
    assert "https://api.pigeon.example/v1/messages" in done[0].stdout
    assert [one.exit_code for one in done] == [0, 0], done[1].output


def test_the_adapter_loads_as_a_plug_in(pigeon: ModuleType) -> None:
    """It comes in through the same door as ours, and says what it can do."""
    plugins = load_plugins(pigeon)

    assert plugins.provider("pigeon").title == "Pigeon Post"
    assert "pigeon" not in [failure.name for failure in plugins.failed]


def test_the_pyproject_names_the_module() -> None:
    """The entry point is the file of the page."""
    (text,) = (block for kind, block in BLOCK.findall(PAGE) if kind == "toml")

    assert tomllib.loads(text)["project"]["entry-points"] == {"outreach": {"pigeon": "outreach_pigeon"}}


def test_the_page_says_what_becomes_of_its_three_people(pigeon: ModuleType, tmp_path: Path) -> None:
    """Two are accepted, the barred one is rejected; sending again reaches nobody."""
    send = _sender('("9610000011", "9610000012", "9610000090")')

    first, reached = asyncio.run(send(tmp_path))
    again, reached_again = asyncio.run(send(tmp_path))

    assert (first.deliveries[State.ACCEPTED], first.deliveries[State.REJECTED]) == (2, 1)
    assert first.reasons == {(State.REJECTED, "barred"): 1}
    assert reached == ["+9779610000011", "+9779610000012"]
    assert (again.deliveries, reached_again) == (first.deliveries, [])


def test_a_lost_answer_is_unknown_and_never_sent_again(pigeon: ModuleType, tmp_path: Path) -> None:
    """The vendor that cannot be asked: its unknowns wait for a person."""
    send = _sender('("9610000011", "9610000098")')

    first, reached = asyncio.run(send(tmp_path))
    again, reached_again = asyncio.run(send(tmp_path))

    assert len(reached) == 2
    assert (first.deliveries[State.UNKNOWN], first.exit_code) == (2, 7)
    assert (again.deliveries[State.UNKNOWN], reached_again) == (2, [])


def test_a_long_sender_is_refused_before_anything_is_sent(pigeon: ModuleType) -> None:
    """The page's check does what it says."""
    campaign = outreach.Campaign(
        name="hello",
        message=outreach.Template.parse("Hello"),
        contacts=outreach.Contacts(sources=[{"number": "+9779610000011"}]),
        routes=(outreach.Route(channel=outreach.Channel.SMS, providers=("pigeon",)),),
        providers={"pigeon": pigeon.PigeonSettings(sender="A very long sender")},
    )

    plan = outreach.plan(campaign, plugins=load_plugins(pigeon))

    assert len(plan.refusals) == 1
    assert "at most 11 letters" in plan.refusals[0]


@pytest.mark.parametrize("program", OTHERS)
def test_every_other_program_runs(program: str, pigeon: ModuleType) -> None:
    """The smaller programs of the page are right as they stand, their own assertions and tests included."""
    names: dict[str, Any] = {"__name__": "program"}
    sys.modules["program"] = ModuleType("program")
    try:
        exec(compile(program, "write-a-provider.md", "exec"), names)
        for name, test in list(names.items()):
            if name.startswith("test_"):
                test()
    finally:
        del sys.modules["program"]
