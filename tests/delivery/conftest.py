"""Worlds to send in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from worlds import World

from outreach.plugins import Plugins, load_plugins


@pytest.fixture(scope="session")
def plugins() -> Plugins:
    """Give the installed providers."""
    return load_plugins()


@pytest.fixture
def make_world(tmp_path: Path, plugins: Plugins) -> Callable[..., World]:
    """Make worlds, each in a folder of its own."""
    made: list[World] = []

    def make(provider: str, **more: Any) -> World:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(World(folder, plugins, provider, **more))
        return made[-1]

    return make
