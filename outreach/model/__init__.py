"""Frozen values that everything else speaks in. Imports nothing of outreach but ``errors``."""

from outreach.model.campaign import (
    RECIPIENT,
    Campaign,
    Columns,
    Contacts,
    Limits,
    PerContact,
    Route,
    Schedule,
    Window,
)
from outreach.model.content import (
    AiCallContent,
    Content,
    Messages,
    Param,
    SmsContent,
    VoiceContent,
    WhatsappContent,
    placeholders,
    templates,
)
from outreach.model.settings import MAIN, Secret, Settings, bases, moved
from outreach.model.template import Placeholder, Template, TemplateError
from outreach.model.words import Channel, Day, Purpose, State, Status

__all__ = [
    "MAIN",
    "RECIPIENT",
    "AiCallContent",
    "Campaign",
    "Channel",
    "Columns",
    "Contacts",
    "Content",
    "Day",
    "Limits",
    "Messages",
    "Param",
    "PerContact",
    "Placeholder",
    "Purpose",
    "Route",
    "Schedule",
    "Secret",
    "Settings",
    "SmsContent",
    "State",
    "Status",
    "Template",
    "TemplateError",
    "VoiceContent",
    "WhatsappContent",
    "Window",
    "bases",
    "moved",
    "placeholders",
    "templates",
]
