"""Accounts: typed by the adapter's own class, with secrets that are only pointed at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from outreach.errors import Problem, SpecError
from outreach.model import Campaign, Channel, Secret, Settings
from outreach.plugins import Plugins
from outreach.spec import load

Read = Callable[..., Campaign]
Mistakes = Callable[..., tuple[Problem, ...]]
Write = Callable[..., str]

RIGHT: Mapping[str, tuple[Any, str]] = {
    "token: {env: TINGTING_TOKEN}": (Secret(env="TINGTING_TOKEN"), "token"),
    "token: {file: keys/tt}": (Secret(file="folder/keys/tt"), "token"),
    "token: {file: /run/secrets/tt}": (Secret(file="/run/secrets/tt"), "token"),
    "token: {file: ~/tt}": (Secret(file="~/tt"), "token"),
    "token:": (None, "token"),
    "base_url: https://api.example.org:8443/v1/": ("https://api.example.org:8443/v1/", "base_url"),
    "base_url: http://localhost:8080": ("http://localhost:8080", "base_url"),
    "base_url: http://127.8.0.1/": ("http://127.8.0.1/", "base_url"),
    'base_url: "http://[::1]:80/x"': ("http://[::1]:80/x", "base_url"),
    "timeout: 2.5": (2.5, "timeout"),
    "pace: 1": (1.0, "pace"),
    "concurrency: '8'": (8, "concurrency"),
    "batch_size: 100": (100, "batch_size"),
    "batch_size: ~": (None, "batch_size"),
    "settle_after: 0": (0.0, "settle_after"),
    "voices: {warm: 3, swara: swara-2}": ({"warm": "3", "swara": "swara-2"}, "voices"),
    "marker: no": (False, "marker"),
    "extra: {a: 01, b: 1, c: {d: [yes, true, '1', null, -1.5e2]}}": (
        {"a": "01", "b": 1, "c": {"d": ["yes", True, "1", None, -150.0]}},
        "extra",
    ),
    "senders: [3, '4']": ((3, 4), "senders"),
    "voice: 3": (3, "voice"),
    "voice: rija": ("rija", "voice"),
    "retype: short": ("short", "retype"),
    "channel: ai_call": (Channel.AI_CALL, "channel"),
    "named: {a: 1, b: 2.5}": ({"a": 1.0, "b": 2.5}, "named"),
    "tags: [a, b, a]": (frozenset({"a", "b"}), "tags"),
    "second: {env: B}": (Secret(env="B"), "second"),
    "strict: TRUE": (True, "strict"),
    "needed: {a: [1]}": ({"a": [1]}, "needed"),
}


@pytest.mark.parametrize("line", RIGHT)
def test_an_account_is_typed_by_its_settings_class(line: str, read: Read, smallest: Write) -> None:
    """Every type that an adapter's settings use is read from text."""
    expected, name = RIGHT[line]

    account = read(smallest(providers=f"providers:\n  tingting:\n    {line}")).providers["tingting"]

    assert expected == getattr(account, name)
    assert type(expected) is type(getattr(account, name))


def test_parts_of_an_account_are_classes_of_their_own(read: Read, smallest: Write) -> None:
    """A settings class may be made of further attrs classes."""
    text = smallest(providers="providers: {tingting: {parts: [{id: 1}, {id: 2, pitch: .5}]}}")

    parts = read(text).providers["tingting"].parts  # type: ignore[attr-defined]  # of the tests' own class

    assert [(part.id, part.pitch) for part in parts] == [(1, 1.0), (2, 0.5)]


