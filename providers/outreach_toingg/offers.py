"""Toingg's account services: its voices, by an endpoint that only third parties know.

They saw ``result.voice``, a list of objects with a ``name``; the name is what a campaign names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from outreach.provider import Offer, Service, Voice
from outreach_toingg import endpoints


def _voices(document: Any) -> Sequence[Voice]:
    result = document["result"]
    rows = result.get("voice", result.get("voices")) if isinstance(result, Mapping) else result
    return [_voice({"name": row} if isinstance(row, str) else row) for row in rows]


def _voice(row: Mapping[str, Any]) -> Voice:
    name = str(row["name"])
    return Voice(id=name, name=name, language=str(row.get("language") or ""), gender=str(row.get("gender") or ""))


SERVICES: Mapping[Service, tuple[Offer, ...]] = {
    Service.VOICES: (Offer(endpoint=endpoints.VOICES, read=_voices),),
}
