"""Arguments of endpoints: what each must be, as a table, and how it is read from a command line. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

import attrs
import orjson

from outreach.multipart import Upload
from outreach.wire import Ref


class Where(StrEnum):
    """Where in a request an argument travels."""

    PATH = "path"
    QUERY = "query"
    #: A field of the JSON body (of the form, where there is a file).
    BODY = "body"
    #: The JSON body itself.
    WHOLE = "whole"
    FILE = "file"
    COOKIE = "cookie"


class Type(StrEnum):
    """What an argument is."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    FLAG = "true or false"
    TEXTS = "list of texts"
    WHOLES = "list of whole numbers"
    OBJECT = "object"
    OBJECTS = "list of objects"
    JSON = "JSON value"
    FILE = "file"


@attrs.frozen
class _Form:
    """What values a type has, and how a word of a command line becomes one."""

    fits: Callable[[Any], bool]
    read: Callable[[str], Any]
    sample: str


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _object(value: Any) -> bool:
    return isinstance(value, Mapping)


def _all(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list | tuple) and all(map(fits, value))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


_FLAGS: Mapping[str, bool] = {"true": True, "false": False}

_FORMS: Mapping[Type, _Form] = {
    Type.TEXT: _Form(_text, str, "hello"),
    Type.WHOLE: _Form(_whole, int, "79"),
    Type.NUMBER: _Form(_number, float, "1.5"),
    Type.FLAG: _Form(lambda value: isinstance(value, bool), lambda text: _FLAGS[text.strip().lower()], "true"),
    Type.TEXTS: _Form(_all(_text), _words, "failed,hungup"),
    Type.WHOLES: _Form(_all(_whole), lambda text: [int(word) for word in _words(text)], "305,306"),
    Type.OBJECT: _Form(_object, orjson.loads, '{"name": "Sita"}'),
    Type.OBJECTS: _Form(_all(_object), orjson.loads, '[{"number": "9610000011"}]'),
    Type.JSON: _Form(lambda _value: True, orjson.loads, '["a", 1]'),
    Type.FILE: _Form(lambda value: isinstance(value, Upload), str, "@numbers.xlsx"),
}


@attrs.frozen(kw_only=True)
class Parameter:
    """One argument of an endpoint, under the vendor's own name.

    Attributes:
        name: As the vendor spells it.

        type: What it must be.

        where: Where it travels.

        required: Whether the vendor demands it.

        doc: What it means, with the vendor's rule.

        also: Other spellings that are taken for it; the vendor's pages differ among themselves.

        choices: The only values; empty for any.

        when: Name and value of another argument with which this one is required.

        secret: Never printed, logged or written down.
    """

    name: str
    type: Type = Type.TEXT
    where: Where = Where.BODY
    required: bool = False
    doc: str = ""
    also: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    when: tuple[str, object] | None = None
    secret: bool = False

    def wrong(self, value: Any) -> str:
        """Say what is wrong with a value, and what to write; empty when nothing is. A secret is not quoted."""
        if isinstance(value, Ref):
            return ""
        form = _FORMS[self.type]
        if not form.fits(value):
            return f"{self._shown(value)} is no {self.type}; write it like {form.sample}"
        if self.choices and value not in self.choices:
            return f"{self._shown(value)} is none of {', '.join(self.choices)}"
        if self.where in {Where.PATH, Where.COOKIE} and not _plain(str(value)):
            return "it must not be empty, nor hold blanks, commas or semicolons"
        return ""

    def read(self, text: str) -> Any:
        """Read a value from a word of a command line.

        Raises:
            ValueError: It is none; the message says what to write.
        """
        form = _FORMS[self.type]
        try:
            return form.read(text)
        except (ValueError, KeyError):
            msg = f"{self._shown(text)} is no {self.type}; write it like {form.sample}"
            raise ValueError(msg) from None

    def _shown(self, value: Any) -> str:
        shown = "the value" if self.secret or isinstance(value, Upload) else repr(value)
        return shown if len(shown) <= 60 else "the value"


def _plain(text: str) -> bool:
    return bool(text) and text.isprintable() and not any(mark in text for mark in ' ,;"')


def unknown(name: str, known: Iterable[str]) -> str:
    """Say that there is no such name, and which one may be meant."""
    close = difflib.get_close_matches(name, known := list(known), n=1)
    return f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(known) or 'none'}"
