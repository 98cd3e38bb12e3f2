"""Campaign file → ``Campaign``, with every mistake of all its files at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import attrs

from outreach.errors import Problem, SpecError
from outreach.model import Campaign, Settings
from outreach.plugins import Plugins, load_plugins
from outreach.spec.accounts import read_accounts, route_mistakes
from outreach.spec.convert import converter
from outreach.spec.forms import BESIDE, EDITORS
from outreach.spec.json_tree import read_json
from outreach.spec.kinds import guess
from outreach.spec.mistakes import problems, write
from outreach.spec.rules import VERSION
from outreach.spec.toml_tree import read_toml
from outreach.spec.tree import MAX_BYTES, Builder, Halt, Items, Mark, Node, Place, Source, Table, check_text
from outreach.spec.yaml_tree import read_yaml

Format = Literal["yaml", "toml", "json"]

_READERS: Mapping[Format, Callable[[str, Builder], None]] = {"yaml": read_yaml, "toml": read_toml, "json": read_json}
_FORMATS: Mapping[str, Format] = {".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".json": "json"}

#: Keys of the format whose behaviour is not built yet, by path without indexes: they are refused, never ignored.
NOT_BUILT: Mapping[str, str] = {}


def load(
    path: str | Path,
    *,
    accounts: str | Path | None = None,
    plugins: Plugins | None = None,
    via: str | None = None,
) -> Campaign:
    """Read a campaign file.

    Args:
        path: The file; ``.yaml``, ``.yml``, ``.toml`` or ``.json``.

        accounts: Another file with ``providers:``. An account that both name is taken whole from this one.

        plugins: The installed providers; found by entry points when not given.

        via: Provider that takes over every route.

    Raises:
        SpecError: With every mistake of both files, each with its place. Secrets are neither read nor quoted.
    """
    reading = _Reading(plugins or load_plugins(), NOT_BUILT)
    return reading.campaign(reading.open(path), accounts, via)


def parse(
    text: str,
    *,
    kind: Format,
    file: str = "",
    base: Path | None = None,
    accounts: str | Path | None = None,
    plugins: Plugins | None = None,
    via: str | None = None,
    not_built: Mapping[str, str] = NOT_BUILT,
) -> Campaign:
    """Read a campaign from a text.

    Args:
        text: The text.

        kind: Its format.

        file: What mistakes call it.

        base: Folder in which relative paths start; the current one when not given.

        accounts: As in ``load``.

        plugins: As in ``load``.

        via: As in ``load``.

        not_built: Keys to refuse, each with a sentence that says why.

    Raises:
        SpecError: With every mistake, each with its place.
    """
    reading = _Reading(plugins or load_plugins(), not_built)
    return reading.campaign(reading.tree(text, kind, Source(file, base or Path())), accounts, via)


def load_accounts(path: str | Path, *, plugins: Plugins | None = None) -> Mapping[str, Settings]:
    """Read the accounts of a file that holds ``providers:`` and no campaign.

    Raises:
        SpecError: With every mistake, each with its place. Secrets are neither read nor quoted.
    """
    return _Reading(plugins or load_plugins(), NOT_BUILT).accounts(path)


class _Reading:
    """One reading: the mistakes of all files come together here."""

    def __init__(self, plugins: Plugins, not_built: Mapping[str, str]) -> None:
        self._plugins = plugins
        self._not_built = not_built
        self._mistakes: list[Problem] = []
        self._files: list[str] = []

    def campaign(self, root: Table | None, accounts: str | Path | None, via: str | None) -> Campaign:
        beside = self._accounts(self.open(accounts)) if accounts is not None else {}
        campaign = self._campaign(root, via) if root is not None else None
        own = self._providers(root) if root is not None else {}
        if self._mistakes or campaign is None or root is None:
            raise SpecError(self._sorted())
        routes = campaign.routes
        if via is not None:
            routes = tuple(attrs.evolve(route, providers=(via,)) for route in routes)
        return attrs.evolve(
            campaign,
            providers={**own, **beside},
            routes=routes,
            base=root.at.source.folder,
            places=dict(_places(root, ())),
        )

    def accounts(self, path: str | Path) -> Mapping[str, Settings]:
        found = self._accounts(self.open(path))
        if self._mistakes:
            raise SpecError(self._sorted())
        return found

    def open(self, path: str | Path) -> Table | None:
        source = Source(str(path), Path(path).parent)
        self._files.append(source.name)
        kind = _FORMATS.get(Path(path).suffix.lower())
        if kind is None:
            self._tell(source, f"is no file of ours by its name: write one of {', '.join(_FORMATS)}")
            return None
        try:
            with Path(path).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            self._tell(source, f"cannot be read: {getattr(error, 'strerror', None) or error}")
            return None
        try:
            return self.tree(data.decode("utf-8"), kind, source)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self._mistakes.append(Mark(source, line).problem("is not UTF-8 text: save the file as UTF-8"))
            return None

    def tree(self, text: str, kind: Format, source: Source) -> Table | None:
        build = Builder(source)
        text = text.removeprefix("\ufeff")
        try:
            check_text(text, source)
            _READERS[kind](text, build)
        except Halt as halt:
            build.problems.append(halt.problem)
            build.root = None
        else:
            if not isinstance(build.root, Table):
                at = build.root.at if build.root is not None else Mark(source, 1, 1)
                build.problems.append(at.problem("must be a mapping, beginning with outreach: 1"))
        self._mistakes.extend(build.problems)
        return build.root if isinstance(build.root, Table) else None

    def _sorted(self) -> list[Problem]:
        """Sort by file, in the order in which they were opened, and by place."""
        files = {name: order for order, name in enumerate(self._files)}
        return sorted(dict.fromkeys(self._mistakes), key=lambda one: (files.get(one.file, -1), one.line, one.column))

    def _tell(self, source: Source, message: str) -> None:
        self._mistakes.append(Mark(source).problem(message))

    def _campaign(self, root: Table, via: str | None) -> Campaign | None:
        self._mistakes.extend(_version(root))
        self._mistakes.extend(_not_built(root, self._not_built))
        if via is None:
            self._mistakes.extend(route_mistakes(root, self._plugins))
        elif via not in self._plugins.providers:
            self._mistakes.append(Problem(self._plugins.unknown(via), "via"))
        try:
            campaign: Campaign = converter().structure(root.without(*BESIDE[Campaign], EDITORS), Campaign)
        except ExceptionGroup as error:
            self._mistakes.extend(problems(error, root))
            return None
        return campaign

    def _providers(self, root: Table) -> Mapping[str, Settings]:
        if "providers" not in root:
            return {}
        try:
            return read_accounts(root["providers"], self._plugins)
        except Exception as error:  # noqa: BLE001  # an adapter's settings class may raise anything
            self._mistakes.extend(problems(error, root["providers"], ("providers",)))
            return {}

    def _accounts(self, root: Table | None) -> Mapping[str, Settings]:
        if root is None:
            return {}
        known = BESIDE[Campaign]
        for key, at in root.keys_at.items():
            if key not in (*known, EDITORS):
                self._mistakes.append(at.problem(f"unknown key '{key[:64]}'; {guess(key, known)}", write((key,))))
        if "outreach" in root:
            self._mistakes.extend(_version(root))
        if "providers" not in root:
            self._mistakes.append(root.at.problem("is missing and must be there", "providers"))
        return self._providers(root)


def _version(root: Table) -> Iterator[Problem]:
    if "outreach" not in root:
        yield root.at.problem("is missing: begin the file with outreach: 1, the version of this format", "outreach")
        return
    try:
        VERSION.read(root["outreach"])
    except ValueError as error:
        yield from problems(error, root["outreach"], ("outreach",))


def _not_built(root: Table, table: Mapping[str, str]) -> Iterator[Problem]:
    for place, at in _keys(root, ()) if table else ():
        reason = table.get(write(part for part in place if isinstance(part, str)))
        if reason is not None:
            yield at.problem(f"is not built yet: {reason}", write(place))


def _keys(node: Node, place: Place) -> Iterator[tuple[Place, Mark]]:
    if isinstance(node, Table):
        for key, below in node.items():
            yield (*place, key), node.keys_at[key]
            yield from _keys(below, (*place, key))
    elif isinstance(node, Items):
        for index, below in enumerate(node):
            yield from _keys(below, (*place, index))


def _places(node: Node, place: Place) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """Give where every value stands, for mistakes that only the contacts or the providers bring to light."""
    if place:
        yield write(place), (node.at.source.name, node.at.line, node.at.column)
    below = node.items() if isinstance(node, Table) else enumerate(node) if isinstance(node, Items) else ()
    for key, value in below:
        yield from _places(value, (*place, key))
