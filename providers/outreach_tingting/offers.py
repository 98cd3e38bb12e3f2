"""TingTing's account services: which endpoint is which, and what its answers say in the words of all vendors.

Numbers are bought through the first generation of the API, since v1 names no endpoint for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from outreach.provider import (
    CODE,
    AccountNumber,
    AccountState,
    By,
    Offer,
    OtpSent,
    OtpWish,
    Problem,
    Secret,
    Sender,
    Service,
    SpecError,
    Voice,
    look_up,
)
from outreach_tingting import endpoints, legacy
from outreach_tingting.numbers import CALLING_CODE, to_local

Row = Mapping[str, Any]

#: Figures of the dashboard that are no account state but tell something about it.
_FIGURES = ("campaigns", "outbound_calls", "outbound_sms", "total_call_duration", "total_owned_numbers")


def _voices(rows: Sequence[Row]) -> Sequence[Voice]:
    return [
        Voice(
            id=str(row["id"]),
            name=row["voice_display_name"],
            vendor_name=row["voice_internal_name"],
            premium=row["is_premium"],
        )
        for row in rows
    ]


def _shared(rows: Sequence[Row]) -> Sequence[Sender]:
    return [Sender(id=str(row["id"]), number=str(row["phone_number"]), shared=True) for row in rows]


def _own(rows: Sequence[Row]) -> Sequence[Sender]:
    return [Sender(id=str(row["id"]), number=str(row["phone_number"]), shared=False) for row in rows]


def _account(row: Row) -> Sequence[AccountState]:
    return [
        AccountState(
            balance=float(row["remaining_credits"]),
            used=_price(row.get("credits_used")),
            unit="credits",
            more={name: row[name] for name in _FIGURES if name in row},
        )
    ]


def _code_arguments(wish: OtpWish) -> Mapping[str, Any]:
    """Write a code's arguments.

    Raises:
        SpecError: The number is not Nepali.
    """
    if not wish.number.startswith(f"+{CALLING_CODE}"):
        raise SpecError([Problem("TingTing reaches numbers of Nepal only", "number")])
    own = None if wish.code is None else wish.code.reveal()
    return {
        "number": to_local(wish.number),
        "message": wish.text.replace(CODE, "{otp}"),
        "sms_send_options": wish.by.value,
        "otp_options": "generated" if own is None else "personnel",
        "otp": own,
        "otp_length": wish.length,
        "voice_input": wish.voice,
    }


def _sent(row: Row) -> Sequence[OtpSent]:
    code = look_up(row, ("otp",))
    return [_listed(row, Secret(value=code) if code else None)]


def _codes(rows: Sequence[Row]) -> Sequence[OtpSent]:
    return [_listed(row, None) for row in rows]


def _listed(row: Row, code: Secret | None) -> OtpSent:
    by, chosen = row.get("sms_send_options"), row.get("otp_options")
    return OtpSent(
        number=str(row["number"]),
        by=By(by) if by in set(By) else None,
        own=None if chosen is None else chosen == "personnel",
        code=code,
        at=look_up(row, ("created_at", "updated_at")) or "",
    )


def _numbers(rows: Sequence[Row]) -> Sequence[AccountNumber]:
    return [
        AccountNumber(
            id=str(row["phone_number_sid"]),
            number=str(row["phone_number"]),
            price=_price(row.get("rate")),
            carries=tuple(filter(None, map(str.strip, str(row.get("available_capabilities") or "").split(",")))),
        )
        for row in rows
    ]


def _sid(number_id: str) -> Mapping[str, Any]:
    return {"phone_sid": number_id}


def _price(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


SERVICES: Mapping[Service, tuple[Offer, ...]] = {
    Service.VOICES: (Offer(endpoint=endpoints.LIST_VOICES, read=_voices),),
    Service.SENDERS: (
        Offer(endpoint=endpoints.LIST_BROKER_PHONES, read=_shared),
        Offer(endpoint=endpoints.LIST_OWN_PHONES, read=_own),
    ),
    Service.ACCOUNT: (Offer(endpoint=endpoints.DASHBOARD, read=_account),),
    Service.OTP_SEND: (Offer(endpoint=endpoints.SEND_OTP, read=_sent, arguments=_code_arguments),),
    Service.OTP_LIST: (Offer(endpoint=endpoints.LIST_OTPS, read=_codes),),
    Service.NUMBERS_LIST: (Offer(endpoint=legacy.OWNED_NUMBERS, read=_numbers),),
    Service.NUMBERS_AVAILABLE: (Offer(endpoint=legacy.NUMBERS, read=_numbers),),
    Service.NUMBERS_BUY: (Offer(endpoint=legacy.BUY_NUMBER, read=_numbers, arguments=_sid),),
    Service.NUMBERS_RELEASE: (Offer(endpoint=legacy.RELEASE_NUMBER, read=lambda _: (), arguments=_sid),),
}
