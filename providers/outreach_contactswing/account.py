"""The account at ContactSwing."""

from __future__ import annotations

from typing import Any

import attrs

from outreach.provider import Settings

BASE_URL = "https://prod-contactswing-fastapi-962560522883.us-central1.run.app/"

#: The email page of the same vendor has ``v2/_campaign/…``; nobody but the account's owner may switch over, since a
#: second path may send a second message.
CREATE_PATH = "v2/campaign/create_with_touchpoint"
UNDERSCORE_PATH = "v2/_campaign/create_with_touchpoint"

#: The page's own example of ``type`` is the word None, which stands for no value.
NO_VALUE = frozenset({"", "None"})


def _whole(value: int | str) -> int:
    """Read a whole number, also where it is written as digits: ids are texts elsewhere in this API."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    if type(value) is int:
        return value
    msg = f"{value!r} is no whole number; write it like 12"
    raise ValueError(msg)


def _several(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _given(value: str | None) -> str | None:
    return None if value is None or value.strip() in NO_VALUE else value


def _not_negative(_owner: Any, attribute: attrs.Attribute[int], value: int) -> None:
    if value < 0:
        msg = f"{attribute.name} must not be negative"
        raise ValueError(msg)


def _senders(_owner: Any, _attribute: attrs.Attribute[tuple[str, ...]], value: object) -> None:
    if not isinstance(value, tuple) or not value or not all(isinstance(one, str) and one.strip() for one in value):
        msg = "from_numbers must name at least one WhatsApp sender, as a list of texts"
        raise ValueError(msg)


def _number_format(_owner: Any, _attribute: attrs.Attribute[str], value: str) -> None:
    if value not in {"e164", "digits"}:
        msg = f"number_format is '{value}'; write e164 (+97798...) or digits (97798...)"
        raise ValueError(msg)


@attrs.frozen(kw_only=True)
class ContactSwingSettings(Settings):
    """An account at ContactSwing.

    The fields that ContactSwing alone has bear the names of its page.
    https://docs.contactswing.ai/api-reference/endpoint/what-camp

    Attributes:
        base_url: Where the API lives.

        path: Of the request that makes a campaign, below ``base_url``.

        assistant_id: The assistant that sends.

        from_numbers: The WhatsApp senders. Not checked as phone numbers, as they may be a sender's id.

        language: Language code of templates for which the campaign names none, for example ``en``.

        status: What the touchpoint is created as; ``scheduled`` is the page's only example, and arms the sending.

        delay: Minutes between executions.

        number_format: How people's numbers are written: ``e164`` with the plus, or ``digits`` without.

        type: Campaign type; left out unless given.

        company_plan_id: Left out unless given.

        workspace_id: Left out unless given.

        business_goal: Left out unless given.

        is_consultants: Whether consultants are involved; left out unless given.
    """

    base_url: str = BASE_URL
    path: str = CREATE_PATH
    assistant_id: int = attrs.field(converter=_whole)
    from_numbers: tuple[str, ...] = attrs.field(converter=_several, validator=_senders)
    language: str | None = None
    status: str = "scheduled"
    delay: int = attrs.field(default=1, converter=_whole, validator=_not_negative)
    number_format: str = attrs.field(default="e164", validator=_number_format)
    type: str | None = attrs.field(default=None, converter=_given)
    company_plan_id: str | None = attrs.field(default=None, converter=_given)
    workspace_id: str | None = attrs.field(default=None, converter=_given)
    business_goal: str | None = attrs.field(default=None, converter=_given)
    is_consultants: bool | None = None
