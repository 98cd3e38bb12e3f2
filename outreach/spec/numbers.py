"""Kinds of numbers. They are read from text, so that ``3`` and ``"3"`` are the same in every format."""

from __future__ import annotations

import re

from outreach.spec.kinds import MAX_LINE, Kind, Wrong, scalar, whole
from outreach.spec.tree import Node, Style

#: Numbers as JSON writes them; a scalar without quotes may use them all.
JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_MOST = 999_999_999_999_999
_LEAST_TEXT = {None: r"[+-]?[0-9]{1,15}", 0: r"\+?[0-9]{1,15}", 1: r"\+?(?=[0-9]*[1-9])[0-9]{1,15}"}


def _number(node: Node, pattern: re.Pattern[str]) -> float | None:
    """Read a number; a quoted one must match the pattern, for JSON Schema can say no more about a text."""
    one = scalar(node)
    if pattern.search(one.text):
        return float(one.text)
    if one.style is Style.QUOTED or len(one.text) > MAX_LINE or not JSON_NUMBER.fullmatch(one.text):
        return None
    return float(one.text)


def integer(least: int | None = None) -> Kind:
    """Make the kind of whole numbers, of at least None, 0 or 1."""
    pattern = re.compile(whole(_LEAST_TEXT[least]))
    says = "is not a whole number" + (f" of {least} or more" if least is not None else "")

    def read(node: Node) -> int:
        value = _number(node, pattern)
        if value is None or not value.is_integer() or not (-_MOST if least is None else least) <= value <= _MOST:
            raise Wrong(says, scalar(node).text)
        return int(value)

    native = {"type": "integer", "minimum": -_MOST if least is None else least, "maximum": _MOST}
    return Kind(read, {"anyOf": [native, {"type": "string", "pattern": pattern.pattern}]})


def number(*, positive: bool = False, least: float = -1e9) -> Kind:
    """Make the kind of numbers up to a thousand million."""
    sign = r"\+?" if positive or least >= 0 else r"[+-]?"
    ahead = "(?=[0-9.]*[1-9])" if positive else ""
    pattern = re.compile(whole(rf"{sign}{ahead}(?:[0-9]{{1,9}}(?:\.[0-9]{{0,15}})?|\.[0-9]{{1,15}})"))
    says = "is not a number" + (" above 0" if positive else " of 0 or more" if least >= 0 else "") + ", such as 1.5"

    def read(node: Node) -> float:
        value = _number(node, pattern)
        if value is None or not (value > 0 if positive else value >= least) or value > 1e9:
            raise Wrong(says, scalar(node).text)
        return value

    bound = {"exclusiveMinimum": 0} if positive else {"minimum": least}
    native = {"type": "number", **bound, "maximum": 1e9}
    return Kind(read, {"anyOf": [native, {"type": "string", "pattern": pattern.pattern}]})
