"""The status file beside a journal that is in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.delivery import livestatus


def test_the_picture_belongs_to_its_journal() -> None:
    """Two journals in one folder do not share it."""
    assert livestatus.beside(Path(".outreach/journal.db")) == Path(".outreach/journal.db.live.json")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """The latest picture wins, only the owner can read it, and nothing else is left behind."""
    path = tmp_path / "j.db.live.json"
    livestatus.write(path, {"accepted": 1})
    livestatus.write(path, {"accepted": 2, "campaign": "शुल्क"})

    assert livestatus.read(path) == {"accepted": 2, "campaign": "शुल्क"}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_what_a_killed_process_left_is_replaced(tmp_path: Path) -> None:
    """A half-written picture that others can read does no harm."""
    path = tmp_path / "j.db.live.json"
    stale = tmp_path / "j.db.live.json.new"
    stale.write_text("{")
    stale.chmod(0o644)
    livestatus.write(path, {"accepted": 1})

    assert livestatus.read(path) == {"accepted": 1}
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b"\xff"])
def test_no_picture_is_none(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing or cannot be read is no error: nothing is known."""
    path = tmp_path / "j.db.live.json"
    if content is not None:
        path.write_bytes(content)

    assert livestatus.read(path) is None


def test_what_is_no_json_leaves_the_old_picture(tmp_path: Path) -> None:
    """A mistake of the caller is raised, and the picture stays."""
    path = tmp_path / "j.db.live.json"
    livestatus.write(path, {"accepted": 1})
    with pytest.raises(TypeError):
        livestatus.write(path, {"accepted": object()})

    assert livestatus.read(path) == {"accepted": 1}


def test_it_can_be_taken_away(tmp_path: Path) -> None:
    """Removing it twice is harmless."""
    path = tmp_path / "j.db.live.json"
    livestatus.write(path, {})
    livestatus.remove(path)
    livestatus.remove(path)

    assert livestatus.read(path) is None
