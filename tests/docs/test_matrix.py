"""The matrix of providers says what the adapters say."""

from __future__ import annotations

from pathlib import Path

from outreach.plugins import load_plugins
from outreach.testing import Conformance
from outreach.testing.matrix import page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "providers" / "matrix.md"

#: Those that come with outreach.
OURS = [path.name.removeprefix("outreach_") for path in sorted((ROOT / "providers").glob("outreach_*"))]


class Quick(Conformance):
    """The conformance tests, with fewer people."""

    counts = (0, 1, 300)


def test_the_matrix_is_not_stale() -> None:
    """Whoever changes an adapter writes the page anew: make matrix."""
    providers = load_plugins().providers

    assert PAGE.read_text(encoding="utf-8") == page([providers[name] for name in OURS], Quick)


def test_make_matrix_names_every_provider_of_ours() -> None:
    """The page is about all of them."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert f"outreach.testing.matrix {' '.join(OURS)} >" in makefile
