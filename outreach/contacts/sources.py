"""From a source as the campaign names it to its kind, and from there to its rows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import attrs

from outreach.contacts.frames import given
from outreach.contacts.opening import STDIN
from outreach.contacts.tables import BLOCK_ROWS, Table, wrong
from outreach.errors import CredentialError, Problem, SpecError
from outreach.homes import home
from outreach.model import Contacts, Secret
from outreach.source import Origin, SourceKind

#: Keys beside ``from`` that say how a source is read.
OPTIONS = ("sheet", "query", "delimiter", "encoding")

#: Endings that are known but not read, and what to do about them.
_NOT_READ = dict.fromkeys(
    (".xls", ".ods", ".xlsb"), "this kind of spreadsheet is not read; save the sheet as .xlsx or as CSV UTF-8"
) | {
    ".json": "one JSON document cannot be streamed; write one object a line and call the file .jsonl",
    ".zip": "archives are not read; unpack it, or pack the file with gzip",
}

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=://)", re.IGNORECASE)
#: SQLAlchemy's addresses of SQLite files, ``sqlite+pysqlite:///``, are files too; a path in one starts where it runs.
_SQLITE = re.compile(r"sqlite(\+[^:]*)?:///([^?#]+)", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=://)([^/?#]*):([^/?#]*)(?=@)")
_PARAMETER = re.compile(r"([?&;](?:password|passwd|pwd|secret|token)=)[^&;]*", re.IGNORECASE)


def masked(address: str) -> str:
    """Give an address without its passwords, and a path as it is."""
    if "://" not in address:
        return address
    return _PARAMETER.sub(r"\1***", _PASSWORD.sub(r"\1:***", address))


def origins(contacts: Contacts, *, base: Path, stdin: BinaryIO | None) -> Sequence[Origin] | None:
    """Give the sources of a campaign if they are named; None if the contacts are rows.

    Raises:
        SpecError: A secret that holds an address cannot be read, or paths and rows are mixed.
    """
    stated = {key: value for key in OPTIONS if (value := getattr(contacts, key)) is not None}
    sources = (contacts.sources,) if isinstance(contacts.sources, str | Secret) else contacts.sources
    if not isinstance(sources, tuple | list) or not any(_is_named(one) for one in sources[:BLOCK_ROWS]):
        return None
    rows = [place for place, one in enumerate(sources) if not isinstance(one, str | Secret)]
    if rows:
        msg = f"contacts are either paths or rows, and number {rows[0] + 1:,} is of the other kind; give one kind"
        raise wrong(msg, path="contacts.from")
    return [Origin(**_named(one), base=base, options=stated, stdin=stdin) for one in sources]


def _is_named(source: object) -> bool:
    return isinstance(source, str | Secret | os.PathLike)


def _named(source: str | Secret) -> Mapping[str, str]:
    if isinstance(source, str):
        return {"name": masked(source), "address": source}
    try:
        address = source.reveal()
    except CredentialError as error:
        raise SpecError([Problem(str(error).replace("token", "address"), path="contacts.from")]) from None
    return {"name": f"${source.env}" if source.env else source.file or "contacts", "address": address}


def file_of(origin: Origin) -> Path | None:
    """Give the file that a source is read from, whether there is one or not; None where no path is named."""
    database = _SQLITE.match(origin.address)
    if origin.address == STDIN or (not database and _SCHEME.match(origin.address)):
        return None
    base = Path.cwd() if database and database[1] else origin.base
    try:
        return base / home(database[2] if database else origin.address)
    except ValueError:  # nobody of that name; the reading says so
        return None


def open_table(origin: Origin, kinds: Iterable[SourceKind]) -> Table:
    """Open a source and read its header.

    Args:
        origin: The source; of its options the kind gets those that it understands.

        kinds: What can be read.

    Raises:
        SpecError: The source cannot be read; the message names the place and the remedy.
    """
    kind = kind_of(origin, kinds)
    mine = {key: value for key, value in origin.options.items() if key in kind.options}
    found = kind.open(attrs.evolve(origin, options=mine))
    return found if isinstance(found, Table) else given(found, origin.name)


def kind_of(origin: Origin, kinds: Iterable[SourceKind]) -> SourceKind:
    """Find what reads a source.

    Raises:
        SpecError: Nothing does.
    """
    kinds = tuple(kinds)
    scheme = _SCHEME.match(origin.address)
    found = _by_scheme(scheme[0].lower(), kinds) if scheme else _by_ending(origin.address, kinds)
    if found is None:
        raise _unknown(origin, scheme is not None, kinds)
    return found


def _by_scheme(scheme: str, kinds: Sequence[SourceKind]) -> SourceKind | None:
    exact = (kind for kind in kinds if scheme in kind.schemes)
    alike = (kind for kind in kinds if any(fnmatchcase(scheme, known) for known in kind.schemes))
    return next(chain(exact, alike), None)


def _by_ending(address: str, kinds: Sequence[SourceKind]) -> SourceKind | None:
    if address == STDIN:
        return next((kind for kind in kinds if STDIN in kind.endings), None)
    named = address.lower()
    return next((kind for kind in kinds if any(named.endswith(end) for end in kind.endings if end != STDIN)), None)


def _unknown(origin: Origin, is_address: bool, kinds: Sequence[SourceKind]) -> SpecError:
    if is_address:
        known = ", ".join(f"{scheme}://" for kind in kinds for scheme in kind.schemes if "*" not in scheme)
        return wrong(f"{origin.name}: nothing here reads such an address; known are {known}", path=origin.path)
    known = ", ".join(end for kind in kinds for end in kind.endings if end.count(".") == 1)
    ending = Path(origin.address.lower()).suffix
    why = _NOT_READ.get(ending, f"its name has to end with one of {known}; text may be packed, .gz or .zst")
    return wrong(f"{origin.name}: {why}", path=origin.path)


def unused_options(sources: Sequence[Origin], kinds: Iterable[SourceKind]) -> Sequence[Problem]:
    """Name the keys that mean nothing for any of these sources; one that has no kind is told elsewhere."""
    known: set[str] = set()
    for origin in sources:
        try:
            known |= kind_of(origin, kinds).options
        except SpecError:
            return ()
    return [_meaningless(key) for key in (sources[0].options if sources else ()) if key not in known]


def options_of_rows(contacts: Contacts) -> Sequence[Problem]:
    """Name the keys that mean nothing where the contacts are rows."""
    return [_meaningless(key) for key in OPTIONS if getattr(contacts, key) is not None]


def _meaningless(key: str) -> Problem:
    return Problem(f"'{key}' means nothing for these contacts: leave the key out", path=f"contacts.{key}")
