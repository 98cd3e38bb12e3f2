"""Providers that exist for these tests alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import attrs
import pytest

from outreach.errors import Problem, SpecError
from outreach.model import Campaign, Channel, Secret, Settings
from outreach.plugins import Failure, Plugins
from outreach.provider import Batching, Capabilities, Features, Provider
from outreach.spec import Format, parse


@attrs.frozen(kw_only=True)
class Voice:
    """A part of an account."""

    id: int
    pitch: float = 1.0


@attrs.frozen(kw_only=True)
class TingTingSettings(Settings):
    """An account with a field of every type that an adapter may use.

    Attributes:
        senders: Numbers of the senders.

        voice: Number of a voice, or a voice of its own.
    """

    senders: tuple[int, ...] = ()
    voice: int | str | None = None
    legacy_base_url: str = ""
    retype: Literal["full", "short"] = "full"
    channel: Channel | None = None
    parts: list[Voice] = attrs.field(factory=list)
    named: dict[str, float] = attrs.field(factory=dict)
    tags: frozenset[str] = frozenset()
    second: Secret | None = None
    strict: bool = False
    needed: Any = None


@attrs.frozen(kw_only=True)
class StrangeSettings(Settings):
    """An account whose class breaks our habits."""

    even: int = attrs.field(default=2)
    odd: complex = 0j
    word: str = attrs.field(default="")

    @even.validator
    def _check(self, _attribute: object, value: int) -> None:
        if value % 2:
            msg = "even must be even"
            raise ValueError(msg)

    @word.validator
    def _check_word(self, _attribute: object, value: str) -> None:
        if value:
            msg = f"no good word: {value!r}"
            raise ValueError(msg)


def _provider(name: str, settings: type[Settings]) -> Provider[Any]:
    return Provider(
        name=name,
        title=name,
        docs="https://example.org/",
        version="1",
        settings=settings,
        capabilities=Capabilities(channels={Channel.SMS: Features()}, batching=Batching(size=1)),
        load=lambda _job, _batch: pytest.fail("the loader sends nothing"),
        interpret=lambda *_: pytest.fail("the loader reads no answer"),
        emulate=lambda: pytest.fail("the loader emulates nothing"),
        sandbox=settings(),
    )


@pytest.fixture(scope="session")
def plugins() -> Plugins:
    """Give four providers, and one that could not be loaded."""
    names = {
        "contactswing": Settings,
        "strange": StrangeSettings,
        "tingting": TingTingSettings,
        "toingg": Settings,
    }
    return Plugins(
        {name: _provider(name, settings) for name, settings in names.items()},
        (Failure("broken", "ImportError: no module named nowhere"),),
    )


@pytest.fixture(scope="session")
def read(plugins: Plugins) -> Callable[..., Campaign]:
    """Read a text, YAML unless told otherwise."""

    def reading(text: str, kind: Format = "yaml", **switches: Any) -> Campaign:
        return parse(text, **{"kind": kind, "file": "c", "base": Path("folder"), "plugins": plugins, **switches})

    return reading


@pytest.fixture(scope="session")
def mistakes(read: Callable[..., Campaign]) -> Callable[..., tuple[Problem, ...]]:
    """Give the mistakes of a text; none when it is right."""

    def reading(text: str, kind: Format = "yaml", **switches: Any) -> tuple[Problem, ...]:
        try:
            read(text, kind, **switches)
        except SpecError as error:
            return error.problems
        return ()

    return reading


#: The smallest campaign, as YAML lines by top-level key.
SMALLEST: Mapping[str, str] = {
    "outreach": "outreach: 1",
    "name": "name: fees",
    "message": "message: Hello",
    "contacts": "contacts: contacts.csv",
    "routes": "routes: [{voice: tingting}]",
}


@pytest.fixture(scope="session")
def smallest() -> Callable[..., str]:
    """Write the smallest campaign as YAML, with some of its top-level lines replaced (or left out, by None)."""

    def writing(**lines: str | None) -> str:
        return "\n".join(line for line in {**SMALLEST, **lines}.values() if line is not None) + "\n"

    return writing
