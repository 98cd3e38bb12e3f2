"""The adapter on the page is a real one: it loads, it sends, and it keeps the promise."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import outreach
from outreach.model import State
from outreach.plugins import load_plugins

PAGE = (Path(__file__).parents[2] / "docs" / "write-a-provider.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
Send = Callable[[Path], Awaitable[tuple[outreach.Summary, list[str]]]]


def _program(with_text: str) -> str:
    (program,) = (one for one in PROGRAMS if with_text in one)
    return str(program)


def _module(folder: Path, name: str, text: str) -> ModuleType:
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def pigeon(tmp_path: Path) -> Iterator[ModuleType]:
    """The page's adapter, imported."""
    before = dict(sys.modules)
    yield _module(tmp_path, "outreach_pigeon", _program("def outreach_register_providers"))
    for name in set(sys.modules) - set(before):
        if name.startswith("outreach_pigeon"):
            del sys.modules[name]


def _sender(numbers: str) -> Send:
    text = _program("async def send_through_pigeon")
    old = re.search(r"numbers = \(.*\)\n", text)
    assert old
    names: dict[str, Any] = {}
    exec(text.replace(old[0], f"numbers = {numbers}\n"), names)
    send: Send = names["send_through_pigeon"]
    return send


def test_the_adapter_is_short() -> None:
    """The page promises an adapter that can be read in one go."""
    assert len(_program("def outreach_register_providers").splitlines()) < 120


def test_the_adapter_loads_as_a_plug_in(pigeon: ModuleType) -> None:
    """It comes in through the same door as ours, and says what it can do."""
    plugins = load_plugins(pigeon)

    assert plugins.provider("pigeon").title == "Pigeon Post"
    assert "pigeon" not in [failure.name for failure in plugins.failed]


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


@pytest.mark.parametrize("program", [one for one in PROGRAMS if "import outreach_pigeon" not in one])
def test_every_other_program_runs(program: str) -> None:
    """The smaller programs of the page are right as they stand, their own assertions included."""
    names: dict[str, Any] = {"__name__": "program"}
    sys.modules["program"] = ModuleType("program")
    try:
        exec(compile(program, "write-a-provider.md", "exec"), names)
    finally:
        del sys.modules["program"]
