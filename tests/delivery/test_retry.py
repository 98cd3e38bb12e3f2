"""What answers and failures mean, and how long to wait."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from itertools import pairwise

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.answers import Kind, Outcome, error_text
from outreach.delivery.exchange import Lost, NotSent, Unsendable
from outreach.delivery.retry import Backoff, classify, harmless, unanswered
from outreach.wire import Reach, Request, Response

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)

RING = Request(method="POST", path="run/79/", does="ring the phones", reaches=Reach.EVERYONE)
RING_AGAIN = attrs.evolve(RING, repeatable=True)
ADD = Request(method="POST", path="add-contact/79/", does="add people")
LOOK = Request(method="GET", path="campaign/79/", does="look", repeatable=True)


def meaning(request: Request, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Outcome:
    """Classify an answer that is not 2xx."""
    outcome = classify(request, Response(status=status, headers=headers or {}, body=body), explain=error_text, now=NOW)
    assert outcome is not None
    return outcome


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_left_to_the_adapter(status: int) -> None:
    """Only the adapter can read what a success says inside."""
    assert classify(RING, Response(status=status), explain=error_text, now=NOW) is None


@pytest.mark.parametrize("request_", [RING, RING_AGAIN, ADD, LOOK])
@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ((400, 403, 404, 405, 410, 411, 413, 414, 415, 421, 422, 426, 428, 431, 451), Kind.REJECTED),
        ((401, 402), Kind.HALT),
        ((429,), Kind.UNSENT),
        ((409, 406, 412, 418, 423, 424, 444, 460, 499, 101, 600, 999), Kind.UNKNOWN),
    ],
)
def test_some_statuses_mean_the_same_for_every_request(
    request_: Request, statuses: tuple[int, ...], kind: Kind
) -> None:
    """A clear refusal is one for all; what proves nothing does so for all."""
    assert {status: meaning(request_, status).kind for status in statuses} == dict.fromkeys(statuses, kind)


@pytest.mark.parametrize(
    ("request_", "kind"), [(RING, Kind.UNKNOWN), (RING_AGAIN, Kind.UNKNOWN), (ADD, Kind.UNKNOWN), (LOOK, Kind.UNSENT)]
)
def test_a_server_error_proves_nothing_but_a_harmless_request_may_be_repeated(request_: Request, kind: Kind) -> None:
    """Only what reaches nobody and is repeatable is tried again after 5xx, 408 and 425."""
    statuses = (408, 425, 500, 501, 502, 503, 504, 520, 599)

    assert {meaning(request_, status, {"retry-after": "1"}).kind for status in statuses} == {kind}


@pytest.mark.parametrize(("request_", "kind"), [(RING, Kind.UNKNOWN), (ADD, Kind.UNKNOWN), (LOOK, Kind.REJECTED)])
def test_a_redirect_is_not_followed(request_: Request, kind: Kind) -> None:
    """A redirect of what is not harmless proves nothing; the reason says that it was not followed."""
    for status in (300, 301, 302, 303, 304, 307, 308, 399):
        outcome = meaning(request_, status)

        assert outcome.kind is kind
        assert outcome.reason == f"{status} a redirect, which is not followed"


@pytest.mark.parametrize("status", [404, 401, 429])
def test_a_status_that_the_adapter_calls_unclear_proves_nothing(status: int) -> None:
    """A 404 on TingTing's run may mean that it already runs."""
    assert meaning(attrs.evolve(RING, unclear=frozenset({status})), status).kind is Kind.UNKNOWN
    assert meaning(attrs.evolve(RING, unclear=frozenset({409})), status).kind is not Kind.UNKNOWN


