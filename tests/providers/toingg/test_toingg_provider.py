"""The adapter as a plug-in."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from outreach.provider import Channel, Job, Verdict, WhatsappContent
from outreach_toingg import ToinggSettings, outreach_register_providers, toingg


def test_the_hook_gives_the_provider() -> None:
    """One provider, under the name that the import package bears."""
    assert [provider.name for provider in outreach_register_providers()] == ["toingg"]


def test_every_line_that_needs_consent_has_a_code() -> None:
    """A degradation can be accepted by its code, and what the vendor does has a page that says so."""
    (features,) = toingg.capabilities.channels.values()

    for support in attrs.astuple(features, recurse=False):
        assert (support.verdict is Verdict.DEGRADED) == support.code.startswith("toingg.")
        assert support.verdict is not Verdict.NATIVE or support.doc.startswith("https://")


def test_the_content_of_another_channel_is_a_mistake_of_the_program(
    make_job: Callable[..., Job[ToinggSettings]],
) -> None:
    """It is never sent as if it were the right one."""
    job = make_job(job={"contents": {Channel.AI_CALL: WhatsappContent()}})

    with pytest.raises(TypeError, match="ai_call"):
        list(toingg.check(job))
