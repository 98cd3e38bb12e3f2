"""The form that each attribute of the model has in a file, where its type alone does not say it.

The loader and the JSON Schema both read these tables; neither holds a rule of its own that the other could miss.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import attrs

from outreach.model import (
    AiCallContent,
    Campaign,
    Channel,
    Columns,
    Contacts,
    Day,
    Limits,
    Route,
    Schedule,
    Settings,
    SmsContent,
    VoiceContent,
    WhatsappContent,
    Window,
)
from outreach.spec.kinds import distinct, words_of
from outreach.spec.leaves import CELL, LINE, PATH, SAID
from outreach.spec.moments import WINDOW_ZONE, ZONE
from outreach.spec.numbers import integer, number
from outreach.spec.rules import BASE_URL, CARRIERS, CODE, COUNTRY, DELIMITER, ENCODING, HTTPS, LANGUAGE, PATHS, SOURCES

#: Beside a list's type: it must hold something.
FILLED = "filled"

#: Where the file's key is another word than the attribute (``from`` is a word of Python's own).
KEYS: Mapping[tuple[type, str], str] = {
    (Contacts, "sources"): "from",
    (Window, "start"): "from",
    (Window, "end"): "to",
}

#: Keys of a file that are no attributes, or are read apart from them.
BESIDE: Mapping[type, tuple[str, ...]] = {Campaign: ("outreach", "providers")}

#: An editor's key: where it finds the schema of the file.
EDITORS = "$schema"

#: Attributes that do not come from their own key.
ELSEWHERE: Mapping[type, frozenset[str]] = {Campaign: frozenset({"providers", "base", "places"})}

#: Of these keys at most one may have a value; where none has, the campaign's ``message`` is said.
SAYING: Mapping[type, tuple[str, ...]] = {
    VoiceContent: ("text", "audio"),
    SmsContent: ("text",),
    AiCallContent: ("script", "text"),
    WhatsappContent: ("template", "text"),
}

#: Keys that mean nothing without another one.
NEEDS: Mapping[type, Mapping[str, str]] = {
    WhatsappContent: dict.fromkeys(("language", "header", "body", "buttons"), "template"),
}

_Line = Annotated[str, LINE]
_Said = Annotated[str, SAID]
_Path = Annotated[str, PATH]
_Count = Annotated[int, integer(1)]
_Cell = Annotated[str, CELL]
_Positive = Annotated[float, number(positive=True)]
_Carriers = Annotated[tuple[str, ...], CARRIERS]


@attrs.frozen(kw_only=True)
class WrittenRoute:
    """One channel and who carries it.

    Attributes:
        voice: Who plays the message: a provider, or several in failover order.

        sms: Who sends the text message.

        ai_call: Whose machine converses.

        whatsapp: Who sends the WhatsApp message.

        when: Only contacts with these column values go down this route.
    """

    voice: _Carriers = ()
    sms: _Carriers = ()
    ai_call: _Carriers = ()
    whatsapp: _Carriers = ()
    when: Mapping[_Line, _Cell] = attrs.field(factory=dict)

    def route(self) -> Route:
        """Give the route; exactly one channel has carriers."""
        channel, carriers = next((one, found) for one in Channel if (found := getattr(self, one.value)))
        return Route(channel=channel, providers=carriers, when=self.when)


#: What is narrower in a file than the attribute's type says, by class (or one that it derives from) and attribute.
FORMS: Mapping[tuple[type, str], Any] = {
    (Campaign, "name"): _Line,
    (Campaign, "round"): _Count,
    (Campaign, "routes"): Annotated[tuple[Route, ...], FILLED],
    (Campaign, "suppress"): Annotated[tuple[str, ...], PATHS],
    (Campaign, "accept"): tuple[Annotated[str, CODE], ...],
    (Columns, "phone"): _Line | None,
    (Columns, "id"): _Line | None,
    (Columns, "name"): _Line | None,
    (Columns, "zone"): _Line | None,
    (Contacts, "sources"): Annotated[tuple[str, ...], SOURCES],
    (Contacts, "sheet"): _Line | None,
    (Contacts, "query"): _Said | None,
    (Contacts, "delimiter"): Annotated[str, DELIMITER] | None,
    (Contacts, "encoding"): Annotated[str, ENCODING] | None,
    (Contacts, "country"): Annotated[str, COUNTRY] | None,
    (Schedule, "zone"): Annotated[str, ZONE] | None,
    (Window, "days"): Annotated[tuple[Day, ...], distinct(words_of(Day))],
    (Window, "zone"): Annotated[str, WINDOW_ZONE],
    (Limits, "contacts"): _Count | None,
    (Limits, "segments"): _Count | None,
    (Limits, "per_hour"): _Count | None,
    (VoiceContent, "audio"): _Path | None,
    (VoiceContent, "voice"): _Line | None,
    (VoiceContent, "speed"): _Positive,
    (AiCallContent, "language"): _Line | None,
    (AiCallContent, "voice"): _Line | None,
    (AiCallContent, "tone"): _Said | None,
    (AiCallContent, "goal"): _Said | None,
    (AiCallContent, "knowledge"): _Said | None,
    (AiCallContent, "ask"): Mapping[_Line, _Said],
    (WhatsappContent, "template"): _Line | None,
    (WhatsappContent, "language"): Annotated[str, LANGUAGE] | None,
    (WhatsappContent, "attachment"): Annotated[str, HTTPS] | None,
    (Settings, "timeout"): _Positive,
    (Settings, "pace"): _Positive,
    (Settings, "concurrency"): _Count,
    (Settings, "batch_size"): _Count | None,
    (Settings, "campaign_size"): _Count | None,
    (Settings, "settle_after"): Annotated[float, number(least=0)],
    (Settings, "base_url"): Annotated[str, BASE_URL],
    (Settings, "voices"): Mapping[_Line, _Line],
}
