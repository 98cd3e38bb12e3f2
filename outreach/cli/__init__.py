"""The command line. Importing it imports click and little else; a command's module is imported when it is used."""

from outreach.cli.app import cli, main

__all__ = ["cli", "main"]
