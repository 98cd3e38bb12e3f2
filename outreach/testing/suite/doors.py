"""What else stands in the value of a provider: its web hook, its endpoints, its services."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from outreach.errors import SpecError, Unreadable
from outreach.multipart import Upload
from outreach.parameters import Where
from outreach.provider import Endpoint, Heard, Received, Response
from outreach.samples import Exchange
from outreach.services import Offer, Service
from outreach.testing.doubles import TOKEN
from outreach.testing.expecting import expect
from outreach.testing.suite.answers import STRANGE
from outreach.testing.suite.base import Suite
from outreach.wire import Request

#: A table of two people, where an endpoint needs a file.
FILE = Upload(name="people.csv", content=b"numbers\n9610000011\n", media_type="text/csv")

_FORM = {"content-type": "application/x-www-form-urlencoded"}


class Doors(Suite):
    """``hear``, ``genuine``, ``endpoints``, ``services``."""

    def test_any_post_is_read_or_refused(self) -> None:
        """Whatever is posted to the owner's web server, hear and genuine answer; hear may raise Unreadable."""
        provider = self.bench.provider
        for name, body in {**STRANGE, "a_form": b"a=b&c="}.items():
            for headers in ({"content-type": "application/json"}, _FORM, {}):
                post = Received(method="POST", path="", headers=headers, body=body)
                heard = _done(f"hear stumbles over a post ({name})", functools.partial(provider.hear, post), ())
                good = isinstance(heard, Sequence) and all(isinstance(one, Heard) for one in heard)
                expect(good, f"hear gives {type(heard).__name__} for a post ({name}); give a sequence of Heard")
                signed = _done(
                    f"genuine stumbles over a post ({name})",
                    functools.partial(provider.genuine, post, self.bench.settings, TOKEN),
                    None,
                )
                expect(signed is False, f"genuine says {signed!r} of a post ({name}) that nobody signed; say False")

    def test_services_are_a_table(self) -> None:
        """Each service has rows, each of which names an endpoint of the adapter's own table."""
        provider = self.bench.provider
        services: Any = provider.services
        expect(isinstance(services, Mapping), f"Provider.services is {type(services).__name__}; give a mapping")
        for service, offers in services.items():
            expect(isinstance(service, Service), f"Provider.services names {service!r}; use a member of Service")
            rows = isinstance(offers, tuple) and offers and all(isinstance(one, Offer) for one in offers)
            expect(rows, f"the service {service} is no tuple of Offers; give at least one")
            own = all(one.endpoint in provider.endpoints for one in offers)
            expect(own, f"the service {service} names an endpoint that is not in Provider.endpoints; add it there")

    def test_endpoints_work_by_their_examples(self) -> None:
        """Every endpoint makes a request of its example, and reads any answer or raises Unreadable."""
        provider = self.bench.provider
        for one in provider.endpoints:
            try:
                request = one.of(self.bench.settings).request(**_files(one), **one.example)
            except Exception as error:
                message = (
                    f"the endpoint '{one.name}' does not take its own example: {_why(error)}; mend Endpoint.example"
                )
                raise AssertionError(message) from error
            expect(request.method == one.method, f"the endpoint '{one.name}' sends {request.method}")
            for name, body in STRANGE.items():
                answer = Response(status=200, body=body)
                _done(f"'{one.name}' stumbles over an answer ({name})", functools.partial(one.decode, answer), None)
        for sample in provider.samples.exchanges:
            if sample.answer is not None and sample.answer.ok:
                self._printed(sample, sample.answer)

    def _printed(self, sample: Exchange, answer: Response) -> None:
        """Read a printed answer by the endpoints that have its place; one of several that share it must be able to."""
        found = []
        for one in self.bench.provider.endpoints:
            asked = Request(method=sample.method, path=sample.path, does="", base=one.base)
            if one.of(self.bench.settings).made(asked):
                try:
                    one.decode(answer)
                except Unreadable as error:
                    found.append(f"the endpoint '{one.name}' cannot read the printed answer: {error}")
                else:
                    return
        expect(not found, f"{'; '.join(found)}; mend Endpoint.decode")


def _files(one: Endpoint) -> dict[str, Upload]:
    """Give a file for each that an endpoint needs, as an example in a table holds none."""
    needed = [wish for wish in one.arguments if wish.where is Where.FILE and wish.required]
    return {wish.name: FILE for wish in needed if wish.name not in one.example}


def _done(place: str, function: Callable[[], Any], otherwise: Any) -> Any:
    """Give what a function gives, and something else where it raises Unreadable, as it may."""
    try:
        return function()
    except Unreadable:
        return otherwise
    except Exception as error:
        message = f"{place} with {_why(error)}; raise Unreadable"
        raise AssertionError(message) from error


def _why(error: Exception) -> str:
    return "; ".join(map(str, error.problems)) if isinstance(error, SpecError) else f"{type(error).__name__}: {error}"
