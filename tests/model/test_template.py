"""The placeholder grammar."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.model import Placeholder, Template, TemplateError


@pytest.mark.parametrize(
    ("source", "rendered"),
    [
        ("नमस्कार {name}, Rs {amount}", "नमस्कार {name} 🙏, Rs 5 %"),
        ("{{name}} stays", "{name} stays"),
        ("{{{name}}}", "{{name} 🙏}"),
        ("100 % of }", "100 % of }"),
        ("", ""),
    ],
)
def test_values_go_in_as_they_are(source: str, rendered: str) -> None:
    """A value that looks like a placeholder, or holds a percent sign, is not read again."""
    template = Template.parse(source)
    columns = {one: ["{name} 🙏" if one.name == "name" else "5 %"] for one in template.placeholders}

    assert template.render(columns, 1) == [rendered]


def test_fallbacks_tell_placeholders_apart() -> None:
    """One name with two fallbacks is two placeholders; the same twice is one."""
    template = Template.parse("{name|friend} {name|ग्राहक} {name|friend} {name|}")

    assert template.placeholders == (
        Placeholder("name", "friend"),
        Placeholder("name", "ग्राहक"),
        Placeholder("name", ""),
    )


@pytest.mark.parametrize(
    ("source", "offset"), [("Dear {name", 5), ("{}", 0), ("a { }", 2), ("{a{b}", 0), ("x {" + "n" * 65 + "}", 2)]
)
def test_a_broken_placeholder_is_named_with_its_place(source: str, offset: int) -> None:
    """The error says at which character, and what to write instead."""
    with pytest.raises(TemplateError, match=str(offset + 1)) as caught:
        Template.parse(source)

    assert caught.value.offset == offset
    assert "write" in str(caught.value)


@given(st.text())
def test_any_text_parses_or_is_refused_with_a_place(source: str) -> None:
    """No text raises anything else, and a text without braces is itself."""
    offset, template = 0, None
    with contextlib.suppress(TemplateError):
        template = Template.parse(source)
    if template is None:
        with pytest.raises(TemplateError) as caught:
            Template.parse(source)
        offset = caught.value.offset
    elif "{" not in source and "}" not in source:
        assert template.render({}, 2) == [source, source]

    assert 0 <= offset <= len(source)
