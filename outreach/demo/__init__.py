"""A sample campaign to try everything on: a campaign file, 300 people who do not exist, and a suppression list."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TextIO

from outreach.demo.people import HEADER, contacts, do_not_call

SPEC = "campaign.yaml"
CONTACTS = "contacts.csv"
SUPPRESSED = "do-not-call.csv"


def write(folder: Path) -> list[str]:
    """Write the sample into a folder, made if need be; gives the names of what was written.

    What is there already is left as it is, since somebody may have edited it.

    Raises:
        OSError: The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in _WRITERS if not (folder / name).exists()]
    for name in missing:
        with open(folder / name, "x", encoding="utf-8", newline="", opener=_private) as file:  # opener
            _WRITERS[name](file)
    return missing


def _private(path: str, flags: int) -> int:
    # What holds numbers is for its owner alone, and a sample should not teach otherwise.
    return os.open(path, flags, 0o600)


def _spec(file: TextIO) -> None:
    file.write(files("outreach.demo").joinpath(SPEC).read_text(encoding="utf-8"))


def _contacts(file: TextIO) -> None:
    csv.writer(file, lineterminator="\n").writerows([HEADER, *contacts()])


def _do_not_call(file: TextIO) -> None:
    csv.writer(file, lineterminator="\n").writerows([("number", "reason"), *do_not_call()])


_WRITERS: Mapping[str, Callable[[TextIO], None]] = {SPEC: _spec, CONTACTS: _contacts, SUPPRESSED: _do_not_call}
