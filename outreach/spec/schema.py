"""JSON Schema of the campaign file, made from the model and the installed providers, for editors and other tools.

It accepts what the loader accepts. Beyond structure, these rules are the loader's alone:

* a version of this format, a name or a channel's provider may be right in form and still not exist: time zones,
  countries, days of a month;
* what one key says about another: a route's channel without a message, two routes for the same people, the order of
  ``from`` and ``to`` and of ``start`` and ``expires``, a time without an offset where no ``zone`` stands beside it;
* the grammar of placeholders;
* what no parsed document shows any more: duplicate keys, aliases, tags, control characters, nesting, size;
* numbers of ``extra`` and of WhatsApp mappings beyond 64 bits;
* files that do not exist, and columns of the contact list.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

import attrs

from outreach.model import Campaign, Contacts, Route
from outreach.model.content import CONTENT_OF
from outreach.plugins import Plugins, load_plugins
from outreach.spec.forms import EDITORS, FILLED, NEEDS, SAYING, WrittenRoute
from outreach.spec.kinds import distinct, one_or, words
from outreach.spec.rules import CARRIERS, SOURCES, VERSION
from outreach.spec.shapes import choices, element, entry, fields, key_of, leaf, optional

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_NULL = {"type": "null"}


def schema(plugins: Plugins | None = None) -> dict[str, Any]:
    """Make the JSON Schema (draft 2020-12) of the campaign file.

    Args:
        plugins: The installed providers; found by entry points when not given.
    """
    describe = _Describe(plugins or load_plugins())
    whole = describe.campaign()
    return {"$schema": DIALECT, "title": "outreach campaign", **whole, "$defs": describe.definitions}


class _Describe:
    """Goes through the forms; classes of the model become definitions, each once."""

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins
        self.definitions: dict[str, Any] = {}
        names = words(dict.fromkeys(plugins.providers))
        self._carriers = one_or(names, distinct(names)).schema

    def campaign(self) -> dict[str, Any]:
        version = {"description": "Version of this format.", **VERSION.schema}
        whole = self.kind(Campaign)
        doc = _documented(Campaign)["providers"]
        whole["properties"] = {
            EDITORS: {"description": "Where an editor finds this schema; nothing else reads it."},
            "outreach": version,
            **whole["properties"],
            "providers": {"description": doc, **self._accounts()},
        }
        whole["required"] = ["outreach", *whole["required"]]
        return whole

    def _accounts(self) -> dict[str, Any]:
        accounts = {name: self.kind(one.settings) for name, one in self._plugins.providers.items()}
        return {"type": "object", "properties": accounts, "additionalProperties": False}

    def form(self, form: Any) -> Any:
        kind = leaf(form)
        if kind is not None:
            return self._carriers if kind is CARRIERS else kind.schema
        if choices(form):
            members = [self.form(one) for one in choices(form)] + [_NULL] * optional(form)
            return {"anyOf": members} if len(members) > 1 else members[0]
        if element(form) is not None:
            least = int(FILLED in getattr(form, "__metadata__", ()))
            return {"type": "array", "items": self.form(element(form)), "minItems": least}
        pair = entry(form)
        if pair is not None:
            names = {**self.form(pair[0]), "type": "string"}
            return {"type": "object", "propertyNames": names, "additionalProperties": self.form(pair[1])}
        return self._part(form) if attrs.has(form) else {}

    def _part(self, kind: type) -> Any:
        if not kind.__module__.startswith("outreach.model"):
            return self.kind(kind)
        if kind.__name__ not in self.definitions:
            self.definitions[kind.__name__] = self.kind(WrittenRoute if kind is Route else kind)
        part = {"$ref": f"#/$defs/{kind.__name__}"}
        return {"anyOf": [part, SOURCES.schema]} if kind is Contacts else part

    def kind(self, kind: type) -> dict[str, Any]:
        said = _documented(kind)
        properties = {}
        for name, form in fields(kind).items():
            described = {"description": said[name]} if name in said else {}
            properties[key_of(kind, name)] = {**described, **self.form(form)}
        must = [key_of(kind, one.name) for one in attrs.fields(kind) if one.name in fields(kind) and _needed(one)]
        title = {"description": (inspect.getdoc(kind) or "").partition("\n")[0]}
        rules = {"required": must, **_rules(kind)}
        return {**title, "type": "object", "properties": properties, "additionalProperties": False, **rules}


def _needed(attribute: attrs.Attribute[Any]) -> bool:
    return attribute.default is attrs.NOTHING


def _rules(kind: type) -> dict[str, Any]:
    if kind is WrittenRoute:
        return {"oneOf": [{"required": [channel.value]} for channel in CONTENT_OF]}
    together = [{"not": {"allOf": [_has(key) for key in SAYING[kind]]}}] if len(SAYING.get(kind, ())) > 1 else []
    needs = [{"if": _has(key), "then": _has(needed)} for key, needed in NEEDS.get(kind, {}).items()]
    return {"allOf": [*together, *needs]} if together or needs else {}


def _has(key: str) -> dict[str, Any]:
    return {"required": [key], "properties": {key: {"not": {"enum": [None, []]}}}}


_ENTRY = re.compile(r"^ {4}(\w+): (.+?)(?=^ {4}\w+: |^\S|\Z)", re.MULTILINE | re.DOTALL)


def _documented(kind: type) -> Mapping[str, str]:
    """Read what the docstring says of each attribute, those of the classes above included."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        _, _, told = inspect.cleandoc(one.__doc__ or "").partition("Attributes:\n")
        found |= {name: " ".join(text.split()) for name, text in _ENTRY.findall(told)}
    return found
