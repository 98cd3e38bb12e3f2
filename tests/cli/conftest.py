"""A client that does as it is told, and the values it answers with."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from outreach import client
from outreach.cli import cli
from outreach.contacts.values import Dropped
from outreach.delivery.journal import DeliveryRow
from outreach.errors import Problem
from outreach.model import Campaign, Channel, Contacts, Route, Schedule, Secret, Settings, State, Status, Template
from outreach.negotiation import Finding, Verdict
from outreach.planning.values import Plan, PlannedRequest, RoutePlan, Rows
from outreach.results import Phase, Progress, Summary

AT = datetime(2026, 12, 1, 4, 15, tzinfo=UTC)

CAMPAIGN = Campaign(
    name="fee-reminder",
    contacts=Contacts(sources=("contacts.csv",), country="NP"),
    routes=(Route(channel=Channel.VOICE, providers=("tingting",)),),
    message=Template.parse("नमस्कार {name|ग्राहक}"),
    schedule=Schedule(zone="Asia/Kathmandu"),
    providers={"tingting": Settings(token=Secret(env="TINGTING_TOKEN"))},
)

ROWS = Rows(read=300, used=287, skipped={"duplicate": 3, "invalid_number": 10})


def finding(verdict: Verdict, field: str, detail: str = "", code: str = "") -> Finding:
    """Give a finding about voice."""
    return Finding(channel=Channel.VOICE, provider="tingting", field=field, verdict=verdict, detail=detail, code=code)


PLAN = Plan(
    campaign="fee-reminder",
    round=2,
    digest="3f9a1c7e" * 8,
    rows=ROWS,
    routes=(
        RoutePlan(
            channel=Channel.VOICE,
            provider="tingting",
            planned=4781,
            skipped={"suppressed": 8},
            requests=50,
            segments=0,
            earliest=AT,
            latest=AT + timedelta(days=4),
            findings=(
                finding(Verdict.NATIVE, "messages.voice.text"),
                finding(Verdict.NATIVE, "messages.voice.voice"),
                finding(Verdict.EMULATED, "schedule.window", "outreach sends only inside the window"),
                finding(Verdict.DEGRADED, "messages.voice.speed", "the pace may differ", "tingting.speed"),
            ),
        ),
    ),
    problems=(Problem("the cell is empty; add a number", file="contacts.csv", line=19),),
    notes=("nobody was contacted in this round before",),
)

SUMMARY = Summary(
    campaign="fee-reminder",
    round=2,
    plan=PLAN.digest,
    rows=ROWS,
    deliveries={
        **dict.fromkeys(State, 0),
        State.ACCEPTED: 4700,
        State.REJECTED: 3,
        State.UNKNOWN: 2,
        State.SKIPPED: 8,
        State.PLANNED: 76,
    },
    skipped={"suppressed": 8},
    statuses={Status.QUEUED: 4700},
    routes={
        ("voice", "tingting"): {
            State.ACCEPTED: 4700,
            State.REJECTED: 3,
            State.UNKNOWN: 2,
            State.SKIPPED: 8,
            State.PLANNED: 76,
        }
    },
    reasons={(State.REJECTED, "Invalid number"): 3, (State.UNKNOWN, "the answer was lost"): 2},
    exit_code=7,
)

ROW = DeliveryRow(
    contact_id="HH-1001",
    phone="+9779610003731",
    channel="voice",
    provider="tingting",
    state=State.ACCEPTED,
    status=Status.QUEUED,
    word="not started",
    reason="",
    vendor_id="41",
    attempts=1,
    updated_at=AT.astimezone(timezone(timedelta(hours=5, minutes=45))),
    row=1,
)

DROPPED = Dropped(
    source="contacts.csv",
    row=18,
    line=19,
    reason="two_numbers",
    detail="give each a row",
    phone="=9880012345/9880012346",
    id="@HH-1018",
)


class FakeClient:
    """Stands in for ``outreach.client``; attributes are what it answers with, ``calls`` is what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.campaign = CAMPAIGN
        self.plan_ = PLAN
        self.summary = SUMMARY
        self.rows: Sequence[DeliveryRow] = [ROW]
        self.dropped: Sequence[Dropped] = [DROPPED]
        self.fails: dict[str, BaseException] = {}
        self.during: Callable[[dict[str, Any]], Summary | None] = lambda _options: None

    def _called(self, name: str, options: dict[str, Any]) -> None:
        self.calls.append((name, options))
        if name in self.fails:
            raise self.fails[name]

    def asked(self, name: str) -> dict[str, Any]:
        """Give the options of the only call of that name."""
        (options,) = [options for called, options in self.calls if called == name]
        return options

    def load(self, path: Path, **options: Any) -> Campaign:
        """Give the campaign."""
        self._called("load", {"path": path, **options})
        return self.campaign

    def plan(self, _campaign: Campaign, **options: Any) -> Plan:
        """Give the plan, after a look at the contacts."""
        self._called("plan", options)
        options["watch"](Progress(phase=Phase.READING, done=300))
        if options.get("rejects"):
            for row in self.dropped:
                options["rejects"](row)
        return self.plan_

    def requests(self, _campaign: Campaign, **options: Any) -> Iterator[PlannedRequest]:
        """Give one request."""
        self._called("requests", options)
        yield PlannedRequest(
            provider="tingting",
            does="ring the phones",
            reaches="everyone",
            method="POST",
            url="https://vendor.example/run-campaign/1/",
            body={"message": "नमस्कार"},
            people=4781,
        )

    async def asend(self, _campaign: Campaign, **options: Any) -> Summary:
        """Ask, tell one step, and give the summary."""
        self._called("asend", options)
        if not options["confirm"](self.plan_):
            return self.summary
        options["watch"](Progress(phase=Phase.SENDING, done=1, total=4781, accepted=1))
        return self.during(options) or self.summary

    def status(self, _campaign: Campaign, **options: Any) -> Summary:
        """Give the summary."""
        self._called("status", options)
        return self.summary

    def report(self, _campaign: Campaign, **options: Any) -> Iterator[DeliveryRow]:
        """Give the deliveries."""
        self._called("report", options)
        return iter(self.rows)


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Put the log back as it was: ``-v`` sets it for the process."""
    log = logging.getLogger("outreach")
    handlers, level = list(log.handlers), log.level
    yield
    log.handlers, log.level = handlers, level


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    """Put a fake in the place of the client."""
    one = FakeClient()
    for name in ("load", "plan", "requests", "asend", "status", "report"):
        monkeypatch.setattr(client, name, getattr(one, name))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TINGTING_TOKEN", "t")
    for name in ("OUTREACH_ACCOUNTS", "FORCE_COLOR", "OUTREACH_JOURNAL"):
        monkeypatch.delenv(name, raising=False)
    return one


@pytest.fixture
def spec(tmp_path: Path) -> str:
    """Give a campaign file that exists; the fake client does not read it."""
    path = tmp_path / "campaign.yaml"
    path.write_text("outreach: 1\n")
    return str(path)


@pytest.fixture
def run() -> Callable[..., Result]:
    """Give what runs a command line; stdout and stderr are kept apart."""

    def invoke(*words: str, **more: Any) -> Result:
        return CliRunner().invoke(cli, list(words), **more)

    return invoke
