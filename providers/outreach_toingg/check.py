"""What stands against a campaign at Toingg beyond its capabilities, said before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from outreach.provider import Channel, Finding, Job, Verdict
from outreach_toingg.account import ToinggSettings
from outreach_toingg.capabilities import MIN_SCRIPT
from outreach_toingg.script import instructions, placeholders
from outreach_toingg.translate import content_of, voice

#: Fields by which Toingg would contact people of its own accord; never sent, whatever ``extra`` says.
FORBIDDEN: Mapping[str, str] = {
    "autoPilot": "Toingg might call people by itself, beside the calls that outreach counts",
    "resend": "Toingg would contact people again",
    "mexRetry": "Toingg would contact people again",
}

#: Fields of a call that say who is called.
OURS = frozenset({"name", "phoneNumber", "campID"})


def check(job: Job[ToinggSettings]) -> Iterator[Finding]:
    """Give every finding."""
    for part in PARTS:
        yield from part(job)


def _script(job: Job[ToinggSettings]) -> Iterator[Finding]:
    content = content_of(job)
    field = "messages.ai_call.script"
    text = instructions(content)
    if content.script is not None and content.text is not None:
        yield _refused("messages.ai_call.text", "there is a script as well, and only one can be used; take one out")
    if not text:
        yield _refused(field, f"Toingg needs a script; write one of at least {MIN_SCRIPT} characters, or a `message`")
    elif content.script is None:
        yield _emulated(field, f"composed from `message`: instructions to pass it on, {len(text)} characters in all")
    elif len(text) < MIN_SCRIPT:
        yield _refused(field, f"it has {len(text)} characters and Toingg asks for {MIN_SCRIPT}; say more in it")


def _language(job: Job[ToinggSettings]) -> Iterator[Finding]:
    language = content_of(job).language or job.settings.language or ""
    if not language.strip():
        yield _refused("messages.ai_call.language", "Toingg needs one; write it here or as the account's `language`")
    elif "/" in language:
        yield _refused("messages.ai_call.language", f"'{language}' is a choice; write one language, such as hindi")


def _voice(job: Job[ToinggSettings]) -> Iterator[Finding]:
    if not voice(job).strip():
        yield _refused("messages.ai_call.voice", "Toingg needs one; write it here or as the account's `voice`")


def _fallbacks(job: Job[ToinggSettings]) -> Iterator[Finding]:
    given: dict[str, set[str]] = {}
    for placeholder in placeholders(content_of(job)):
        if placeholder.fallback is not None:
            given.setdefault(placeholder.name, set()).add(placeholder.fallback)
    for name, fallbacks in given.items():
        if len(fallbacks) > 1:
            yield _refused(
                "messages.ai_call",
                f"{{{name}}} has {len(fallbacks)} different fallbacks, and a call carries one value per name; use one",
            )


def _hours(job: Job[ToinggSettings]) -> Iterator[Finding]:
    if job.window is None:
        yield _emulated(
            "schedule.window",
            f"none given: outreach calls at any hour, and Toingg's calendar says '{job.settings.calendar}' "
            "(the account's `calendar`)",
        )


def _extra(job: Job[ToinggSettings]) -> Iterator[Finding]:
    for name, extra in (("extra", job.settings.extra), ("call_extra", job.settings.call_extra)):
        for path, key, value in _walk(extra, f"providers.toingg.{name}"):
            if key in FORBIDDEN and value is not False:
                yield _refused(path, f"{FORBIDDEN[key]}; take it out")
    for key in sorted(OURS & set(job.settings.call_extra)):
        yield _refused(f"providers.toingg.call_extra.{key}", "it says who is called, which outreach alone decides")


PARTS: tuple[Callable[[Job[ToinggSettings]], Iterator[Finding]], ...] = (
    _script,
    _language,
    _voice,
    _fallbacks,
    _hours,
    _extra,
)


def _walk(extra: Mapping[str, object], path: str) -> Iterator[tuple[str, str, object]]:
    for key, value in extra.items():
        yield f"{path}.{key}", key, value
        if isinstance(value, Mapping):
            yield from _walk(value, f"{path}.{key}")


def _refused(field: str, detail: str) -> Finding:
    return _finding(field, Verdict.REFUSED, detail)


def _emulated(field: str, detail: str) -> Finding:
    return _finding(field, Verdict.EMULATED, detail)


def _finding(field: str, verdict: Verdict, detail: str) -> Finding:
    return Finding(channel=Channel.AI_CALL, provider="toingg", field=field, verdict=verdict, detail=detail)
