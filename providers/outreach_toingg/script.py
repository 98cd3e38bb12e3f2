"""The script of a call, and the hours as Toingg writes them."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from outreach.provider import AiCallContent, Placeholder, Template, Window

#: Instructions around a message that was not written for a conversation. They are longer than Toingg's minimum by
#: themselves, so a short message needs no padding.
COMPOSED = """\
You are making a short, friendly telephone call to pass on one message.
Greet the person politely, then give this message in the language of the call. Do not change any name, amount, date \
or address in it:

{message}

Then ask whether the person has understood, and repeat the message once if they wish.
Answer questions only with what the message says. If you are asked anything else, say that you do not know.
If you are asked whether you are a machine, say that you are an automated assistant.
If the person does not wish to talk, apologise and end the call at once.
Otherwise thank the person, say goodbye and end the call."""

EXPLAINED = """

Words in braces stand for this person's own details, which come with the call as extra parameters of the same name: \
{names}. Always say the detail itself, never the word in braces."""


def placeholders(content: AiCallContent) -> tuple[Placeholder, ...]:
    """Give every distinct placeholder of a conversation."""
    texts = (content.script, content.text, content.first_line)
    return tuple(dict.fromkeys(name for text in texts if text is not None for name in text.placeholders))


def spelled(text: Template | None) -> str:
    """Write a text with its placeholders as ``{name}``; fallbacks are filled into the values before they travel."""
    return text.spell(braced) if text is not None else ""


def braced(placeholder: Placeholder) -> str:
    """Write one placeholder as the script names it."""
    return f"{{{placeholder.name}}}"


def instructions(content: AiCallContent) -> str:
    """Give the author's script, else one composed from the message; empty when there is neither."""
    if content.script is not None:
        return spelled(content.script).strip()
    message = spelled(content.text).strip()
    return COMPOSED.replace("{message}", message) if message else ""


def script(content: AiCallContent) -> str:
    """Give the whole script: the instructions, and what the names in braces stand for."""
    names = ", ".join(dict.fromkeys(map(braced, placeholders(content))))
    return instructions(content) + (EXPLAINED.replace("{names}", names) if names else "")


def calendar(window: Window, zone: str, at: datetime) -> str:
    """Write a window in the style of Toingg's sample, ``10Am to 10Pm IST``.

    Args:
        window: The hours and days.

        zone: IANA zone; written as its abbreviation where it has one in letters.

        at: Instant that decides the abbreviation of a zone with summer time.
    """
    abbreviation = at.astimezone(ZoneInfo(zone)).tzname() or ""
    hours = f"{_clock(window.start)} to {_clock(window.end)} {abbreviation if abbreviation.isalpha() else zone}"
    days = ", ".join(day.value.capitalize() for day in window.days)
    return f"{hours} on {days}" if days else hours


def _clock(moment: time) -> str:
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'Pm' if moment.hour >= 12 else 'Am'}"
