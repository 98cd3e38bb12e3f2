"""Load SQL from the files beside this one: the schema, step by step, and the queries by name."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- :(\w+)\n", re.MULTILINE)


@cache
def queries() -> dict[str, str]:
    """Read ``queries.sql``: a query begins at its line ``-- :name`` and ends before the next one."""
    parts = _NAME.split(_read("queries.sql"))
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


@cache
def migrations() -> tuple[str, ...]:
    """Read ``schema_1.sql`` and on: the n-th takes a journal of version n - 1 to version n."""
    folder = files(__package__) / "sql"
    count = sum(entry.name.startswith("schema_") for entry in folder.iterdir())
    return tuple(_read(f"schema_{number}.sql") for number in range(1, count + 1))


def _read(name: str) -> str:
    return (files(__package__) / "sql" / name).read_text("utf-8")
