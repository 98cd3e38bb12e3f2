"""Accounts and their secrets."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from outreach import CredentialError, Secret, Settings

CANARY = "canary-4711-token"


def test_a_secret_is_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the secret's text nor anything that holds it shows it."""
    monkeypatch.setenv("TOKEN_OF_TEST", CANARY)
    secrets = [Secret(value=CANARY), Secret(env="TOKEN_OF_TEST")]

    for secret in secrets:
        assert secret.reveal() == CANARY
        assert CANARY not in f"{secret} {secret!r} {Settings(token=secret)!r}"
        with pytest.raises(TypeError):
            pickle.dumps(secret)


def test_a_secret_is_read_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    """The line end that editors add is no part of it."""
    place = tmp_path / "token"
    place.write_text(f"{CANARY}\n", encoding="utf-8")

    assert Secret(file=str(place)).reveal() == CANARY


@pytest.mark.parametrize(
    ("file", "why"),
    [("~nobody-of-this-name/token", "there is no home folder of ~nobody-of-this-name"), ("a\0b", "embedded null")],
)
def test_a_secret_in_the_home_of_nobody_is_refused(file: str, why: str) -> None:
    """A path that leads nowhere is told like a file that is missing."""
    with pytest.raises(CredentialError, match="cannot read the secret in file") as caught:
        Secret(file=file).reveal()
    assert why in str(caught.value)


@pytest.mark.parametrize("text", ["", "  \n", "two\nlines", "x" * 20_000])
def test_what_cannot_be_a_secret_is_refused_by_its_place(tmp_path: Path, text: str) -> None:
    """The message names the file and not its content."""
    place = tmp_path / "token"
    place.write_text(text, encoding="utf-8")

    with pytest.raises(CredentialError, match="token") as caught:
        Secret(file=str(place)).reveal()

    assert "two" not in str(caught.value)


def test_a_missing_variable_or_file_is_named() -> None:
    """The message says what to set."""
    with pytest.raises(CredentialError, match="NO_SUCH_VARIABLE is not set"):
        Secret(env="NO_SUCH_VARIABLE").reveal()
    with pytest.raises(CredentialError, match="/no/such/file"):
        Secret(file="/no/such/file").reveal()
