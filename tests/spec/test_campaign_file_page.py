"""The reference page of the campaign file says what the loader does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from outreach.errors import Problem
from outreach.model import Campaign, Settings
from outreach.plugins import Plugins
from outreach.spec import Format, parse
from outreach.spec.forms import BESIDE, WrittenRoute
from outreach.spec.shapes import choices, fields, key_of, leaf

PAGE = (Path(__file__).parents[2] / "docs" / "campaign-file.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[Format, str]] = re.findall(r"^```(yaml|toml|json)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
WHOLE = [(kind, text) for kind, text in BLOCKS if re.match(r'[\s{]*"?outreach\b', text)]


@attrs.frozen(kw_only=True)
class ContactSwingSettings(Settings):
    """What the page's example uses."""

    assistant_id: int | None = None
    from_numbers: tuple[str, ...] = ()


@pytest.fixture
def documented(plugins: Plugins) -> Plugins:
    """Give providers whose accounts have the fields of the page's examples."""
    contactswing = attrs.evolve(plugins.providers["contactswing"], settings=ContactSwingSettings)
    return Plugins({**plugins.providers, "contactswing": contactswing})


@pytest.mark.parametrize(("kind", "text"), WHOLE)
def test_every_complete_example_loads(kind: Format, text: str, documented: Plugins) -> None:
    """A reader who copies an example has a campaign that loads."""
    campaign = parse(text, kind=kind, plugins=documented)

    assert campaign.name in {"fee-reminder-2026-12", "open-day"}


def test_there_is_an_example_of_every_format() -> None:
    """The page shows YAML, TOML and JSON whole."""
    assert [kind for kind, _ in WHOLE] == ["yaml", "yaml", "toml", "json"]


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if (kind, text) not in WHOLE and ":\n" in text])
def test_every_fragment_loads_in_a_campaign(
    text: str, mistakes: Callable[..., tuple[Problem, ...]], smallest: Callable[..., str]
) -> None:
    """A piece of a campaign is right where it belongs."""
    assert mistakes(smallest(**{text.partition(":")[0]: text})) == ()


def _keys(kind: type, above: str) -> Iterator[str]:
    for name, form in fields(kind).items():
        path = above + key_of(kind, name)
        yield path
        for part in (form, *choices(form)):
            if attrs.has(part) and leaf(part) is None:
                yield from _keys(part, f"{path}.")


def test_every_key_of_the_model_is_on_the_page() -> None:
    """Each key has its row; a new attribute of the model fails here until it is described."""
    keys: list[Any] = [*BESIDE[Campaign], *_keys(Campaign, ""), *_keys(Settings, ""), *_keys(WrittenRoute, "routes[].")]

    assert [key for key in keys if f"\n| `{key}` |" not in PAGE] == []
    assert len(keys) > 60


def test_every_row_of_the_page_is_a_key() -> None:
    """The page describes nothing that the loader does not know."""
    keys = {*BESIDE[Campaign], *_keys(Campaign, ""), *_keys(Settings, ""), *_keys(WrittenRoute, "routes[].")}
    rows = re.findall(r"^\| `([\w.\[\]]+)` \|.*\|.*\|.*\|$", PAGE, re.MULTILINE)

    assert set(rows) - keys == set()


def test_the_mistakes_of_the_page_are_what_the_loader_says(mistakes: Callable[..., tuple[Problem, ...]]) -> None:
    """The sample messages are real ones."""
    text = """\
outreach: 1
name: fees
pourpose: service
message: m
contacts: a.csv
routes:
  - voice: tingtin

schedule:
  start: 2026-12-01
"""
    found = [str(one).replace("c:", "campaign.yaml:", 1) for one in mistakes(text)]

    assert "\n".join(found) in PAGE
    assert len(found) == 3
