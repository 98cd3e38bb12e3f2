"""The account services of the Python API: voices, senders, the account, one-time codes, numbers.

Every call here takes the same keywords:

    accounts: A file with the account; None: ``$OUTREACH_ACCOUNTS``, if it is set.

    settings: The account itself, in place of a file.

    journal: What spends or reaches people is written down there; None: ``.outreach/journal.db`` in this folder.

    sandbox: Ask the adapter's emulator instead, with a journal of its own.

    plugins: None: all that are installed.

    clock: None: the machine's.

    rng: Source of the jitter between tries; None: the system's.

Those that spend or reach people also take ``confirm`` (asked before, False sends nothing) and ``again`` (send although
nobody knows what the same call did before). Each may raise:

    Refused: The vendor has no such service, or said no, or the number is on the do-not-contact list.

    SpecError: There is no account, or something in the wish is wrong. Nothing was sent.

    CredentialError: A secret cannot be read, or the vendor does not accept it.

    Unavailable: The vendor cannot be reached, or asks to be left alone.

    Unreadable: The vendor's answer cannot be understood; of what spends or reaches people nobody knows what it did.

    JournalError: The journal is in use, damaged or was copied. Nothing was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from outreach.blocking import blocking
from outreach.errors import CredentialError, OutreachError, Problem, Refused, SpecError, Unavailable, Unreadable
from outreach.model import Secret, Settings
from outreach.plugins import load_plugins
from outreach.services import (
    CODE,
    AccountNumber,
    AccountState,
    By,
    Offer,
    OtpSent,
    OtpWish,
    Sender,
    Service,
    Voice,
    Wish,
)

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from outreach.calling import Called, Wanted
    from outreach.delivery.clock import Clock
    from outreach.plugins import Plugins
    from outreach.provider import Provider


class Reading(TypedDict, total=False):
    """The keywords of every call here."""

    accounts: str | Path | None
    settings: Settings | None
    journal: str | Path | None
    sandbox: bool
    plugins: Plugins | None
    clock: Clock | None
    rng: random.Random | None


class Spending(Reading, total=False):
    """The further keywords of a call that spends or reaches people."""

    confirm: Callable[[Wanted], bool] | None
    again: bool


#: What is said where nobody says something else.
TEXT = f"Your code is {CODE}"


async def avoices(provider: str, **options: Unpack[Reading]) -> Sequence[Voice]:
    """List the voices that can speak."""
    return await _serve(provider, Service.VOICES, **options)


async def asenders(provider: str, **options: Unpack[Reading]) -> Sequence[Sender]:
    """List the numbers from which people are contacted."""
    return await _serve(provider, Service.SENDERS, **options)


async def aaccount(provider: str, **options: Unpack[Reading]) -> AccountState:
    """Say how the account stands."""
    (found,) = await _serve(provider, Service.ACCOUNT, **options)
    return found  # type: ignore[no-any-return]  # an adapter's offer gives one for this service


async def aotp_send(  # keywords, each with its usual value
    provider: str,
    number: str,
    *,
    text: str = TEXT,
    by: By | str = By.TEXT,
    code: Secret | None = None,
    length: int | None = None,
    voice: str | None = None,
    country: str | None = None,
    **options: Unpack[Spending],
) -> OtpSent:
    """Send a one-time code to somebody. The code is in the answer alone, as a Secret: neither logged nor journalled.

    Args:
        provider: Its name.

        number: In any spelling.

        text: With ``{code}`` where the code belongs.

        by: ``text`` or ``voice``.

        code: Your own; None lets the vendor make one.

        length: Digits of a code that the vendor makes.

        voice: The vendor's name of the voice that speaks it.

        country: Two-letter country of a number without ``+``.

        options: As for every call of this module.
    """
    from outreach.suppressing import numbers_of  # noqa: PLC0415  # brings in phonenumbers

    if text.count(CODE) != 1:
        raise SpecError([Problem(f"write {CODE} once, where the code belongs", "text")])
    (phone,) = numbers_of([number], country)
    wish = OtpWish(number=phone, text=text, by=By(by), code=code, length=length, voice=voice)
    (sent,) = await _serve(provider, Service.OTP_SEND, wish, **options)
    return sent  # type: ignore[no-any-return]  # an adapter's offer gives one for this service


async def aotp_list(provider: str, **options: Unpack[Reading]) -> Sequence[OtpSent]:
    """List the one-time codes that were sent, without the codes."""
    return await _serve(provider, Service.OTP_LIST, **options)


async def anumbers_list(provider: str, **options: Unpack[Reading]) -> Sequence[AccountNumber]:
    """List the account's own numbers."""
    return await _serve(provider, Service.NUMBERS_LIST, **options)


