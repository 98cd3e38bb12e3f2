"""The account services as JSON. No code is ever among it."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.services import AccountNumber, AccountState, OtpSent, Sender, Voice

Shape = dict[str, Any]


def voice(one: Voice) -> Shape:
    """Give one element of ``voices --json``."""
    return attrs.asdict(one)


def sender(one: Sender) -> Shape:
    """Give one element of ``senders --json``."""
    return attrs.asdict(one)


def account(one: AccountState) -> Shape:
    """Give the shape of ``account --json``."""
    return attrs.asdict(one)


def number(one: AccountNumber) -> Shape:
    """Give one element of ``numbers … --json``."""
    return attrs.asdict(one)


def otp(one: OtpSent) -> Shape:
    """Give the shape of ``otp send --json``, and one element of ``otp list --json``."""
    return {"number": one.number, "by": one.by, "own": one.own, "at": one.at or None}
