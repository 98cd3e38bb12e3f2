"""A provider out of a file, without installing it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from outreach import loose
from outreach.cli import cli
from outreach.errors import PluginError
from outreach.plugins import load_plugins

POSTCARD = Path(__file__).parents[2] / "docs" / "examples" / "outreach-postcard" / "outreach_postcard.py"
SPEC = """\
outreach: 1
name: hello
message: Hello {name|friend}
contacts: [{phone: "+9779610000011", name: Sita}, {phone: "+9779610000012", name: Ram}]
routes: [{sms: postcard}]
"""

Run = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """Give an adapter in a file that has a name of its own."""
    before = set(sys.modules)
    yield Path(shutil.copy(POSTCARD, tmp_path / "my_postcard.py"))
    for name in set(sys.modules) - before:
        if name.startswith("my_"):
            del sys.modules[name]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give what runs a command line beside a campaign that needs the adapter."""
    for name in ("OUTREACH_ACCOUNTS", "OUTREACH_JOURNAL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "hello.yaml").write_text(SPEC, encoding="utf-8")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli, list(words))

    return invoke


def test_a_path_is_a_plug_in(file: Path) -> None:
    """``load_plugins`` takes it, and gives the same provider each time."""
    once, again = load_plugins(file).provider("postcard"), load_plugins(str(file)).provider("postcard")

    assert once is again
    assert "postcard" not in load_plugins().providers


def test_beside_holds_for_what_is_inside_only(file: Path) -> None:
    """A plug-in that was named for a call is gone after it."""
    with loose.beside(file):
        assert "postcard" in load_plugins().providers

    assert "postcard" not in load_plugins().providers


def test_a_file_in_the_home_of_nobody_is_refused() -> None:
    """The message says what to write instead."""
    with pytest.raises(PluginError, match="there is no home folder of ~nobody-of-this-name; write the whole path"):
        loose.module(Path("~nobody-of-this-name/my_vendor.py"))


def test_a_broken_file_harms_nobody_else(tmp_path: Path) -> None:
    """It is listed with its error; the others are there."""
    path = tmp_path / "my_broken.py"
    path.write_text("1 / 0\n", encoding="utf-8")

    found = load_plugins(path)

    assert {failure.name: failure.error for failure in found.failed}[str(path)] == (
        "my_broken.py cannot be loaded: ZeroDivisionError: division by zero"
    )
    assert "tingting" in found.providers
    assert "my_broken" not in sys.modules


@pytest.mark.parametrize(("name", "words"), [("mine.txt", "is no plug-in"), ("json.py", "another module called json")])
def test_what_is_no_plug_in_says_so(tmp_path: Path, name: str, words: str) -> None:
    """A file that is no module, or has the name of one, is refused."""
    path = tmp_path / name
    path.write_text("", encoding="utf-8")

    with pytest.raises(PluginError, match=words):
        loose.module(path)


@pytest.mark.parametrize(
    "words",
    [
        ("check", "hello.yaml"),
        ("plan", "hello.yaml"),
        ("plan", "hello.yaml", "--requests"),
        ("compare", "hello.yaml", "--via", "tingting"),
        ("send", "hello.yaml", "--sandbox", "--yes"),
        ("providers", "postcard"),
        ("api", "postcard", "--list"),
    ],
)
def test_every_command_takes_a_loose_file(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """With --plugin the provider is there; without, it is missing."""
    monkeypatch.chdir(tmp_path)

    with_it = run(*words, "--plugin", str(file))
    without = run(*words)

    assert with_it.exit_code == 0, with_it.output
    assert without.exit_code == 2
    assert "no provider 'postcard'" in without.output


def test_a_file_that_fails_stops_the_command(run: Run, tmp_path: Path) -> None:
    """Who names a file wants it."""
    path = tmp_path / "my_broken.py"
    path.write_text("raise RuntimeError('not today')\n", encoding="utf-8")

    done = run("providers", "--plugin", str(path))

    assert done.exit_code == 2
    assert "not today" in done.stderr


def test_the_next_command_names_the_file_again(run: Run, file: Path, tmp_path: Path) -> None:
    """What is printed to be copied works as it stands."""
    done = run("plan", str(tmp_path / "hello.yaml"), "--sandbox", "--plugin", str(file))

    assert f"--plugin {file}" in done.stdout.splitlines()[-1]


def test_a_file_that_leaves_is_a_broken_file(tmp_path: Path) -> None:
    """SystemExit in a file is told as any other failure, and the file can be named again once it is mended."""
    path = tmp_path / "my_leaver.py"
    path.write_text("raise SystemExit(0)\n", encoding="utf-8")

    with pytest.raises(PluginError, match=r"my_leaver\.py cannot be loaded: SystemExit"):
        loose.module(path)
    assert "my_leaver" not in sys.modules
