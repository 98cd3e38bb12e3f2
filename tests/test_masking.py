"""Numbers and tokens are taken out of texts, and nothing else is."""

from __future__ import annotations

import pytest

from outreach.masking import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+9779610000001 is blocked", "+•••01 is blocked"),
        ("number 961-000 00.01, (961) 0000001", "number •••01, (•••01"),
        ("नम्बर ९६१०००००१२ मिलेन", "नम्बर •••१२ मिलेन"),
        ("calls/%2B9779610000001/run", "calls/%2B•••01/run"),
        ("token abcdef0123456789abcdef0123456789 expired", "token ••• expired"),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "Bearer •••"),
        ("2026-12-01 9610000001", "2026-12-01 •••01"),
        ("961023-12-01234", "•••34"),
        ("9841-23-45 678", "•••78"),
    ],
)
def test_what_may_be_a_number_or_a_token_is_masked(text: str, expected: str) -> None:
    """Any spelling of a number keeps its last two digits, a token keeps nothing."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "campaign 123456 has 5,000 contacts",
        "schedule 2026-12-01T10:00:00+05:45 is in the past",
        "body.contacts.0.number: field required",
        "Authentication credentials were not provided.",
        "non_field_errors_in_a_very_long_identifier_without_digits",
    ],
)
def test_other_text_stays(text: str) -> None:
    """Ids, amounts, dates and words are what makes an error useful."""
    assert masked(text) == text
