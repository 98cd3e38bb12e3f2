"""Sample contents: for every field of every channel two values that differ, and messages to put them into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

import attrs

from outreach.model import (
    AiCallContent,
    Campaign,
    Channel,
    Content,
    Limits,
    Schedule,
    SmsContent,
    Template,
    VoiceContent,
    WhatsappContent,
    Window,
)
from outreach.provider import Provider

#: Every line of the capabilities that belongs to the campaign, not to what one channel says.
OF_CAMPAIGN = ("description", "start", "expires", "window", "per_hour")

#: Lines about what stands inside texts.
INSIDE = ("placeholders", "fallbacks")

#: Fields that hold texts with placeholders, in the order in which one is looked for.
TEXTS = ("text", "script", "body", "first_line", "header", "buttons")

#: Fields that must go out word for word; a vendor may have its own words for the others, such as a voice's id.
LITERAL = frozenset(
    {"text", "script", "first_line", "knowledge", "goal", "template", "header", "body", "buttons", "attachment"}
)


def _said(first: str, second: str) -> tuple[Template, Template]:
    return Template.parse(first), Template.parse(second)


def _params(word: str) -> tuple[Template, ...]:
    return (Template.parse(word),)


def _script(topic: str) -> str:
    return (
        f"You are Asha from the school office. Greet the parent, and say that {topic}. Ask whether that suits them, "
        "answer their questions in a friendly manner, say that the office is open from ten to five on every working "
        "day, thank them for their time, and say goodbye."
    )


#: Two values of each field of a content, by its name; both differ from what the messages below hold.
VALUES: Mapping[str, tuple[Any, Any]] = {
    "text": _said("The library opens on Monday.", "The library closes on Friday."),
    "audio": ("greeting.mp3", "farewell.mp3"),
    "voice": ("swara", "aarav"),
    "speed": (1.25, 0.8),
    "script": _said(_script("the library opens on Monday"), _script("the library closes on Friday")),
    "first_line": _said("Good morning from the school.", "Good evening from the school."),
    "language": ("hindi", "nepali"),
    "tone": ("warm", "formal"),
    "goal": ("Confirm the visit", "Collect the form"),
    "knowledge": ("The office is behind the temple.", "The office is beside the bank."),
    "ask": ({"will_come": "Will they come?"}, {"has_form": "Do they have the form?"}),
    "template": ("library_opens", "library_closes"),
    "header": (_params("Notice one"), _params("Notice two")),
    "body": (_params("Monday"), _params("Friday")),
    "buttons": (_params("opens-1"), _params("closes-2")),
    "attachment": ("https://files.example/opens.pdf", "https://files.example/closes.pdf"),
}

#: Other values on one channel.
ON: Mapping[tuple[Channel, str], tuple[Any, Any]] = {(Channel.WHATSAPP, "language"): ("en", "hi")}

_TEXT = Template.parse("This is a test.")

#: Messages from which a sample is made: the first that a provider takes, together with the field in question.
BASES: Mapping[Channel, Sequence[Content]] = {
    Channel.VOICE: (VoiceContent(text=_TEXT), VoiceContent(audio="test.mp3")),
    Channel.SMS: (SmsContent(text=_TEXT),),
    Channel.AI_CALL: (
        AiCallContent(text=_TEXT),
        AiCallContent(text=_TEXT, language="english", voice="rija"),
        AiCallContent(script=Template.parse(_script("this is a test"))),
        AiCallContent(script=Template.parse(_script("this is a test")), language="english", voice="rija"),
    ),
    Channel.WHATSAPP: (
        WhatsappContent(text=_TEXT),
        WhatsappContent(template="test", language="en"),
        WhatsappContent(template="test"),
    ),
}

_OPENS = Window(start=time(9), end=time(17), zone="Asia/Kathmandu")

#: Two values of each line that belongs to the campaign, as changes to it.
OF_THE_CAMPAIGN: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "description": ({"description": "About the library"}, {"description": "About the office"}),
    "start": (
        {"schedule": Schedule(start=datetime(2026, 12, 8, 6, tzinfo=UTC))},
        {"schedule": Schedule(start=datetime(2026, 12, 9, 7, tzinfo=UTC))},
    ),
    "expires": (
        {"schedule": Schedule(expires=datetime(2026, 12, 20, 6, tzinfo=UTC))},
        {"schedule": Schedule(expires=datetime(2026, 12, 21, 6, tzinfo=UTC))},
    ),
    "window": (
        {"schedule": Schedule(window=_OPENS)},
        {"schedule": Schedule(window=attrs.evolve(_OPENS, end=time(16)))},
    ),
    "per_hour": ({"limits": Limits(per_hour=100)}, {"limits": Limits(per_hour=200)}),
}


def fields_of(channel: Channel) -> frozenset[str]:
    """Give the names of the fields that a channel's content has."""
    return frozenset(field.name for field in attrs.fields(type(BASES[channel][0])))


def belongs(channel: Channel, line: str) -> bool:
    """Say whether a line of the capabilities can be used on a channel at all."""
    return line in OF_CAMPAIGN or line in INSIDE or line in fields_of(channel)


def values(provider: Provider[Any], channel: Channel, line: str) -> tuple[Any, Any]:
    """Give two values of a field: the adapter's own samples, else the kit's."""
    given = provider.samples.values.get(line)
    if given is not None:
        first, second = given
        return _parsed(line, first), _parsed(line, second)
    return ON.get((channel, line)) or VALUES[line]


def _parsed(line: str, value: Any) -> Any:
    if line in {"header", "body", "buttons"}:
        return tuple(Template.parse(one) if isinstance(one, str) else one for one in value)
    return Template.parse(value) if line in {"text", "script", "first_line"} and isinstance(value, str) else value


def put(campaign: Campaign, channel: Channel, **changes: Any) -> Campaign:
    """Change what a campaign says on a channel."""
    content = campaign.content(channel)
    if content is None:
        return campaign
    return saying(campaign, channel, attrs.evolve(content, **changes))


def saying(campaign: Campaign, channel: Channel, content: Content) -> Campaign:
    """Say something on one channel."""
    said: dict[str, Any] = {channel.value: content}
    return attrs.evolve(campaign, messages=attrs.evolve(campaign.messages, **said))


def changed(campaign: Campaign, changes: Mapping[str, Any]) -> Campaign:
    """Change fields of a campaign; two schedules become one."""
    schedule = changes.get("schedule")
    if schedule is not None:
        given = {name: value for name, value in attrs.asdict(schedule, recurse=False).items() if value is not None}
        changes = {**changes, "schedule": attrs.evolve(campaign.schedule, **given)}
    return attrs.evolve(campaign, **changes)
