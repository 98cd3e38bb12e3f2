"""What the account offers is a sentence instead of a table."""

from __future__ import annotations

from typing import Any

import attrs

from outreach_postcard import postcard

FAILS = "test_services_are_a_table"

_services: Any = "voices, numbers"

provider = attrs.evolve(postcard, services=_services)
