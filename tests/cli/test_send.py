"""``outreach send``."""

from __future__ import annotations

from typing import Any

import attrs
import orjson
import pytest

from outreach.cli import send, sending
from outreach.cli.failures import Interrupted
from outreach.cli.sending import question
from outreach.errors import JournalInUse
from outreach.model import State


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody sit at the terminal."""
    monkeypatch.setattr(send, "_somebody_there", lambda: True)


def test_without_a_terminal_nobody_is_asked(fake: Any, run: Any, spec: str) -> None:
    """Without a terminal a send needs --yes or --approve; otherwise nothing is even read."""
    done = run("send", spec)

    assert done.exit_code == 2
    assert "--approve DIGEST" in done.stderr
    assert fake.calls == []


@pytest.mark.parametrize("option", [("--yes",), ("--approve", "3f9a"), ("--sandbox",)])
def test_no_question_is_needed(fake: Any, run: Any, spec: str, option: tuple[str, ...]) -> None:
    """--yes, --approve and --sandbox send without a question, and show the plan's short form all the same."""
    done = run("send", spec, *option)

    assert "[y/N]" not in done.stderr
    assert "voice through tingting: 4,781 deliveries in 50 requests" in done.stderr
    assert "4,700" in done.stdout


@pytest.mark.usefixtures("somebody")
def test_the_question_answered_with_yes(fake: Any, run: Any, spec: str) -> None:
    """The question says how many deliveries of what go through whom, on stderr."""
    done = run("send", spec, input="y\n")

    assert "Send 4,781 deliveries of 'fee-reminder' through tingting (live)? [y/N]" in done.stderr
    assert "[y/N]" not in done.stdout
    assert "4,700" in done.stdout


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_the_question_answered_with_no(fake: Any, run: Any, spec: str, answer: str) -> None:
    """No, or just Enter, sends nothing and ends with 3."""
    done = run("send", spec, input=answer)

    assert done.exit_code == 3
    assert "refused: you said no\nNothing was sent." in done.stderr
    assert done.stdout == ""


@pytest.mark.usefixtures("somebody")
def test_an_interrupted_question(fake: Any, run: Any, spec: str) -> None:
    """Ctrl-C at the question (the end of the input is the same to click) sends nothing and ends with 130."""
    done = run("send", spec, input="")

    assert done.exit_code == 130
    assert "Interrupted, nothing was sent." in done.stderr


@pytest.mark.usefixtures("somebody")
def test_nobody_left_to_contact_is_no_question(fake: Any, run: Any, spec: str) -> None:
    """A campaign that is done asks nothing."""
    fake.plan_ = attrs.evolve(fake.plan_, routes=(attrs.evolve(fake.plan_.routes[0], planned=0),))

    assert "[y/N]" not in run("send", spec).stderr


def test_the_question_names_every_carrier(fake: Any) -> None:
    """Several providers are all named, each once, and the sandbox is called by its name."""
    one = fake.plan_.routes[0]
    routes = [attrs.evolve(one, provider=name, planned=1) for name in ("tingting", "toingg", "toingg", "contactswing")]
    plan = attrs.evolve(fake.plan_, routes=tuple(routes))

    asked = question(plan, sandbox=True)

    assert asked == "Send 4 deliveries of 'fee-reminder' through tingting, toingg and contactswing (sandbox)?"


def test_options_reach_the_engine(fake: Any, run: Any, spec: str) -> None:
    """What the command line says is what the engine is asked for."""
    run("send", spec, "--approve", "3f9a", "--journal", "j.db", "--wait", "--limit", "5", "--strict", "--sandbox")

    asked = fake.asked("asend")
    assert (asked["approve"], asked["journal"], asked["limit"]) == ("3f9a", "j.db", 5)
    assert (asked["wait"], asked["strict"], asked["sandbox"]) == (True, True, True)


def test_limit_must_be_positive(fake: Any, run: Any, spec: str) -> None:
    """A limit of nobody is a mistake."""
    assert run("send", spec, "--yes", "--limit", "0").exit_code == 2


