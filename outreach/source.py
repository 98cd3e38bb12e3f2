"""What a source of contacts is: the one import for those who bring a format or a place that outreach does not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import attrs

from outreach.errors import Problem, SpecError
from outreach.hookspecs import hookimpl

__all__ = ["Origin", "Problem", "SourceKind", "SpecError", "hookimpl"]


@attrs.frozen(kw_only=True)
class Origin:
    """One source as the campaign names it.

    Attributes:
        name: What messages call it; passwords in it are masked.

        address: Path or address, whole. It may hold a password: put ``name`` into messages, never this.

        base: Folder in which a relative path starts.

        options: The keys beside ``from`` that the campaign states and this kind of source knows, such as ``sheet``.

        stdin: Read for ``-``; None is the process's own.

        path: Place in the campaign that names the source, for ``Problem.path``.
    """

    name: str
    address: str = attrs.field(repr=False)
    base: Path
    options: Mapping[str, str] = attrs.field(factory=dict)
    stdin: BinaryIO | None = attrs.field(default=None, repr=False)
    path: str = "contacts.from"


@attrs.frozen(kw_only=True)
class SourceKind:
    """A kind of source, given by ``outreach_register_sources``.

    Attributes:
        name: A word for people, such as ``xlsx``.

        open: Opens a source of this kind and gives its rows: an iterable of mappings of column to value, a data frame
            or a database cursor. It is gone through once, a few hundred rows at a time; a generator may close what it
            opened in a ``finally``. Mistakes are raised as ``SpecError``.

        endings: Ends of file names that mean this kind, in lower case with their dot.

        schemes: Beginnings of addresses that mean this kind, without ``://``.

        options: Keys of ``contacts`` that it understands; of ``sheet``, ``query``, ``delimiter`` and ``encoding``.
    """

    name: str
    open: Callable[[Origin], object]
    endings: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    options: frozenset[str] = frozenset()

    @property
    def marks(self) -> tuple[str, ...]:
        """Everything by which the kind is told, each of which only one kind may have."""
        return (*self.endings, *(f"{scheme}://" for scheme in self.schemes))
