"""Time zones: the one that a number lies in, and those that a contact list may name."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from phonenumbers import timezone

from outreach.contacts.kinds import parsed

_REMEMBERED = 4096

#: Names that the time zone database has replaced; ``phonenumbers`` and older lists still use them.
_RENAMED = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Godthab": "America/Nuuk",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Choibalsan": "Asia/Ulaanbaatar",
    "Asia/Dacca": "Asia/Dhaka",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Europe/Kiev": "Europe/Kyiv",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
}

#: What the library answers when it does not know; and files of a zone database that name no zone.
_NOWHERE = frozenset({"Etc/Unknown", "Factory", "localtime", "posixrules"})


@lru_cache(_REMEMBERED)
def zone_of(phone: str) -> str | None:
    """Give the IANA zone of a valid E.164 number where its numbering plan leaves exactly one, else None.

    A mobile number of a country with several zones (Russia, Australia) has none.
    """
    zones = timezone.time_zones_for_number(parsed(phone))
    only = zones[0] if len(zones) == 1 else ""
    return _RENAMED.get(only, only) if only and only not in _NOWHERE else None


@lru_cache(_REMEMBERED)
def known_zone(name: str) -> str | None:
    """Give the present name of an IANA zone; None when there is no such zone."""
    if name in _NOWHERE:
        return None
    try:
        return _RENAMED.get(name, ZoneInfo(name).key)
    except (KeyError, OSError, ValueError):  # no such zone, a folder of the database, a path out of it
        return None
