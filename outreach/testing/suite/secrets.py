"""The account's credential, and people's numbers: where they must not turn up."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from outreach.errors import Unreadable
from outreach.model import Channel
from outreach.provider import Response
from outreach.testing.bench import Saga, wire
from outreach.testing.doubles import TOKEN
from outreach.testing.expecting import expect
from outreach.testing.suite.base import Suite

Carried = tuple[Channel, ...]


class Secrets(Suite):
    """The credential goes into the headers of ``auth`` and nowhere else."""

    def test_the_credential_is_sent(self) -> None:
        """``auth`` makes headers of the account's credential."""
        expect(self.bench.vendor().credential, "auth gives no header, so that nothing is authorised")

    def test_no_secret_is_shown(self, carried: Carried) -> None:
        """The credential is in no request, repr, log record, finding, reason or error."""
        said, secrets = _Log(), (TOKEN, *self.bench.vendor().credential.values())
        log = logging.getLogger()
        level = log.level
        log.addHandler(said)
        log.setLevel(logging.DEBUG)
        try:
            shown = list(self._shown(self.saga(*carried)))
        finally:
            log.removeHandler(said)
            log.setLevel(level)
        for place, text in (*shown, *(("a log record", line) for line in said.lines)):
            expect(
                not any(secret in text for secret in secrets),
                f"{place} holds the account's credential; never call Secret.reveal: outreach puts it into the headers "
                "of auth",
            )

    def _shown(self, saga: Saga) -> Iterator[tuple[str, str]]:
        """Give everything that a person, a log or the journal may see."""
        provider, vendor = self.bench.provider, self.bench.vendor()
        yield "the repr of the account", repr(self.bench.settings)
        yield "the repr of the campaign", repr(saga.job)
        yield from (("a finding", repr(one)) for one in provider.check(saga.job))
        for request, batch in saga.steps:
            yield "the repr of a request", repr(request)
            yield f"'{request.does}'", repr(wire([request]))
            outcome = vendor.perform(saga.job, request, batch)
            yield "an outcome", repr(outcome)
            for body in (b"", b"<html>", b"[]", b'{"surprise": 1}'):
                try:
                    found = provider.interpret(
                        saga.job, request.fill(vendor.refs), Response(status=200, body=body), batch
                    )
                    yield "an outcome", repr(found)
                except Unreadable as error:
                    yield "an error", f"{error!r} {error.__cause__!r} {error.__context__!r}"


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__}")
