"""The operators' page on contacts says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from outreach.contacts import stream
from outreach.model import Contacts
from outreach.plugins import load_plugins

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "contacts.md").read_text(encoding="utf-8")

#: These become errors of the campaign or of a do-not-contact list, and drop no row.
ERRORS = {"no_country", "channel"}


def test_page_names_every_reason() -> None:
    """The table holds exactly the reasons for which the code drops a row."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "outreach" / "contacts").glob("*.py"))
    reasons = set(re.findall(r'\b(?:BadNumber|Flaw)\(\s*"([a-z_]+)"', code))

    assert set(re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.MULTILINE)) == reasons - ERRORS


def test_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The Python example of the page works as it stands."""
    _, example = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

    exec(compile(example, "docs/contacts.md", "exec"), {})  # our own page

    assert capsys.readouterr().out == "[('phone', 'name', 'amount')]\n['+9779610000001'] ['सीता'] ['1250'] []\n"


def test_example_of_a_source_runs(tmp_path: Path) -> None:
    """The plug-in of the page is read as it stands."""
    example, _ = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    made = ModuleType("example")
    exec(compile(example, "docs/contacts.md", "exec"), made.__dict__)  # our own page

    found = load_plugins(made)
    (chunk,) = stream(Contacts(sources=("book://friends",)), base=tmp_path, kinds=found.sources)

    assert (chunk.phones, chunk.names) == (["+9779610000001"], ["सीता"])
