"""``outreach conform``: how far an adapter has come, and what is wrong with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from click.testing import Result

import outreach_postcard
from outreach.testing import Conformance, Level, conform
from outreach.testing.levels import home_of
from outreach_postcard import postcard

Run = Callable[..., Result]
POSTCARD = str(Path(outreach_postcard.__file__))


class Quick(Conformance):
    """The conformance tests, with fewer people."""

    counts = (0, 1, 30)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Files that were loaded as plug-ins are no modules of the next test."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_file_that_conforms(run: Run) -> None:
    """It prints the level and what is lacking for the next one, and ends with 0."""
    done = run("conform", POSTCARD)

    assert done.exit_code == 0, done.output
    assert "postcard 0.1.0: recorded (" in done.stdout
    assert "outreach_postcard.live.json" in done.stdout


def test_a_failure_is_named_with_its_remedy(run: Run, tmp_path: Path) -> None:
    """Each failing line says what to do; the exit code is 1."""
    text = (
        Path(POSTCARD)
        .read_text(encoding="utf-8")
        .replace('docs=PAGE,\n    version="0.1.0"', 'docs="",\n    version="1"')
    )
    (tmp_path / "my_vendor.py").write_text(text, encoding="utf-8")

    done = run("conform", str(tmp_path / "my_vendor.py"), "--json")
    (report,) = json.loads(done.stdout)
    (failed,) = [one for one in report["results"] if one["ending"] == "failed"]

    assert (done.exit_code, report["level"]) == (1, "broken")
    assert (failed["test"], failed["detail"]) == (
        "test_the_provider_is_whole",
        "Provider.docs is no https address; name the vendor's documentation",
    )


@pytest.mark.parametrize(
    ("package", "words"),
    [("no_such_package", "cannot import 'no_such_package'"), ("json", "gives no provider")],
)
def test_what_is_no_adapter_is_a_usage_error(run: Run, package: str, words: str) -> None:
    """It says so, with exit code 2."""
    done = run("conform", package)

    assert done.exit_code == 2
    assert words in done.stderr


LIVE = {"provider": "postcard", "version": "0.1.0", "date": "2026-12-01", "checks": [{"name": "send", "passed": True}]}


@pytest.mark.parametrize(
    ("live", "level", "words"),
    [
        (LIVE, Level.LIVE_VERIFIED, ""),
        ({**LIVE, "version": "0.0.9"}, Level.RECORDED, "another version"),
        ({**LIVE, "checks": [{"name": "send", "passed": False}]}, Level.RECORDED, "not every check"),
        ({**LIVE, "checks": []}, Level.RECORDED, "not every check"),
        ({**LIVE, "date": "soon"}, Level.RECORDED, "cannot be read"),
        ([], Level.RECORDED, "cannot be read"),
    ],
)
def test_only_a_dated_file_of_this_version_verifies(tmp_path: Path, live: object, level: Level, words: str) -> None:
    """Live-verified is said only where every live check of this very version passed."""
    (tmp_path / "mine.live.json").write_text(json.dumps(live), encoding="utf-8")

    report = conform(postcard, tmp_path / "mine.py", Quick)

    assert (report.level, words in report.next) == (level, True)


def test_without_printed_samples_it_is_simulated_only() -> None:
    """What the pages print must replay; saying that they print nothing is honest, and no proof."""
    silent = attrs.evolve(postcard.samples, exchanges=(), silent={"exchanges": "the pages print none"})

    report = conform(attrs.evolve(postcard, samples=silent), suite=Quick)

    assert (report.level, report.passed) == (Level.SIMULATED, True)


def test_a_sample_that_does_not_replay_fails() -> None:
    """A printed answer that the stand-in does not give is a failure, and the level stays below recorded."""
    (printed,) = postcard.samples.exchanges
    other = attrs.evolve(printed, body={"from": "Postcard"})
    samples = attrs.evolve(postcard.samples, exchanges=(other,))

    report = conform(attrs.evolve(postcard, samples=samples), suite=Quick)

    assert (report.level, report.passed) == (Level.SIMULATED, False)
    assert "the stand-in with 400" in report.failures[0].detail


def test_the_home_of_an_adapter_is_its_own_file() -> None:
    """There its live results are looked for."""
    assert home_of(postcard) == Path(POSTCARD)
