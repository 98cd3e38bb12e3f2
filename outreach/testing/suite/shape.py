"""The adapter as a value: it can be read without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from outreach.model import Channel, Settings, bases
from outreach.negotiation import Features, Verdict
from outreach.testing.expecting import expect
from outreach.testing.suite.base import Suite

_NAME = re.compile(r"[a-z][a-z0-9_]*")

#: Words in the name of a setting that holds a secret.
_SECRET = re.compile(r"(^|_)(password|passwd|passphrase|pwd|secret|token|credentials?|(api|auth|private)_?key)($|_)")


class Shape(Suite):
    """Name, version, settings, capabilities, endpoints."""

    def test_the_provider_is_whole(self) -> None:
        """It has a name that a campaign file can hold, a version, its vendor's page, and a sandbox account."""
        one = self.bench.provider
        expect(_NAME.fullmatch(one.name), f"'{one.name}' is no name; use lower-case letters, digits and _")
        expect(one.title.strip(), "Provider.title is empty; give the vendor's own name")
        expect(one.version.strip(), "Provider.version is empty; it is part of a plan's digest")
        expect(one.docs.startswith("https://"), "Provider.docs is no https address; name the vendor's documentation")
        expect(one.capabilities.channels, "the capabilities name no channel")
        expect(one.capabilities.batching.size >= 1, "Batching.size must be at least 1")

    def test_the_account_is_a_frozen_value(self) -> None:
        """Settings are a frozen attrs class; a secret is a Secret; every base URL is https and ends in a slash."""
        one = self.bench.provider
        expect(issubclass(one.settings, Settings), f"{one.settings.__name__} does not derive from Settings")
        expect(isinstance(one.sandbox, one.settings), "Provider.sandbox is no value of Provider.settings")
        hashed = getattr(one.settings, "__setattr__", None) is not object.__setattr__
        expect(attrs.has(one.settings) and hashed, f"{one.settings.__name__} is not frozen; use @attrs.frozen")
        for name in _bare(one.sandbox):
            expect(
                not name,
                f"{one.settings.__name__}.{name} is named like a secret and is a plain text, which plans, logs and "
                "tracebacks show; make it a Secret, or say in its metadata why it is 'public'",
            )
        for name, address in bases(one.sandbox).items():
            fits = address.startswith("https://") and address.endswith("/")
            expect(fits, f"{name} is '{address}'; write the vendor's address, with https:// and a / at its end")

    def test_every_line_says_why(self, channel: Channel) -> None:
        """What is native names the page that says so; what is not says what is done instead."""
        provider = self.bench.provider
        for field in attrs.fields(Features):
            one = self.support(channel, field.name)
            place = f"{channel}.{field.name}"
            if one.verdict is Verdict.NATIVE:
                expect(one.doc.startswith("https://"), f"{place} is native and names no page; give its address")
            if one.verdict in {Verdict.EMULATED, Verdict.DEGRADED}:
                expect(one.detail.strip(), f"{place} is {one.verdict} and does not say how; give a sentence")
            if one.verdict is Verdict.DEGRADED:
                own = one.code.startswith(f"{provider.name}.")
                expect(own, f"the code of {place} is '{one.code}'; begin it with '{provider.name}.'")

    def test_endpoints_have_names_of_their_own(self) -> None:
        """No two rows of the table of endpoints share a name."""
        names = [one.name for one in self.bench.provider.endpoints]
        doubled = sorted({name for name in names if names.count(name) > 1})
        expect(not doubled, f"endpoints share a name: {', '.join(doubled)}")


def _bare(settings: Settings) -> Iterator[str]:
    """Name the settings that are named like a secret and hold a plain text, but for those that say why."""
    for field in attrs.fields(type(settings)):
        plain = isinstance(getattr(settings, field.name), str) or "str" in str(field.type)
        if _SECRET.search(field.name) and plain and not field.metadata.get("public", "").strip():
            yield field.name