WRONG: Mapping[str, tuple[str, str]] = {
    "token: sesame": ("token", "write {env: NAME} or {file: PATH}"),
    "token: {value: sesame}": ("token", "write {env: NAME} or {file: PATH}"),
    "token: {env: A, file: sesame}": ("token", "never the secret itself"),
    "token: {}": ("token", "never the secret itself"),
    "token: {env: sesame-opens}": ("token.env", "name of an environment variable"),
    "token: {file: ''}": ("token.file", "is not a path"),
    "second: [sesame]": ("second", "never the secret itself"),
    "base_url: http://api.example.org": ("base_url", "is not an https address"),
    "base_url: https://user:sesame@example.org": ("base_url", "without user"),
    "base_url: https://example.org/?key=sesame": ("base_url", "query"),
    "base_url: https://example.org/#sesame": ("base_url", "fragment"),
    "base_url: http://127.0.0.1.example.org": ("base_url", "loopback"),
    "base_url: http://127.0.0.999": ("base_url", "loopback"),
    "base_url: http://localhost@example.org": ("base_url", "loopback"),
    "base_url: https://example.org:99999": ("base_url", "is not an https address"),
    "base_url: ftp://example.org": ("base_url", "is not an https address"),
    "legacy_base_url: http://sesame.org": ("legacy_base_url", "is not an https address"),
    "timeout: 0": ("timeout", "above 0"),
    "timeout: sesame": ("timeout", "above 0"),
    "pace: -1": ("pace", "above 0"),
    "pace: nan": ("pace", "above 0"),
    "concurrency: 0": ("concurrency", "1 or more"),
    "batch_size: 0": ("batch_size", "1 or more"),
    "campaign_size: 0.5": ("campaign_size", "1 or more"),
    "settle_after: -1": ("settle_after", "0 or more"),
    "voices: {warm: [3]}": ("voices.warm", "not a list"),
    "voices: [warm]": ("voices", "must be a mapping"),
    "marker: sesame": ("marker", "neither true nor false"),
    "extra: sesame": ("extra", "must be a mapping"),
    "extra: {n: 1e999}": ("extra.n", "too large"),
    "extra: {n: 99999999999999999999}": ("extra.n", "too large"),
    "senders: 3": ("senders", "must be a list"),
    "senders: [x]": ("senders[0]", "whole number"),
    "voice: [3]": ("voice", "not a list"),
    "retype: ful": ("retype", "did you mean 'full'?"),
    "channel: fax": ("channel", "allowed: voice"),
    "parts: [{pitch: 1}]": ("parts[0].id", "is missing"),
    "parts: [{id: 1, pich: 1}]": ("parts[0].pich", "did you mean 'pitch'?"),
    "named: {a: x}": ("named.a", "is not a number"),
    "tags: a": ("tags", "must be a list"),
    "timout: 3": ("timout", "did you mean 'timeout'?"),
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_account_is_named_without_quoting_it(line: str, mistakes: Mistakes, smallest: Write) -> None:
    """A mistake in an account names its place and the remedy; no value is quoted, for it may be a secret."""
    path, said = WRONG[line]

    (found,) = mistakes(smallest(providers=f"providers:\n  tingting:\n    {line}"))

    assert f"providers.tingting.{path}" == found.path
    assert found.line == 8
    assert said in found.message
    assert "sesame" not in str(found)


@pytest.mark.parametrize(
    ("providers", "path", "said"),
    [
        ("{tinting: {}}", "providers.tinting", "no provider 'tinting'"),
        ("{toing: {}}", "providers.toing", "did you mean 'toingg'?"),
        ("{broken: {}}", "providers.broken", "could not be loaded: ImportError: no module named nowhere"),
        ("{tingting: sesame}", "providers.tingting", "must be a mapping"),
        ("sesame", "providers", "must be a mapping"),
        ("", "providers", "must be a mapping"),
        ("{strange: {even: 3}}", "providers.strange", "even must be even"),
        ("{strange: {word: sesame}}", "providers.strange", "no good word: '…'"),
        ("{strange: {odd: 3}}", "providers.strange.odd", "complex"),
    ],
)
def test_accounts_of_nobody_are_refused(
    providers: str, path: str, said: str, mistakes: Mistakes, smallest: Write
) -> None:
    """An account needs an installed provider, and whatever its class objects to is told."""
    (found,) = mistakes(smallest(providers=f"providers: {providers}"))

    assert path == found.path
    assert said in found.message
    assert "sesame" not in str(found)


def test_a_route_needs_no_account(read: Read, smallest: Write) -> None:
    """Whether an account is needed is for the plan to say: the sandbox needs none."""
    assert read(smallest()).providers == {}


ACCOUNTS = "providers: {tingting: {token: {file: tt}}, toingg: {pace: 1}}"


@pytest.fixture
def folder(tmp_path: Path, smallest: Write) -> Path:
    """Lay out a campaign and, in a folder of their own, the accounts."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    own = "providers: {tingting: {pace: 9, token: {env: X}}, contactswing: {pace: 8}}"
    (tmp_path / "campaign.yaml").write_text(smallest(providers=own), encoding="utf-8")
    return tmp_path


def test_accounts_of_a_file_of_their_own_go_first(folder: Path, plugins: Plugins) -> None:
    """An account that both files name is taken whole from the accounts file, relative to whose folder secrets are."""
    campaign = load(folder / "campaign.yaml", accounts=folder / "keys" / "accounts.yaml", plugins=plugins)

    assert {"contactswing", "tingting", "toingg"} == set(campaign.providers)
    assert Settings(pace=8.0) == campaign.providers["contactswing"]
    assert Settings(pace=1.0) == campaign.providers["toingg"]
    assert (5.0, Secret(file=str(folder / "keys" / "tt"))) == (
        campaign.providers["tingting"].pace,
        campaign.providers["tingting"].token,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("providers: {tingting: {token: sesame}}", "accounts.yaml:1:31: providers.tingting.token"),
        ("outreach: 2\nproviders: {}", "accounts.yaml:1:11: outreach"),
        ("provider: {}", "accounts.yaml:1:1: provider: unknown key 'provider'; did you mean 'providers'?"),
        ("provider: {}", "accounts.yaml:1:1: providers: is missing"),
        ("[", "accounts.yaml:1:2: this is not YAML"),
    ],
)
def test_mistakes_of_both_files_come_together(text: str, said: str, folder: Path, plugins: Plugins) -> None:
    """The accounts file is judged like the campaign, in the same pass."""
    (folder / "keys" / "accounts.yaml").write_text(text, encoding="utf-8")
    (folder / "campaign.yaml").write_text("outreach: 1", encoding="utf-8")

    with pytest.raises(SpecError) as caught:
        load(folder / "campaign.yaml", accounts=folder / "keys" / "accounts.yaml", plugins=plugins)

    assert said in str(caught.value)
    assert "campaign.yaml:1:1: name: is missing" in str(caught.value)
    files = [Path(one.file).name for one in caught.value.problems]
    assert files[:3] == ["campaign.yaml"] * 3
    assert set(files[3:]) == {"accounts.yaml"}
