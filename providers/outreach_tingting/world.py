"""What TingTing's stand-in remembers, and how it shows it: the documented shapes, with the vendor's own spellings."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import attrs

from outreach.provider import Channel
from outreach_tingting.magic import FINAL_WORD, Number, ending
from outreach_tingting.translate import NEPAL

#: A phone rings a second after the campaign begins, and is done with two seconds later.
RINGS_AFTER = timedelta(seconds=1)
DONE_AFTER = timedelta(seconds=3)

VOICES: Sequence[Mapping[str, Any]] = (
    {"id": 1, "voice_display_name": "Rija", "voice_internal_name": "np_rija", "is_premium": False},
    {"id": 2, "voice_display_name": "Rija", "voice_internal_name": "np_rija", "is_premium": True},
    {"id": 3, "voice_display_name": "Prashanna", "voice_internal_name": "np_prashanna", "is_premium": False},
    {"id": 4, "voice_display_name": "Binod", "voice_internal_name": "np_binod", "is_premium": False},
    {"id": 5, "voice_display_name": "Shreegya", "voice_internal_name": "np_shreegya", "is_premium": False},
)
BROKER_PHONES: Sequence[Mapping[str, Any]] = ({"id": 1, "phone_number": "+97715970425"},)
OWN_PHONES: Sequence[Mapping[str, Any]] = ({"id": 3, "phone_number": "+97715970400"},)

CHANNELS: Mapping[str, tuple[Channel, ...]] = {
    "PHONE": (Channel.VOICE,),
    "SMS": (Channel.SMS,),
    "SMS & PHONE": (Channel.VOICE, Channel.SMS),
}

HOST = "https://app.tingting.io/api/v1/"


@attrs.define(kw_only=True)
class Contact:
    """One person in a campaign."""

    id: int
    number: str
    variables: Mapping[str, Any]
    added: datetime

    def word(self, began: datetime | None, now: datetime) -> str:
        """Say how far the vendor has come with this person."""
        if began is None or now < began:
            return "not started"
        if now < began + RINGS_AFTER:
            return "dialing"
        return FINAL_WORD.get(ending(self.number), "completed") if now >= began + DONE_AFTER else "ringing"

    def added_row(self, campaign: int) -> dict[str, Any]:
        """Show the person as add-contact does; ``campaing`` is the vendor's spelling."""
        return {
            "id": self.id,
            "updated_at": self.added.astimezone(NEPAL).strftime("%b. %d, %Y, %I:%M %p"),
            "created_at": self.added.astimezone(NEPAL).isoformat(),
            "deleted_at": None,
            "number": self.number,
            "status": "not started",
            "other_variables": dict(self.variables),
            "credit_consumed": 0,
            "credit_consumed_SMS": 0,
            "duration": "",
            "playback": "",
            "uuid": str(UUID(int=self.id)),
            "failover_sms_sent": False,
            "campaing": campaign,
        }

    def listed_row(self, began: datetime | None, now: datetime) -> dict[str, Any]:
        """Show the person as the list of contacts does."""
        word = self.word(began, now)
        done = word == "completed"
        return {
            "id": self.id,
            "number": int(f"977{self.number}") if ending(self.number) == Number.PREFIXED else self.number,
            "status": word,
            "updated_at": now.astimezone(NEPAL).strftime("%b. %d, %Y, %I:%M %p"),
            "call_duration": "12s" if done else "0s",
            "playback": "91" if done else "",
            "credit_consumed": int(done),
            "credit_consumed_SMS": 0,
            "carrier": "NTC",
        }


@attrs.define(kw_only=True)
class Campaign:
    """One campaign; ``begins`` is when the phones ring, known once it is run, ``rung`` whether they have."""

    id: int
    fields: dict[str, Any]
    schedule: datetime | None
    updated: datetime
    voice: int | None = None
    category: str = ""
    length_factor: str = "1.00"
    contacts: list[Contact] = attrs.field(factory=list)
    begins: datetime | None = None
    rung: bool = False

    def status(self, now: datetime) -> str:
        """Say the vendor's word for how far the campaign is."""
        if self.begins is None:
            return "Not Started"
        if now < self.begins:
            return "Scheduled"
        return "Completed" if now >= self.begins + DONE_AFTER else "Running"

    def show(self, now: datetime, voice: Any) -> dict[str, Any]:
        """Show the campaign; endpoints differ in how they show its voice."""
        return {
            "id": self.id,
            "name": self.fields["name"],
            "services": self.fields["services"],
            "status": self.status(now),
            "sms_message": self.fields["sms_message"],
            "message": self.fields["message"],
            "description": self.fields["description"],
            "schedule": self.schedule and self.schedule.astimezone(NEPAL).isoformat(),
            "audio_file": None,
            "bulk_file": None,
            "category": self.category,
            "user_phone": self.fields["user_phone"],
            "progress_percent": 100 if self.status(now) == "Completed" else 0,
            "updated_at": self.updated.astimezone(NEPAL).isoformat(),
            "credit_limit": 100,
            "draft": False,
            "failover_target": [],
            "length_factor": self.length_factor,
            "main_audit": str(4691 + self.id),
            "voice": voice,
        }

    def message(self) -> dict[str, Any]:
        """Show what the message endpoint shows."""
        return {
            "voice": self.voice,
            "sms_message": self.fields["sms_message"],
            "message": self.fields["message"],
            "category": self.category,
            "draft": False,
            "length_factor": self.length_factor,
        }


def voice_object(number: int | None) -> Mapping[str, Any] | None:
    """Show a voice as the list of campaigns does."""
    known = {"id": number, "voice_display_name": "", "voice_internal_name": "", "is_premium": False}
    return next((voice for voice in VOICES if voice["id"] == number), known) if number else None


def dashboard(campaigns: int, calls: int, messages: int) -> dict[str, Any]:
    """Show the account's counters."""
    return {
        "total_credits_purchased": 100_000,
        "credits_used": calls + messages,
        "remaining_credits": 100_000 - calls - messages,
        "campaigns": campaigns,
        "outbound_calls": calls,
        "outbound_sms": messages,
        "total_call_duration": "05:30:00",
        "total_owned_numbers": len(OWN_PHONES),
        "total_playback": 0,
        "credit_spent": 0.375,
        "call_outcomes": {},
        "credit_usage_overtime": [],
    }


def paged(path: str, query: Mapping[str, str], rows: Sequence[Any], show: Callable[[Any], Any]) -> dict[str, Any]:
    """Cut one page out of rows, with the vendor's counters; at most 100 rows, which is the stand-in's own limit."""
    limit = min(_whole(query.get("limit"), 10) or 10, 100)
    offset = _whole(query.get("offset"), 0)

    def link(start: int) -> str:
        return f"{HOST}{path}?limit={limit}&offset={start}"

    return {
        "count": len(rows),
        "total_pages": math.ceil(len(rows) / limit),
        "next": link(offset + limit) if offset + limit < len(rows) else None,
        "previous": link(max(0, offset - limit)) if offset else None,
        "results": [show(row) for row in rows[offset : offset + limit]],
    }


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else default
