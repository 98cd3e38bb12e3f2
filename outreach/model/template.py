"""Our own placeholder grammar: ``{name}``, ``{name|fallback}``, and ``{{`` for a brace.

One pass, and values are never scanned again, so a contact called ``{amount}`` stays just that. There is no
attribute access and no format specification, so a text can neither leak nor explode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs

#: No column of a contact list needs a longer name; a longer one is a forgotten brace.
MAX_NAME = 64


class TemplateError(ValueError):
    """A text that is not a template; the message names the place (1-based character) and the remedy.

    Attributes:
        offset: Index of the offending character in the text.
    """

    def __init__(self, message: str, offset: int) -> None:
        self.offset = offset
        super().__init__(message)


@attrs.frozen
class Placeholder:
    """One ``{name}`` or ``{name|fallback}``.

    Attributes:
        name: The contact's column.

        fallback: Text for a contact without a value; None when the author gave none.
    """

    name: str
    fallback: str | None = None


@attrs.frozen
class Template:
    """A text with placeholders.

    Attributes:
        source: The text as the author wrote it.

        parts: The same, cut into literal text and placeholders.
    """

    source: str
    parts: tuple[str | Placeholder, ...] = attrs.field(repr=False, eq=False)

    @classmethod
    def parse(cls, source: str) -> Template:
        """Read a text.

        Raises:
            TemplateError: A brace is left open, or a placeholder has no usable name.
        """
        return cls(source, tuple(_merge(_parse(source))))

    def __str__(self) -> str:
        return self.source

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """Every distinct placeholder, in the order of the text."""
        return tuple(dict.fromkeys(part for part in self.parts if isinstance(part, Placeholder)))

    def spell(self, spelling: Callable[[Placeholder], str], literal: Callable[[str], str] = str) -> str:
        """Write the text with each placeholder in a vendor's own notation."""
        return "".join(spelling(part) if isinstance(part, Placeholder) else literal(part) for part in self.parts)

    def render(self, columns: Mapping[Placeholder, Sequence[str]], count: int) -> list[str]:
        """Fill the placeholders for ``count`` people at once; ``columns`` holds their values, fallbacks included."""
        names = [part for part in self.parts if isinstance(part, Placeholder)]
        if not names:
            return [self.spell(str)] * count
        pattern = "".join("%s" if isinstance(part, Placeholder) else part.replace("%", "%%") for part in self.parts)
        return [pattern % values for values in zip(*(columns[name] for name in names), strict=True)]


def _parse(source: str) -> Iterable[str | Placeholder]:
    position = 0
    while (start := source.find("{", position)) >= 0:
        yield source[position:start].replace("}}", "}")
        if source.startswith("{{", start):
            yield "{"
            position = start + 2
            continue
        end = source.find("}", start)
        if end < 0:
            msg = f"the brace at character {start + 1} is never closed; write {{{{ for a brace"
            raise TemplateError(msg, start)
        yield _placeholder(source[start + 1 : end], start)
        position = end + 1
    yield source[position:].replace("}}", "}")


def _placeholder(inner: str, offset: int) -> Placeholder:
    name, bar, fallback = inner.partition("|")
    name = name.strip()
    if not name or len(name) > MAX_NAME or "{" in inner or "\n" in name:
        msg = f"{{{inner[:20]}}} at character {offset + 1} is no placeholder: write {{column}} or {{column|fallback}}"
        raise TemplateError(msg, offset)
    return Placeholder(name, fallback if bar else None)


def _merge(parts: Iterable[str | Placeholder]) -> Iterable[str | Placeholder]:
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text:
        yield text