async def anumbers_available(provider: str, **options: Unpack[Reading]) -> Sequence[AccountNumber]:
    """List the numbers that can be bought."""
    return await _serve(provider, Service.NUMBERS_AVAILABLE, **options)


async def anumbers_buy(provider: str, number_id: str, **options: Unpack[Spending]) -> Sequence[AccountNumber]:
    """Buy a number by its id; it spends money at once."""
    return await _serve(provider, Service.NUMBERS_BUY, number_id, **options)


async def anumbers_release(provider: str, number_id: str, **options: Unpack[Spending]) -> None:
    """Give a number back by its id; others may have it then."""
    await _serve(provider, Service.NUMBERS_RELEASE, number_id, **options)


voices = blocking(avoices)


senders = blocking(asenders)


account = blocking(aaccount)


otp_send = blocking(aotp_send)


otp_list = blocking(aotp_list)


numbers_list = blocking(anumbers_list)


numbers_available = blocking(anumbers_available)


numbers_buy = blocking(anumbers_buy)


numbers_release = blocking(anumbers_release)


def offers(provider: Provider[Any], service: Service) -> Sequence[Offer]:
    """Give the rows of a service.

    Raises:
        Refused: The vendor has none.
    """
    found = provider.services.get(service, ())
    if not found:
        known = ", ".join(str(one).replace("_", " ") for one in Service if provider.services.get(one))
        has = f"outreach knows its {known}" if known else "outreach knows no account service of it"
        msg = f"{provider.title} has no '{str(service).replace('_', ' ')}', as far as its pages tell; {has}"
        raise Refused([msg])
    return found


async def _serve(provider: str, service: Service, wish: Wish = None, **options: Unpack[Spending]) -> Sequence[Any]:
    from outreach import client  # noqa: PLC0415  # the command line's help needs none of it

    plugins = options.get("plugins") or load_plugins()
    known = plugins.provider(provider)
    found: list[Any] = []
    for offer in offers(known, service):
        arguments = offer.arguments(wish)
        paged = offer.endpoint.paging is not None
        called = await client.acall(provider, offer.endpoint.name, arguments, all_pages=paged, **options)
        found += _values(known, offer, called)
    return found


def _values(provider: Provider[Any], offer: Offer, called: Called) -> Sequence[Any]:
    error = _ERRORS.get(called.kind)
    if error is not None:
        msg = f"{provider.title}: {called.reason or called.kind}"
        raise Refused([msg]) if error is Refused else error(msg)
    if called.value is None or called.odd:
        msg = f"{provider.title} answered otherwise than {offer.endpoint.doc} shows: {called.odd or 'nothing'}"
        raise Unreadable(msg)
    try:
        return offer.read(called.value)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        msg = f"{provider.title} answered otherwise than {offer.endpoint.doc} shows: {type(wrong).__name__}"
        raise Unreadable(msg) from None


#: By ``Kind``, whose values are these words.
_ERRORS: Mapping[str, type[OutreachError]] = {
    "rejected": Refused,
    "unknown": Unreadable,
    "unsent": Unavailable,
    "halt": CredentialError,
}
