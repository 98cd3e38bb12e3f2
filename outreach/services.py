"""What an account at a vendor offers besides campaigns, in words that all vendors share.

An adapter offers a service by rows of a table: the endpoint that is called, how a neutral wish becomes its arguments,
and how its answer becomes neutral values. Whatever is not in the table the vendor does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import attrs

from outreach.endpoints import Endpoint
from outreach.model import Secret

#: Stands in the text of a one-time code where the code belongs.
CODE = "{code}"


class Service(StrEnum):
    """What may be asked of an account."""

    VOICES = "voices"
    SENDERS = "senders"
    ACCOUNT = "account"
    OTP_SEND = "otp_send"
    OTP_LIST = "otp_list"
    NUMBERS_LIST = "numbers_list"
    NUMBERS_AVAILABLE = "numbers_available"
    NUMBERS_BUY = "numbers_buy"
    NUMBERS_RELEASE = "numbers_release"


class By(StrEnum):
    """How a one-time code is brought to a person."""

    VOICE = "voice"
    TEXT = "text"


@attrs.frozen(kw_only=True)
class Voice:
    """A voice that can speak.

    Attributes:
        id: What a campaign or an account names; for TingTing a number, for Toingg a name.

        name: For people.

        vendor_name: The vendor's internal name, where it has one.

        language: As the vendor writes it; empty where it does not say.

        gender: As the vendor writes it; empty where it does not say.

        premium: Whether it costs more; None where the vendor does not say.
    """

    id: str
    name: str
    vendor_name: str = ""
    language: str = ""
    gender: str = ""
    premium: bool | None = None


@attrs.frozen(kw_only=True)
class Sender:
    """A number or name from which people are contacted.

    Attributes:
        id: What an account names under ``senders`` or ``from_numbers``.

        number: As the vendor writes it.

        shared: Other customers of the vendor send from it too; None where the vendor does not say.
    """

    id: str
    number: str
    shared: bool | None = None


@attrs.frozen(kw_only=True)
class AccountState:
    """How an account stands.

    Attributes:
        balance: What is left, in ``unit``; None where the vendor does not say.

        used: What was used so far, in ``unit``; None where the vendor does not say.

        unit: ``credits``, or a currency.

        plan: The vendor's word for what was agreed; empty where it does not say.

        name: Whose account it is; empty where the vendor does not say.

        more: Further figures under the vendor's own names.
    """

    balance: float | None = None
    used: float | None = None
    unit: str = ""
    plan: str = ""
    name: str = ""
    more: Mapping[str, float | str] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class OtpWish:
    """A one-time code to be sent.

    Attributes:
        number: E.164 with ``+``.

        text: With ``{code}`` where the code belongs.

        by: How it is brought.

        code: Your own; None lets the vendor make one.

        length: Digits of a code that the vendor makes; None: its usual number.

        voice: The vendor's name of the voice that speaks it.
    """

    number: str
    text: str
    by: By = By.TEXT
    code: Secret | None = None
    length: int | None = None
    voice: str | None = None


@attrs.frozen(kw_only=True)
class OtpSent:
    """A one-time code that was sent.

    Attributes:
        number: As the vendor writes it.

        by: How it was brought; None where the vendor does not say.

        own: Whether the code was yours; None where the vendor does not say.

        code: The code, where it was just sent and the vendor tells; never in a list.

        at: When, as the vendor writes it; empty where it does not say.
    """

    number: str
    by: By | None = None
    own: bool | None = None
    code: Secret | None = None
    at: str = ""


@attrs.frozen(kw_only=True)
class AccountNumber:
    """A number that the account has, or could buy.

    Attributes:
        id: By which it is bought or given back.

        number: As the vendor writes it.

        price: In the vendor's own unit; None where it does not say.

        carries: What it can do, in the vendor's own words.
    """

    id: str
    number: str
    price: float | None = None
    carries: tuple[str, ...] = ()


#: What a service takes besides an account: nothing, the id of a number, or a code to be sent.
Wish = OtpWish | str | None


def _nothing(_wish: Any) -> Mapping[str, Any]:
    return {}


@attrs.frozen(kw_only=True)
class Offer:
    """One row: a service, by one endpoint. Several rows of a service are asked one after the other.

    Attributes:
        endpoint: Of the adapter's own table.

        read: Gives the neutral values; given what the endpoint's decoder read, or all rows of its pages.

        arguments: Makes the endpoint's arguments of the wish. May raise SpecError.
    """

    endpoint: Endpoint
    read: Callable[[Any], Sequence[Any]]
    arguments: Callable[[Any], Mapping[str, Any]] = _nothing


Services = Mapping[Service, tuple[Offer, ...]]