def test_the_result_as_json(fake: Any, run: Any, spec: str) -> None:
    """``--json`` prints one object on stdout, in the shape that scripts rely on."""
    done = run("send", spec, "--yes", "--json")

    shape = orjson.loads(done.stdout)
    assert done.exit_code == 7
    assert (shape["campaign"], shape["round"], shape["plan"]) == ("fee-reminder", 2, fake.plan_.digest)
    assert shape["deliveries"] == {
        "planned": 76,
        "skipped": 8,
        "accepted": 4700,
        "rejected": 3,
        "unknown": 2,
        "in_flight": 0,
        "cancelled": 0,
    }
    assert shape["skipped"] == {"suppressed": 8}
    assert (shape["waiting"], shape["next"]) == (0, None)


def test_the_closing_table(fake: Any, run: Any, spec: str) -> None:
    """Everybody stands in the table once, with reasons and next steps below, within 80 columns."""
    done = run("send", spec, "--yes")

    shown = " ".join(done.stdout.split())
    assert "voice tingting 4,789 4,700 3 2 8 76" in shown
    assert "rejected 3 Invalid number" in shown
    assert "2 people may have been reached" in shown
    assert f"outreach settle {spec}\n    outreach send {spec}" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if not line.startswith("    outreach")) <= 80


def test_what_waits_says_when(fake: Any, run: Any, spec: str) -> None:
    """Deliveries that are not due yet come with the time to run again, in the campaign's zone."""
    at = fake.plan_.routes[0].earliest
    fake.summary = attrs.evolve(fake.summary, waiting=76, next=at, exit_code=0)

    done = run("send", spec, "--yes")

    assert "76 deliveries wait: run send again from 2026-12-01 10:00 +05:45 on." in done.stdout
    assert done.exit_code == 0


def test_an_interrupted_send_says_how_to_go_on(fake: Any, run: Any, spec: str) -> None:
    """After Ctrl-C the table says where things stand, and the command that goes on is named; exit 130."""
    fake.summary = attrs.evolve(fake.summary, interrupted=True)

    done = run("send", spec, "--yes")

    assert done.exit_code == 130
    assert f"Interrupted. To go on: outreach send {spec}" in done.stderr
    assert "4,700" in done.stdout


def test_a_second_signal_reads_the_journal(fake: Any, run: Any, spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a send is given up, what the journal knows is shown, still as one object with ``--json``."""

    def given_up(*_: Any) -> Any:
        raise Interrupted(begun=True)

    monkeypatch.setattr(sending, "carry_out", given_up)

    done = run("send", spec, "--yes", "--json", "--journal", "j.db")

    assert done.exit_code == 130
    assert orjson.loads(done.stdout)["interrupted"] is True
    assert fake.asked("status")["journal"] == "j.db"


def test_errors_of_the_engine_keep_their_code(fake: Any, run: Any, spec: str) -> None:
    """A journal that is in use ends with 6, and nothing is on stdout."""
    fake.fails["asend"] = JournalInUse("process 7 works on it")

    done = run("send", spec, "--yes")

    assert (done.exit_code, done.stdout) == (6, "")


def test_nobody_reading_stdout_does_not_change_the_code(
    fake: Any, run: Any, spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code of a send holds whether or not anybody reads its table."""

    def broken(*_: Any, **__: Any) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(sending, "print_json", broken)

    assert run("send", spec, "--yes", "--json").exit_code == 7


def test_states_in_the_table_add_up(fake: Any) -> None:
    """Planned is the sum of everything else: no state is left out, none is counted twice."""
    from outreach.reporting.summary_view import FIGURES, figures

    states = {state: 10**index for index, state in enumerate(State)}
    shown = figures(states)

    assert shown["planned"] == sum(number for name, number in shown.items() if name != "planned")
    assert sum(len(among) for among in FIGURES.values()) == 2 * len(State)