@given(status=st.integers(300, 999), reaches=st.sampled_from(Reach), repeatable=st.booleans())
def test_nothing_that_reaches_people_is_repeated_unless_refused_in_so_many_words(
    status: int, reaches: Reach, repeatable: bool
) -> None:
    """Of what is not harmless only 429 is tried again, whatever the status."""
    request = attrs.evolve(RING, reaches=reaches, repeatable=repeatable)
    kind = meaning(request, status).kind

    assert kind is not Kind.ACCEPTED
    assert kind is not Kind.UNSENT or status == 429 or harmless(request)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("3600", 300.0),
        ("9" * 400, 300.0),
        ("Tue, 01 Dec 2026 10:00:20 GMT", 20.0),
        ("Tue, 01 Dec 2026 10:00:20 -0000", 20.0),
        ("Tue, 01 Dec 2026 15:45:20 +0545", 20.0),
        ("Tue, 01 Dec 2026 09:00:00 GMT", 0.0),
        ("Wed, 02 Dec 2026 10:00:00 GMT", 300.0),
        ("Tue, 99 Dec 2026 10:00:20 GMT", None),
        ("-5", None),
        ("nan", None),
        ("७", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(text: str, seconds: float | None) -> None:
    """Both forms count, bounded above and below; what cannot be read counts as not given."""
    assert meaning(RING, 429, {"retry-after": text}).retry_after == seconds
    assert meaning(LOOK, 503, {"retry-after": text}).retry_after == seconds


def test_a_date_without_zone_is_in_utc_wherever_we_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone of this machine plays no part."""
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        assert meaning(RING, 429, {"retry-after": "Tue, 01 Dec 2026 10:00:20 -0000"}).retry_after == 20.0
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_pause_is_not_read_where_nothing_is_tried_again() -> None:
    """A 503 with Retry-After is unknown for what rings phones, and no pause makes it less so."""
    assert meaning(RING, 503, {"retry-after": "7"}).retry_after is None


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, b'{"message": "Not enough credits"}', "400 Bad Request: Not enough credits"),
        (401, b'{"detail": "Token expired"}', "401 the account's token is not accepted: Token expired"),
        (402, b"", "402 the account's credit is used up"),
        (422, b'{"detail": [{"loc": ["body", "to"], "msg": "bad"}]}', "422 Unprocessable"),
        (404, b"<html>no such page</html>", "404 Not Found"),
        (599, b"odd", "599: odd"),
        (400, b'{"message": "9610000001 is\\n wrong"}', "400 Bad Request: •••01 is wrong"),
        (400, b'{"message": "bad token abcdef0123456789abcdef0123456789"}', "400 Bad Request: bad token •••"),
    ],
)
def test_the_reason_is_the_status_and_the_vendors_words_without_numbers(status: int, body: bytes, reason: str) -> None:
    """People read what the vendor said, on one line, with no full number and no token in it."""
    assert meaning(RING, status, body=body).reason.startswith(reason)


def test_an_adapter_that_stumbles_over_an_error_text_does_not_hide_the_status() -> None:
    """The meaning hangs on the status, not on the words."""

    def stumble(_: Response) -> str:
        raise KeyError("detail")  # what a careless adapter does

    outcome = classify(RING, Response(status=400), explain=stumble, now=NOW)

    assert outcome == Outcome(kind=Kind.REJECTED, reason="400 Bad Request")


@pytest.mark.parametrize("words", ["word " * 100_000, "word" * 100_000])
def test_a_reason_is_bounded(words: str) -> None:
    """A page of text in an error answer neither fills the journal nor stops the engine."""
    outcome = classify(RING, Response(status=400), explain=lambda _: words, now=NOW)

    assert outcome is not None
    assert len(outcome.reason) <= 400


@pytest.mark.parametrize(
    ("request_", "failure", "kind"),
    [
        (RING, NotSent("cannot connect"), Kind.UNSENT),
        (RING, Unsendable("no trust"), Kind.HALT),
        (RING, Lost("no answer in time"), Kind.UNKNOWN),
        (RING_AGAIN, Lost("no answer in time"), Kind.UNKNOWN),
        (ADD, Lost("no answer in time"), Kind.UNKNOWN),
        (LOOK, Lost("no answer in time"), Kind.UNSENT),
    ],
)
def test_no_answer_is_unknown_unless_it_is_proved_unsent_or_harmless(
    request_: Request, failure: NotSent | Lost, kind: Kind
) -> None:
    """The transport's proof decides, and else whether doing it twice harms anybody."""
    assert unanswered(request_, failure) == Outcome(kind=kind, reason=str(failure))


@given(seed=st.integers(), attempt=st.integers(1, 4), asked=st.none() | st.floats(0, 300))
def test_a_wait_is_bounded_and_never_shorter_than_asked(seed: int, attempt: int, asked: float | None) -> None:
    """Jitter spreads over the whole range, doubling with each try; a vendor's wish is a lower bound."""
    wait = Backoff().next_wait(attempt, asked, random.Random(seed))

    assert wait is not None
    assert (asked or 0.0) <= wait <= (2.0 ** (attempt - 1) if asked is None else asked + 1.0)


def test_waits_grow_up_to_the_cap() -> None:
    """Over many draws the longest wait doubles with each try until the cap."""
    rng = random.Random(1)
    backoff = Backoff(cap=6.0, attempts=7)
    longest = [max(backoff.next_wait(attempt, None, rng) or 0 for _ in range(500)) for attempt in range(1, 7)]

    assert all(later > 1.5 * earlier for earlier, later in pairwise(longest[:3]))
    assert all(5.5 < wait <= 6.0 for wait in longest[3:])


def test_after_the_last_try_it_gives_up() -> None:
    """Five tries are enough by default, whatever the vendor asks for."""
    rng = random.Random(1)

    assert Backoff().next_wait(4, None, rng) is not None
    assert Backoff().next_wait(5, None, rng) is None
    assert Backoff().next_wait(5, 1.0, rng) is None
    assert Backoff().next_wait(5_000, None, rng) is None


def test_a_wait_may_be_nothing() -> None:
    """Full jitter begins at zero, so that those who failed together do not come back together."""

    class Lowest(random.Random):
        def uniform(self, a: float, _b: float) -> float:
            return a

    assert [Backoff().next_wait(attempt, None, Lowest()) for attempt in (1, 2, 3)] == [0.0, 0.0, 0.0]
