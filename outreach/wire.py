"""HTTP as plain values: what is asked, what is answered, and what a later request needs of an earlier answer.

Nothing here opens a socket. Because requests are data, a plan can be printed with no network, hashed, and
resumed from the journal, which refills the Refs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import attrs
import orjson

from outreach import multipart
from outreach.errors import Unreadable
from outreach.multipart import Upload

#: Content type of a form without files.
FORM = "application/x-www-form-urlencoded"


class Reach(StrEnum):
    """Who is contacted if a request takes effect."""

    NOBODY = "nobody"
    #: The people of this batch.
    BATCH = "batch"
    #: Everybody that was loaded into the campaign at the vendor.
    EVERYONE = "everyone"


@attrs.frozen
class Ref:
    """Stands for what an earlier answer supplies, for example the vendor's id of the campaign just created."""

    name: str

    def __str__(self) -> str:
        return f"<{self.name}>"


@attrs.frozen(kw_only=True)
class Request:
    """One HTTP request to a vendor, as data.

    Attributes:
        method: HTTP method in capitals.

        path: Relative to the account's ``base_url``; a tuple of segments where Refs are needed (joined by ``/``,
            each quoted). A trailing empty segment gives the trailing slash.

        body: JSON-able value, may hold Refs; None sends no body.

        query: Query parameters.

        does: What it does, for people: ``ring the phones``.

        reaches: Who is contacted if it takes effect.

        repeatable: Whether doing it twice is harmless.

        captures: Name of each Ref that the answer supplies, and the places in the JSON answer to look for it
            (``data.id``; the empty place is the answer itself), the first that holds a text or a whole number wins.

        unclear: Statuses that prove nothing for this one request although they usually mean "refused".

        base: Setting of the account that holds the address which the path is relative to.

        files: Files by the name of their field; with any, the body's fields go beside them as a form.

        headers: Further headers; no repr shows them, since a credential may be among them.

        form: The body, a flat mapping, goes out as a form (``application/x-www-form-urlencoded``), not as JSON.
    """

    method: str
    path: str | tuple[str | Ref, ...]
    does: str
    body: Any = None
    query: Mapping[str, str] = attrs.field(factory=dict)
    reaches: Reach = Reach.NOBODY
    repeatable: bool = False
    captures: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    unclear: frozenset[int] = frozenset()
    base: str = "base_url"
    files: Mapping[str, Upload] = attrs.field(factory=dict)
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    form: bool = False

    @property
    def refs(self) -> frozenset[str]:
        """Names of the Refs that must be known before this can be sent."""
        segments = self.path if isinstance(self.path, tuple) else ()
        return frozenset({part.name for part in segments if isinstance(part, Ref)} | set(_refs_in(self.body)))

    def fill(self, known: Mapping[str, str]) -> Request:
        """Put what is known in the place of Refs; a Ref that is not known stays."""
        path = self.path
        if isinstance(path, tuple):
            path = tuple(known.get(part.name, part) if isinstance(part, Ref) else part for part in path)
        body = self.body if self._has_no_ref else _fill(self.body, known)
        return self if path is self.path and body is self.body else attrs.evolve(self, path=path, body=body)

    @property
    def target(self) -> str:
        """The path as it goes out; open Refs as ``<name>``."""
        if isinstance(self.path, str):
            return self.path
        return "/".join(str(part) if isinstance(part, Ref) else quote(part, safe="") for part in self.path)

    def encode(self) -> bytes | None:
        """The body as UTF-8 JSON, keys in the order the adapter wrote them; as a form where there are files.

        Raises:
            TypeError: A Ref is still open, or the body holds something that is no JSON.
        """
        return self.payload()[1]

    def payload(self) -> tuple[str, bytes | None]:
        """The content type and the body, see ``encode``; an empty type and None where there is no body.

        Raises:
            TypeError: As ``encode`` does.
        """
        if self.files:
            return multipart.encode(self.body or {}, self.files)
        if self.body is None:
            return "", None
        if self.form:
            return FORM, _form(self.body)
        return "application/json", self._json

    @cached_property
    def _json(self) -> bytes:
        """The body as JSON; a body of a hundred people is written once, and digested and sent as it is."""
        return orjson.dumps(self.body)

    @property
    def _has_no_ref(self) -> bool:
        """Whether the body can be written as it is: faster to find out than walking through it for Refs."""
        if self.files:
            return False
        try:
            return self.body is None or bool(self._json)
        except TypeError:
            return False


@attrs.frozen(kw_only=True)
class Response:
    """What a vendor answered.

    Attributes:
        status: HTTP status.

        headers: Names in lower case.

        body: As received, decompressed.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx. A vendor may still say "failed" inside."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Read the body as JSON (the last of double keys wins; NaN and broken UTF-8 are refused).

        Raises:
            Unreadable: It is no JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            msg = f"the answer is no JSON: {error}"
            raise Unreadable(msg) from None

    @classmethod
    def of(cls, body: Any, status: int = 200) -> Response:
        """Make a JSON answer; for emulators and tests."""
        return cls(status=status, headers={"content-type": "application/json"}, body=orjson.dumps(body))


@attrs.frozen(kw_only=True)
class Received:
    """A request as an emulator sees it.

    Attributes:
        method: In capitals.

        path: Below the emulator's own base, without a leading slash and without the query.

        query: Query parameters.

        headers: Names in lower case.

        body: As received.
    """

    method: str
    path: str
    query: Mapping[str, str] = attrs.field(factory=dict)
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """Read the body as JSON.

        Raises:
            Unreadable: It is no JSON.
        """
        return Response(status=200, body=self.body).json()

    def form(self) -> Mapping[str, str]:
        """Read the body as a form; of a field that comes several times the last counts."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


def look_up(document: Any, places: Sequence[str]) -> str | None:
    """Find the first of several dotted places that holds a non-empty text or a whole number, as text."""
    for place in places:
        value = document
        for key in filter(None, place.split(".")):
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None


def _form(fields: Mapping[str, Any]) -> bytes:
    """Write a form; a list repeats its field.

    Raises:
        TypeError: A field is a Ref that is still open, or no text, number, truth value or list of those.
    """
    values = {name: list(value) if isinstance(value, list | tuple) else [value] for name, value in fields.items()}
    for name, given in values.items():
        if not all(isinstance(one, str | int | float) for one in given):
            msg = f"'{name}' cannot travel in a form: {given!r}"
            raise TypeError(msg)
    words = {name: [_word(one) for one in given] for name, given in values.items()}
    return urlencode(words, doseq=True).encode()


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refs_in(value: Any) -> Sequence[str]:
    if isinstance(value, Ref):
        return [value.name]
    if isinstance(value, Mapping):
        return [name for item in value.values() for name in _refs_in(item)]
    if isinstance(value, list | tuple):
        return [name for item in value for name in _refs_in(item)]
    return []


def _fill(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, Ref):
        return known.get(value.name, value)
    if isinstance(value, Mapping):
        return {key: _fill(item, known) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_fill(item, known) for item in value]
    return value
