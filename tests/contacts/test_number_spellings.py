"""How people write numbers, and what is read.

Numbers are Nepal's 961 0000xxx and 988 00xxxxx (a closed operator), North America's 555-01xx, and for the other
countries the example numbers that ``phonenumbers`` itself gives.
"""

from __future__ import annotations

from decimal import Decimal

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.contacts import BadNumber, normalise, normalise_column
from outreach.contacts.numbers import region
from outreach.contacts.spelling import trim
from outreach.errors import SpecError

NEPAL = "+9779610000001"
INDIA = "+918123456789"
AMERICA = "+12025550123"
BRITAIN = "+447400123456"
GERMANY = "+4915123456789"

READ = [
    ("NP", "9610000001", NEPAL),
    ("NP", "+9779610000001", NEPAL),
    (None, "+9779610000001", NEPAL),
    ("IN", "+977 961 0000001", NEPAL),
    ("NP", "+977-961-0000001", NEPAL),
    ("NP", "+977 (961) 000-0001", NEPAL),
    ("NP", "(+977) 9610000001", NEPAL),
    ("NP", "+977(0)9610000001", NEPAL),
    ("NP", "977 9610000001", NEPAL),
    ("NP", "00977 9610000001", NEPAL),
    ("NP", "09610000001", NEPAL),
    ("NP", "961.000.0001", NEPAL),
    ("NP", "961\u00a00000001", NEPAL),
    ("NP", "961\u202f000\u20090001", NEPAL),
    ("NP", "961\u2010000\u20110001", NEPAL),
    ("NP", "961\u2013000\u22120001", NEPAL),
    ("NP", "  9610000001\t", NEPAL),
    ("NP", "९६१००००००१", NEPAL),
    ("NP", "+९७७-९६१-०००-०००१", NEPAL),
    ("NP", "\uff0b\uff19\uff17\uff17\uff19\uff16\uff11\uff10\uff10\uff10\uff10\uff10\uff10\uff11", NEPAL),
    ("NP", "\uff08\uff19\uff16\uff11\uff09\u3000\uff10\uff10\uff10\uff0d\uff10\uff10\uff10\uff11", NEPAL),
    ("NP", "\u202a+9779610000001\u202c", NEPAL),
    ("NP", "\ufeff9610000001\u200b", NEPAL),
    ("NP", "'9610000001", NEPAL),
    ("NP", "'+9779610000001", NEPAL),
    ("NP", "01-4567890", "+97714567890"),
    ("NP", "9880000001", "+9779880000001"),
    ("IN", "8123456789", INDIA),
    ("IN", "08123456789", INDIA),
    ("IN", "918123456789", INDIA),
    ("IN", "0091 81234 56789", INDIA),
    ("IN", "+91 81234-56789", INDIA),
    ("NP", "0091 8123456789", INDIA),
    ("IN", "८१२३४५६७८९", INDIA),
    ("US", "2025550123", AMERICA),
    ("US", "(202) 555-0123", AMERICA),
    ("US", "202-555-0123", AMERICA),
    ("US", "202.555.0123", AMERICA),
    ("US", "1 202 555 0123", AMERICA),
    ("US", "+1 (202) 555-0123", AMERICA),
    ("GB", "001 202 555 0123", AMERICA),
    ("US", "011 977 961 0000001", NEPAL),
    ("GB", "07400 123456", BRITAIN),
    ("GB", "7400123456", BRITAIN),
    ("GB", "+44 (0) 7400 123456", BRITAIN),
    ("GB", "0044 7400 123456", BRITAIN),
    ("US", "011 44 7400 123456", BRITAIN),
    ("DE", "0151 23456789", GERMANY),
    ("DE", "+49 151 2345 6789", GERMANY),
    ("DE", "0049 (0)151-23456789", GERMANY),
    ("IT", "06 1234 5678", "+390612345678"),
]

