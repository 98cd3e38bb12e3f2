"""What the engine asks of a transport, and the two ways in which a request can go without an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol

from outreach.errors import OutreachError
from outreach.model import Settings
from outreach.wire import Request, Response


class NotSent(OutreachError):
    """It is proved that no byte of the request left: it may be tried again.

    The message holds no secret, no number and no body, and no foreign exception is chained to it.
    """

    exit_code: ClassVar[int] = 5


class Unsendable(NotSent):
    """Nothing left, and trying again would not help: an unsafe address, an untrusted certificate, an open Ref."""

    exit_code = 4


class Lost(OutreachError):
    """The request may have arrived, and there is no readable answer: nobody knows what it did.

    The message holds no secret, no number and no body, and no foreign exception is chained to it.
    """

    exit_code = 7


class Transport(Protocol):
    """Carries one request to the vendor and brings back one answer; never tries twice, never follows a redirect."""

    async def send(self, request: Request, settings: Settings, still: Callable[[], str] = str) -> Response:
        """Send a request of this account.

        Args:
            request: Without open Refs.

            settings: The account; ``base_url`` and ``timeout`` (seconds) are used.

            still: Asked when there is a connection, with nothing awaited between it and the first byte: why the request
                may no longer go out, empty when it may.

        Raises:
            NotSent: It is proved that nothing left.

            Lost: Something may have left, and there is no answer.
        """
