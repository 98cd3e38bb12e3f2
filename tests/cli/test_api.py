"""``outreach api``, against the sandbox over real HTTP."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import Result

from outreach.cli import api
from outreach.plugins import load_plugins

Run = Callable[..., Result]

OTP = ("number=9610000011", "message=Hi {otp}", "sms_send_options=text", "otp_options=personnel", "otp=48213")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, where the journals are."""
    monkeypatch.chdir(tmp_path)
    for name in ("OUTREACH_ACCOUNTS", "OUTREACH_JOURNAL"):
        monkeypatch.delenv(name, raising=False)


def test_the_list_for_programs(run: Run) -> None:
    """Every endpoint with name, method, path, danger and evidence."""
    rows = orjson.loads(run("api", "tingting", "--list", "--json").stdout)
    of_run = next(one for one in rows if one["name"] == "run_campaign")

    assert len(rows) == len(load_plugins().providers["tingting"].endpoints)
    assert {key: of_run[key] for key in ("method", "path", "danger", "evidence")} == {
        "method": "POST",
        "path": "run-campaign/<id>/",
        "danger": "reaches",
        "evidence": "documented",
    }


def test_the_list_for_people(run: Run) -> None:
    """Endpoints a line each; with an endpoint its arguments."""
    assert "legacy_buy_number" in run("api", "tingting", "--list").stdout
    assert "sms_send_options" in run("api", "tingting", "send-otp", "--list").stdout


def test_a_campaign_by_hand(run: Run, tmp_path: Path) -> None:
    """Create, upload, list all pages, run: the sandbox remembers from call to call, and numbers are masked."""
    (tmp_path / "n.csv").write_text("numbers,name\n" + "".join(f"96100{n:05},शिखर\n" for n in range(120)))
    words = ("name=a", "services=PHONE", "user_phone=3", "message=hi {name}", "sms_message=")
    made = run("api", "tingting", "create_campaign", "--sandbox", "--json", *words)
    campaign = orjson.loads(made.stdout)["id"]
    for endpoint, *more in (("upload_contacts", "bulk_file=@n.csv"), ("set_message", "voice=3", "category=Text")):
        assert run("api", "tingting", endpoint, "--sandbox", f"id={campaign}", *more).exit_code == 0
    listed = run("api", "tingting", "contacts", "--sandbox", "--all-pages", "--json", f"id={campaign}")
    shown = run("api", "tingting", "contacts", "--sandbox", f"id={campaign}")
    ran = run("api", "tingting", "run_campaign", "--sandbox", f"campaign_id={campaign}")

    assert len(orjson.loads(listed.stdout)) == 120
    assert "9610000001" in listed.stdout
    assert "9610000001" not in shown.stdout
    assert ran.exit_code == 0
    assert "Began" in ran.stdout


def test_the_first_generation_has_its_own_base(run: Run) -> None:
    """Calls of both generations reach the sandbox."""
    done = run(
        "api", "tingting", "legacy_begin_campaign", "--sandbox", "--json", "id=10", "message=hi", "individual=305"
    )

    assert orjson.loads(done.stdout)["data"]["hold amount"].startswith("1 credits")


def test_every_mistake_at_once(run: Run) -> None:
    """Arguments are typed by the table; all mistakes are told, and nothing is sent."""
    words = ("id=x", "contacts=1", "nubmer=1", "mess", "id=3")
    done = run("api", "tingting", "add_contacts", "--sandbox", *words)

    assert done.exit_code == 2
    assert "id: 'x' is no whole number" in done.stderr
    assert "contacts: 1 is no list of objects" in done.stderr
    assert "nubmer: 'add_contacts' has no such argument; there are: id, contacts" in done.stderr
    assert "key=value" in done.stderr
    assert not Path(".outreach").exists()


