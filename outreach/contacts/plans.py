"""Numbering plans as regular expressions of our own, made at run time from the metadata of ``phonenumbers``.

The library compiles its patterns anew for every number, and a column of many countries overflows the cache of ``re``.
Here each calling code becomes one expression that is compiled once. The expressions only ever say yes: what they match,
the library reads as that number, and a campaign may contact it; what they do not match is left to the library. Wherever
a number could be read in two ways, an expression steps back, so that the library's repairs are not written twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

import attrs
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from outreach.contacts import home
from outreach.contacts.home import NEVER, PEOPLE, WORLD, regions

#: ``\d`` of the metadata means 0 to 9, and its ``$`` the end of one number among many.
_FLAGS = re.ASCII | re.MULTILINE

#: An expression that matches nothing.
_NOTHING = "(?!)"

#: A longer row of digits could be two numbers in one cell.
_MOST_DIGITS = 15

#: An opening parenthesis whose group would give something.
_GROUP = re.compile(r"\((?!\?)")

#: One number in so many is asked of which country most of a column are.
_SAMPLED = 16

#: Heads of numbers, a plus and three digits each: there are a thousand.
_HEADS = 1024

_CODES = {str(code) for code in COUNTRY_CODE_TO_REGION_CODE}


@attrs.frozen
class LocalPlan:
    """How the numbers of one country are written there.

    Attributes:
        code: Calling code with ``+``.

        lines: Goes over numbers, each ended by a line feed; group 1 is a national number of this country, or the whole
            of a number with ``+`` that another may know, or nothing.
    """

    code: str
    lines: re.Pattern[str]


@cache
def local_plan(country: str | None) -> LocalPlan:
    """Give the plan of a campaign's country.

    Args:
        country: Two letters that the library knows; None knows only numbers with ``+``.
    """
    abroad = rf"\+[1-9][0-9]{{6,{_MOST_DIGITS - 1}}}"
    if country is None:
        return LocalPlan("", re.compile(rf"({abroad})\n|.*\n", _FLAGS))
    here: Any = PhoneMetadata.metadata_for_region(country)
    code = str(here.country_code)
    beginnings = "|".join(_beginnings(here, _main(code), code))
    own = _at_home(code, home.people, _contactable)
    number = rf"^(?:{beginnings}|(?=\+))({own}|^{abroad})(?<![0-9]{{{_MOST_DIGITS + 1}}})"
    return LocalPlan(f"+{code}", re.compile(rf"{number}\n|.*\n", _FLAGS))


def known(phone: str) -> str | None:
    """Give ``+`` and digits as E.164 where a plan is sure of them."""
    length, match = _reader(phone[:4])
    found = match(phone[length:])
    return f"{phone[:length]}{found[1]}" if found else None


def is_fixed(phone: str) -> bool | None:
    """Say whether the library calls an E.164 number a fixed line and nothing else; None where no plan is sure."""
    length, match = _kinds(phone[:4])
    found = match(phone[length:])
    return None if found is None else found[1] is None


def not_mobile(phones: Sequence[str]) -> list[int]:
    """Give the index of each E.164 number that is not known for a mobile one of the country that most of them have."""
    heads = Counter(phone[:4] for phone in phones[::_SAMPLED]).most_common(1)
    code = _code(heads[0][0]) if heads else None
    if code is None:
        return list(range(len(phones)))
    rest = _not_mobile(code).findall("\n".join(phones) + "\n")
    return [index for index, phone in enumerate(rest) if phone] if any(rest) else []


@cache
def _not_mobile(code: str) -> re.Pattern[str]:
    """Make what goes over numbers, each ended by a line feed; group 1 is one that is no mobile number of this code."""
    return re.compile(rf"^\+{code}{_at_home(code, home.mobiles, _mobile)}\n|(.+)\n", _FLAGS)


@lru_cache(_HEADS)
def _kinds(head: str) -> tuple[int, Callable[[str], re.Match[str] | None]]:
    """Give as ``_reader`` what knows the mobile numbers of a code, which are group 1, and its fixed lines."""
    code = _code(head)
    if code is None:
        return 0, re.compile(_NOTHING).fullmatch
    return 1 + len(code), re.compile(f"({_first(code, _mobile)})|{_first(code, _fixed)}", _FLAGS).fullmatch


def _mobile(plan: Any) -> str:
    """Match numbers that mobile phones have, if not they alone: anything but a fixed line by the library."""
    return f"(?={_kind(plan.general_desc)}$){_any(plan, ('mobile',))}"


def _fixed(plan: Any) -> str:
    if plan.same_mobile_and_fixed_line_pattern:
        return _NOTHING
    return f"(?={_kind(plan.general_desc)}$)(?!{_any(plan, (*NEVER, 'voip', 'mobile'))}$){_any(plan, ('fixed_line',))}"


def _code(head: str) -> str | None:
    return next((code for code in (head[1:4], head[1:3], head[1:2]) if code in _CODES), None)


@lru_cache(_HEADS)
def _reader(head: str) -> tuple[int, Callable[[str], re.Match[str] | None]]:
    """Give how long the calling code at the head of a number is, ``+`` included, and what reads what is behind it."""
    code = _code(head)
    return (1 + len(code), _abroad(code).fullmatch) if code else (0, re.compile(_NOTHING).fullmatch)


@cache
def _abroad(code: str) -> re.Pattern[str]:
    """Give what reads the digits behind a calling code."""
    main = _main(code)
    return re.compile(f"(?:{_untouched(main)}|{_trunk(main, code)})({_people(code)})", _FLAGS)


def _beginnings(here: Any, main: Any, code: str) -> Iterator[str]:
    """Give the ways to write what stands before a national number, each with what keeps other readings out.

    A country that shares its calling code has a plan of its own, but numbers with the code are read by the main one.
    """
    exits = _plain(here.international_prefix or "") or _NOTHING
    viable = _general(here, code)
    yield rf"(?!\+|{exits}){_untouched(here)}{viable}"
    yield f"(?!{exits}|{code}){_local_trunk(here, code)}"
    if _optional(main) or _optional(here):
        return
    yield rf"\+{code}{_untouched(main)}"
    yield rf"\+{code}{_trunk(main, code)}"
    yield f"(?>{exits}){code}{_untouched(main)}"
    without = f"(?!{exits}|{_plain(here.general_desc.national_number_pattern)}$)"
    yield f"{without}{code}{_untouched(here)}{_untouched(main)}{viable}"


def _untouched(plan: Any) -> str:
    """Hold back where the library would take something off the front of a national number."""
    if not plan.national_prefix_for_parsing:
        return ""
    # Where the prefix may be empty, only one that takes digits off counts; before the number stands no digit then.
    taken = "(?<=[0-9])" if _optional(plan) else ""
    return f"(?!{_plain(plan.national_prefix_for_parsing)}{taken})"


def _optional(plan: Any) -> bool:
    return bool(re.match(plan.national_prefix_for_parsing or _NOTHING, ""))


def _trunk(plan: Any, code: str) -> str:
    """Take off what is dialled inside the country; the library does when what is left can be a number."""
    if not plan.national_prefix_for_parsing or plan.national_prefix_transform_rule:
        return _NOTHING
    return f"(?>{_plain(plan.national_prefix_for_parsing)}){_general(plan, code)}"


def _local_trunk(plan: Any, code: str) -> str:
    """Do the same at the begin of a line, also where the library rewrites numbers behind longer prefixes."""
    prefix, usual = plan.national_prefix_for_parsing, plan.national_prefix
    if not (prefix and usual and plan.national_prefix_transform_rule and re.fullmatch(prefix, usual)):
        return _trunk(plan, code)
    longer = f"{_plain(prefix)}(?<=[0-9]{{{len(usual) + 1}}})"
    return f"(?!{longer}){usual}{_general(plan, code)}"


def _general(plan: Any, code: str) -> str:
    """Ask for a number of this plan, where the calling code has others that would do."""
    return f"(?={_kind(plan.general_desc)}$)" if len(regions(code)) > 1 else ""


def _people(code: str) -> str:
    """Match the national numbers behind a calling code that a campaign may contact."""
    return _first(code, _contactable)


def _at_home(code: str, quick: Callable[[str], str], told: Callable[[Any], str]) -> str:
    """Match what ``told`` gives by an expression that tries no digit twice, where one can be made."""
    try:
        return quick(code)
    except ValueError:
        return _first(code, told)


def _first(code: str, told: Callable[[Any], str]) -> str:
    """Match what ``told`` gives for the plan that decides about a number behind a calling code.

    The first region that knows a number decides about it, so the expression of each stands behind a refusal of what
    the regions before it know.
    """
    plans = [PhoneMetadata.metadata_for_region(region) for region in regions(code) if region != WORLD]
    expression = _NOTHING
    for plan in reversed(plans):
        others = f"|(?!{_claimed(plan)}){expression}" if expression != _NOTHING else ""
        expression = f"(?:{_led(plan)}{told(plan)}{others})"
    return expression


def _contactable(plan: Any) -> str:
    never = _any(plan, NEVER)
    return f"(?={_kind(plan.general_desc)}$)(?!{never}$){_any(plan, PEOPLE)}"


def _claimed(plan: Any) -> str:
    led = _led(plan)
    return led or f"(?={_kind(plan.general_desc)}$){_any(plan, PEOPLE + NEVER)}$"


def _led(plan: Any) -> str:
    return f"(?={_plain(plan.leading_digits)})" if plan.leading_digits else ""


def _any(plan: Any, kinds: Iterable[str]) -> str:
    known = (getattr(plan, kind) for kind in kinds)
    return f"(?:{'|'.join(_kind(one) for one in known if one and one.national_number_pattern) or _NOTHING})"


def _kind(one: Any) -> str:
    """Match the numbers of one kind: the pattern and, where they are stated, the lengths."""
    lengths = "|".join(f"[0-9]{{{length}}}$" for length in one.possible_length if length > 0)
    return f"{f'(?={lengths})' if one.possible_length else ''}{_plain(one.national_number_pattern)}"


def _plain(pattern: str) -> str:
    """Make a pattern of the metadata part of a larger one: its groups give nothing."""
    return f"(?:{re.sub(_GROUP, '(?:', pattern)})" if pattern else ""


def _main(code: str) -> Any:
    return PhoneMetadata.metadata_for_region_or_calling_code(int(code), regions(code)[0])
