"""The account's own fields."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_contactswing import ContactSwingSettings

GOOD: dict[str, Any] = {"assistant_id": 12, "from_numbers": ("650175178190170",)}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"assistant_id": True}, "whole number"),
        ({"assistant_id": "12a"}, "whole number"),
        ({"assistant_id": 1.0}, "whole number"),
        ({"assistant_id": "१२"}, "whole number"),
        ({"from_numbers": ()}, "at least one"),
        ({"from_numbers": ("",)}, "at least one"),
        ({"from_numbers": "650175178190170"}, "at least one"),
        ({"delay": -1}, "negative"),
        ({"delay": False}, "whole number"),
        ({"number_format": "local"}, "e164"),
    ],
)
def test_a_wrong_field_is_refused(wrong: dict[str, Any], words: str) -> None:
    """The error names the field's form, so that the loader can show it at its place."""
    with pytest.raises(ValueError, match=words):
        ContactSwingSettings(**{**GOOD, **wrong})


@pytest.mark.parametrize("missing", ["assistant_id", "from_numbers"])
def test_required_fields_have_no_default(missing: str) -> None:
    """No assistant and no sender is ever guessed."""
    with pytest.raises(TypeError, match=missing):
        ContactSwingSettings(**{key: value for key, value in GOOD.items() if key != missing})


def test_digits_are_read_as_a_number() -> None:
    """Ids are texts elsewhere in the API, and scalars of a file are texts too."""
    assert ContactSwingSettings(**{**GOOD, "assistant_id": "12", "delay": "5"}).assistant_id == 12


def test_senders_may_be_any_list() -> None:
    """A program may give a list, a file always does."""
    assert ContactSwingSettings(**{**GOOD, "from_numbers": ["a", "b"]}).from_numbers == ("a", "b")


def test_the_word_none_is_no_value() -> None:
    """The page's example of ``type`` is the word None; it is never sent."""
    settings = ContactSwingSettings(**GOOD, type="None", company_plan_id="", workspace_id="w")

    assert (settings.type, settings.company_plan_id, settings.workspace_id) == (None, None, "w")
