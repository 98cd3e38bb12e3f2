"""The journal in one SQLite file: ``SqliteJournal``."""

from outreach.delivery.sqlite.journal import SqliteJournal

__all__ = ["SqliteJournal"]
