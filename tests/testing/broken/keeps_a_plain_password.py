"""The account's password is a plain text, which is shown wherever the account is."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Secret
from outreach_postcard import PostcardSettings, postcard

FAILS = "test_the_account_is_a_frozen_value"


@attrs.frozen(kw_only=True)
class Account(PostcardSettings):
    """An account that is entered with a password."""

    api_password: str = "open sesame"


_sandbox: Any = Account(token=Secret(value="sandbox"))

provider = attrs.evolve(postcard, settings=Account, sandbox=_sandbox)
