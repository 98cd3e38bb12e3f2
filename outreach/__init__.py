"""One campaign file, any vendor: voice calls, SMS, AI phone calls and WhatsApp.

Nobody is contacted twice, nobody is lost, nothing is dropped in silence.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from outreach.client import areport, asend, astatus, journal_path, load, plan, report, requests, send, status
    from outreach.delivery.journal import DeliveryRow
    from outreach.errors import (
        CredentialError,
        EnvironmentProblem,
        JournalError,
        JournalInUse,
        OutreachError,
        PluginError,
        Problem,
        Refused,
        SpecError,
        Unavailable,
    )
    from outreach.model import (
        AiCallContent,
        Campaign,
        Channel,
        Columns,
        Contacts,
        Day,
        Limits,
        Messages,
        PerContact,
        Purpose,
        Route,
        Schedule,
        Secret,
        Settings,
        SmsContent,
        State,
        Status,
        Template,
        VoiceContent,
        WhatsappContent,
        Window,
    )
    from outreach.planning.values import Plan, PlannedRequest, RoutePlan, Rows
    from outreach.results import Phase, Progress, Summary

#: Where each public name lives. Imported when it is first asked for, so that ``outreach --help`` starts at once.
_HOME = {
    **dict.fromkeys(
        "areport asend astatus journal_path load plan report requests send status".split(), "outreach.client"
    ),
    "DeliveryRow": "outreach.delivery.journal",
    **dict.fromkeys(
        "CredentialError EnvironmentProblem JournalError JournalInUse OutreachError PluginError Problem Refused "
        "SpecError Unavailable".split(),
        "outreach.errors",
    ),
    **dict.fromkeys(
        "AiCallContent Campaign Channel Columns Contacts Day Limits Messages PerContact Purpose Route Schedule Secret "
        "Settings SmsContent State Status Template VoiceContent WhatsappContent Window".split(),
        "outreach.model",
    ),
    **dict.fromkeys("Plan PlannedRequest RoutePlan Rows".split(), "outreach.planning.values"),
    **dict.fromkeys("Phase Progress Summary".split(), "outreach.results"),
}

__all__ = [
    "AiCallContent",
    "Campaign",
    "Channel",
    "Columns",
    "Contacts",
    "CredentialError",
    "Day",
    "DeliveryRow",
    "EnvironmentProblem",
    "JournalError",
    "JournalInUse",
    "Limits",
    "Messages",
    "OutreachError",
    "PerContact",
    "Phase",
    "Plan",
    "PlannedRequest",
    "PluginError",
    "Problem",
    "Progress",
    "Purpose",
    "Refused",
    "Route",
    "RoutePlan",
    "Rows",
    "Schedule",
    "Secret",
    "Settings",
    "SmsContent",
    "SpecError",
    "State",
    "Status",
    "Summary",
    "Template",
    "Unavailable",
    "VoiceContent",
    "WhatsappContent",
    "Window",
    "areport",
    "asend",
    "astatus",
    "journal_path",
    "load",
    "plan",
    "report",
    "requests",
    "send",
    "status",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415  # slow, and seldom asked for

        return version("outreach")
    if name not in _HOME:
        msg = f"module 'outreach' has no attribute '{name}'"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
