"""Values as text, and the characters that no text may hold."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from numbers import Integral, Real
from typing import cast
from uuid import UUID

from outreach.contacts.tables import Flaw

NOT_TEXT = Flaw("not_text", "a value is a list, an object or something else that cannot be said; give text or a number")
CONTROL = Flaw("control_characters", "a value holds a control character; delete it in the contact list")

#: C0 and C1 controls but tab and line ends, and halves of a character that cannot be sent.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def texts(values: Sequence[object]) -> tuple[Sequence[str], Mapping[int, Flaw]]:
    """Give a column as text without white space at the ends, and the index of each value that is no text."""
    try:
        line = f"|{'|'.join(values)}|"  # type: ignore[arg-type]  # what is no text raises
    except TypeError:
        return _one_by_one(values)
    # What is printable holds no control character, and of white space only the space.
    if line.isprintable() and " |" not in line and "| " not in line and set(map(type, values)) <= {str}:
        return cast("Sequence[str]", values), {}
    plain = list(map(str.strip, values))  # type: ignore[arg-type]  # all are texts
    return _one_by_one(plain) if _CONTROL.search("".join(plain)) else (plain, {})


def text(value: object) -> str | Flaw:
    """Give one value as text.

    None and NaN are the empty text; booleans are ``true`` and ``false``, dates ISO 8601, whole floats have no fraction.
    """
    said = _said(value)
    if said is None:
        return NOT_TEXT
    said = said.strip()
    return CONTROL if _CONTROL.search(said) else said


def _one_by_one(values: Sequence[object]) -> tuple[list[str], Mapping[int, Flaw]]:
    column = [text(value) for value in values]
    flaws = {index: value for index, value in enumerate(column) if isinstance(value, Flaw)}
    return ["" if isinstance(value, Flaw) else value for value in column], flaws


def _said(value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        if isinstance(value, str | UUID | Integral):
            return str(value)
        if isinstance(value, Real | Decimal):
            return _number(value)
    except (ValueError, OverflowError):  # more digits than Python writes
        return None
    return value.isoformat() if isinstance(value, date | time) else None


def _number(value: Real | Decimal) -> str:
    if isinstance(value, Decimal):
        return "" if value.is_nan() else str(value)
    return "" if math.isnan(value) else str(float(value)).removesuffix(".0")
