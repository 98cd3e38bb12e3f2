"""A workbench for one adapter: campaigns out of samples, and the requests that they come to. Nothing is sent."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import attrs

from outreach.model import Campaign, Channel, Contacts, Route, Settings
from outreach.negotiation import Verdict
from outreach.planning.build import Builder
from outreach.planning.carrier import carriers, job, title
from outreach.planning.reading import read
from outreach.planning.times import due
from outreach.planning.values import Plan, SlicePlan
from outreach.plugins import Plugins
from outreach.provider import Batch, Job, Provider
from outreach.testing import contents, people
from outreach.testing.doubles import NOW, Vendor, known
from outreach.wire import Request

#: What a journal would put into the name of a campaign at the vendor.
MARKER = "kq7f3a9c"


@attrs.frozen
class Saga:
    """Everything that one campaign at the vendor takes, in order."""

    job: Job[Any]
    open: Sequence[Request]
    loads: Sequence[tuple[Request, Batch]]
    launch: Sequence[Request]

    @property
    def steps(self) -> Iterator[tuple[Request, Batch | None]]:
        """Give every request, and the people of those that bring people."""
        yield from ((request, None) for request in self.open)
        yield from self.loads
        yield from ((request, None) for request in self.launch)


@attrs.frozen
class Drawn:
    """A plan, and the requests that it comes to; none where the plan is refused."""

    plan: Plan
    sagas: Sequence[Saga] = ()

    @property
    def refused(self) -> tuple[str, ...]:
        """Why it must not go out."""
        return self.plan.refusals

    @property
    def requests(self) -> list[Request]:
        """Every request, in order."""
        return [request for saga in self.sagas for request, _ in saga.steps]


class _Collected:
    """Takes the batches of a plan."""

    def __init__(self) -> None:
        self.batches: dict[int, list[Batch]] = {}

    def add(self, slice_number: int, batch: Batch, rows: list[int]) -> None:  # noqa: ARG002  # what a plan gives
        self.batches.setdefault(slice_number, []).append(batch)

    def skip(self, *_left_out: object) -> None:
        """Nobody of the kit's people is left out."""