REFUSED = [
    ("NP", "", "no_number"),
    ("NP", " \u200b ", "no_number"),
    ("NP", "9610000001.0", "float"),
    ("NP", "9610000001,0", "float"),
    ("NP", "9,610,000,001", "float"),
    ("NP", "9,61,00,00,001", "float"),
    ("NP", "९६१००००००१.०", "float"),
    ("NP", "9.61E+09", "exponent"),
    ("NP", "9,61e9", "exponent"),
    ("NP", "9610000001/9610000002", "two_numbers"),
    ("NP", "9610000001/02", "two_numbers"),
    ("NP", "9610000001, 9610000002", "two_numbers"),
    ("NP", "9610000001;9610000002", "two_numbers"),
    ("NP", "9610000001 or 9610000002", "two_numbers"),
    ("NP", "9610000001 वा 9610000002", "two_numbers"),
    ("NP", "9610000001\n9610000002", "two_numbers"),
    ("NP", "9610000001 9610000002", "two_numbers"),
    ("NP", "+9779610000001 +9779610000002", "two_numbers"),
    ("NP", "9610000001 ext 5", "extension"),
    ("NP", "9610000001;ext=5", "extension"),
    ("US", "202-555-0123 x12", "extension"),
    ("US", "202-555-0123#7", "extension"),
    ("NP", "९६१००००001", "digits"),
    ("NP", "+977 ९६१०००००००", "digits"),
    ("NP", "٩٦١٠٠٠٠٠٠١", "digits"),
    ("NP", "961\u200b0000001", "hidden_characters"),
    ("NP", "961\u00ad0000001", "hidden_characters"),
    ("NP", "Ram Bahadur", "not_a_number"),
    ("US", "1800-FLOWERS", "not_a_number"),
    ("NP", "=9610000001", "not_a_number"),
    ("NP", "-9610000001", "not_a_number"),
    ("NP", "++9779610000001", "not_a_number"),
    ("NP", "96 10 " * 20, "not_a_number"),
    ("NP", "100", "short"),
    ("US", "911", "short"),
    ("IN", "+91112", "short"),
    ("NP", "1", "short"),
    ("US", "555-0123", "short"),
    ("NP", "961000000", "invalid_number"),
    ("NP", "96100000019610000002", "invalid_number"),
    ("NP", "6100000001", "invalid_number"),
    ("NP", "+09610000001", "invalid_number"),
    ("NP", "+00977 9610000001", "invalid_number"),
    ("NP", "+210 9610000001", "invalid_number"),
    ("NP", "+44 7700 900123", "invalid_number"),
    ("US", "900-234-5678", "premium"),
    ("GB", "09012345678", "premium"),
    ("GB", "070 1234 5678", "premium"),
    ("NP", "+870 773111632", "premium"),
    ("DE", "0180 12345", "premium"),
    ("US", "800-234-5678", "service_number"),
    ("NP", "16600101234", "service_number"),
    ("GB", "07640123456", "service_number"),
    (None, "9610000001", "no_country"),
    (None, "00977 9610000001", "no_country"),
]


@pytest.mark.parametrize(("country", "spelling", "phone"), READ)
def test_spelling_is_read(country: str | None, spelling: object, phone: str) -> None:
    """Each usual spelling of a number gives its E.164 form."""
    assert normalise(spelling, country) == phone


@pytest.mark.parametrize(("country", "spelling", "reason"), REFUSED)
def test_spelling_is_refused(country: str | None, spelling: object, reason: str) -> None:
    """What is no single number of a person is refused with a reason, and never repaired."""
    refusal = normalise(spelling, country)

    assert isinstance(refusal, BadNumber)
    assert refusal.reason == reason
    assert not any(digit in refusal.detail for digit in ("9610000001", "773111632", "900123"))


@pytest.mark.parametrize("value", [9610000001, Decimal(9610000001)], ids=["int", "decimal"])
def test_whole_number_is_read(value: object) -> None:
    """A whole number that an application or a database gives is read as its digits."""
    assert normalise(value, "NP") == NEPAL


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(None, "no_number", id="none"),
        pytest.param(float("nan"), "no_number", id="nan"),
        pytest.param(9610000001.0, "float", id="float"),
        pytest.param(Decimal("9610000001.0"), "float", id="decimal"),
        pytest.param(-9610000001, "not_a_number", id="negative"),
        pytest.param(True, "not_a_number", id="bool"),
        pytest.param([9610000001], "not_a_number", id="list"),
    ],
)
def test_value_is_refused(value: object, reason: str) -> None:
    """A value of an application that is no whole number is refused with a reason."""
    refusal = normalise(value, "NP")

    assert isinstance(refusal, BadNumber)
    assert refusal.reason == reason


