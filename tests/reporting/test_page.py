"""The report as a page."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import attrs
import pytest

from outreach.delivery.journal import DeliveryRow
from outreach.model import State
from outreach.planning.values import Rows
from outreach.reporting import page as module
from outreach.reporting.page import PageForm, Remaining, page
from outreach.results import Summary

AT = datetime(2026, 12, 1, tzinfo=UTC)

ROW = DeliveryRow(
    contact_id="HH-1",
    phone="+9779610003731",
    channel="voice",
    provider="tingting",
    state=State.REJECTED,
    status=None,
    word="",
    reason="<script>alert(1)</script>",
    vendor_id="",
    attempts=1,
    updated_at=AT,
    row=1,
)

SUMMARY = Summary(
    campaign='Fees & "dues" <b>',
    round=1,
    plan="3f9a",
    rows=Rows(read=5, used=4, skipped={"duplicate": 1}),
    deliveries={State.ACCEPTED: 3, State.REJECTED: 1},
    skipped={},
    routes={("voice", "tingting"): {State.ACCEPTED: 3, State.REJECTED: 1}},
    reasons={(State.REJECTED, "नम्बर गलत"): 1},
)


def rendered(*rows: DeliveryRow, summary: Summary = SUMMARY) -> str:
    """Write the page of these deliveries."""
    file = io.StringIO()
    form = PageForm(file, lambda remaining: page(summary, remaining, lambda _: "+977 96••31", at=AT, zone=None))
    for row in rows:
        form.add(row)
    form.finish()
    return file.getvalue()


class Tags(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.seen.append((tag, dict(attrs)))


def test_the_page_needs_nothing_else() -> None:
    """No script, no link, no image, no address: the page is one file, and its policy forbids to load anything."""
    text = rendered(ROW)
    tags = Tags(text).seen

    assert not {tag for tag, _ in tags} & {"script", "link", "img", "iframe", "a"}
    assert not any(key in given for _, given in tags for key in ("src", "href", "onclick"))
    assert "http" not in text.replace("http-equiv", "")
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text


def test_what_others_wrote_is_escaped() -> None:
    """A reason or a name cannot become markup."""
    text = rendered(ROW)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<title>Fees &amp; &quot;dues&quot; &lt;b&gt;, round 1</title>" in text


def test_numbers_are_written_as_asked() -> None:
    """The page itself never decides to show a number."""
    assert "+977 96••31" in rendered(ROW)
    assert "9610003731" not in rendered(ROW)


def test_the_page_counts_everybody_and_lists_who_was_not_accepted() -> None:
    """Counts per route, reasons, and a row for everybody but the accepted."""
    text = rendered(ROW, attrs.evolve(ROW, contact_id="HH-2", state=State.ACCEPTED, reason=""))

    assert "<td>voice</td><td>tingting</td>" in text
    assert "नम्बर गलत" in text
    assert "<td>no contact</td><td>duplicate</td>" in text
    assert "HH-1" in text
    assert "HH-2" not in text


def test_the_bar_is_as_wide_as_its_parts() -> None:
    """The parts of the bar lie side by side and fill it."""
    drawing = re.search(r"<svg.*?</svg>", rendered(), re.DOTALL)
    assert drawing
    parts = ET.fromstring(drawing.group()).findall("rect")

    assert [(part.get("x"), part.get("width")) for part in parts] == [("0.00", "750.00"), ("750.00", "250.00")]


def test_a_campaign_without_deliveries() -> None:
    """Nothing planned is a page all the same."""
    empty = attrs.evolve(SUMMARY, deliveries={}, routes={}, reasons={})

    assert "accepted 0" in rendered(summary=empty)


def test_a_long_list_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page stays a page: what does not fit is counted."""
    monkeypatch.setattr(module, "MAX_ROWS", 2)

    text = rendered(*(attrs.evolve(ROW, contact_id=f"HH-{index}") for index in range(5)))

    assert "HH-1" in text
    assert "HH-2" not in text
    assert "and 3 more" in text


def test_remaining_counts_beyond_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first rows are held, however many there are."""
    monkeypatch.setattr(module, "MAX_ROWS", 1)
    remaining = Remaining()
    for _ in range(3):
        remaining.add(ROW)

    assert (len(remaining.rows), remaining.number) == (1, 3)
