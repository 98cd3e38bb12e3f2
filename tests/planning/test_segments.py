"""SMS segments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.planning.segments import all_segments, is_ucs2, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # an extended character takes two
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the escape and its character are never cut apart
        ("क" * 70, 1),
        ("क" * 71, 2),
        ("क" * 134, 2),
        ("क" * 135, 3),
        ("🙏" * 35, 1),  # a pair of units each
        ("🙏" * 36, 2),
        ("🙏" * 67, 3),  # 33 pairs fit in a part of 67 units
        ("a" * 159 + "ê", 3),  # one character beyond both tables turns all to UCS-2
    ],
)
def test_segments_are_counted_as_networks_count(text: str, count: int) -> None:
    """160 and 153 seven-bit characters, 70 and 67 of UCS-2, nothing cut in half."""
    assert segments(text) == count


@given(st.text(max_size=400))
def test_more_text_never_takes_fewer_segments(text: str) -> None:
    """Adding a character never saves a segment, and one part never holds more than it can."""
    count = segments(text)

    assert segments(text + "a") >= count
    units = len(text.encode("utf-16-le")) // 2 if is_ucs2(text) else len(text)
    assert count * (70 if is_ucs2(text) else 160) >= units


@given(
    st.lists(
        st.text("a[€êक🙏\n", max_size=170) | st.sampled_from(["a" * 160, "[" * 80, "क" * 70, "🙏" * 35]), max_size=4
    )
)
def test_segments_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    """However the texts of a column are looked at together, their segments are the sum."""
    assert all_segments(texts) == sum(map(segments, texts))


@pytest.mark.parametrize(
    ("texts", "count"),
    [
        (["a" * 160, "", "b"], 2),
        (["a" * 161, "b"], 3),
        (["`" + "a" * 70], 2),
        (["[" * 81, "a"], 3),
        (["क" * 70, "a" * 160], 2),
        (["क" * 71], 2),
        (["🙏" * 35, "क" * 70], 2),
        (["🙏" * 36], 2),
    ],
)
def test_short_texts_are_counted_together(texts: list[str], count: int) -> None:
    """At the length up to which a text surely takes one segment, and one character beyond it."""
    assert all_segments(texts) == count
