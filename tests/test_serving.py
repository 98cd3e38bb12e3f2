"""Account services: one shape for all vendors, asked before they spend, journalled, and without a code anywhere."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest
from click.testing import CliRunner, Result

import outreach
from outreach import serving
from outreach.cli import cli
from outreach.delivery.clock import SystemClock
from outreach.delivery.journal import StepState
from outreach.delivery.sqlite import SqliteJournal
from outreach.plugins import Plugins, load_plugins
from outreach.provider import Offer, Service, Voice
from outreach.wire import Received, Response

ANN = "+9779610098711"
SID = "b7142c5ae3b673d944d81c83bda4f5de"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OUTREACH_ACCOUNTS", "OUTREACH_JOURNAL"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str, **more: Any) -> Result:
    """Run a command in the sandbox."""
    return CliRunner().invoke(cli, [*words, "--sandbox"], **more)


def test_voices_and_senders() -> None:
    """Each vendor's own shape becomes one; of two lists of senders the shared ones are marked."""
    voices = outreach.voices("tingting", sandbox=True)
    senders = outreach.senders("tingting", sandbox=True)

    assert voices[1] == outreach.Voice(id="2", name="Rija", vendor_name="np_rija", premium=True)
    assert [(one.id, one.number, one.shared) for one in senders] == [
        ("1", "+97715970425", True),
        ("3", "+97715970400", False),
    ]
    assert outreach.voices("toingg", sandbox=True)[0] == outreach.Voice(id="swara", name="swara")


def test_the_account() -> None:
    """What is left and used, with its unit."""
    one = outreach.account("tingting", sandbox=True)

    assert (one.balance, one.used, one.unit) == (100_000.0, 0.0, "credits")
    assert one.more["outbound_calls"] == 0


@pytest.mark.parametrize(
    ("provider", "service"),
    [("contactswing", "voices"), ("toingg", "account"), ("toingg", "numbers_list"), ("contactswing", "otp_list")],
)
def test_a_vendor_without_a_service_says_so(provider: str, service: str) -> None:
    """Nothing is sent, and the sentence names the vendor and what it has instead; exit 3."""
    with pytest.raises(outreach.Refused, match=r"has no '.*', as far as its pages tell") as refused:
        getattr(outreach, service)(provider, sandbox=True)

    assert refused.value.exit_code == 3
    assert service.replace("_", " ") in str(refused.value)


