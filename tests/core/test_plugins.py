"""Finding providers."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

import attrs
import pytest

from outreach import plugins
from outreach.errors import PluginError
from outreach.hookspecs import hookimpl
from outreach.plugins import DISABLED, load_plugins

OURS = {"contactswing", "tingting", "toingg"}
TINGTING = load_plugins().provider("tingting")


def module(name: str, **functions: Any) -> ModuleType:
    """Make a module that holds these."""
    made = ModuleType(name)
    for attribute, function in functions.items():
        setattr(made, attribute, function)
    return made


def plugin(*providers: object, name: str = "stranger") -> ModuleType:
    """Make a plug-in that gives these."""

    @hookimpl
    def outreach_register_providers() -> list[object]:
        return list(providers)

    return module(name, outreach_register_providers=outreach_register_providers)


def test_ours_come_in_through_the_same_door() -> None:
    """The three vendors are found by entry point, each under its name."""
    found = load_plugins()

    assert set(found.providers) >= OURS
    assert not found.failed
    assert all(name == provider.name for name, provider in found.providers.items())


def test_a_strangers_provider_is_found_by_its_name() -> None:
    """A provider of another plug-in stands beside ours."""
    stranger = attrs.evolve(TINGTING, name="postcard")

    assert load_plugins(plugin(stranger)).provider("postcard") is stranger


def test_a_broken_plugin_is_listed_and_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a plug-in raises while it is imported or asked, the others work."""
    broken = EntryPoint("broken", "no_such_module_of_outreach", "outreach")
    found = entry_points(group="outreach")
    monkeypatch.setattr(plugins, "entry_points", lambda group: [*found, broken])

    @hookimpl
    def outreach_register_providers() -> list[object]:
        raise ZeroDivisionError

    raising = module("raising", outreach_register_providers=outreach_register_providers)

    loaded = load_plugins(raising, plugin("no provider", name="wrong"))

    assert set(loaded.providers) >= OURS
    assert {one.name: one.error.partition(":")[0] for one in loaded.failed} == {
        "broken": "ModuleNotFoundError",
        "raising": "ZeroDivisionError",
        "wrong": "gave 'no provider', which is no Provider",
    }
    with pytest.raises(PluginError, match="could not be loaded: ModuleNotFoundError"):
        loaded.provider("broken")


def test_a_misspelt_hook_is_an_error_of_that_plugin() -> None:
    """A hook that does not exist is not passed over in silence."""

    @hookimpl
    def outreach_register_provider() -> list[object]:
        return []

    loaded = load_plugins(module("misspelt", outreach_register_provider=outreach_register_provider))

    (failure,) = loaded.failed
    assert "outreach_register_provider" in failure.error
    assert set(loaded.providers) >= OURS


def test_a_name_given_twice_keeps_the_first_and_names_both() -> None:
    """Nobody can put a provider in the place of another."""
    loaded = load_plugins(plugin(attrs.evolve(TINGTING, title="Not TingTing"), name="impostor"))

    (failure,) = loaded.failed
    assert loaded.provider("tingting").title == TINGTING.title
    assert failure.name == "impostor"
    assert "'tingting' is already provided by outreach" in failure.error


def test_a_plugin_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point named in the environment is not even imported."""
    monkeypatch.setenv(DISABLED, "toingg, contactswing")

    assert "toingg" not in load_plugins().providers
    with pytest.raises(PluginError, match="no provider 'toingg'"):
        load_plugins().provider("toingg")


def test_every_capability_line_says_where_it_is_documented() -> None:
    """A line that claims that the vendor does something names the vendor's page."""
    for provider in load_plugins().providers.values():
        for features in provider.capabilities.channels.values():
            for support in attrs.asdict(features, recurse=False).values():
                assert support.verdict != "native" or support.doc.startswith("https://"), provider.name
                assert support.verdict != "degraded" or support.code.startswith(f"{provider.name}."), provider.name


@pytest.mark.parametrize("left", [SystemExit(0), ZeroDivisionError()])
def test_a_plugin_that_leaves_takes_nobody_along(left: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """SystemExit is a failure of that plug-in, in its import and its hooks; a person's interrupt goes through."""

    def leave(*_: object) -> object:
        raise left

    class Entry:
        name, value, dist, load = "leaver", "leaver", None, leave

    found = entry_points(group="outreach")
    monkeypatch.setattr(plugins, "entry_points", lambda group: [*found, Entry()])
    loaded = load_plugins(module("asked", outreach_register_providers=hookimpl(leave)))

    assert set(loaded.providers) >= OURS
    assert [(one.name, one.error.partition(":")[0]) for one in loaded.failed] == [
        ("leaver", type(left).__name__),
        ("asked", type(left).__name__),
    ]
    left = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        load_plugins()
