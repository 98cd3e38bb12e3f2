"""Run the conformance tests without pytest, and say how far an adapter has come."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any
from unittest import SkipTest

import attrs

from outreach.provider import Provider
from outreach.testing.suite import Conformance
from outreach.testing.suite.base import Case, Suite
from outreach.testing.suite.recorded import Recorded
from outreach.testing.suite.shape import Shape

#: What live checks found: beside the modules of a package; of a single module with its name before it.
LIVE = "live.json"


class Level(StrEnum):
    """How much is shown of an adapter; each holds what stands before it."""

    #: Not even that.
    BROKEN = "broken"
    #: It can be loaded, and its provider is a whole value (the tests of ``Shape``).
    COMPILES = "compiles"
    #: Every conformance test passes against the adapter's own stand-in, or is left out with a reason.
    SIMULATED = "simulated"
    #: What the vendor's pages print is among the adapter's samples, and all of it replays.
    RECORDED = "recorded"
    #: A dated file of live checks of this version of the adapter says that all of them passed.
    LIVE_VERIFIED = "live-verified"


class Ending(StrEnum):
    """How one test ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@attrs.frozen(kw_only=True)
class Result:
    """One run of one test.

    Attributes:
        test: Its name.

        case: What it was run for, such as ``sms-text``; empty where there is only one run.

        sentence: What it shows.

        ending: How it ended.

        detail: Of a failure what is wrong with the remedy, of a skip the reason.
    """

    test: str
    case: str
    sentence: str
    ending: Ending
    detail: str = ""


@attrs.frozen(kw_only=True)
class Report:
    """What the conformance tests found.

    Attributes:
        provider: Name.

        version: Of the adapter.

        level: How far it has come.

        next: What is lacking for the next level, in a sentence; empty at the last one.

        results: Every run of every test.
    """

    provider: str
    version: str
    level: Level
    next: str
    results: Sequence[Result]

    @property
    def failures(self) -> list[Result]:
        """The runs that failed."""
        return [one for one in self.results if one.ending is Ending.FAILED]

    @property
    def counts(self) -> dict[str, int]:
        """How many runs ended in which way."""
        endings = [one.ending for one in self.results]
        return {ending.value: endings.count(ending) for ending in Ending}

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return self.level is not Level.BROKEN and not self.failures


def conform(provider: Provider[Any], home: Path | None = None, suite: type[Conformance] = Conformance) -> Report:
    """Run every conformance test on a provider.

    Args:
        provider: The adapter.

        home: File of its module or package; ``live.json`` may stand beside it.

        suite: The tests; a class derived from ``Conformance`` may bring settings, an emulator and skips.
    """
    own = type(f"Test{provider.name}", (suite,), {"provider": provider})
    results = list(run(own))
    level, lacking = _level(provider, results, home)
    return Report(provider=provider.name, version=provider.version, level=level, next=lacking, results=results)


def home_of(provider: Provider[Any]) -> Path | None:
    """Find the file of an adapter's module, or of its package."""
    name = getattr(provider.load, "__module__", "").partition(".")[0]
    file = getattr(sys.modules.get(name), "__file__", None)
    return Path(file) if file else None


def run(suite: type[Suite]) -> Iterator[Result]:
    """Run every test of a suite for every case."""
    for name, test, parameters in suite.runs():
        ending, detail = _outcome(suite, test, parameters)
        yield Result(
            test=name,
            case=" ".join(word for word, _ in parameters.values()),
            sentence=" ".join((test.__doc__ or "").split()),
            ending=ending,
            detail=detail,
        )


def _outcome(suite: type[Suite], test: Any, parameters: Mapping[str, Case]) -> tuple[Ending, str]:
    try:
        test(suite(), **{key: value for key, (_, value) in parameters.items()})
    except SkipTest as reason:
        return Ending.SKIPPED, str(reason)
    except AssertionError as error:
        return Ending.FAILED, str(error)
    except Exception as error:  # noqa: BLE001  # a stranger's code may raise anything; that is a failure with a name
        return Ending.FAILED, f"the adapter raises {type(error).__name__}: {error}; raise nothing but Unreadable"
    return Ending.PASSED, ""


def _level(provider: Provider[Any], results: Sequence[Result], home: Path | None) -> tuple[Level, str]:
    failed = {one.test for one in results if one.ending is Ending.FAILED}
    shape, recorded = names(Shape), names(Recorded)
    if failed & shape:
        return Level.BROKEN, "mend the failures above: the provider is no whole value"
    if failed - recorded:
        return Level.COMPILES, "mend the failures above"
    replayed = all(one.ending is Ending.PASSED for one in results if one.test in recorded)
    if not replayed:
        return Level.SIMULATED, "give every request and answer that the vendor's pages print as Samples.exchanges"
    lacking = live(provider, home)
    if lacking:
        return Level.RECORDED, lacking
    return Level.LIVE_VERIFIED, ""


def names(topic: type[Suite]) -> set[str]:
    """Name the tests of one topic."""
    return {name for name in vars(topic) if name.startswith("test_")}


def live(provider: Provider[Any], home: Path | None) -> str:
    """Say what keeps an adapter from being verified live; empty when nothing does."""
    if home is None:
        return "give the adapter a file of its own, beside which the result of its live checks can stand"
    name = LIVE if home.stem == "__init__" else f"{home.stem}.{LIVE}"
    file = home.with_name(name)
    if not file.is_file():
        return f"run the live checks with an account, and put their result beside the adapter as {name}"
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        date.fromisoformat(found["date"])
        same = (found["provider"], found["version"]) == (provider.name, provider.version)
        checks = [bool(one["passed"]) for one in found["checks"]]
    except (ValueError, KeyError, TypeError) as error:
        return f"{name} cannot be read ({type(error).__name__}); it holds provider, version, date and checks"
    if not same:
        return f"{name} is about another version; run the live checks with {provider.version}"
    return "" if checks and all(checks) else f"not every check in {name} passed"
