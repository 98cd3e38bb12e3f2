"""Which column holds the number, the id, the name and the zone."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from outreach.contacts.tables import Header, hint, shown, wrong
from outreach.errors import Problem, SpecError
from outreach.model import Columns

#: Names that are looked for, whatever their case, when the author states none.
USUAL = {"phone": ("phone", "number", "mobile"), "id": ("id",), "name": ("name",), "zone": ("zone",)}

_LOOKS_LIKE_A_NUMBER = re.compile(r"[+(]?\d[\d ().+-]{6,}")


@attrs.frozen(kw_only=True)
class Roles:
    """The columns of one source, by what they hold; None where the source has no such column."""

    phone: str
    id: str | None
    name: str | None
    zone: str | None

    @property
    def about(self) -> tuple[str | None, str | None, str | None]:
        """The columns besides the number: id, name, zone."""
        return self.id, self.name, self.zone


def roles(header: Header, stated: Columns) -> Roles:
    """Find the columns of a source.

    Raises:
        SpecError: A stated column is missing, no column holds numbers, or several columns could; all of them at once.
    """
    if header.columns is None:
        return Roles(phone=stated.phone or USUAL["phone"][0], id=stated.id, name=stated.name, zone=stated.zone)
    found: dict[str, str | None] = {}
    problems: list[Problem] = []
    for role in USUAL:
        try:
            found[role] = _column(header, header.columns, role, getattr(stated, role))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return Roles(phone=found["phone"] or "", id=found["id"], name=found["name"], zone=found["zone"])


def _column(header: Header, names: Sequence[str], role: str, stated: str | None) -> str | None:
    if stated is not None and stated not in names:
        msg = f"there is no column '{stated}' (contacts.columns.{role}); {hint(stated, names)}"
        raise wrong(msg, file=header.source, line=header.line)
    usual = [stated] if stated else [name for name in names if name.strip().casefold() in USUAL[role]]
    if len(usual) > 1:
        msg = f"{' and '.join(usual)} could each be the {role}; rename one, or state contacts.columns.{role}"
        raise wrong(msg, file=header.source, line=header.line)
    if not usual and role == "phone":
        raise wrong(_no_phone(names), file=header.source, line=header.line)
    return usual[0] if usual else None


def _no_phone(names: Sequence[str]) -> str:
    if any(_LOOKS_LIKE_A_NUMBER.fullmatch(name) for name in names):
        return "the first line holds a number, not names of columns; add a line like phone,name in front"
    remedy = "rename the column of the numbers, or state contacts.columns.phone"
    return f"no column is called phone, number or mobile; {remedy}; {shown(names)}"
