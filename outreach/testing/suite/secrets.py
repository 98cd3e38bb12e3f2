"""The account's credential, and people's numbers: where they must not turn up."""

from __future__ import annotations

import functools
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import attrs

from outreach.answers import Question
from outreach.errors import Unreadable
from outreach.model import Channel
from outreach.provider import Batch, Outcome, Response
from outreach.testing.bench import Saga, wire
from outreach.testing.doubles import MAX_PAGES, TOKEN, Vendor
from outreach.testing.expecting import expect
from outreach.testing.suite.base import Suite
from outreach.testing.suite.questions import said
from outreach.wire import Request

Carried = tuple[Channel, ...]

#: Answers that no page documents.
STRANGE = (b"", b"<html>", b"[]", b'{"surprise": 1}')


class Secrets(Suite):
    """The credential goes into the headers of ``auth`` and nowhere else."""

    def test_the_credential_is_sent(self) -> None:
        """``auth`` makes headers of the account's credential."""
        expect(self.bench.vendor().credential, "auth gives no header, so that nothing is authorised")

    def test_no_secret_is_shown(self, carried: Carried) -> None:
        """The credential is in no request, question, repr, log record, line of output, finding, reason or error."""
        secrets = (TOKEN, *self.bench.vendor().credential.values())
        with _listening() as heard:
            shown = list(self._shown(self.saga(*carried)))
        for place, text in (*shown, *heard.records, *heard.output):
            expect(
                not any(secret in text for secret in secrets),
                f"{place} holds the account's credential; never call Secret.reveal: outreach puts it into the headers "
                "of auth",
            )
        printed = ", ".join(sorted({place for place, _ in heard.output}))
        expect(not printed, f"the adapter or its stand-in writes to {printed}; give values back and print nothing")

    def _shown(self, saga: Saga) -> Iterator[tuple[str, str]]:
        """Give everything that a person, a log or the journal may see."""
        provider, vendor = self.bench.provider, self.bench.vendor()
        yield "the repr of the account", repr(self.bench.settings)
        yield "the repr of the campaign", repr(saga.job)
        yield from (("a finding", repr(one)) for one in provider.check(saga.job))
        for request, batch in saga.steps:
            yield from _of(request)
            yield "an outcome", spelt(vendor.perform(saga.job, request, batch))
            read = functools.partial(provider.interpret, saga.job, request.fill(vendor.refs))
            for body in STRANGE:
                yield from _told(functools.partial(_last, read, batch), body)
        for one in said(provider, saga):
            yield from (("a sentence of follow", one),) if isinstance(one, str) else _asked(vendor, one)


def _of(request: Request) -> Iterator[tuple[str, str]]:
    yield "the repr of a request", repr(request)
    yield f"'{request.does}'", f"{request.does} {wire([request])!r}"


def _last(read: Callable[..., Outcome], batch: Batch | None, answer: Response) -> Outcome:
    return read(answer, batch)


def _told(read: Callable[[Response], Any], body: bytes) -> Iterator[tuple[str, str]]:
    """Give what is made of a strange answer."""
    try:
        yield "what is made of an answer", spelt(read(Response(status=200, body=body)))
    except Unreadable as error:
        yield "an error", f"{error!r} {error.__cause__!r} {error.__context__!r}"


def _asked(vendor: Vendor, question: Question[Any] | None) -> Iterator[tuple[str, str]]:
    """Give a question, what strange answers to it mean, and everything that comes of it page by page."""
    step: Any = question
    for _ in range(MAX_PAGES):
        if not isinstance(step, Question):
            break
        yield from _of(step.request)
        yield "what stands in place of an answer", spelt(step.otherwise)
        for body in STRANGE:
            yield from _told(step.read, body)
        answer = vendor.send(step.request)
        try:
            step = step.read(answer) if answer.ok else step.otherwise
        except Unreadable as error:
            yield "an error", f"{error!r} {error.__cause__!r} {error.__context__!r}"
            step = step.otherwise
    yield "what a question finds out", spelt(step)


def spelt(value: Any) -> str:
    """Write a value with everything in it, also what its repr leaves out."""
    return f"{value!r} {attrs.asdict(value) if attrs.has(type(value)) else ''}"


@attrs.define
class _Said:
    """What functions said beside what they gave back: pairs of a place and a text."""

    records: list[tuple[str, str]] = attrs.field(factory=list)
    output: list[tuple[str, str]] = attrs.field(factory=list)


@contextmanager
def _listening() -> Iterator[_Said]:
    """Give what is logged, printed and warned of inside, once that has ended."""
    found, log, records = _Said(), logging.getLogger(), _Log()
    level, out, err = log.level, io.StringIO(), io.StringIO()
    log.addHandler(records)
    log.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield found
    finally:
        log.removeHandler(records)
        log.setLevel(level)
    found.records += [("a log record", line) for line in records.lines]
    written = {"stdout": out.getvalue(), "stderr": err.getvalue(), "warnings": "\n".join(map(str, warned))}
    found.output += [(place, text) for place, text in written.items() if text]


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__}")
