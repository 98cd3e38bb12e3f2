"""What the vendor's answers mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from outreach.model import Channel, Status
from outreach.provider import Batch, Job, Kind, Outcome, Request, Response
from outreach.samples import ErrorSample, Stage
from outreach.testing.bench import Saga
from outreach.testing.doubles import meaning
from outreach.testing.expecting import expect
from outreach.testing.suite.base import Case, Suite

S = Status

#: What the words that vendors share mean, whoever says them; blanks, hyphens and underscores are alike.
SHARED: Mapping[str, frozenset[Status]] = {
    "queued": frozenset({S.QUEUED}),
    "scheduled": frozenset({S.QUEUED}),
    "accepted": frozenset({S.QUEUED}),
    "not started": frozenset({S.QUEUED}),
    "initiated": frozenset({S.QUEUED, S.SENT}),
    "sending": frozenset({S.QUEUED, S.SENT}),
    "ringing": frozenset({S.SENT}),
    # Toingg does not say whether anybody has answered; Twilio says so.
    "in progress": frozenset({S.SENT, S.ANSWERED}),
    "sent": frozenset({S.SENT}),
    "delivered": frozenset({S.DELIVERED}),
    "read": frozenset({S.READ}),
    "answered": frozenset({S.ANSWERED}),
    "no answer": frozenset({S.NO_ANSWER}),
    "unanswered": frozenset({S.NO_ANSWER}),
    "busy": frozenset({S.BUSY}),
    "voicemail": frozenset({S.VOICEMAIL}),
    "failed": frozenset({S.FAILED}),
    "undelivered": frozenset({S.FAILED}),
    "canceled": frozenset({S.CANCELLED}),
    "cancelled": frozenset({S.CANCELLED}),
    "opted out": frozenset({S.OPTED_OUT}),
}

#: Of a call that took place, and of a message: a call that is over was answered, a message that is over was sent.
COMPLETED: Mapping[Channel, frozenset[Status]] = {
    Channel.VOICE: frozenset({S.ANSWERED}),
    Channel.AI_CALL: frozenset({S.ANSWERED}),
    Channel.SMS: frozenset({S.SENT, S.DELIVERED}),
    Channel.WHATSAPP: frozenset({S.SENT, S.DELIVERED}),
}

#: Bodies of a 200 that no vendor documents.
STRANGE: Mapping[str, bytes] = {
    "nothing": b"",
    "a_page": b"<html><body>OK</body></html>",
    "half": b'{"id": ',
    "null": b"null",
    "a_list": b"[]",
    "a_number": b"3",
    "another_object": b'{"surprise": {"deep": [1, 2]}}',
}
#: Of these not even a vendor that documents no shape of success can mean success.
NO_JSON = frozenset({"nothing", "a_page", "half"})

NOT_A_WORD = "a word that nobody documents"


class Answers(Suite):
    """``interpret``, ``explain`` and the status words."""

    def test_a_documented_error_means_one_thing(self, error: ErrorSample | None) -> None:
        """Each documented error is of one class, and with it tried again or not; the vendor's words are kept."""
        if error is None:
            self.silent("errors")
            return
        expect(error.doc.startswith("https://"), "an ErrorSample names no page; give its address")
        saga = self.saga(*self._channels())
        for request, batch in self._answered(saga, error.to):
            found = meaning(self.bench.provider, saga.job, request, error.response, batch)
            status = error.response.status
            expect(
                found.kind is error.means,
                f"the documented {status} to '{request.does}' is read as {found.kind} and not as {error.means}; mend "
                "interpret, or say what it means where a status means something else for one request (Request.unclear)",
            )
            expect(error.says in found.reason, f"the reason '{found.reason}' does not keep the words '{error.says}'")

    def test_an_unknown_answer_proves_nothing(self, strange: str) -> None:
        """A 2xx that no page documents is never taken for a refusal, nor for an acceptance of people."""
        saga = self.saga(*self._channels())
        vague = "answers" in self.bench.provider.samples.silent and strange not in NO_JSON
        for request, batch in self._answered(saga, ()):
            found = self._meaning(saga.job, request, Response(status=200, body=STRANGE[strange]), batch)
            sure = found.kind in {Kind.REJECTED, Kind.UNSENT, Kind.HALT}
            expect(
                not sure,
                f"an answer that no page documents ({strange}) to '{request.does}' is read as {found.kind}; it proves "
                "nothing, so raise Unreadable or give UNKNOWN",
            )
            takes = found.kind is Kind.ACCEPTED and not _all_doubtful(found, batch)
            expect(
                vague or not takes or not (batch or request.captures),
                f"an answer that no page documents ({strange}) to '{request.does}' is read as accepted; raise "
                "Unreadable, name the people in Outcome.doubtful, or say under Samples.silent['answers'] that no page "
                "shows an answer",
            )

    def test_status_words_are_known(self, channel: Channel) -> None:
        """Every documented word has a meaning, however it is spelt, the same as at other vendors; others have none."""
        samples = self.bench.provider.samples
        words = samples.words.get(channel, {})
        if not words or samples.reads is None:
            self.silent("words")
        read = samples.reads
        assert read is not None  # noqa: S101  # for type checkers: silent() has ended the test
        for word, status in words.items():
            for spelt in (word, word.upper(), f" {word} "):
                expect(
                    read(channel, spelt) is status,
                    f"'{spelt}' is read as {read(channel, spelt)} and not as {status}; fold case and blanks",
                )
            allowed = shared(channel, word)
            expect(
                not allowed or status in allowed,
                f"'{word}' means {status} here, and {' or '.join(sorted(allowed))} at every other vendor",
            )
        for word in (NOT_A_WORD, "42"):
            expect(
                read(channel, word) is Status.UNKNOWN,
                f"the word '{word}' is read as {read(channel, word)}; what nobody documents is Status.UNKNOWN",
            )

    @classmethod
    def _each_error(cls) -> Iterator[Case]:
        errors = cls.provider.samples.errors
        if not errors:
            yield "none", None
        for number, error in enumerate(errors, 1):
            yield f"{number}-{error.response.status}", error

    @classmethod
    def _each_strange(cls) -> Iterator[Case]:
        yield from ((name, name) for name in STRANGE)

    def _channels(self) -> tuple[Channel, ...]:
        carried: tuple[Channel, ...] = self.cases("carried")[-1][1]
        return carried

    def _answered(self, saga: Saga, stages: tuple[Stage, ...]) -> Iterator[tuple[Request, Batch | None]]:
        """Give the requests of some stages, of all when none is named, as they go out."""
        chosen = stages or tuple(Stage)
        steps: list[tuple[Request, Batch | None]] = []
        steps += [(one, None) for one in saga.open] if Stage.OPEN in chosen else []
        steps += saga.loads if Stage.LOAD in chosen else []
        steps += [(one, None) for one in saga.launch] if Stage.LAUNCH in chosen else []
        for request, batch in steps:
            yield request.fill(dict.fromkeys(request.refs, "1")), batch

    def _meaning(self, job: Job[Any], request: Request, response: Response, batch: Batch | None) -> Outcome:
        try:
            return meaning(self.bench.provider, job, request, response, batch)
        except Exception as error:
            message = f"interpret stumbles over {response.body!r} with {type(error).__name__}; raise Unreadable"
            raise AssertionError(message) from error


def shared(channel: Channel, word: str) -> frozenset[Status]:
    """Give what a word means wherever it is said; nothing where vendors differ."""
    folded = " ".join(word.casefold().replace("-", " ").replace("_", " ").split())
    return COMPLETED[channel] if folded == "completed" else SHARED.get(folded, frozenset())


def _all_doubtful(outcome: Outcome, batch: Batch | None) -> bool:
    return batch is not None and outcome.doubtful >= set(batch.phones)
