"""One account at a provider, and the secrets in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import attrs

from outreach.errors import CredentialError
from outreach.homes import home

#: Setting that holds the address which most paths are relative to, and to whose origin the token belongs.
MAIN = "base_url"

#: A token longer than this is a file that was named by mistake.
MAX_SECRET = 16_384


@attrs.frozen(repr=False)
class Secret:
    """A reference to a secret, read only when a request is about to be sent; never printed.

    Attributes:
        env: Name of an environment variable, ``{env: NAME}`` in the file.

        file: Path of a file, ``{file: PATH}`` in the file.

        value: The secret itself; only Python programs can give one, a campaign file cannot.
    """

    env: str | None = None
    file: str | None = None
    value: str | None = None

    def __repr__(self) -> str:
        named = f"env={self.env!r}" if self.env else f"file={self.file!r}" if self.file else "value=***"
        return f"Secret({named})"

    def __str__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        msg = "a Secret is not pickled"
        raise TypeError(msg)

    def reveal(self) -> str:
        """Read the secret.

        Raises:
            CredentialError: The variable or file is missing or empty; the message says which.
        """
        text = self.value if self.value is not None else self._from_env() if self.env else self._from_file()
        text = text.strip()
        if not text or len(text) > MAX_SECRET or not text.isprintable():
            msg = f"the secret in {self._place()} is empty or not one line of text"
            raise CredentialError(msg)
        return text

    def _place(self) -> str:
        return f"environment variable {self.env}" if self.env else f"file {self.file}" if self.file else "the account"

    def _from_env(self) -> str:
        try:
            return os.environ[self.env or ""]
        except KeyError:
            msg = f"environment variable {self.env} is not set; set it to the account's token"
            raise CredentialError(msg) from None

    def _from_file(self) -> str:
        try:
            return home(self.file or "").read_text(encoding="utf-8")
        except UnicodeDecodeError:
            why = "not text"
        except (OSError, ValueError) as error:  # nobody has that home; a path may hold a NUL
            why = getattr(error, "strerror", None) or str(error)
        msg = f"cannot read the secret in file {self.file}: {why}"
        raise CredentialError(msg)


@attrs.frozen(kw_only=True)
class Settings:
    """What every account takes. An adapter derives its own class and adds what its vendor alone has.

    Attributes:
        token: Credential; sent to ``base_url``'s origin and nowhere else.

        base_url: Where the API lives, https (plain http for loopback only).

        timeout: Longest time for one request, in seconds.

        pace: Most requests per second.

        concurrency: Most requests at a time.

        batch_size: Most people in one request; None is the adapter's own size.

        campaign_size: Most people in one campaign at the vendor; None is the adapter's own size.

        voices: Our name for a voice, and the vendor's id or name.

        marker: Put a short mark into the campaign's name at the vendor, by which a lost create is found again.

        settle_after: Seconds after which "not found" proves that a request had no effect.

        extra: Fields merged last into the body that creates the campaign at the vendor, unchecked.
    """

    token: Secret | None = None
    base_url: str = ""
    timeout: float = 30.0
    pace: float = 5.0
    concurrency: int = 4
    batch_size: int | None = None
    campaign_size: int | None = None
    voices: Mapping[str, str] = attrs.field(factory=dict)
    marker: bool = True
    settle_after: float = 60.0
    extra: Mapping[str, object] = attrs.field(factory=dict)


def bases(settings: Settings) -> dict[str, str]:
    """Give every setting that holds a base URL: ``base_url``, and those of older generations of the API."""
    kind: Any = type(settings)  # mypy takes a class for unhashable where its instances are
    return {name: getattr(settings, name) for name in _base_names(kind)}


@cache
def _base_names(kind: Any) -> tuple[str, ...]:
    names = (field.name for field in attrs.fields(kind))
    return tuple(name for name in names if name == MAIN or name.endswith(f"_{MAIN}"))


def moved(settings: Settings, base_url: str) -> dict[str, Any]:
    """Give every base URL of an account turned to one address, as where a stand-in answers for all of them."""
    return dict.fromkeys(bases(settings), base_url)
