"""The README's promises to a newcomer: its campaign loads, its program runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import outreach
from outreach.cli.app import cli
from outreach.model import Channel, State

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
CONTACTS = "number,name,amount\n9610000011,Sita,2500\n9610000012,,1200\n9610000016,Gita,900\n"


def _block(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> outreach.Campaign:
    """The README's campaign, with the lists that it names."""
    monkeypatch.delenv("OUTREACH_ACCOUNTS", raising=False)
    (tmp_path / "campaign.yaml").write_text(_block("yaml"), encoding="utf-8")
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    (tmp_path / "do-not-call.csv").write_text("number\n9610000016\n", encoding="utf-8")
    return outreach.load(tmp_path / "campaign.yaml")


def test_the_campaign_has_twelve_lines_and_loads(campaign: outreach.Campaign) -> None:
    """The README's campaign is short, and right."""
    assert len(_block("yaml").splitlines()) == 12
    assert [(route.channel, route.providers) for route in campaign.routes] == [(Channel.VOICE, ("tingting",))]


def test_the_campaign_may_go_out_as_it_is(campaign: outreach.Campaign) -> None:
    """Nothing in the README's campaign is refused, and its suppression list holds."""
    plan = outreach.plan(campaign)

    assert (plan.refusals, plan.routes[0].planned, plan.routes[0].skipped) == ((), 2, {"suppressed": 1})


def test_the_campaign_goes_out_through_each_vendor_by_changing_its_route(campaign: outreach.Campaign) -> None:
    """The other two routes that the README names load too."""
    folder = campaign.base
    accounts = folder / "accounts.yaml"
    accounts.write_text(
        "providers:\n"
        "  toingg: {token: {env: T}, voice: swara, language: english}\n"
        '  contactswing: {token: {env: C}, assistant_id: 12, from_numbers: ["+9779610000000"]}\n',
        encoding="utf-8",
    )
    for route in ("ai_call: toingg", "whatsapp: contactswing"):
        assert f"`{route}`" in README
        (folder / "other.yaml").write_text(_block("yaml").replace("voice: tingting", route), encoding="utf-8")
        other = outreach.load(folder / "other.yaml", accounts=accounts)
        assert f"{other.routes[0].channel}: {other.routes[0].providers[0]}" == route


def test_the_program_runs(campaign: outreach.Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's program, turned to the sandbox, contacts everybody whom it may."""
    monkeypatch.chdir(campaign.base)
    monkeypatch.delenv("OUTREACH_JOURNAL", raising=False)
    program = _block("python").replace("outreach.send(campaign,", "outreach.send(campaign, sandbox=True,")
    program = program.replace("outreach.report(campaign)", "outreach.report(campaign, sandbox=True)")
    names: dict[str, object] = {}

    exec(compile(program, "README.md", "exec"), names)

    summary = names["summary"]
    assert isinstance(summary, outreach.Summary)
    assert (summary.deliveries[State.ACCEPTED], summary.deliveries[State.SKIPPED]) == (2, 1)


def test_the_demonstration_ends_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The README's table is what ``outreach demo`` prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("OUTREACH_JOURNAL", raising=False)

    code = cli.main(["demo"], standalone_mode=False)

    assert code == 0
    assert _block("text") in capsysbinary.readouterr().out.decode()
