"""What the adapter says that it can do, against what goes out."""

from __future__ import annotations

from collections.abc import Iterator

from outreach.model import Campaign, Channel
from outreach.negotiation import Verdict
from outreach.provider import Kind
from outreach.testing import contents
from outreach.testing.bench import Drawn, wire
from outreach.testing.expecting import expect
from outreach.testing.suite.base import Case, Suite
from outreach.testing.wires import holds

Line = tuple[Channel, str]

#: Lines that outreach itself keeps to, whatever the vendor: nothing about them needs to go out unless they are native.
OURS = frozenset(contents.OF_CAMPAIGN)


class Truth(Suite):
    """Every line of the capabilities, on the wire."""

    def test_a_yes_shows_on_the_wire(self, yes: Line) -> None:
        """What the adapter says it carries is in the requests, changes with its value, and is taken by the stand-in."""
        channel, name = yes
        verdict = self.support(channel, name).verdict
        if name == "start" and verdict is Verdict.NATIVE:
            expect(
                self.bench.provider.capabilities.schedules,
                "start is native but Capabilities.schedules is False; the engine would wait instead of the vendor",
            )
        used = self._used(channel, name)
        first, second = (self._drawn(self.bench.using(used, channel, name, which)) for which in (0, 1))
        expect(
            wire(first.requests) != wire(second.requests),
            f"{channel}.{name} is {verdict}, but two different values give the same requests; send it, or say refused",
        )
        self._no_weaker(first, channel, name)
        for drawn, which in ((first, 0), (second, 1)):
            for text in self._literal(channel, name, which):
                found = any(holds(request, text) for request in drawn.requests)
                expect(found, f"{channel}.{name} is {verdict}, but '{text}' is in no request; send it as it is written")
            self._taken(drawn, f"{channel}.{name}")

    def test_a_no_refuses(self, no: Line) -> None:
        """A campaign that uses what the adapter says it cannot do is refused by name, before there is any request."""
        channel, name = no
        base = self.bench.campaign(channel)
        drawn = self.bench.draw(self.bench.agreed(self.bench.using(base, channel, name, 0)))
        word = {"start": "schedule", "window": "schedule", "expires": "schedule"}.get(name, name)
        expect(
            any(word in reason for reason in drawn.refused) or not self._says(base, channel, name),
            f"{channel}.{name} is refused by the capabilities, but a campaign that uses it is planned",
        )

    def test_features_go_together_or_are_refused(self, used: Line) -> None:
        """Of any two features that are used together both go out, or the campaign is refused: none is dropped."""
        channel, name = used
        for other in self._after(channel, name):
            for base in self.bench.bases(channel):
                both = self.bench.using(self.bench.using(base, channel, name, 0), channel, other, 0)
                drawn = self.bench.draw(self.bench.agreed(both))
                if drawn.refused:
                    continue
                for one in (name, other):
                    if self._shows(base, channel, one):
                        self._both(both, drawn, channel, one, (name, other))
                break

    def _both(self, both: Campaign, drawn: Drawn, channel: Channel, one: str, pair: tuple[str, str]) -> None:
        changed = self.bench.draw(self.bench.agreed(self.bench.using(both, channel, one, 1)))
        expect(
            changed.refused or wire(changed.requests) != wire(drawn.requests),
            f"{channel}: where {' and '.join(pair)} are both used, {one} does not go out; send both, or refuse that in "
            "check",
        )

    def _shows(self, base: Campaign, channel: Channel, one: str) -> bool:
        """Say whether a feature that is used alone changes the requests."""
        if one in contents.INSIDE:
            return False
        first, second = (
            self.bench.draw(self.bench.agreed(self.bench.using(base, channel, one, which))) for which in (0, 1)
        )
        return bool(first.refused) or wire(first.requests) != wire(second.requests)

    def _after(self, channel: Channel, name: str) -> Iterator[str]:
        """Give the other features that were not paired with this one before."""
        known = [one for _, (where, one) in self.cases("used") if where is channel]
        yield from known[known.index(name) + 1 :]

    @classmethod
    def _each_yes(cls) -> Iterator[Case]:
        """Give what goes out: all that is not refused, but for what outreach alone keeps to."""
        for word, (channel, name) in cls._each_used():
            if name not in OURS or cls.support(channel, name).verdict is not Verdict.EMULATED:
                yield word, (channel, name)

    @classmethod
    def _each_used(cls) -> Iterator[Case]:
        yield from (one for one in cls.cases("line") if cls.support(*one[1]).verdict is not Verdict.REFUSED)

    @classmethod
    def _each_no(cls) -> Iterator[Case]:
        yield from (one for one in cls.cases("line") if cls.support(*one[1]).verdict is Verdict.REFUSED)

    def _used(self, channel: Channel, name: str) -> Campaign:
        """Give a campaign that may use a line of the capabilities."""
        reasons: tuple[str, ...] = ()
        for base in self.bench.bases(channel):
            drawn = self.bench.draw(self.bench.agreed(self.bench.using(base, channel, name, 0)))
            if not drawn.refused:
                return base
            reasons = drawn.refused
        message = (
            f"{channel}.{name} is not refused by the capabilities, but every sample that uses it is: "
            f"{'; '.join(reasons)}; say refused, or give two values that the vendor takes as Samples.values['{name}']"
        )
        raise AssertionError(message)

    def _drawn(self, campaign: Campaign) -> Drawn:
        drawn = self.bench.draw(self.bench.agreed(campaign))
        expect(not drawn.refused, f"one of two sample values is refused: {'; '.join(drawn.refused)}")
        return drawn

    def _no_weaker(self, drawn: Drawn, channel: Channel, name: str) -> None:
        """A plan may not find a feature weaker than the capabilities call it, or nobody is told before there is one."""
        verdict = self.support(channel, name).verdict
        for route in drawn.plan.routes:
            for one in route.findings:
                weaker = one.verdict is Verdict.DEGRADED and one.field.endswith(f".{name}")
                expect(
                    not weaker or verdict is Verdict.DEGRADED,
                    f"{channel}.{name} is {verdict}, and a plan that uses it finds it degraded ({one.code}); say "
                    "degraded in the capabilities",
                )

    def _taken(self, drawn: Drawn, place: str) -> None:
        for saga in drawn.sagas:
            vendor = self.bench.vendor()
            for request, batch in saga.steps:
                outcome = vendor.perform(saga.job, request, batch)
                expect(
                    outcome.kind is Kind.ACCEPTED,
                    f"the stand-in does not take '{request.does}' of a campaign that uses {place}: {outcome.reason}",
                )

    def _literal(self, channel: Channel, name: str, which: int) -> list[str]:
        """Give texts that must go out as they are written."""
        if name == "placeholders":
            return ["Pokhara", "Biratnagar"] if which == 0 else ["Sita 1"]
        if name == "fallbacks":
            return ["dear friend"] if which == 0 else []
        if name == "description":
            return [str(contents.OF_THE_CAMPAIGN[name][which]["description"])]
        if name not in contents.LITERAL:
            return []
        value = contents.values(self.bench.provider, channel, name)[which]
        values = value if isinstance(value, tuple) else (value,)
        texts = (getattr(one, "source", one) for one in values)
        return [text for text in texts if isinstance(text, str)]

    def _says(self, base: Campaign, channel: Channel, name: str) -> bool:
        """Say whether a sample of a line differs from the message that it is put into."""
        return self.bench.using(base, channel, name, 0) != base
