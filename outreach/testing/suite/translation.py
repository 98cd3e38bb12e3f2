"""What is sent: requests as data."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import orjson

from outreach.model import Channel
from outreach.testing.bench import Saga, wire
from outreach.testing.doubles import NOW, received
from outreach.testing.expecting import expect
from outreach.testing.purity import watched
from outreach.testing.suite.base import Suite
from outreach.testing.suite.questions import questions
from outreach.testing.wires import leaves
from outreach.wire import Reach, Ref, Request

_PLAIN = (str, int, float, bool, type(None))

Carried = tuple[Channel, ...]


class Translation(Suite):
    """``open``, ``load``, ``launch``, and the questions."""

    def test_equal_input_gives_equal_requests(self, carried: Carried) -> None:
        """Translating the same campaign twice gives the same bytes: plans are compared by their digest."""
        once, again = (wire([request for request, _ in self.saga(*carried).steps]) for _ in range(2))
        different = [first[:2] for first, second in zip(once, again, strict=False) if first != second]
        expect(
            once == again,
            f"the same campaign gave other requests the second time: {different}; use no state, and no set whose "
            "order counts",
        )

    def test_requests_survive_json(self, carried: Carried) -> None:
        """A request is plain data: written as JSON and read back, it is the same."""
        for request, _ in self.saga(*carried).steps:
            for value in leaves(request.body):
                plain = isinstance(value, Ref) or type(value) in _PLAIN
                finite = not isinstance(value, float) or math.isfinite(value)
                expect(
                    plain and finite,
                    f"'{request.does}' holds {type(value).__name__} {value!r}; write texts, numbers, lists, mappings",
                )
            expect(_same(request), f"'{request.does}' is not the same once it is written as JSON; use plain values")

    def test_every_ref_has_a_capture(self, carried: Carried) -> None:
        """Whatever a request or a question needs of an earlier answer, an earlier request captures."""
        saga = self.saga(*carried)
        captured: set[str] = set()
        for request, _ in saga.steps:
            lacking = sorted(request.refs - captured)
            expect(not lacking, f"'{request.does}' needs {lacking}, which no earlier request captures; name it there")
            captured |= request.captures.keys()
        for question in questions(self.bench.provider, saga):
            lacking = sorted(question.request.refs - captured)
            expect(not lacking, f"the question '{question.request.does}' needs {lacking}, which no request captures")

    def test_a_request_reaches_whom_it_says(self, carried: Carried) -> None:
        """Nobody is contacted by a request that says so, and everybody by the others."""
        saga, vendor = self.saga(*carried), self.bench.vendor()
        people = sum(len(batch) for _, batch in saga.loads) * len(carried)
        for request, batch in saga.steps:
            if request.reaches is Reach.NOBODY:
                vendor.perform(saga.job, request, batch)
                vendor.look(NOW + timedelta(days=30))
                count = len(vendor.emulator.reached)
                expect(
                    not count or _begun(saga, request),
                    f"'{request.does}' says that it reaches nobody, and makes {count} contacts; set Request.reaches",
                )
            else:
                vendor.perform(saga.job, request, batch)
        promised = any(request.reaches is not Reach.NOBODY for request, _ in saga.steps)
        expect(promised, "no request says that it reaches anybody; set Request.reaches where people are contacted")
        count = sum(vendor.reached().values())
        expect(count >= people, f"{people} contacts were to be made, and {count} were")

    def test_nothing_but_data(self, carried: Carried) -> None:
        """No function of the adapter looks at a clock or the environment, throws dice, opens a file or a connection."""
        saga, vendor = self.saga(*carried), self.bench.vendor()
        provider = self.bench.provider
        outcomes = [vendor.perform(saga.job, request, batch) for request, batch in saga.steps]
        expect(outcomes, "there are no requests; give at least load")
        answers = [(asked, answer, batch) for (asked, answer), (_, batch) in zip(vendor.asked, saga.steps, strict=True)]
        batches = [batch for _, batch in saga.loads]
        with watched() as found:
            list(provider.check(saga.job))
            list(provider.open(saga.job))
            list(provider.launch(saga.job))
            for batch in batches:
                provider.load(saga.job, batch)
            for request, answer, people in answers:
                provider.explain(answer)
                if answer.ok:
                    provider.interpret(saga.job, request, answer, people)
                vendor.emulator.answer(received(request, {}), NOW)
            for question in questions(self.bench.provider, saga):
                vendor.ask(question)
        done = ", ".join(sorted(set(found)))
        expect(not found, f"the adapter or its stand-in did {done}; take what it needs from Job, Batch and now")

    def test_the_stand_in_is_deterministic(self, carried: Carried) -> None:
        """Two fresh stand-ins give the same answers to the same requests at the same time."""
        saga = self.saga(*carried)
        answers = []
        for _ in range(2):
            vendor = self.bench.vendor()
            for request, batch in saga.steps:
                vendor.perform(saga.job, request, batch)
            answers.append([response for _, response in vendor.asked])
        expect(
            answers[0] == answers[1], "two fresh stand-ins answered differently; keep no state outside of the object"
        )

    def test_questions_are_harmless(self, carried: Carried) -> None:
        """What ``settle``, ``roll``, ``seek``, ``follow`` and ``halt`` ask reaches nobody and may be asked again."""
        for question in questions(self.bench.provider, self.saga(*carried)):
            request = question.request
            harmless = request.reaches is Reach.NOBODY and request.repeatable
            expect(harmless, f"the question '{request.does}' must reach nobody and be repeatable")


def _begun(saga: Saga, request: Request) -> bool:
    """Say whether a request comes after one that reaches people."""
    steps = [one for one, _ in saga.steps]
    return any(one.reaches is not Reach.NOBODY for one in steps[: steps.index(request)])


def _same(request: Request) -> bool:
    filled = request.fill({name: f"<{name}>" for name in request.refs})
    return filled.body is None or bool(orjson.loads(orjson.dumps(filled.body)) == _listed(filled.body))


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return [_listed(item) for item in value] if isinstance(value, list | tuple) else value
