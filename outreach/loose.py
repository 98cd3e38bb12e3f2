"""Plug-ins that are not installed: a file of Python, named by its path."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType

from outreach.errors import PluginError
from outreach.homes import home

#: What was named for the length of a call, see ``beside``.
_BESIDE: ContextVar[tuple[object, ...]] = ContextVar("outreach_plugins_beside", default=())


@contextmanager
def beside(*plugins: object) -> Iterator[None]:
    """Let ``load_plugins`` find these plug-ins too, in here and in everything that is called from here."""
    token = _BESIDE.set((*_BESIDE.get(), *plugins))
    try:
        yield
    finally:
        _BESIDE.reset(token)


def named() -> tuple[object, ...]:
    """Give the plug-ins that were named for this call."""
    return _BESIDE.get()


def plugin(given: object) -> object:
    """Give a plug-in: what is given itself, or the module in the file that a path names.

    Raises:
        PluginError: The file cannot be read, or fails.
    """
    return module(Path(given)) if isinstance(given, str | Path) else given


def module(path: Path) -> ModuleType:
    """Run a file of Python once, and give its module; its name is the file's.

    Raises:
        PluginError: It cannot be read, fails, or has the name of another module.
    """
    try:
        path = home(path).resolve()
    except ValueError as error:
        msg = f"{path} cannot be loaded: {error}"
        raise PluginError(msg) from None
    name = path.stem
    known = sys.modules.get(name)
    if known is not None:
        return _same(known, path)
    spec = importlib.util.spec_from_file_location(name, path) if path.suffix == ".py" and name.isidentifier() else None
    if spec is None or spec.loader is None:
        msg = f"{path.name} is no plug-in: name a file of Python, such as my_vendor.py"
        raise PluginError(msg)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    try:
        spec.loader.exec_module(loaded)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        msg = f"{path.name} cannot be loaded: {type(error).__name__}: {error}"
        raise PluginError(msg) from error
    return loaded


def _same(known: ModuleType, path: Path) -> ModuleType:
    file = getattr(known, "__file__", None)
    if file is None or Path(file).resolve() != path:
        msg = f"there is another module called {path.stem}; give {path.name} a name of its own"
        raise PluginError(msg)
    return known
