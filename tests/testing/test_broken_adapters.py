"""Adapters that are broken on purpose: each fails the one test that is there for it, and no other."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from outreach.loose import module
from outreach.testing import Conformance, Ending, Level, conform

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.py"))

#: The one test that starts processes.
OTHER = "test_another_process_gives_equal_requests"


class Quick(Conformance):
    """The conformance tests, with fewer people."""

    counts = (0, 1, 1_000)
    skips: ClassVar = {OTHER: "two more processes take a second"}


class Whole(Conformance):
    """The conformance tests in other processes too."""

    counts = (0, 1)


@pytest.mark.parametrize("path", BROKEN, ids=[path.stem for path in BROKEN])
def test_a_broken_adapter_fails_for_its_own_reason_only(path: Path) -> None:
    """The kit tells what is wrong with it, in words, and finds nothing else wrong."""
    broken = module(path)

    report = conform(broken.provider, suite=Whole if broken.FAILS == OTHER else Quick)

    assert {one.test for one in report.failures} == {broken.FAILS}
    assert all(one.detail and not one.detail.startswith("the adapter raises") for one in report.failures)
    assert report.level in {Level.BROKEN, Level.COMPILES}
    assert not report.passed


def test_there_are_enough_of_them() -> None:
    """Nearly every test has an adapter that only it finds out."""
    assert len(BROKEN) >= 10


def test_left_out_is_not_passed() -> None:
    """Whatever is skipped says why."""
    report = conform(module(BROKEN[0]).provider, suite=Quick)

    assert all(one.detail.strip() for one in report.results if one.ending is Ending.SKIPPED)
