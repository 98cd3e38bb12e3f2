"""An approval holds for what goes out, wherever its file lies."""

from __future__ import annotations

from pathlib import Path

import pytest

import outreach

SPEC = """\
outreach: 1
name: fees
message: Hello
contacts: {from: [{number: "+9779610000011"}]}
routes:
  - voice: tingting
"""


def digest(path: Path | str) -> str:
    """Plan a file."""
    return outreach.plan(outreach.load(path)).digest


def test_the_digest_does_not_tell_how_the_file_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that was approved in one folder may be sent from another."""
    (tmp_path / "fees.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert digest("fees.yaml") == digest(tmp_path / "fees.yaml")


def test_the_digest_does_not_tell_where_in_the_file_something_stands(tmp_path: Path) -> None:
    """A comment changes nothing that goes out; another text does."""
    plain, commented, other = (tmp_path / f"{name}.yaml" for name in ("plain", "commented", "other"))
    plain.write_text(SPEC, encoding="utf-8")
    commented.write_text(f"# for December\n{SPEC}", encoding="utf-8")
    other.write_text(SPEC.replace("Hello", "Good day"), encoding="utf-8")

    assert digest(plain) == digest(commented)
    assert digest(plain) != digest(other)