@pytest.mark.parametrize("own", [None, outreach.Secret(value="493817")])
def test_a_code_is_told_to_the_caller_alone(
    own: outreach.Secret | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is a Secret in the answer; no log, list, journal or sandbox file holds it."""
    caplog.set_level(logging.DEBUG)
    sent = outreach.otp_send("tingting", ANN, code=own, length=6, sandbox=True)
    listed = outreach.otp_list("tingting", sandbox=True)

    assert sent.code is not None
    code = sent.code.reveal()
    assert len(code) == 6
    assert sent.own is (own is not None)
    assert listed[0].code is None
    assert listed[0].number == "9610098711"
    shown = f"{sent} {listed} {caplog.text}".encode()
    files = [path.read_bytes() for path in (tmp_path / ".outreach").iterdir()]
    assert all(code.encode() not in each for each in (shown, *files))


def test_a_code_goes_to_nobody_on_the_do_not_contact_list() -> None:
    """However the number is written, and whichever channel is closed; the sentence shows no number in full."""
    outreach.suppress([ANN], channel=outreach.Channel.VOICE)

    for number in (ANN, "9610098711", "00977 9610098711"):
        with pytest.raises(outreach.Refused, match="do-not-contact list") as refused:
            outreach.otp_send("tingting", number, country="NP", sandbox=True)
        assert "9610098711" not in str(refused.value)
    assert outreach.otp_list("tingting", sandbox=True) == []


def test_a_single_call_asks_the_list_too() -> None:
    """``api`` does not reach whom ``send`` would not; numbers deep in the arguments count."""
    outreach.suppress(["+9779610000042"])
    body = next(one for one in load_plugins().provider("contactswing").endpoints if one.people and "." in one.people[0])

    with pytest.raises(outreach.Refused, match="do-not-contact list"):
        outreach.call("toingg", "send_sms", {"name": "S", "phoneNumber": "9779610000042", "message": "x"}, sandbox=True)
    with pytest.raises(outreach.Refused, match="do-not-contact list"):
        outreach.call("contactswing", body.name, dict(body.example), sandbox=True)


@pytest.mark.parametrize(
    ("wish", "path"),
    [({"text": "no place for it"}, "text"), ({"number": "+12025550111"}, "number"), ({"by": "voice"}, "voice_input")],
)
def test_a_wish_that_cannot_be_met_sends_nothing(wish: dict[str, Any], path: str) -> None:
    """The mistake is named, and nobody is reached."""
    with pytest.raises(outreach.SpecError) as wrong:
        outreach.otp_send("tingting", **{"number": ANN, "sandbox": True, **wish})

    assert wrong.value.problems[0].path == path


@pytest.mark.asyncio
async def test_what_spends_is_journalled(tmp_path: Path) -> None:
    """Buying and sending a code are written down before they leave; reading is not."""
    await outreach.anumbers_available("tingting", sandbox=True)
    await outreach.anumbers_buy("tingting", SID, sandbox=True)
    await outreach.aotp_send("tingting", ANN, sandbox=True)
    owned = await outreach.anumbers_list("tingting", sandbox=True)
    await outreach.anumbers_release("tingting", SID, sandbox=True)

    path = tmp_path / ".outreach" / "sandbox.db"
    async with await SqliteJournal.open(path, now=SystemClock().now()) as journal:
        calls = [(one.endpoint, one.state) for one in await journal.calls()]

    assert calls == [("legacy_buy_number", StepState.ACCEPTED), ("send_otp", StepState.ACCEPTED)]
    assert SID in {one.id for one in owned}
    assert SID not in {one.id for one in await outreach.anumbers_list("tingting", sandbox=True)}
    assert next(one for one in owned if one.id == SID).carries == ("Voice", "SMS")


def broken(answer: Response) -> Plugins:
    """Give plug-ins whose TingTing answers everything like this."""

    @attrs.define
    class Broken:
        reached: list[Any] = attrs.field(factory=list)

        def answer(self, _received: Received, _now: object) -> Response:
            return answer

    known = load_plugins()
    one = attrs.evolve(known.provider("tingting"), emulate=Broken)
    return attrs.evolve(known, providers={**known.providers, "tingting": one})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response.of([{"id": 1}]), outreach.OutreachError),
        (Response.of({"detail": "no"}, 400), outreach.Refused),
        (Response.of({"detail": "no"}, 401), outreach.CredentialError),
    ],
)
def test_other_answers_are_errors_that_say_what_to_do(answer: Response, error: type[Exception]) -> None:
    """A shape that is not the documented one names the page; refusals keep their class."""
    with pytest.raises(error, match="TingTing"):
        outreach.voices("tingting", sandbox=True, plugins=broken(answer))


def test_an_unknown_purchase_is_not_repeated() -> None:
    """What may have happened is refused the second time, until somebody looked."""
    plugins = broken(Response.of({"detail": "oops"}, 500))

    with pytest.raises(outreach.OutreachError) as first:
        outreach.numbers_buy("tingting", SID, sandbox=True, plugins=plugins)
    with pytest.raises(outreach.Refused, match="nobody knows what it did"):
        outreach.numbers_buy("tingting", SID, sandbox=True)

    assert first.value.exit_code == 7
    # The stand-in remembers what it was asked: it was bought, so that buying it again is refused by the vendor.
    with pytest.raises(outreach.Refused, match="Number not found"):
        outreach.numbers_buy("tingting", SID, sandbox=True, again=True)


def test_a_strangers_adapter_offers_a_service_in_one_row() -> None:
    """An endpoint of its own and a function that reads the answer are all that it takes."""
    known = load_plugins()
    one = known.provider("tingting")
    row = Offer(
        endpoint=next(each for each in one.endpoints if each.name == "broker_phones"),
        read=lambda rows: [Voice(id=str(each["id"]), name=each["phone_number"]) for each in rows],
    )
    plugins = attrs.evolve(
        known, providers={**known.providers, "tingting": attrs.evolve(one, services={Service.VOICES: (row,)})}
    )

    assert serving.voices("tingting", sandbox=True, plugins=plugins)[0].name == "+97715970425"


def test_every_offer_names_a_row_of_its_own_table() -> None:
    """A service calls nothing that ``outreach api`` does not show."""
    for one in load_plugins().providers.values():
        for offers in one.services.values():
            assert {offer.endpoint.name for offer in offers} <= {each.name for each in one.endpoints}


def test_the_commands(tmp_path: Path) -> None:
    """Each prints a table, or JSON in the documented shape; a code goes into a private file and nowhere else."""
    code = tmp_path / "code"

    assert "np_prashanna" in run("voices", "tingting").stdout
    assert orjson.loads(run("voices", "tingting", "--json").stdout)[0]["vendor_name"] == "np_rija"
    assert "your own" in run("senders", "tingting").stdout
    assert orjson.loads(run("account", "tingting", "--json").stdout)["balance"] == 100_000.0
    assert "credits" in run("account", "tingting").stdout
    sent = run("otp", "send", "tingting", ANN, "--code-to", str(code), "--json")
    assert orjson.loads(sent.stdout) == {"number": "9610098711", "by": "text", "own": False, "at": None}
    assert (code.read_text(), code.stat().st_mode & 0o777) == ("0001\n", 0o600)
    listed = run("otp", "list", "tingting")
    assert "0001" not in listed.stdout + listed.stderr + sent.stdout + sent.stderr
    assert "9610098711" not in listed.stdout
    assert orjson.loads(run("numbers", "available", "tingting", "--json").stdout)[0]["price"] == 40.0
    assert run("numbers", "buy", "tingting", SID).exit_code == 0
    assert SID in run("numbers", "list", "tingting").stdout
    assert "Given back" in run("numbers", "release", "tingting", SID).stderr
    assert run("voices", "contactswing").exit_code == 3


def test_an_own_code_is_read_from_a_file_or_stdin(tmp_path: Path) -> None:
    """It never stands on the command line, which every process can read; a file in its way ends it before."""
    own = tmp_path / "own"
    own.write_text("774411\n")

    assert run("otp", "send", "tingting", ANN, "--code-from", str(own)).exit_code == 0
    assert run("otp", "send", "tingting", ANN, "--code-from", "-", input="885522\n").exit_code == 0
    assert run("otp", "send", "tingting", ANN, "--code-to", str(own)).exit_code == 4
    assert own.read_text() == "774411\n"
    assert [one.own for one in outreach.otp_list("tingting", sandbox=True)] == [True, True]


@pytest.mark.parametrize(
    "words",
    [("otp", "send", "tingting", ANN), ("numbers", "buy", "tingting", SID), ("numbers", "release", "tingting", SID)],
)
def test_nobody_to_ask_sends_nothing(words: tuple[str, ...]) -> None:
    """Without a terminal and without --yes what spends or reaches people is a mistake of usage."""
    done = CliRunner().invoke(cli, list(words))

    assert done.exit_code == 2
    assert "give --yes; nothing was sent" in done.stderr
