"""``outreach plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest

from outreach.model import Channel, Contacts


def test_the_plan_as_json(fake: Any, run: Any, spec: str) -> None:
    """``--json`` prints the shape that scripts rely on, and nothing else on stdout."""
    done = run("plan", spec, "--json")

    shape = orjson.loads(done.stdout)
    assert done.exit_code == 0
    assert (shape["campaign"], shape["round"], shape["digest"]) == ("fee-reminder", 2, fake.plan_.digest)
    assert shape["rows"] == {"read": 300, "used": 287, "skipped": {"duplicate": 3, "invalid_number": 10}}
    (route,) = shape["routes"]
    findings = route.pop("findings")
    assert route == {
        "channel": "voice",
        "provider": "tingting",
        "planned": 4781,
        "skipped": {"suppressed": 8},
        "requests": 50,
        "segments": 0,
        "earliest": "2026-12-01T04:15:00+00:00",
        "latest": "2026-12-05T04:15:00+00:00",
        "fallbacks": [],
    }
    assert findings[-1] == {
        "field": "messages.voice.speed",
        "verdict": "degraded",
        "code": "tingting.speed",
        "detail": "the pace may differ",
    }
    assert shape["problems"] == [
        {"file": "contacts.csv", "line": 19, "column": 0, "path": "", "message": "the cell is empty; add a number"}
    ]


def test_the_plan_for_people(fake: Any, run: Any, spec: str) -> None:
    """Findings stand under their verdicts, times in the campaign's zone, and nothing is wider than 80 columns."""
    done = run("plan", spec)

    shown = " ".join(done.stdout.split())
    assert "voice through tingting: 4,781 deliveries in 50 requests" in shown
    assert "kept messages.voice.text, messages.voice.voice" in shown
    assert "imitated schedule.window: outreach sends only inside the window" in shown
    assert "weakened messages.voice.speed: the pace may differ (tingting.speed)" in shown
    assert "from 2026-12-01 10:00 +05:45 to 2026-12-05 10:00 +05:45" in shown
    assert "and 12 more; --rejects FILE writes them all" in shown
    table, _, command = done.stdout.partition("\nNext:\n")
    assert max(map(len, table.splitlines())) <= 80
    assert "\x1b" not in done.stdout
    assert command == f"outreach send {spec} --approve {fake.plan_.digest}\n"


def test_a_route_that_travels_with_another_has_no_requests_of_its_own(fake: Any, run: Any, spec: str) -> None:
    """Voice and SMS of one campaign at the vendor: the second says so; where nothing goes out, no requests are told."""
    (voice,) = fake.plan_.routes
    routes = (voice, attrs.evolve(voice, channel=Channel.SMS, planned=7, requests=0))
    fake.plan_ = attrs.evolve(fake.plan_, routes=routes)
    assert "sms through tingting: 7 deliveries in the same requests\n" in run("plan", spec).stdout

    fake.plan_ = attrs.evolve(fake.plan_, refusals=("messages.voice.audio: tingting plays none",))
    assert "sms through tingting: 7 deliveries\n" in run("plan", spec).stdout


def test_the_next_command_keeps_the_options(fake: Any, run: Any, spec: str) -> None:
    """The command to run next plans the same thing: accounts, provider and sandbox are kept."""
    done = run("plan", spec, "--via", "toingg", "--accounts", spec, "--sandbox")

    assert f"outreach send {spec} --accounts {spec} --via toingg --sandbox --approve" in done.stdout
    assert fake.asked("plan")["sandbox"] is True


def test_a_refused_plan(fake: Any, run: Any, spec: str) -> None:
    """A plan that must not go out is shown whole, names the reasons, offers no next command, and ends with 3."""
    fake.plan_ = attrs.evolve(fake.plan_, refusals=("messages.voice.audio: tingting plays none",))

    done = run("plan", spec)

    assert done.exit_code == 3
    assert "messages.voice.audio: tingting plays none" in done.stdout
    assert "outreach send /" not in done.stdout
    assert done.stderr == "Nothing was sent.\n"
    assert orjson.loads(run("plan", spec, "--json").stdout)["refusals"] == list(fake.plan_.refusals)


def test_strict(fake: Any, run: Any, spec: str) -> None:
    """``--strict`` makes rows that are left out an error after the plan is shown."""
    done = run("plan", spec, "--strict")

    assert done.exit_code == 2
    assert "13 rows left out of the contacts; with --strict that is an error" in done.stderr
    assert "outreach send /" not in done.stdout


def test_requests_for_people(fake: Any, run: Any, spec: str) -> None:
    """``--requests`` prints each request with whom it reaches; numbers stay masked unless asked for."""
    done = run("plan", spec, "--requests")

    assert "# tingting: ring the phones (reaches everyone, 4,781 people)\n" in done.stdout
    assert "POST https://vendor.example/run-campaign/1/\n" in done.stdout
    assert '"message": "नमस्कार"' in done.stdout
    assert fake.asked("requests") == {"journal": None, "sandbox": False, "show_numbers": False}


def test_requests_as_json_lines(fake: Any, run: Any, spec: str) -> None:
    """``--requests --json`` prints one request per line; ``--show-numbers`` is passed on."""
    done = run("plan", spec, "--requests", "--json", "--show-numbers")

    (line,) = done.stdout.splitlines()
    assert orjson.loads(line)["body"] == {"message": "नमस्कार"}
    assert fake.asked("requests")["show_numbers"] is True


@pytest.mark.parametrize("command", ["plan", "check"])
@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("campaign.yaml", "the campaign file"),
        ("accounts.yaml", "the file of accounts"),
        ("people.csv", "a contact list"),
        ("people.db", "a contact list"),
        ("link.csv", "a contact list"),
        ("never.csv", "a do-not-contact list"),
        ("-", "standard output"),
    ],
)
def test_rejects_never_overwrite_what_the_campaign_is_read_from(
    fake: Any, run: Any, spec: str, tmp_path: Path, command: str, name: str, what: str
) -> None:
    """A file of the campaign as ``--rejects``, by whatever path, is refused with 2 and stays as it was."""
    for own in ("accounts.yaml", "people.csv", "people.db", "never.csv"):
        (tmp_path / own).write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "people.csv")
    sources = Contacts(sources=("people.csv", "sqlite:///people.db"), country="NP", query="select 1")
    fake.campaign = attrs.evolve(fake.campaign, base=tmp_path, contacts=sources, suppress=("never.csv",))
    file = name if name == "-" else str(tmp_path / name)

    done = run(command, spec, "--accounts", str(tmp_path / "accounts.yaml"), "--rejects", file)

    assert done.exit_code == 2
    assert what in done.stderr
    assert f"--rejects {file}" in " ".join(done.stderr.split())
    assert {(tmp_path / own).read_text() for own in ("accounts.yaml", "people.csv", "people.db", "never.csv")} == {
        "mine"
    }
