"""The closed vocabularies: channels, purposes, days, and what became of a delivery and of a person."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """A way to reach a person."""

    #: A recorded or synthesised message is played.
    VOICE = "voice"
    #: A text message.
    SMS = "sms"
    #: A machine converses.
    AI_CALL = "ai_call"
    #: A WhatsApp message.
    WHATSAPP = "whatsapp"


class Purpose(StrEnum):
    """Why people are contacted; promotional is the strictest and the default."""

    PROMOTIONAL = "promotional"
    SERVICE = "service"
    TRANSACTIONAL = "transactional"
    COLLECTIONS = "collections"


class Day(StrEnum):
    """A day of the week, as campaign files spell it."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class State(StrEnum):
    """Where a delivery is on our side."""

    #: Nothing was sent, or it is proved that nothing took effect.
    PLANNED = "planned"
    #: Left out on purpose; the reason says why.
    SKIPPED = "skipped"
    #: The intent is written down and the request may be on its way.
    IN_FLIGHT = "in_flight"
    #: The vendor took it.
    ACCEPTED = "accepted"
    #: The vendor refused it; the person was not contacted.
    REJECTED = "rejected"
    #: It may have happened. Never sent again by itself.
    UNKNOWN = "unknown"
    #: Given up before anything was sent (expired, stopped, taken out of the contacts).
    CANCELLED = "cancelled"


class Status(StrEnum):
    """What became of the person, in the words shared by all vendors."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    FAILED = "failed"
    OPTED_OUT = "opted_out"
    CANCELLED = "cancelled"
    #: The vendor said something we have no word for (its own word is kept), or nothing at all.
    UNKNOWN = "unknown"
