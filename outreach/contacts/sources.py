"""The formats of contact lists: a table from a name's ending to its reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import BinaryIO

from outreach.contacts.delimited import comma_separated, tab_separated
from outreach.contacts.mappings import json_lines
from outreach.contacts.opening import STDIN, Opened, open_source
from outreach.contacts.tables import Table, wrong
from outreach.errors import SpecError

#: Turns an opened source into a table.
Reader = Callable[[Opened], Table]

#: Endings that are known but not read, and what to do about them.
_NOT_READ = dict.fromkeys(
    (".xlsx", ".xls", ".ods"),
    "spreadsheets are not read by this version; save the sheet as CSV UTF-8",
) | {
    ".parquet": "Parquet is not read by this version; convert it to CSV or JSON Lines",
    ".json": "one JSON document cannot be streamed; write one object a line and call the file .jsonl",
    ".zst": "zstd is not read by this version; pack the file with gzip",
    ".zip": "archives are not read; unpack it, or pack the file with gzip",
}


def either(source: Opened) -> Table:
    """Read what has no name to tell its format: JSON when it begins with a bracket, else comma-separated values."""
    first = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return (json_lines if first in {b"{", b"["} else comma_separated)(source)


#: Each may be packed with gzip, ``.csv.gz`` for example.
READERS: Mapping[str, Reader] = {
    ".csv": comma_separated,
    ".tsv": tab_separated,
    ".jsonl": json_lines,
    ".ndjson": json_lines,
    STDIN: either,
}


def open_table(
    name: str,
    *,
    base: Path,
    stdin: BinaryIO | None = None,
    path: str = "contacts.from",
    readers: Mapping[str, Reader] = READERS,
) -> Table:
    """Open a source and read its header.

    Args:
        name: Path as the user wrote it, ``-`` for standard input.

        base: Folder in which a relative path starts.

        stdin: Read for ``-``; None is the process's own.

        path: Place in the campaign that names the source, for errors.

        readers: By the ending of the name.

    Raises:
        SpecError: The source cannot be read; the message names the place and the remedy.
    """
    ending = STDIN if name == STDIN else PurePath(name.lower().removesuffix(".gz")).suffix
    if ending not in readers:
        raise _unknown(name, ending, path, readers)
    source = open_source(name, base=base, stdin=stdin, path=path)
    try:
        return readers[ending](source)
    except SpecError:
        source.stream.close()
        raise


def _unknown(name: str, ending: str, path: str, readers: Mapping[str, Reader]) -> SpecError:
    known = ", ".join(ending for ending in readers if ending != STDIN)
    why = _NOT_READ.get(ending, f"its name has to end with one of {known}, with or without .gz")
    return wrong(f"{name}: {why}", path=path)
