"""What stands against a campaign at ContactSwing beyond its capabilities, said before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from outreach.provider import Channel, Finding, Job, Verdict
from outreach_contactswing.account import ContactSwingSettings
from outreach_contactswing.hours import narrowed, whole_hours
from outreach_contactswing.translate import content_of

WHATSAPP = "messages.whatsapp"


def check(job: Job[ContactSwingSettings]) -> Iterator[Finding]:
    """Give every finding."""
    for part in PARTS:
        yield from part(job)


def _message(job: Job[ContactSwingSettings]) -> Iterator[Finding]:
    content = content_of(job)
    if content.template and content.text is not None:
        yield _refused(WHATSAPP, "it has a template and a text; ContactSwing takes one of them")
    if not content.template and content.text is None:
        yield _refused(WHATSAPP, "it has neither a template nor a text; write one of them, or a `message`")
    if content.template and not (content.language or job.settings.language):
        yield _refused(
            f"{WHATSAPP}.language", "a template needs one; write it here or as the account's `language`, such as en"
        )
    if content.language and not content.template:
        yield _refused(f"{WHATSAPP}.language", "a language belongs to a template, and there is none; take it out")


def _params(job: Job[ContactSwingSettings]) -> Iterator[Finding]:
    content = content_of(job)
    for field in ("header", "body", "buttons"):
        params = getattr(content, field)
        if params and not content.template:
            yield _refused(f"{WHATSAPP}.{field}", "parameters belong to a template, and there is none; take them out")
        for index, param in enumerate(params):
            if isinstance(param, Mapping) and _braced(param):
                yield _finding(
                    f"{WHATSAPP}.{field}[{index}]",
                    Verdict.NATIVE,
                    "goes as written: what stands in braces in it is not filled in; write a text where it should be",
                )


def _attachment(job: Job[ContactSwingSettings]) -> Iterator[Finding]:
    attachment = content_of(job).attachment
    if attachment is not None and not attachment.startswith("https://"):
        yield _refused(f"{WHATSAPP}.attachment", "ContactSwing fetches it by itself; write an address with https://")


def _window(job: Job[ContactSwingSettings]) -> Iterator[Finding]:
    hours = whole_hours(job.window)
    said = f"{hours.start} to {hours.end}, {job.zone}"
    if job.window is None:
        detail = f"none given, and ContactSwing requires one: every day, {said}"
        yield _finding("schedule.window", Verdict.EMULATED, detail)
    elif not hours.possible:
        yield _refused(
            "schedule.window",
            "ContactSwing knows whole hours only, from 0 to 23, and no whole hour lies within it; widen it",
        )
    elif narrowed(job.window):
        detail = f"ContactSwing knows whole hours only, so it is narrowed to {said}"
        yield _finding("schedule.window", Verdict.EMULATED, detail)


def _extra(job: Job[ContactSwingSettings]) -> Iterator[Finding]:
    touchpoint = _below(job.settings.extra, "touchpoint")
    path = "providers.contactswing.extra.touchpoint"
    if not isinstance(job.settings.extra.get("touchpoint", {}), Mapping):
        yield _refused(path, "it would take the place of the people and the message; write single fields below it")
    if not isinstance(touchpoint.get("additional_settings", {}), Mapping):
        yield _refused(
            f"{path}.additional_settings", "it would take the place of the hours; write single fields below it"
        )
    if "customer_details" in touchpoint:
        yield _refused(
            f"{path}.customer_details", "it says who is contacted, which outreach alone decides; take it out"
        )
    if _below(touchpoint, "additional_settings").get("ignore_suppression", False) is not False:
        yield _refused(f"{path}.additional_settings.ignore_suppression", "suppression rules always hold; take it out")


PARTS: tuple[Callable[[Job[ContactSwingSettings]], Iterator[Finding]], ...] = (
    _message,
    _params,
    _attachment,
    _window,
    _extra,
)


def _below(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


def _braced(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_braced, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_braced, value))
    return isinstance(value, str) and "{" in value


def _refused(field: str, detail: str) -> Finding:
    return _finding(field, Verdict.REFUSED, detail)


def _finding(field: str, verdict: Verdict, detail: str) -> Finding:
    return Finding(channel=Channel.WHATSAPP, provider="contactswing", field=field, verdict=verdict, detail=detail)
