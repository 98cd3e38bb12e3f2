"""One campaign file, any vendor: voice calls, SMS, AI phone calls and WhatsApp.

Nobody is contacted twice, nobody is lost, nothing is dropped in silence.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from outreach.client import (
        acall,
        aexplain,
        afollow,
        amark,
        amark_openings,
        areport,
        asend,
        asettle,
        astatus,
        astop,
        call,
        compare,
        explain,
        follow,
        journal_path,
        load,
        mark,
        mark_openings,
        plan,
        report,
        requests,
        send,
        settle,
        status,
        stop,
        suppress,
        suppress_file,
        suppressions,
        unstop,
        unsuppress,
    )
    from outreach.calling import Called
    from outreach.delivery.donotcontact import Entry
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
    from outreach.explaining import Story
    from outreach.following import Ending, Followed
    from outreach.halting import Stopping
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
    from outreach.planning.compare import Change, Comparison
    from outreach.planning.values import Plan, PlannedRequest, RoutePlan, Rows
    from outreach.results import Phase, Progress, Summary
    from outreach.settling import Marked, Settlement
    from outreach.suppressing import Changed

#: Where each public name lives. Imported when it is first asked for, so that ``outreach --help`` starts at once.
_NAMES = {
    "outreach.client": (
        "acall",
        "aexplain",
        "afollow",
        "amark",
        "amark_openings",
        "areport",
        "asend",
        "asettle",
        "astatus",
        "astop",
        "call",
        "compare",
        "explain",
        "follow",
        "journal_path",
        "load",
        "mark",
        "mark_openings",
        "plan",
        "report",
        "requests",
        "send",
        "settle",
        "status",
        "stop",
        "suppress",
        "suppress_file",
        "suppressions",
        "unstop",
        "unsuppress",
    ),
    "outreach.delivery.donotcontact": ("Entry",),
    "outreach.delivery.journal": ("DeliveryRow",),
    "outreach.errors": (
        "CredentialError",
        "EnvironmentProblem",
        "JournalError",
        "JournalInUse",
        "OutreachError",
        "PluginError",
        "Problem",
        "Refused",
        "SpecError",
        "Unavailable",
    ),
    "outreach.model": (
        "AiCallContent",
        "Campaign",
        "Channel",
        "Columns",
        "Contacts",
        "Day",
        "Limits",
        "Messages",
        "PerContact",
        "Purpose",
        "Route",
        "Schedule",
        "Secret",
        "Settings",
        "SmsContent",
        "State",
        "Status",
        "Template",
        "VoiceContent",
        "WhatsappContent",
        "Window",
    ),
    "outreach.planning.compare": ("Change", "Comparison"),
    "outreach.planning.values": ("Plan", "PlannedRequest", "RoutePlan", "Rows"),
    "outreach.settling": ("Marked", "Settlement"),
    "outreach.explaining": ("Story",),
    "outreach.calling": ("Called",),
    "outreach.following": ("Ending", "Followed"),
    "outreach.halting": ("Stopping",),
    "outreach.suppressing": ("Changed",),
    "outreach.results": ("Phase", "Progress", "Summary"),
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "AiCallContent",
    "Called",
    "Campaign",
    "Change",
    "Changed",
    "Channel",
    "Columns",
    "Comparison",
    "Contacts",
    "CredentialError",
    "Day",
    "DeliveryRow",
    "Ending",
    "Entry",
    "EnvironmentProblem",
    "Followed",
    "JournalError",
    "JournalInUse",
    "Limits",
    "Marked",
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
    "Settlement",
    "SmsContent",
    "SpecError",
    "State",
    "Status",
    "Stopping",
    "Story",
    "Summary",
    "Template",
    "Unavailable",
    "VoiceContent",
    "WhatsappContent",
    "Window",
    "acall",
    "aexplain",
    "afollow",
    "amark",
    "amark_openings",
    "areport",
    "asend",
    "asettle",
    "astatus",
    "astop",
    "call",
    "compare",
    "explain",
    "follow",
    "journal_path",
    "load",
    "mark",
    "mark_openings",
    "plan",
    "report",
    "requests",
    "send",
    "settle",
    "status",
    "stop",
    "suppress",
    "suppress_file",
    "suppressions",
    "unstop",
    "unsuppress",
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