@pytest.mark.parametrize("words", [("contacts=@people.json",), ('contacts:=[{"number": "9610000011"}]',)])
def test_json_from_the_line_and_from_a_file(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    """``:=`` is JSON, ``=@`` is a file."""
    (tmp_path / "people.json").write_text('[{"number": "9610000011"}]')
    run("api", "tingting", "create_campaign", "--sandbox", *CREATE)

    assert '"created": 1' in run("api", "tingting", "add_contacts", "--sandbox", "id=79", *words).stdout


CREATE = ("name=a", "services=PHONE", "user_phone=3", "message=hi", "sms_message=")


def test_a_file_that_is_not_there(run: Run) -> None:
    """A file that cannot be read is a mistake like another."""
    for name, why in (("nowhere.csv", "cannot be read"), ("~nobody-of-this-name/a.csv", "there is no home folder")):
        done = run("api", "tingting", "upload_contacts", "--sandbox", "id=79", f"bulk_file=@{name}")

        assert (done.exit_code, why in done.stderr) == (2, True)


@pytest.mark.parametrize("words", [("run_campaign", "id=79"), ("legacy_buy_number", "phone_sid=x"), ("send_otp", *OTP)])
def test_nobody_to_ask(run: Run, words: tuple[str, ...]) -> None:
    """What reaches people or spends needs somebody to ask, or --yes."""
    done = run("api", "tingting", *words)

    assert done.exit_code == 2
    assert "give --yes; nothing was sent" in done.stderr


@pytest.mark.parametrize(("answer", "code"), [("n\n", 3), ("", 130)])
def test_the_question(run: Run, monkeypatch: pytest.MonkeyPatch, accounts: str, answer: str, code: int) -> None:
    """The question says what is done; no and Ctrl-C send nothing."""
    monkeypatch.setattr(api, "_somebody_there", lambda: True)
    done = run("api", "tingting", "run_campaign", "id=79", "--accounts", accounts, input=answer)

    assert "ring the phones: POST run-campaign/79/ at tingting reaches people whom the vendor alone" in done.stderr
    assert "knows, so that no do-not-contact list is asked. Send it? [y/N]" in done.stderr
    assert done.exit_code == code


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give an account at an address where nobody listens."""
    monkeypatch.setenv("SOME_TOKEN", "canary-token")
    path = tmp_path / "accounts.yaml"
    path.write_text(
        'providers: {tingting: {token: {env: SOME_TOKEN}, base_url: "http://127.0.0.1:9/", '
        'legacy_base_url: "http://127.0.0.1:9/"}}\n'
    )
    return str(path)


def test_without_an_account(run: Run) -> None:
    """A live call says how to name an account."""
    done = run("api", "tingting", "voices")

    assert (done.exit_code, "--accounts" in done.stderr) == (2, True)


def test_a_code_is_nowhere(run: Run, tmp_path: Path) -> None:
    """Neither screen, log, journal nor the sandbox's memory holds a one-time code or a password."""
    sent = run("api", "tingting", "send_otp", "--sandbox", "--json", "-vv", *OTP)
    listed = run("api", "tingting", "otps", "--sandbox", "--json", "--all-pages", "-vv")
    login = run("api", "tingting", "login", "--sandbox", "email=a@b.c", "password=48213", "-vv")
    kept = b"".join(one.read_bytes() for one in (tmp_path / ".outreach").iterdir())

    assert [done.exit_code for done in (sent, listed, login)] == [0, 0, 0]
    assert orjson.loads(sent.stdout)["data"]["details"]["number"] == "9610000011"
    for text in (sent.output, listed.output, login.output, kept.decode("latin-1")):
        assert "48213" not in text
        assert "4 8 2 1 3" not in text


def test_a_token_goes_into_a_private_file(run: Run, tmp_path: Path, accounts: str) -> None:
    """A new token is never printed: it needs a file, which is made before anything is sent, for the owner alone."""
    refused = run("api", "tingting", "generate_api_key", "--accounts", accounts)
    failed = run("api", "tingting", "login", "email=a", "password=b", "--accounts", accounts, "--output", "lost")
    done = run("api", "tingting", "generate_api_key", "--sandbox", "--output", "key.json")
    again = run("api", "tingting", "generate_api_key", "--sandbox", "--output", "key.json")
    token = orjson.loads((tmp_path / "key.json").read_bytes())["token"]

    assert (refused.exit_code, "--output FILE" in refused.stderr) == (2, True)
    assert failed.exit_code == 5
    assert (done.exit_code, again.exit_code) == (0, 4)
    assert token not in done.output
    assert stat.S_IMODE((tmp_path / "key.json").stat().st_mode) == 0o600


def test_a_report_is_text_and_a_sound_is_kept(run: Run, tmp_path: Path) -> None:
    """CSV is printed with masked numbers; what is no text needs a file."""
    report = run("api", "tingting", "legacy_report", "--sandbox", "campaign_id=10")
    sound = run("api", "tingting", "legacy_test_voice", "--sandbox", "message=hi")
    kept = run("api", "tingting", "legacy_test_voice", "--sandbox", "message=hi", "--output", "a.mp3")

    assert "•••34,not started" in report.stdout
    assert "give --output FILE" in sound.stderr
    assert kept.exit_code == 0
    assert (tmp_path / "a.mp3").read_bytes().startswith(b"ID3")


def test_an_unknown_outcome(run: Run) -> None:
    """Exit 7, and the same call is refused until --again."""
    run("api", "tingting", "create_campaign", "--sandbox", "name=sandbox-run-stuck", *CREATE[1:])
    run("api", "tingting", "set_message", "--sandbox", "id=79", "voice=3", "category=Text")
    first, second = (run("api", "tingting", "run_campaign", "--sandbox", "id=79", "--json") for _ in range(2))
    third = run("api", "tingting", "run_campaign", "--sandbox", "id=79", "--again")

    assert [done.exit_code for done in (first, second, third)] == [7, 3, 7]
    assert orjson.loads(first.stdout)["error"]["exit_code"] == 7


def test_a_refusal(run: Run) -> None:
    """What the vendor refuses ends with 1 and its words."""
    done = run("api", "toingg", "call_status", "--sandbox", "callId=CA1")

    assert (done.exit_code, "rejected: Call not found." in done.stderr) == (1, True)


def test_names_are_guessed(run: Run) -> None:
    """A wrong provider or endpoint is answered with the one that may be meant."""
    assert "did you mean 'voices'" in run("api", "tingting", "voises", "--sandbox").stderr
    assert "did you mean 'tingting'" in run("api", "tingtng", "voices", "--sandbox").stderr
    assert "--list" in run("api", "tingting").stderr


def test_the_journal_stays_private(run: Run, tmp_path: Path) -> None:
    """What holds numbers is readable by its owner alone."""
    run("api", "tingting", "send_otp", "--sandbox", *OTP)
    modes: set[Any] = {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / ".outreach").iterdir()}

    assert modes == {0o600}
