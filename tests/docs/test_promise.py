"""docs/promise.md: the table of figures."""

from __future__ import annotations

from pathlib import Path

import campaigns
import crashes
import network
import powerloss
import prove

PROVIDERS = Path(__file__).parents[2] / "providers"
PAGE = Path(__file__).parents[2] / "docs" / "promise.md"


def _rows(page: str) -> list[dict[str, str]]:
    inside = page.partition(prove.BEGIN)[2].partition(prove.END)[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in inside.splitlines() if line[:1] == "|"]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]


def test_the_figures_of_the_page_hold() -> None:
    """Every proof of the page put something in, found nobody twice, lost or overspent, and noticed its broken twin."""
    rows = _rows(PAGE.read_text("utf-8"))

    assert len(rows) == len(prove.PROOFS)
    for row in rows:
        assert (row["twice"], row["lost"], row["overspent"]) == ("0", "0", "0"), row
        assert int(row["injected"].replace(",", "")) > 0
        assert not row["control caught"].startswith("0 "), row


def test_every_adapter_takes_part_in_every_class() -> None:
    """What the page says of who takes part: the kills and the runners go by campaigns.ROUTES."""
    adapters = {folder.name.removeprefix("outreach_") for folder in PROVIDERS.glob("outreach_*")}
    alone = {scene.accounts[0] for scene in crashes.SCENES.values() if len(scene.accounts) == 1}

    assert set(campaigns.ROUTES) == adapters
    assert {place.provider for place in network.PLACES} == adapters
    assert set(powerloss.PEOPLE) == adapters
    assert alone == adapters


def test_figures_are_put_between_the_marks() -> None:
    """What stands around the marks stays, and doing it twice changes nothing."""
    figures = {
        "proof": "made up", "injected": 1_234, "twice": 0, "lost": 0, "overspent": 0, "unknown": 5,
        "control": 6, "controls": 7, "seconds": 8.4, "note": "a note",
    }  # fmt: skip
    page = f"before\n{prove.BEGIN}\nold\n{prove.END}\nafter\n"

    once = prove.filled(page, [figures])

    assert prove.filled(once, [figures]) == once
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert _rows(once)[0]["injected"] == "1,234"
    assert "a note" in once
