"""Contact lists as a stream: sources, numbers, duplicates and do-not-contact lists."""

from outreach.contacts.contactlist import ContactList, stream
from outreach.contacts.kinds import NumberKind, is_landline, kind, landlines
from outreach.contacts.masking import mask
from outreach.contacts.numbers import normalise, normalise_column
from outreach.contacts.numberset import NumberSet
from outreach.contacts.spelling import BadNumber
from outreach.contacts.suppression import Suppressed, Suppression, read_suppressed
from outreach.contacts.tables import Header
from outreach.contacts.values import Chunk, Dropped
from outreach.contacts.zones import known_zone, zone_of

__all__ = [
    "BadNumber",
    "Chunk",
    "ContactList",
    "Dropped",
    "Header",
    "NumberKind",
    "NumberSet",
    "Suppressed",
    "Suppression",
    "is_landline",
    "kind",
    "known_zone",
    "landlines",
    "mask",
    "normalise",
    "normalise_column",
    "read_suppressed",
    "stream",
    "zone_of",
]