def test_country_is_never_guessed() -> None:
    """A number that is valid both in Nepal and in India goes where the campaign says, and nowhere without it."""
    both = "9841234567"

    assert normalise(both, "NP") == "+9779841234567"
    assert normalise(both, "IN") == "+919841234567"
    assert normalise(both, None) == BadNumber(
        "no_country", "the number has no country code; say which country: country: NP"
    )


def test_column_is_read_in_order() -> None:
    """A column gives one answer per cell, in order."""
    first, second, third = normalise_column(["9610000001", "x", 9610000002], "NP")

    assert (first, third) == (NEPAL, "+9779610000002")
    assert isinstance(second, BadNumber)


@pytest.mark.parametrize(("written", "country"), [("np", "NP"), ("IN", "IN"), (None, None)])
def test_country_in_either_case(written: str | None, country: str | None) -> None:
    """A country is read in either case; none stays none."""
    assert region(written) == country


@pytest.mark.parametrize(("written", "remedy"), [("UK", "GB"), ("Nepal", "two letters"), ("ZZ", "two letters")])
def test_unknown_country_is_an_error(written: str, remedy: str) -> None:
    """A country that nobody knows is an error of the campaign that tells the remedy."""
    with pytest.raises(SpecError, match=remedy) as caught:
        region(written)

    assert caught.value.problems[0].path == "contacts.country"


# No dots: one dot before nothing but zeros is a spreadsheet's decimal, and refused.
_SEPARATORS = st.sampled_from(["", "", "", " ", "-", "\u00a0", "\u2011", " - ", "\u2009"])
_SCRIPTS = st.sampled_from(["0123456789", "०१२३४५६७८९", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19"])
_ENDS = st.sampled_from(["", " ", "\t", "\u200e", "\ufeff", "\u202a"])
_PREFIXES = st.sampled_from(["+977", "00977", "977", "0", ""])


@given(
    number=st.integers(0, 99_999),
    prefix=_PREFIXES,
    digits=_SCRIPTS,
    gaps=st.lists(_SEPARATORS, min_size=3, max_size=3),
    ends=st.tuples(_ENDS, _ENDS),
)
def test_any_spelling_gives_one_number(
    number: int,
    prefix: str,
    digits: str,
    gaps: list[str],
    ends: tuple[str, str],
) -> None:
    """Whatever the script, the grouping, the prefix and the invisible ends, one number stays one number."""
    national = f"96100{number:05}"
    groups = [prefix, national[:3], national[3:6], national[6:]]
    written = groups[0] + "".join(gap + group for gap, group in zip(gaps, groups[1:], strict=True))
    written = written if prefix else written.lstrip(" -\u00a0\u2011\u2009")

    spelled = ends[0] + written.translate({ord(str(value)): digit for value, digit in enumerate(digits)}) + ends[1]

    assert normalise(spelled, "NP") == f"+977{national}"


@given(st.text(max_size=40) | st.text("0123456789+-() ./,;ext०१२", max_size=24))
def test_any_text_has_an_answer(text: str) -> None:
    """Whatever a cell holds, the answer is a valid number or a reason, never an exception."""
    answer = normalise(text, "NP")

    assert isinstance(answer, BadNumber) or phonenumbers.is_valid_number(phonenumbers.parse(answer))


@pytest.mark.parametrize("edge", ["", " ", "\u200b", "\u200b \u200b", " \u2060\t\u200e "])
def test_what_cannot_be_seen_is_taken_off_both_ends(edge: str) -> None:
    """White space among invisible characters goes with them; what stands inside stays."""
    assert trim(f"{edge}सीता \u200bथापा{edge}") == "सीता \u200bथापा"
    assert trim(edge) == ""
