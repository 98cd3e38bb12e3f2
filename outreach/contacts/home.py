"""The numbers of the country that most of a list are of, as one expression that tries no digit twice.

What ``plans`` says by patterns and refusals one after the other is put together here digit by digit. That takes a few
milliseconds, and pays where a country's numbers come by the thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from outreach.contacts.tries import Trie, Tries, expression

#: The region of calling codes that belong to no country.
WORLD = "001"

#: Kinds of numbers, in the words of the metadata. The library asks for nobody's own numbers first, but for ``voip``.
NEVER = ("premium_rate", "toll_free", "shared_cost", "personal_number", "pager", "uan", "voicemail")
PEOPLE = ("mobile", "fixed_line", "voip")


def regions(code: str) -> tuple[str, ...]:
    """Give the regions that share a calling code, the main one first."""
    found: tuple[str, ...] = COUNTRY_CODE_TO_REGION_CODE[int(code)]
    return found


def people(code: str) -> str:
    """Match the national numbers behind a calling code that a campaign may contact; then their digits must end.

    Raises:
        ValueError: The metadata holds a pattern of a new sort.
    """
    sets = _Sets(Tries())
    return expression(sets.decided(code, sets.contactable))


def mobiles(code: str) -> str:
    """Match the national numbers behind a calling code that mobile phones have, if not they alone.

    Raises:
        ValueError: The metadata holds a pattern of a new sort.
    """
    sets = _Sets(Tries())
    return expression(sets.decided(code, lambda plan: sets.valid(plan, ("mobile",))))


@attrs.frozen
class _Sets:
    """What the metadata says about the numbers of a plan, as sets."""

    tries: Tries

    def decided(self, code: str, told: Callable[[Any], Trie]) -> Trie:
        """Give what ``told`` says of the plan that decides about a number: that of the first region that knows it."""
        found = self.tries.nothing
        for region in reversed(regions(code)):
            if region != WORLD:
                plan = PhoneMetadata.metadata_for_region(region)
                own = self.tries.both(told(plan), self._led(plan))
                found = self.tries.either(own, self.tries.without(found, self._claimed(plan)))
        return found

    def contactable(self, plan: Any) -> Trie:
        """Give the numbers of people."""
        return self.tries.without(self.valid(plan, PEOPLE), self._any(plan, NEVER))

    def valid(self, plan: Any, kinds: Iterable[str]) -> Trie:
        """Give the numbers of some kinds."""
        return self.tries.both(self._kind(plan.general_desc), self._any(plan, kinds))

    def _claimed(self, plan: Any) -> Trie:
        return self._led(plan) if plan.leading_digits else self.valid(plan, PEOPLE + NEVER)

    def _led(self, plan: Any) -> Trie:
        if not plan.leading_digits:
            return self.tries.all
        return self.tries.chain(self.tries.read(plan.leading_digits), self.tries.all)

    def _any(self, plan: Any, kinds: Iterable[str]) -> Trie:
        known = (getattr(plan, kind) for kind in kinds)
        return self.tries.union(self._kind(one) for one in known if one and one.national_number_pattern)

    def _kind(self, one: Any) -> Trie:
        pattern = self.tries.read(one.national_number_pattern)
        lengths = [length for length in one.possible_length if length > 0]
        return self.tries.both(pattern, self.tries.lengths(lengths)) if lengths else pattern
