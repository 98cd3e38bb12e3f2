"""What the vendor's pages print, replayed: against the stand-in, and through the adapter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from outreach.provider import Batch, Received, Request, Response, Unreadable
from outreach.samples import Exchange
from outreach.testing.bench import Saga
from outreach.testing.doubles import NOW, meaning, received
from outreach.testing.expecting import expect
from outreach.testing.suite.base import Case, Suite


class Recorded(Suite):
    """The vendor's own samples."""

    def test_the_documented_samples_replay(self, samples: tuple[Exchange, ...]) -> None:
        """The stand-in takes each printed request and answers in the printed shape; the adapter reads each answer."""
        if not samples:
            self.silent("exchanges")
            return
        vendor = self.bench.vendor()
        for one in samples:
            place = f"{one.method} {one.path}"
            expect(one.doc.startswith("https://"), f"the sample of {place} names no page; give its address")
            answer = vendor.emulator.answer(_received(one, vendor.credential), one.at or NOW)
            if one.answer is not None:
                alike = one.answer.ok == answer.ok
                expect(alike, f"the page answers {place} with {one.answer.status}, the stand-in with {answer.status}")
                for fault in _differences(_json(one.answer), _json(answer)):
                    expect(not fault, f"the stand-in's answer to {place} is not as the page prints it: {fault}")
                self._read(one, one.answer)

    def _read(self, one: Exchange, answer: Response) -> None:
        for saga, request, batch in self._fitting(one):
            people = _only(batch, one.people) if batch is not None else None
            found = meaning(self.bench.provider, saga.job, request, answer, people)
            place = f"{one.method} {one.path}"
            expect(found.kind is one.means, f"the printed answer to {place} is read as {found.kind}, not {one.means}")
            captured = {name: found.captures.get(name, "") for name in one.captures}
            expect(
                captured == one.captures, f"of the printed answer to {place} {captured} is captured: not {one.captures}"
            )
            doubtful = found.doubtful & set(one.people)
            expect(not doubtful, f"people named by the printed answer to {place} are doubtful")

    def _fitting(self, one: Exchange) -> Iterator[tuple[Saga, Request, Batch | None]]:
        """Give the requests of our campaigns that a printed one is an example of."""
        for _, carried in self.cases("carried"):
            saga = self.saga(*carried)
            for request, batch in saga.steps:
                if request.method == one.method and _fits(request, one.path):
                    yield saga, request.fill(dict.fromkeys(request.refs, "1")), batch

    @classmethod
    def _each_samples(cls) -> Iterator[Case]:
        """All of them at once, since a later one may need what an earlier one made."""
        exchanges = cls.provider.samples.exchanges
        yield str(len(exchanges)), exchanges


def _received(one: Exchange, auth: Mapping[str, str]) -> Received:
    request = Request(method=one.method, path=one.path, does="", body=one.body, query=one.query, form=one.form)
    return received(request, auth)


def _fits(request: Request, path: str) -> bool:
    ours = request.path if isinstance(request.path, tuple) else tuple(request.path.split("/"))
    given = path.split("/")
    same = len(ours) == len(given)
    return same and all(not isinstance(part, str) or part == other for part, other in zip(ours, given, strict=True))


def _json(response: Response) -> Any:
    try:
        return response.json()
    except Unreadable:
        return None


def _differences(printed: Any, given: Any, place: str = "answer") -> Iterator[str]:
    """Say what a page prints that an answer lacks, or has of another type; null stands for any type."""
    if isinstance(printed, dict) and isinstance(given, dict):
        for key, value in printed.items():
            if key in given:
                yield from _differences(value, given[key], f"{place}.{key}")
            else:
                yield f"{place}.{key} is missing"
    elif isinstance(printed, list) and isinstance(given, list):
        if printed and given:
            yield from _differences(printed[0], given[0], f"{place}[0]")
    elif printed is not None and given is not None and type(printed) is not type(given):
        yield f"{place} is {type(given).__name__} and not {type(printed).__name__}"


def _only(batch: Batch, phones: tuple[str, ...]) -> Batch:
    """Give a batch of the people that a printed answer names."""
    if not phones:
        return batch
    count = len(phones)
    columns = {name: [*column[:1]] * count for name, column in batch.values.items()}
    return Batch(phones=list(phones), ids=["1"] * count, names=["Sita"] * count, values=columns)
