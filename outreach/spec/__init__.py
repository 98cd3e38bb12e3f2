"""Text → Campaign: a file, its places, its types, all its mistakes at once; and the JSON Schema of the same."""

from outreach.spec.load import NOT_BUILT, Format, load, load_accounts, parse
from outreach.spec.objects import check
from outreach.spec.schema import schema

__all__ = ["NOT_BUILT", "Format", "check", "load", "load_accounts", "parse", "schema"]