@attrs.frozen
class Bench:
    """One adapter at work.

    Attributes:
        provider: The adapter; its ``emulate`` is the stand-in in question.

        settings: The account; secrets in it are the kit's.
    """

    provider: Provider[Any]
    settings: Settings

    @classmethod
    def of(cls, provider: Provider[Any], settings: Settings | None = None) -> Bench:
        """Set up an adapter, with its own sandbox account unless another is given."""
        return cls(provider, known(settings or provider.sandbox))

    def vendor(self) -> Vendor:
        """Give a fresh stand-in."""
        return Vendor(self.provider, self.settings)

    def number(self, index: int) -> str:
        """Give an ordinary number."""
        make = people.numbers(self.provider)
        if make is None:
            codes = ", ".join(f"+{code}" for code in self.provider.capabilities.calling_codes)
            message = f"the kit has no numbers of {codes}; give Samples.numbers, of numbers that nobody has"
            raise AssertionError(message)
        return make(index)

    def campaign(self, *channels: Channel) -> Campaign:
        """Give a campaign to three people that this provider takes, with the plainest message that will do."""
        found = next(self.bases(*channels), None)
        if found is None:
            message = (
                f"the plainest campaign on {' and '.join(channels)} is refused: {self._why(*channels)}; make "
                "Provider.sandbox an account under which it goes out, or support text, script or template"
            )
            raise AssertionError(message)
        return found

    def bases(self, *channels: Channel) -> Iterator[Campaign]:
        """Give every sample campaign that this provider takes."""
        yield from (one for one in self._samples(*channels) if not self.draw(self.agreed(one)).refused)

    def to(self, campaign: Campaign, count: int, **columns: str) -> Campaign:
        """Send a campaign to so many people, who have these columns besides."""
        rows = list(people.rows(self.number, count, **columns))
        return attrs.evolve(campaign, contacts=Contacts(sources=rows))

    def _samples(self, *channels: Channel) -> Iterator[Campaign]:
        rows = list(people.rows(self.number, 3))
        for chosen in product(*(contents.BASES[channel] for channel in channels)):
            campaign = Campaign(
                name="conformance",
                contacts=Contacts(sources=rows),
                routes=tuple(Route(channel=channel, providers=(self.provider.name,)) for channel in channels),
                providers={self.provider.name: self.settings},
            )
            for channel, content in zip(channels, chosen, strict=True):
                campaign = contents.saying(campaign, channel, self._fit(channel, content))
            yield campaign

    def _fit(self, channel: Channel, content: Any) -> Any:
        """Take the adapter's own values where a sample has the kit's."""
        own = {
            name: contents.values(self.provider, channel, name)[0]
            for name in self.provider.samples.values
            if name in contents.fields_of(channel) and getattr(content, name)
        }
        return attrs.evolve(content, **own)

    def _why(self, *channels: Channel) -> str:
        first = next(self._samples(*channels))
        return "; ".join(self.draw(self.agreed(first)).refused)

    def agreed(self, campaign: Campaign) -> Campaign:
        """Agree to whatever comes out weaker."""
        findings = [one for route in self.draw(campaign).plan.routes for one in route.findings]
        codes = dict.fromkeys(one.code for one in findings if one.verdict is Verdict.DEGRADED)
        return attrs.evolve(campaign, accept=tuple(codes))

    def using(self, campaign: Campaign, channel: Channel, line: str, which: int) -> Campaign:
        """Make a campaign use one line of the capabilities, with one of its two values."""
        if line in contents.OF_CAMPAIGN:
            return contents.changed(campaign, contents.OF_THE_CAMPAIGN[line][which])
        if line in contents.INSIDE:
            return self._inside(campaign, channel, ("{city}", "{name}")[which], fallback=line == "fallbacks")
        return contents.put(campaign, channel, **{line: contents.values(self.provider, channel, line)[which]})

    def _inside(self, campaign: Campaign, channel: Channel, name: str, *, fallback: bool) -> Campaign:
        word = name.replace("}", "|dear friend}") if fallback else name
        return self.with_word(campaign, channel, word)

    def with_word(self, campaign: Campaign, channel: Channel, word: str) -> Campaign:
        """Put a word, which may be a placeholder, into the first text of a message."""
        content = campaign.content(channel)
        features = self.provider.capabilities.channels[channel]
        for field in contents.TEXTS:
            able = hasattr(content, field) and getattr(features, field).verdict is not Verdict.REFUSED
            value = getattr(content, field, None)
            if not able or (value is None and field != "body"):
                continue
            return contents.put(campaign, channel, **{field: _appended(value, word)})
        return campaign

    def draw(self, campaign: Campaign) -> Drawn:
        """Plan a campaign, and give every request that it comes to."""
        plugins = Plugins({self.provider.name: self.provider})
        accounts = carriers(campaign, plugins, sandbox=True)
        sink = _Collected()
        builder = Builder(campaign, accounts, now=NOW, sink=sink)
        for _ in read(campaign, builder, None):
            pass
        plan = builder.finish()
        if plan.refusals:
            return Drawn(plan)
        return Drawn(plan, [self._saga(campaign, one, sink.batches[one.number]) for one in builder.slices])

    def job(self, campaign: Campaign, made: SlicePlan) -> Job[Any]:
        """Say what the people of one campaign at the vendor have in common, as a send would."""
        carrier = carriers(campaign, Plugins({self.provider.name: self.provider}), sandbox=True)[made.provider]
        marker = MARKER if self.settings.marker else ""
        return job(
            campaign,
            carrier,
            made.channels,
            zone=made.zone,
            title=title(campaign, marker),
            marker=marker,
            start=due(campaign.schedule, made.zone, NOW).at,
            now=NOW,
        )

    def _saga(self, campaign: Campaign, made: SlicePlan, batches: Sequence[Batch]) -> Saga:
        one, provider = self.job(campaign, made), self.provider
        loads = [(provider.load(one, batch), batch) for batch in batches]
        return Saga(one, tuple(provider.open(one)), loads, tuple(provider.launch(one)))


def _appended(value: Any, word: str) -> Any:
    template = functools.partial(contents._parsed, "text")  # noqa: SLF001  # a neighbour
    if value is None or isinstance(value, tuple):
        return (*(value or ()), template(word))
    return template(f"{value.source} {word}")


def wire(requests: Sequence[Request]) -> list[tuple[str, str, Mapping[str, str], bytes | str]]:
    """Give requests as a vendor sees them; Refs stay open and are written by their names."""
    seen: list[tuple[str, str, Mapping[str, str], bytes | str]] = []
    for request in requests:
        filled = request.fill({name: f"<{name}>" for name in request.refs})
        seen.append((filled.method, filled.target, dict(filled.query), filled.payload()[1] or ""))
    return seen
