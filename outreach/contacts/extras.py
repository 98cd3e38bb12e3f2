"""Libraries that come with an extra of ours."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from outreach.contacts.tables import wrong


def extra(module: str, name: str, source: str) -> Any:
    """Import what one kind of source needs.

    Args:
        module: What is imported.

        name: The extra that brings it.

        source: The source as the user named it, for the message.

    Raises:
        SpecError: It is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError:
        msg = f"reading this needs {module.partition('.')[0]}: pip install 'outreach[{name}]'"
        raise wrong(msg, file=source) from None
