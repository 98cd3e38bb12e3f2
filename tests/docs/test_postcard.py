"""The stranger's adapter: a distribution of its own that installs, conforms and sends, with no change to outreach."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POSTCARD = ROOT / "docs" / "examples" / "outreach-postcard"

SPEC = """\
outreach: 1
name: hello
message: Hello {name|friend}
contacts: [{phone: "+9779610000011", name: Sita}, {phone: "+9779610000012", name: Ram}]
routes: [{sms: postcard}]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the distribution into a folder of its own; with the build backend at hand no network is needed."""
    if find_spec("hatchling") is None or find_spec("pip") is None:
        pytest.skip("hatchling and pip are not installed; make installs both")
    folder = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--no-input", "--target", str(folder)]
    done = run(["-m", "pip", "install", *options, str(POSTCARD)], folder)
    assert done.returncode == 0, done.stderr
    return folder


def run(words: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run this Python with what is in a folder installed, and with outreach."""
    places = [str(folder), str(ROOT), str(ROOT / "providers")]
    env = {key: value for key, value in os.environ.items() if not key.startswith(("OUTREACH_", "COV_"))}
    env = {**env, "PYTHONPATH": os.pathsep.join(places), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False, timeout=600
    )


def test_it_is_as_small_as_promised() -> None:
    """One module, one test, ten lines of pyproject; the module is at most 120 lines."""
    lines = {
        path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in POSTCARD.iterdir() if path.is_file()
    }

    assert set(lines) == {"outreach_postcard.py", "pyproject.toml", "test_outreach_postcard.py"}
    assert lines["pyproject.toml"] <= 10
    assert lines["outreach_postcard.py"] <= 120


def test_it_is_found_by_its_entry_point(installed: Path) -> None:
    """Installed, it is a provider among the others."""
    done = run(["-m", "outreach", "providers", "postcard"], installed)

    assert done.returncode == 0, done.stderr
    assert "Postcard, adapter 0.1.0" in done.stdout


def test_its_own_tests_pass(installed: Path) -> None:
    """Its test file inherits the conformance tests."""
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-c", str(POSTCARD / "pyproject.toml")]
    done = run(["-W", "ignore", "-m", "pytest", *options, str(POSTCARD / "test_outreach_postcard.py")], installed)

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_it_conforms(installed: Path) -> None:
    """The command line says so too."""
    done = run(["-m", "outreach", "conform", "outreach-postcard"], installed)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "postcard 0.1.0: recorded" in done.stdout


def test_it_plans_and_sends(installed: Path, tmp_path: Path) -> None:
    """A campaign goes out through it like through any other provider."""
    spec = tmp_path / "hello.yaml"
    spec.write_text(SPEC, encoding="utf-8")

    planned = run(["-m", "outreach", "plan", str(spec), "--requests", "--show-numbers"], installed)
    sent = run(["-m", "outreach", "send", str(spec), "--sandbox", "--yes", "--json"], installed)

    assert planned.returncode == 0, planned.stderr
    assert planned.stdout.count("POST https://api.postcard.example/v1/cards") == 2
    assert sent.returncode == 0, sent.stderr
    assert '"accepted": 2' in sent.stdout
