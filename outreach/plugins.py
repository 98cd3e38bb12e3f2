"""Find plug-ins by entry point and load each alone, so that a broken one harms nobody else.

Ours instead of pluggy's ``load_setuptools_entrypoints``, which raises at the first entry point that fails and
leaves the rest unloaded.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import attrs
import pluggy

from outreach import hookspecs, loose
from outreach.errors import PluginError
from outreach.provider import Provider
from outreach.source import SourceKind

GROUP = "outreach"

#: Names of entry points to leave alone, separated by commas.
DISABLED = "OUTREACH_DISABLED_PLUGINS"

#: The formats that outreach brings. Found by name like everybody else's, for core does not import them from here.
FORMATS = EntryPoint("formats", "outreach.contacts.formats", GROUP)


@attrs.frozen
class Failure:
    """A plug-in that could not be loaded, and why."""

    name: str
    error: str


@attrs.frozen
class Plugins:
    """What was found.

    Attributes:
        providers: By name.

        failed: Plug-ins that could not be loaded.

        sources: Kinds of contact lists; none means those that outreach brings.
    """

    providers: Mapping[str, Provider[Any]]
    failed: tuple[Failure, ...] = ()
    sources: tuple[SourceKind, ...] = ()

    def provider(self, name: str) -> Provider[Any]:
        """Find a provider.

        Raises:
            PluginError: There is none of that name; the message says what there is.
        """
        if name in self.providers:
            return self.providers[name]
        raise PluginError(self.unknown(name))

    def unknown(self, name: str) -> str:
        """Say what is wrong with a provider's name, with the remedy."""
        broken = next((failure.error for failure in self.failed if failure.name == name), "")
        if broken:
            return f"provider '{name}' could not be loaded: {broken}"
        close = difflib.get_close_matches(name, self.providers, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"installed: {', '.join(sorted(self.providers)) or 'none'}"
        return f"no provider '{name}'; {hint}"


def load_plugins(*extra: object) -> Plugins:
    """Load every plug-in of the entry-point group ``outreach``, and ``extra`` ones beside them.

    Args:
        extra: Modules or objects with hooks, or paths of files of Python.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    disabled = {name.strip() for name in os.environ.get(DISABLED, "").split(",")}
    providers: dict[str, Provider[Any]] = {}
    sources: list[SourceKind] = []
    owners: dict[str, str] = {}
    failed: list[Failure] = []
    for name, source, plugin in _found(disabled, extra, failed):
        try:
            given = _register(manager, plugin)
            objections = list(_objections(given, owners))
            if objections:
                failed.append(Failure(name, "; ".join(objections)))
                continue
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's code may raise anything, or leave; it is listed
            failed.append(Failure(name, f"{type(error).__name__}: {error}"))
            continue
        providers.update({one.name: one for one in given.providers})
        sources += given.sources
        owners.update(dict.fromkeys(_marks(given), source))
    return Plugins(dict(sorted(providers.items())), tuple(failed), tuple(sources))


@attrs.frozen
class _Given:
    """What one plug-in gave."""

    providers: list[Any]
    sources: list[Any]


def _objections(given: _Given, owners: Mapping[str, str]) -> Iterator[str]:
    strange = [(one, "Provider") for one in given.providers if not isinstance(one, Provider)]
    strange += [(one, "SourceKind") for one in given.sources if not isinstance(one, SourceKind)]
    if strange:
        yield from (f"gave {one!r}, which is no {kind}" for one, kind in strange)
        return
    yield from (f"'{mark}' is already provided by {owners[mark]}" for mark in _marks(given) if mark in owners)


def _marks(given: _Given) -> Iterator[str]:
    """Give what only one plug-in may have: names of providers, endings and schemes of sources."""
    yield from (one.name for one in given.providers)
    for one in given.sources:
        yield from one.marks


def _found(disabled: set[str], extra: Iterable[object], failed: list[Failure]) -> Iterable[tuple[str, str, object]]:
    installed = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, _source(entry)))
    for entry in (FORMATS, *installed):
        if entry.name in disabled:
            continue
        try:
            plugin = entry.load()
        except (Exception, SystemExit) as error:  # noqa: BLE001  # as above
            failed.append(Failure(entry.name, f"{type(error).__name__}: {error}"))
            continue
        yield entry.name, _source(entry), plugin
    for given in (*loose.named(), *extra):
        try:
            plugin = loose.plugin(given)
        except PluginError as error:
            failed.append(Failure(str(given), str(error)))
            continue
        yield getattr(plugin, "__name__", repr(plugin)), "this program", plugin


def _source(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


def _register(manager: pluggy.PluginManager, plugin: object) -> _Given:
    manager.register(plugin)
    try:
        manager.check_pending()
        others = [other for other in manager.get_plugins() if other is not plugin]

        def given(hook: str) -> list[Any]:
            return [one for several in manager.subset_hook_caller(hook, others)() for one in several]

        return _Given(given("outreach_register_providers"), given("outreach_register_sources"))
    except BaseException:
        manager.unregister(plugin)
        raise
