"""What is said, per channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from outreach.model.template import Placeholder, Template
from outreach.model.words import Channel


@attrs.frozen(kw_only=True)
class VoiceContent:
    """A message that is played: ``text`` (spoken by a synthetic voice) or ``audio`` (a recording).

    Attributes:
        text: What the voice says.

        audio: Path of a recording, relative to the campaign file.

        voice: Our name for a voice (see the account's ``voices``) or the vendor's own name or id.

        speed: 1.0 is the voice's own pace, 2.0 twice as fast.
    """

    text: Template | None = None
    audio: str | None = None
    voice: str | None = None
    speed: float = 1.0


@attrs.frozen(kw_only=True)
class SmsContent:
    """A text message."""

    text: Template | None = None


@attrs.frozen(kw_only=True)
class AiCallContent:
    """A conversation held by a machine.

    Attributes:
        script: What the machine is told to do and say.

        text: The campaign's neutral ``message``, when there is no script: an adapter composes a script of it.

        first_line: What it says first.

        language: Language of the conversation, in the vendor's word, for example ``hindi``.

        voice: Our name for a voice, or the vendor's.

        tone: Manner of speaking.

        goal: What the call is to achieve.

        knowledge: Background that the machine may use.

        ask: Questions answered after the call: our key, and the question.
    """

    script: Template | None = None
    text: Template | None = None
    first_line: Template | None = None
    language: str | None = None
    voice: str | None = None
    tone: str | None = None
    goal: str | None = None
    knowledge: str | None = None
    ask: Mapping[str, str] = attrs.field(factory=dict)


#: One parameter of a WhatsApp template: a text, or a mapping that goes to the vendor as written.
Param = Template | Mapping[str, object]


@attrs.frozen(kw_only=True)
class WhatsappContent:
    """A WhatsApp message: an approved ``template`` with its parameters, or a free ``text``.

    Attributes:
        template: Name of the approved template.

        language: Language code of the template, for example ``en``.

        header: Parameters of the header.

        body: Parameters of the body.

        buttons: Parameters of the buttons.

        text: Free text, instead of a template.

        attachment: https address of a file to attach.
    """

    template: str | None = None
    language: str | None = None
    header: tuple[Param, ...] = ()
    body: tuple[Param, ...] = ()
    buttons: tuple[Param, ...] = ()
    text: Template | None = None
    attachment: str | None = None


Content = VoiceContent | SmsContent | AiCallContent | WhatsappContent

#: Which class holds the content of which channel.
CONTENT_OF: Mapping[Channel, type[Content]] = {
    Channel.VOICE: VoiceContent,
    Channel.SMS: SmsContent,
    Channel.AI_CALL: AiCallContent,
    Channel.WHATSAPP: WhatsappContent,
}


@attrs.frozen(kw_only=True)
class Messages:
    """What one channel says instead of the campaign's neutral ``message``."""

    voice: VoiceContent | None = None
    sms: SmsContent | None = None
    ai_call: AiCallContent | None = None
    whatsapp: WhatsappContent | None = None


def templates(content: Content) -> Iterator[tuple[str, Template]]:
    """Give every text of a content that may hold placeholders, with the name of its field."""
    for attribute in attrs.fields(type(content)):
        value = getattr(content, attribute.name)
        for index, item in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(item, Template):
                yield f"{attribute.name}[{index}]" if isinstance(value, tuple) else attribute.name, item


def placeholders(content: Content) -> tuple[Placeholder, ...]:
    """Give every distinct placeholder of a content, in the order of its fields."""
    return tuple(dict.fromkeys(name for _, text in templates(content) for name in text.placeholders))
