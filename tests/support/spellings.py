"""Numbers as people, spreadsheets and chance write them: seeded, over many countries, for tests and benchmarks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberType

#: Countries whose plans differ most: shared calling codes, open lengths, rewritten prefixes, leading zeros.
COUNTRIES = (
    *("NP", "IN", "US", "CA", "GB", "DE", "LK", "BD", "AE", "PK", "IT", "AR", "BR", "MX", "JP"),
    *("KR", "CN", "RU", "KZ", "AU", "NZ", "FR", "ES", "HU", "LT", "BY", "AG", "GG", "ID", "SM"),
)

_TYPES = [value for name, value in vars(PhoneNumberType).items() if name.isupper()]
_SCRIPTS = ("०१२३४५६७८९", "０１２३４५६७८９", "٠١٢٣٤٥٦٧٨٩")
_GAPS = (" ", "-", " ", "-", "  ", " - ", ".", "(", ")", "/", "\u00a0", "\u2011", "\t", "\n", "+", ",", "x", "\u200b")
_RUBBISH = ("", " ", "-", "+", "n/a", "0", "00", "112", "+977", "9.84E+09", "--", "\n", "'", "none", "+-1", "- 1")


def spellings(seed: str, country: str, count: int) -> Iterator[str]:
    """Give cells as a list of that country could hold them, right and wrong ones."""
    chance = random.Random(seed)
    own = list(_examples(country))
    abroad = [example for other in chance.sample(COUNTRIES, 6) for example in _examples(other)]
    for _ in range(count):
        yield _spelling(chance, country, own, abroad)


def _examples(country: str) -> Iterator[tuple[int, str]]:
    for kind in _TYPES:
        example = phonenumbers.example_number_for_type(country, kind)
        if example is not None:
            yield example.country_code or 0, phonenumbers.national_significant_number(example)


def _spelling(chance: random.Random, country: str, own: list[tuple[int, str]], abroad: list[tuple[int, str]]) -> str:
    if chance.random() < 0.02:
        return chance.choice(_RUBBISH)
    code, national = chance.choice(own if chance.random() < 0.7 else abroad)
    written = _prefix(chance, country, code) + _disturbed(chance, national)
    if chance.random() < 0.5:
        written = _grouped(chance, written)
    if chance.random() < 0.03:
        digits = chance.choice(_SCRIPTS)
        written = written.translate({ord(str(value)): digit for value, digit in enumerate(digits)})
    return written


def _prefix(chance: random.Random, country: str, code: int) -> str:
    metadata: Any = PhoneMetadata.metadata_for_region(country)
    exits = "".join(filter(str.isdigit, (metadata.international_prefix or "00")[:4]))
    trunk = metadata.national_prefix or "0"
    odd = str(chance.randrange(1000))
    return chance.choice(
        (
            *("", "", "", trunk, trunk, f"+{code}", f"+{code}", f"00{code}", f"{exits}{code}", f"{code}"),
            *(
                f"+{code}{trunk}",
                f"{code}{trunk}",
                f"(+{code})",
                f"+{code}(0)",
                f"+00{code}",
                f"+{odd}",
                odd,
                f"0{trunk}",
            ),
        ),
    )


def _disturbed(chance: random.Random, national: str) -> str:
    """Change some digits: mostly the last, sometimes the first or the length."""
    kept = chance.choice((*(len(national) - 3,) * 6, len(national) - 4, 3, 2, 0))
    tail = "".join(chance.choices("0123456789", k=max(len(national) - max(kept, 0), 0)))
    number = national[: max(kept, 0)] + tail
    longer = chance.random()
    if longer < 0.06:
        return number[: chance.randrange(len(number))]
    return number + "".join(chance.choices("0123456789", k=chance.randrange(1, 8))) if longer < 0.12 else number


def _grouped(chance: random.Random, written: str) -> str:
    common = chance.random() < 0.8
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(written) + 1)
        gap = chance.choice(_GAPS[:4] if common else _GAPS)
        written = written[:at] + gap * chance.choice((1, 1, 1, 1, 40 if chance.random() < 0.05 else 2)) + written[at:]
    return written
