"""Files: what can go wrong before a text is there, and the switches of ``load``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from outreach.errors import Problem, SpecError
from outreach.model import Campaign
from outreach.plugins import Plugins
from outreach.spec import NOT_BUILT, load, load_accounts, parse
from outreach.spec.tree import MAX_BYTES

Read = Callable[..., Campaign]
Mistakes = Callable[..., tuple[Problem, ...]]
Write = Callable[..., str]


def test_a_file_is_read_by_its_suffix(tmp_path: Path, plugins: Plugins, smallest: Write) -> None:
    """The suffix says the format, in small or large letters, and relative paths start beside the file."""
    json = '{"outreach": 1, "name": "fees", "message": "m", "contacts": "a", "routes": [{"sms": "toingg"}]}'
    toml = 'outreach = 1\nname = "fees"\nmessage = "m"\ncontacts = "a"\nroutes = [{sms = "toingg"}]'
    for name, text in {"a.yaml": smallest(), "b.YML": smallest(), "c.json": json, "d.toml": toml}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

        campaign = load(str(tmp_path / name), plugins=plugins)

        assert ("fees", tmp_path) == (campaign.name, campaign.base)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("none.yaml", None, "none.yaml: cannot be read: No such file or directory"),
        ("folder.yaml", "", "folder.yaml: cannot be read: Is a directory"),
        ("nul\0.yaml", None, "cannot be read"),
        ("a.txt", b"", "a.txt: is no file of ours by its name: write one of .yaml, .yml, .toml, .json"),
        ("a.yaml", b"outreach: 1\nname: \xff", "a.yaml:2: is not UTF-8 text"),
        ("b.yaml", "outreach: 1".encode("utf-16"), "b.yaml:1: is not UTF-8 text"),
        ("c.yaml", b" " * (MAX_BYTES + 1), "c.yaml: is larger than 1 MiB"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_mistake(
    name: str, data: bytes | str | None, said: str, tmp_path: Path, plugins: Plugins
) -> None:
    """Whatever keeps a file from being read is a SpecError that names the file."""
    if isinstance(data, bytes):
        (tmp_path / name).write_bytes(data)
    elif data is not None:
        (tmp_path / name).mkdir()

    with pytest.raises(SpecError) as caught:
        load(tmp_path / name, plugins=plugins)

    assert said in str(caught.value)


def test_where_an_editor_finds_the_schema_is_nothing_to_outreach(tmp_path: Path, plugins: Plugins) -> None:
    """An editor's ``$schema`` changes nothing, in a campaign or in a file of accounts."""
    rest = '"outreach": 1, "name": "fees", "message": "m", "contacts": "a", "routes": [{"sms": "toingg"}]}'
    for name, text in {"a.json": "{" + rest, "b.json": '{"$schema": "./campaign.schema.json", ' + rest}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    plain, edited = (attrs.evolve(load(tmp_path / name, plugins=plugins), places={}) for name in ("a.json", "b.json"))
    accounts = tmp_path / "accounts.json"
    accounts.write_text('{"$schema": "x", "providers": {"toingg": {"token": {"env": "T"}}}}', encoding="utf-8")

    assert edited == plain
    assert list(load_accounts(accounts, plugins=plugins)) == ["toingg"]


def test_via_takes_over_every_route(read: Read, smallest: Write) -> None:
    """One word sends the same campaign through another provider, channels and filters staying as they are."""
    text = smallest(routes="routes: [{sms: [toingg, tingting], when: {a: b}}, {voice: gone}]")

    campaign = read(text, via="contactswing")

    assert [(route.channel, route.providers, route.when) for route in campaign.routes] == [
        ("sms", ("contactswing",), {"a": "b"}),
        ("voice", ("contactswing",), {}),
    ]


@pytest.mark.parametrize(
    ("via", "said"),
    [("tingtin", "via: no provider 'tingtin'; did you mean 'tingting'?"), ("broken", "could not be loaded")],
)
def test_via_needs_an_installed_provider(via: str, said: str, mistakes: Mistakes, smallest: Write) -> None:
    """A provider that cannot be found is a mistake beside those of the file."""
    found = mistakes(smallest(round="round: 0"), via=via)

    assert len(found) == 2
    assert said in "\n".join(map(str, found))


def test_keys_that_are_not_built_are_refused(mistakes: Mistakes, smallest: Write) -> None:
    """A key of the format without behaviour is an error, wherever it stands in a list, and never ignored."""
    not_built = {"routes.when": "leave it out for now", "limits": "soon"}
    text = smallest(routes="routes: [{sms: toingg}, {voice: toingg, when: {a: b}}]", limits="limits: {contacts: 1}")

    found = mistakes(text, not_built=not_built)

    assert [str(one) for one in found] == [
        "c:5:41: routes[1].when: is not built yet: leave it out for now",
        "c:6:1: limits: is not built yet: soon",
    ]
    assert mistakes(text) == ()
    assert NOT_BUILT == {}


def test_a_text_needs_no_file_name(plugins: Plugins, smallest: Write) -> None:
    """Mistakes in a text without a name give line and column alone."""
    with pytest.raises(SpecError) as caught:
        parse(smallest(name="name: ''"), kind="yaml", plugins=plugins)

    assert str(caught.value).startswith("2:7: name: ")


def test_installed_providers_are_found_where_none_are_given(smallest: Write) -> None:
    """Without plugins, those of the entry points count."""
    with pytest.raises(SpecError, match="no provider 'nobody'"):
        parse(smallest(routes="routes: [{sms: nobody}]"), kind="yaml")
