"""Numbers as they may be shown on a screen or written to a log."""

from __future__ import annotations

from outreach.contacts.kinds import split

#: Stands for each digit that is not shown.
BULLET = "•"

#: A national number shorter than this would be given away by four digits of it.
_SHORT = 7

#: No screen has room for more of a cell that holds no number.
_WIDEST = 32


def mask(phone: str) -> str:
    """Hide a number but for its country, its first two and its last two digits: ``+977 96••••••01``.

    Text that is no E.164 number keeps its first two and last two characters, so that a person still finds the row.
    """
    try:
        code, national = split(phone)
    except ValueError:
        return _mask_text(phone)
    return f"+{code} {_middle(national)}"


def _middle(text: str) -> str:
    lead = 2 if len(text) >= _SHORT else 0
    tail = 2 if len(text) > lead + 2 else 0
    return text[:lead] + BULLET * (len(text) - lead - tail) + text[len(text) - tail :]


def _mask_text(text: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in text[:_WIDEST]).strip()
    return _middle(shown)
