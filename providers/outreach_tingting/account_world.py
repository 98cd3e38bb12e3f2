"""What TingTing's stand-in answers about the account itself: sessions, tokens, one-time codes.

The shapes are those of https://apidocs.tingting.com.np/api/authentication and /api/otp.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http.cookies import SimpleCookie
from typing import Any

import attrs

from outreach.provider import Channel, Reached, Received, Response
from outreach_tingting import world
from outreach_tingting.forms import REQUIRED, Refusal

#: Codes that the stand-in makes up: the count of codes so far, with zeros before it.
_LENGTH = 4

CHANNELS: Mapping[str, Channel] = {"voice": Channel.VOICE, "text": Channel.SMS}


@attrs.define
class Account:
    """What the stand-in remembers of the account."""

    keys: int = 0
    codes: list[dict[str, Any]] = attrs.field(factory=list)

    def login(self, received: Received) -> Response:
        """Log in, whoever it is; the tokens are cookies."""
        body = received.json()
        _demand(body, ("email", "password"))
        cookies = ("access=sandbox-access; Path=/; HttpOnly", "refresh=sandbox-refresh; Path=/; HttpOnly")
        return attrs.evolve(
            Response.of({"has_logged_in": True, "message": "Login Successful"}),
            headers={"content-type": "application/json", "set-cookie": "\n".join(cookies)},
        )

    def refresh(self, received: Received) -> Response:
        """Renew a session by its cookie."""
        cookie = SimpleCookie(received.headers.get("cookie", ""))
        if "refresh" not in cookie:
            raise Refusal({"message": "No refresh token provided"}, 400)
        if cookie["refresh"].value != "sandbox-refresh":
            raise Refusal({"detail": "Invalid token payload."}, 400)
        return attrs.evolve(
            Response.of({"message": "Session Refreshed Successfully"}),
            headers={"content-type": "application/json", "set-cookie": "access=sandbox-access-2; Path=/; HttpOnly"},
        )

    def generate_key(self) -> Response:
        """Make a token."""
        self.keys += 1
        return Response.of({"token": f"{self.keys:064x}", "message": "New API token generated successfully"})

    def show_key(self, now: datetime) -> Response:
        """Show the token, of half the length, as the page does."""
        if not self.keys:
            return Response.of({"message": "No API token found. Please generate one first."})
        return Response.of({"token": f"{self.keys:032x}", "last_used": now.isoformat(), "created_at": now.isoformat()})

    def send_code(self, body: Any, now: datetime) -> tuple[Response, Reached]:
        """Send a one-time code."""
        _demand(body, ("number", "message", "sms_send_options"))
        if "{otp}" not in body["message"]:
            raise Refusal({"message": ["The message must hold {otp}."]}, 400)
        channel = CHANNELS.get(body["sms_send_options"])
        if channel is None:
            raise Refusal({"sms_send_options": [f'"{body["sms_send_options"]}" is not a valid choice.']}, 400)
        own = body.get("otp_options", "generated") == "personnel"
        if own:
            _demand(body, ("otp",))
        code = str(body["otp"]) if own else f"{len(self.codes) + 1:0{int(body.get('otp_length', _LENGTH))}}"
        details = {
            "number": body["number"],
            "otp_options": "personnel" if own else "generated",
            "message": body["message"].replace("{otp}", " ".join(code)),
            "otp": code,
            "sms_send_options": body["sms_send_options"],
        }
        self.codes.append(details)
        reached = Reached(phone=f"+977{body['number']}", channel=channel, at=now)
        return Response.of(envelope({"details": details}, "OTP Sent Successfully.")), reached

    def list_codes(self, received: Received) -> Response:
        """List the codes, newest first."""
        rows = [{"id": number, **code} for number, code in enumerate(self.codes, 1)]
        return Response.of(world.paged(received.path, received.query, rows[::-1], dict))


def envelope(data: Any, message: str | None = None, status: int = 200) -> dict[str, Any]:
    """Write an answer of the first generation, which one-time codes still have."""
    return {"status": status, "success": True, "message": message, "errors": [], "data": data}


def _demand(body: Any, fields: tuple[str, ...]) -> None:
    missing = {field: [REQUIRED] for field in fields if not isinstance(body, Mapping) or not body.get(field)}
    if missing:
        raise Refusal(missing, 400)
