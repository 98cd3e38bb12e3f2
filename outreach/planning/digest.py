"""A plan's fingerprint: equal when the campaign, the contacts and the adapters are equal."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs
import orjson

from outreach.model import Campaign, Contacts, Secret

#: Twelve hexadecimal digits are enough to be typed, and too many to collide by chance.
DIGITS = 12


def digest_of(*values: Any) -> str:
    """Give the hexadecimal SHA-256 of values of the model, independent of the order of mappings."""
    text = orjson.dumps(values, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(text).hexdigest()


def _plain(value: Any) -> Any:
    """Turn a value of the model into plain JSON; a secret's own text and places on disk never appear."""
    if isinstance(value, Secret):
        return {"env": value.env, "file": value.file}
    if isinstance(value, Contacts):
        return {"country": value.country, "columns": value.columns}
    if attrs.has(type(value)):
        # What does not count for equality is about where a value comes from, not about what it says.
        return {one.name: getattr(value, one.name) for one in attrs.fields(type(value)) if one.eq}
    if isinstance(value, timedelta):
        return value.total_seconds()
    return sorted(value) if isinstance(value, set | frozenset) else dict(value)


def campaign_digest(campaign: Campaign, versions: Mapping[str, str], contacts: str) -> str:
    """Give a plan's digest, short enough to be typed."""
    spoken_of = {name: settings for name, settings in campaign.providers.items() if name in versions}
    return digest_of(attrs.evolve(campaign, providers=spoken_of), versions, contacts)[:DIGITS]
