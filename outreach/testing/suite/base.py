"""What the topics share: the adapter, its workbench, and what each test is run for."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, ClassVar

import attrs

from outreach.model import Channel, Settings
from outreach.negotiation import Features, Support, Verdict
from outreach.provider import Emulator, Provider
from outreach.testing import contents
from outreach.testing.bench import Bench, Saga
from outreach.testing.expecting import expect, skip

#: What a value of a parameter is called, and the value.
Case = tuple[str, Any]

#: Texts that have broken vendors before: each is a value of a person, and must arrive as it is.
WRITINGS: Mapping[str, str] = {
    "devanagari": "सीता श्रेष्ठ",
    "emoji": "🙏🏽👩\u200d🌾",
    "right_to_left": "שלום مرحبا",
    "leading_zeros": "007",
    "markup": '{name} <b>&amp; "quoted" \\n 100%',
    "signs": "+5 #1 a=b&c=d;e",
    "longer_than_160": "अ " * 100 + "end",
    "longer_than_1600": "word " * 400 + "end",
}

#: Those that a vendor may find too long; they arrive whole, or are refused.
LONG = frozenset({WRITINGS["longer_than_160"], WRITINGS["longer_than_1600"]})


class Suite:
    """What every topic knows of the adapter.

    Attributes:
        provider: The adapter under test.

        settings: An account; None is the adapter's own for the sandbox.

        emulator: Gives a fresh stand-in; None is the adapter's own.

        skips: Tests to leave out, by name, each with its reason.

        counts: How many people travel.
    """

    provider: ClassVar[Provider[Any]]
    settings: ClassVar[Settings | None] = None
    emulator: ClassVar[Callable[[], Emulator] | None] = None
    skips: ClassVar[Mapping[str, str]] = {}
    counts: ClassVar[tuple[int, ...]] = (0, 1, 10_000)

    def __init_subclass__(cls) -> None:
        """Leave out what ``skips`` names.

        Raises:
            AttributeError: There is no such test.
        """
        super().__init_subclass__()
        for name, reason in vars(cls).get("skips", {}).items():
            setattr(cls, name, _left_out(getattr(cls, name), reason))

    @functools.cached_property
    def bench(self) -> Bench:
        """The workbench."""
        own = type(self)
        provider = own.provider if own.emulator is None else attrs.evolve(own.provider, emulate=own.emulator)
        return Bench.of(provider, own.settings)

    def saga(self, *channels: Channel) -> Saga:
        """Give the one campaign at the vendor that a few people take, each of whom has values of their own."""
        campaign = self.bench.campaign(*channels)
        for channel in channels:
            if self.bench.provider.capabilities.channels[channel].placeholders.verdict is not Verdict.REFUSED:
                campaign = self.bench.using(campaign, channel, "fallbacks", 0)
        drawn = self.bench.draw(self.bench.agreed(campaign))
        expect(not drawn.refused, f"a plain campaign with a placeholder is refused: {'; '.join(drawn.refused)}")
        expect(drawn.sagas, "three people come to no request; load must give one for every batch")
        return drawn.sagas[0]

    def silent(self, topic: str) -> None:
        """Leave a test out where the adapter says that the vendor's pages are silent."""
        reason = self.bench.provider.samples.silent.get(topic)
        expect(
            reason is not None,
            f"there are no samples of {topic}; give Samples.{topic}, or say under Samples.silent that the vendor's "
            "pages show none",
        )
        skip(reason or "")

    @classmethod
    def cases(cls, parameter: str) -> list[Case]:
        """Give what one parameter of a test goes through."""
        return list(getattr(cls, f"_each_{parameter}")())

    @classmethod
    def runs(cls) -> Iterator[tuple[str, Callable[..., None], Mapping[str, Case]]]:
        """Give every test with what it is run for: its name, itself, and its parameters."""
        for name, test in inspect.getmembers(cls, inspect.isfunction):
            if not name.startswith("test_"):
                continue
            parameters = parameters_of(test)
            for chosen in product(*map(cls.cases, parameters)):
                yield name, test, dict(zip(parameters, chosen, strict=True))

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Run a test for every case of its parameters."""
        for name in parameters_of(metafunc.function):
            cases = self.cases(name)
            metafunc.parametrize(name, [value for _, value in cases], ids=[word for word, _ in cases])

    @classmethod
    def _each_channel(cls) -> Iterator[Case]:
        yield from ((channel.value, channel) for channel in cls.provider.capabilities.channels)

    @classmethod
    def _each_carried(cls) -> Iterator[Case]:
        """Channels that make a campaign together."""
        for channel in cls.provider.capabilities.channels:
            yield channel.value, (channel,)
        if together := tuple(channel for channel in Channel if channel in cls.provider.capabilities.together):
            yield "+".join(together), together

    @classmethod
    def _each_line(cls) -> Iterator[Case]:
        """A channel, and a line of its capabilities that can be used there."""
        for channel in cls.provider.capabilities.channels:
            for field in attrs.fields(Features):
                if contents.belongs(channel, field.name):
                    yield f"{channel}-{field.name}", (channel, field.name)

    @classmethod
    def _each_writing(cls) -> Iterator[Case]:
        yield from WRITINGS.items()

    @classmethod
    def _each_count(cls) -> Iterator[Case]:
        yield from ((str(count), count) for count in cls.counts)

    @classmethod
    def support(cls, channel: Channel, line: str) -> Support:
        """Give one line of the capabilities."""
        found: Support = getattr(cls.provider.capabilities.channels[channel], line)
        return found


def _left_out(test: Callable[..., None], reason: str) -> Callable[..., None]:
    @functools.wraps(test)
    def leave_out(*_self: Any, **_case: Any) -> None:
        skip(reason)

    return leave_out


def parameters_of(test: Callable[..., None]) -> list[str]:
    """Name the parameters of a test, ``self`` left out."""
    return list(inspect.signature(test).parameters)[1:] if "self" in inspect.signature(test).parameters else []
