"""``outreach providers``."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from outreach.cli import providers as module
from outreach.model import Channel, Secret, Settings
from outreach.negotiation import Batching, Capabilities, Features, Verdict, degraded, emulated, native
from outreach.plugins import Failure, Plugins
from outreach.provider import Provider


def unused(*_: Any) -> Any:
    """Stand for a function that listing must not call."""
    raise AssertionError


POSTCARD: Provider[Settings] = Provider(
    name="postcard",
    title="Postcard Ltd",
    docs="https://postcard.example/docs",
    version="1.2",
    settings=Settings,
    capabilities=Capabilities(
        channels={
            Channel.SMS: Features(
                text=native("https://postcard.example/docs/text"),
                placeholders=emulated("outreach fills them in"),
                start=degraded("postcard.start", "the post comes when it comes"),
            )
        },
        batching=Batching(size=20),
        calling_codes=("977",),
    ),
    load=unused,
    interpret=unused,
    emulate=unused,
    sandbox=Settings(token=Secret(value="sandbox")),
)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one provider be installed, and one plug-in be broken."""
    plugins = Plugins({"postcard": POSTCARD}, (Failure("broken", "ImportError: no module named 'x'"),))
    monkeypatch.setattr(module, "load_plugins", lambda: plugins)
    monkeypatch.setenv("COLUMNS", "80")


def test_the_list_as_json(run: Any) -> None:
    """``--json`` prints every provider with the verdict of each feature, and what could not be loaded."""
    shape = orjson.loads(run("providers", "--json").stdout)

    (provider,) = shape["providers"]
    assert (provider["name"], provider["version"]) == ("postcard", "1.2")
    assert provider["channels"]["sms"]["text"] == Verdict.NATIVE
    assert provider["channels"]["sms"]["audio"] == Verdict.REFUSED
    assert shape["failed"] == [{"name": "broken", "error": "ImportError: no module named 'x'"}]


def test_the_list_for_people(run: Any) -> None:
    """One line per provider, and the broken plug-in with its error."""
    shown = " ".join(run("providers").stdout.split())

    assert "postcard Postcard Ltd 1.2 sms" in shown
    assert "Could not be loaded - broken: ImportError: no module named 'x'" in shown


def test_one_provider_for_people(run: Any) -> None:
    """With a name, every feature has its verdict, its sentence, its code and its page, within 80 columns."""
    done = run("providers", "postcard")

    shown = " ".join(done.stdout.split())
    assert "kept text https://postcard.example/docs/text" in shown
    assert "imitated placeholders outreach fills them in" in shown
    assert "weakened start the post comes when it comes accept: postcard.start" in shown
    assert "refused audio" in shown
    assert "reaches +977" in shown
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_one_provider_as_json(run: Any) -> None:
    """With a name, JSON has the details too."""
    (provider,) = orjson.loads(run("providers", "postcard", "--json").stdout)["providers"]

    assert provider["details"]["sms"]["start"] == {
        "verdict": "degraded",
        "detail": "the post comes when it comes",
        "code": "postcard.start",
        "doc": "",
    }


@pytest.mark.parametrize(
    ("name", "hint"), [("postcrd", "did you mean 'postcard'?"), ("broken", "could not be loaded: ImportError")]
)
def test_a_provider_that_is_not_there(run: Any, name: str, hint: str) -> None:
    """A wrong name ends with 2 and says what may be meant, or why it could not be loaded."""
    done = run("providers", name)

    assert done.exit_code == 2
    assert hint in done.stderr
