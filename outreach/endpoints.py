"""One endpoint of a vendor as a value: a row of an adapter's table, from which its requests are made.

The table is the only place that knows method, path, danger and arguments of an endpoint: translation builds from it
(``Endpoint.build``), ``outreach api`` calls it (``Endpoint.request``, which checks the arguments), and the manual
lists it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import attrs

from outreach.decoding import Decoder, document
from outreach.errors import Problem, SpecError
from outreach.multipart import Upload
from outreach.parameters import Parameter, Type, Where, unknown
from outreach.wire import Reach, Ref, Request

_PLACE = re.compile(r"<(\w+)>")

#: Keys of an answer under which a one-time code stands.
_CODES = frozenset({"otp", "otp_code", "code", "pin"})


class Danger(StrEnum):
    """The worst that calling an endpoint does."""

    READS = "reads"
    CHANGES = "changes"
    SPENDS = "spends"
    #: A person is called or written to.
    REACHES = "reaches"


class Evidence(StrEnum):
    """Who says that an endpoint exists, and works like this."""

    DOCUMENTED = "documented"
    #: Clients in the field use it; the vendor's pages do not name it, or not so.
    THIRD_PARTY = "third_party"
    #: We infer it.
    ASSUMED = "assumed"


@attrs.frozen(kw_only=True)
class Paging:
    """How a list is read page by page. The address of a next page that an answer may hold is never followed.

    Attributes:
        offset: Parameter that moves on: rows passed over, or the number of the page.

        limit: Parameter for the rows of a page.

        size: Rows asked for at a time.

        rows: Dotted place of the rows in an answer.

        total: Dotted place of the number of all rows; empty where the vendor tells none.

        by_page: The offset counts pages from 1, not rows from 0.
    """

    offset: str
    limit: str
    rows: str
    total: str = ""
    size: int = 100
    by_page: bool = False


@attrs.frozen(kw_only=True)
class Endpoint:
    """One endpoint, and the facts about it that a Request carries.

    Attributes:
        name: For ``outreach api``; unique at the vendor.

        method: HTTP method in capitals.

        path: Relative to the account's base URL, with ``<name>`` where an argument belongs.

        does: What it does, for people.

        doc: Address of the page that says so.

        danger: The worst that it does.

        evidence: Who says so.

        parameters: Its arguments; those of the path that are not named here are whole numbers.

        base: Setting that holds the base URL.

        everyone: What reaches people reaches everybody loaded so far, not only those whom the request names.

        repeatable: Whether doing it twice is harmless; unless stated, GET is.

        captures: See ``Request``.

        unclear: See ``Request``.

        one_of: Of each group at least one argument must be given.

        paging: How to read all pages; None where it is no list in pages.

        decode: Reads the documented answer; a pure function that raises Unreadable for any other shape.

        hides: Places of an answer that are never printed: keys, or ``parent.key``.

        codes: It sends or lists one-time codes: whatever may be one is masked wherever it stands in an answer, and only
            the person tells two requests apart. Unless stated, where ``hides`` names a code.

        once: The answer holds what cannot be had again, such as a new token: it must be kept in a file.

        anonymous: Works without the account's token.

        example: The vendor's sample arguments, else ones that will do.

        people: Dotted places of people's numbers among the arguments, through lists: the do-not-contact list is asked
            about them. Where it reaches people and names none, whom it reaches is known to the vendor alone.

        country: Two-letter country of such numbers without ``+``.

        path_of: Gives the path that the account's settings decide, where they do.

        form: See ``Request``.
    """

    name: str
    method: str
    path: str
    does: str
    doc: str
    danger: Danger
    evidence: Evidence = Evidence.DOCUMENTED
    parameters: tuple[Parameter, ...] = attrs.field(factory=tuple)
    base: str = "base_url"
    everyone: bool = False
    repeatable: bool = attrs.field()
    captures: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    unclear: frozenset[int] = frozenset()
    one_of: tuple[tuple[str, ...], ...] = ()
    paging: Paging | None = None
    decode: Decoder = document
    hides: tuple[str, ...] = ()
    codes: bool = attrs.field()
    once: bool = False
    anonymous: bool = False
    example: Mapping[str, Any] = attrs.field(factory=dict)
    people: tuple[str, ...] = ()
    country: str | None = None
    path_of: Callable[[Any], str] | None = None
    form: bool = False

    @repeatable.default
    def _harmless(self) -> bool:
        return self.method == "GET"

    @codes.default
    def _codes(self) -> bool:
        return any(place.rpartition(".")[2] in _CODES for place in self.hides)

    @property
    def reaches(self) -> Reach:
        """Who is contacted if it takes effect."""
        if self.danger is not Danger.REACHES:
            return Reach.NOBODY
        return Reach.EVERYONE if self.everyone else Reach.BATCH

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """Every parameter, those of the path first."""
        stated = {one.name: one for one in self.parameters}
        places = [stated.get(name) or _place(name) for name in _PLACE.findall(self.path)]
        named = {one.name for one in places}
        return (*places, *(one for one in self.parameters if one.name not in named))

    def of(self, settings: Any) -> Endpoint:
        """Give this endpoint as an account has it."""
        return self if self.path_of is None else attrs.evolve(self, path=self.path_of(settings))

    def parameter(self, name: str) -> Parameter | None:
        """Find a parameter by any of its spellings."""
        return next((one for one in self.arguments if name in (one.name, *one.also)), None)

    def request(self, **arguments: Any) -> Request:
        """Make a request of checked arguments, under the vendor's names; those that are None are left out.

        Raises:
            SpecError: With every mistake, each with the argument's name as its path.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        found = {one.name: given[name] for name in given if (one := self.parameter(name)) is not None}
        mistakes = [*self._unknown(given), *self._missing(found), *self._wrong(found)]
        if mistakes:
            raise SpecError(mistakes)
        by_where: dict[Where, dict[str, Any]] = {where: {} for where in Where}
        where = {one.name: one.where for one in self.arguments}
        for name, value in found.items():
            by_where[where[name]][name] = value
        return self._assemble(by_where)

    def build(self, *, body: Any = None, query: Mapping[str, str] | None = None, **places: str | Ref) -> Request:
        """Make a request of a body that is finished already; nothing is checked.

        Args:
            body: JSON-able value.

            query: Query parameters.

            places: What stands for each ``<name>`` of the path.

        Raises:
            KeyError: A place of the path is not given.

            TypeError: A Ref stands where an ending follows, as in ``<sid>.json``.
        """
        parts = [_filled(part, places) for part in self.path.split("/")]
        return Request(
            method=self.method,
            path=tuple(parts),
            does=self.does,
            body=body,
            query=query or {},
            reaches=self.reaches,
            repeatable=self.repeatable,
            captures=self.captures,
            unclear=self.unclear,
            base=self.base,
            form=self.form,
        )

    def made(self, request: Request) -> bool:
        """Whether a request is one of this endpoint."""
        parts = self.path.split("/")
        given = request.path.split("/") if isinstance(request.path, str) else request.path
        fits = all(_PLACE.match(part) or part == other for part, other in zip(parts, given, strict=False))
        same = (request.method, request.base, len(given)) == (self.method, self.base, len(parts))
        return same and fits

    def _assemble(self, by_where: Mapping[Where, Mapping[str, Any]]) -> Request:
        files: Mapping[str, Upload] = by_where[Where.FILE]
        body = next(iter(by_where[Where.WHOLE].values()), dict(by_where[Where.BODY]) or None)
        cookie = "; ".join(f"{name}={value}" for name, value in by_where[Where.COOKIE].items())
        query = {name: _word(value) for name, value in by_where[Where.QUERY].items()}
        places = {name: value if isinstance(value, Ref) else str(value) for name, value in by_where[Where.PATH].items()}
        return attrs.evolve(
            self.build(body=body, query=query, **places), files=files, headers={"Cookie": cookie} if cookie else {}
        )

    def _unknown(self, given: Mapping[str, Any]) -> Iterator[Problem]:
        names = [one.name for one in self.arguments]
        for name in given:
            if self.parameter(name) is None:
                yield Problem(f"'{self.name}' has no such argument; {unknown(name, names)}", name)

    def _missing(self, found: Mapping[str, Any]) -> Iterator[Problem]:
        for one in self.arguments:
            needed = one.required or (one.when is not None and found.get(one.when[0]) == one.when[1])
            if needed and one.name not in found:
                beside = "" if one.required or one.when is None else f" with {one.when[0]}={one.when[1]}"
                yield Problem(f"is missing{beside}: {one.doc or one.type}", one.name)
        for group in self.one_of:
            if not found.keys() & set(group):
                yield Problem(f"one of {', '.join(group)} is missing", group[0])

    def _wrong(self, found: Mapping[str, Any]) -> Iterator[Problem]:
        for one in self.arguments:
            wrong = one.wrong(found[one.name]) if one.name in found else ""
            if wrong:
                yield Problem(wrong, one.name)


def _place(name: str) -> Parameter:
    return Parameter(name=name, type=Type.WHOLE, where=Where.PATH, required=True)


def _filled(part: str, places: Mapping[str, str | Ref]) -> str | Ref:
    """Put the argument into a segment of the path: ``<id>``, or ``<id>.json``."""
    place = _PLACE.match(part)
    if place is None:
        return part
    value, ending = places[place[1]], part[place.end() :]
    if not ending:
        return value
    if isinstance(value, Ref):
        msg = f"{value} cannot be followed by '{ending}'"
        raise TypeError(msg)
    return f"{value}{ending}"


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def find(endpoints: Sequence[Endpoint], name: str) -> Endpoint:
    """Find an endpoint by its name, ``-`` and ``_`` alike.

    Raises:
        SpecError: There is none; the message says which one may be meant.
    """
    folded = name.replace("-", "_").casefold()
    found = next((one for one in endpoints if one.name == folded), None)
    if found is None:
        hint = unknown(folded, (one.name for one in endpoints))
        raise SpecError([Problem(f"no endpoint '{name}'; {hint}")])
    return found
