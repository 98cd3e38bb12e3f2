"""A test that is left out by name is skipped under pytest too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from outreach.testing.suite.base import Case
from outreach.testing.suite.secrets import Secrets
from outreach_postcard import postcard


class TestLeftOut(Secrets):
    """One that would fail if it ran."""

    provider = postcard
    skips: ClassVar = {"test_no_secret_is_shown": "the next test shows that this one did not run"}

    @classmethod
    def _each_carried(cls) -> Iterator[Case]:
        yield "nobody", ("no channel at all",)
