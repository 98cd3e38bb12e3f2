"""What vendors tell at different times adds up to the same, in whatever order it comes."""

from __future__ import annotations

from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from outreach.answers import Receipt
from outreach.merging import FINAL, RANKS, final, merge, rank
from outreach.model import Channel, Status

WORDS = ["", "completed", "hungup", "व्यस्त"]
RECEIPTS = st.builds(
    Receipt,
    vendor_id=st.sampled_from(["", "v1", "v2"]),
    status=st.sampled_from(list(Status)),
    word=st.sampled_from(WORDS),
    credits=st.dictionaries(st.sampled_from([Channel.VOICE, Channel.SMS]), st.sampled_from([0.0, 1.0, 2.5])),
    duration=st.sampled_from([None, 0.0, 12.0]),
    answers=st.dictionaries(st.sampled_from("ab"), st.sampled_from(["yes", "no", "हुन्छ"])),
    transcript=st.sampled_from(["", "a: one", "b: one", "a: one\nb: two"]),
    playback=st.sampled_from([None, 50.0]),
)


@given(st.lists(RECEIPTS, min_size=1, max_size=4))
def test_every_order_ends_alike(told: list[Receipt]) -> None:
    """All permutations, with answers that come twice, give the same receipt."""
    ends = [reduce(merge, order) for order in permutations(told)]

    assert all(end == ends[0] for end in ends)
    assert reduce(merge, told, ends[0]) == ends[0]


@given(RECEIPTS, RECEIPTS)
def test_nothing_known_is_lost(known: Receipt, told: Receipt) -> None:
    """The rank never falls, an end stays an end, costs and texts only grow."""
    merged = merge(known, told)

    assert rank(merged) == max(rank(known), rank(told))
    assert final(merged) >= final(known)
    assert all(merged.credits[channel] >= cost for channel, cost in known.credits.items())
    assert len(merged.transcript) >= len(known.transcript)
    assert known.answers.keys() <= merged.answers.keys()


def test_every_status_has_a_rank_of_its_own() -> None:
    """No two statuses are equal, so that no order decides between them; what is under way is no end."""
    assert set(RANKS) == set(Status)
    assert len(set(RANKS.values())) == len(Status)
    assert not FINAL & {Status.QUEUED, Status.SENT, Status.UNKNOWN}


def test_a_word_that_is_new_to_us_tells_more_than_silence() -> None:
    """It goes before "on its way", so that it is seen, and never before an end."""
    new, nothing = Receipt(status=Status.UNKNOWN, word="number changed"), Receipt(status=Status.UNKNOWN)

    assert merge(Receipt(status=Status.SENT), new).word == "number changed"
    assert merge(new, Receipt(status=Status.FAILED)).status is Status.FAILED
    assert merge(Receipt(status=Status.QUEUED), nothing).status is Status.QUEUED
    assert merge(None, nothing) == nothing
